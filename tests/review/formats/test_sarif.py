"""Reviews as SARIF: valid by the standard's own schema, every place where the review says it is."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from huitong.review import applied, review
from huitong.review.formats import as_sarif

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8"))
TEXT = "王总：\n采购部一直推诿，😀我真的受够了。\r\n请您协调。"


def log(*texts: str) -> dict:
    return as_sarif(((f"a b/{n}.txt", t, review(t, channel="chat")) for n, t in enumerate(texts)), version="1.0")


@pytest.mark.parametrize("texts", [(), ("",), (TEXT,), (TEXT, "Tell Dave to sort it today.")])
def test_a_log_is_valid_by_the_schema_of_the_standard(texts: tuple[str, ...]) -> None:
    assert list(Draft7Validator(SCHEMA).iter_errors(log(*texts))) == []


def test_a_place_is_told_in_lines_columns_and_characters() -> None:
    found = review(TEXT, channel="chat").faults[0]
    result = log(TEXT)["runs"][0]["results"][0]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert result["ruleId"] == "blame"
    assert (region["charOffset"], region["charOffset"] + region["charLength"]) == (found.start, found.end)
    assert (region["startLine"], region["startColumn"]) == (2, found.start - TEXT.index("\n"))


def test_a_wording_is_a_fix_that_does_what_the_review_offers() -> None:
    result = log(TEXT)["runs"][0]["results"][0]
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    start, end = region["charOffset"], region["charOffset"] + region["charLength"]
    mended = TEXT[:start] + replacement["insertedContent"]["text"] + TEXT[end:]
    assert mended == applied(TEXT, review(TEXT, channel="chat").faults[:1])


def test_what_is_missing_is_a_note_on_the_file() -> None:
    notes = [r for r in log("一直推诿。")["runs"][0]["results"] if r["level"] == "note"]
    assert {n["ruleId"] for n in notes} >= {"missing-ask", "missing-greeting"}
    assert notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/0.txt"
