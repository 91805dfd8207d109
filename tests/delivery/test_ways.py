"""By what a row goes: what its person chose, quiet hours, the way back to mail, and limits of the receiving host."""

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

import huitong
from huitong.delivery import app, leases, ways
from huitong.delivery.transports.mail import letter
from huitong.records.models import ChatAddress, Outbox, Person

pytestmark = pytest.mark.django_db(transaction=True)  # tasks close old connections
SOURCE = Path(huitong.__file__).parent


def carry(row: Outbox, owner: str = "worker") -> Outbox:
    """What a worker does with the row now, also where it had to wait."""
    Outbox.objects.filter(pk=row.pk, state="waiting").update(due_at=timezone.now())
    leases.claim(owner, now=timezone.now(), limit=100)
    app.carry(row.pk, owner)
    row.refresh_from_db()
    return row


@pytest.fixture
def mails(settings, listen, inbox):
    settings.SMTP_URL = listen()
    return inbox


# --- what was chosen ---


def test_every_kind_of_row_that_is_written_is_some_kind_of_news_or_goes_as_written() -> None:
    written = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.put":
                assert isinstance(node.args[0], ast.Constant), file
                written.add(node.args[0].value)
    known = [kind for kinds in ways.NEWS.values() for kind in kinds] + list(ways.AS_WRITTEN)
    assert len(known) == len(set(known))
    assert written == set(known)


def test_who_has_chosen_nothing_gets_mail(promise, mails) -> None:
    row = carry(promise())
    assert (row.state, row.transport, len(mails.accepted)) == ("sent", "mail", 1)


def test_what_was_chosen_for_this_kind_of_news_goes_there_and_nothing_else(promise, mails, robot, chat) -> None:
    robot.says({"code": 0})
    chat("feishu")
    request, thanks = carry(promise("request")), carry(promise("thanks"))
    assert (request.state, request.transport, len(robot.got)) == ("sent", "feishu", 1)
    assert (thanks.state, thanks.transport, len(mails.accepted)) == ("sent", "mail", 1)


@pytest.mark.parametrize("news", [{"decide": "pigeon"}, {"decide": "wecom"}, {"decide": None}, [], "feishu", 7])
def test_what_cannot_be_kept_to_goes_by_mail(news: object, promise, mails, robot, chat) -> None:
    chat("feishu")
    Person.objects.update(news=news)
    row = carry(promise())
    assert (row.state, row.transport, robot.got) == ("sent", "mail", [])


def test_sample_people_are_in_no_chat(promise, mails, robot, chat, settings, tmp_path) -> None:
    settings.MAIL_FOLDER = tmp_path
    chat("feishu")
    Person.objects.update(is_sample=True)
    assert carry(promise()).transport == "mail"
    assert robot.got == []


@pytest.mark.parametrize("kind", ["invite", "password", "invitation"])
def test_what_only_mail_can_carry_goes_by_mail(kind: str, promise, mails, robot, chat) -> None:
    chat("feishu")
    Person.objects.update(news=dict.fromkeys(ways.NEWS, "feishu"))
    assert carry(promise(kind)).transport == "mail"
    assert robot.got == []


# --- quiet hours ---


