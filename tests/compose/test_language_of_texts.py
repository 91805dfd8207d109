"""How words are fitted together."""

from datetime import date

import pytest

from huitong.compose.facts import facts_of
from huitong.compose.language import chinese_number, cut, full_width, join_items, join_seam, lower_first, trim
from huitong.method import Brief


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("好。", "好"),
        ("一行\n二行；", "一行 二行"),
        ("by 5 p.m.", "by 5 p.m."),
        ("Quill Inc.", "Quill Inc."),
        ("。", "。"),
        ("Why?", "Why?"),
    ],
)
def test_a_field_loses_the_stop_at_its_end(field, line):
    assert trim(field) == line


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("场租每天 2.4 万元，搭建顺延，媒体 32 家", 16, "场租每天 2.4 万元，搭建顺延"),
        ("合同额 1,280,000.00 元", 5, "合同额 1,280,000.00 元"),
        ("（单号，CG）未答复，再问", 3, "（单号，CG）未答复"),
        ("一，二，三", 100, "一，二，三"),
    ],
)
def test_a_long_line_is_shortened_at_a_clauses_end(text, room, short):
    assert cut(text, room, "characters") == short


def test_english_is_shortened_there_too():
    text = "Ask Dr. Hale for 1,850 euros, if he agrees. Then order."
    assert cut(text, 6, "words") == "Ask Dr. Hale for 1,850 euros"


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        ("要吗？", "。", "要吗？"),
        ("快！", "，好", "快，好"),
        ("组 1", "10 月", "组 1 10 月"),
        ("在", "12 月", "在 12 月"),
        ("我", "们", "我们"),
    ],
)
def test_a_seam_has_one_stop_and_a_space_between_scripts(left, right, whole):
    assert join_seam(left, right, spaced=True) == whole


def test_clauses_are_joined_and_a_sentence_does_not_run_on():
    assert join_items(["甲", "乙"], "；", "。") == "甲；乙。"
    assert join_items(["甲", "乙", "丙", "丁"], "；", "。") == "甲；乙；丙。丁。"
    assert join_items(["甲。又", "乙"], "；", "。") == "甲。又。乙。"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("已提交,待审(单号 C-1,未批)", "已提交，待审（单号 C-1，未批）"),
        ("1,280 元;8:30 到", "1,280 元；8:30 到"),
        ("f(x), y", "f(x), y"),
    ],
)
def test_half_width_punctuation_beside_chinese_is_set_full_width(typed, set_):
    assert full_width(typed) == set_


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Our list", "our list"),
        ("Data Platform", "Data Platform"),
        ("I agree", "I agree"),
        ("X-ray", "X-ray"),
        ("Greta is away", "Greta is away"),
    ],
)
def test_english_keeps_the_capital_of_a_name(text, inside):
    assert lower_first(text, frozenset({"Greta"})) == inside


def test_chinese_numbers():
    assert [chinese_number(n) for n in (1, 10, 11, 20, 34, 120)] == ["一", "十", "十一", "二十", "三十四", "120"]


def _brief(lang: str, **fields: object) -> Brief:
    people = {
        "requester": {"name": "A"},
        "leader": {"name": "罗敏", "title": "护理部主任"},
        "other_department": {"name": "B"},
    }
    return Brief.model_validate({"lang": lang, "matter": "M", **people, **fields})


@pytest.mark.parametrize(
    ("lang", "deadline", "effort", "shown"),
    [
        ("zh", date(2026, 10, 12), date(2026, 9, 1), "10 月 12 日"),
        ("zh", date(2027, 1, 5), date(2026, 9, 1), "2027 年 1 月 5 日"),
        ("en", date(2026, 10, 12), date(2026, 9, 1), "12 October"),
        ("en", date(2027, 1, 5), date(2026, 9, 1), "5 January 2027"),
    ],
)
def test_a_date_has_its_year_where_it_is_not_that_of_most(lang, deadline, effort, shown):
    efforts = [{"date": effort}, {"date": effort.replace(day=2)}]
    assert facts_of(_brief(lang, deadline=deadline, efforts=efforts)).slots["deadline"].text == shown


def test_a_leader_without_form_of_address_is_addressed_by_surname_and_title():
    assert facts_of(_brief("zh")).slots["address"].text == "罗主任"
    assert facts_of(_brief("en")).slots["address"].text == "罗敏"
