"""A leader who has not answered is reminded twice at most, never before the day that they named themselves."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from huitong.delivery import leases
from huitong.matters import close, texts
from huitong.matters.decide import decide, reply, send_now, undo
from huitong.matters.prepare import mark
from huitong.matters.request import reminded, revise
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Draft, Outbox, Person, Request
from tests.matters.conftest import version_number


def waiting() -> list[Outbox]:
    return list(Outbox.objects.filter(kind="remind_leader", state="waiting").order_by("due_at"))


def all_go_out() -> None:
    Outbox.objects.filter(kind="remind_leader", state="waiting").update(state="sent", sent_at=timezone.now())


@pytest.mark.points("3.6")
def test_there_are_two_and_the_second_says_that_it_is_the_second(asked: Request) -> None:
    first, second = waiting()
    assert "再打扰您一次" not in str(first.payload)
    assert "再打扰您一次" in str(second.payload)


@pytest.mark.points("3.6")
def test_an_answer_that_was_taken_back_brings_no_third_reminder(asked: Request, leader: Person) -> None:
    all_go_out()
    assert reminded(asked) == 2
    slip = decide(asked, Choice(Verdict.NO, version_number(asked)), by=leader, how="account")
    undo(slip, by=leader)
    assert waiting() == []


def test_after_one_that_went_out_there_is_one_more(asked: Request, leader: Person) -> None:
    first, _second = waiting()
    Outbox.objects.filter(pk=first.pk).update(state="sent", sent_at=timezone.now())
    slip = decide(asked, Choice(Verdict.NO, version_number(asked)), by=leader, how="account")
    undo(slip, by=leader)
    [last] = waiting()
    assert "再打扰您一次" in str(last.payload)


def test_a_leader_who_has_asked_something_is_waited_for_anew(asked: Request, leader: Person, requester: Person) -> None:
    all_go_out()
    question = decide(asked, Choice(Verdict.ASK, version_number(asked), words="多久？"), by=leader, how="account")
    send_now(question, by=leader)
    reply(asked.matter, requester, "三天。")
    assert len(waiting()) == 2


def test_who_said_later_is_not_asked_before_that_day(asked: Request, leader: Person) -> None:
    day = asked.answer_by - timedelta(days=1)
    while day.weekday() != 6:  # the working day before it is a Friday
        day += timedelta(days=1)
    decide(asked, Choice(Verdict.LATER, version_number(asked), later_until=day), by=leader, how="account")
    assert [timezone.localtime(row.due_at).date() >= day for row in waiting()] == [True] * len(waiting())
    assert waiting()


def test_a_request_that_is_revised_reminds_of_what_it_says_now(asked: Request, requester: Person) -> None:
    day = asked.answer_by + timedelta(days=30)
    asked.matter.answers.filter(question="deadline").update(value=day.isoformat())
    revise(asked.matter, requester)
    first, second = waiting()
    assert f"{day.month} 月 {day.day} 日" in str(first.payload)
    assert isinstance(second.due_at, datetime)


def test_no_reminder_is_left_once_the_matter_is_closed(asked: Request, requester: Person) -> None:
    close.close(asked.matter, requester, outcome="不用了", settled=False, days=1)
    assert waiting() == []


def test_what_was_edited_goes_out_once_and_the_next_has_its_own_words(asked: Request, requester: Person) -> None:
    first, second = waiting()
    was = mark(texts.text_of(asked.matter, "reminder").text)
    texts.save_text(asked.matter, requester, "reminder", subject=None, text="高总，得空看一眼就好。", was=was)
    [row] = leases.claim("worker", now=first.due_at, limit=1)
    assert row.payload["before"] == ["高总，得空看一眼就好。"]
    leases.settle_sent(row, "worker")
    assert not Draft.objects.exists()
    shown = texts.text_of(asked.matter, "reminder")
    assert "再打扰您一次" in shown.text
    assert shown.text.split("\n\n") == second.payload["before"]
