"""A card in a chat says what has become of its request; a tap that comes late opens the page that tells the truth."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huitong.delivery import leases, outbox, transports
from huitong.delivery.transports import feishuapp
from huitong.directory import links
from huitong.matters import close, decide
from huitong.matters.request import revise
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Matter, Outbox, Person, Request

from .conftest import People

AsPerson = Callable[..., Client]
AGREE = Choice(Verdict.AGREE, 1, option=0)


@pytest.fixture
def card(asked: Request) -> Outbox:
    """The request reached the leader as a card."""
    row = Outbox.objects.get(kind="request")
    Outbox.objects.filter(pk=row.pk).update(transport="feishuapp", far_id="om_1")
    return row


def changes() -> list[Outbox]:
    return list(Outbox.objects.filter(kind="card").exclude(state="withdrawn").order_by("id"))


def said(row: Outbox) -> str:
    return "\n".join(row.payload["before"])


def test_what_can_not_be_changed_is_left_alone(asked: Request, people: People) -> None:
    decide.decide(asked, AGREE, by=people.leader, how="account")
    assert changes() == []


def test_a_decision_is_on_the_card_and_its_button_is_gone(card: Outbox, asked: Request, people: People) -> None:
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0, words="抓紧办"), by=people.leader, how="account")
    (row,) = changes()
    assert (row.transport, row.far_id, row.person, row.matter) == ("feishuapp", "om_1", people.leader, None)
    assert said(row).startswith("高总 ")
    assert "批示：同意方案一：召开协调会" in said(row)
    assert "抓紧办" in said(row)
    assert not row.payload.get("page")
    assert row.payload["title"] == card.payload["title"]


def test_a_second_tap_changes_the_card_no_further(card: Outbox, asked: Request, people: People) -> None:
    for _ in range(2):
        decide.decide(asked, AGREE, by=people.leader, how="account")
    assert len(changes()) == 1


def test_what_is_taken_back_is_on_the_card_as_it_was_and_the_earlier_change_is_not_sent(
    card: Outbox, asked: Request, people: People
) -> None:
    decision = decide.decide(asked, AGREE, by=people.leader, how="account")
    decide.undo(decision, by=people.leader)
    (row,) = changes()
    assert row.payload["before"] == card.payload["before"]
    assert row.payload["page"] == f"/requests/{asked.pk}"


def test_a_change_that_is_on_its_way_is_followed_by_the_next(card: Outbox, asked: Request, people: People) -> None:
    decision = decide.decide(asked, AGREE, by=people.leader, how="account")
    (going,) = changes()
    leases.claim("w", now=timezone.now(), limit=100)
    leases.begin(going.pk, "w", now=timezone.now())
    decide.undo(decision, by=people.leader)
    assert changes()[0].pk == going.pk
    assert len(changes()) == 2


@pytest.mark.parametrize("verdict", [Verdict.ASK, Verdict.LATER])
def test_what_is_not_settled_keeps_its_button(verdict: Verdict, card: Outbox, asked: Request, people: People) -> None:
    day = timezone.localdate() + timedelta(days=3)
    choice = Choice(verdict, 1, words="预算够吗", later_until=day if verdict == Verdict.LATER else None)
    decide.decide(asked, choice, by=people.leader, how="account")
    assert changes()[-1].payload["page"] == f"/requests/{asked.pk}"


def test_what_the_requester_wrote_down_waits_for_the_leaders_word(card: Outbox, asked: Request, people: People) -> None:
    decision = decide.tell(asked.matter, people.requester, AGREE)
    assert "许宁" in said(changes()[-1])
    assert "记下您的意见：同意" in said(changes()[-1])
    assert changes()[-1].payload["page"]
    decide.confirm(decision, by=people.leader)
    assert said(changes()[-1]).startswith("高总 ")
    assert not changes()[-1].payload.get("page")


def test_a_new_version_is_pointed_to_by_the_old_card(card: Outbox, asked: Request, people: People) -> None:
    matter = Matter.objects.get(pk=asked.matter_id)
    revise(matter, people.requester)
    assert "请看新的一版" in said(changes()[-1])


def test_a_matter_that_is_closed_asks_for_nothing_any_more_until_it_is_opened_again(
    card: Outbox, asked: Request, people: People
) -> None:
    matter = Matter.objects.get(pk=asked.matter_id)
    close.close(matter, people.requester, outcome="自己谈妥了", settled=True, days=3)
    assert "不用再批示了" in said(changes()[-1])
    assert not changes()[-1].payload.get("page")
    close.reopen(Matter.objects.get(pk=matter.pk), people.requester)
    assert changes()[-1].payload["before"] == card.payload["before"]
    assert changes()[-1].payload["page"]


def test_the_change_is_written_with_its_cause_or_not_at_all(
    card: Outbox, asked: Request, people: People, monkeypatch
) -> None:
    put = outbox.put

    def die(kind: str, *arguments: object, **more: object) -> Outbox:
        if kind == "card":
            raise KeyboardInterrupt
        return put(kind, *arguments, **more)

    monkeypatch.setattr(outbox, "put", die)
    with pytest.raises(KeyboardInterrupt):
        decide.decide(asked, AGREE, by=people.leader, how="account")
    assert not asked.decisions.exists()


def test_nobody_else_learns_of_it_before_it_is_in_force(
    card: Outbox, asked: Request, people: People, as_: AsPerson
) -> None:
    decide.decide(asked, AGREE, by=people.leader, how="account")
    for person in (people.requester, people.organiser):
        page = as_(person).get("/outbox" if person.is_organiser else f"/matters/{asked.matter_id}").content.decode()
        assert "同意方案一" not in page


# --- a tap that comes late ---


@pytest.mark.parametrize("by_link", [True, False])
def test_a_late_tap_opens_what_was_decided_and_an_answer_to_it_changes_nothing(
    by_link: bool, card: Outbox, asked: Request, people: People, as_: AsPerson
) -> None:
    link = Outbox.objects.get(pk=card.pk).link
    decide.decide(asked, AGREE, by=people.leader, how="account")
    client = Client() if by_link else as_(people.leader)
    address = f"/{links.token_of(link)}" if by_link else f"/requests/{asked.pk}"
    page = client.get(address)
    assert page.status_code == 200
    assert "同意方案一：召开协调会" in page.content.decode()
    late = client.post(address, {"verdict": "no", "version": "1", "words": "不行"})
    assert late.status_code == 409 or "同意方案一" in late.content.decode()
    assert [d.verdict for d in asked.decisions.all()] == ["agree"]


def test_a_late_tap_on_what_was_changed_shows_the_new_version(
    card: Outbox, asked: Request, people: People, as_: AsPerson
) -> None:
    revise(Matter.objects.get(pk=asked.matter_id), people.requester)
    page = as_(people.leader).get(f"/requests/{asked.pk}").content.decode()
    assert 'name="version" value="2"' in page


def test_a_card_leads_nobody_else_in(card: Outbox, asked: Request, people: People, as_: AsPerson) -> None:
    assert as_(people.stranger).get(f"/requests/{asked.pk}").status_code == 404
    assert Client().get(f"/requests/{asked.pk}").status_code == 302


# --- adding it on one's own page ---


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(feishuapp, "AVAILABLE", True)
    transports.chats.cache_clear()
    yield
    monkeypatch.undo()
    transports.chats.cache_clear()


def test_where_the_house_has_an_app_one_adds_oneself_by_mail_address(
    offered: None, people: People, as_: AsPerson
) -> None:
    me = as_(people.leader)
    assert "飞书私聊" in me.get("/me").content.decode()
    me.post("/me", {"do": "add_chat", "chat": "feishuapp", "address": "gao@feishu.example"})
    row = Outbox.objects.get(kind="chat_added")
    assert (row.transport, row.person) == ("feishuapp", people.leader)
    assert me.post("/me", {"do": "add_chat", "chat": "feishuapp", "address": "高"}).status_code == 422
    me.post("/me", {"do": "ways", "news-decide": "feishuapp"})
    assert Person.objects.get(pk=people.leader.pk).news == {"decide": "feishuapp"}


def test_where_it_has_none_it_is_not_offered(people: People, as_: AsPerson) -> None:
    assert "飞书私聊" not in as_(people.leader).get("/me").content.decode()
