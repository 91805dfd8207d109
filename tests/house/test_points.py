"""docs/points.md says what the marks say, and holds all 38 points."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import points

ROOT = Path(__file__).parents[2]
WORDS = tomllib.loads((ROOT / "tools" / "points.toml").read_text(encoding="utf-8"))


def test_each_point_of_the_advice_has_words_in_both_languages():
    assert list(WORDS) == [f"{n}.{place}" for n, length in enumerate(points.LISTS, 1) for place in range(1, length + 1)]
    assert all(set(words) == {"zh", "en"} and all(words.values()) for words in WORDS.values())


def test_the_page_is_what_the_marks_say():
    command = [sys.executable, "-m", "tools.points", "--check"]
    result = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_point_without_a_test_is_said_and_one_with_a_test_names_it():
    page = points.page(WORDS, {"2.3": {"tests/review/test_x.py::test_finds_facts"}})
    assert "1 of 38 points are shown." in page
    assert "| [test_finds_facts](../tests/review/test_x.py) |" in page
    assert page.count("| not shown yet |") == 37


def test_a_mark_for_a_point_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"no point 3\.11"):
        points.page(WORDS, {"3.11": {"tests/test_x.py::test_y"}})
