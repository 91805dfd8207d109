"""Commands run as a user runs them: as processes of their own, in a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[2] / "src")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """The variables of a process that has its own empty desk."""
    return {**os.environ, "PYTHONPATH": SOURCE, "HUITONG_HOME": str(tmp_path / "var"), "COLUMNS": "100"}


@pytest.fixture
def huitong(tmp_path, environment) -> Run:
    """huitong("review", "x.txt", input=..., SOME_VARIABLE=...): the finished process, its output as text."""

    def run(*arguments: str, input: str | bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "huitong", *arguments]
        content = input.encode() if isinstance(input, str) else input
        result = subprocess.run(
            command, input=content, env=environment | variables, cwd=tmp_path, capture_output=True, timeout=60
        )
        return subprocess.CompletedProcess(command, result.returncode, result.stdout.decode(), result.stderr.decode())

    return run
