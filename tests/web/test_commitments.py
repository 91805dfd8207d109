"""Commitments as all their people see them: by link without an account, signed in, on a phone, in both languages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.coordination import commitments
from huitong.delivery import leases
from huitong.directory import links
from huitong.matters import coordinate, decide, promises
from huitong.records.models import Commitment, Link, Matter, Note, Outbox, Person, Request

from .conftest import FACTS, People
from .pages import LIVES, answer, asking, confirm, day, fits, later, link_to, path_of, say, second_look

WORDS = "先借两组展架，费用我来签"  # the leader's, to the requester
INTERNAL = (
    *(FACTS[k] for k in ("situation", "importance", "purpose")),
    *(FACTS[k] for k in ("options.a1.title", "options.b2.title", "options.a1.what_leader_does")),
    "比价",
    "场租",
    "高总",
    "高翔",
    WORDS,
)


@pytest.fixture
def decided(asked: Request, people: People) -> Matter:
    choice = decide.Choice(decide.Verdict.AGREE, 1, option=0, words=WORDS)
    decide.send_now(decide.decide(asked, choice, by=people.leader, how="account"), by=people.leader)
    return Matter.objects.get(pk=asked.matter_id)


@pytest.fixture
def note(decided: Matter, people: People) -> Note:
    who = {"name": "王经理", "email": "wang@example.com"}
    return coordinate.send_note(decided, people.requester, subject="请采购部协助", text="王经理，您好", **who)


def write_down(matter: Matter, people: People, *, days: int = 9, **more: object) -> Commitment:
    told: dict[str, object] = {"side": "theirs", "owner_name": "王经理", "owner_email": "wang@example.com"}
    told |= {"what": "给出交期", "day": timezone.localdate() + timedelta(days=days), "done_when": "收到交期单"}
    return coordinate.promise(matter, people.requester, **(told | more))


@pytest.fixture
def proposed(decided: Matter, people: People) -> Commitment:
    return write_down(decided, people)


def page_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def state(commitment: Commitment) -> str:
    return Commitment.objects.get(pk=commitment.pk).state


# --- by link ---


def test_the_owner_accepts_by_link_after_a_second_look_and_can_take_it_back(
    client: Client, proposed: Commitment, people: People
) -> None:
    path = asking(people.counterpart)
    shown = page_of(client, path)
    assert "给出交期" in shown
    assert "收到交期单" in shown
    assert answer(client, path, do="accept").status_code == 302
    assert state(proposed) == "open"
    assert 'value="undo"' in page_of(client, path)
    assert client.post(path, {"do": "undo"}).status_code == 302
    assert state(proposed) == "proposed"


def test_another_date_is_one_tap_for_the_requester_in_their_mail(
    client: Client, proposed: Commitment, people: People
) -> None:
    before = proposed.by
    answer(client, asking(people.counterpart), do="moved", to=day(14), words="等样品")
    proposed.refresh_from_db()
    assert (proposed.by, proposed.state) == (before, "proposed")
    requester = Client()
    assert "等样品" in page_of(requester, asking(people.requester))
    answer(requester, asking(people.requester), do="agree")
    proposed.refresh_from_db()
    assert (proposed.by.isoformat(), proposed.state) == (day(14), "open")
    assert client.post(asking(people.counterpart), {"do": "withdraw"}).status_code == 409  # too late


def test_it_is_handed_on_by_link_and_the_first_owner_gets_the_truth_afterwards(
    client: Client, proposed: Commitment, people: People
) -> None:
    first = asking(people.counterpart)
    fields = {"do": "hand", "name": "李工", "email": "li@example.com", "words": "比价由他负责"}
    answer(client, first, **fields)
    second = Person.objects.get(email="li@example.com")
    other = Client()
    shown = page_of(other, asking(second))
    assert "比价由他负责" in shown
    assert proposed.owner == people.counterpart
    answer(other, asking(second), do="agree")
    proposed.refresh_from_db()
    assert (proposed.owner, proposed.state) == (second, "open")
    shown = page_of(client, first)
    assert "李工" in shown
    assert 'name="do"' not in shown
    assert client.post(first, {"do": "kept"}).status_code == 409
    assert state(proposed) == "open"
    answer(other, asking(second), do="kept", words="PO-3318")
    assert (state(proposed), Commitment.objects.get(pk=proposed.pk).words) == ("kept", "PO-3318")
    assert "PO-3318" not in page_of(client, first)  # what comes after is not theirs any more


@pytest.mark.parametrize("fields", [{"name": ""}, {"email": ""}, {"email": "not an address"}])
def test_handing_on_without_a_name_or_an_address_keeps_what_was_typed(
    client: Client, proposed: Commitment, people: People, fields: dict[str, str]
) -> None:
    typed = {"do": "hand", "name": "李工", "email": "li@example.com", "words": "比价由他负责"} | fields
    response = answer(client, asking(people.counterpart), **typed)
    assert response.status_code == 422
    assert "比价由他负责" in response.content.decode()
    assert not proposed.offers.exists()


def test_a_late_tap_gets_the_truth_and_changes_nothing(client: Client, proposed: Commitment, people: People) -> None:
    path = asking(people.counterpart)
    promises.let_go(proposed, by=people.requester, words="改用现货")
    assert "不用办了" in page_of(client, path)
    assert answer(client, path, do="accept").status_code == 409
    assert state(proposed) == "dropped"


def test_nobody_answers_for_whom_a_link_was_not_made(client: Client, proposed: Commitment, people: People) -> None:
    path = path_of(links.issue("commitment", people.stranger, commitment=proposed))
    assert 'name="do"' not in page_of(client, path)
    for do in ("accept", "kept", "moved", "broken", "agree", "withdraw", "undo"):
        response = client.post(path, {"do": do, "to": day(20), "words": "不是我的"})
        if response.status_code == 200:
            response = confirm(client, path, response)
        assert response.status_code in (409, 422), do
    assert state(proposed) == "proposed"


# --- several, signed in ---


def test_a_link_to_several_lists_ones_own_and_opens_no_other(
    client: Client, decided: Matter, proposed: Commitment, people: People
) -> None:
    foreign = write_down(decided, people, owner_name="李工", owner_email="li@example.com", what="别人的")
    for n in range(52):
        commitments.make(
            decided, side="theirs", owner=people.counterpart, owner_name="王经理", what=f"第 {n} 件", by=proposed.by
        )
    path = path_of(links.issue("commitments", people.counterpart))
    shown = page_of(client, path)
    assert shown.count("?promise=") == 50
    assert "还有 3 件" in shown
    assert "别人的" not in shown
    assert client.get(f"{path}?promise={foreign.pk}").status_code == 404
    assert client.get(f"{path}?promise=x").status_code == 404
    answer(client, f"{path}?promise={proposed.pk}", do="accept")
    assert state(proposed) == "open"


def test_a_longer_list_takes_no_more_queries(client: Client, decided: Matter, people: People) -> None:
    counts = []
    path = path_of(links.issue("commitments", people.counterpart))
    for n in (1, 3, 6):
        while Commitment.objects.filter(owner=people.counterpart).count() < n:
            write_down(decided, people)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_the_home_page_tells_each_what_waits_for_them(
    as_: Callable[[Person], Client], decided: Matter, proposed: Commitment, people: People
) -> None:
    owner, requester = as_(people.counterpart), as_(people.requester)
    assert f'href="/commitments?promise={proposed.pk}"' in page_of(owner, "/")
    assert decided.title not in page_of(owner, "/")
    assert owner.post(f"/commitments?promise={proposed.pk}", {"do": "accept"}).status_code == 302
    promises.move_promise(proposed, by=people.counterpart, to=timezone.localdate() + timedelta(days=14), reason="样品")
    assert f'href="/commitments?promise={proposed.pk}"' in page_of(requester, "/")
    assert requester.get(f"/commitments?promise={proposed.pk}").status_code == 200
    assert as_(people.stranger).get(f"/commitments?promise={proposed.pk}").status_code == 404


# --- who sees what ---


def test_no_page_of_the_other_side_shows_anything_of_the_request(
    as_: Callable[[Person], Client], decided: Matter, note: Note, proposed: Commitment, people: People
) -> None:
    ours = write_down(decided, people, side="ours", owner_name="许宁", owner_email="", what="清点场地")
    shared = write_down(decided, people, side="ours", owner_name="许宁", owner_email="", what="提供规格", shared=True)
    promises.keep_promise(shared, by=people.requester, words="已发内部盘")
    answer(Client(), asking(people.counterpart), do="hand", name="李工", email="li@example.com")
    second = Person.objects.get(email="li@example.com")
    owner = as_(people.counterpart)
    pages = [
        page_of(Client(), asking(people.counterpart)),
        page_of(Client(), asking(second)),
        page_of(Client(), path_of(link_to(people.counterpart, "answer"))),
        page_of(Client(), path_of(links.issue("commitments", people.counterpart))),
        page_of(owner, "/commitments"),
        page_of(owner, f"/commitments?promise={proposed.pk}"),
        page_of(owner, f"/notes/{note.pk}"),
        page_of(owner, f"/notes/{note.pk}?promise={proposed.pk}"),
    ]
    letters = Outbox.objects.filter(kind__startswith="commitment").exclude(person=people.requester)
    pages += ["\n".join([row.payload["title"], *row.payload["before"]]) for row in letters]
    assert len(pages) > 9
    for page in pages:
        for internal in (*INTERNAL, ours.what, "已发内部盘"):
            assert internal not in page, internal
    for page in pages[:2]:  # of a matter a commitment's page shows nothing else
        assert decided.title not in page
        assert shared.what not in page


def test_the_other_department_sees_of_ours_what_was_shared_and_no_word_more(
    as_: Callable[[Person], Client], decided: Matter, note: Note, people: People
) -> None:
    ours = write_down(decided, people, side="ours", owner_name="许宁", owner_email="", what="清点场地")
    owner, requester = as_(people.counterpart), as_(people.requester)
    assert "清点场地" not in page_of(owner, f"/notes/{note.pk}")
    path = f"/matters/{decided.pk}/commitments/{ours.pk}"
    assert requester.post(path, {"do": "share"}).status_code == 302
    assert "清点场地" in page_of(owner, f"/notes/{note.pk}")
    assert owner.get(f"/commitments?promise={ours.pk}").status_code == 404
    assert owner.get(f"/notes/{note.pk}?promise={ours.pk}").status_code == 404
    requester.post(path, {"do": "unshare"})
    assert "清点场地" not in page_of(owner, f"/notes/{note.pk}")


# --- the leader's view ---


def test_a_leader_sees_across_their_matters_what_is_past_and_on_whose_side(
    as_: Callable[[Person], Client], decided: Matter, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = write_down(decided, people, days=3)
    promises.accept_promise(theirs, by=people.counterpart)
    ours = write_down(decided, people, days=30, side="ours", owner_name="许宁", owner_email="", what="清点场地")
    promises.keep_promise(ours, by=people.requester)
    asked_only = write_down(decided, people, days=2, what="还没点头的")
    leader = as_(people.leader)
    assert 'href="/followed"' in page_of(leader, "/")
    later(monkeypatch, days=6)
    leader = as_(people.leader)
    page = page_of(leader, "/followed")
    assert re.search(r"给出交期.*?过了 3 天.*?采购部", page, re.DOTALL)
    assert re.search(r"办好了.*?市场部", page, re.DOTALL)
    assert asked_only.what not in page  # nobody is late with what they have not agreed to
    assert 'class="kind late"' not in page
    assert "state late" not in page
    for other in (people.requester, people.counterpart, people.organiser, people.stranger):
        assert "给出交期" not in page_of(as_(other), "/followed")
        assert 'href="/followed"' not in page_of(as_(other), "/")


def test_the_leaders_view_takes_the_same_queries_for_one_matter_and_for_many(
    as_: Callable[[Person], Client], decided: Matter, people: People, prepared: Callable[..., Matter]
) -> None:
    leader, counts = as_(people.leader), []
    for n in (1, 4, 12):
        while Commitment.objects.filter(matter=decided).count() < n:
            made = write_down(decided, people, days=0)
            promises.accept_promise(made, by=people.counterpart)
        with CaptureQueriesContext(connection) as queries:
            leader.get("/followed")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


# --- whole lives in a browser ---


@pytest.mark.points("2.8", "3.9", "4.8")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_commitment_lives_its_life_as_all_its_people(
    decided: Matter,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    speaking: Callable[[str], None],
    picture: Callable[..., None],
    language: str,
    screen: str,
) -> None:
    speaking(language)
    locale = "zh-CN" if language == "zh" else "en-GB"
    site = str(live_server)

    # The requester writes down what the other side is to do, and what counts as done.
    desk = browse(people.requester, f"/matters/{decided.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#p-what", "给出交期" if language == "zh" else "Name the delivery day")
    desk.fill("#p-owner", "王经理")
    desk.fill("#p-by", day(6))
    desk.fill("#p-done", "收到盖章的交期单" if language == "zh" else "The signed slip is here")
    desk.fill("#p-email", "wang@example.com")
    desk.locator("form:has(#p-what) .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    made = Commitment.objects.get(side="theirs")
    assert made.state == "proposed"

    # Its owner, without an account, needs another day.
    phone = open_page(screen, locale=locale)
    phone.goto(site + asking(people.counterpart))
    if screen != "desktop":
        picture(phone, "commitment", language)
    say(phone, "moved", to=day(9), words="样品周三才到" if language == "zh" else "The sample comes on Wednesday")
    expect(phone.locator("button[value=withdraw]")).to_be_visible()
    assert Commitment.objects.get(pk=made.pk).by.isoformat() == day(6)

    # The requester agrees with one tap, from the home page.
    desk.goto(site + "/")
    desk.click(f"h3 a[href='/commitments?promise={made.pk}']")
    desk.click("button[value=agree]")
    expect(desk.locator("button[value=undo]")).to_be_visible()
    made.refresh_from_db()
    assert (made.by.isoformat(), made.state) == (day(9), "open")

    # The owner hands it to a colleague, who accepts it on a page of their own.
    phone.reload()
    say(phone, "hand", name="李工", email="li@example.com")
    other = open_page(screen, locale=locale)
    colleague = Person.objects.get(email="li@example.com")
    other.goto(site + asking(colleague))
    other.click("button[value=agree]")
    second_look(other)
    expect(other.locator("button[value=undo]")).to_be_visible()
    say(other, "kept", words="CG-2211")
    made.refresh_from_db()
    assert (made.state, made.owner, made.words) == ("kept", colleague, "CG-2211")
    phone.reload()
    assert phone.locator("input[name=do]").count() == 0

    # Requester and leader see it done.
    desk.goto(f"{site}/matters/{decided.pk}")
    expect(desk.get_by_text("CG-2211").first).to_be_visible()
    leader = browse(people.leader, "/followed", screen=screen, locale=locale)
    expect(leader.get_by_text(made.what)).to_be_visible()
    if screen != "desktop":
        picture(leader, "followed", language)
    for page in (desk, phone, other, leader):
        assert fits(page), page.url


@pytest.mark.parametrize(("language", "screen"), [("zh", "large phone"), ("en", "desktop")])
def test_what_brings_no_word_goes_back_to_the_leader_as_all_its_people(
    decided: Matter,
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
    Matter.objects.update(language=language)
    locale, site = "zh-CN" if language == "zh" else "en-GB", str(live_server)
    made = write_down(decided, people, days=2, what="给出交期" if language == "zh" else "Name the delivery day")
    promises.accept_promise(made, by=people.counterpart)
    later(monkeypatch, days=9)
    where = f"/matters/{decided.pk}/commitments/{made.pk}"
    desk = browse(people.requester, "/", screen=screen, locale=locale)
    expect(desk.get_by_text(made.what).first).to_be_visible()
    desk.goto(site + where)
    picture(desk, "now-what", language)
    say(desk, "warn")
    row = Outbox.objects.get(kind="commitment_warning")
    later(monkeypatch, days=4)
    leases.claim("test", now=timezone.now(), limit=99)
    leases.settle_sent(leases.begin(row.pk, "test", now=timezone.now()), "test")
    owner = open_page(screen, locale=locale)
    owner.goto(site + path_of(row.link))
    expect(owner.get_by_role("heading", name=made.what)).to_be_visible()
    later(monkeypatch, days=4)
    desk = browse(people.requester, where, screen=screen, locale=locale)
    desk.click("button[value=ask_leader]")
    desk.wait_for_url("**/write/email")
    assert made.what.lower() in desk.locator("textarea").first.input_value().lower()
    assert Matter.objects.get(pk=decided.pk).stage == "preparing"


@pytest.mark.points("1.8", "2.7", "4.6")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_leader_who_thinks_differently_is_understood_with_one_tap_and_corrects_it_by_link(
    asked: Request,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    speaking: Callable[[str], None],
    picture: Callable[..., None],
    language: str,
    screen: str,
) -> None:
    speaking(language)
    locale, site = "zh-CN" if language == "zh" else "en-GB", str(live_server)
    words = "不用开会，我周四打电话" if language == "zh" else "No meeting; I will ring him on Thursday"
    choice = decide.Choice(decide.Verdict.CHANGE, 1, option=0, words=words)
    decide.send_now(decide.decide(asked, choice, by=people.leader, how="link"), by=people.leader)

    desk = browse(people.requester, "/", screen=screen, locale=locale)
    desk.locator("h3 a").first.click()
    said = desk.locator("figure.said blockquote").first
    expect(said).to_have_text(words)
    assert said.bounding_box()["y"] < desk.locator("#story").bounding_box()["y"]
    if screen == "desktop":
        picture(desk, "understood", language)
    desk.click("form:has(input[value=understood]) button.button")  # one tap: it is filled in
    expect(desk.locator(".kept").first).to_be_visible()
    expect(desk.locator("#understood")).to_be_visible()

    phone = open_page(screen, locale=locale)
    row = Outbox.objects.get(kind="understood", state="waiting")
    phone.goto(site + path_of(row.link))
    expect(phone.locator("#understood")).to_be_visible()
    phone.locator("details:has(#correction) summary").click()
    phone.fill("#correction", "我是说当面谈" if language == "zh" else "I meant face to face")
    if screen != "desktop":
        picture(phone, "corrected", language)
    phone.locator("form:has(#correction) button").click()
    second_look(phone)

    desk.reload()
    expect(desk.locator("#u-title")).to_have_value("我是说当面谈" if language == "zh" else "I meant face to face")
    for page in (desk, phone):
        assert fits(page), page.url


def test_half_an_understanding_keeps_what_was_typed(
    as_: Callable[[Person], Client], asked: Request, people: People
) -> None:
    choice = decide.Choice(decide.Verdict.CHANGE, 1, option=0, words="改一改")
    decide.send_now(decide.decide(asked, choice, by=people.leader, how="account"), by=people.leader)
    path = f"/matters/{asked.matter_id}"
    typed = {"do": "understood", "title": "我的理解", "kind": "meeting", "day": "2020-01-01"}
    response = as_(people.requester).post(path, typed)
    assert response.status_code == 422
    assert "我的理解" in response.content.decode()
    leader = as_(people.leader)
    assert leader.post(path, typed | {"day": ""}).status_code == 200  # a leader only reads there
    assert not Matter.objects.filter(events__kind="understood").exists()


def test_links_of_commitments_are_gone_with_their_person(client: Client, proposed: Commitment, people: People) -> None:
    path = asking(people.counterpart)
    Link.objects.filter(person=people.counterpart).update(revoked_at=timezone.now())
    response = client.get(path)
    assert response.status_code == 410
    assert proposed.what not in response.content.decode()
