"""A resource is lent and comes back: by the requester and the lender, in a browser, in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.matters import close, promises
from huitong.matters.errors import Incomplete
from huitong.records.models import Commitment, Matter, Outbox, Person

from .conftest import Decided, People
from .pages import LIVES, asking, day, fits, path_of, say, second_look
from .pages import answer as reply


def borrow(client: Client, matter: Matter, **fields: str) -> object:
    typed = {"do": "borrow", "thing": "展架两组", "lender": "王经理", "lender_email": "wang@example.com"}
    typed |= {"from": day(2), "until": day(9)} | fields
    return client.post(f"/matters/{matter.pk}/coordinate", typed)


@pytest.fixture
def lent(agreed_to: Decided, as_: Callable[[Person], Client], people: People) -> Commitment:
    """Borrowed, and agreed to by the lender: the giving back."""
    matter = agreed_to("借用采购部的展架")
    borrow(as_(people.requester), matter)
    reply(Client(), asking(people.counterpart), do="accept")
    return Commitment.objects.get(returns__isnull=False)


def test_a_loan_counts_once_the_lender_agrees_and_then_giving_back_is_ours(lent: Commitment, people: People) -> None:
    assert lent.returns is not None
    assert (lent.returns.state, lent.returns.owner, lent.returns.by.isoformat()) == ("open", people.counterpart, day(2))
    assert (lent.owner, lent.by.isoformat(), lent.what) == (people.requester, day(9), "归还：展架两组")
    letter = Outbox.objects.filter(person=people.counterpart, kind="commitment_ask").order_by("-pk")[0]
    assert "归还" in letter.payload["title"]
    rounds = {(r.round, r.receiver) for r in lent.reminders.all()}
    assert rounds == {("before", people.requester), ("after", people.requester)}


def test_no_word_no_loan(agreed_to: Decided, as_: Callable[[Person], Client], people: People) -> None:
    matter = agreed_to("借用采购部的展架")
    borrow(as_(people.requester), matter)
    reply(Client(), asking(people.counterpart), do="broken", words="展架都在外地")
    assert [c.state for c in matter.commitments.filter(until__isnull=False)] == ["broken"]
    assert not Commitment.objects.filter(returns__isnull=False).exists()
    shown = as_(people.requester).get(f"/matters/{matter.pk}/coordinate").content.decode()
    assert "展架都在外地" in shown


def test_an_acceptance_that_was_a_slip_takes_the_giving_back_with_it(lent: Commitment, people: People) -> None:
    assert lent.returns is not None
    promises.undo_promise(lent.returns, by=people.counterpart)
    assert not Commitment.objects.filter(returns__isnull=False).exists()
    kinds = Outbox.objects.filter(person=people.counterpart, kind="commitment_ask").order_by("pk")
    assert [row.state for row in kinds][-1] == "withdrawn"
    reply(Client(), path_of(kinds[0].link), do="accept")
    assert Commitment.objects.filter(returns__isnull=False).count() == 1


def test_a_longer_loan_needs_the_lenders_yes(lent: Commitment, people: People) -> None:
    promises.move_promise(lent, by=people.requester, to=timezone.localdate() + timedelta(days=12), reason="活动顺延")
    lent.refresh_from_db()
    assert lent.by.isoformat() == day(9)
    reply(Client(), asking(people.counterpart), do="agree")
    lent.refresh_from_db()
    assert lent.by.isoformat() == day(12)


def test_the_lender_who_wants_it_earlier_needs_ours(lent: Commitment, people: People) -> None:
    reply(Client(), asking(people.counterpart), do="moved", to=day(5), words="周末要用")
    lent.refresh_from_db()
    assert lent.by.isoformat() == day(9)
    promises.answer_offer(lent, by=people.requester, agreed=True)
    lent.refresh_from_db()
    assert lent.by.isoformat() == day(5)


def test_what_is_missing_is_said_by_the_lender_and_it_is_open_again(lent: Commitment, people: People) -> None:
    path = asking(people.counterpart)
    promises.keep_promise(lent, by=people.requester, words="放回仓库了")
    assert reply(Client(), path, do="not_back", words="").status_code == 422
    reply(Client(), path, do="not_back", words="少一根横杆")
    lent.refresh_from_db()
    assert lent.state == "open"
    told = Outbox.objects.filter(person=people.requester, kind="commitment_news").order_by("-pk")[0]
    assert "少一根横杆" in told.payload["before"]


def test_only_the_lender_says_that_it_need_not_come_back(lent: Commitment, people: People) -> None:
    with pytest.raises(promises.NotAllowed):
        promises.let_go(lent, by=people.requester)
    reply(Client(), asking(people.counterpart), do="let_go")
    lent.refresh_from_db()
    assert lent.state == "dropped"


def test_nothing_is_closed_while_something_is_still_lent(lent: Commitment, people: People) -> None:
    matter = Matter.objects.get(pk=lent.matter_id)
    with pytest.raises(Incomplete, match="展架两组"):
        close.close(matter, people.requester, outcome="办成了", settled=True, days=9)
    promises.keep_promise(lent, by=people.requester)
    close.close(matter, people.requester, outcome="办成了", settled=True, days=9)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"thing": ""}, "what"),
        ({"lender": " "}, "owner"),
        ({"from": ""}, "by"),
        ({"until": day(1)}, "until"),
        ({"lender_email": "wang"}, "email"),
    ],
)
def test_a_loan_that_lacks_something_keeps_what_was_typed(
    agreed_to: Decided, as_: Callable[[Person], Client], people: People, fields: dict[str, str], field: str
) -> None:
    response = borrow(as_(people.requester), agreed_to("借用采购部的展架"), **({"thing": "两组很旧的展架"} | fields))
    assert response.status_code == 422
    assert field in ("what",) or "两组很旧的展架" in response.content.decode()
    assert not Commitment.objects.filter(until__isnull=False).exists()


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_resource_is_lent_and_comes_back(
    agreed_to: Decided,
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
    zh = language == "zh"
    locale, site = "zh-CN" if zh else "en-GB", str(live_server)
    matter = agreed_to("借用采购部的展架" if zh else "Lend us two display stands")

    # The requester asks for it, with the days.
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#l-thing", "展架两组" if zh else "Two display stands")
    desk.fill("#l-from", day(2))
    desk.fill("#l-until", day(9))
    assert fits(desk)
    desk.locator("form:has(#l-thing) .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()

    # The lender agrees by link; then the way back is there.
    phone = open_page(screen, locale=locale)
    phone.goto(site + asking(people.counterpart))
    say(phone, "accept")
    back = Commitment.objects.get(returns__isnull=False)
    desk.reload()
    if zh and screen == "desktop":
        picture(desk, "loan", language)

    # It comes back; the lender misses a part, and then has it all.
    desk.goto(f"{site}/matters/{matter.pk}/commitments/{back.pk}")
    say(desk, "kept")
    back.refresh_from_db()
    assert back.state == "kept"
    phone.goto(site + asking(people.counterpart))
    phone.locator("details summary").first.click()
    phone.fill("#not_back", "少一根横杆" if zh else "One rail is missing")
    phone.locator("form:has(#not_back) button.button").click()
    second_look(phone)
    back.refresh_from_db()
    assert back.state == "open"
    phone.goto(site + asking(people.counterpart))
    if zh and screen != "desktop":
        picture(phone, "lender", language)
    say(phone, "kept")
    back.refresh_from_db()
    assert back.state == "kept"
    assert fits(phone)
