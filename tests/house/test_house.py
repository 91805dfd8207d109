"""The house is in order: lint, format, types, floors and migrations, as part of the one suite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = {
    "lint": ("-m", "ruff", "check", "--no-cache", "."),
    "format": ("-m", "ruff", "format", "--no-cache", "--check", "."),
    "types of the engines": ("-m", "mypy"),
    "floors": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"),
    "migrations": ("-m", "django", "makemigrations", "--check", "--dry-run"),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_is_in_order(check, tmp_path):
    environment = {**os.environ, "PYTHONPATH": "src", "HUITONG_HOME": str(tmp_path), "MYPY_CACHE_DIR": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, *CHECKS[check]], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, f"{result.stdout}{result.stderr}"
