"""Each kind of help, from the decision to its end, as all the people it needs: in a browser, in both languages."""

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
from huitong.delivery import outbox
from huitong.matters import close, coordinate, decide, prepare, promises, standing
from huitong.matters.errors import Incomplete
from huitong.matters.request import schedule
from huitong.records.models import Agreement, Commitment, Matter, Outbox, Person, Series

from .conftest import FACTS, People, send
from .pages import answer as reply
from .pages import at, confirm, later, link_to, path_of, say, second_look

LIVES = [("zh", "large phone"), ("en", "desktop"), ("zh", "desktop"), ("en", "large phone")]

Decided = Callable[..., Matter]


@pytest.fixture
def decided(people: People, answer: Callable[..., None]) -> Decided:
    """decided(title, words): the leader has agreed to an option of this title, with these words, and it holds."""

    def make(title: str, words: str = "") -> Matter:
        matter = prepare.open_matter(people.requester)
        facts = FACTS | {"options.a1.title": title, "options.a1.what_leader_does": "", "deadline": day(21)}
        answer(matter, facts)
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
    return lambda language: Person.objects.update(language=language)


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def asking(person: Person) -> str:
    return path_of(link_to(person, "commitment"))


# --- a resource is lent ---


def borrow(client: Client, matter: Matter, **fields: str) -> object:
    typed = {"do": "borrow", "thing": "展架两组", "lender": "王经理", "lender_email": "wang@example.com"}
    typed |= {"from": day(2), "until": day(9)} | fields
    return client.post(f"/matters/{matter.pk}/coordinate", typed)


@pytest.fixture
def lent(decided: Decided, as_: Callable[[Person], Client], people: People) -> Commitment:
    """Borrowed, and agreed to by the lender: the giving back."""
    matter = decided("借用采购部的展架")
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


