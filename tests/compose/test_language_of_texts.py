"""How words are fitted together."""

from datetime import date

import pytest

from huitong.compose import agenda, compose, note, talking_points
from huitong.compose.facts import facts_of
from huitong.compose.language import (
    cut,
    full_width,
    is_american,
    join_items,
    join_seam,
    lower_first,
    sentence,
    spaced_scripts,
    trim,
)
from huitong.method import Brief, chinese_number


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
    text = "Ask Dr. Hale for 1,850 euros, as agreed. Then order."
    assert cut(text, 6, "words") == "Ask Dr. Hale for 1,850 euros"


@pytest.mark.parametrize(
    "text", ["She is open to a view, but her sprint is full, so wait", "可以先试一个仓，但排班要邹经理定，再说"]
)
def test_a_line_is_not_shortened_before_what_limits_it(text):
    assert cut(text, 2, "words" if text.isascii() else "characters") != text.split("，")[0].split(",")[0]


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


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("2月24日报的计划", "2 月 24 日报的计划"),
        ("5#楼HRB400E钢筋", "5#楼 HRB400E 钢筋"),
        ("涨了30%左右", "涨了 30% 左右"),
    ],
)
def test_chinese_and_latin_are_spaced_alike_everywhere(typed, set_):
    assert spaced_scripts(typed) == set_


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("the chipper went in", "The chipper went in"),
        ("iPhone orders wait", "iPhone orders wait"),
        ("a.b@c.d", "a.b@c.d"),
    ],
)
def test_an_english_sentence_begins_with_a_capital(typed, set_):
    assert sentence(typed) == set_


@pytest.mark.parametrize(
    ("text", "american"),
    [("out by May 3, organized", True), ("out by 3 May, organised", False), ("at 9:30 in room 5", False)],
)
def test_spelling_and_dates_tell_which_english_it_is(text, american):
    assert is_american(text) is american


def test_dates_are_written_as_the_brief_writes_them():
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Fleet"}}
    shared = people | {"lang": "en", "matter": "Mower repair", "deadline": "2026-06-02"}
    american = Brief.model_validate(shared | {"situation": ["It went in on May 3"]})
    british = Brief.model_validate(shared | {"situation": ["It went in on 3 May"]})
    assert "by Tuesday, June 2" in str(compose(american, channel="email"))
    assert "by Tuesday 2 June" in str(compose(british, channel="email"))


def test_a_matter_that_is_a_sentence_is_told_as_one():
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Fleet"}}
    brief = Brief.model_validate(people | {"lang": "en", "matter": "The mowers are in the shop"})
    assert "The mowers are in the shop. Could you ask Fleet to sort it out?" in str(compose(brief, channel="email"))
    assert "“The mowers are in the shop”" in str(compose(brief, channel="report"))


def test_the_latest_effort_that_has_a_date_is_the_one_told_first():
    efforts = [
        {"date": "2026-05-18", "result": "等签字"},
        {"date": "2026-05-12", "result": "没有货"},
        {"result": "借过两天"},
    ]
    people = {"requester": {"name": "甲"}, "leader": {"name": "乙"}, "other_department": {"name": "设备部"}}
    brief = Brief.model_validate(people | {"matter": "修割草机", "efforts": efforts})
    told = [item.get("result", item.get("alone")).text for item in facts_of(brief).lists["efforts"]]
    assert told[-1] == "等签字"


@pytest.mark.parametrize(
    ("matter", "told"),
    [
        ("Moisture scale invoice", "the moisture scale invoice"),
        ("Our lift", "our lift"),
        ("Opening the library late", "opening the library late"),
        ("STS-4 overhaul", "STS-4 overhaul"),
        ("Overtime", "overtime"),
    ],
)
def test_an_english_matter_gets_the_article_that_it_lacks(matter, told):
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Fleet"}}
    brief = Brief.model_validate(people | {"lang": "en", "matter": matter})
    assert f"about {told}?" in str(compose(brief, channel="email"))