@pytest.mark.parametrize(
    ("begin", "end", "clock", "until"),
    [
        (time(22), time(7, 30), "2026-11-25 23:00", "2026-11-26 07:30"),
        (time(22), time(7, 30), "2026-11-25 03:00", "2026-11-25 07:30"),
        (time(22), time(7, 30), "2026-11-25 22:00", "2026-11-26 07:30"),
        (time(22), time(7, 30), "2026-11-25 07:30", None),
        (time(22), time(7, 30), "2026-11-25 12:00", None),
        (time(12), time(14), "2026-11-25 13:59", "2026-11-25 14:00"),
        (time(12), time(14), "2026-11-25 14:00", None),
        (time(12), time(0), "2026-11-25 23:59", "2026-11-26 00:00"),
        (None, time(7), "2026-11-25 03:00", None),
        (time(7), time(7), "2026-11-25 07:00", None),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_quiet_hours_are_by_the_persons_own_clock(begin, end, clock, until, zone: str) -> None:
    person = Person(time_zone=zone, quiet_from=begin, quiet_until=end)
    now = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    expected = until and datetime.fromisoformat(until).replace(tzinfo=ZoneInfo(zone))
    assert ways.end_of_quiet(person, now) == expected


# --- back to mail ---


def test_a_refusal_sends_the_same_row_by_mail_once_and_the_mail_says_so(promise, mails, robot, chat) -> None:
    robot.says({"code": 19021, "msg": "sign match fail"})
    chat("feishu")
    row = carry(promise())
    assert (row.state, row.transport, row.first_transport, row.first_outcome) == (
        "waiting",
        "mail",
        "feishu",
        "refused",
    )
    assert row.due_at <= timezone.now()
    row = carry(row)
    assert (row.state, len(robot.got), len(mails.accepted)) == ("sent", 1, 1)
    assert "签名" in row.first_error
    for kind in ("plain", "html"):
        part = mails.accepted[0].get_body((kind,))
        assert "本来要发到您的飞书，没有发成，改寄邮件" in part.get_content()
    assert Outbox.objects.count() == 1


def test_what_may_have_arrived_is_not_written_there_again_and_the_mail_says_so(promise, mails, robot, chat) -> None:
    robot.says(b"<html>")
    chat("wecom")
    row = carry(carry(promise()))
    assert (row.state, row.first_outcome, len(robot.got)) == ("sent", "unsure", 1)
    assert "可能已经到了" in mails.accepted[0].get_body(("plain",)).get_content()


def test_a_limit_is_waited_for_and_the_third_failure_goes_by_mail(promise, mails, robot, chat) -> None:
    robot.says({"errcode": 130101, "errmsg": "send too fast"})
    chat("dingtalk")
    row = carry(promise())
    assert (row.state, row.transport) == ("waiting", "dingtalk")
    assert timedelta(minutes=9) < row.due_at - timezone.now() <= timedelta(minutes=10)
    row = carry(row)
    assert row.first_transport == ""
    row = carry(carry(row))
    assert (row.state, row.transport, row.first_outcome, row.tries) == ("sent", "mail", "later", 1)
    assert (len(robot.got), len(mails.accepted)) == (3, 1)


def test_a_worker_that_died_over_a_chat_does_not_write_there_again(promise, mails, robot, chat) -> None:
    robot.says({"code": 0})
    chat("feishu")
    row = promise()
    leases.claim("dead", now=timezone.now(), limit=1)
    assert leases.begin(row.pk, "dead", now=timezone.now())
    leases.release("dead")
    row = carry(carry(row))
    assert (row.state, row.first_outcome, robot.got) == ("sent", "unsure", [])
    assert "可能已经到了" in mails.accepted[0].get_body(("plain",)).get_content()


def test_who_has_no_mail_address_is_reached_in_the_chat_or_not_at_all(promise, robot, chat) -> None:
    Person.objects.filter(name="高岚").update(email="")
    robot.says({"code": 19024, "msg": "Key Words Not Found"})
    chat("feishu")
    row = promise()
    row.person.refresh_from_db()
    row = carry(row)
    assert (row.state, row.transport, row.first_transport) == ("failed", "feishu", "")
    assert "关键词" in row.last_error


def test_what_mail_cannot_bring_either_fails_as_mail_does(promise, mails, robot, chat) -> None:
    mails.recipient = lambda address: "550 5.1.1 No such user"
    robot.says({"code": 19021})
    chat("feishu")
    row = carry(carry(promise()))
    assert (row.state, row.transport, row.first_transport) == ("failed", "mail", "feishu")
    assert "No such user" in row.last_error


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
@pytest.mark.parametrize("code", ["instead", "instead_unsure"])
def test_the_reason_is_there_in_every_language(language: str, code: str) -> None:
    assert "X" in letter.words(code, language, service="X")


def test_an_address_that_is_gone_leaves_the_row_to_mail(promise, mails, robot, chat) -> None:
    robot.says({"errcode": -1})
    chat("wecom")
    row = carry(promise())
    ChatAddress.objects.all().delete()
    row = carry(row)
    assert (row.state, row.transport) == ("sent", "mail")


# --- limits ---


def test_a_robot_gets_no_more_a_minute_than_it_takes(promise, robot, chat) -> None:
    robot.says({"errcode": 0})
    chat("wecom")
    rows = [carry(promise()) for _ in range(22)]
    assert [row.state for row in rows] == ["sent"] * 20 + ["waiting"] * 2
    assert {(row.reason, row.tries, row.begun) for row in rows[20:]} == {("limit", 0, 0)}
    assert timezone.now() < rows[20].due_at <= timezone.now() + timedelta(minutes=1)
    assert len(robot.got) == 20
    Outbox.objects.filter(state="sent").update(tried_at=timezone.now() - timedelta(seconds=61))
    assert carry(rows[20]).state == "sent"


def test_one_full_robot_holds_up_nobody_else(promise, robot, chat, mails) -> None:
    robot.says({"errcode": 0})
    chat("wecom")
    for _ in range(21):
        carry(promise())
    assert carry(promise("thanks")).state == "sent"


def test_workers_at_once_keep_the_limit_too(promise, robot, chat) -> None:
    robot.says({"errcode": 0})
    kept = chat("wecom")
    rows = [promise() for _ in range(30)]
    leases.claim("w", now=timezone.now(), limit=100)

    def work(row: Outbox) -> None:
        try:
            app.carry(row.pk, "w")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, rows))
    assert len(robot.got) <= 20
    assert Outbox.objects.filter(state="sent").count() == len(robot.got)
    assert kept.address not in str(list(Outbox.objects.values_list("toward", flat=True)))


def test_mail_has_a_limit_a_domain_where_one_is_set(promise, mails, settings) -> None:
    settings.MAIL_A_MINUTE = 2
    other = Person.objects.create(name="李工", email="li@other.example")
    assert [carry(promise()).state for _ in range(3)] == ["sent", "sent", "waiting"]
    assert carry(promise(person=other)).state == "sent"


def test_no_more_go_at_once_than_a_domain_takes(promise, mails, settings) -> None:
    settings.MAIL_AT_ONCE = 1
    going, next_one = promise(), promise()
    leases.claim("w", now=timezone.now(), limit=9)
    row = leases.begin(going.pk, "w", now=timezone.now())
    assert leases.take_place(row, "w", transport="mail", toward="mail:huitong.example", limit=leases.Limit(1)) is None
    app.carry(next_one.pk, "w")
    next_one.refresh_from_db()
    assert (next_one.state, next_one.reason, mails.accepted) == ("waiting", "limit", [])
    leases.settle_sent(row, "w")
    assert carry(next_one).state == "sent"
