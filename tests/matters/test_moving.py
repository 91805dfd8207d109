"""A set moment moves by itself when the calendar changes beneath it; who has set none is warned in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from huitong.directory import calendars
from huitong.matters import moving, prepare
from huitong.matters.deadlines import last_sensible_moment
from huitong.matters.habits import Typed, set_habits
from huitong.matters.moments import suggest
from huitong.matters.request import schedule, take_back
from huitong.records.models import Busy, Matter, Outbox, Person, Request
from tests.busy import keep_busy

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


def ics(*spans: tuple[datetime, datetime]) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:{s.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{e.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        for n, (s, e) in enumerate(spans)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def set_at(matter: Matter, by: Person, at: datetime, **more: object) -> Request:
    return schedule(matter, by, way="mail", deliver_at=at, reasons=("因为这样",), **more)  # type: ignore[arg-type]


def letters(kind: str) -> list[Outbox]:
    return list(Outbox.objects.filter(kind=kind).exclude(state="withdrawn").order_by("id"))


TUESDAY_TEN = MONDAY + timedelta(days=1, hours=2)


def test_a_moment_that_is_taken_moves_to_the_next_best_and_the_requester_is_told_once(
    matter: Matter, requester: Person, leader: Person
) -> None:
    calendars.take(leader, "a.ics", ics())
    asked = set_at(matter, requester, TUESDAY_TEN)
    calendar = ics((TUESDAY_TEN - timedelta(hours=1), TUESDAY_TEN + timedelta(hours=2)))

    calendars.take(leader, "a.ics", calendar)
    calendars.take(leader, "a.ics", calendar)

    asked.refresh_from_db()
    assert asked.deliver_at not in (TUESDAY_TEN, MONDAY)
    assert not any(
        b.start < asked.deliver_at + timedelta(minutes=20) and b.end > asked.deliver_at for b in Busy.objects.all()
    )
    assert asked.reasons
    assert asked.reasons != ["因为这样"]
    [letter] = letters("request")
    assert letter.due_at == asked.deliver_at
    [note] = letters("moved")
    assert note.person == requester
    assert "日历有变" in note.payload["before"][0]
    assert matter.events.filter(kind="moved").count() == 1


def test_a_moment_that_is_still_free_stays(matter: Matter, requester: Person, leader: Person) -> None:
    asked = set_at(matter, requester, TUESDAY_TEN)

    calendars.take(leader, "a.ics", ics((TUESDAY_TEN + timedelta(hours=3), TUESDAY_TEN + timedelta(hours=5))))

    asked.refresh_from_db()
    assert asked.deliver_at == TUESDAY_TEN
    assert not letters("moved")


def test_who_chose_busy_time_knowingly_is_left_alone(matter: Matter, requester: Person, leader: Person) -> None:
    calendar = ics((TUESDAY_TEN - timedelta(hours=1), TUESDAY_TEN + timedelta(hours=1)))
    calendars.take(leader, "a.ics", calendar)
    asked = set_at(matter, requester, TUESDAY_TEN)

    calendars.take(leader, "a.ics", calendar)

    asked.refresh_from_db()
    assert asked.deliver_at == TUESDAY_TEN


def test_it_never_moves_past_no_later_than_and_the_requester_hears_of_it_once(
    matter: Matter, requester: Person, leader: Person
) -> None:
    asked = set_at(matter, requester, TUESDAY_TEN)
    Request.objects.update(answer_by=TUESDAY_TEN.date())
    everything = ics((MONDAY, MONDAY + timedelta(days=3)))

    calendars.take(leader, "a.ics", everything)
    calendars.take(leader, "a.ics", everything)

    asked.refresh_from_db()
    assert asked.deliver_at == TUESDAY_TEN
    [note] = letters("moved")
    assert "最晚答复之前没有别的空" in note.payload["before"][0]


def test_what_is_just_being_sent_is_not_touched(matter: Matter, requester: Person, leader: Person) -> None:
    asked = set_at(matter, requester, TUESDAY_TEN)
    Outbox.objects.filter(kind="request").update(lease_until=MONDAY + timedelta(minutes=3), lease_owner="w")

    calendars.take(leader, "a.ics", ics((TUESDAY_TEN, TUESDAY_TEN + timedelta(hours=1))))

    asked.refresh_from_db()
    assert asked.deliver_at == TUESDAY_TEN
    assert not letters("moved")


def test_a_move_that_breaks_off_leaves_everything_as_it_was(
    matter: Matter, requester: Person, leader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set_at(matter, requester, TUESDAY_TEN)

    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("the machine went away")

    monkeypatch.setattr(moving, "_tell", breaks)
    with pytest.raises(RuntimeError):
        calendars.take(leader, "a.ics", ics((TUESDAY_TEN, TUESDAY_TEN + timedelta(hours=1))))

    asked.refresh_from_db()
    [letter] = letters("request")
    assert asked.deliver_at == letter.due_at == TUESDAY_TEN
    assert not Busy.objects.exists()
    assert not matter.events.filter(kind="moved").exists()


def test_two_requests_for_one_leader_are_not_set_for_the_same_time(
    matter: Matter, requester: Person, leader: Person, answer: Callable[..., None]
) -> None:
    calendars.take(leader, "a.ics", ics())
    first = suggest(matter)[0].start
    set_at(matter, requester, first)
    other = prepare.open_matter(requester)
    answer(other, {k: str(v) for k, v in {"matter": "另一件", "other_department.name": "采购部"}.items()})
    answer(other, {"leader.name": "高翔", "leader.email": "gao@example.com", "leader.form_of_address": "高总"})

    assert all(abs(m.start - first) >= timedelta(minutes=30) for m in suggest(other))


HOURS = {"work_from": "10:00", "noon_from": "12:00", "noon_until": "14:00", "work_until": "19:00"}


def typed(**more: object) -> Typed:
    fields: dict[str, object] = {
        "clocks": HOURS,
        "notice": "0",
        "gap": "30",
        "a_day": "",
        "report_days": "",
        "leave_first": "",
        "leave_last": "",
        "welcome": [],
    }
    return Typed(**(fields | more))  # type: ignore[arg-type]


def test_the_leaders_own_hours_and_leave_are_obeyed(matter: Matter, leader: Person) -> None:
    set_habits(leader, typed(leave_first="2026-03-02", leave_last="2026-03-04", welcome=[("3", "17:00", "18:30", "")]))

    moments = suggest(matter)

    assert moments[0].start == datetime(2026, 3, 5, 17, 0, tzinfo=SHANGHAI)
    assert all(m.start.date() > datetime(2026, 3, 4).date() and m.start.hour >= 10 for m in moments)  # noqa: DTZ001


def test_nothing_set_is_warned_of_the_working_day_before_and_a_set_moment_takes_that_back(
    matter: Matter, requester: Person
) -> None:
    last = last_sensible_moment(matter)
    assert last is not None
    assert last.date() < (MONDAY + timedelta(days=21)).date()  # the meeting needs two working days

    [warning] = letters("warn_moment")
    assert warning.state == "waiting"
    assert timedelta(hours=24) <= last - warning.due_at < timedelta(days=4)
    set_at(matter, requester, TUESDAY_TEN)
    assert not letters("warn_moment")
    take_back(matter, requester)
    [again] = letters("warn_moment")
    assert (again.pk, again.state) == (warning.pk, "waiting")


def test_another_deadline_is_another_warning(matter: Matter, answer: Callable[..., None]) -> None:
    stored = matter.answers.get(question="deadline").value
    prepare.save_answers(matter, matter.requester, {"deadline": ("2026-04-20", prepare.mark(stored))})

    [warning] = letters("warn_moment")
    assert warning.due_at.date() > datetime(2026, 4, 10).date()  # noqa: DTZ001
    prepare.save_answers(matter, matter.requester, {"deadline": ("", prepare.mark("2026-04-20"))})
    assert not letters("warn_moment")


def test_it_runs_in_the_transaction_of_its_cause(matter: Matter, requester: Person, leader: Person) -> None:
    set_at(matter, requester, TUESDAY_TEN)
    calendar = keep_busy(leader)
    leader.calendar_taken_at = MONDAY
    leader.save()

    with transaction.atomic():
        Busy.objects.create(calendar=calendar, start=TUESDAY_TEN, end=TUESDAY_TEN + timedelta(hours=1))
        assert moving.moments_moved(leader, MONDAY) == 1
        assert moving.moments_moved(leader, MONDAY) == 0