def test_a_promise_to_report_is_told_as_a_deed():
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Fleet"}}
    followup = ["Will update you weekly", "A note on the day"]
    brief = Brief.model_validate(people | {"lang": "en", "matter": "The lift", "followup": followup})
    assert "I’ll update you weekly. You’ll get a note on the day." in str(compose(brief, channel="email"))


def test_an_effort_whose_channel_is_nothing_but_a_control_character_is_told_whole():
    effort = {"channel": "\x1f", "with": "李工", "result": "待定"}
    people = {"requester": {"name": "甲"}, "leader": {"name": "乙"}, "other_department": {"name": "设备部"}}
    brief = Brief.model_validate(people | {"matter": "修割草机", "efforts": [effort]})
    assert compose(brief, channel="report").left_out == ()
    assert "我找过李工" in str(compose(brief, channel="report"))


def test_a_purpose_asked_as_a_question_stays_one():
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Stage"}}
    purpose = "could the piano be back by 14:00"
    brief = Brief.model_validate(people | {"lang": "en", "matter": "The foyer piano", "purpose": purpose})
    assert "Could the piano be back by 14:00?" in str(compose(brief, channel="email"))


@pytest.mark.parametrize("deadline", [None, "2026-12-11", "2026-12-12"])
@pytest.mark.parametrize("options", [[], [{"title": "Call Front of House", "minutes": 5}]])
@pytest.mark.parametrize("purpose", ["We need the piano back by 12 December", "Could the piano be back on the day?"])
@pytest.mark.parametrize("channel", ["spoken", "chat", "email"])
def test_what_is_hoped_for_is_told_once(channel, purpose, options, deadline):
    people = {"requester": {"name": "Dana"}, "leader": {"name": "Lee"}, "other_department": {"name": "Stage"}}
    said = {"matter": "The foyer piano", "purpose": purpose, "options": options, "deadline": deadline}
    brief = Brief.model_validate(people | said | {"lang": "en"})
    assert str(compose(brief, channel=channel)).count("piano back" if "need" in purpose else "piano be back") == 1


@pytest.mark.parametrize(
    ("lang", "title", "does", "told"),
    [
        ("zh", "请您跟王经理通个电话", "", ""),
        ("zh", "请王经理定一天停机", "请您和王经理商量", "请王经理定一天停机"),
        ("zh", "与采购部沟通", "请王经理先比价两家", "请王经理先比价两家"),
        ("zh-Hant", "請您跟王經理說一聲", "", ""),
        ("en", "A word with Tom Reed", "", ""),
        ("en", "A call", "Ask Tom Reed to lend a welder", "ask Tom Reed to lend a welder"),
        ("en", "Ring Tom Reed about the two machines", "", "Ring Tom Reed about the two machines"),
    ],
)
def test_the_points_of_a_talk_do_not_say_that_one_talks(lang, title, does, told):
    option = {"title": title, "what_leader_does": does}
    who = {"requester": {"name": "A"}, "leader": {"name": "B"}, "other_department": {"name": "C"}}
    brief = Brief.model_validate(who | {"lang": lang, "matter": "X", "options": [option]})
    points = talking_points(brief, brief.options[0]).points
    assert [point for point in points[1:] if told in point] == list(points[1:])
    assert len(points) == (2 if told else 1)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("Cover half of the loan board", "by 16 October I’ll cover half of the loan board"),
        ("Route plan with 5 cabs", "by 16 October I’ll have the route plan with 5 cabs"),
        ("Insurance confirmation for 75,000 euros", "Our part: insurance confirmation for 75,000 euros by 16 October"),
        ("Team will follow one pickup point", "team will follow one pickup point by 16 October"),
        ("All five adjusters finish the course", "all five adjusters finish the course by 16 October"),
    ],
)
def test_what_our_side_brings_is_never_told_like_an_order(what, told):
    brief = _brief("en", commitments=[{"what": what, "who": "A", "by": "2026-10-16"}])
    (item,) = facts_of(brief).lists["commitments"]
    assert item["said"].text == told


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        ("A delivery date that the trial can rely on", "We need a delivery date that the trial can rely on"),
        ("The order that we sent is released", "The hope is that the order that we sent is released"),
        ("Read access to table EST_LINE_V2", "We need read access to table EST_LINE_V2"),
    ],
)
def test_a_thing_that_is_wished_for_is_not_told_as_a_sentence(purpose, told):
    assert facts_of(_brief("en", purpose=purpose)).slots["goal"].text == told


