"""A whole correspondence by real SMTP and IMAP servers on loopback: asked, answered, returned, away, confirmed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from huitong.coordination import attendance
from huitong.delivery import imap, leases, mailbox, transports
from huitong.matters import attend, coordinate, promises, reply_rows
from huitong.matters.whereabouts import whereabouts
from huitong.records.models import Decision, Mailbox, Matter, Outbox, Person, Reply, Request
from tests.conftest import free_port
from tests.mail_house import DESK, PASSWORD, House, start_imap

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    port = free_port()
    process = start_imap(port)
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture
def house(imap_port: int, settings: Any) -> Iterator[House]:
    house = House(imap_port)
    house.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{house.port}"
    settings.IMAP_URL = f"imap://{DESK}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{imap_port}/INBOX"
    settings.REPLY_ADDRESS, settings.AUTHSERV_ID = "desk@example.com", "mx.example.com"
    settings.MAIL_FROM = "huitong@example.com"
    Mailbox.objects.create(name=imap.Server.from_url(settings.IMAP_URL).name)
    mailbox.fetch()  # what earlier tests have left there
    Reply.objects.all().delete()
    yield house
    house.stop()


def carry() -> None:
    """Send what is due, as a worker does."""
    for row in leases.claim("test", now=timezone.now(), limit=50):
        begun = leases.begin(row.pk, "test", now=timezone.now())
        assert begun is not None
        receipt = transports.get("mail").send(begun)
        assert receipt.outcome == "sent", receipt
        leases.settle_sent(begun, "test")


def resend(kind: str) -> Outbox:
    """The fixture settles the request without a server: let it go out through ours."""
    row = Outbox.objects.get(kind=kind)
    Outbox.objects.filter(pk=row.pk).update(state="waiting", due_at=timezone.now(), lease_until=None, sent_at=None)
    carry()
    return row


def test_a_request_is_answered_by_its_number_and_the_note_by_a_day(
    house: House, asked: Request, requester: Person, leader: Person
) -> None:
    resend("request")
    letter = house.letter("gao@example.com", "")
    assert str(letter["Reply-To"].addresses[0].addr_spec).startswith("desk+")
    house.answer(letter, "我在休假，下周一回来。", leader.email, Auto_Submitted="auto-replied")
    assert mailbox.fetch() == 1
    assert "下周一回来" in whereabouts(Matter.objects.get(pk=asked.matter_id)).sentence

    house.answer(letter, "方案二", leader.email)
    assert mailbox.fetch() == 1
    assert list(asked.decisions.values_list("verdict", "option", "how")) == [("agree", 1, "mail")]
    carry()
    assert house.letter("gao@example.com", "回执")

    Decision.objects.update(effective_at=timezone.now() - timedelta(minutes=1))
    matter = Matter.objects.get(pk=asked.matter_id)
    note = coordinate.send_note(
        matter, requester, name="王经理", email="wang@example.com", subject="请协助", text="请定。"
    )
    carry()
    day = timezone.localdate() + timedelta(days=12)
    house.answer(
        house.letter("wang@example.com", "请协助"), f"可以，但要到{day.month}月{day.day}日", "wang@example.com"
    )
    assert mailbox.fetch() == 1
    carry()
    back = house.letter("wang@example.com", "请确认您的回信")
    assert "还没有记下" in back.get_body(("plain",)).get_content()
    reply = reply_rows.waiting(note.person, note=note)
    assert reply is not None
    assert (reply.meaning, reply.day) == ("date", day)
    coordinate.answer_note(note, answer="date", day=reply.day, who="", words=reply.text)
    note.refresh_from_db()
    assert (note.answer, note.day) == ("date", day)


def calendar_in(letter: EmailMessage) -> str:
    """The invitation as a calendar program reads it, unfolded."""
    [part] = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    return str(part.get_content()).replace("\r\n ", "").replace("\r\n", "\n")


def said(invitation: str, method: str, answer: str, person: Person, **lines: str) -> str:
    """What a calendar program makes of an invitation: one attendee's answer, with some lines said otherwise."""
    kept = [x for x in invitation.splitlines() if not x.startswith("ATTENDEE") or person.email in x]
    kept = [re.sub(r"PARTSTAT=[A-Z-]+", f"PARTSTAT={answer}", x) for x in kept]
    text = "\r\n".join(kept).replace("METHOD:REQUEST", f"METHOD:{method}")
    for name, value in lines.items():
        text = re.sub(rf"(?m)^{name}[;:].*$", f"{name}:{value}\r", text)
    return text + "\r\n"


