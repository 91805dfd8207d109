"""An answer that differs is understood with one tap, shown to the leader, corrected by them; texts agree with it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from huitong.matters import decide, texts, understood
from huitong.matters.coordinate import decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.whereabouts import whereabouts
from huitong.method import Help
from huitong.records.models import Decision, Matter, Outbox, Person, Request

WORDS = "不用开会，我周四给王经理打电话"


@pytest.fixture
def differs(asked: Request, leader: Person) -> Decision:
    decision = decide.decide(asked, Choice(Verdict.CHANGE, 1, option=0, words=WORDS), by=leader, how="link")
    decide.send_now(decision, by=leader)
    return decision_in_force(Matter.objects.get(pk=asked.matter_id))


def text_of(matter: Matter, name: str) -> str:
    made = texts.text_of(Matter.objects.get(pk=matter.pk), name)
    return f"{made.subject}\n{made.text}".replace("\u00a0", " ") if made else ""


def said(differs: Decision, requester: Person, **more: object) -> understood.Understanding:
    day = timezone.localdate() + timedelta(days=9)
    told = {"title": "领导周四打电话给王经理", "kind": "talk", "day": day} | more
    return understood.say(differs.request.matter, requester, **told)


@pytest.mark.points("1.8", "2.7", "4.6")
def test_what_differs_wants_the_requesters_understanding_first(differs: Decision, requester: Person) -> None:
    where = whereabouts(Matter.objects.get(pk=differs.request.matter_id), requester)
    assert (where.code, where.action_page) == ("in_force", "matter")
    assert WORDS in where.line
    offered = understood.suggested(differs)
    assert (offered["title"], offered["kind"]) == (WORDS, "talk")  # the meeting is what they do not want
    said(differs, requester)
    where = whereabouts(Matter.objects.get(pk=differs.request.matter_id), requester)
    assert where.action_page == "coordinate" or where.code == "talk"


def test_an_answer_that_agrees_needs_no_understanding(asked: Request, requester: Person, leader: Person) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=leader, how="account")
    decide.send_now(decision, by=leader)
    with pytest.raises(NotNow):
        understood.say(asked.matter, requester, title="开会", kind="meeting", day=None)


def test_the_plan_and_every_later_text_agree_with_it(differs: Decision, requester: Person, leader: Person) -> None:
    matter = differs.request.matter
    assert not matter.talks.exists()  # the option picked was a meeting
    made = said(differs, requester)
    plan = understood.plan_of(decision_in_force(Matter.objects.get(pk=matter.pk)))
    assert (plan.kind, plan.title) == (Help.TALK, "领导周四打电话给王经理")
    day = f"{made.day.month} 月 {made.day.day} 日"
    talk, note, agenda, progress = (text_of(matter, n) for n in ("talk", "note", "agenda", "progress"))
    assert WORDS in talk
    for text in (talk, note, agenda):
        assert day in text
    for text in (talk, progress):
        assert "召开协调会" not in text
    assert "领导周四打电话给王经理" in progress
    for outward in (note, agenda):
        assert WORDS not in outward


def test_a_talk_that_is_not_wanted_any_more_is_not_prepared(asked: Request, requester: Person, leader: Person) -> None:
    choice = Choice(Verdict.CHANGE, 1, option=1, words="不打电话，开个会")
    decision = decide.decide(asked, choice, by=leader, how="link")
    decide.send_now(decision, by=leader)
    assert asked.matter.talks.exists()
    understood.say(asked.matter, requester, title="开个会", kind="meeting", day=None)
    assert not asked.matter.talks.exists()
    assert not Outbox.objects.filter(kind="talk", state="waiting").exists()


def test_the_leader_is_shown_it_and_needs_not_answer(differs: Decision, requester: Person, leader: Person) -> None:
    said(differs, requester)
    said(differs, requester, title="领导周五打电话")  # a slip, mended at once
    [row] = Outbox.objects.filter(kind="understood", state="waiting")
    assert row.person == leader
    assert row.link.purpose == "decide"
    text = "\n".join(row.payload["before"])
    assert "领导周五打电话" in text
    assert WORDS in text


def test_a_correction_of_the_leader_is_first_until_it_is_understood_anew(
    differs: Decision, requester: Person, leader: Person
) -> None:
    said(differs, requester)
    with pytest.raises(NotAllowed):
        understood.correct(differs, by=requester, words="不对")
    with pytest.raises(Incomplete):
        understood.correct(differs, by=leader, words=" ")
    understood.correct(differs, by=leader, words="我是说当面谈")
    assert not Outbox.objects.filter(kind="understood", state="waiting").exists()
    assert Outbox.objects.get(kind="corrected").person == requester
    now = decision_in_force(Matter.objects.get(pk=differs.request.matter_id))
    assert understood.is_to_say(now)
    assert understood.suggested(now)["title"] == "我是说当面谈"
    assert "领导周四打电话给王经理" not in text_of(differs.request.matter, "progress")
    assert "我是说当面谈" in text_of(differs.request.matter, "progress")
    said(differs, requester, title="领导当面同王经理谈")
    now = decision_in_force(Matter.objects.get(pk=differs.request.matter_id))
    assert not understood.is_to_say(now)
    assert "领导当面同王经理谈" in text_of(differs.request.matter, "progress")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "很" * 301}, "title"),
        ({"kind": "x"}, "kind"),
        ({"day": date(2020, 1, 1)}, "day"),
    ],
)
def test_half_an_understanding_changes_nothing(
    differs: Decision, requester: Person, more: dict[str, object], field: str
) -> None:
    with pytest.raises(Incomplete) as error:
        said(differs, requester, **more)
    assert error.value.field == field
    assert understood.is_to_say(differs)
