"""One's own calendars: connected, seen exactly as they are kept, chosen from, removed; and what others see of them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.delivery import calendars as package
from huitong.delivery.calendars import refresh
from huitong.directory import calendars as kept
from huitong.directory import sealing
from huitong.matters import calendars as connecting
from huitong.matters.moments import busy_of
from huitong.records.models import Busy, Calendar, Matter, Person
from huitong.web.calendars import TROUBLES
from tests.busy import keep_busy
from tests.feeds import HOUR, Feed, fetch_due, ics, serving

from .conftest import People
from .pages import fits

AsPerson = Callable[..., Client]


def calendar(*days_ahead: int, title: str = "薪酬会议", extra: str = "", name: str = "work.ics") -> SimpleUploadedFile:
    events = []
    for number, days in enumerate(days_ahead):
        start = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=days)
        events.append(
            f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:{title}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}{extra}END:VCALENDAR\r\n"
    return SimpleUploadedFile(name, text.encode(), content_type="text/calendar")


@pytest.fixture
def feed(settings, monkeypatch) -> Iterator[Feed]:
    with serving(settings, monkeypatch) as server:
        yield server


def add_file(client: Client, file: SimpleUploadedFile) -> object:
    return client.post("/calendars", {"do": "add_file", "calendar": file}, follow=True)


def text_of(client: Client, path: str = "/calendars") -> str:
    return client.get(path).content.decode().replace("\u00a0", " ")


def busy_hours(person: Person) -> list[tuple[float, float, bool]]:
    now = timezone.now()
    found = busy_of(person, start=now - timedelta(days=1), end=now + timedelta(days=70))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    hour = timedelta(hours=1)
    return [((b.start - midnight) / hour, (b.end - midnight) / hour, b.soft) for b in found]


# --- files ---


@pytest.mark.points("1.1", "2.1")
def test_of_a_calendar_only_busy_time_is_kept_and_all_of_that_is_shown(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)

    add_file(client, calendar(1, 2, 90))

    assert Busy.objects.filter(calendar__person=people.leader).count() == 2
    page = text_of(client)
    assert "work.ics" in page
    assert "2 段忙的时间" in page
    assert page.count("11:00–12:00") >= 2
    assert "薪酬" not in page


def test_a_file_of_the_same_name_takes_its_place_and_another_stands_beside_it(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)
    add_file(client, calendar(1, 2, 3))

    add_file(client, calendar(5))
    add_file(client, calendar(6, 7, name="home.ics"))

    assert {c.name: c.busy.count() for c in people.leader.calendars.all()} == {"work.ics": 1, "home.ics": 2}


def test_events_that_cannot_be_used_are_counted_and_named_by_their_number(as_: AsPerson, people: People) -> None:
    broken = "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:坏的\r\nEND:VEVENT\r\n"

    page = add_file(as_(people.leader), calendar(1, extra=broken)).content.decode().replace("\u00a0", " ")

    assert "有 1 项日程读不懂，没有计入。" in page
    assert "第 2 项日程没有计入" in page
    assert "坏的" not in page
    assert Busy.objects.count() == 1


def test_what_was_read_by_a_guess_is_told(as_: AsPerson, people: People) -> None:
    day = timezone.localdate() + timedelta(days=2)
    unknown = f"BEGIN:VEVENT\r\nUID:x\r\nDTSTART;TZID=Atlantis:{day:%Y%m%d}T100000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"

    page = add_file(as_(people.leader), calendar(extra=unknown)).content.decode()

    assert "时区不认得" in page


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
    add_file(client, calendar(1))

    response = client.post("/calendars", {"do": "add_file", "calendar": SimpleUploadedFile("work.ics", content)})

    assert response.status_code == 422
    assert reason in response.content.decode()
    assert Busy.objects.count() == 1


def test_there_is_a_most_of_calendars(as_: AsPerson, people: People) -> None:
    for number in range(kept.MOST):
        keep_busy(people.leader)
        Calendar.objects.filter(name="work.ics").update(name=f"{number}.ics")
    client = as_(people.leader)

    for form in ({"do": "add_address", "address": "https://example.com/a.ics"}, {"do": "add_file"}):
        response = client.post("/calendars", form | ({"calendar": calendar(1)} if form["do"] == "add_file" else {}))
        assert response.status_code == 422
    assert people.leader.calendars.count() == kept.MOST


# --- what counts ---


@pytest.fixture
def mixed(people: People) -> Calendar:
    """Tomorrow 9 to 10 firm, 14 to 15 tentative; the day after whole, and 11 to 12 in it."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)

    def hours(start: float, end: float) -> tuple[datetime, datetime]:
        return midnight + timedelta(hours=start), midnight + timedelta(hours=end)

    calendar = keep_busy(people.leader, hours(33, 34), (*hours(38, 39), True), hours(59, 60))
    Busy.objects.create(calendar=calendar, start=hours(48, 72)[0], end=hours(48, 72)[1], whole_day=True)
    return calendar


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"counts": "all"}, [(33, 34, False), (38, 39, True), (48, 72, False)]),
        ({"counts": "timed"}, [(33, 34, False), (38, 39, True), (59, 60, False)]),
        ({"counts": "all", "soft_is_busy": "on"}, [(33, 34, False), (38, 39, False), (48, 72, False)]),
        ({"counts": "none"}, []),
    ],
)
def test_a_calendar_counts_as_its_owner_says(
    as_: AsPerson, people: People, mixed: Calendar, chosen: dict[str, str], expected: list[object]
) -> None:
    as_(people.leader).post("/calendars", {"do": "save", "id": mixed.pk, "name": "工作", **chosen})

    assert busy_hours(people.leader) == expected
    mixed.refresh_from_db()
    people.leader.refresh_from_db()
    assert mixed.name == "工作"
    # Without a calendar that counts the leader has none: moments then follow working time alone.
    assert (people.leader.calendar_taken_at is None) == (chosen["counts"] == "none")