def test_a_meeting_and_what_came_of_it_go_round_by_mail(
    house: House, asked: Request, requester: Person, leader: Person
) -> None:
    # The leader answers by number; the meeting is called and goes out as an invitation.
    resend("request")
    house.answer(house.letter(leader.email, ""), "1", leader.email)
    assert mailbox.fetch() == 1
    Decision.objects.update(effective_at=timezone.now() - timedelta(minutes=1))
    matter = Matter.objects.get(pk=asked.matter_id)
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    meeting = coordinate.call_meeting(
        matter,
        requester,
        title="物料交期协调会",
        start=start,
        minutes=30,
        place="三楼",
        agenda="交期",
        guests=[("王经理", "wang@example.com")],
    )
    carry()
    wang = Person.objects.get(email="wang@example.com")
    invitation = calendar_in(house.letter(wang.email, "物料交期协调会"))
    assert "METHOD:REQUEST" in invitation
    assert "SEQUENCE:0" in invitation

    # The other head's calendar program proposes a later time; the requester takes it, and the calendars follow.
    other = start + timedelta(hours=2)
    times = {"DTSTART": f"{other:%Y%m%dT%H%M%SZ}", "DTEND": f"{other + timedelta(minutes=30):%Y%m%dT%H%M%SZ}"}
    house.answer_calendar(said(invitation, "COUNTER", "TENTATIVE", wang, **times), wang.email)
    assert mailbox.fetch() == 1
    row = meeting.attendees.get(person=wang)
    assert attendance.proposal(meeting, row) == (other, 30)
    carry()
    assert house.letter(requester.email, "王经理想换个时间")
    attend.accept_time(meeting, by=requester, attendee=row.pk)
    carry()
    moved = calendar_in(house.letter(leader.email, "物料交期协调会"))
    assert "SEQUENCE:1" in moved
    house.answer_calendar(said(moved, "REPLY", "ACCEPTED", leader), leader.email)
    assert mailbox.fetch() == 1
    meeting.refresh_from_db()
    assert {attendance.standing(meeting, a) for a in meeting.attendees.all()} == {"accepted"}

    # What came of it is asked of its owner by mail, agreed to by mail, and reminded of.
    day = timezone.localdate() + timedelta(days=9)
    made = promises.promise(
        matter,
        requester,
        side="theirs",
        owner_name=wang.name,
        owner_email=wang.email,
        what="给出交期",
        day=day,
    )
    carry()
    house.answer(house.letter(wang.email, "给出交期"), "可以，没问题", wang.email)
    assert mailbox.fetch() == 1
    carry()
    assert house.letter(wang.email, "请确认您的回信")
    made.refresh_from_db()
    assert made.state == "proposed"
    promises.accept_promise(made, by=wang)
    Outbox.objects.filter(kind="remind_commitment", person=wang).update(due_at=timezone.now())
    carry()
    reminder = house.letter(wang.email, "给出交期")
    house.answer(reminder, "出差中，周一回。", wang.email, Auto_Submitted="auto-replied")
    house.answer(reminder, "已经办好了，交期单发过去了", wang.email)
    assert mailbox.fetch() == 2
    reply = reply_rows.waiting(wang, commitment=made)
    assert reply is not None
    assert reply.meaning == "kept"
    promises.keep_promise(made, by=wang, words=reply.text)
    made.refresh_from_db()
    assert (made.state, made.words) == ("kept", "已经办好了，交期单发过去了")