def test_what_comes_later_is_said_once():
    brief = _brief("zh", benefit=["以后同一货号不用重新比价"], improvement="客服以后查件先看表单")
    text = str(compose(brief, channel="email"))
    assert "办成以后，同一货号不用重新比价" in text
    assert "以后客服以后" not in text


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("我们会上门拍照并双人签字", "我们会在 11 月 13 日前上门拍照并双人签字"),
        ("安装当天下午腾出通道", "安装当天下午，我们会腾出通道（11 月 13 日前）"),
        ("8 月 17 日前把货清空", "8 月 17 日前把货清空（11 月 13 日前）"),
    ],
)
def test_a_promise_keeps_its_day_and_says_who(what, told):
    (item,) = facts_of(_brief("zh", commitments=[{"what": what, "by": "2026-11-13"}])).lists["commitments"]
    assert item["said"].text == told


def test_a_noun_that_begins_like_a_verb_of_saying_stays_whole():
    efforts = [{"channel": "当面", "with": "小费", "result": "说明已收，要贾经理批"}]
    text = str(compose(_brief("zh", efforts=efforts), channel="email"))
    assert "小费说，说明已收，要贾经理批" in text


def test_what_the_contact_said_is_not_put_into_the_mouth_of_the_head():
    efforts = [{"with": "小吴", "result": "要蒋主任同意才能挪"}]
    other = {"name": "行政部", "head": "蒋主任", "contact": "小吴"}
    points = talking_points(_brief("zh", efforts=efforts, other_department=other)).points
    assert "小吴此前的答复：要蒋主任同意才能挪。" in points
    efforts[0]["with"] = "蒋主任"
    points = talking_points(_brief("zh", efforts=efforts, other_department=other)).points
    assert "对方或许会说：要蒋主任同意才能挪。" in points


def test_a_wish_without_a_day_gets_the_deadline_once():
    text = str(compose(_brief("zh", purpose="定下培训场地", deadline="2026-05-29"), channel="email"))
    assert "希望在 5 月 29 日（周五）前定下培训场地" in text
    assert "最晚" not in text


def test_of_two_options_one_is_chosen():
    options = [{"title": "开会"}, {"title": "打电话"}]
    assert compose(_brief("zh", options=options), channel="email").subject == "请您定：M（二选一）"


@pytest.mark.parametrize(
    ("benefit", "told"),
    [
        ("the lift could run within a week", "ask Ada for the board, so the lift could run within a week."),
        ("no extra work for her team", "ask Ada for the board – no extra work for her team."),
    ],
)
def test_what_an_option_brings_follows_from_it_or_stands_beside_it(benefit, told):
    first = {"title": "Call Ada", "minutes": 5, "what_leader_does": "Ask Ada for the board", "benefit": benefit}
    brief = _brief("en", options=[first, {"title": "Wait", "minutes": 1}])
    assert f"1. Call Ada (5 minutes): {told}" in str(compose(brief, channel="email"))


def test_the_day_is_that_of_the_help_not_of_what_is_hoped_for():
    brief = _brief("en", purpose="agree a repair date", deadline="2026-10-23")
    assert "about M by Friday 23 October? We need to agree a repair date." in str(compose(brief, channel="email"))
    options = [{"title": "Call Ada", "minutes": 5}, {"title": "Wait", "minutes": 1}]
    brief = _brief("en", purpose="the lift is back", deadline="2026-10-23", options=options)
    assert "on M, by Friday 23 October. The hope is that the lift is back." in str(compose(brief, channel="email"))


def test_a_single_way_is_asked_for_in_the_subject():
    option = {"title": "Call Gwen", "what_leader_does": "Ask Gwen for a rush retrieval", "minutes": 5}
    brief = _brief("en", deadline="2026-10-23", options=[option])
    assert compose(brief, channel="email").subject == "Could you call Gwen by 23 October? M"
    brief = _brief("zh", deadline="2026-10-23", options=[{"title": "给总务处打个电话", "minutes": 5}])
    assert compose(brief, channel="email").subject == "请您给总务处打个电话：M，10 月 23 日前"


