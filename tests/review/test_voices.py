"""How well the review reads drafts in many voices: a floor under the figures, for elements and for faults."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from huitong.method.words import Element, Fault
from huitong.review import review

DRAFTS = tomllib.loads((Path(__file__).parent / "voices.toml").read_text(encoding="utf-8"))["drafts"]
LEAST = {"elements": 0.96, "faults": 0.95}
LEAST_PRECISION = {"elements": 0.97, "faults": 0.97}


@pytest.mark.parametrize("kind", ["elements", "faults"])
def test_drafts_in_many_voices_are_read_as_their_labels_say(kind: str) -> None:
    there, found, both = Counter[str](), Counter[str](), Counter[str]()
    for draft in DRAFTS:
        result = review(draft["text"], channel=draft["channel"], language=draft["language"])
        got = {str(e) for e in result.elements} if kind == "elements" else {str(f.code) for f in result.faults}
        there.update(draft[kind])
        found.update(got)
        both.update(got & set(draft[kind]))
    codes = [code for code in (*Element, *Fault) if there[code]]
    macro = sum(2 * both[code] / (there[code] + found[code]) for code in codes) / len(codes)
    assert macro >= LEAST[kind], macro
    assert both.total() / found.total() >= LEAST_PRECISION[kind]
