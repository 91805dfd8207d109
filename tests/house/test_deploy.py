"""The examples in deploy/: units and a proxy that their own programs accept, settings that the desk knows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from huitong.settings import SETTINGS
from tools import machine

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CERTIFICATE = ROOT / "tests" / "delivery" / "transports" / "localhost.pem"
UNITS = sorted(DEPLOY.glob("*.service"))


def run(*command: str, cwd: Path) -> str:
    wide = {**os.environ, "COLUMNS": "200"}
    result = subprocess.run(command, cwd=cwd, env=wide, capture_output=True, text=True, timeout=60)
    return f"{result.returncode} {result.stdout}{result.stderr}".strip()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is_with_the_settings_of_the_house(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=/opt/huitong/bin/huitong (.*)$", text, re.MULTILINE)
    words = [word.replace("%i", "8001") for word in command.split()]
    help_of_it = run(sys.executable, "-m", "huitong", words[0], "--help", cwd=tmp_path)
    assert help_of_it.startswith("0 ")
    assert all(word in help_of_it for word in words if word.startswith("--"))
    assert "EnvironmentFile=/etc/huitong.env" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    """As far as there is a systemd here; each line has a form that it knows in any case."""
    text = unit.read_text(encoding="utf-8").replace("/opt/huitong/bin/huitong", sys.executable)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"\[\w+\]|\w+=.+", line) for line in lines)
    if analyze := shutil.which("systemd-analyze"):
        for other in UNITS:
            changed = other.read_text(encoding="utf-8").replace("/opt/huitong/bin/huitong", sys.executable)
            (tmp_path / other.name).write_text(changed, encoding="utf-8")
        assert run(analyze, "verify", str(tmp_path / unit.name), cwd=tmp_path) == "0"


def test_a_worker_is_given_longer_to_end_than_a_letter_takes() -> None:
    text = (DEPLOY / "huitong-worker@.service").read_text(encoding="utf-8")
    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert int(seconds) > 60  # leases.SEND_SECONDS


def test_nginx_takes_the_proxy_example(tmp_path: Path) -> None:
    """As far as there is an nginx here; its braces and semicolons are right in any case."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    assert all(not line or line[-1] in "{};" for line in lines)
    assert text.count("{") == text.count("}")
    if nginx := machine.nginx():
        text = re.sub(r"/etc/ssl/desk\.example\.com\.(pem|key)", str(CERTIFICATE), text)
        (tmp_path / "site.conf").write_text(text, encoding="utf-8")
        (tmp_path / "nginx.conf").write_text(
            f"pid {tmp_path}/pid; events {{}} http {{ access_log off; client_body_temp_path {tmp_path}/b;"
            f" proxy_temp_path {tmp_path}/p; fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u;"
            f" scgi_temp_path {tmp_path}/s; include {tmp_path}/site.conf; }}",
            encoding="utf-8",
        )
        said = run(nginx, "-t", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "nginx.conf"), cwd=tmp_path)
        assert "syntax is ok" in said


def test_the_settings_are_ones_that_there_are() -> None:
    names = re.findall(r"^(\w+)=", (DEPLOY / "huitong.env").read_text(encoding="utf-8"), re.MULTILINE)
    assert names
    assert set(names) <= set(SETTINGS)
