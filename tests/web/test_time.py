"""The time page: the leader's week, suggested moments with reasons, and how the request goes out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters import prepare
from huitong.matters.moments import suggest
from huitong.matters.request import current_request, latest_version
from huitong.records.models import Busy, Matter, Outbox, Person, Request
from tests.busy import keep_busy
from tests.web.conftest import FACTS, People

from .pages import fits


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


@pytest.fixture
def busy_leader(people: People) -> Person:
    """Busy from 9 to 17 on every day but the second from now, tentative on the third."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [(day, midnight + timedelta(days=day, hours=9)) for day in range(25) if day != 2]
    keep_busy(people.leader, *((start, start + timedelta(hours=8), day == 3) for day, start in starts))
    return people.leader


def choice(matter: Matter, **more: str) -> dict[str, str]:
    return {"moment": suggest(matter)[0].start.isoformat(), "way": "mail", "go": "set"} | more


def at(matter: Matter) -> str:
    return f"/matters/{matter.pk}/time"


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
def test_the_week_and_the_reasons_come_from_the_leaders_calendar(
    client: Client, matter: Matter, busy_leader: Person
) -> None:
    page = client.get(at(matter))
    text = page.content.decode()
    assert 'class="busy"' in text
    assert 'class="soft"' in text
    assert "忙 09:00–17:00" in text
    first = suggest(matter)[0]
    assert first.reasons[0] in text
    assert first.start.isoformat() in text
    assert "忙闲取自高总的日历" in text


def test_without_a_calendar_it_says_what_the_moments_rest_on(client: Client, matter: Matter) -> None:
    text = client.get(at(matter)).content.decode()
    assert "没有高总的日历，按工作时间和节假日推算" in text
    assert "日历可由领导本人或管理员添加" in text


def test_looking_writes_nothing(client: Client, matter: Matter) -> None:
    before = Matter.objects.values().get(pk=matter.pk)
    client.get(at(matter))
    assert Matter.objects.values().get(pk=matter.pk) == before
    assert not Request.objects.exists()


def test_a_suggested_moment_is_set_with_its_reasons(client: Client, matter: Matter) -> None:
    moment = suggest(matter)[0]
    assert client.post(at(matter), choice(matter)).status_code == 302
    asked = current_request(matter)
    assert asked.deliver_at == moment.start
    assert asked.reasons == list(moment.reasons)
    assert Outbox.objects.get(kind="request", state="waiting").due_at == moment.start
    assert "定好了" in client.get(at(matter)).content.decode()


def test_the_report_goes_out_where_that_is_chosen(client: Client, matter: Matter) -> None:
    client.post(at(matter), choice(matter, channel="report"))
    assert latest_version(current_request(matter)).channel == "report"


def test_ones_own_moment_is_taken_in_ones_own_time_zone(client: Client, matter: Matter, people: People) -> None:
    people.requester.time_zone = "Europe/Berlin"
    people.requester.save()
    day = timezone.localdate() + timedelta(days=3)
    client.post(at(matter), choice(matter, moment="own", at=f"{day}T16:00"))
    assert current_request(matter).deliver_at == datetime.fromisoformat(f"{day}T16:00+01:00")


