"""A person's own calendar address: what is in it, for whom, and that it can be closed."""

from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from huitong.coordination import commitments, meetings
from huitong.coordination.attendance import respond
from huitong.directory import feeds
from huitong.matters import coordinate
from huitong.records.models import Commitment, Matter, Meeting, Person
from huitong.timing import read_calendar

from .conftest import People
from .test_attend import decided, meeting  # noqa: F401 - fixtures

SECRET = ("物料", "采购", "新品", "三楼", "交期", "CG-2211", "王经理", "许宁", "高翔", "排期表")


@pytest.fixture
def commitment(decided: Matter, people: People) -> Commitment:  # noqa: F811
    return commitments.make(
        decided,
        side="theirs",
        owner_name="王经理",
        owner=people.counterpart,
        what="给出物料排期表",
        by=timezone.localdate() + timedelta(days=5),
    )


def address(person: Person) -> str:
    return f"/feed/{feeds.open_feed(person)}.ics"


def events(where: str) -> list:
    answer = Client().get(where)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_meetings_and_commitments_are_there_at_their_times(
    meeting: Meeting,  # noqa: F811
    commitment: Commitment,
    people: People,
) -> None:
    held, due = events(address(people.counterpart))
    assert held["SUMMARY"] == f"会同：会议（事项 {meeting.matter_id}）"
    assert (held["DTSTART"].dt, held["DTEND"].dt) == (meeting.start, meeting.start + timedelta(minutes=30))
    assert held["DTSTART"].dt.tzinfo is UTC or held["DTSTART"].dt.utcoffset() == timedelta()
    assert held["STATUS"] == "TENTATIVE"
    assert due["SUMMARY"] == f"会同：承诺到期（事项 {meeting.matter_id}）"
    assert due["DTSTART"].dt == commitment.by
    assert due["TRANSP"] == "TRANSPARENT"


def test_nothing_of_what_it_is_about_is_told(
    meeting: Meeting,  # noqa: F811
    commitment: Commitment,
    people: People,
) -> None:
    text = Client().get(address(people.counterpart)).content.decode()
    assert not [word for word in SECRET if word in text]


def test_the_calendar_speaks_its_owners_language(meeting: Meeting, people: People) -> None:  # noqa: F811
    Person.objects.filter(pk=people.counterpart.pk).update(language="en")
    assert events(address(people.counterpart))[0]["SUMMARY"] == f"Huitong: meeting (matter {meeting.matter_id})"


def test_nobody_elses_are_in_it(meeting: Meeting, commitment: Commitment, people: People) -> None:  # noqa: F811
    assert events(address(people.organiser)) == []
    assert len(events(address(people.leader))) == 1


def test_what_is_cancelled_declined_or_done_vanishes(
    meeting: Meeting,  # noqa: F811
    commitment: Commitment,
    people: People,
) -> None:
    where = address(people.counterpart)
    row = meeting.attendees.get(person=people.counterpart)
    respond(meeting, row, answer="accepted", sequence=0)
    assert events(where)[0]["STATUS"] == "CONFIRMED"
    respond(meeting, row, answer="declined", sequence=0)
    assert [e["DTSTART"].dt for e in events(where)] == [commitment.by]
    coordinate.keep_promise(commitment, by=people.counterpart, words="")
    assert events(where) == []
    assert len(events(address(people.leader))) == 1
    meetings.cancel(meeting)
    assert events(address(people.leader)) == []


def test_our_own_reader_of_calendars_sees_the_meeting_as_busy_and_the_commitment_as_free(
    meeting: Meeting,  # noqa: F811
    commitment: Commitment,
    people: People,
) -> None:
    row = meeting.attendees.get(person=people.counterpart)
    respond(meeting, row, answer="accepted", sequence=0)
    content = Client().get(address(people.counterpart)).content
    now = timezone.now()
    reading = read_calendar(content, start=now, end=now + timedelta(days=30), zone="Asia/Shanghai")
    assert [(b.start, b.soft) for b in reading.busy] == [(meeting.start, False)]
    assert not reading.skipped


def test_who_has_it_need_not_fetch_it_again(meeting: Meeting, people: People) -> None:  # noqa: F811
    where = address(people.counterpart)
    first = Client().get(where)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Type"].startswith("text/calendar")
    again = Client().get(where, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    meetings.move(meeting, start=meeting.start + timedelta(hours=1), minutes=30, place="", agenda="")
    assert Client().get(where, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_new_address_closes_the_old_one_and_it_is_shown_once(people: People, as_) -> None:
    client = as_(people.stranger)
    first = client.post("/me", {"do": "open_feed"}).context["new_feed"]
    first = first[first.index("/feed/") :]
    assert Client().get(first).status_code == 200
    page = client.get("/me").content.decode()
    assert "起在用" in page
    assert first not in page
    second = client.post("/me", {"do": "open_feed"}).context["new_feed"]
    second = second[second.index("/feed/") :]
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post("/me", {"do": "close_feed"})
    assert Client().get(second).status_code == 404


def test_an_address_that_never_was_answers_like_one_that_is_closed(people: People) -> None:
    assert Client().get("/feed/" + "x" * 43 + ".ics").status_code == 404
    where = address(people.stranger)
    assert Client().post(where).status_code == 405
    assert Client().head(where).status_code == 200


def test_the_number_of_questions_to_the_database_does_not_grow(
    decided: Matter,  # noqa: F811
    people: People,
    django_assert_num_queries,
) -> None:
    where = address(people.counterpart)
    for count in (1, 3):
        for n in range(count):
            commitments.make(
                decided,
                side="theirs",
                owner_name="王经理",
                owner=people.counterpart,
                what=f"{n}",
                by=timezone.localdate() + timedelta(days=n),
            )
        with django_assert_num_queries(4):
            Client().get(where)
