"""Whole drafts of our own, in many voices: exactly the codes that a careful reader finds."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from huitong.review import review

DRAFTS = tomllib.loads((Path(__file__).parent / "drafts.toml").read_text(encoding="utf-8"))["drafts"]


@pytest.mark.parametrize("draft", DRAFTS, ids=[str(n) for n in range(1, len(DRAFTS) + 1)])
def test_a_draft_holds_exactly_its_elements_and_faults(draft: dict[str, Any]) -> None:
    result = review(draft["text"], channel=draft["channel"])
    assert [str(e) for e in result.elements] == draft["elements"]
    assert {str(f.code) for f in result.faults} == set(draft["faults"])
