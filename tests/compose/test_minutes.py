"""The minutes of a meeting, and thanks by what was done: read by people, nothing invented, nothing internal."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import huitong
from huitong.compose import Deed, HeldMeeting, Helper, decided_in_short, minutes, thanks
from huitong.method import Brief, Channel, Language, load_brief

from .test_facts_are_kept import SCAR, anything, briefs, name, numbers

HERE = Path(__file__).parent
START = datetime(2026, 12, 3, 14, 0)  # noqa: DTZ001 - the clock of those who met
HELD = {
    Language.ZH: HeldMeeting(
        start=START,
        minutes=30,
        place="三楼小会议室",
        present=("高翔（市场部）", "许宁（市场部）", "王经理（采购部）"),
        decided=("搭建物料排进本周比价", "规格有变动，当天互相告知。"),
        promised=(("把完整规格发给李工", "许宁", date(2026, 12, 4)), ("给出交期", "王经理", date(2026, 12, 8))),
    ),
    Language.ZH_HANT: HeldMeeting(
        start=START,
        minutes=30,
        place="三樓小會議室",
        present=("陳主任（學務處）", "林小語（學務處）", "吳組長（總務處）"),
        decided=("音響由總務處統一借用", "場地有變動，當天互相告知。"),
        promised=(("把場地圖交給吳組長", "林小語", date(2026, 12, 4)), ("確認整修日期", "吳組長", None)),
    ),
    Language.EN: HeldMeeting(
        start=START,
        minutes=30,
        place="Room 3",
        present=("Alec Pilot (Berth Planning)", "Tilly Quayside (Berth Planning)", "Moira Stanchion"),
        decided=("The overhaul moves to week 40", "either side tells the other of a change the same day."),
        promised=(
            ("Send the six-week plan", "Tilly Quayside", date(2026, 12, 4)),
            ("Confirm the rope gang", "Moira Stanchion", None),
        ),
    ),
}
BRIEFS = ("zh-hospital-ward", "zh-metro", "zh-sparse", "zh-Hant-school", "zh-Hant-wafer-fab", "en-port", "en-sparse")


def brief_of(code: str) -> Brief:
    return load_brief((HERE / "briefs" / f"{code}.yaml").read_bytes(), code)


@pytest.mark.points("2.8", "3.9", "4.8")
@pytest.mark.parametrize("code", BRIEFS)
def test_the_minutes_and_the_thanks_read_as_they_did(code, golden):
    brief = brief_of(code)
    held = HELD[brief.lang]
    made = minutes(brief, held)
    alone = minutes(brief, HeldMeeting(START, 20, decided=held.decided[:1], promised=held.promised[1:]))
    outcome = {Language.ZH: "日期定下来了", Language.ZH_HANT: "日期定下來了", Language.EN: "We have a date"}[brief.lang]
    shown = [f"=== minutes [{made.subject}]\n{made}\n", f"=== minutes of little\n{alone}\n"]
    shown.append(f"=== in the progress report\n{decided_in_short(brief, held.decided)}\n")
    for deed in Deed:
        said = thanks(brief, Helper("Kim", deed=deed), outcome, 12).body.split("\n\n")[1]
        shown.append(f"=== thanks to who {deed}\n{said}\n")
    golden(HERE / "golden" / f"{code}.minutes.txt", "\n".join(shown))


@pytest.mark.parametrize("code", BRIEFS)
def test_our_own_review_finds_no_fault_in_them(code):
    brief = brief_of(code)
    texts = [str(minutes(brief, HELD[brief.lang]))]
    texts += [str(thanks(brief, Helper("Kim", deed=deed), "", 12)) for deed in Deed]
    for text in texts:
        assert huitong.review(text, channel=Channel.EMAIL, language=brief.lang).to_dict()["faults"] == []


@pytest.mark.points("2.10")
@pytest.mark.parametrize("code", ["zh-hospital-ward", "zh-Hant-school", "en-port"])
def test_the_minutes_show_nothing_that_was_only_for_the_leader(code):
    brief = brief_of(code)
    made = minutes(brief, HELD[brief.lang])
    inside = [*brief.situation, *brief.importance, *brief.benefit, *brief.followup, brief.improvement]
    inside += (
        [e.result for e in brief.efforts] + [p.what for p in brief.precedents] + [c.what for c in brief.commitments]
    )
    inside += [text for o in brief.options for text in (o.title, o.what_leader_does)]
    assert [line for line in inside if line and line in made.body + made.subject] == []


@settings(max_examples=80, deadline=None)
@given(briefs(anything, name), st.lists(anything, max_size=3), st.lists(st.tuples(anything, name), max_size=3))
def test_every_number_of_the_minutes_was_said_and_every_decision_is_there(brief, decided, promised):
    held = HeldMeeting(START, 30, "A", ("B",), tuple(decided), tuple((w, o, date(2026, 12, 4)) for w, o in promised))
    made = minutes(brief, held)
    given_ones = {"3", "4", "12", "14", "0", "30", "2026"} | numbers("\n".join([*decided, *map("\n".join, promised)]))
    given_ones |= numbers(f"{brief.matter}\n{brief.purpose}\n{brief.requester.name}\n{brief.requester.department}")
    given_ones |= numbers(brief.other_department.name)
    said = re.sub(r"(?m)^\d\. ", "", str(made))
    assert numbers(said) <= given_ones
    for line in decided:
        assert numbers(line) <= numbers(str(made))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(list(Language)), st.integers(0, 2), st.integers(0, 2), st.booleans())
def test_what_is_missing_leaves_no_scar(language, decisions, promises, with_place):
    code = {Language.ZH: "zh-sparse", Language.ZH_HANT: "zh-Hant-care-home", Language.EN: "en-sparse"}[language]
    whole = HELD[language]
    held = HeldMeeting(
        START + timedelta(days=promises),
        30,
        whole.place if with_place else "",
        whole.present if with_place else (),
        whole.decided[:decisions],
        whole.promised[:promises],
    )
    text = str(minutes(brief_of(code), held))
    found = SCAR.search(re.sub(r"(?m)^\d\. ", "", text))
    assert not found, text


@pytest.mark.points("1.5", "3.10", "4.10")
@pytest.mark.parametrize(
    ("did", "said"),
    [
        ("Ask for one engineer for a day", "Thank you for asking for one engineer for a day."),
        ("Agree on a day and set the price", "Thank you for agreeing on a day and setting the price."),
        ("Write the list of apps", "Thank you for writing the list of apps."),
        ("You moved our order up.", "Thank you for moving our order up."),
        ("sent the list and called Kim", "Thank you for sending the list and calling Kim."),
        ("Their patience on Friday", "Thank you for their patience on Friday."),
        ("You were so patient", "You were so patient: thank you."),
        ("Free a berth", "Thank you for freeing a berth."),
    ],
)
def test_in_english_thanks_are_for_doing_what_was_asked_or_promised(did, said):
    assert said in str(thanks(brief_of("en-port"), Helper("Kim", what_they_did=did), "", None))


def test_words_for_what_somebody_did_come_before_what_the_record_knows():
    made = str(thanks(brief_of("zh-metro"), Helper("王经理", "", "先安排了抢修", Deed.AGREED), "", None))
    assert "谢谢您先安排了抢修。" in made
    assert "配合" not in made
