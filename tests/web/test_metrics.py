"""The desk's figures: for whoever has the token, in Prometheus's format, of nobody's data."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from huitong.records.models import Heartbeat, Matter, Outbox, Person, Request

from .conftest import FACTS, People

TOKEN = "a-token-of-the-operator"
LINE = re.compile(r'huitong_\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? -?[0-9.e+-]+')


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[[], dict[str, float]]:
    """figures(): what is read with the token, each sample by its name and labels."""
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)

    def read() -> dict[str, float]:
        response = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
        assert all(LINE.fullmatch(line) for line in lines)
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    return read


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}])
def test_without_the_token_there_is_no_such_page(given, figures, people: People, as_) -> None:
    assert as_(people.organiser).get("/metrics", headers=given).status_code == 404


@pytest.mark.django_db
def test_while_no_token_is_set_nobody_reads_it() -> None:
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert Client().get("/metrics", headers=given).status_code == 404


def test_the_outbox_is_told_by_state_age_tries_and_failures(figures, matter: Matter, people: People) -> None:
    now = timezone.now()
    Outbox.objects.all().delete()
    for number, (state, tries, late) in enumerate(
        [("waiting", 2, 90), ("waiting", 0, 30), ("waiting", 0, -600), ("sent", 1, 0), ("failed", 8, 0)]
    ):
        Outbox.objects.create(
            key=str(number), kind="note", person=people.counterpart, matter=matter, payload={}, state=state,
            tries=tries, due_at=now - timedelta(seconds=late), created_at=now, message_id="<x>",
        )  # fmt: skip
    told = figures()
    assert [told[f'huitong_outbox_rows{{state="{s}"}}'] for s in ("waiting", "sent", "withdrawn", "failed")] == [
        3,
        1,
        0,
        1,
    ]
    assert 90 <= told["huitong_outbox_oldest_due_seconds"] < 100
    assert [told[f"huitong_outbox_{n}"] for n in ("due", "tries_total", "sent_total", "failed_total")] == [2, 11, 1, 1]


def test_the_workers_last_sign_of_life_is_told(figures) -> None:
    now = timezone.now()
    Heartbeat.objects.create(worker="a", started_at=now, seen_at=now, swept_at=now - timedelta(seconds=5))
    Heartbeat.objects.create(worker="b", started_at=now, seen_at=now - timedelta(hours=1))
    told = figures()
    assert told["huitong_workers"] == 1
    assert told["huitong_worker_seen_timestamp_seconds"] == pytest.approx(now.timestamp(), abs=0.01)
    assert told["huitong_worker_swept_timestamp_seconds"] == pytest.approx(now.timestamp() - 5, abs=0.01)


def test_requests_are_counted_by_route_and_status_with_their_times(figures, people: People, as_) -> None:
    def count(route: str, status: int) -> float:
        return figures().get(f'huitong_request_duration_seconds_count{{route="{route}",status="{status}"}}', 0)

    before = count("home", 200), count("none", 404), count("matter", 404)
    client = as_(people.requester)
    client.get("/")
    client.get("/no/such/page")
    client.get("/matters/999999")
    assert (count("home", 200), count("none", 404), count("matter", 404)) == tuple(n + 1 for n in before)
    told = figures()
    name, labels = "huitong_request_duration_seconds", 'route="home",status="200"'
    buckets = [v for k, v in told.items() if k.startswith(f"{name}_bucket{{{labels},le=")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == told[f"{name}_count{{{labels}}}"]


def test_nothing_of_people_or_matters_is_in_it(figures, asked: Request, people: People, as_) -> None:
    as_(people.requester).get(f"/matters/{asked.matter_id}?q=许宁")
    figures()
    page = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    names = Person.objects.values_list("name", "email")
    for word in (*FACTS.values(), *(part for pair in names for part in pair), "@"):
        if len(word) > 2:
            assert word not in page


def test_it_takes_the_same_queries_for_one_row_and_for_many(
    figures, matter: Matter, people, django_assert_num_queries
) -> None:
    now = timezone.now()
    for number in range(40):
        Outbox.objects.create(
            key=str(number), kind="note", person=people.leader, payload={}, due_at=now, created_at=now, message_id="<x>"
        )
    with django_assert_num_queries(3):
        figures()