def test_in_speech_a_weekday_has_no_brackets_and_a_promise_says_its_hour():
    commitments = [{"who": "我", "what": "每天 8:30 前报名单"}]
    said = str(compose(_brief("zh", deadline="2026-11-20", commitments=commitments), channel="spoken"))
    assert "11 月 20 号周五前" in said
    assert "每天 8 点半前报名单" in said
    assert "8:30 开会的事" in str(compose(_brief("zh", matter="8:30 开会"), channel="spoken"))  # a name stays as it is


def test_a_matter_that_is_a_sentence_is_the_reason_to_write_and_to_meet():
    brief = _brief("en", matter="The mowers are in the shop")
    assert "I’m writing because the mowers are in the shop." in str(note(brief))
    assert agenda(brief, 30).points[0].text == "Why we meet: the mowers are in the shop"


@pytest.mark.parametrize(
    ("lang", "channel", "told"),
    [
        ("en", "Zoom call", "Ada told me on a video call"),
        ("zh", "视频会", "我在视频会上问过，Ada 说要等签字"),
    ],
)
def test_a_talk_by_video_is_told_as_one(lang, channel, told):
    efforts = [
        {"channel": channel, "with": "Ada", "result": "要等签字" if lang == "zh" else "it waits for a signature"}
    ]
    assert told in str(compose(_brief(lang, efforts=efforts), channel="email"))


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("The board takes 3 days", "On 29 September Ada told me by phone that the board takes 3 days."),
        ("We have no board", "On 29 September I phoned Ada: we have no board."),  # whose "we" it is stays open
        ("is willing to wait", "On 29 September I phoned Ada, who is willing to wait."),
    ],
)
def test_what_somebody_said_is_told_as_theirs(result, told):
    effort = {"date": "2026-09-29", "channel": "phone", "with": "Ada", "result": result}
    assert told in str(compose(_brief("en", efforts=[effort]), channel="email"))


def test_an_option_that_means_the_others_is_asked_for_by_its_name():
    options = [
        {"title": "三方碰头", "what_leader_does": "请郑科长约厂家", "minutes": 30},
        {"title": "先调配再碰头", "what_leader_does": "两件都做", "minutes": 45},
    ]
    brief = _brief("zh", options=options, preferred=1)
    assert "想请您先调配再碰头" in str(compose(brief, channel="chat"))
    assert "先调配再碰头（45 分钟，我倾向这个）：两件都做" in str(compose(brief, channel="email"))


@pytest.mark.parametrize(
    ("lang", "title", "does", "benefit", "told"),
    [
        ("zh", "召开协调会", "请王经理开 30 分钟会", "最快", "召开协调会（30 分钟）：请王经理开会，这样最快。"),
        (
            "en",
            "Meet",
            "Host a 30-minute call",
            "keeps the date",
            "Meet (30 minutes): host a call. That keeps the date.",
        ),
    ],
)
def test_an_options_minutes_are_said_once_and_what_it_brings_is_no_stump(lang, title, does, benefit, told):
    first = {"title": title, "minutes": 30, "what_leader_does": does, "benefit": benefit}
    second = {"title": "等一周" if lang == "zh" else "Wait", "minutes": 1}
    assert told in str(compose(_brief(lang, options=[first, second]), channel="email"))
    spoken = str(compose(_brief(lang, options=[first]), channel="spoken"))
    assert ("这样最快" if lang == "zh" else "That keeps the date.") in spoken


