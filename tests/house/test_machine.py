"""The tools of the tests themselves: the browser renders Chinese, PostgreSQL answers, a skip fails under CI."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("screen", "width"), [("phone", 360), ("large phone", 390), ("desktop", 1280)])
def test_the_browser_has_the_screen_and_language_asked_for(open_page, screen, width):
    page = open_page(screen, locale="en")
    page.goto("data:text/html,<meta charset=utf-8><meta name=viewport content='width=device-width'><p>会同</p>")
    assert page.evaluate("[innerWidth, navigator.language]") == [width, "en"]
    assert page.get_by_text("会同").is_visible()


def test_the_database_server_is_a_real_postgresql(postgres):
    with psycopg.connect(postgres) as connection:
        version, encoding = connection.execute("select version(), current_setting('server_encoding')").fetchone()
    assert version.startswith("PostgreSQL")
    assert encoding == "UTF8"


TEST_SKIPPED = "import pytest\ndef test_it():\n    pytest.skip('no Chromium here')\n"
FILE_SKIPPED = "import pytest\npytest.skip('no Chromium here', allow_module_level=True)\n"


@pytest.mark.parametrize(
    ("program", "ci", "line"),
    [
        (TEST_SKIPPED, "true", "1 failed"),
        (TEST_SKIPPED, "", "1 skipped"),
        (FILE_SKIPPED, "true", "1 error"),
        (FILE_SKIPPED, "", "1 skipped"),
    ],
)
def test_a_skip_fails_in_the_continuous_integration_alone(tmp_path, program, ci, line):
    (tmp_path / "test_skipped.py").write_text(program)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)]
    environment = {
        **os.environ,
        "CI": ci,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    result = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert line in result.stdout.splitlines()[-1]
    assert "no Chromium here" in result.stdout
