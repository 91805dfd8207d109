"""A standing meeting: one series for all calendars, an agenda that fills itself, ended when nothing is left."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from huitong.coordination import series as engine
from huitong.delivery import leases
from huitong.matters import close, promises, standing
from huitong.records.models import Commitment, Matter, Outbox, Person, Series

from .conftest import Decided, People
from .pages import LIVES, at, fits, insist, link_to, path_of, second_look
from .pages import answer as reply

MONDAY = datetime(2026, 9, 7, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # National Day falls into the series


@pytest.fixture
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, MONDAY)


def call_series(client: Client, matter: Matter, **fields: str) -> object:
    typed = {"do": "series", "s-title": "采购碰头", "s-guest": "王经理", "s-email": "wang@example.com"}
    typed |= {"s-start": "2026-09-10T10:00", "s-every": "week", "s-minutes": "30", "s-place": "三号会议室"}
    typed |= {"s-until": "2026-10-22", "s-review": "2026-10-09"} | fields
    return client.post(f"/matters/{matter.pk}/coordinate", typed)


@pytest.fixture
def series(on_monday: None, agreed_to: Decided, as_: Callable[[Person], Client], people: People) -> Series:
    matter = agreed_to("每周例会")
    assert call_series(as_(people.requester), matter).status_code == 302
    return Series.objects.get()


def carried(kind: str, person: Person) -> list[Outbox]:
    """What the worker sends of this kind now, after a last look at each row."""
    rows = Outbox.objects.filter(kind=kind, person=person, state="waiting", due_at__lte=timezone.now())
    sent = []
    for row in leases.claim("test", now=timezone.now(), limit=1000):
        if row in rows and (begun := leases.begin(row.pk, "test", now=timezone.now())):
            leases.settle_sent(begun, "test")
            sent.append(begun)
    leases.release("test")
    return sent


def test_calendars_get_one_series_that_leaves_out_holidays(series: Series, people: People) -> None:
    row = Outbox.objects.get(kind="invitation", person=people.counterpart)
    calendar = Calendar.from_ical(row.payload["calendar"])
    assert calendar["method"] == "REQUEST"
    found = recurring_ical_events.of(calendar).between(MONDAY, MONDAY + timedelta(days=90))
    days = sorted(event["dtstart"].dt.date().isoformat() for event in found)
    held = [timezone.localtime(s.start).date().isoformat() for s in series.sittings.filter(off="").order_by("start")]
    assert days == held == ["2026-09-10", "2026-09-17", "2026-09-24", "2026-10-08", "2026-10-15", "2026-10-22"]
    assert "10 月 1 日" in "".join(row.payload["before"]).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (engine.FORTNIGHT, ["2026-09-10", "2026-09-24", "2026-10-08", "2026-10-22"]),
        (engine.MONTH, ["2026-09-10", "2026-10-08"]),
    ],
)
def test_other_rhythms(every: str, expected: list[str]) -> None:
    first = date(2026, 9, 10)
    assert [d.isoformat() for d in engine.days_of(first, every, date(2026, 10, 22))] == expected


def test_a_fifth_weekday_is_left_out_where_a_month_has_none() -> None:
    days = list(engine.days_of(date(2026, 1, 30), engine.MONTH, date(2026, 8, 31)))
    assert days == [date(2026, 1, 30), date(2026, 5, 29), date(2026, 7, 31)]


def test_the_agenda_comes_from_what_is_open_and_goes_out_on_the_working_day_before(
    series: Series, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = Matter.objects.get(pk=series.matter_id)
    told = {"owner_email": "", "day": date(2026, 9, 20)}
    promises.promise(matter, people.requester, side="theirs", owner_name="李工", what="给出交期", **told)
    promises.promise(matter, people.requester, side="ours", owner_name="许宁", what="内部备用方案", **told)
    at(monkeypatch, MONDAY + timedelta(days=2, minutes=-5))
    assert carried("sitting_agenda", people.counterpart) == []
    at(monkeypatch, MONDAY + timedelta(days=2, minutes=5))
    [letter] = carried("sitting_agenda", people.counterpart)
    assert "李工：给出交期" in "".join(letter.payload["before"])
    assert "内部备用方案" not in str(letter.payload)
    at(monkeypatch, MONDAY + timedelta(days=3, hours=3))
    sitting = engine.last_begun(series)
    assert sitting is not None
    standing.tell_sitting(matter, people.requester, sitting.pk, "先到一半货\n其余月底")
    at(monkeypatch, MONDAY + timedelta(days=9, minutes=5))
    [letter] = carried("sitting_agenda", people.counterpart)
    assert "上次定的：先到一半货" in "".join(letter.payload["before"])


def test_with_nothing_to_talk_about_only_the_requester_is_asked_and_one_tap_ends_it(
    series: Series, people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    Commitment.objects.all().delete()
    at(monkeypatch, MONDAY + timedelta(days=2, minutes=5))
    assert carried("sitting_agenda", people.counterpart) == []
    [letter] = carried("sitting_agenda", people.requester)
    assert letter.payload["title"] == "采购碰头：没有要议的了，还开吗"
    client, where = as_(people.requester), f"/matters/{series.matter_id}/coordinate"
    assert client.post(where, {"do": "dissolve"}).status_code == 302
    row = Outbox.objects.filter(kind="invitation", person=people.counterpart).order_by("-pk")[0]
    calendar = Calendar.from_ical(row.payload["calendar"])
    assert (calendar["method"], calendar.walk("VEVENT")[0]["sequence"]) == ("CANCEL", 1)
    waiting = Outbox.objects.filter(kind__in=("sitting_agenda", "series_review"), state="waiting")
    assert not waiting.filter(person=people.counterpart).exists()
    assert client.post(where, {"do": "dissolve"}).status_code == 409


def test_one_sitting_that_is_called_off_leaves_the_others(
    series: Series, people: People, as_: Callable[[Person], Client]
) -> None:
    sitting = engine.coming(series)
    assert sitting is not None
    client, where = as_(people.requester), f"/matters/{series.matter_id}/coordinate"
    assert client.post(where, {"do": "call_off", "sitting": str(sitting.pk)}).status_code == 302
    assert client.post(where, {"do": "call_off", "sitting": str(sitting.pk)}).status_code == 409
    row = Outbox.objects.filter(kind="invitation", person=people.counterpart).order_by("-pk")[0]
    event = Calendar.from_ical(row.payload["calendar"]).walk("VEVENT")[0]
    assert (event["recurrence-id"].dt, event["status"]) == (timezone.localtime(sitting.start), "CANCELLED")
    left = Outbox.objects.filter(kind="sitting_agenda", person=people.counterpart, state="waiting").count()
    assert left == series.sittings.filter(off="").count()


def test_both_sides_are_asked_whether_it_goes_on(
    series: Series, people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(link_to(people.counterpart, "series"))
    assert insist(path, do="goes_on") == 409  # not yet
    at(monkeypatch, datetime(2026, 10, 9, 10, 0, tzinfo=MONDAY.tzinfo))
    assert len(carried("series_review", people.counterpart)) == 1
    reply(Client(), path, do="enough", words="事情都办完了")
    client, where = as_(people.requester), f"/matters/{series.matter_id}/coordinate"
    assert "事情都办完了" in client.get(where).content.decode()
    assert client.post(where, {"do": "go_on"}).status_code == 302
    assert carried("series_review", people.requester) == []
    assert insist(path, do="enough") == 409


def test_it_ends_by_itself_on_its_last_day(
    series: Series, people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, datetime(2026, 10, 23, 10, 0, tzinfo=MONDAY.tzinfo))
    page = as_(people.requester).get(f"/matters/{series.matter_id}/coordinate").content.decode()
    assert 'name="do" value="series"' in page
    assert engine.current(Matter.objects.get(pk=series.matter_id)) is None


def test_a_matter_that_is_closed_ends_it(series: Series, people: People) -> None:
    close.close(Matter.objects.get(pk=series.matter_id), people.requester, outcome="办成了", settled=True, days=3)
    series.refresh_from_db()
    assert series.ended_at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("s-start", "2026-09-01T10:00"),
        ("s-start", "soon"),
        ("s-every", "daily"),
        ("s-minutes", "4"),
        ("s-until", "2026-09-09"),
        ("s-until", "2027-12-31"),
        ("s-review", "2026-12-01"),
        ("s-guest", " "),
    ],
)
def test_a_series_that_cannot_be_is_named_and_kept(
    on_monday: None, agreed_to: Decided, as_: Callable[[Person], Client], people: People, field: str, value: str
) -> None:
    response = call_series(
        as_(people.requester), agreed_to("每周例会"), **({"s-place": "很远的会议室"} | {field: value})
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "很远的会议室" in page
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page)
    assert not Series.objects.exists()


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_standing_meeting_is_set_kept_and_ended(
    on_monday: None,
    agreed_to: Decided,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    speaking: Callable[[str], None],
    picture: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    screen: str,
) -> None:
    speaking(language)
    zh = language == "zh"
    locale, site = "zh-CN" if zh else "en-GB", str(live_server)
    matter = agreed_to("每周例会" if zh else "A weekly meeting")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#s-start", "2026-09-10T10:00")
    desk.fill("#s-until", "2026-10-22")
    desk.fill("#s-review", "2026-10-09")
    desk.locator("form:has(#s-start) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    assert fits(desk)

    at(monkeypatch, MONDAY + timedelta(days=3, hours=3))
    desk.reload()
    desk.fill("#s-decided", "先到一半货" if zh else "Half of it first")
    desk.locator("form:has(#s-decided) button.button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    desk.reload()
    if zh == (screen == "desktop"):
        picture(desk, "series", language)

    at(monkeypatch, datetime(2026, 10, 9, 10, 0, tzinfo=MONDAY.tzinfo))
    phone = open_page(screen, locale=locale)
    phone.goto(site + path_of(link_to(people.counterpart, "series")))
    phone.click("button[name=do][value=enough]")
    second_look(phone)
    assert fits(phone)
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.locator("button[name=do][value=dissolve]").first.click()
    expect(desk.locator(".kept").first).to_be_visible()
    assert Series.objects.get().ended_at is not None
