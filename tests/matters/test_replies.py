"""Answers by mail: what counts, what is asked back, what is only shown, and that nothing answers a machine."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from huitong.delivery import outbox, reply_address
from huitong.matters import coordinate, decide, replies, reply_rows
from huitong.matters.request import revise
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.whereabouts import whereabouts
from huitong.records.models import Commitment, Decision, Matter, Note, Outbox, Person, Reply, Request
from tests.mail_house import mail_of

pytestmark = pytest.mark.django_db
PROVEN = "mx.example.com; dmarc=pass header.from=example.com"

Write = Callable[..., bytes]


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.REPLY_ADDRESS, settings.AUTHSERV_ID, settings.MAIL_FROM = (
        "desk@example.com",
        "mx.example.com",
        "huitong@example.com",
    )


def mail(row: Outbox, says: str, *, sender: str = "", proven: str = PROVEN, to: str = "", **headers: str) -> bytes:
    """An answer to this letter as the house's mail server hands it over."""
    message = EmailMessage()
    if proven:
        message["Authentication-Results"] = proven
    message["From"] = sender or row.person.email
    message["To"] = to or reply_address.address_of(row)
    message["Subject"] = "Re: x"
    message["Message-ID"] = f"<{row.pk}-{abs(hash((says, str(headers))))}@example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(says)
    return message.as_bytes()


def asked_letter(request: Request) -> Outbox:
    return Outbox.objects.get(kind="request", matter=request.matter)


def decisions(request: Request) -> list[tuple[str, int | None, str]]:
    return list(request.decisions.filter(undone_at=None).values_list("verdict", "option", "how"))


def kinds(matter: Matter) -> list[str]:
    return list(matter.events.values_list("kind", flat=True))


def test_an_options_number_from_the_leaders_proven_address_counts_at_once(asked: Request) -> None:
    assert replies.take_in(mail(asked_letter(asked), "2\n\n> 请您定")) == "counted"
    assert decisions(asked) == [("agree", 1, "mail")]
    receipt = Outbox.objects.get(kind="receipt")
    assert receipt.link is not None
    assert "经邮件" in receipt.payload["small"]


def test_it_is_undone_by_the_link_of_its_receipt(asked: Request, leader: Person) -> None:
    replies.take_in(mail(asked_letter(asked), "1"))
    standing = decide.standing_decision(asked)
    assert standing is not None
    decide.undo(standing, by=leader)
    assert decisions(asked) == []


def test_the_same_mail_twice_is_one_answer(asked: Request) -> None:
    content = mail(asked_letter(asked), "1")
    assert [replies.take_in(content), replies.take_in(b"Received: by another way\n" + content)] == ["counted", "repeat"]
    assert Reply.objects.count() == 1
    assert Outbox.objects.filter(kind="receipt").count() == 1


def test_without_any_threading_header_it_still_lands(asked: Request) -> None:
    content = mail(asked_letter(asked), "１")
    assert b"In-Reply-To" not in content
    assert b"References" not in content
    assert replies.take_in(content) == "counted"


def test_the_address_may_arrive_in_capitals(asked: Request) -> None:
    row = asked_letter(asked)
    assert replies.take_in(mail(row, "1", to=reply_address.address_of(row).upper())) == "counted"


@pytest.mark.parametrize(
    "proven",
    [
        "",
        "mx.example.com; dmarc=fail header.from=example.com",
        "mx.example.com; dkim=pass header.d=evil.example",
        "elsewhere.example; dmarc=pass header.from=example.com",
        "mx.example.com; none",
    ],
)
def test_what_is_not_proven_is_asked_back(asked: Request, proven: str) -> None:
    assert replies.take_in(mail(asked_letter(asked), "1", proven=proven)) == "asked"
    assert decisions(asked) == []
    back = Outbox.objects.get(kind="reply_confirm")
    assert back.person_id == asked.leader_id
    assert any("没能验明" in text for text in back.payload["before"])


def test_a_result_below_the_topmost_proves_nothing(asked: Request) -> None:
    content = mail(asked_letter(asked), "1", proven="mx.example.com; dmarc=fail header.from=example.com")
    forged = content.replace(b"\nFrom:", b"\nAuthentication-Results: " + PROVEN.encode() + b"\nFrom:", 1)
    assert replies.take_in(forged) == "asked"
    assert decisions(asked) == []


def test_another_persons_address_is_asked_back_at_the_leaders_own(asked: Request) -> None:
    assert replies.take_in(mail(asked_letter(asked), "1", sender="secretary@example.com")) == "asked"
    assert decisions(asked) == []
    back = Outbox.objects.get(kind="reply_confirm")
    assert back.person_id == asked.leader_id
    assert any("secretary@example.com" in text for text in back.payload["before"])


