"""docs/operate.md works as it stands there, from the first command to the last."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from huitong.keeping.doctor import _TEXTS

from .conftest import SOURCE

PAGE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
HAS_FAILURES = "huitong doctor"  # no worker runs here


def test_every_command_of_the_page_works_in_its_order(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "huitong"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m huitong "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUITONG_")}
    environment |= {"PYTHONPATH": SOURCE, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    lines = [line.replace("/var/lib/", f"{tmp_path}/") for block in BLOCKS for line in block.splitlines()]
    done = 0
    for line in lines:
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            environment[name] = value
            continue
        if line == "huitong serve":  # tests/cli/test_serve.py starts it
            continue
        result = subprocess.run(
            ["sh", "-c", line], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert result.returncode == 0 or HAS_FAILURES in line, f"{line}\n{result.stdout}{result.stderr}"
        assert "Traceback" not in result.stderr, line
        done += 1
    assert done > 10
    assert (tmp_path / "huitong-new" / "huitong.sqlite3").exists()
    assert (tmp_path / "chen.zip").exists()


def test_what_it_says_of_the_doctor_are_findings_of_the_doctor() -> None:
    told = re.findall(r"`((?:" + "|".join(_TEXTS) + r")\.[a-z_]+)`", PAGE)
    assert told
    for code in told:
        area, _, name = code.partition(".")
        assert name in _TEXTS[area], code


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bhuitong_[a-z_]+\b", PAGE))))
def test_an_alarm_watches_a_figure_that_there_is(name: str) -> None:
    source = Path(SOURCE) / "huitong"
    families = (source / "keeping" / "metrics.py").read_text() + (source / "web" / "observe.py").read_text()
    assert f'"{name.removeprefix("huitong_")}"' in families
