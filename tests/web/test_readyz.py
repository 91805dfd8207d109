"""Whether the desk can serve people, and if not, why and what to do."""

import shutil
from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from huitong.records.models import Heartbeat

pytestmark = pytest.mark.django_db


def alive(seconds: float = 0, swept: float = 0) -> None:
    now = timezone.now()
    seen, looked = now - timedelta(seconds=seconds), now - timedelta(seconds=swept)
    Heartbeat.objects.create(worker=f"desk:{seconds}", started_at=seen, seen_at=seen, swept_at=looked)


def ready() -> tuple[int, list[str]]:
    response = Client().get("/readyz")
    assert response.headers["Content-Type"].startswith("text/plain")
    return response.status_code, response.content.decode().splitlines()


def test_with_database_worker_and_room_it_is_ready() -> None:
    alive()
    assert ready() == (200, ["database ok", "worker ok", "disk ok"])


def test_the_number_of_queries_does_not_grow(django_assert_num_queries: Callable) -> None:
    for number in range(5):
        alive(number)
    with django_assert_num_queries(3):
        ready()


def test_without_a_worker_it_is_not_ready() -> None:
    assert ready()[1][1] == "worker failed: never seen; start huitong serve or huitong worker"


def test_a_worker_that_fell_silent_is_told_with_its_silence() -> None:
    alive(312)
    status, lines = ready()
    assert status == 503
    assert lines[1] == "worker failed: last seen 312 s ago; start huitong serve or huitong worker"


def test_a_worker_that_lives_but_no_longer_looks_is_told() -> None:
    alive(2, swept=400)
    assert ready()[1][1] == "worker failed: last looked at the outbox 400 s ago; restart it"


def test_one_of_two_workers_is_enough() -> None:
    alive(3_000, swept=3_000)
    alive()
    assert ready()[0] == 200


def test_a_database_of_an_older_version_is_told() -> None:
    MigrationRecorder(connection).record_unapplied("records", "0005_minutes")
    status, lines = ready()
    assert (status, lines[0]) == (503, "database failed: lacks 1 migrations; run huitong upgrade")


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    alive()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**10, 10**10, 5_000_000))
    assert ready() == (503, ["database ok", "worker ok", "disk failed: 5 MB free in HUITONG_HOME; make room"])