def test_a_letter_known_by_its_number_alone_is_asked_back(asked: Request) -> None:
    row = asked_letter(asked)
    content = mail(row, "1", to="desk@example.com", In_Reply_To=row.message_id)
    assert replies.take_in(content) == "asked"
    assert decisions(asked) == []


def test_a_token_of_nobody_is_ignored_and_kept_of_nobody(asked: Request) -> None:
    assert replies.take_in(mail(asked_letter(asked), "1", to="desk+aaaaaaaaaaaaaaaa@example.com")) == "ignored"
    reply = Reply.objects.get()
    assert (reply.sender, reply.text, reply.letter) == ("", "", None)


@pytest.mark.parametrize(
    ("says", "meaning", "option"),
    [
        ("同意方案二,时间改周四", "change", 1),
        ("不同意", "no", None),
        ("先别办", "unclear", None),
        ("1 不行", "unclear", None),
        ("don't approve", "no", None),
        ("不要按方案一", "unclear", None),
        ("1 还是 2?", "ask", None),
        ("3", "unclear", None),
    ],
)
def test_words_are_written_back_and_count_only_when_confirmed(
    asked: Request, leader: Person, says: str, meaning: str, option: int | None
) -> None:
    assert replies.take_in(mail(asked_letter(asked), says)) == "asked"
    assert decisions(asked) == []
    reply = reply_rows.waiting(leader, request=asked)
    assert reply is not None
    assert (reply.meaning, reply.option, reply.text) == (meaning, option, says)
    back = Outbox.objects.get(kind="reply_confirm")
    assert back.link is not None
    assert says in back.payload["before"]
    choice = Choice(Verdict.NO, 1, words=says)
    decide.decide(asked, choice, by=leader, how="link")
    assert reply_rows.waiting(leader, request=asked) is None


def test_the_requester_learns_that_it_is_to_be_confirmed_but_not_what(asked: Request) -> None:
    replies.take_in(mail(asked_letter(asked), "绝不同意"))
    event = asked.matter.events.get(kind="reply_to_confirm")
    assert "绝" not in str(event.data)
    assert not Outbox.objects.filter(kind="reply_words").exists()


def test_an_answer_to_an_older_version_is_asked_back(
    asked: Request, requester: Person, answer: Callable[..., None]
) -> None:
    row = asked_letter(asked)
    answer(asked.matter, {"purpose": "把交期定在发布会前一周"})
    revise(asked.matter, requester)
    assert replies.take_in(mail(row, "1")) == "asked"
    assert decisions(asked) == []


def test_an_attachment_makes_it_more_than_a_number(asked: Request) -> None:
    row = asked_letter(asked)
    message = EmailMessage()
    message["Authentication-Results"], message["From"], message["To"] = (
        PROVEN,
        row.person.email,
        reply_address.address_of(row),
    )
    message.set_content("1")
    message.add_attachment(b"x" * 5000, maintype="application", subtype="pdf", filename="意见.pdf")
    assert replies.take_in(message.as_bytes()) == "asked"
    reply = Reply.objects.get()
    assert reply.attachments == [["意见.pdf", 5000]]
    assert any("意见.pdf" in text for text in Outbox.objects.get(kind="reply_confirm").payload["before"])


def test_two_alternatives_that_differ_are_no_number(asked: Request) -> None:
    row = asked_letter(asked)
    message = EmailMessage()
    message["Authentication-Results"], message["From"], message["To"] = (
        PROVEN,
        row.person.email,
        reply_address.address_of(row),
    )
    message.set_content("1")
    message.add_alternative("<p>不要 1</p>", subtype="html")
    assert replies.take_in(message.as_bytes()) == "asked"
    assert decisions(asked) == []


def test_out_of_office_is_shown_once_and_never_answered(asked: Request) -> None:
    row = asked_letter(asked)
    before = Outbox.objects.count()
    first = mail(row, "我在休假，12 月 1 日回来。", Auto_Submitted="auto-replied")
    assert replies.take_in(first) == "away"
    assert replies.take_in(mail(row, "我在休假。", Auto_Submitted="auto-replied")) == "away"
    assert Outbox.objects.count() == before
    assert asked.matter.events.get(kind="auto_replied").data["words"] == "我在休假，12 月 1 日回来。"
    assert "对方自动回复：“我在休假。”" in whereabouts(asked.matter).sentence


