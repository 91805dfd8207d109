"""A life that does not go in order: slips, late answers, namesakes, odd days; nothing is done by half."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huitong.matters import close, coordinate, decide
from huitong.matters.errors import Incomplete, NotNow
from huitong.matters.request import current_request, hand_over, latest_version, schedule, take_back
from huitong.matters.stages import Stage
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Decision, Matter, Outbox, Person, Request

from .conftest import send, version_number


def agree(request: Request, leader: Person, *, option: int = 0, now: bool = True) -> Decision:
    choice = Choice(Verdict.AGREE, version_number(request), option=option, words="可以。")
    decision = decide.decide(request, choice, by=leader, how="link")
    if now:
        decide.send_now(decision, by=leader)
    request.matter.refresh_from_db()
    return decision


def promise(matter: Matter, requester: Person, day: date, *, name: str = "王经理", email: str = "") -> object:
    return coordinate.promise(
        matter, requester, side="theirs", owner_name=name, owner_email=email, what="下单", day=day
    )


# --- people ---


def test_two_people_of_one_name_keep_their_own_addresses(
    matter: Matter, requester: Person, answer: Callable[..., None]
) -> None:
    answer(matter, {"leader.name": ""})
    matter.answers.filter(question="leader.name").update(value="王伟")
    matter.answers.filter(question="leader.email").update(value="leader@example.com")
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    send("request")
    leader = current_request(matter).leader
    agree(current_request(matter), leader)
    note = coordinate.send_note(
        matter, requester, name="王伟", email="other@example.com", subject="请协助", text="王经理，您好"
    )
    leader.refresh_from_db()
    assert leader.email == "leader@example.com"
    assert note.person != leader


def test_an_address_is_the_same_in_capitals(asked: Request, requester: Person, leader: Person) -> None:
    agree(asked, leader)
    first = promise(asked.matter, requester, timezone.localdate(), email="Wang@Example.com")
    second = promise(asked.matter, requester, timezone.localdate(), email="wang@example.com")
    assert first.owner == second.owner


# --- while the leader can still take it back ---


ACTS: dict[str, Callable[[Matter, Person], object]] = {
    "follow up": coordinate.follow_up,
    "close": lambda matter, by: close.close(matter, by, outcome="算了", settled=False, days=1),
    "ask again": close.ask_again,
    "report": lambda matter, by: close.send_report(matter, by, subject="汇报", text="办好了"),
}


@pytest.mark.points("4.6")
@pytest.mark.parametrize("verdict", [Verdict.AGREE, Verdict.NO, Verdict.ASK])
@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_over_an_answer_that_can_be_taken_back(
    asked: Request, requester: Person, leader: Person, verdict: Verdict, act: str
) -> None:
    option = 0 if verdict == Verdict.AGREE else None
    choice = Choice(verdict, version_number(asked), option=option, words="再想想")
    decision = decide.decide(asked, choice, by=leader, how="link")
    matter = Matter.objects.get(pk=asked.matter.pk)
    with pytest.raises(NotNow):
        ACTS[act](matter, requester)
    decide.undo(decision, by=leader)
    matter.refresh_from_db()
    assert matter.stage == Stage.AWAITING


def test_the_report_does_not_quote_words_that_can_be_taken_back(asked: Request, leader: Person) -> None:
    agree(asked, leader, now=False)
    assert "可以。" not in close.report_of(asked.matter).body


def test_a_question_replaced_within_its_ten_minutes_does_not_reach_the_requester(
    asked: Request, leader: Person
) -> None:
    decide.decide(asked, Choice(Verdict.ASK, version_number(asked), words="谁批的"), by=leader, how="link")
    agree(asked, leader)
    [letter] = Outbox.objects.filter(kind="decision", state="waiting")
    assert "谁批的" not in str(letter.payload)


# --- late and contrary answers ---


def in_person(matter: Matter, requester: Person) -> Request:
    request = schedule(matter, requester, way="person", deliver_at=timezone.now())
    hand_over(matter, requester)
    return Request.objects.get(pk=request.pk)


def test_what_was_told_is_not_contradicted_after_the_matter_is_closed(
    matter: Matter, requester: Person, leader: Person
) -> None:
    request = in_person(matter, requester)
    told = decide.tell(matter, requester, Choice(Verdict.AGREE, 1, option=0, words="行"))
    close.close(matter, requester, outcome="办成了", settled=True, days=3)
    with pytest.raises(NotNow):
        decide.decide(request, Choice(Verdict.NO, 1, words="我没说过"), by=leader, how="link")
    matter.refresh_from_db()
    assert (matter.stage, decide.standing_decision(request)) == (Stage.CLOSED, told)


def test_a_meeting_of_what_was_told_by_mistake_is_cancelled_with_it(
    matter: Matter, requester: Person, leader: Person
) -> None:
    request = in_person(matter, requester)
    decide.tell(matter, requester, Choice(Verdict.AGREE, 1, option=0, words="行"))
    coordinate.call_meeting(
        matter,
        requester,
        title="协调会",
        start=timezone.now() + timedelta(days=1),
        minutes=30,
        place="三楼",
        agenda="",
        guests=[("王经理", "wang@example.com")],
    )
    send("invitation")
    decide.decide(request, Choice(Verdict.NO, 1, words="我没说过"), by=leader, how="link")
    meeting = matter.meetings.get()
    assert meeting.cancelled_at is not None
    cancelled = Outbox.objects.filter(kind="invitation", state="waiting")
    assert {row.person.name for row in cancelled} == {"高翔", "许宁", "王经理"}
    assert all("METHOD:CANCEL" in row.payload["calendar"] for row in cancelled)


# --- closed and opened again ---


def test_a_matter_closed_unanswered_and_opened_again_still_waits_for_the_answer(
    asked: Request, requester: Person, leader: Person
) -> None:
    matter = asked.matter
    close.close(matter, requester, outcome="自己解决了", settled=True, days=3)
    close.reopen(matter, requester)
    matter.refresh_from_db()
    assert matter.stage == Stage.AWAITING
    assert Outbox.objects.filter(kind="remind_leader", state="waiting").exists()
    agree(asked, leader)
    assert asked.matter.stage == Stage.COORDINATING


def test_a_matter_that_was_never_asked_is_opened_where_it_was_left(matter: Matter, requester: Person) -> None:
    close.close(matter, requester, outcome="不办了", settled=False, days=1)
    close.reopen(matter, requester)
    matter.refresh_from_db()
    assert matter.stage == Stage.PREPARING
    schedule(matter, requester, way="mail", deliver_at=timezone.now())


def test_a_no_stays_a_no_when_the_matter_is_opened_again(asked: Request, requester: Person, leader: Person) -> None:
    decision = decide.decide(asked, Choice(Verdict.NO, 1, words="不行"), by=leader, how="link")
    decide.send_now(decision, by=leader)
    close.close(asked.matter, requester, outcome="没办成", settled=False, days=3)
    close.reopen(asked.matter, requester)
    asked.matter.refresh_from_db()
    assert asked.matter.stage == Stage.DECLINED


def test_open_promises_are_reminded_again_once_the_matter_is_opened_again(
    asked: Request, requester: Person, leader: Person
) -> None:
    agree(asked, leader)
    matter = asked.matter
    promise(matter, requester, timezone.localdate() + timedelta(days=9), email="wang@example.com")
    reminders = Outbox.objects.filter(kind="remind_commitment", state="waiting")
    before = sorted(reminders.values_list("person_id", "due_at"))
    close.close(matter, requester, outcome="办成了", settled=True, days=3)
    assert not reminders.exists()
    close.reopen(matter, requester)
    assert sorted(reminders.values_list("person_id", "due_at")) == before
    close.close(Matter.objects.get(pk=matter.pk), requester, outcome="办成了", settled=True, days=3)
    assert not reminders.exists()


# --- odd days ---

ODD_DAYS = (date.min, date(1, 1, 2), date.max, date(9999, 12, 30))


@pytest.mark.parametrize("day", ODD_DAYS)
def test_a_promise_has_a_day_that_a_calendar_can_hold(
    asked: Request, requester: Person, leader: Person, day: date
) -> None:
    agree(asked, leader)
    with pytest.raises(Incomplete):
        promise(asked.matter, requester, day)
    made = promise(asked.matter, requester, timezone.localdate())
    with pytest.raises(Incomplete):
        coordinate.move_promise(made, by=requester, to=day, reason="赶不上")


@pytest.mark.parametrize("day", ODD_DAYS)
@pytest.mark.parametrize("field", ["deadline", "commitments.d4.by"])
def test_an_odd_day_in_the_answers_stops_neither_letter_nor_decision(
    matter: Matter, requester: Person, leader: Person, day: date, field: str
) -> None:
    question, _dot, rest = field.partition(".")
    stored = matter.answers.get(question=question)
    if rest:
        stored.value[0]["by"] = day.isoformat()
    else:
        stored.value = day.isoformat()
    stored.save()
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    send("request")
    request = current_request(matter)
    assert request.delivered_at is not None
    agree(request, leader)


# --- letters that failed ---


def test_a_letter_that_failed_does_not_go_out_after_it_was_taken_back(matter: Matter, requester: Person) -> None:
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    Outbox.objects.filter(kind="request").update(state="failed")
    take_back(matter, requester)
    row = Outbox.objects.get(kind="request")
    with pytest.raises(NotNow):
        coordinate.send_again(matter, requester, row_id=row.pk)


def test_a_letter_that_failed_does_not_go_out_beside_the_newer_one(matter: Matter, requester: Person) -> None:
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    old = Outbox.objects.get(kind="request")
    Outbox.objects.filter(pk=old.pk).update(state="failed")
    schedule(matter, requester, way="mail", deliver_at=timezone.now() + timedelta(days=1))
    with pytest.raises(NotNow):
        coordinate.send_again(matter, requester, row_id=old.pk)
    assert latest_version(current_request(matter)).number == 2


def test_a_reminder_that_failed_does_not_go_out_once_the_leader_has_answered(
    asked: Request, requester: Person, leader: Person
) -> None:
    Outbox.objects.filter(kind="remind_leader").update(state="failed")
    agree(asked, leader)
    row = Outbox.objects.filter(kind="remind_leader").first()
    with pytest.raises(NotNow):
        coordinate.send_again(asked.matter, requester, row_id=row.pk)


def test_what_was_told_does_not_replace_what_the_leader_has_just_answered(
    asked: Request, requester: Person, leader: Person
) -> None:
    question = Choice(Verdict.ASK, version_number(asked), words="谁批的")
    decide.decide(asked, question, by=leader, how="link")
    with pytest.raises(NotNow):
        decide.tell(asked.matter, requester, Choice(Verdict.AGREE, version_number(asked), option=0))


def test_who_was_asked_in_person_and_put_it_off_is_asked_again_on_that_day(matter: Matter, requester: Person) -> None:
    requester.time_zone = "America/New_York"
    requester.save()
    matter.refresh_from_db()
    in_person(matter, requester)
    day = timezone.localdate() + timedelta(days=4)
    told = decide.tell(matter, requester, Choice(Verdict.LATER, 1, later_until=day))
    [row] = Outbox.objects.filter(kind="remind_deliver", state="waiting")
    assert row.person == requester
    assert f"{row.due_at.astimezone(ZoneInfo('America/New_York')):%Y-%m-%d %H:%M}" == f"{day} 09:30"
    decide.undo(told, by=requester)
    assert not Outbox.objects.filter(kind="remind_deliver", state="waiting").exists()
