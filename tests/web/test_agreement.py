"""A way of communicating, agreed by both heads and looked at again after a month."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters import coordinate, promises
from huitong.records.models import Agreement, Matter, Outbox, Person

from .conftest import Decided, People
from .pages import LIVES, fits, insist, later, link_to, path_of, second_look
from .pages import answer as reply

PARTS = {"a-ours": "许宁", "a-theirs": "李工", "a-channel": "急事打电话，其余发邮件", "a-within": "一个工作日内"}
WHO = {"a-head": "王经理", "a-email": "wang@example.com"}


def draft(client: Client, matter: Matter, **fields: str) -> object:
    typed = {"do": "agreement", **WHO, **PARTS, "a-where": "规格找李工\n付款找王经理"} | fields
    return client.post(f"/matters/{matter.pk}/coordinate", typed)


def agreeing(person: Person) -> str:
    return path_of(link_to(person, "agreement"))


@pytest.fixture
def proposed(agreed_to: Decided, as_: Callable[[Person], Client], people: People) -> Agreement:
    matter = agreed_to("约定沟通机制")
    draft(as_(people.requester), matter)
    return Agreement.objects.get()


@pytest.fixture
def holds(proposed: Agreement, people: People) -> Agreement:
    for person in (people.leader, people.counterpart):
        reply(Client(), agreeing(person), do="yes")
    proposed.refresh_from_db()
    return proposed


def sent_to(person: Person, kind: str) -> list[Outbox]:
    return list(Outbox.objects.filter(person=person, kind=kind).exclude(state="withdrawn").order_by("pk"))


def test_it_holds_once_both_heads_have_said_yes_to_the_same_text(proposed: Agreement, people: People) -> None:
    reply(Client(), agreeing(people.counterpart), do="yes")
    proposed.refresh_from_db()
    assert proposed.holds_at is None
    reply(Client(), agreeing(people.leader), do="yes")
    proposed.refresh_from_db()
    assert proposed.holds_at is not None
    assert proposed.review_on == timezone.localdate() + timedelta(days=30)
    for person in (people.requester, people.leader, people.counterpart):
        told = [row for row in sent_to(person, "agreement_news") if "定下来了" in row.payload["title"]]
        assert len(told) == 1
        assert "规格找李工" in "".join(told[0].payload["before"])
        assert len(sent_to(person, "agreement_review")) == 1


def test_a_new_version_asks_both_again_and_the_old_link_says_so(
    proposed: Agreement, people: People, as_: Callable[[Person], Client]
) -> None:
    old = agreeing(people.leader)
    reply(Client(), old, do="yes")
    assert reply(Client(), agreeing(people.counterpart), do="change", words="").status_code == 422
    reply(Client(), agreeing(people.counterpart), do="change", words="答复要两个工作日")
    shown = as_(people.requester).get(f"/matters/{proposed.matter_id}/coordinate").content.decode()
    assert "答复要两个工作日" in shown
    draft(as_(people.requester), proposed.matter, **{"a-within": "两个工作日内"})
    assert insist(old, do="yes") == 409
    assert "已经有了新的一份" in Client().get(old).content.decode()
    newest = Agreement.objects.get(ended_at=None)
    assert (newest.number, newest.within, newest.answers.count()) == (2, "两个工作日内", 0)
    waiting = sent_to(people.leader, "agreement_ask")
    assert {row.link.agreement_id for row in waiting if row.state == "waiting"} == {newest.pk}


def test_who_does_not_answer_is_reminded_once_and_who_has_is_not(proposed: Agreement, people: People) -> None:
    later_ones = Outbox.objects.filter(kind="agreement_ask", due_at__gt=timezone.now(), state="waiting")
    assert {row.person for row in later_ones} == {people.leader, people.counterpart}
    reply(Client(), agreeing(people.counterpart), do="yes")
    assert {row.person for row in later_ones.all()} == {people.leader}


def test_after_a_month_both_see_the_same_figures_and_the_requester_settles_it(
    holds: Agreement, people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = Matter.objects.get(pk=holds.matter_id)
    coordinate.send_note(
        matter, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="王经理，您好"
    )
    note = matter.notes.get()
    coordinate.answer_note(note, answer="yes", day=None, who="", words="好")
    made = promises.promise(
        matter,
        people.requester,
        side="ours",
        owner_name="许宁",
        owner_email="",
        what="给规格",
        day=timezone.localdate() + timedelta(days=2),
    )
    promises.keep_promise(made, by=people.requester)
    assert insist(agreeing(people.leader), do="keeps") == 422  # not yet
    later(monkeypatch, days=31)
    pages = [Client().get(agreeing(person)).content.decode() for person in (people.leader, people.counterpart)]
    for page in pages:
        assert "发过 1 份说明，答复了 1 份" in page.replace("\u00a0", " ")
        assert "按日子办好 1 项" in page.replace("\u00a0", " ")
    reply(Client(), agreeing(people.counterpart), do="change", words="改成周三碰一次头")
    client, where = as_(people.requester), f"/matters/{matter.pk}/coordinate"
    assert "改成周三碰一次头" in client.get(where).content.decode()
    assert client.post(where, {"do": "agreement_review", "outcome": "ends"}).status_code == 302
    holds.refresh_from_db()
    assert holds.outcome == "ends"
    assert holds.ended_at is not None
    for person in (people.leader, people.counterpart):
        assert sent_to(person, "agreement_news")[-1].payload["title"].startswith("沟通约定不用了，谢谢您")
        assert not [row for row in sent_to(person, "agreement_review") if row.state == "waiting"]
    assert insist(agreeing(people.leader), do="yes") == 409


@pytest.mark.parametrize("field", [*PARTS, "a-head"])
def test_a_draft_that_lacks_something_is_kept_and_named(
    agreed_to: Decided, as_: Callable[[Person], Client], people: People, field: str
) -> None:
    matter = agreed_to("约定沟通机制")
    response = draft(as_(people.requester), matter, **({"a-where": "合同找法务"} | {field: " "}))
    assert response.status_code == 422
    page = response.content.decode()
    assert "合同找法务" in page
    assert re.search(rf'<input id="{field}"[^>]*aria-invalid="true"', page)
    assert not Agreement.objects.exists()


def test_the_other_department_sees_nothing_of_the_request(proposed: Agreement, people: People) -> None:
    page = Client().get(agreeing(people.counterpart)).content.decode()
    letters = "".join(str(row.payload) for row in sent_to(people.counterpart, "agreement_ask"))
    for internal in ("场租", "比价", "与王经理通个电话", "确定搭建物料交期"):
        assert internal not in page + letters


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_way_of_communicating_is_agreed_and_looked_at_again(
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
    matter = agreed_to("约定沟通机制" if zh else "Agree on a way of working")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#a-channel", "急事打电话，其余发邮件" if zh else "By phone if urgent, else by e-mail")
    desk.fill("#a-within", "一个工作日内" if zh else "One working day")
    assert fits(desk)
    desk.locator("form:has(#a-channel) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()

    for person in (people.leader, people.counterpart):
        phone = open_page(screen, locale=locale)
        phone.goto(site + agreeing(person))
        if screen != "desktop" and person == people.counterpart:
            picture(phone, "agreement", language)
        assert fits(phone)
        phone.click("button[name=do][value=yes]")
        second_look(phone)
    desk.reload()
    expect(desk.locator("section:has(#agreement) p.kept")).to_be_visible()

    later(monkeypatch, days=31)
    for person in (people.leader, people.counterpart):
        phone = open_page(screen, locale=locale)
        phone.goto(site + agreeing(person))
        phone.click("button[name=do][value=keeps]")
        second_look(phone)
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    if zh and screen == "desktop":
        picture(desk, "agreed", language)
    desk.click("button[name=outcome][value=keeps]")
    expect(desk.locator(".kept").first).to_be_visible()
    assert Agreement.objects.get().outcome == "keeps"
