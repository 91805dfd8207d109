"""How a brief's own words, as people type them in a hurry, are fitted into sentences."""

import pytest

from huitong.compose import compose
from huitong.compose.facts import facts_of
from huitong.method import Brief


def _brief(lang: str, **fields: object) -> Brief:
    people = {"requester": {"name": "A"}, "leader": {"name": "罗敏", "form_of_address": "罗主任"}}
    other = {"other_department": {"name": "采购部" if lang == "zh" else "Purchasing"}}
    return Brief.model_validate({"lang": lang, "matter": "M", **people, **other, **fields})


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        ("Need 12 seats before certs lapse", "We need 12 seats before certs lapse"),
        ("Just need the deposit paid", "We need the deposit paid"),
        ("need the file so we keep the places", "We need the file so we keep the places"),
        ("Order signed so steel lands before the pour", "We need the order signed so steel lands before the pour"),
        ("Purchase of column resin", "We need the purchase of column resin"),
        ("Gauge should be released before the start", "The gauge should be released before the start"),
    ],
)
def test_a_wish_in_notes_becomes_a_sentence(purpose, told):
    assert facts_of(_brief("en", purpose=purpose)).slots["goal"].text == told


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        ("想看 3200 工厂的库存", "看 3200 工厂的库存"),
        ("8 月 20 日前要交印厂", "8 月 20 日前交印厂"),
        ("要一个天窗", "有一个天窗"),
    ],
)
def test_a_chinese_wish_is_told_without_its_own_words_of_wishing(purpose, told):
    assert facts_of(_brief("zh", purpose=purpose)).slots["goal"].text == told


@pytest.mark.parametrize(
    ("title", "does", "asked"),
    [
        ("Call Rory", "One phone call asking for a date", "call Rory and ask for a date"),
        ("Call Rory", "15-minute call to ask for a date", "call Rory and ask for a date"),
        ("Ask Rory for a swap", "15 min call, see what could move", "ask Rory for a swap and see what could move"),
        ("Speak to Rory", "A call about a second reviewer", "speak to Rory about a second reviewer"),
        ("Call Rory", "One call", "call Rory"),
        ("Quick word with Rory", "Ask if it can move", "have a quick word with Rory and ask if it can move"),
        ("Ping the security lead", "Ask for a reviewer", "ping the security lead and ask for a reviewer"),
    ],
)
def test_what_the_leader_does_is_asked_as_a_deed(title, does, asked):
    options = [{"title": title, "what_leader_does": does, "minutes": 10}]
    (item,) = facts_of(_brief("en", options=options)).lists["options"]
    assert item["deed"].text == asked


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("Automatic reply only, ref 714", "I emailed Ada: automatic reply only, ref 714."),
        ("Acknowledged", "I emailed Ada: acknowledged."),
        ("Left a message", "I emailed Ada: left a message."),
        ("Code OK now", "Ada told me by email: code OK now."),
        ("answered that the audit has priority", "I emailed Ada, who answered that the audit has priority."),
        ("Can't say a day. Thinks it's 4 hours", "I emailed Ada, who can't say a day and thinks it's 4 hours."),
        ("2 reviewers out, queue is 3 weeks", "Ada told me by email: 2 reviewers out, queue is 3 weeks."),
    ],
)
def test_notes_of_an_answer_are_told_as_one(result, told):
    effort = {"date": "2026-09-29", "channel": "email", "with": "Ada", "result": result}
    assert f"On 29 September {told}" in str(compose(_brief("en", efforts=[effort]), channel="email"))


def test_an_office_of_something_has_its_article():
    brief = _brief("en", other_department={"name": "Office of the Registrar"}, options=[{"title": "Call Ada"}])
    assert "your help with the Office of the Registrar on M." in str(compose(brief, channel="email"))


def test_the_other_department_keeps_its_capital_before_a_comma():
    option = {"title": "Raise it", "benefit": "Purchasing, kitchen and ward hear the same"}
    two = [option, {"title": "Wait"}]
    assert "– Purchasing, kitchen and ward hear the same." in str(compose(_brief("en", options=two), channel="email"))


