"""One fact has one key however it is written, and another key as soon as anything about it is another."""

import pytest

from huitong.method import Language
from huitong.review.fidelity import facts

SAME = {
    Language.ZH: [
        ("3 天", "三天", "３天"),
        ("24,000 元", "2.4 万元", "¥24000", "两万四千元"),
        ("每天 2.4 万元", "2.4 万元/天"),
        ("30%", "百分之三十", "30％", "三成"),
        ("10 月 12 日", "10月12号", "十月十二日"),
        ("2026-10-12", "2026 年 10 月 12 日", "2026/10/12"),
        ("周五", "星期五", "礼拜五"),
        ("10 月 12 日前", "10 月 12 日之前"),
        ("约 3 天", "3 天左右", "大约三天"),
        ("3 点半", "3:30", "三点三十分"),
        ("两个星期", "2 周"),
        ("四十分钟", "40 分"),
        ("一千零五人", "1,005 人"),
        ("一亿二千万元", "1.2 亿元"),
        ("两百五十台", "250 台"),
    ],
    Language.EN: [
        ("3 days", "three days"),
        ("£24,000", "£24k", "£24 thousand"),
        ("twenty-five units", "25 units"),
        ("£4,000 a day", "£4,000 per day", "£4,000 each day"),
        ("12 October", "October 12", "Oct 12th", "the 12th of October"),
        ("2026-10-12", "12 October 2026"),
        ("Friday", "Fri"),
        ("about 3 days", "around three days"),
        ("3 pm", "3pm", "3:00 p.m."),
        ("40 minutes", "40 mins"),
        ("30%", "30 percent", "30 per cent"),
    ],
}
OTHER = {
    Language.ZH: [
        ("3 天", "5 天"),
        ("3 天", "3 周"),
        ("3 个工作日", "3 个自然日"),
        ("3 台", "3 套"),
        ("2.4 万元", "2.4 元"),
        ("2.4 万元", "2.4 万美元"),
        ("两三百元", "三百元"),
        ("三五天", "35 天"),
        ("三百多元", "三百元"),
        ("10 月 12 日前", "10 月 12 日后"),
        ("10 月 12 日前", "10 月 12 日"),
        ("约 3 天", "3 天"),
        ("超过 3 天", "不到 3 天"),
        ("每天 2.4 万元", "2.4 万元"),
        ("增长 3%", "增长 -3%"),
        ("增长 3%", "下降 3%"),
        ("本周五", "下周五"),
        ("上午 3 点", "下午 3 点"),
        ("明天", "后天"),
        ("CG-2211", "CG-2212"),
        ("CG-2211", "CG2211"),
        ("0071", "71"),
        ("王经理", "李经理"),
        ("供应链中心", "供应链部"),
        ("用 ERP 下单", "用 OA 下单"),
        ("他说“可以”", "他说“不行”"),
        ("½", "¼"),
        ("超出万元", "超出亿元"),
        ("①", "②"),
    ],
    Language.EN: [
        ("3 days", "3 weeks"),
        ("3 days", "3 working days"),
        ("$24", "£24"),
        ("$24k", "$24"),
        ("by Friday", "after Friday"),
        ("by Friday", "before Friday"),
        ("next Friday", "this Friday"),
        ("at least 3 days", "at most 3 days"),
        ("3 days ago", "3 days later"),
        ("£4,000 a day", "£4,000 a week"),
        ("9 am", "9 pm"),
        ("the second week", "the third week"),
        ("five six", "eleven"),
        ("we met Kim", "we met Pat"),
        ("order PO-17", "order PO-71"),
        ("mail a@example.com", "mail b@example.com"),
    ],
}


def keys(text: str, language: Language) -> list[str]:
    return sorted(f.key for f in facts(text, language))


@pytest.mark.parametrize(("language", "ways"), [(k, ways) for k, all_ways in SAME.items() for ways in all_ways])
def test_a_fact_has_one_key_however_it_is_written(language: Language, ways: tuple[str, ...]) -> None:
    assert [keys(way, language) for way in ways] == [keys(ways[0], language)] * len(ways)
    assert keys(ways[0], language)


@pytest.mark.parametrize(("language", "one", "other"), [(k, *pair) for k, pairs in OTHER.items() for pair in pairs])
def test_another_fact_has_another_key(language: Language, one: str, other: str) -> None:
    assert keys(one, language) != keys(other, language)


def test_traditional_characters_name_the_same_facts() -> None:
    assert keys("每週五前，約三萬元，兩個鐘頭", Language.ZH_HANT) == keys("每周五前，约三万元，两个钟头", Language.ZH)


@pytest.mark.parametrize(
    "words", ["请您进一步指导，我们一起统一口径，十分感谢。", "一直保持一致，千万不要四处声张，万一来不及就麻烦您"]
)
def test_a_numeral_in_an_idiom_counts_nothing(words: str) -> None:
    assert facts(words, Language.ZH) == []


def test_names_of_the_brief_are_found_whole_and_first() -> None:
    found = facts("三和 5G 项目组与 May Day 展会", Language.ZH, ["三和 5G 项目组", "May Day"])
    assert [(f.kind, f.text) for f in found] == [("name", "三和 5G 项目组"), ("name", "May Day")]


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "９月８日提交，約 ３ 天"
    found = facts(text, Language.ZH_HANT)
    assert [text[f.start : f.end] for f in found] == [f.text for f in found]
    assert [f.said for f in found] == ["９月８日", "約 ３ 天"]