def test_a_bounce_is_shown_where_the_matter_is(asked: Request) -> None:
    row = asked_letter(asked)
    Outbox.objects.filter(pk=row.pk).update(state="sent")
    before = Outbox.objects.count()
    assert replies.take_in(bounce(row)) == "came_back"
    row.refresh_from_db()
    assert row.state == "failed"
    assert "user unknown" in row.last_error
    assert whereabouts(asked.matter).code == "came_back"
    assert "mail_failed" in kinds(asked.matter)
    assert Outbox.objects.count() == before


def test_a_letter_that_is_only_late_has_not_failed(asked: Request) -> None:
    row = asked_letter(asked)
    Outbox.objects.filter(pk=row.pk).update(state="sent")
    assert replies.take_in(bounce(row, action="delayed")) == "ignored"
    row.refresh_from_db()
    assert row.state == "sent"


def bounce(row: Outbox, action: str = "failed", number: int = 0) -> bytes:
    address = reply_address.address_of(row)
    return f"""Return-Path: <>
From: MAILER-DAEMON@example.com
To: {address}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{number}@example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; gao@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
--b
Content-Type: text/rfc822-headers

Message-ID: {row.message_id}
--b--
""".encode()


def test_our_own_address_as_sender_is_ignored(asked: Request) -> None:
    row = asked_letter(asked)
    for sender in ("huitong@example.com", "desk@example.com", reply_address.address_of(row)):
        assert replies.take_in(mail(row, "1", sender=sender)) == "ignored"
    assert decisions(asked) == []


@pytest.mark.parametrize(
    "headers",
    [{"List_Id": "<all.example.com>"}, {"Precedence": "list"}, {"Content_Disposition": "inline", "List_Post": "<x>"}],
)
def test_a_lists_mail_is_ignored(asked: Request, headers: dict[str, str]) -> None:
    assert replies.take_in(mail(asked_letter(asked), "1", **headers)) == "ignored"


def test_a_calendars_answer_is_handed_on_to_a_person(asked: Request) -> None:
    row = asked_letter(asked)
    message = EmailMessage()
    message["From"], message["To"] = row.person.email, reply_address.address_of(row)
    message.set_content("Accepted")
    message.add_alternative(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR", subtype="calendar", params={"method": "REPLY"}
    )
    assert replies.take_in(message.as_bytes()) == "calendar"
    assert "calendar_answered" in kinds(asked.matter)


# --- the counterpart, the owner of a promise, the requester ---


@pytest.fixture
def note(asked: Request, requester: Person, leader: Person) -> Note:
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    Decision.objects.update(effective_at=timezone.now() - timedelta(minutes=1))
    matter = Matter.objects.get(pk=asked.matter_id)
    return coordinate.send_note(
        matter, requester, name="王经理", email="wang@example.com", subject="请协助", text="请给交期。"
    )


def test_a_counterparts_answer_is_written_back(note: Note) -> None:
    row = Outbox.objects.get(kind="note")
    day = timezone.localdate() + timedelta(days=9)
    assert replies.take_in(mail(row, f"可以，但要到{day.month}月{day.day}日才能给")) == "asked"
    reply = reply_rows.waiting(note.person, note=note)
    assert reply is not None
    assert (reply.meaning, reply.day) == ("date", day)
    note.refresh_from_db()
    assert note.answer == ""
    coordinate.answer_note(note, answer="date", day=day, who="", words=reply.text)
    assert reply_rows.waiting(note.person, note=note) is None


def test_the_owner_of_a_promise_is_asked_whether_it_is_done(asked: Request, requester: Person, leader: Person) -> None:
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    promise = Commitment.objects.get()
    row = Outbox.objects.filter(kind="remind_commitment").first()
    assert row is not None
    assert replies.take_in(mail(row, "已办好，单号 CG-2211")) == "asked"
    promise.refresh_from_db()
    assert promise.state == "open"
    reply = reply_rows.waiting(requester, commitment=promise)
    assert reply is not None
    assert reply.meaning == "kept"


def test_the_requesters_answer_to_a_question_waits_in_its_page(asked: Request, leader: Person) -> None:
    decide.decide(asked, Choice(Verdict.ASK, 1, words="预算多少？"), by=leader, how="account")
    Decision.objects.update(effective_at=timezone.now() - timedelta(minutes=1))
    row = Outbox.objects.get(kind="decision")
    assert mail_of(row)["Reply-To"].addresses[0].addr_spec == reply_address.address_of(row)
    assert replies.take_in(mail(row, "三万二，报价见附件")) == "passed_on"
    draft = asked.matter.drafts.get(channel="answer")
    assert draft.text == "三万二，报价见附件"
    assert not Outbox.objects.filter(kind="answer").exists()


