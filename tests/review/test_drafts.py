"""Whole drafts that the review has not learned from: a floor under how well it reads them, code by code.

The figures themselves, with every error, are what `make evaluate` prints; docs/review.md has them.
"""

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from huitong.method.words import Element, Fault, Language
from huitong.review import review
from huitong.review.evaluation import Evaluation, evaluate, false_alarms, load_corpus

CORPUS = Path(__file__).parents[2] / "corpus"
DRAFTS = tomllib.loads((Path(__file__).parent / "drafts.toml").read_text(encoding="utf-8"))["drafts"]
#                  elements, precision and recall of the faults
FLOORS = {"zh": (0.90, 0.85, 0.80), "zh-Hant": (0.88, 0.80, 0.75), "en": (0.85, 0.75, 0.55)}


def last(language: str) -> Evaluation:
    lines = (CORPUS / f"{language.partition('-')[0]}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if (row["lang"], row["part"]) == (language, "last")]
    return evaluate(load_corpus("\n".join(map(json.dumps, rows))), review)


@pytest.mark.points("1.2", "1.3", "1.4", "2.10", "3.6")
@pytest.mark.parametrize("language", FLOORS)
def test_drafts_of_writers_never_learned_from_are_read_well(language: str) -> None:
    elements, precision, recall = FLOORS[language]
    result = last(language)
    assert result.macro_f1 >= elements
    assert result.faults.precision >= precision
    assert result.faults.recall >= recall


@pytest.mark.parametrize("language", ["zh", "en"])
def test_clean_prose_of_offices_raises_hardly_an_alarm(language: str) -> None:
    prose = (CORPUS / f"clean.{language}.txt").read_text(encoding="utf-8")
    characters, alarms = false_alarms(prose, review, Language(language))
    assert 10_000 * len(alarms) / characters <= 2.5, alarms


def test_drafts_of_our_own_are_read_as_a_careful_reader_reads_them() -> None:
    there, found, both = Counter[str](), Counter[str](), Counter[str]()
    for draft in DRAFTS:
        result = review(draft["text"], channel=draft["channel"])
        said = {*map(str, result.elements), *(str(f.code) for f in result.faults)}
        meant = {*draft["elements"], *draft["faults"]}
        there.update(meant)
        found.update(said)
        both.update(said & meant)
    for codes in (list(Element), list(Fault)):
        right, meant_count, said_count = (sum(c[code] for code in codes) for c in (both, there, found))
        assert 2 * right / (meant_count + said_count) >= 0.85
