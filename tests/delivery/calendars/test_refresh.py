"""Due calendars: claimed by a lease, fetched once whoever works, fetched again if a worker dies."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huitong.delivery.calendars import refresh
from huitong.matters.calendars import add_address
from huitong.records.models import Busy, Calendar, Person
from tests.feeds import Feed, answer, hours_of, ics


def many(count: int, feed: Feed) -> list[Calendar]:
    people = [Person.objects.create(name=f"领导{n}", email=f"l{n}@huitong.example") for n in range(count)]
    return [add_address(person, f"https://{feed.host}/{n}.ics") for n, person in enumerate(people)]


def wait_until(what, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_claimed_calendar_is_nobody_elses_until_its_lease_runs_out(person: Person, feed: Feed) -> None:
    calendar = add_address(person, feed.address)
    now = timezone.now()
    assert refresh.claim("first", now=now, limit=5) == [calendar.pk]
    assert refresh.claim("second", now=now, limit=5) == []
    later = now + refresh.LEASE
    assert refresh.claim("second", now=later, limit=5) == [calendar.pk]
    feed.content = ics(24)
    assert refresh.fetch(calendar.pk, "first") is None  # it came too late
    assert feed.got == []
    assert refresh.fetch(calendar.pk, "second") == (1, 0)


def test_the_longest_due_comes_first_and_what_is_not_due_does_not_come(person: Person, feed: Feed) -> None:
    first, second, third = many(3, feed)
    now = timezone.now()
    Calendar.objects.filter(pk=second.pk).update(due_at=now - timedelta(hours=1))
    Calendar.objects.filter(pk=third.pk).update(due_at=now + timedelta(hours=1))
    assert refresh.claim("w", now=now, limit=1) == [second.pk]
    assert refresh.claim("w", now=now, limit=5) == [first.pk]


def test_who_loses_the_lease_during_the_fetch_stores_nothing(person: Person, feed: Feed, monkeypatch) -> None:
    calendar = add_address(person, feed.address)
    refresh.claim("first", now=timezone.now(), limit=1)
    get = refresh.kinds.get

    def and_another_takes_it(kind: str) -> refresh.kinds.Kind:
        Calendar.objects.filter(pk=calendar.pk).update(lease_owner="second")
        return get(kind)

    feed.content = ics(24)
    monkeypatch.setattr(refresh.kinds, "get", and_another_takes_it)
    assert refresh.fetch(calendar.pk, "first") is None
    assert not Busy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due_and_fetch_nothing_twice(feed: Feed) -> None:
    feed.content = ics(24)
    many(40, feed)
    workers = [refresh.Refresher("one:"), refresh.Refresher("two:")]
    for worker in workers:
        worker.start()
    wait_until(lambda: not Calendar.objects.filter(taken_at=None).exists())
    for worker in workers:
        worker.stop()
    assert sorted(int(h.path[1:-4]) for h in feed.got) == list(range(40))
    assert Busy.objects.count() == 40
    assert not Calendar.objects.filter(lease_until__gt=timezone.now()).exists()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_finishes_what_it_fetches_and_frees_the_rest(feed: Feed) -> None:
    began = threading.Event()

    def behaves(handler) -> None:
        began.set()
        time.sleep(0.5)
        answer(handler, ics(24))

    feed.behaves = behaves
    many(24, feed)
    worker = refresh.Refresher("one:")
    worker.start()
    assert began.wait(60)
    worker.stop()
    taken = Calendar.objects.exclude(taken_at=None).count()
    assert taken == len(feed.got) <= refresh.AT_ONCE
    assert not Calendar.objects.filter(lease_until__gt=timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
def test_slow_feeds_hold_up_others_no_longer_than_their_bound(feed: Feed, monkeypatch) -> None:
    monkeypatch.setattr(refresh.fetching, "FETCH_SECONDS", 1.0)
    slow = refresh.AT_ONCE

    def behaves(handler) -> None:
        if int(handler.path[1:-4]) < slow:
            time.sleep(3)
        answer(handler, ics(24))

    feed.behaves = behaves
    many(slow + 3, feed)
    worker = refresh.Refresher("one:")
    worker.start()
    wait_until(lambda: Calendar.objects.exclude(taken_at=None).count() == 3)
    worker.stop()
    assert Calendar.objects.filter(trouble__code="slow").count() == slow


def test_a_calendar_whose_secrets_cannot_be_read_waits_for_its_owner(person: Person, feed: Feed, settings) -> None:
    calendar = add_address(person, feed.address)
    settings.SECRET_KEY = "another"
    refresh.claim("w", now=timezone.now(), limit=1)
    refresh.fetch(calendar.pk, "w")
    calendar.refresh_from_db()
    assert (calendar.trouble, calendar.due_at) == ({"code": "key"}, None)
    assert hours_of(person) == []
    assert feed.got == []