@pytest.mark.parametrize(
    ("typed", "zone", "told"),
    [
        ("2020-01-01T10:00", "Asia/Shanghai", "已经过去"),
        ("2099-01-01T10:00", "Asia/Shanghai", "太远了"),
        ("", "Asia/Shanghai", "请写明日子和钟点"),
        ("明天下午", "Asia/Shanghai", "请写明日子和钟点"),
        ("2027-03-28T02:30", "Europe/Berlin", "没有这个钟点"),
        ("2027-10-31T02:30", "Europe/Berlin", "有两次"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_kept_in_its_field(
    client: Client, matter: Matter, people: People, typed: str, zone: str, told: str
) -> None:
    people.requester.time_zone = zone
    people.requester.save()
    page = client.post(at(matter), choice(matter, moment="own", at=typed, way="person"))
    assert page.status_code == 422
    text = page.content.decode()
    assert told in text
    assert 'aria-describedby="at-error"' in text
    assert not typed or f'value="{typed}"' in text
    assert 'value="person" checked' in text
    assert not Request.objects.exists()


def test_mail_needs_an_address_and_says_where_to_write_it(
    client: Client, matter: Matter, people: People, answer: Callable[..., None]
) -> None:
    Person.objects.filter(pk=people.leader.pk).update(email="")
    marks = {"leader.email": ("", prepare.mark(FACTS["leader.email"]))}
    prepare.save_answers(matter, people.requester, marks)
    page = client.post(at(matter), choice(matter))
    assert page.status_code == 422
    assert f"/matters/{matter.pk}/prepare/who#leader" in page.content.decode()
    assert client.post(at(matter), choice(matter, way="person")).status_code == 302


def test_until_it_is_sent_it_can_be_changed_and_taken_back(client: Client, matter: Matter) -> None:
    client.post(at(matter), choice(matter))
    client.post(at(matter), choice(matter, moment=suggest(matter)[1].start.isoformat(), way="chat"))
    assert current_request(matter).way == "chat"
    assert not Outbox.objects.filter(kind="request", state="waiting").exists()
    client.post(at(matter), {"go": "take_back"})
    assert current_request(matter) is None
    # That nothing is set any more is worth a warning, in time.
    assert {row.kind for row in Outbox.objects.filter(state="waiting")} <= {"warn_moment"}


def test_once_it_is_with_the_leader_nothing_is_changed(client: Client, asked: Request, matter: Matter) -> None:
    assert client.post(at(matter), {"go": "take_back"}).status_code == 409
    assert client.post(at(matter), choice(matter, way="chat")).status_code == 409
    assert current_request(matter).way == "mail"


def test_now_in_person_leads_to_the_speaking_card(client: Client, matter: Matter) -> None:
    page = client.post(at(matter), choice(matter, way="person", go="now"))
    assert page["Location"] == f"/matters/{matter.pk}/speak"
    assert current_request(matter).deliver_at <= timezone.now()


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART:{day}T020000Z
DTEND:{day}T030000Z
SUMMARY:谈薪
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_of_a_leader_typed_in_is_read_into_busy_time_only(
    client: Client, people: People, prepared: Callable[..., Matter]
) -> None:
    people.requester.leader = None
    people.requester.save()
    people.leader.delete()
    matter = prepared(people.requester)
    day = (timezone.localdate() + timedelta(days=1)).strftime("%Y%m%d")
    file = SimpleUploadedFile("gao.ics", CALENDAR.format(day=day).encode())
    assert client.post(at(matter), {"go": "calendar", "calendar": file}).status_code == 302
    leader = Person.objects.get(name="高翔")
    assert Busy.objects.filter(calendar__person=leader).count() == 1
    text = client.get(at(matter)).content.decode()
    assert "忙闲取自高总的日历" in text
    assert "谈薪" not in text
    broken = SimpleUploadedFile("gao.ics", "不是日历".encode())
    page = client.post(at(matter), {"go": "calendar", "calendar": broken})
    assert page.status_code == 422
    assert "calendar-error" in page.content.decode()
    assert Busy.objects.filter(calendar__person=leader).count() == 1


def test_the_calendar_of_a_leader_of_the_house_is_not_the_requesters_to_add(client: Client, matter: Matter) -> None:
    file = SimpleUploadedFile("gao.ics", CALENDAR.format(day="20270104").encode())
    assert client.post(at(matter), {"go": "calendar", "calendar": file}).status_code == 409
    assert not Busy.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_calendar(
    client: Client, matter: Matter, people: People, busy_leader: Person
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(at(matter))
        return len(seen)

    client.get(at(matter))
    with_many = queries()
    Busy.objects.filter(pk__in=list(Busy.objects.values_list("pk", flat=True)[1:])).delete()
    assert queries() == with_many


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_the_week_is_drawn_without_a_style_attribute_and_a_moment_is_set(
    browse: Callable[..., Page], matter: Matter, people: People, busy_leader: Person, screen: str
) -> None:
    page = browse(people.requester, at(matter), screen=screen)
    assert "style=" not in page.locator("main").inner_html()
    row, bar = page.locator(".week tbody tr").first, page.locator(".week .busy").first
    shown, cell = bar.bounding_box(), row.locator("svg").bounding_box()
    if timezone.localtime().weekday() < 5:  # 9 to 17 of 8 to 18
        assert shown["x"] - cell["x"] == pytest.approx(0.1 * cell["width"], abs=2)
        assert shown["width"] == pytest.approx(0.8 * cell["width"], abs=2)
    assert fits(page)
    page.get_by_label("自己定").check()
    day = timezone.localdate() + timedelta(days=2)
    page.get_by_label("日子和钟点").fill(f"{day}T16:00")
    page.get_by_text("当面说", exact=True).click()
    page.get_by_role("button", name="就定这个时刻").click()
    expect(page).to_have_url(f"{page.url.split('/matters')[0]}/matters/{matter.pk}/speak")
    assert timezone.localtime(current_request(matter).deliver_at).hour == 16