@pytest.mark.parametrize(
    ("title", "does", "asked"),
    [
        ("请外包队夜间安装", "批外包费用 3200 元", "出面请外包队夜间安装，批外包费用 3200 元"),
        ("直接请叶经理改排", "拨一通电话", "直接请叶经理改排"),
        ("签分批开通确认函", "签字", "签分批开通确认函"),
        ("签特采申请,边用边检", "签字,承诺可追溯隔离", "签特采申请，边用边检，承诺可追溯隔离"),
        ("与滕科长沟通", "请滕科长先挪用一个 AP", "出面请滕科长先挪用一个 AP"),
        ("批准外租冷库", "批 9,600 元", "批准外租冷库，批 9,600 元"),
    ],
)
def test_the_name_of_a_way_and_its_deed_are_asked_for_together(title, does, asked):
    options = [{"title": title, "what_leader_does": does, "minutes": 10}]
    (item,) = facts_of(_brief("zh", options=options)).lists["options"]
    assert item["deed"].text == asked


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("罗主任您好,这个事有点急,长话短说:协议 5 月 6 号提的", "协议 5 月 6 号提的"),
        ("罗主任~ 我们一共 312 个", "我们一共 312 个"),
        ("罗主任,跟你说一下 12 月 31 日晚会的事,单子 11 月填了", "12 月 31 日晚会的事，单子 11 月填了"),
        ("罗主任要的数在附件里", "罗主任要的数在附件里"),
        ("罗主任,李主任都同意了", "罗主任，李主任都同意了"),
        ("比例 1:8,现时 1:11,4 月 28 日巡查", "比例 1:8，现时 1:11，4 月 28 日巡查"),
        ("单子(OB-12),12/8 回复", "单子(OB-12)，12/8 回复"),
        ("一共 312 个 sku,5 月开", "一共 312 个 sku，5 月开"),
        ("合同 1,280,000 元", "合同 1,280,000 元"),
    ],
)
def test_a_chinese_fact_is_set_as_print_and_without_a_greeting(typed, set_):
    (item,) = facts_of(_brief("zh", situation=[typed])).lists["situation"]
    assert item["item"].text == set_


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Hey Rowan! The wall stopped on 12 August", "The wall stopped on 12 August."),
        ("ok so graphics went to Brand on 29 April", "Graphics went to Brand on 29 April."),
        ("Rowan agreed to this on 3 May", "Rowan agreed to this on 3 May."),
    ],
)
def test_an_english_fact_is_told_without_a_greeting(typed, told):
    brief = _brief("en", situation=[typed], leader={"name": "Rowan Pike", "form_of_address": "Rowan"})
    assert f"\n\n{told}\n\n" in str(compose(brief, channel="email"))


def test_a_promise_with_a_day_in_its_second_clause_stays_whole():
    commitments = [{"what": "随时补正材料，当日报送", "who": "A", "by": "2027-03-10"}]
    (item,) = facts_of(_brief("zh", commitments=commitments)).lists["commitments"]
    assert item["said"].text.startswith("随时补正材料，当日报送，我会在")


def test_when_an_earlier_case_was_is_told_once():
    precedent = {"when": "2025-12", "what": "去年也撞过档期", "result": "您出面后让出一台"}
    brief = _brief("zh", precedents=[precedent], deadline="2026-12-17")
    (item,) = facts_of(brief).lists["precedents"]
    assert item["said"].text == "2025 年 12 月，也撞过档期，您出面后让出一台"


@pytest.mark.parametrize(
    ("lang", "asked", "listed"),
    [
        ("zh", "要与采购部协调，想请您签加急单。", "方案一　签加急单（5 分钟，我倾向这个），当天能下单。"),
        ("en", "Could you sign the rush form? It’s about M, ", "1. Sign the rush form (5 minutes, my preference)"),
    ],
)
def test_a_mail_asks_at_once_for_the_way_one_leans_to_and_says_its_deed_once(lang, asked, listed):
    zh = lang == "zh"
    rush = {
        "title": "签加急单" if zh else "Sign the rush form",
        "minutes": 5,
        "benefit": "当天能下单" if zh else "no wait",
    }
    wait = {"title": "等一周" if zh else "Wait a week", "minutes": 1}
    leaning = str(compose(_brief(lang, options=[wait, rush], preferred=1, deadline="2027-03-05"), channel="email"))
    assert leaning.index(asked) < leaning.index(listed.replace("一", "二").replace("1.", "2."))
    open_ = str(compose(_brief(lang, options=[wait, rush], deadline="2027-03-05"), channel="email"))
    assert asked not in open_


@pytest.mark.parametrize(
    ("benefit", "told"),
    [
        ("Quickest way to a date", "It’s the quickest way to a date."),
        ("Can start on Monday", "That way it can start on Monday."),
        ("Works can start 10 days after", "That means works can start 10 days after."),
        ("Saves a trip", "That saves a trip."),
    ],
)
def test_what_is_good_about_the_one_way_is_a_sentence(benefit, told):
    options = [{"title": "Call Ada", "benefit": benefit}]
    assert told in str(compose(_brief("en", options=options), channel="email"))


@pytest.mark.parametrize(
    ("followup", "told"),
    [
        ("After clearing I report to you", "After clearing I report to you."),
        ("Weekly count", "You’ll get the weekly count."),
    ],
)
def test_what_comes_later_is_told_as_it_stands_where_it_says_who(followup, told):
    assert told in str(compose(_brief("en", followup=[followup]), channel="email"))