def test_firm_time_of_one_calendar_goes_before_soft_time_of_another(people: People, mixed: Calendar) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    keep_busy(people.leader, (midnight + timedelta(hours=38.5), midnight + timedelta(hours=40)))
    assert busy_hours(people.leader)[1:3] == [(38, 38.5, True), (38.5, 40, False)]


@pytest.mark.parametrize("form", [{"do": "save", "counts": "half"}, {"do": "nonsense"}, {}, {"do": "choose"}])
def test_a_form_that_makes_no_sense_changes_nothing(
    as_: AsPerson, people: People, mixed: Calendar, form: dict[str, str]
) -> None:
    assert as_(people.leader).post("/calendars", {"id": mixed.pk, **form}).status_code == 422
    assert len(busy_hours(people.leader)) == 3


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1", "²"])
def test_a_calendar_that_is_not_there_is_no_calendar(as_: AsPerson, people: People, number: str) -> None:
    assert as_(people.leader).post("/calendars", {"do": "remove", "id": number}).status_code == 422


@pytest.mark.parametrize("do", ["save", "again", "remove", "choose"])
def test_nobody_else_sees_or_changes_a_calendar(as_: AsPerson, people: People, mixed: Calendar, do: str) -> None:
    Calendar.objects.filter(pk=mixed.pk).update(name="心理咨询")
    for other in (people.requester, people.organiser, people.stranger):
        client = as_(other)
        assert client.post("/calendars", {"do": do, "id": mixed.pk, "counts": "none"}).status_code == 422
        assert "心理咨询" not in text_of(client)
    assert "心理咨询" not in text_of(as_(people.organiser), f"/people/{people.leader.pk}")
    mixed.refresh_from_db()
    assert (mixed.name, mixed.counts, mixed.busy.count()) == ("心理咨询", "all", 4)


