"""The worker's sign of life: one row a worker, written seldom, gone with a worker that ends as it should."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from huitong.delivery import app, heartbeat
from huitong.records.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)  # a pulse is a thread of its own


def until(found: Callable[[], object]) -> None:
    ends = time.monotonic() + 20
    while not found():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_worker_has_one_row_however_often_it_beats() -> None:
    pulse = heartbeat.Pulse("desk:1")
    for _ in range(3):
        pulse.beat()
    row = Heartbeat.objects.get()
    assert (row.worker, row.swept_at) == ("desk:1", None)
    assert row.seen_at > row.started_at
    pulse.swept_at = timezone.now()
    pulse.beat()
    assert Heartbeat.objects.get().swept_at == pulse.swept_at


def test_it_takes_its_row_along_and_can_start_again() -> None:
    pulse = heartbeat.Pulse("desk:1")
    for _ in range(2):
        pulse.start()
        until(Heartbeat.objects.exists)
        pulse.stop()
        assert not Heartbeat.objects.exists()


def test_it_clears_up_after_those_that_died_a_day_ago_alone() -> None:
    now = timezone.now()
    for worker, hours in (("dead:1", 30), ("silent:2", 2)):
        at = now - timedelta(hours=hours)
        Heartbeat.objects.create(worker=worker, started_at=at, seen_at=at)
    pulse = heartbeat.Pulse("desk:3")
    pulse.start()
    until(Heartbeat.objects.filter(worker="desk:3").exists)
    pulse.stop()
    assert [row.worker for row in Heartbeat.objects.all()] == ["silent:2"]


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse, tries = heartbeat.Pulse("desk:1"), []
    beat = pulse.beat

    def away_at_first() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("the database is away")
        beat()

    monkeypatch.setattr(pulse, "beat", away_at_first)
    pulse.start()
    until(Heartbeat.objects.exists)
    pulse.stop()
    assert len(tries) == 2


def test_a_sweep_is_told_with_the_next_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.pulse, "swept_at", None)
    before = timezone.now()
    app.sweep()
    app.pulse.beat()
    assert heartbeat.life(now=timezone.now()).swept >= before


def test_those_that_are_alive_are_counted_in_one_query(django_assert_num_queries: Callable) -> None:
    now = timezone.now()
    for number, seconds in enumerate((1, 30, 90, 4_000)):
        at = now - timedelta(seconds=seconds)
        Heartbeat.objects.create(worker=str(number), started_at=at, seen_at=at, swept_at=at)
    with django_assert_num_queries(1):
        found = heartbeat.life(now=now)
    assert (found.alive, found.seen) == (2, now - timedelta(seconds=1))
