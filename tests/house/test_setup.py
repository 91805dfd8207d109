"""What make run and make test do before anything else: a Python that is new enough, .venv, the machine's packages."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import environment, machine

ROOT = Path(__file__).parents[2]


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path) -> Path:
    """The only folder on the PATH, with no more than a shell needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def _setup(programs: Path) -> subprocess.CompletedProcess[str]:
    command = [programs / "sh", ROOT / "tools" / "setup", "run"]
    return subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, text=True)


def test_a_python_that_is_too_old_is_one_clear_sentence(programs):
    _program(programs, "python3", 'case "$*" in *exit*) exit 1;; *) echo python3 is 3.6;; esac')
    result = _setup(programs)
    assert result.returncode == 1
    assert result.stderr == "Huitong needs Python 3.11 or newer, and python3 is 3.6; please install a newer one.\n"


def test_no_python_at_all_is_one_clear_sentence(programs):
    result = _setup(programs)
    assert result.returncode == 1
    assert result.stderr == "Huitong needs Python 3.11 or newer, and there is no python3; please install a newer one.\n"


def test_a_newer_python_beside_an_old_one_is_taken(programs):
    _program(programs, "python3", "exit 1")
    _program(programs, "python3.12", 'echo "3.12 $*"')
    assert _setup(programs).stdout.splitlines()[-1] == "3.12 -m tools.environment run"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> list[tuple[str, ...]]:
    """A repository of its own, in which pip only takes down what it is asked."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "pip", lambda *arguments: asked.append(arguments))
    for name in ("pyproject.toml", "hatch_build.py", "requirements/run.txt", "requirements/build.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return asked


def test_the_environment_is_made_once_and_again_when_its_inputs_change(elsewhere, tmp_path):
    environment.refresh("run")
    assert [arguments[-1] for arguments in elsewhere] == ["requirements/run.txt", "requirements/build.txt", "."]
    elsewhere.clear()
    environment.refresh("run")
    assert elsewhere == []
    (tmp_path / "requirements" / "run.txt").write_text("changed")
    environment.refresh("run")
    assert len(elsewhere) == 3


def test_an_environment_that_was_half_made_is_made_anew(elsewhere, tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(tmp_path / "gone")
    environment.refresh("run")
    assert environment.works("-m", "pip", "--version")


def test_a_changed_translation_is_noticed(elsewhere, tmp_path):
    source = tmp_path / "src" / "huitong" / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text("")
    assert environment.translations_changed()
    source.with_suffix(".mo").write_bytes(b"")
    assert not environment.translations_changed()
    os.utime(source, (2**31, 2**31))
    assert environment.translations_changed()


@pytest.fixture
def debian(tmp_path, monkeypatch):
    """A Debian where one is root and Chromium is missing. debian(script) is its apt-get; the result, its log."""
    log, there = tmp_path / "log", tmp_path / "there"
    monkeypatch.setattr(machine, "NEEDS", {"Chromium": (lambda: str(there) if there.exists() else None, ("chromium",))})
    monkeypatch.setattr(machine, "LOCK_PAUSE", 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def apt(script: str) -> Path:
        _program(folder, "apt-get", f'log={log}; there={there}; echo "$*" >> $log; {script}')
        return log

    return apt


INSTALL = "install -y --no-install-recommends chromium"


def test_what_is_missing_is_installed_and_nothing_twice(debian):
    log = debian("touch $there")
    machine.install_missing()
    machine.install_missing()
    assert log.read_text().splitlines() == [INSTALL]


def test_old_lists_of_packages_are_fetched_once(debian):
    log = debian('if [ "$1" = update ]; then touch $there-lists; fi; [ -e $there-lists ] && touch $there')
    machine.install_missing()
    assert log.read_text().splitlines() == [INSTALL, "update", INSTALL]


def test_a_lock_held_by_another_program_is_waited_for(debian):
    held = 'echo "E: Could not get lock /var/lib/dpkg/lock" >&2; exit 100'
    log = debian(f"if [ $(wc -l < $log) -lt 3 ]; then {held}; fi; touch $there")
    machine.install_missing()
    assert log.read_text().splitlines() == [INSTALL] * 3


def test_what_cannot_be_installed_is_said(debian, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.install_missing()
    line = "Missing on this machine: Chromium (on Debian: apt-get install chromium).\n"
    assert capsys.readouterr().out == line
