"""From a leader's calendar to a moment that moves with it: with a real feed, in the browser."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters.request import current_request
from huitong.records.models import Matter, Outbox
from tests.feeds import HOUR, Feed, fetch_due, ics, serving

from .conftest import People
from .pages import fits


@pytest.fixture
def feed(settings, monkeypatch) -> Iterator[Feed]:
    with serving(settings, monkeypatch) as server:
        yield server


def hours_until(moment: datetime) -> float:
    return (moment - HOUR) / timedelta(hours=1)


WORDS = {
    "zh": ("连一个日历", "地址", "连上", "现在取一次", "就定这个时刻", "高总的日历有变，原来的时间已经被占了。"),
    "en": (
        "Connect a calendar",
        "Address",
        "Connect",
        "Fetch now",
        "Choose this moment",
        "has changed, and the earlier time is taken.",
    ),
}


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_moment_that_was_picked_from_the_week_moves_when_the_calendar_changes(
    browse: Callable[..., Page], matter: Matter, people: People, feed: Feed, screen: str, language: str
) -> None:
    connect, address, connects, fetch, sets, why = WORDS[language]
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    for person in (people.requester, people.leader):
        person.language = language
        person.save()
    ten = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    feed.content = ics(hours_until(ten + timedelta(days=2)))

    # The leader connects their calendar.
    theirs = browse(people.leader, "/me", screen=screen, locale=locale)
    theirs.get_by_role("link", name=connect).click()
    theirs.get_by_label(address, exact=True).fill(feed.address)
    theirs.get_by_role("button", name=connects).first.click()
    assert fetch_due() == 1
    theirs.reload()
    expect(theirs.locator(".week rect.busy")).to_have_count(1)

    # The requester sees the week, and picks the first of the suggested moments.
    ours = browse(people.requester, f"/matters/{matter.pk}/time", screen=screen, locale=locale)
    assert ours.locator(".week").count() == 1
    ours.get_by_role("button", name=sets).click()
    expect(ours).to_have_url(f"{ours.url.split('/matters')[0]}/matters/{matter.pk}/speak")
    request = current_request(matter)
    picked = request.deliver_at
    assert request.reasons

    # The leader's calendar changes: just then they are busy.
    feed.content = ics(hours_until(picked), hours_until(picked) - 0.5)
    theirs.get_by_role("button", name=fetch).click()
    assert fetch_due() == 1

    request.refresh_from_db()
    assert request.deliver_at != picked
    row = Outbox.objects.get(kind="request", state="waiting")
    assert row.due_at == request.deliver_at
    [note] = Outbox.objects.filter(kind="moved")
    assert why in note.payload["before"][0]
    clock = f"{timezone.localtime(request.deliver_at):%H:%M}"
    assert clock in note.payload["before"][0].replace("\u00a0", " ")

    ours.goto(f"{ours.url.split('/matters')[0]}{note.payload['page']}")
    expect(ours.locator("main")).to_contain_text(clock)
    assert fits(ours)
