"""Both sides: the other department says how it looks from there, and the leader reads it beside the request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters import close, decide, views
from huitong.matters.errors import Incomplete, NotNow
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Matter, Outbox, Person, Request, View

from .conftest import FACTS, People
from .pages import LIVES, confirm, fits, link_to, path_of, second_look
from .pages import answer as reply

WORDS = "比价要三家，眼下只到了两家。\n给我们到 11 月 30 日最合适 <b>。"
INTERNAL = (FACTS["situation"], FACTS["importance"], FACTS["options.a1.title"], FACTS["options.b2.title"], "比价，未")


@pytest.fixture
def asked_for(asked: Request, people: People) -> View:
    return views.ask(asked.matter, people.requester, name="王经理", email="wang@example.com")


def path(people: People) -> str:
    return path_of(link_to(people.counterpart, "view"))


def test_they_are_asked_without_a_word_of_the_request(asked_for: View, people: People) -> None:
    [letter] = Outbox.objects.filter(kind="view_ask")
    page = Client().get(path(people)).content.decode()
    for internal in INTERNAL:
        assert internal not in str(letter.payload) + page
    assert "高总和许宁会看到您写的原话" in page
    assert letter.person == people.counterpart


def test_the_leader_reads_it_word_for_word_beside_the_request(asked_for: View, people: People) -> None:
    reply(Client(), path(people), text=WORDS)
    asked_for.refresh_from_db()
    assert asked_for.text == WORDS
    page = Client().get(path_of(link_to(people.leader))).content.decode()
    assert WORDS.replace("<", "&lt;").replace(">", "&gt;") in page
    told = Outbox.objects.filter(kind="view_given")
    assert {row.person for row in told} == {people.requester, people.leader}


def test_a_view_that_is_still_to_come_is_told_to_the_leader(asked_for: View, people: People) -> None:
    page = Client().get(path_of(link_to(people.leader))).content.decode()
    assert "许宁请王经理说说那边的情况，还没有写。您不必等；选“稍后再定”，一写就再请您看。" in page


def test_it_can_be_changed_until_the_leader_has_decided(asked_for: View, people: People) -> None:
    reply(Client(), path(people), text=WORDS)
    reply(Client(), path(people), text="已经到了三家")
    asked_for.refresh_from_db()
    assert asked_for.text == "已经到了三家"
    decision = decide.decide(asked_for.request, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    client = Client()
    response = client.post(path(people), {"text": "来不及了"})
    assert confirm(client, path(people), response).status_code == 409
    asked_for.refresh_from_db()
    assert asked_for.text == "已经到了三家"


def test_what_was_put_off_comes_back_with_it(asked_for: View, people: People) -> None:
    day = timezone.localdate() + timedelta(days=9)
    later = Choice(Verdict.LATER, 1, later_until=day)
    decide.send_now(decide.decide(asked_for.request, later, by=people.leader, how="account"), by=people.leader)
    reply(Client(), path(people), text=WORDS)
    request = Request.objects.get(pk=asked_for.request_id)
    assert request.later_until is None
    assert decide.standing_decision(request) is None


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
def test_a_view_that_is_none_is_refused_and_kept(asked_for: View, people: People, text: str) -> None:
    assert reply(Client(), path(people), text=text).status_code == 422
    asked_for.refresh_from_db()
    assert asked_for.given_at is None


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [("", "", "view_name"), ("陌生人", "", "view_email"), ("高翔", "gao@example.com", "view_name")],
)
def test_who_cannot_be_asked_is_named(asked: Request, people: People, name: str, email: str, field: str) -> None:
    with pytest.raises(Incomplete) as refused:
        views.ask(asked.matter, people.requester, name=name, email=email)
    assert refused.value.field == field
    assert not View.objects.exists()


def test_nobody_is_asked_twice_and_nobody_once_it_is_decided(asked_for: View, people: People) -> None:
    matter = asked_for.request.matter
    with pytest.raises(Incomplete, match="已经问过"):
        views.ask(matter, people.requester, name="王经理", email="wang@example.com")
    decision = decide.decide(asked_for.request, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    # As long as the leader can take it back, nobody can tell from here that there is an answer.
    assert views.may_ask(Matter.objects.get(pk=matter.pk))
    decide.send_now(decision, by=people.leader)
    with pytest.raises(NotNow):
        views.ask(matter, people.requester, name="李工", email="li@example.com")


def test_a_closed_matter_asks_no_more(asked_for: View, people: People) -> None:
    close.close(
        Matter.objects.get(pk=asked_for.request.matter_id), people.requester, outcome="不办了", settled=False, days=1
    )
    assert Outbox.objects.get(kind="view_ask").state == "withdrawn"
    client = Client()
    assert confirm(client, path(people), client.post(path(people), {"text": WORDS})).status_code == 409


@pytest.mark.points("1.8", "2.10")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_both_sides_stand_before_the_leader(
    asked: Request,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    picture: Callable[..., None],
    language: str,
    screen: str,
) -> None:
    Person.objects.update(language=language)
    zh = language == "zh"
    locale, site = "zh-CN" if zh else "en-GB", str(live_server)
    desk = browse(people.requester, f"/matters/{asked.matter_id}", screen=screen, locale=locale)
    desk.locator("section:has(#views) summary").click()
    desk.locator("form:has(#view_name) button.button").last.click()
    expect(desk.locator(".kept").first).to_be_visible()

    phone = open_page(screen, locale=locale)
    phone.goto(site + path(people))
    phone.fill("#text", "比价要三家，眼下只到了两家。" if zh else "We need three offers and have two.")
    if zh and screen != "desktop":
        picture(phone, "view", language)
    phone.locator("form:has(#text) button.button").click()
    second_look(phone)
    assert fits(phone)

    leader = open_page(screen, locale=locale)
    leader.goto(site + path_of(link_to(people.leader)))
    expect(leader.get_by_text("两家" if zh else "three offers").first).to_be_visible()
    if not zh and screen == "desktop":
        picture(leader, "both-sides", language)
    assert fits(leader)
    desk.reload()
    expect(desk.locator("section:has(#views) blockquote")).to_be_visible()
