"""An .ics address: fetched when it has changed, of which only what changed is stored, and nothing but busy time."""

import gzip
import time
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.delivery.calendars import refresh
from huitong.delivery.calendars.refresh import EVERY
from huitong.directory import calendars
from huitong.matters.calendars import add_address
from huitong.records.models import Busy, Calendar, Person
from tests.feeds import Feed, answer, fetch, fetch_due, hours_of, ics


def test_its_busy_time_is_kept_and_follows_the_feed(person: Person, feed: Feed) -> None:
    feed.content = ics(24, 48)
    calendar = add_address(person, feed.address)
    assert fetch_due() == 1
    assert hours_of(person) == [24, 48]
    feed.content = ics(24, 72)
    assert fetch(calendar) == (1, 1)
    assert hours_of(person) == [24, 72]
    assert calendars.busy_of(person, start=timezone.now(), end=timezone.now() + timedelta(days=4))[1].start


def test_what_has_not_changed_is_not_sent_again(person: Person, feed: Feed) -> None:
    feed.content = ics(24)
    calendar = add_address(person, feed.address)
    fetch(calendar)
    assert fetch(calendar) == (0, 0)
    assert feed.statuses == [200, 304]


def test_a_server_without_etags_is_asked_by_date_and_the_same_content_is_not_read_twice(
    person: Person, feed: Feed, monkeypatch
) -> None:
    feed.behaves = lambda handler: answer(handler, ics(24), Last_Modified="Tue, 24 Nov 2026 08:00:00 GMT")
    calendar = add_address(person, feed.address)
    fetch(calendar)
    monkeypatch.setattr(calendars, "read", lambda *_: pytest.fail("it was read again"))
    assert fetch(calendar) == (0, 0)
    assert feed.got[1].headers["If-Modified-Since"] == "Tue, 24 Nov 2026 08:00:00 GMT"


def test_on_a_new_day_it_is_read_whole_since_what_repeats_goes_on(person: Person, feed: Feed, monkeypatch) -> None:
    daily = "BEGIN:VEVENT\r\nUID:d\r\nDTSTART:20261101T010000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
    feed.content = ics(extra=daily)
    calendar = add_address(person, feed.address)
    fetch(calendar)
    last = Busy.objects.order_by("-end").values_list("end", flat=True)[0]
    now = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert fetch(calendar) == (1, 1)  # a day has gone, a day has come
    assert Busy.objects.order_by("-end").values_list("end", flat=True)[0] - last == timedelta(days=1)
    assert feed.statuses == [200, 200]


def test_webcal_is_https_and_gzip_is_unpacked(person: Person, feed: Feed) -> None:
    feed.behaves = lambda handler: answer(handler, gzip.compress(ics(24)), Content_Encoding="gzip")
    fetch(add_address(person, feed.address.replace("https://", "webcal://")))
    assert hours_of(person) == [24]


def test_a_name_and_password_in_the_address_are_sent_as_such_and_shown_nowhere(
    person: Person, feed: Feed, caplog
) -> None:
    feed.content = ics(24)
    calendar = add_address(person, feed.address.replace("https://", "https://gao:s%40cret@"))
    fetch(calendar)
    assert feed.got[0].headers["Authorization"] == "Basic Z2FvOnNAY3JldA=="
    assert feed.got[0].path == "/private-4711/basic.ics"
    feed.behaves = lambda handler: answer(handler, b"s@cret", 500)
    fetch(calendar)
    kept = serializers.serialize("json", [*Calendar.objects.all(), *Busy.objects.all()]) + caplog.text
    for secret in ("s@cret", "s%40cret", "private-4711", "薪酬", "三号"):
        assert secret not in kept


@pytest.mark.parametrize("moved_to_another_host", [False, True])
def test_a_redirect_is_followed_and_takes_the_password_along_only_on_the_same_host(
    person: Person, feed: Feed, moved_to_another_host: bool, settings
) -> None:
    host = feed.host.replace("127.0.0.1", "localhost") if moved_to_another_host else feed.host
    settings.CALENDAR_HOSTS = [feed.host, host]

    def behaves(handler):
        if handler.path == "/new.ics":
            answer(handler, ics(24))
        else:
            answer(handler, b"", 301, Location=f"https://{host}/new.ics")

    feed.behaves = behaves
    calendar = add_address(person, feed.address.replace("https://", "https://gao:secret@"))
    fetch(calendar)
    if moved_to_another_host:  # the certificate is not for that name: nothing has been asked there
        assert calendar.trouble == {"code": "certificate"}
    else:
        assert hours_of(person) == [24]
        assert feed.got[1].headers["Authorization"]