def test_a_call_and_its_question_are_one_sentence_that_names_whom_once():
    option = {"title": "Call Gwen", "what_leader_does": "Ask Gwen for a rush retrieval", "minutes": 5}
    brief = _brief("en", matter="Off-site boxes for the deposition", options=[option])
    email = str(compose(brief, channel="email"))
    assert "on the off-site boxes for the deposition." in email
    assert "Could you call Gwen (about 5 minutes of your time) and ask for a rush retrieval?" in email
    assert "could you ask Gwen for a rush retrieval" in str(compose(brief, channel="chat"))


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("Smoke machines in the hall", "In March it was the same with smoke machines in the hall; you met Ada."),
        ("The lock was also graded routine", "In March, the lock was also graded routine; you met Ada."),
        ("The truck sat for weeks", "It has happened before: in March, the truck sat for weeks; you met Ada."),
    ],
)
def test_an_earlier_case_says_that_it_was_one(what, told):
    precedent = {"when": "2026-03", "what": what, "result": "You met Ada"}
    efforts = [{"date": "2026-09-29", "channel": "phone", "with": "Ada", "result": "No"}]
    assert told in str(compose(_brief("en", precedents=[precedent], efforts=efforts), channel="email"))


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("口径确定后 3 个工作日内补齐材料", "口径确定后 3 个工作日内，我会补齐材料"),
        ("把签好的论证表当天送到设备处", "我会把签好的论证表当天送到设备处"),
        ("出画线图和标识牌", "我会出画线图和标识牌"),
    ],
)
def test_a_promise_that_begins_with_a_time_says_then_who(what, told):
    commitments = [{"what": what, "who": "我"}]
    brief = _brief("zh", commitments=commitments, requester={"name": "我"})
    assert told in str(compose(brief, channel="email"))


def test_a_matter_that_is_a_plea_is_told_as_what_we_want():
    assert "为了请法务部确认条款，想请您" in str(compose(_brief("zh", matter="请法务部确认条款"), channel="email"))


def test_a_long_wish_is_shortened_before_a_fact_is_left_out():
    purpose = (
        "在年货节之前让面单由系统自动打印，不再靠人工导表、手动贴单，同时给客户留出至少一周的联调时间，"
        + "赶上旺季，" * 6
    )
    options = [{"title": "面谈排期", "minutes": 20}, {"title": "外包开发", "minutes": 15}]
    facts = [
        f"第 {n} 条：每天约 6,800 单要手工打印，需要 9 名临时工从早上贴到晚上，" + "客户在等" * 8 for n in range(1, 5)
    ]
    email = compose(_brief("zh", purpose=purpose, options=options, situation=facts), channel="email")
    assert "联调时间。\n" in email.body
    assert "purpose" in email.left_out
    assert "赶上旺季" in compose(_brief("zh", purpose=purpose, options=options), channel="email").body


@pytest.mark.parametrize("deadline", ["2026-12-07", None])
def test_soon_is_left_out_of_the_wish_for_it_says_nothing(deadline):
    purpose = "請設施部盡快完成批核"
    chat = str(compose(_brief("zh-Hant", purpose=purpose, deadline=deadline), channel="chat"))
    assert "完成批核" in chat
    assert "盡快" not in chat


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("请把二楼会议室调给围棋班", "想请您把二楼会议室调给围棋班"),
        ("请安排两人值守", "想请您安排两人值守"),
        ("请法务部本周给出意见", "想请您出面请法务部本周给出意见"),
        ("请接待组派两人", "想请您出面请接待组派两人"),
        ("主任跟机务队说一声,先派个人来看", "想请您跟机务队说一声，先派个人来看"),
    ],
)
def test_what_is_asked_of_the_leader_is_asked_once(title, asked):
    leader = {"name": "罗示范", "title": "主任", "form_of_address": "罗主任"}
    brief = _brief("zh", leader=leader, options=[{"title": title}], preferred=0)
    assert asked in str(compose(brief, channel="chat"))
    assert title.replace(",", "，") in str(compose(brief, channel="report")).replace(",", "，")


def test_the_other_department_stands_before_its_head_in_what_is_asked():
    option = {"title": "通个电话", "what_leader_does": "与王经理通个电话，请他同意插单", "minutes": 10}
    other = {"name": "采购部", "head": "王示范"}
    brief = _brief("zh", other_department=other, options=[option], preferred=0)
    assert "想请您与采购部王经理通个电话，请他同意插单" in str(compose(brief, channel="chat"))


