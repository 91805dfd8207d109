"""What came by mail, on the page that confirms it: shown to its person alone, filled in, counted only by a tap."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huitong.delivery import reply_address
from huitong.matters import coordinate, decide, promises, replies
from huitong.records.models import Commitment, Note, Outbox, Person, Reply, Request

from .conftest import People
from .pages import confirm, form_of, link_to, path_of


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.REPLY_ADDRESS, settings.AUTHSERV_ID = "desk@example.com", "mx.example.com"


def write(kind: str, says: str, *, sender: str = "", to: Person | None = None) -> Reply:
    """The letter's person answers it by mail."""
    rows = Outbox.objects.select_related("person").filter(kind=kind).order_by("-pk")
    row = (rows.filter(person=to) if to else rows)[0]
    message = EmailMessage()
    message["From"], message["To"] = sender or row.person.email, reply_address.address_of(row)
    message["Message-ID"] = f"<{kind}-{len(says)}@example.com>"
    message.set_content(says)
    assert replies.take_in(message.as_bytes()) == "asked"
    return Reply.objects.latest("pk")


def page(client: Client, person: Person, purpose: str) -> tuple[str, Any]:
    path = path_of(link_to(person, purpose))
    return path, client.get(path)


def test_the_leader_sees_their_words_and_confirms_with_one_tap(client: Client, asked: Request, people: People) -> None:
    write("request", "同意方案二,时间改周四")
    path, shown = page(client, people.leader, "decide")
    assert "同意方案二,时间改周四" in shown.content.decode()
    assert "同意方案二（与王经理通个电话），有调整" in shown.content.decode()
    fields = form_of(shown)
    assert (fields["option"], fields["words"]) == ("2", "同意方案二,时间改周四")
    confirm(client, path, client.post(path, fields | {"verdict": "change"}))
    decision = asked.decisions.get()
    assert (decision.verdict, decision.option, decision.words) == ("change", 1, "同意方案二,时间改周四")
    assert "我们的理解是" not in client.get(path).content.decode()


def test_what_is_not_understood_has_no_button_of_its_own(client: Client, asked: Request, people: People) -> None:
    write("request", "1 不行")
    _, shown = page(client, people.leader, "decide")
    assert "没有把握" in shown.content.decode()
    assert "是这样，记下" not in shown.content.decode()


def test_a_yes_without_an_option_is_not_taken_for_the_suggested_one(
    client: Client, asked: Request, people: People
) -> None:
    write("request", "同意")
    _, shown = page(client, people.leader, "decide")
    assert "是这样，记下" not in shown.content.decode()


def test_opening_the_page_counts_for_nothing(client: Client, asked: Request, people: People) -> None:
    write("request", "不同意")
    page(client, people.leader, "decide")
    assert not asked.decisions.exists()


def test_an_answer_from_elsewhere_says_so(client: Client, asked: Request, people: People) -> None:
    write("request", "1", sender="someone@elsewhere.example")
    _, shown = page(client, people.leader, "decide")
    assert "someone@elsewhere.example" in shown.content.decode()
    assert "没能验明" in shown.content.decode()


def test_nobody_else_sees_the_words(client: Client, asked: Request, people: People) -> None:
    write("request", "绝对不同意")
    for person in (people.requester, people.counterpart, people.organiser, people.stranger):
        assert person.user is not None
        client.force_login(person.user)
        for address in ("/", f"/matters/{asked.matter_id}", f"/requests/{asked.pk}", "/outbox"):
            assert "绝对" not in client.get(address).content.decode()


def test_a_question_can_be_followed_by_a_mail(client: Client, asked: Request, people: People) -> None:
    decide.decide(asked, decide.Choice(decide.Verdict.ASK, 1, words="多少钱？"), by=people.leader, how="account")
    write("request", "不同意，太贵")
    _, shown = page(client, people.leader, "decide")
    assert form_of(shown)["words"] == "不同意，太贵"


@pytest.fixture
def note(asked: Request, people: People) -> Note:
    choice = decide.Choice(decide.Verdict.AGREE, 1, option=0)
    decide.send_now(decide.decide(asked, choice, by=people.leader, how="account"), by=people.leader)
    return coordinate.send_note(
        asked.matter, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="请定交期。"
    )


def test_the_counterpart_finds_the_day_filled_in(client: Client, note: Note) -> None:
    day = timezone.localdate() + timedelta(days=10)
    write("note", f"可以，但要到{day.month}月{day.day}日")
    path, shown = page(client, note.person, "answer")
    fields = form_of(shown)
    assert (fields["answer"], fields["day"]) == ("date", day.isoformat())
    confirm(client, path, client.post(path, fields))
    note.refresh_from_db()
    assert (note.answer, note.day) == ("date", day)


def test_who_promised_finds_done_picked(client: Client, note: Note, people: People) -> None:
    day = timezone.localdate() + timedelta(days=5)
    promised = coordinate.promise(
        note.matter, people.requester, side="theirs", owner_name="王经理", owner_email="wang@example.com",
        what="周五前下单", day=day,
    )  # fmt: skip
    promises.accept_promise(promised, by=promised.owner)
    write("remind_commitment", "已下单，办好了", to=promised.owner)
    path, shown = page(client, promised.owner or note.person, "commitment")
    fields = form_of(shown, 1)  # the first takes the acceptance back
    assert (fields["do"], fields["words"]) == ("kept", "已下单，办好了")
    confirm(client, path, client.post(path, fields))
    assert Commitment.objects.get(pk=promised.pk).state == "kept"


def test_who_is_asked_for_something_finds_their_answer_by_mail_picked(
    note: Note, client: Client, people: People
) -> None:
    day, later = (timezone.localdate() + timedelta(days=n) for n in (5, 9))
    asked_for = coordinate.promise(
        note.matter, people.requester, side="theirs", owner_name="王经理", owner_email="wang@example.com",
        what="周五前下单", day=day,
    )  # fmt: skip
    write("commitment_ask", f"可以，但要到{later.month}月{later.day}日，那天系统才好", to=asked_for.owner)
    path, shown = page(client, asked_for.owner or note.person, "commitment")
    fields = form_of(shown)
    assert (fields["do"], fields["to"]) == ("moved", later.isoformat())
    assert Commitment.objects.get(pk=asked_for.pk).by == day
    confirm(client, path, client.post(path, fields))
    assert Commitment.objects.get(pk=asked_for.pk).offers.get().day == later
