"""A moment that the requester types keeps the limits that the leader has set; only "no later than" breaks them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from huitong.matters.errors import Incomplete
from huitong.matters.mood import bad_day
from huitong.matters.prepare import open_matter
from huitong.matters.request import schedule
from huitong.records.models import Habits, Matter, Outbox, Person, Request

from .conftest import FACTS

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)  # a Tuesday
IN_AN_HOUR = NOW + timedelta(hours=1)

Limits = Callable[..., Habits]


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def limits(leader: Person) -> Limits:
    return lambda **limits: Habits.objects.create(person=leader, **limits)


@pytest.fixture
def second(requester: Person, leader: Person, answer: Callable[..., object]) -> Matter:
    matter = open_matter(requester)
    answer(matter, FACTS | {"matter": "展板印制"})
    matter.refresh_from_db()
    return matter


def test_least_notice_is_kept_and_a_moment_that_keeps_it_is_offered(
    matter: Matter, requester: Person, limits: Limits
) -> None:
    limits(notice=240)
    with pytest.raises(Incomplete) as refused:
        schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)
    assert refused.value.field == "at"
    assert str(refused.value).startswith("这个时刻不合高总给请示定的规矩：没能提前 4 小时打招呼。")
    assert not Request.objects.exists()
    assert not Outbox.objects.filter(kind="request").exists()
    assert schedule(matter, requester, way="mail", deliver_at=NOW + timedelta(hours=5)).reasons == []


def test_it_is_said_in_the_language_of_who_reads_it(matter: Matter, requester: Person, limits: Limits) -> None:
    limits(notice=240)
    with translation.override("en"), pytest.raises(Incomplete, match="less than 4 hours of notice"):
        schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)


def test_only_so_many_a_day(matter: Matter, second: Matter, requester: Person, limits: Limits) -> None:
    limits(a_day=1)
    schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)
    with pytest.raises(Incomplete, match="当天的请示已经排满"):
        schedule(second, requester, way="mail", deliver_at=NOW + timedelta(hours=5))
    # To set the first one anew is no second one.
    schedule(matter, requester, way="mail", deliver_at=NOW + timedelta(hours=2))


def test_the_least_gap_is_kept(matter: Matter, second: Matter, requester: Person, limits: Limits) -> None:
    limits(gap=120)
    schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)
    with pytest.raises(Incomplete, match="离另一件请示不到 2 小时"):
        schedule(second, requester, way="mail", deliver_at=IN_AN_HOUR + timedelta(minutes=90))


def test_no_later_than_breaks_them_and_says_so(matter: Matter, requester: Person, limits: Limits) -> None:
    limits(notice=7 * 24 * 60)
    matter.answers.filter(question="deadline").update(value=NOW.date().isoformat())
    request = schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)
    assert request.reasons == ["最晚答复之前没有别的空，只好破例：没能提前 7 天打招呼。"]


def test_of_a_day_that_is_not_a_good_one_nothing_is_said(
    matter: Matter, requester: Person, leader: Person, limits: Limits
) -> None:
    limits()
    bad_day(leader, NOW)
    with pytest.raises(Incomplete, match=r"^这个时刻不合适。"):
        schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)


def test_who_stands_before_the_leader_already_is_not_held_up(matter: Matter, requester: Person, limits: Limits) -> None:
    limits(notice=240)
    assert schedule(matter, requester, way="person", deliver_at=NOW).deliver_at == NOW
    with pytest.raises(Incomplete):
        schedule(matter, requester, way="person", deliver_at=IN_AN_HOUR)


def test_a_leader_who_has_set_nothing_limits_nobody(matter: Matter, second: Matter, requester: Person) -> None:
    schedule(matter, requester, way="mail", deliver_at=IN_AN_HOUR)
    schedule(second, requester, way="mail", deliver_at=IN_AN_HOUR)