def test_an_answer_from_elsewhere_is_asked_back(house: House, asked: Request, leader: Person) -> None:
    resend("request")
    house.answer(house.letter("gao@example.com", ""), "1", "gao@elsewhere.example")
    assert mailbox.fetch() == 1
    assert not asked.decisions.exists()
    assert Outbox.objects.get(kind="reply_confirm").person == leader


def test_a_returned_letter_is_shown(house: House, asked: Request) -> None:
    house.gone.add("gao@example.com")
    resend("request")
    assert mailbox.fetch() == 1
    assert whereabouts(Matter.objects.get(pk=asked.matter_id)).code == "came_back"
    row = Outbox.objects.get(kind="request")
    assert row.state == "failed"
    assert "user unknown" in row.last_error


def test_killed_between_effect_and_note_nothing_is_lost_or_twice(
    house: House, asked: Request, leader: Person, monkeypatch: Any
) -> None:
    resend("request")
    house.answer(house.letter("gao@example.com", ""), "1", leader.email)
    take = mailbox.receive

    class Killed(BaseException):
        pass

    def dies_after(content: bytes) -> str:
        take(content)
        raise Killed

    monkeypatch.setattr(mailbox, "receive", dies_after)
    with pytest.raises(Killed):
        mailbox.fetch()
    assert not asked.decisions.exists()
    assert not Reply.objects.exists()

    monkeypatch.setattr(mailbox, "receive", take)

    def dies_marking(opened: imap.Opened, number: int) -> None:
        raise Killed

    monkeypatch.setattr(imap.Opened, "mark_read", dies_marking)
    with pytest.raises(Killed):
        mailbox.fetch()
    monkeypatch.undo()
    assert asked.decisions.count() == 1
    assert mailbox.fetch() == 0
    assert asked.decisions.count() == 1
    assert Outbox.objects.filter(kind="receipt").count() == 1


def test_a_mailbox_numbered_anew_gives_nothing_twice(house: House, asked: Request, leader: Person) -> None:
    resend("request")
    house.answer(house.letter("gao@example.com", ""), "1", leader.email)
    assert mailbox.fetch() == 1
    Mailbox.objects.update(uidvalidity=1, uid=99)
    assert mailbox.fetch() == 0
    assert asked.decisions.count() == 1


def test_a_mail_that_breaks_us_does_not_hold_up_the_next(
    house: House, asked: Request, leader: Person, monkeypatch: Any
) -> None:
    resend("request")
    take = mailbox.receive
    letter = house.letter("gao@example.com", "")

    def breaks_once(content: bytes) -> str:
        if b"X-Breaks" in content:
            raise ValueError("a fault of ours")
        return take(content)

    monkeypatch.setattr(mailbox, "receive", breaks_once)
    house.answer(letter, "1", leader.email, X_Breaks="yes")
    house.answer(letter, "2", leader.email)
    assert mailbox.fetch() == 1
    assert list(asked.decisions.values_list("option", flat=True)) == [1]


def test_two_workers_read_one_after_the_other(house: House, asked: Request) -> None:
    Mailbox.objects.update(busy_until=timezone.now() + timedelta(minutes=1))
    assert mailbox.fetch() == 0
    Mailbox.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    resend("request")
    house.answer(house.letter("gao@example.com", ""), "1", "gao@example.com")
    assert mailbox.fetch() == 1


def test_a_mailbox_that_can_not_be_read_is_noted(house: House, settings: Any) -> None:
    settings.IMAP_URL = settings.IMAP_URL.replace(PASSWORD.replace(" ", "%20"), "wrong")
    Mailbox.objects.all().delete()
    assert mailbox.fetch() == 0
    box = Mailbox.objects.get()
    assert box.trouble
    assert "wrong" not in box.name + box.trouble
    assert box.busy_until is None
