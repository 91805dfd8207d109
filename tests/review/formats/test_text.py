"""The review as text for a terminal."""

import unicodedata

from huitong.review import review
from huitong.review.formats import as_text


def test_a_fault_is_underlined_under_its_own_columns_in_double_width_text() -> None:
    text = "王总，采购部一直推诿。"
    lines = as_text(text, review(text, channel="chat")).split("\n")
    at = next(i for i, line in enumerate(lines) if "~" in line)
    under = lines[at]
    before = under.index("~")
    widths = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in lines[at - 1]]
    first = next(i for i in range(len(widths)) if sum(widths[:i]) == before)
    assert lines[at - 1][first : first + 4] == "一直推诿"
    assert under.count("~") == 8


def test_what_is_missing_comes_with_why_and_a_sentence_to_begin_with() -> None:
    out = as_text("王总好。", review("王总好。", channel="chat"))
    assert "请求  说清楚请领导做哪一件事" in out
    assert "例如：想请您" in out


def test_the_messages_follow_the_language_of_the_text() -> None:
    assert "Still missing:" in as_text("Hi Helen,", review("Hi Helen,"))
    assert "還可以補上：" in as_text("處長好。", review("處長好。"))


def test_a_long_paragraph_shows_only_the_part_around_the_fault() -> None:
    text = "王总，" + "三号线周一停机两小时，" * 30 + "采购部一直推诿。" + "三号线周二停机两小时，" * 30
    shown = [line for line in as_text(text, review(text)).split("\n") if "推诿" in line]
    assert len(shown) == 1
    assert len(shown[0]) < 60


def test_control_characters_and_lone_surrogates_do_not_reach_the_terminal() -> None:
    text = "王总\x1b[31m，采购部\ud800一直推诿\x00。\r\n"
    out = as_text(text, review(text))
    assert "\x1b" not in out
    out.encode("utf-8")


def test_a_sound_text_says_so_and_how_long_it_is() -> None:
    text = "王总，您好。9 月 8 日提交的申请还没有批复，产线周五就要停。想请您与采购部协商。"
    assert as_text(text, review(text, channel="chat")).startswith("没有要改的地方。\n长度 ")
