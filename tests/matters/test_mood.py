"""What a leader says of today holds back or brings forward what waits; the requester hears the new time alone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huitong.matters import mood
from huitong.matters.errors import NotNow
from huitong.matters.moments import suggest
from huitong.matters.request import schedule
from huitong.records.models import Matter, Mood, Outbox, Person, Request

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
TODAY_THREE = MONDAY + timedelta(hours=6)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def waiting(matter: Matter, requester: Person) -> Request:
    return schedule(matter, requester, way="mail", deliver_at=TODAY_THREE)


def notices() -> list[Outbox]:
    return list(Outbox.objects.filter(kind="moved", state="waiting"))


def due() -> datetime:
    return Outbox.objects.get(kind="request", state="waiting").due_at


def test_on_a_bad_day_what_is_set_for_it_waits_for_a_better_one(waiting: Request, leader: Person) -> None:
    mood.bad_day(leader, MONDAY)
    mood.bad_day(leader, MONDAY)

    waiting.refresh_from_db()
    assert waiting.deliver_at.astimezone(SHANGHAI).date() > MONDAY.date()
    assert due() == waiting.deliver_at
    assert Mood.objects.count() == 1
    assert len(notices()) == 1


def test_the_requester_hears_the_new_time_and_nothing_of_why(waiting: Request, leader: Person) -> None:
    mood.bad_day(leader, MONDAY)

    waiting.refresh_from_db()
    [note] = notices()
    assert note.person == waiting.matter.requester
    assert len(note.payload["before"]) == 1
    local = waiting.deliver_at.astimezone(SHANGHAI)
    assert f"{local:%H:%M}" in note.payload["before"][0]
    told = str(note.payload) + str([e.data for e in waiting.matter.events.all()]) + str(waiting.reasons)
    assert not any(word in told for word in ("心情", "不方便", "不太方便", "bad_day", "mood"))


def test_no_later_than_wins_over_a_bad_day(waiting: Request, leader: Person) -> None:
    Request.objects.update(answer_by=MONDAY.date())

    said = mood.bad_day(leader, MONDAY)

    assert said.moves == []
    assert due() == TODAY_THREE


def test_on_a_bad_day_nothing_new_is_suggested_for_it(matter: Matter, leader: Person) -> None:
    mood.bad_day(leader, MONDAY)

    assert all(m.start.date() > MONDAY.date() for m in suggest(matter))


def test_taken_back_in_time_everything_is_as_before_and_nobody_hears_of_it(waiting: Request, leader: Person) -> None:
    mood.bad_day(leader, MONDAY)
    mood.undo(leader, MONDAY + timedelta(minutes=1))

    waiting.refresh_from_db()
    assert waiting.deliver_at == due() == TODAY_THREE
    assert notices() == []
    assert mood.standing(leader, MONDAY) is None
    with pytest.raises(NotNow):
        mood.undo(leader, MONDAY)


def test_what_the_requester_has_set_anew_meanwhile_is_not_taken_back(
    waiting: Request, leader: Person, requester: Person
) -> None:
    mood.bad_day(leader, MONDAY)
    own = MONDAY + timedelta(days=2, hours=1)
    schedule(waiting.matter, requester, way="mail", deliver_at=own)

    mood.undo(leader, MONDAY + timedelta(minutes=1))

    assert due() == own


def test_ten_minutes_bring_the_one_that_has_to_be_decided_first_at_once(waiting: Request, leader: Person) -> None:
    later = Matter.objects.create(requester=waiting.matter.requester, opened_at=MONDAY, stage_since=MONDAY)
    other = Request.objects.create(
        matter=later, number=1, leader=leader, way="mail", deliver_at=MONDAY + timedelta(hours=1)
    )
    version = waiting.versions.get()
    version.pk, version.request = None, other
    version.save()

    brought = mood.ten_minutes(leader, MONDAY)

    assert brought == waiting  # the other has no deadline
    row = Outbox.objects.get(kind="request", state="waiting")
    assert row.due_at - MONDAY <= timedelta(seconds=20)
    assert row.reason == "now"  # no quiet hours hold what they have just asked for
    other.refresh_from_db()
    assert other.deliver_at == MONDAY + timedelta(hours=1)  # one thing at a time


def test_ten_minutes_with_nothing_set_change_nothing(leader: Person) -> None:
    with pytest.raises(NotNow):
        mood.ten_minutes(leader, MONDAY)
    assert not Mood.objects.exists()


def test_ten_minutes_can_be_taken_back_until_it_has_gone(waiting: Request, leader: Person) -> None:
    mood.ten_minutes(leader, MONDAY)
    mood.undo(leader, MONDAY + timedelta(seconds=5))

    assert due() == TODAY_THREE


def test_what_was_said_of_a_day_is_not_kept(leader: Person) -> None:
    mood.bad_day(leader, MONDAY)
    mood.bad_day(leader, MONDAY + timedelta(days=4))

    assert [row.day for row in Mood.objects.all()] == [(MONDAY + timedelta(days=4)).date()]


def test_reminders_wait_with_it_but_not_past_the_deadline(asked: Request, leader: Person) -> None:
    Outbox.objects.filter(kind="remind_leader", state="waiting").update(due_at=TODAY_THREE)

    mood.bad_day(leader, MONDAY)

    held = Outbox.objects.filter(kind="remind_leader", state="waiting")
    assert held
    assert all(row.due_at.astimezone(SHANGHAI).date() == datetime(2026, 3, 3).date() for row in held)  # noqa: DTZ001
