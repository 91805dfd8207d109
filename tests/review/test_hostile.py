"""Whatever is put into a review or an extract: a clear answer in bounded time, and true offsets."""

import time

import pytest

from huitong import UnreadableText, extract, review
from huitong.method.words import Language

MANY = {
    "every plane": "".join(chr(c) for c in range(0, 0x110000, 0x101)),
    "surrogates": "\ud800采购部\udfff一直推诿\ud83d",
    "bidi marks": "\u202e采购部\u202c一直\u2066推诿\u2069，\u200f请您协调",
    "zero": "\x00王总\x00，一直推诿\x00",
    "another language": "Уважаемый Иван Петрович, прошу Вас помочь с отделом снабжения. " * 20,
    "right to left": "السيد المدير، أرجو مساعدتكم مع قسم المشتريات. " * 20,
    "only marks": "，。！？；：\n" * 500,
    "only emoji": "😀🙏" * 500,
    "one clause of 100,000": "推诿" * 50_000,
    "brackets": "【《“（[{<" * 2_000,
    "numbers": "1" * 50_000,
    "nothing": "",
    "white space": " \t\r\n\u3000" * 1_000,
    "quoted mail": "> 你们就会推诿\n" * 5_000,
}


@pytest.mark.parametrize("language", [None, *Language])
@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_any_text_gets_true_offsets_in_bounded_time(text: str, language: Language | None) -> None:
    begun = time.perf_counter()
    found = review(text, channel="report", language=language)
    places = [*found.faults, *(s for spans in found.elements.values() for s in spans)]
    assert all(0 <= p.start < p.end <= len(text) and text[p.start : p.end] == p.text for p in places)
    quotes = extract(text, language=language).quotes
    assert all(words in text for words in quotes.values())
    assert time.perf_counter() - begun < 30  # minutes would be a fault of design, seconds of the machine


@pytest.mark.parametrize("text", [b"\x89PNG", None, 7, "字" * 400_000, "a" * 1_000_001])
def test_what_is_no_text_or_too_long_is_refused(text: object) -> None:
    for read in (review, extract):
        with pytest.raises(UnreadableText):
            read(text)  # type: ignore[operator]


def test_a_megabyte_of_drafts_and_one_line_of_a_megabyte_are_read() -> None:
    draft = "王总，采购部一直推诿，9 月 8 日的单子还没批，请您协调。"
    for text in (draft * (330_000 // len(draft)), (draft + "\n") * (300_000 // len(draft))):
        found = review(text, channel="report", language="zh")
        assert len(found.faults) > 1_000
        assert text[found.faults[-1].start : found.faults[-1].end] == found.faults[-1].text
