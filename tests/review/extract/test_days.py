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
        ("上周三交的", "上周三", "2026-11-18"),
        ("下下周内", "下下周内", "2026-12-11"),
        ("6月内定下", "6月内", "2027-06-30"),
        ("十二月上旬", "十二月上旬", "2026-12-10"),
        ("本月中旬给", "本月中旬", "2026-11-15"),
        ("月尾之前", "月尾", "2026-11-30"),
        ("听日五点前", "听日五点", "2026-11-26"),
        ("16:00前", "16:00", "2026-11-25"),
        ("48小时内", "48小时内", "2026-11-27"),
        ("下班前答复", "下班前", "2026-11-25"),
        ("签约前定", "签约前", None),
        ("腊月初八要", "腊月初八", None),
        ("展会那天", "展会那天", None),
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
        ("before half-term", "half-term", None),
        ("last Tuesday", "last Tuesday", "2026-11-24"),
        ("close of business Thursday", "close of business Thursday", "2026-11-26"),
        ("end of next week", "end of next week", "2026-12-04"),
        ("before the end of March", "the end of March", "2027-03-31"),
        ("by the sixth", "the sixth", "2026-12-06"),
        ("by 5pm", "5pm", "2026-11-25"),
        ("fix it by noon", "noon", "2026-11-25"),
        ("not later than World Book Day", "not later than World Book Day", None),
    ],
)
def test_an_english_day_is_found_and_dated(text: str, words: str, day: str | None) -> None:
    assert named(text, Language.EN) == [(words, day)]


def test_what_was_done_already_is_dated_back() -> None:
    assert named("周一找过李工", Language.ZH, past=True) == [("周一", "2026-11-23")]
    assert named("28号找过李工", Language.ZH, past=True) == [("28号", "2026-10-28")]
    assert named("I rang on Friday", Language.EN, past=True) == [("Friday", "2026-11-20")]


@pytest.mark.parametrize("text", ["目前在比价", "以前面谈过", "提前一周", "三天前问过"])
def test_a_chinese_word_for_earlier_is_no_day_to_come(text: str) -> None:
    assert named(text, Language.ZH) == []


@pytest.mark.parametrize("text", ["sent by hand", "by phone", "until they answer", "the first time", "on floor 12"])
def test_english_words_after_by_that_tell_how_or_who_are_no_day(text: str) -> None:
    assert named(text, Language.EN) == []


@pytest.mark.parametrize("text", ["13 月 45 日", "99/99", "3 号楼", "2 日线", "0/0", "第 7 号机"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert [d for _, d in named(text, Language.ZH) if d] == []
