"""The invitation to a meeting is a calendar text that every program reads, whatever people are called."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar

from huitong.coordination import attendance, meetings
from huitong.matters.prepare import open_matter
from huitong.records.models import Meeting, Outbox, Person

pytestmark = pytest.mark.django_db
AWKWARD = 'O"Brien;\r\nATTENDEE:mailto:evil@example.com <陈>🙂'


@pytest.fixture
def meeting() -> Meeting:
    requester = Person.objects.create(name=AWKWARD, email="xu@example.com")
    guests = [
        Person.objects.create(name="高翔", form_of_address="高总", email="gao@example.com"),
        Person.objects.create(name=AWKWARD, email="wang@example.com", time_zone="America/New_York", language="en"),
        Person.objects.create(name="没有邮箱", email=""),
    ]
    with transaction.atomic():
        return meetings.call(
            open_matter(requester),
            title="协调会;\nEND:VCALENDAR",
            start=timezone.now() + timedelta(days=2),
            minutes=30,
            place="三楼, 小会议室",
            agenda="一、交期\n二、分工",
            attendees=guests,
        )


def event_of(text: str):
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_every_guest_with_an_address_is_invited_once(meeting: Meeting) -> None:
    rows = Outbox.objects.filter(kind="invitation").select_related("person")
    assert sorted(r.person.email for r in rows) == ["gao@example.com", "wang@example.com"]


def test_awkward_names_add_nobody_and_break_nothing(meeting: Meeting) -> None:
    calendar, event = event_of(Outbox.objects.filter(kind="invitation").first().payload["calendar"])
    assert calendar["METHOD"] == "REQUEST"
    guests = event["ATTENDEE"]
    assert sorted(str(g) for g in guests) == ["mailto:gao@example.com", "mailto:wang@example.com"]
    assert "END:VCALENDAR" in str(event["SUMMARY"])
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)


def test_a_meeting_set_on_a_local_clock_is_told_as_the_instant_it_is(meeting: Meeting) -> None:
    start = meeting.start.astimezone(ZoneInfo("America/New_York"))
    with transaction.atomic():
        meetings.move(meeting, start=start, minutes=30, place="", agenda="")
    _calendar, event = event_of(Outbox.objects.filter(kind="invitation").order_by("-pk").first().payload["calendar"])
    assert "TZID" not in event["DTSTART"].params
    assert event["DTSTART"].dt == start.replace(microsecond=0)


def test_a_moved_meeting_is_the_same_one_with_the_next_number(meeting: Meeting) -> None:
    with transaction.atomic():
        meetings.move(meeting, start=meeting.start + timedelta(days=1), minutes=45, place="", agenda="一、交期")
    latest = Outbox.objects.filter(kind="invitation").order_by("-pk").first()
    _, event = event_of(latest.payload["calendar"])
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (meeting.uid, 1)


def test_a_cancelled_meeting_is_taken_out_of_the_calendars(meeting: Meeting) -> None:
    Outbox.objects.update(state="sent")
    with transaction.atomic():
        meetings.cancel(meeting)
    calendar, event = event_of(Outbox.objects.filter(kind="invitation").order_by("-pk").first().payload["calendar"])
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")


def test_who_has_not_been_invited_yet_is_told_of_no_change(meeting: Meeting) -> None:
    with transaction.atomic():
        meetings.move(meeting, start=meeting.start + timedelta(days=1), minutes=45, place="", agenda="")
    waiting = Outbox.objects.filter(kind="invitation", state="waiting", person__email="gao@example.com").get()
    assert waiting.payload["title"].startswith("会议邀请")
    with transaction.atomic():
        meetings.cancel(meeting)
    assert not Outbox.objects.filter(kind="invitation", state="waiting").exists()


def test_each_reads_the_time_on_their_own_clock(meeting: Meeting) -> None:
    told = {r.person.email: "\n".join(r.payload["before"]) for r in Outbox.objects.select_related("person")}
    assert "Asia/Shanghai" in told["gao@example.com"]
    assert "America/New_York" in told["wang@example.com"]


def test_a_calendar_tells_nobody_but_the_requester_what_others_answered(meeting: Meeting) -> None:
    with transaction.atomic():
        for attendee in meeting.attendees.select_related("person"):
            attendance.respond(meeting, attendee, answer="declined", sequence=0)
        Outbox.objects.filter(kind="invitation").update(state="sent")
        requester = meeting.matter.requester
        meeting.attendees.create(person=requester, required=True)
        meetings.move(meeting, start=meeting.start, minutes=30, place="四楼", agenda="")
    for row in Outbox.objects.filter(kind="invitation", state="waiting").select_related("person"):
        _, event = event_of(row.payload["calendar"])
        said = {str(guest).removeprefix("mailto:"): guest.params for guest in event["ATTENDEE"]}
        own = said.pop(row.person.email)
        assert own["PARTSTAT"] == ("ACCEPTED" if row.person == requester else "DECLINED")
        if row.person != requester:
            assert {p["PARTSTAT"] for p in said.values()} == {"NEEDS-ACTION"}
            assert {p["RSVP"] for p in said.values()} == {"TRUE"}
        else:
            assert {p["PARTSTAT"] for p in said.values()} == {"DECLINED"}