def test_no_word_no_loan(decided: Decided, as_: Callable[[Person], Client], people: People) -> None:
    matter = decided("借用采购部的展架")
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
    decided: Decided, as_: Callable[[Person], Client], people: People, fields: dict[str, str], field: str
) -> None:
    response = borrow(as_(people.requester), decided("借用采购部的展架"), **({"thing": "两组很旧的展架"} | fields))
    assert response.status_code == 422
    assert field in ("what",) or "两组很旧的展架" in response.content.decode()
    assert not Commitment.objects.filter(until__isnull=False).exists()


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_resource_is_lent_and_comes_back(
    decided: Decided,
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
    matter = decided("借用采购部的展架" if zh else "Lend us two display stands")

    # The requester asks for it, with the days.
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#l-thing", "展架两组" if zh else "Two display stands")
    desk.fill("#l-from", day(2))
    desk.fill("#l-until", day(9))
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
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
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- the leader's words become the next steps ---


def test_the_leaders_sentences_are_offered_as_steps_and_only_what_is_ticked_counts(
    decided: Decided, as_: Callable[[Person], Client], people: People
) -> None:
    matter = decided("请您指点", "先把规格写清楚。再约老王当面谈一次；别发群里。好。")
    client, where = as_(people.requester), f"/matters/{matter.pk}/coordinate"
    shown = client.get(where).content.decode()
    for text in ("先把规格写清楚", "再约老王当面谈一次", "别发群里"):
        assert f"\n{text}</textarea>" in shown
    typed = {"do": "steps", "on-0": "1", "what-0": "把规格写清楚", "side-0": "ours", "owner-0": "许宁", "by-0": day(2)}
    typed |= {"what-1": "再约老王当面谈一次", "owner-1": "许宁", "by-1": day(3)}
    assert client.post(where, typed).status_code == 302
    assert [c.what for c in matter.commitments.exclude(what="提供完整规格")] == ["把规格写清楚"]


def test_of_several_steps_all_are_written_down_or_none(
    decided: Decided, as_: Callable[[Person], Client], people: People
) -> None:
    matter = decided("请您指点", "先把规格写清楚。")
    before = matter.commitments.count()
    typed = {"do": "steps", "on-0": "1", "what-0": "把规格写清楚", "owner-0": "许宁", "by-0": day(2)}
    typed |= {"on-1": "1", "what-1": "约老王谈一次", "owner-1": "许宁", "by-1": ""}
    response = as_(people.requester).post(f"/matters/{matter.pk}/coordinate", typed)
    assert response.status_code == 422
    assert "第 2 步" in response.content.decode().replace("\u00a0", " ")
    assert "约老王谈一次" in response.content.decode()
    assert matter.commitments.count() == before


@pytest.mark.points("1.8", "2.7", "4.6")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_guidance_becomes_steps_that_are_done_and_seen_by_the_leader(
    decided: Decided,
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
    words = (
        "先把规格写清楚。再请采购部看一遍。"
        if zh
        else "First write the specification down. Then let purchasing look at it."
    )
    matter = decided("请您指点" if zh else "Your advice", words)
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    assert desk.locator("fieldset.step").count() == 3  # two sentences, and one row more
    desk.select_option("#s-side-1", "theirs")
    desk.fill("#s-owner-1", "王经理")
    desk.fill("#s-email-1", "wang@example.com")
    if zh == (screen != "desktop"):
        picture(desk, "steps", language)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.locator("form:has(fieldset.step) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    ours, theirs = matter.commitments.exclude(what="提供完整规格").order_by("pk")
    assert (ours.state, theirs.state) == ("open", "proposed")

    phone = open_page(screen, locale=locale)
    phone.goto(site + asking(people.counterpart))
    say(phone, "accept")
    phone.goto(site + asking(people.counterpart))
    say(phone, "kept", words="OK")
    desk.goto(f"{site}/matters/{matter.pk}/commitments/{ours.pk}")
    say(desk, "kept")
    assert {c.state for c in (Commitment.objects.get(pk=ours.pk), Commitment.objects.get(pk=theirs.pk))} == {"kept"}
    leader = browse(people.leader, "/followed", screen=screen, locale=locale)
    expect(leader.get_by_text(ours.what).first).to_be_attached()


# --- an agreed way of communicating ---

PARTS = {"a-ours": "许宁", "a-theirs": "李工", "a-channel": "急事打电话，其余发邮件", "a-within": "一个工作日内"}
WHO = {"a-head": "王经理", "a-email": "wang@example.com"}


def draft(client: Client, matter: Matter, **fields: str) -> object:
    typed = {"do": "agreement", **WHO, **PARTS, "a-where": "规格找李工\n付款找王经理"} | fields
    return client.post(f"/matters/{matter.pk}/coordinate", typed)


def agreeing(person: Person) -> str:
    return path_of(link_to(person, "agreement"))


@pytest.fixture
def proposed(decided: Decided, as_: Callable[[Person], Client], people: People) -> Agreement:
    matter = decided("约定沟通机制")
    draft(as_(people.requester), matter)
    return Agreement.objects.get()


@pytest.fixture
def holds(proposed: Agreement, people: People) -> Agreement:
    for person in (people.leader, people.counterpart):
        reply(Client(), agreeing(person), do="yes")
    proposed.refresh_from_db()
    return proposed


def insist(path: str, **fields: str) -> int:
    """Send an answer that the page no longer offers, and confirm it. Returns the status that comes of it."""
    client = Client()
    return int(confirm(client, path, client.post(path, fields)).status_code)


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
    decided: Decided, as_: Callable[[Person], Client], people: People, field: str
) -> None:
    matter = decided("约定沟通机制")
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
    decided: Decided,
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
    matter = decided("约定沟通机制" if zh else "Agree on a way of working")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#a-channel", "急事打电话，其余发邮件" if zh else "By phone if urgent, else by e-mail")
    desk.fill("#a-within", "一个工作日内" if zh else "One working day")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.locator("form:has(#a-channel) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()

    for person in (people.leader, people.counterpart):
        phone = open_page(screen, locale=locale)
        phone.goto(site + agreeing(person))
        if screen != "desktop" and person == people.counterpart:
            picture(phone, "agreement", language)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
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


# --- a standing meeting ---

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
def series(on_monday: None, decided: Decided, as_: Callable[[Person], Client], people: People) -> Series:
    matter = decided("每周例会")
    assert call_series(as_(people.requester), matter).status_code == 302
    return Series.objects.get()


def carried(kind: str, person: Person) -> list[Outbox]:
    """What the worker sends of this kind now, after a last look at each row."""
    rows = Outbox.objects.filter(kind=kind, person=person, state="waiting", due_at__lte=timezone.now())
    sent = []
    for row in outbox.claim("test", now=timezone.now(), limit=1000):
        if row in rows and (begun := outbox.begin(row.pk, "test", now=timezone.now())):
            outbox.settle_sent(begun, "test")
            sent.append(begun)
    outbox.release("test")
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
    on_monday: None, decided: Decided, as_: Callable[[Person], Client], people: People, field: str, value: str
) -> None:
    response = call_series(as_(people.requester), decided("每周例会"), **({"s-place": "很远的会议室"} | {field: value}))
    assert response.status_code == 422
    page = response.content.decode()
    assert "很远的会议室" in page
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page)
    assert not Series.objects.exists()


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_standing_meeting_is_set_kept_and_ended(
    on_monday: None,
    decided: Decided,
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
    matter = decided("每周例会" if zh else "A weekly meeting")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.fill("#s-start", "2026-09-10T10:00")
    desk.fill("#s-until", "2026-10-22")
    desk.fill("#s-review", "2026-10-09")
    desk.locator("form:has(#s-start) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

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
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.locator("button[name=do][value=dissolve]").first.click()
    expect(desk.locator(".kept").first).to_be_visible()
    assert Series.objects.get().ended_at is not None