def test_words_after_the_decision_go_to_who_asked(note: Note, asked: Request) -> None:
    assert replies.take_in(mail(asked_letter(asked), "记得抄送财务")) == "passed_on"
    words = Outbox.objects.get(kind="reply_words")
    assert words.person_id == asked.matter.requester_id
    assert "记得抄送财务" in words.payload["before"]


# --- no loops ---


def test_whatever_answers_everything_gets_one_mail_in_a_day(asked: Request, leader: Person, monkeypatch: Any) -> None:
    """An autoresponder that does not say it is one, for 24 simulated hours: it answers each of our mails at once, and
    hourly.
    """
    start = timezone.now()
    answered: set[int] = set()
    for hour in range(24):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: start + timedelta(hours=hour))
        rows = Outbox.objects.filter(person=leader).exclude(pk__in=answered)
        answered |= {row.pk for row in rows}
        for row in [*rows, asked_letter(asked)]:
            replies.take_in(mail(row, "您好，来信收到，会尽快处理。", Date=f"{row.pk}-{hour}"))
    sent = Outbox.objects.filter(person=leader, created_at__lt=start + timedelta(hours=24)).exclude(
        kind="remind_leader"
    )
    assert sorted(sent.values_list("kind", flat=True)) == ["reply_confirm", "request"]
    assert decisions(asked) == []


def test_a_bouncing_address_and_our_own_get_nothing(asked: Request, monkeypatch: Any) -> None:
    start, row = timezone.now(), asked_letter(asked)
    Outbox.objects.filter(pk=row.pk).update(state="sent")
    before = Outbox.objects.count()
    for hour in range(24):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: start + timedelta(hours=hour))
        replies.take_in(bounce(row, number=hour))
        replies.take_in(mail(row, f"{hour}", sender="desk@example.com"))
    assert Outbox.objects.count() == before
    assert kinds(asked.matter).count("mail_failed") == 1


def test_more_answers_to_one_letter_than_anyone_writes_are_left(asked: Request) -> None:
    row = asked_letter(asked)
    came = [replies.take_in(mail(row, f"请看第 {n} 点")) for n in range(replies.MANY + 5)]
    assert came.count("ignored") == 5


# --- without the setting ---


def test_without_an_address_for_answers_all_is_as_before(asked: Request, settings: Any) -> None:
    row = asked_letter(asked)
    content = mail(row, "1")
    settings.REPLY_ADDRESS = ""
    assert mail_of(row)["Reply-To"].addresses[0].addr_spec == "xu@example.com"
    assert replies.take_in(content) == "ignored"
    with transaction.atomic():
        assert outbox.put("note", row.person, outbox.Letter(title="x"), key="k").reply_digest == ""


def test_a_letter_says_that_it_can_be_answered_by_mail(asked: Request) -> None:
    assert "也可以直接回信" in asked_letter(asked).payload["small"]


@pytest.mark.parametrize("proven", [PROVEN, ""])
def test_a_calendars_answer_counts_if_its_address_is_proven(
    asked: Request, requester: Person, leader: Person, proven: str
) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    decide.send_now(decision, by=leader)
    meeting = coordinate.call_meeting(
        Matter.objects.get(pk=asked.matter_id),
        requester,
        title="协调会",
        start=timezone.now().replace(microsecond=0) + timedelta(days=3),
        minutes=30,
        place="",
        agenda="",
        guests=[("王经理", "wang@example.com")],
    )
    row = Outbox.objects.get(kind="invitation", person__email="wang@example.com")
    assert "mailto:desk@example.com" in row.payload["calendar"]
    said = row.payload["calendar"].replace("METHOD:REQUEST", "METHOD:REPLY")
    lines = [x for x in said.replace("\r\n ", "").splitlines() if "wang" in x or not x.startswith("ATTENDEE")]
    said = "\r\n".join(lines).replace("NEEDS-ACTION", "ACCEPTED") + "\r\n"
    message = EmailMessage()
    if proven:
        message["Authentication-Results"] = proven
    message["From"], message["To"] = "wang@example.com", "desk@example.com"
    message["Subject"], message["Message-ID"] = "Accepted", "<a1@example.com>"
    message.set_content("")
    message.add_alternative(said, subtype="calendar", params={"method": "REPLY"})
    assert replies.take_in(message.as_bytes()) == ("calendar" if proven else "ignored")
    assert meeting.attendees.get(person=row.person).answer == ("accepted" if proven else "")