def test_a_failure_waits_longer_each_time_says_why_and_keeps_what_was_known(person: Person, feed: Feed) -> None:
    feed.content = ics(24)
    calendar = add_address(person, feed.address)
    fetch(calendar)
    feed.behaves = lambda handler: answer(handler, b"", 500)
    pauses = []
    for _ in range(12):
        fetch(calendar)
        pauses.append(calendar.due_at - timezone.now())
    assert calendar.trouble == {"code": "status", "number": "500"}
    assert hours_of(person) == [24]
    assert EVERY < pauses[0] < 3 * EVERY
    assert pauses[0] < pauses[2] < pauses[4]
    assert pauses[-1] < timedelta(days=1.2)
    feed.behaves = None
    fetch(calendar)
    assert (calendar.trouble, calendar.failures) == ({}, 0)
    assert calendar.due_at - timezone.now() < 1.2 * EVERY


def test_who_asks_to_be_left_alone_is_left_alone(person: Person, feed: Feed) -> None:
    feed.behaves = lambda handler: answer(handler, b"", 429, Retry_After="7200")
    calendar = add_address(person, feed.address)
    fetch(calendar)
    assert calendar.trouble == {"code": "busy"}
    assert calendar.due_at - timezone.now() > timedelta(minutes=119)


def test_a_refused_password_is_not_tried_over_and_over(person: Person, feed: Feed) -> None:
    feed.behaves = lambda handler: answer(handler, b"", 401)
    calendar = add_address(person, feed.address)
    fetch(calendar)
    assert (calendar.trouble, calendar.due_at) == ({"code": "refused"}, None)
    refresh.at_once(calendar)
    assert fetch_due() == 1


def test_what_is_no_calendar_is_named_with_its_line_and_the_old_stays(person: Person, feed: Feed) -> None:
    feed.content = ics(24)
    calendar = add_address(person, feed.address)
    fetch(calendar)
    feed.content = b"<html>Please sign in</html>"
    fetch(calendar)
    assert calendar.trouble["code"] == "calendar"
    assert "不是日历" in calendar.trouble["zh"]
    assert "sign in" not in str(calendar.trouble)
    assert hours_of(person) == [24]


def test_events_that_were_left_out_are_kept_as_notes_without_their_titles(person: Person, feed: Feed) -> None:
    feed.content = ics(24, extra="BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:裁员\r\nEND:VEVENT\r\n")
    calendar = add_address(person, feed.address)
    fetch(calendar)
    assert [note["en"] for note in calendar.notes] == ["Event 2 is left out: it has no DTSTART."]


def test_a_change_in_a_feed_of_400_events_writes_one_row_and_is_quick(person: Person, feed: Feed) -> None:
    hours = [24 + 2 * n for n in range(400)]
    feed.content = ics(*hours)
    calendar = add_address(person, feed.address)
    assert fetch(calendar) == (400, 0)
    kept = set(Busy.objects.values_list("pk", flat=True))
    hours[200] += 0.5
    feed.content = ics(*hours)
    began = time.monotonic()
    with CaptureQueriesContext(connection) as seen:
        assert fetch(calendar) == (1, 1)
    assert time.monotonic() - began < 2  # the figure stands in docs/timing.md; a loaded machine is given time
    assert len(kept & set(Busy.objects.values_list("pk", flat=True))) == 399
    assert sum("busy" in q["sql"] and q["sql"].startswith(("INSERT", "DELETE")) for q in seen) == 2


def test_a_calendar_that_was_removed_meanwhile_leaves_nothing(person: Person, feed: Feed, monkeypatch) -> None:
    feed.content = ics(24)
    calendar = add_address(person, feed.address)
    Calendar.objects.filter(pk=calendar.pk).update(lease_owner="test", lease_until=timezone.now() + refresh.LEASE)
    get = refresh.kinds.get

    def get_once_it_is_removed(kind: str) -> refresh.kinds.Kind:
        calendars.remove(Calendar.objects.filter(pk=calendar.pk), person)
        return get(kind)

    monkeypatch.setattr(refresh.kinds, "get", get_once_it_is_removed)
    assert refresh.fetch(calendar.pk, "test") is None
    assert len(feed.got) == 1
    assert not Busy.objects.exists()
    assert not Calendar.objects.exists()
