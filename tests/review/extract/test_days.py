"""The days that a text names, counted from a given today (Wednesday 25 November 2026)."""

from datetime import date

import pytest

from huitong.method.words import Language
from huitong.review.extract.days import days
from huitong.review.page import Page

TODAY = date(2026, 11, 25)


def named(text: str, language: Language, *, past: bool = False) -> list[tuple[str, str | None]]:
    found = days(Page.of(text, language), TODAY)
    return [
        (text[d.start : d.end], (d.earlier if past else d.day) and str(d.earlier if past else d.day)) for d in found
    ]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("2026 年 12 月 3 日前定", "2026 年 12 月 3 日", "2026-12-03"),
        ("最晚12月3号", "12月3号", "2026-12-03"),
        ("十二月三日前", "十二月三日", "2026-12-03"),
        ("1 月 8 日上线", "1 月 8 日", "2027-01-08"),
        ("11/30前定案", "11/30", "2026-11-30"),
        ("下周二之前", "下周二", "2026-12-01"),
        ("下下周一", "下下周一", "2026-12-07"),
        ("這禮拜五前", "這禮拜五", "2026-11-27"),
        ("周三上午十点", "周三上午十点", "2026-11-25"),
        ("周一要", "周一", "2026-11-30"),
        ("明天下班前", "明天下班", "2026-11-26"),
        ("28号要提测", "28号", "2026-11-28"),
        ("5号前", "5号", "2026-12-05"),
        ("下个月5号", "下个月5号", "2026-12-05"),
        ("月底前", "月底", "2026-11-30"),
        ("年底前付完", "年底", "2026-12-31"),
        ("三天内答复", "三天内", "2026-11-28"),
        ("开学前装好", "开学前", None),
    ],
)
def test_a_chinese_day_is_found_and_dated(text: str, words: str, day: str | None) -> None:
    assert named(text, Language.ZH) == [(words, day)]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("by 2026-12-03", "2026-12-03", "2026-12-03"),
        ("by 3 December", "3 December", "2026-12-03"),
        ("by December 3rd, 2027", "December 3rd, 2027", "2027-12-03"),
        ("goes dark on 15 January", "15 January", "2027-01-15"),
        ("by Friday", "Friday", "2026-11-27"),
        ("next Tuesday morning", "next Tuesday morning", "2026-12-01"),
        ("by the 3rd", "the 3rd", "2026-12-03"),
        ("tomorrow noon", "tomorrow noon", "2026-11-26"),
        ("before end of month", "end of month", "2026-11-30"),
        ("EOD please", "EOD", "2026-11-25"),
        ("within two weeks", "within two weeks", "2026-12-09"),
        ("by 28/11", "28/11", "2026-11-28"),
        ("before half-term", "before half-term", None),
    ],
)
def test_an_english_day_is_found_and_dated(text: str, words: str, day: str | None) -> None:
    assert named(text, Language.EN) == [(words, day)]


def test_what_was_done_already_is_dated_back() -> None:
    assert named("周一找过李工", Language.ZH, past=True) == [("周一", "2026-11-23")]
    assert named("28号找过李工", Language.ZH, past=True) == [("28号", "2026-10-28")]
    assert named("I rang on Friday", Language.EN, past=True) == [("Friday", "2026-11-20")]


@pytest.mark.parametrize("text", ["13 月 45 日", "99/99", "3 号楼", "2 日线", "0/0", "第 7 号机"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert [d for _, d in named(text, Language.ZH) if d] == []
