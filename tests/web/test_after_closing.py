"""After closing: both sides say in a minute how it went, once; a month later the requester looks back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters import close, coordinate, decide, feedback, prepare
from huitong.matters.followed import overview
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Answer, Feedback, LookBack, Matter, Outbox, Person, Request

from .conftest import People
from .pages import LIVES, confirm, fits, later, link_to, path_of, second_look
from .pages import answer as reply

PICKED = {"settled": "yes", "working": "easy"}


@pytest.fixture
def noted(asked: Request, people: People) -> Matter:
    """Agreed to, the counterpart has a note, and the requester promised to do better."""
    matter = asked.matter
    said = {"value": "以后提前两周打招呼\n每周对一次表", "saved_at": timezone.now()}
    Answer.objects.update_or_create(matter=matter, question="improvement", defaults=said)
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="link")
    decide.send_now(decision, by=people.leader)
    matter = Matter.objects.get(pk=matter.pk)
    who = {"name": "王经理", "email": "wang@example.com"}
    coordinate.send_note(matter, people.requester, subject="请采购部协助", text="王经理，您好", **who)
    return matter


@pytest.fixture
def closed(noted: Matter, people: People) -> Matter:
    close.close(noted, people.requester, outcome="三天定标", settled=True, days=12)
    return Matter.objects.get(pk=noted.pk)


def path(person: Person) -> str:
    return path_of(link_to(person, "feedback"))


def asking() -> set[tuple[Person, str]]:
    return {(row.person, row.state) for row in Outbox.objects.filter(kind="feedback_ask")}


def test_leader_and_counterpart_are_asked_once_after_the_time_for_slips(closed: Matter, people: People) -> None:
    assert asking() == {(people.leader, "waiting"), (people.counterpart, "waiting")}
    for row in Outbox.objects.filter(kind="feedback_ask"):
        assert row.due_at >= timezone.now() + timedelta(minutes=9)
    close.reopen(closed, people.requester)
    assert {state for _person, state in asking()} == {"withdrawn"}
    assert not LookBack.objects.exists()
    closed.refresh_from_db()
    close.close(closed, people.requester, outcome="三天定标", settled=True, days=12)
    assert asking() == {(people.leader, "waiting"), (people.counterpart, "waiting")}
    assert Outbox.objects.filter(kind="feedback_ask").count() == 2


def test_a_matter_that_nobody_was_asked_about_asks_nobody(matter: Matter, people: People) -> None:
    close.close(matter, people.requester, outcome="不办了", settled=False, days=1)
    assert asking() == set()
    assert not LookBack.objects.exists()


def test_what_one_picks_is_shown_to_nobody_and_counted_from_three_on(
    closed: Matter, people: People, as_: Callable[[Person], Client]
) -> None:
    reply(Client(), path(people.counterpart), settled="partly", working="hard", words="太赶", shared="")
    client, where = as_(people.requester), f"/matters/{closed.pk}/close"
    page = client.get(where).content.decode()
    assert "太赶" not in page
    assert feedback.summary(closed) is None
    reply(Client(), path(people.leader), **PICKED, words="办得好", shared="1")
    page = client.get(where).content.decode()
    assert "办得好" in page
    assert "太赶" not in page
    assert client.post(where, {"do": "feedback", **PICKED, "words": ""}).status_code == 302
    said = feedback.summary(closed)
    assert said is not None
    assert said.answered == 3
    assert (dict(said.settled), dict(said.working)) == ({"partly": 1, "yes": 2}, {"hard": 1, "easy": 2})
    assert [words for _name, words in said.words] == ["办得好"]


def test_words_that_may_be_read_are_read_by_requester_and_leader_alone(
    closed: Matter, people: People, as_: Callable[[Person], Client]
) -> None:
    reply(Client(), path(people.counterpart), **PICKED, words="下次早点说就好", shared="1")
    for person, page in ((people.requester, f"/matters/{closed.pk}/close"), (people.leader, "")):
        where = page or path_of(link_to(person))
        assert "下次早点说就好" in as_(person).get(where).content.decode()
    assert "下次早点说就好" not in Client().get(path(people.leader)).content.decode()


@pytest.mark.parametrize(
    "typed", [{"settled": "yes"}, {"working": "easy"}, {"settled": "great", "working": "easy"}, {}]
)
def test_both_taps_are_needed(closed: Matter, people: People, typed: dict[str, str]) -> None:
    response = Client().post(path(people.counterpart), typed | {"words": "写了一句"})
    assert response.status_code == 422
    assert "写了一句" in response.content.decode()
    assert not Feedback.objects.exclude(given_at=None).exists()


def test_while_the_matter_goes_on_nothing_is_taken(closed: Matter, people: People) -> None:
    client, where = Client(), path(people.counterpart)
    close.reopen(closed, people.requester)
    assert confirm(client, where, client.post(where, PICKED)).status_code == 409
    assert "接着办" in client.get(where).content.decode()


def test_a_month_later_the_requester_looks_back_and_it_goes_with_the_precedent(
    closed: Matter, people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, where = as_(people.requester), f"/matters/{closed.pk}/close"
    assert "一个月后的回看" not in client.get(where).content.decode()
    [letter] = Outbox.objects.filter(kind="look_back", state="waiting")
    assert "以后提前两周打招呼" in "".join(letter.payload["before"])
    later(monkeypatch, days=31)
    client = as_(people.requester)
    page = client.get(where).content.decode()
    assert page.count('class="chips"') >= 2
    assert client.post(where, {"do": "look_back", "state-0": "kept"}).status_code == 422
    typed = {"do": "look_back", "state-0": "kept", "state-1": "partly", "back_words": "先问清比价要几家"}
    assert client.post(where, typed).status_code == 302
    row = LookBack.objects.get()
    assert [item["state"] for item in row.items] == ["kept", "partly"]
    new = prepare.open_matter(people.requester)
    prepare.save_answers(new, people.requester, {"matter": ("新品发布会搭建物料采购", prepare.mark(""))})
    assert close.precedents_for(Matter.objects.get(pk=new.pk))[0][0] == closed


def test_days_from_stuck_to_settled_are_one_figure_for_the_leader(closed: Matter, people: People) -> None:
    told = overview(people.leader)
    assert (told.closed, told.days) == (1, 12)


@pytest.mark.points("2.9", "3.7", "3.10")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_matter_is_closed_and_both_sides_say_how_it_went(
    closed: Matter,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    picture: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    screen: str,
) -> None:
    Person.objects.update(language=language)
    locale, site = "zh-CN" if language == "zh" else "en-GB", str(live_server)
    for person in (people.counterpart, people.leader):
        phone = open_page(screen, locale=locale)
        phone.goto(site + path(person))
        phone.locator("input[name=settled][value=yes]").check(force=True)
        phone.locator("input[name=working][value=easy]").check(force=True)
        if screen != "desktop" and language == "zh" and person == people.leader:
            picture(phone, "feedback", language)
        phone.locator("form:has(#f-words) button.button").click()
        second_look(phone)
        assert fits(phone)
    later(monkeypatch, days=31)
    desk = browse(people.requester, f"/matters/{closed.pk}/close", screen=screen, locale=locale)
    for number in (0, 1):
        desk.locator(f"input[name=state-{number}][value=kept]").check(force=True)
    if screen == "desktop" and language == "zh":
        picture(desk, "look-back", language)
    desk.locator("form:has(#b-words) button.button").last.click()
    expect(desk.locator(".kept").first).to_be_visible()
    assert LookBack.objects.get().given_at
    assert fits(desk)
    assert re.search("一个月|month", desk.locator("main").inner_text())
