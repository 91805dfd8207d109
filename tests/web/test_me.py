"""What one sets for oneself: language, time zone, phrases, and a calendar of which only busy time is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huitong.directory import phrases
from huitong.records.models import Busy, Phrase

from .conftest import People

AsPerson = Callable[..., Client]


def calendar(*days_ahead: int, title: str = "薪酬会议", extra: str = "") -> SimpleUploadedFile:
    events = []
    for number, days in enumerate(days_ahead):
        start = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=days)
        events.append(
            f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:{title}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}{extra}END:VCALENDAR\r\n"
    return SimpleUploadedFile("work.ics", text.encode(), content_type="text/calendar")


def test_language_zone_and_address_are_ones_own_to_set(as_: AsPerson, people: People) -> None:
    client, person = as_(people.leader), people.leader
    client.cookies["language"] = "zh-hans"

    response = client.post("/me", {"language": "en", "time_zone": "Europe/Berlin", "form_of_address": "高主任"})

    person.refresh_from_db()
    assert (person.language, person.time_zone, person.form_of_address) == ("en", "Europe/Berlin", "高主任")
    # What had been chosen for this browser gives way.
    assert response.cookies["language"]["max-age"] == 0
    del client.cookies["language"]
    assert client.get("/me")["Content-Language"] == "en"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Asia/Shanghai\x00"])
def test_a_zone_that_is_none_is_named_and_nothing_is_changed(as_: AsPerson, people: People, zone: str) -> None:
    response = as_(people.leader).post("/me", {"language": "en", "time_zone": zone})

    people.leader.refresh_from_db()
    assert response.status_code == 422
    assert 'id="time_zone-error"' in response.content.decode()
    assert (people.leader.time_zone, people.leader.language) == ("Asia/Shanghai", "zh")


def test_phrases_are_kept_and_dropped(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)

    client.post("/me", {"do": "phrase", "text": "先小范围试一周"})
    assert phrases.phrases_of(people.leader)[0] == "先小范围试一周"
    client.post("/me", {"do": "drop", "text": "先小范围试一周"})

    assert not Phrase.objects.exists()


def test_a_phrase_too_long_is_refused_and_not_lost(as_: AsPerson, people: People) -> None:
    response = as_(people.leader).post("/me", {"do": "phrase", "text": "长" * 101})

    assert response.status_code == 422
    assert "长" * 101 in response.content.decode()


@pytest.mark.points("1.1", "2.1")
def test_of_a_calendar_only_busy_time_is_kept(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)

    client.post("/me", {"do": "calendar", "calendar": calendar(1, 2, 90)})

    assert Busy.objects.filter(person=people.leader).count() == 2
    page = client.get("/me").content.decode()
    assert "work.ics" in page
    assert "其中 2 段时间忙" in page
    assert "薪酬" not in page


def test_a_new_calendar_takes_the_place_of_the_old_one(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)
    client.post("/me", {"do": "calendar", "calendar": calendar(1, 2, 3)})

    client.post("/me", {"do": "calendar", "calendar": calendar(5)})

    assert Busy.objects.filter(person=people.leader).count() == 1


def test_events_that_cannot_be_used_are_counted(as_: AsPerson, people: People) -> None:
    broken = "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:坏的\r\nEND:VEVENT\r\n"

    page = as_(people.leader).post("/me", {"do": "calendar", "calendar": calendar(1, extra=broken)}, follow=True)

    assert "有 1 项日程读不懂，没有计入。" in page.content.decode().replace("\u00a0", " ")
    assert Busy.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello", "不是日历文件"),
        (b"\xff\xfe\x00", "不是日历文件"),
        (b"x" * 5_000_001, "超过 5 MB"),
        (b"", "文件是空的"),
    ],
    ids=["text", "binary", "large", "empty"],
)
def test_a_bad_file_is_refused_with_the_reason_and_the_old_one_stays(
    as_: AsPerson, people: People, content: bytes, reason: str
) -> None:
    client = as_(people.leader)
    client.post("/me", {"do": "calendar", "calendar": calendar(1)})

    response = client.post("/me", {"do": "calendar", "calendar": SimpleUploadedFile("bad.ics", content)})

    assert response.status_code == 422
    assert reason in response.content.decode()
    assert Busy.objects.count() == 1


def test_removing_the_calendar_removes_all_of_it(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)
    client.post("/me", {"do": "calendar", "calendar": calendar(1, 2)})

    client.post("/me", {"do": "no_calendar"})

    people.leader.refresh_from_db()
    assert not Busy.objects.exists()
    assert (people.leader.calendar_name, people.leader.calendar_taken_at) == ("", None)


def test_a_calendar_changes_nobody_elses(as_: AsPerson, people: People) -> None:
    start = timezone.now()
    Busy.objects.create(person=people.leader, start=start, end=start + timedelta(hours=1))

    as_(people.requester).post("/me", {"do": "no_calendar"})

    assert Busy.objects.filter(person=people.leader).exists()
