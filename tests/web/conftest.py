"""A small house for the tests of the pages: five people with accounts, a prepared matter, one that was asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from huitong.matters import decide, prepare
from huitong.matters.request import delivered_by_mail, schedule
from huitong.records.models import Department, Matter, Outbox, Person, Request, User

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
FACTS = {
    "matter": "新品发布会搭建物料采购",
    "leader.name": "高翔",
    "leader.form_of_address": "高总",
    "leader.email": "gao@example.com",
    "other_department.name": "采购部",
    "other_department.contact": "李工",
    "other_department.head": "王经理",
    "other_department.email": "wang@example.com",
    "purpose": "确定搭建物料交期，赶上发布会",
    "situation": "11 月 9 日提交采购申请（单号 CG-2211），目前仍在比价",
    "importance": "物料晚到，搭建顺延，场租每天 2.4 万元",
    "options.a1.title": "召开协调会",
    "options.a1.minutes": "30",
    "options.a1.what_leader_does": "请王经理一起开会",
    "options.b2.title": "与王经理通个电话",
    "options.b2.minutes": "10",
    "options.b2.benefit": "最快",
    "commitments.d4.what": "提供完整规格",
    "commitments.d4.who": "许宁",
}


@dataclass(frozen=True, slots=True)
class People:
    requester: Person
    leader: Person
    counterpart: Person
    organiser: Person
    stranger: Person


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    # Limits against guessing are counted in the cache, which outlives a test.
    cache.clear()


@pytest.fixture
def people(db: None) -> People:
    """Everyone can sign in; the counterpart is in another department."""
    ours, theirs = Department.objects.create(name="市场部"), Department.objects.create(name="采购部")

    def person(name: str, email: str, department: Department, **more: object) -> Person:
        user = User.objects.create_user(email)
        return Person.objects.create(name=name, email=email, department=department, user=user, **more)

    leader = person("高翔", "gao@example.com", ours, form_of_address="高总", title="总监")
    return People(
        requester=person("许宁", "xu@example.com", ours, leader=leader),
        leader=leader,
        counterpart=person("王经理", "wang@example.com", theirs),
        organiser=person("管梅", "guan@example.com", ours, is_organiser=True),
        stranger=person("路远", "lu@example.com", theirs),
    )


@pytest.fixture
def answer() -> Callable[..., None]:
    """Answer questions of a matter as its page would: answer(matter, {field: text}), from nothing to this text."""

    def answer(matter: Matter, typed: dict[str, str]) -> prepare.Saved:
        return prepare.save_answers(matter, matter.requester, {k: (v, prepare.mark("")) for k, v in typed.items()})

    return answer


@pytest.fixture
def prepared(answer: Callable[..., None]) -> Callable[..., Matter]:
    """prepared(requester, title=..., days=21): a matter with facts, two options, a commitment and a deadline."""

    def make(requester: Person, title: str = FACTS["matter"], days: int = 21) -> Matter:
        matter = prepare.open_matter(requester)
        # What an organiser's reporting line has filled in already is the same; it is not typed again.
        day = timezone.localdate() + timedelta(days=days)
        answer(matter, FACTS | {"matter": title, "deadline": day.isoformat()})
        matter.refresh_from_db()
        return matter

    return make


@pytest.fixture
def matter(people: People, prepared: Callable[..., Matter]) -> Matter:
    """Prepared by the requester, nothing sent."""
    return prepared(people.requester)


@pytest.fixture
def asked(matter: Matter, people: People) -> Request:
    """The request has reached the leader by mail."""
    request = schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    send("request")
    request.refresh_from_db()
    request.matter.refresh_from_db()
    return request


Decided = Callable[..., Matter]


@pytest.fixture
def agreed_to(people: People, answer: Callable[..., None]) -> Decided:
    """agreed_to(title, words): the leader has agreed to an option of this title, with these words, and it holds."""

    def make(title: str, words: str = "") -> Matter:
        matter = prepare.open_matter(people.requester)
        own = {"options.a1.title": title, "options.a1.what_leader_does": ""}
        day = timezone.localdate() + timedelta(days=21)
        answer(matter, FACTS | own | {"deadline": day.isoformat()})
        matter.refresh_from_db()
        request = schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
        send("request")
        request.refresh_from_db()
        choice = decide.Choice(decide.Verdict.AGREE, 1, option=0, words=words)
        decide.send_now(decide.decide(request, choice, by=people.leader, how="account"), by=people.leader)
        return Matter.objects.get(pk=matter.pk)

    return make


@pytest.fixture
def speaking(people: People) -> Callable[[str], None]:
    """speaking("en"): everybody reads this language from now on."""

    def speak(language: str) -> None:
        Person.objects.all().update(language=language)

    return speak


def send(kind: str) -> list[Outbox]:
    """What the worker does for due rows of this kind, without a mail server."""
    rows = list(Outbox.objects.filter(kind=kind, state="waiting", due_at__lte=timezone.now()).select_related("link"))
    for row in rows:
        row.state, row.sent_at = "sent", timezone.now()
        with transaction.atomic():
            row.save()
            if kind == "request":
                delivered_by_mail(row)
    return rows


@pytest.fixture
def as_(people: People) -> Callable[[Person], Client]:
    """as_(person): a browser without scripts in which this person is signed in."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return signed_in


@pytest.fixture
def browse(live_server: object, open_page: Callable[..., Page], as_: Callable[[Person], Client]) -> Callable[..., Page]:
    """browse(person, "/path", screen="desktop"): a real browser in which this person is signed in, at this page."""

    def open_at(person: Person | None, path: str, *, screen: str = "desktop", **options: object) -> Page:
        page = open_page(screen, **options)
        if person:
            cookie = as_(person).cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url, "httpOnly": True}]
            )
        page.goto(live_server.url + path)
        return page

    return open_at


@pytest.fixture
def picture(pytestconfig: pytest.Config) -> Callable[..., None]:
    def picture(page: Page, name: str, language: str) -> None:
        """Keep what is seen, with `--update`; the name ends in the language and the width."""
        if pytestconfig.getoption("--update"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            short, width = language[:2], page.viewport_size["width"]
            page.screenshot(path=PICTURES / f"{name}.{short}.{width}.png", full_page=width > 800)

    return picture