def test_the_requester_sees_busy_and_not_which_calendar(
    as_: AsPerson, people: People, matter: Matter, mixed: Calendar
) -> None:
    Calendar.objects.filter(pk=mixed.pk).update(name="心理咨询")
    page = text_of(as_(people.requester), f"/matters/{matter.pk}/time")
    assert "忙 " in page
    assert "心理咨询" not in page


def test_ones_own_week_says_which_calendar_blocks(as_: AsPerson, people: People) -> None:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, hours=9)
    for name, hours in (("工作", 0), ("家里", 2)):
        begins = start + timedelta(hours=hours)
        row = keep_busy(people.leader, (begins, begins + timedelta(hours=1)))
        Calendar.objects.filter(pk=row.pk).update(name=name)
    page = text_of(as_(people.leader))
    assert "工作：忙 09:00–10:00；家里：忙 11:00–12:00" in page
    assert "每天从上到下：工作、家里" in page


def test_what_is_past_and_still_kept_is_shown_too(as_: AsPerson, people: People) -> None:
    start = timezone.now() - timedelta(days=40)
    keep_busy(people.leader, (start, start + timedelta(hours=1)))
    assert "1 段忙的时间" in text_of(as_(people.leader))


def test_the_number_of_queries_does_not_grow_with_the_calendars(as_: AsPerson, people: People, mixed: Calendar) -> None:
    client = as_(people.leader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/calendars")
        return len(seen)

    client.get("/calendars")
    with_one = queries()
    for _ in range(3):
        keep_busy(people.leader, (timezone.now(), timezone.now() + timedelta(hours=1)))
    assert queries() == with_one


# --- addresses ---


def test_an_address_is_fetched_by_the_worker_and_its_state_shown(as_: AsPerson, people: People, feed: Feed) -> None:
    client = as_(people.leader)
    response = client.post("/calendars", {"do": "add_address", "address": feed.address}, follow=True)
    assert "正在取，一般几秒钟。" in response.content.decode()
    assert 'class="week"' not in response.content.decode()  # an empty week would say that all is free
    assert feed.got == []  # the web process speaks to nobody
    feed.content = ics(30)
    fetch_due()
    page = text_of(client)
    assert "1 段忙的时间" in page
    assert "127.0.0.1" in page  # what it is called until its owner calls it something else
    assert "private-4711" not in page


def test_a_refused_address_is_not_shown_again(as_: AsPerson, people: People) -> None:
    form = {"do": "add_address", "address": "http://example.com/very-secret.ics", "address_name": "工作"}
    response = as_(people.leader).post("/calendars", form)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="address-error"' in page
    assert "very-secret" not in page
    assert 'value="工作"' in page


def test_a_trouble_is_told_with_what_to_do_and_nothing_is_mailed(
    as_: AsPerson, people: People, feed: Feed, settings
) -> None:
    client = as_(people.leader)
    client.post("/calendars", {"do": "add_address", "address": feed.address})
    settings.CALENDAR_HOSTS = []
    fetch_due()
    assert "HUITONG_CALENDAR_HOSTS" in text_of(client)
    assert not people.leader.outbox.exists()
    settings.CALENDAR_HOSTS = [feed.host]
    feed.content = ics(30)
    client.post("/calendars", {"do": "again", "id": people.leader.calendars.get().pk})
    fetch_due()
    assert "1 段忙的时间" in text_of(client)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", sorted({*refresh.FOR_ITS_OWNER, "calendar", "status", "slow", "ours", "unheard of"}))
def test_every_trouble_has_words(as_: AsPerson, people: People, code: str, language: str) -> None:
    row = keep_busy(people.leader)
    trouble = {"code": code, "zh": "第 3 行不对。", "en": "Line 3 is wrong.", "number": "500"}
    Calendar.objects.filter(pk=row.pk).update(trouble=trouble, kind="address")
    client = as_(people.leader)
    client.cookies["language"] = language
    page = client.get("/calendars").content.decode()
    told = re.search(r'<p class="wrong" role="alert">(.*?)</p>', page)
    assert told
    assert "%" not in told[1]
    assert len(told[1]) > 9
    if code == "calendar":
        assert ("Line 3" if language == "en" else "第 3 行") in told[1]


def test_every_trouble_that_is_raised_is_known_to_the_pages() -> None:
    source = "".join(path.read_text() for path in Path(package.__path__[0]).rglob("*.py"))
    raised = set(re.findall(r'Trouble\(\s*"(\w+)"', source)) | set(re.findall(r'asks="(\w+)"', source))
    assert len(raised) > 10
    assert raised <= set(TROUBLES)


@pytest.mark.parametrize("kind", ["file", "address", "caldav", "google"])
def test_removing_a_calendar_removes_all_of_it(as_: AsPerson, people: People, mixed: Calendar, kind: str) -> None:
    Calendar.objects.filter(pk=mixed.pk).update(kind=kind, sealed=sealing.seal({"refresh": "token"}))

    as_(people.leader).post("/calendars", {"do": "remove", "id": mixed.pk})

    people.leader.refresh_from_db()
    assert not Busy.objects.exists()
    assert not Calendar.objects.exists()
    assert people.leader.calendar_taken_at is None


def test_a_person_of_the_sample_house_connects_nothing(as_: AsPerson, people: People) -> None:
    Person.objects.update(is_sample=True)
    client = as_(people.leader)
    page = text_of(client)
    assert 'name="address"' not in page
    for form in (
        {"do": "add_address", "address": "https://example.com/a.ics"},
        {"do": "add_caldav", "server": "https://example.com", "user": "a", "password": "b"},
        {"do": "leave", "kind": "google"},
    ):
        assert client.post("/calendars", form).status_code == 422
    assert not Calendar.objects.exists()


# --- CalDAV ---


def test_a_password_is_never_shown_again_and_what_else_was_typed_stays(as_: AsPerson, people: People) -> None:
    form = {"do": "add_caldav", "server": "https://dav.example.com", "user": "g:ao", "password": "app-password"}
    response = as_(people.leader).post("/calendars", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert "app-password" not in page
    assert 'value="https://dav.example.com"' in page


def test_one_chooses_among_the_calendars_of_a_server(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)
    row = connecting.add_caldav(people.leader, "https://dav.example.com", "gao", "app-password")
    found = [{"name": n, "href": f"https://dav.example.com/{n}/"} for n in ("work", "home", "team")]
    secret = sealing.unseal(row.sealed) | {"choices": found}
    Calendar.objects.filter(pk=row.pk).update(sealed=sealing.seal(secret), trouble={"code": "choose"}, due_at=None)
    assert all(f"<span>{name}</span>" in text_of(client) for name in ("work", "home", "team"))
    refused = client.post("/calendars", {"do": "choose", "id": row.pk})
    assert (refused.status_code, "请至少选一个日历" in refused.content.decode()) == (422, True)
    client.post("/calendars", {"do": "choose", "id": row.pk, "choice": ["0", "2", "77", "x"]})
    assert sorted(people.leader.calendars.values_list("name", flat=True)) == ["team", "work"]
    for each in people.leader.calendars.all():
        assert sealing.unseal(each.sealed)["collection"] == f"https://dav.example.com/{each.name}/"
        assert each.due_at is not None


# --- Google and Microsoft 365 ---


@pytest.fixture
def set_up(settings) -> None:
    settings.GOOGLE_CLIENT = settings.MICROSOFT_CLIENT = ("client-id", "client-secret")


def begin(client: Client, kind: str = "google") -> tuple[str, str]:
    """The page that leads there, and the state that has to come back."""
    page = client.post("/calendars", {"do": "leave", "kind": kind, "mailbox": "gao@contoso.cn"}).content.decode()
    address = re.search(r'href="(https://(?:accounts|login)[^"]+)"', page)
    assert address
    return page, parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)["state"][0]


@pytest.mark.parametrize("kind", ["google", "microsoft"])
def test_leave_given_at_the_provider_becomes_a_calendar(as_: AsPerson, people: People, set_up, kind: str) -> None:
    client = as_(people.leader)
    page, state = begin(client, kind)
    assert "client-secret" not in page
    response = client.get("/calendars/return", {"state": state, "code": "the-code"})
    assert response.status_code == 302
    row = people.leader.calendars.get()
    secret = sealing.unseal(row.sealed)
    assert (row.kind, secret["code"], secret["mailbox"]) == (kind, "the-code", "gao@contoso.cn")
    assert row.due_at is not None
    again = client.get("/calendars/return", {"state": state, "code": "the-code"})
    assert again.status_code == 422
    assert people.leader.calendars.count() == 1


@pytest.mark.parametrize(
    "came", [{}, {"state": "forged", "code": "c"}, {"state": "例", "code": "c"}, {"code": "the-code"}]
)
def test_what_was_not_asked_for_here_connects_nothing(
    as_: AsPerson, people: People, set_up, came: dict[str, str]
) -> None:
    client = as_(people.leader)
    begin(client)
    assert client.get("/calendars/return", came).status_code == 422
    assert not Calendar.objects.exists()


def test_leave_asked_for_by_one_is_not_given_to_another(as_: AsPerson, people: People, set_up) -> None:
    _, state = begin(as_(people.leader))
    assert as_(people.stranger).get("/calendars/return", {"state": state, "code": "c"}).status_code == 422
    assert not Calendar.objects.exists()


def test_a_no_at_the_provider_is_said(as_: AsPerson, people: People, set_up) -> None:
    client = as_(people.leader)
    _, state = begin(client)
    response = client.get("/calendars/return", {"state": state, "error": "access_denied"})
    assert response.status_code == 422
    assert "什么都没有连上" in response.content.decode()
    assert not Calendar.objects.exists()


def test_a_provider_that_the_house_has_not_set_up_is_not_there(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)
    assert "Google" not in text_of(client)
    assert client.post("/calendars", {"do": "leave", "kind": "google"}).status_code == 422


# --- in a browser ---


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_connected_address_shows_the_week_which_follows_the_feed(
    browse: Callable[..., Page], people: People, feed: Feed, screen: str
) -> None:
    def hours_until(hour: int) -> float:
        day = timezone.localtime() + timedelta(days=2)
        return (day.replace(hour=hour, minute=0, second=0, microsecond=0) - HOUR) / timedelta(hours=1)

    feed.content = ics(hours_until(9))
    page = browse(people.leader, "/me", screen=screen)
    page.get_by_role("link", name="连一个日历").click()
    page.get_by_label("地址", exact=True).fill(feed.address)
    page.get_by_label("名称").fill("工作")
    page.get_by_role("button", name="连上").first.click()
    expect(page.get_by_text("正在取，一般几秒钟。")).to_be_visible()

    worker = refresh.Refresher("test:")
    worker.start()
    try:
        expect(page.locator(".week rect.busy")).to_have_count(1)  # the page looks again by itself
        expect(page.get_by_text("工作：忙 09:00–10:00")).to_be_attached()
        before = page.locator(".week rect.busy").get_attribute("x")

        feed.content = ics(hours_until(15))
        page.get_by_role("button", name="现在取一次").click()
        expect(page.get_by_text("工作：忙 15:00–16:00")).to_be_attached()
    finally:
        worker.stop()
    assert page.locator(".week rect.busy").get_attribute("x") != before
    assert fits(page)

    page.get_by_role("button", name="删掉").click()
    expect(page.get_by_text("还没有连日历。")).to_be_visible()
    assert not Calendar.objects.exists()
