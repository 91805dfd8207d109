"""The web process is killed in the middle of a POST: all of it has happened, or nothing."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from huitong.matters.request import latest_version, schedule
from huitong.records.models import Commitment, Decision, Event, Matter, Mood, Outbox, Request

from .conftest import People
from .pages import at

pytestmark = pytest.mark.django_db(transaction=True)


def _killed_at(write: int, action: Callable[[], Any]) -> bool:
    """Do this in a process of its own that is killed before its n-th writing statement. Whether it came so far."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        count = 0

        def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                count += 1
                if count == write:
                    os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(kill):
                action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _state(request: Request) -> tuple[int, ...]:
    matter = Matter.objects.get(pk=request.matter_id)
    return (
        Decision.objects.count(),
        Event.objects.filter(matter=matter, kind="decided").count(),
        Commitment.objects.filter(matter=matter).count(),
        Outbox.objects.filter(kind="decision").count(),
        Outbox.objects.filter(kind="remind_leader", state="withdrawn").count(),
        int(matter.stage == "coordinating"),
    )


def test_a_decision_is_whole_or_not_there_at_all(asked: Request, people: People) -> None:
    client = Client()
    client.force_login(people.leader.user)
    page = f"/requests/{asked.pk}"
    answer = {"version": latest_version(asked).number, "option": "1", "verdict": "agree", "words": "可以"}
    nothing = _state(asked)
    for write in range(1, 200):
        if not _killed_at(write, lambda: client.post(page, answer)):
            break
        assert _state(asked) == nothing, f"half of it was kept when killed at write {write}"
    assert write > 5
    whole = _state(asked)
    assert whole[:4] == (1, 1, 1, 1)
    assert whole[-1] == 1


def _of_the_move(matter: Matter) -> tuple[object, ...]:
    waiting = Outbox.objects.filter(matter=matter, kind="request", state="waiting")
    return (
        Mood.objects.count(),
        Event.objects.filter(matter=matter, kind="moved").count(),
        Outbox.objects.filter(kind="moved").count(),
        [row.due_at for row in waiting] == [matter.requests.get().deliver_at],
    )


def test_a_moment_has_moved_whole_and_once_or_not_at_all(
    matter: Matter, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, timezone.now().replace(hour=2, minute=0))  # ten in the morning for the leader
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now() + timedelta(minutes=1))
    client = Client()
    client.force_login(people.leader.user)
    before, after = (0, 0, 0, True), (1, 1, 1, True)

    write = 1
    while _killed_at(write, lambda: client.post("/mood", {"do": "bad_day"})):
        assert _of_the_move(matter) in (before, after)
        if _of_the_move(matter) == after:
            break
        write += 1
        assert write < 60
    client.post("/mood", {"do": "bad_day"})

    assert _of_the_move(matter) == after
    assert write > 3
