"""Putting better wording into a text: every offer at once, nothing else touched."""

from huitong.method.words import Fault
from huitong.review import applied, review
from huitong.review.results import Finding


def finding(start: int, end: int, replacement: str | None) -> Finding:
    return Finding(Fault.BLAME, start, end, "", "", "", replacement)


def test_each_wording_stands_where_its_words_stood() -> None:
    assert applied("0123456789", [finding(7, 9, "b"), finding(2, 4, "a")]) == "01a456b9"


def test_what_has_no_wording_and_what_overlaps_is_left() -> None:
    assert applied("0123456789", [finding(2, 5, "a"), finding(4, 6, "b"), finding(7, 8, None)]) == "01a56789"


def test_a_mended_text_has_fewer_faults_and_all_its_numbers() -> None:
    text = "王总，采购部一直推诿，3 号的单子还没批。你必须马上处理。"
    mended = applied(text, review(text, channel="chat").faults)
    assert "3 号" in mended
    assert len(review(mended, channel="chat").faults) < len(review(text, channel="chat").faults)
