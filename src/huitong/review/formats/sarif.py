"""Reviews as one SARIF 2.1.0 log (OASIS), which editors and code hosts can show beside the lines."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from huitong.method.words import Element, Fault, Language, element_name, fault_name
from huitong.review.formats.lines import Lines
from huitong.review.results import Finding, Review
from huitong.review.rules import rule

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MISSING: Final = "missing-"


def as_sarif(reviewed: Iterable[tuple[str, str, Review]], *, version: str) -> dict[str, Any]:
    """The log of many reviews, ready for json.dumps. Each is (the file's name, its text, its review).

    A fault is a "warning" at its place, with its wording as a fix if there is one; a missing element a "note" on the
    file. Columns count characters (`columnKind` is unicodeCodePoints), lines end at a line feed.
    """
    results = [result for name, text, review in reviewed for result in _results(name, text, review)]
    driver = {"name": "huitong", "version": version, "rules": _rules()}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules() -> list[dict[str, Any]]:
    faults = [(str(code), fault_name(code, Language.EN), rule(code, Language.EN).why) for code in Fault]
    missing = [(f"{MISSING}{code}", element_name(code, Language.EN), rule(code, Language.EN).why) for code in Element]
    return [
        {"id": code, "name": name.title().replace(" ", ""), "shortDescription": {"text": name}, "help": {"text": why}}
        for code, name, why in (*faults, *missing)
    ]


def _results(name: str, text: str, review: Review) -> Iterable[dict[str, Any]]:
    artifact = {"uri": quote(name.replace("\\", "/"), safe="/")}
    lines = Lines.of(text)
    for finding in review.faults:
        region = _region(lines, finding.start, finding.end)
        result: dict[str, Any] = {
            "ruleId": str(finding.code),
            "level": "warning",
            "message": {"text": f"{finding.why} {finding.instead}"},
            "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        }
        if finding.replacement is not None:
            result["fixes"] = [_fix(artifact, region, finding)]
        yield result
    for code in review.missing:
        yield {
            "ruleId": f"{MISSING}{code}",
            "level": "note",
            "message": {"text": rule(code, review.language).why},
            "locations": [{"physicalLocation": {"artifactLocation": artifact}}],
        }


def _fix(artifact: dict[str, str], region: dict[str, int], finding: Finding) -> dict[str, Any]:
    replacement = {"deletedRegion": region, "insertedContent": {"text": finding.replacement}}
    return {
        "description": {"text": finding.instead},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
    }


def _region(lines: Lines, start: int, end: int) -> dict[str, int]:
    (line, column), (end_line, end_column) = lines.place(start), lines.place(end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": start,
        "charLength": end - start,
    }