def test_a_day_that_the_brief_gives_is_known_in_its_short_form_and_no_other_number_is():
    facts = ["主机 12.3 前装回，误差 12.3 mm，版本 12.3，加固 12.3%，改造 9.8 前完"]
    chat = str(compose(_brief("zh", situation=facts, deadline="2026-12-03"), channel="chat"))
    assert "主机 12 月 3 日前装回，误差 12.3 mm，版本 12.3，加固 12.3%，改造 9.8 前完" in chat


def test_in_speech_days_are_said_as_days_and_stretches_of_days_are_not():
    facts = ["11 月 10 日到 13 日停线，10 日以内能修，6 月起每 5 日一检"]
    said = str(compose(_brief("zh", situation=facts), channel="spoken"))
    assert "11 月 10 号到 13 号停线，10 日以内能修，6 月起每 5 日一检" in said


@pytest.mark.parametrize(
    ("line", "room", "unit", "kept"),
    [
        ("老人 5,276 人，因户籍不能自动比对，窗口须逐件核对", 20, "characters", "老人 5,276 人"),
        (
            "Bring Moira, the contractor and the planner, then settle",
            3,
            "words",
            "Bring Moira, the contractor and the planner",
        ),
    ],
)
def test_a_line_is_not_cut_behind_what_waits_for_the_next_clause_nor_within_a_list(line, room, unit, kept):
    assert cut(line, room, unit) == kept


def test_what_comes_second_in_a_list_is_not_told_without_the_first():
    long = "开工后每天下班前发一句进度，把当天贴单的数量、错单的数量和还没有处理完的单子一起列出来"
    followup = [long, "周五汇报"]
    facts = ["每天约 6,800 单要手工打印，需要 9 名临时工从早贴到晚，错单率是自动的 12 倍，赔付已有 8.3 万元"] * 3
    chat = compose(_brief("zh", situation=facts, followup=followup), channel="chat")
    assert "下班前" not in chat.body
    assert "周五汇报" not in chat.body
    assert "周五汇报" in compose(_brief("zh", situation=facts, followup=followup[::-1]), channel="chat").body


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("12-28 精编开机", "12 月 28 日精编开机"),
        ("播出定档 2027-02-11，不可改", "播出定档 2027 年 2 月 11 日，不可改"),
        ("每班 9-11 人，住 8-15 号楼", "每班 9-11 人，住 8-15 号楼"),
        ("单号 CG-12-28 没批", "单号 CG-12-28 没批"),
    ],
)
def test_a_day_in_figures_is_told_as_a_day(fact, told):
    assert told in str(compose(_brief("zh", situation=[fact]), channel="email"))


@pytest.mark.parametrize(
    ("followup", "told"),
    [
        ("Every Monday the number of late boxes", "You’ll get the number of late boxes every Monday."),
        ("Weekly status until it is done", "You’ll get the weekly status until it is done."),
        ("cue sheet to Legal after lock", "I’ll send the cue sheet to Legal after lock."),
        ("ping you when signed", "I’ll ping you when signed."),
    ],
)
def test_a_report_to_come_is_got_or_sent(followup, told):
    assert told in str(compose(_brief("en", followup=[followup]), channel="email"))


@pytest.mark.parametrize(("name", "told"), [("Quality Lab", "the Quality Lab"), ("Crew Scheduling", "Crew Scheduling")])
def test_a_department_that_is_a_place_has_its_article(name, told):
    options = [{"title": "Call Ada", "minutes": 5}]
    brief = _brief("en", other_department={"name": name}, options=options)
    assert f"your help with {told} on M." in str(compose(brief, channel="email"))


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("与王经理通个电话", "想请您与采购部王示范商量。"),
        ("给采购部打个电话", "想请您与采购部王示范商量。"),
        ("在付款单上批加急", "涉及采购部，想请您定一下。"),
    ],
)
def test_whom_to_talk_to_is_said_only_where_there_is_to_be_a_talk(title, told):
    options = [{"title": title, "minutes": 5}, {"title": "等一周", "minutes": 1}]
    brief = _brief("zh", other_department={"name": "采购部", "head": "王示范"}, options=options)
    assert told in str(compose(brief, channel="email"))
