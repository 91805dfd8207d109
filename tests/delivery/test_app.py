"""The tasks: what a sweep hands out, and what becomes of a row when something goes wrong on our side."""

from datetime import timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.utils import timezone

from huitong.delivery import app, outbox, transports
from huitong.delivery.transports.mail import letter
from huitong.records.models import Event, Outbox, Person

pytestmark = pytest.mark.django_db(transaction=True)  # tasks close old connections


class FarEnd:
    """A transport that does as it is told."""

    NAMES = {"zh": "鸽子"}
    REPEATS = CONFIRMS = True

    def toward(self, row: Outbox) -> tuple[str, outbox.Limit]:
        return "", outbox.Limit()

    def __init__(self, answer: transports.Receipt | Exception) -> None:
        self.answer = answer
        self.got: list[int] = []

    def send(self, row: Outbox) -> transports.Receipt:
        self.got.append(row.pk)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def far_end(monkeypatch):
    """far_end(answer): the transport that every row gets from here on."""

    def far_end(answer: transports.Receipt | Exception) -> FarEnd:
        transport = FarEnd(answer)
        monkeypatch.setattr(transports, "get", lambda name: transport)
        return transport

    return far_end


@pytest.fixture
def handed_out(monkeypatch) -> list[tuple[int, str]]:
    """What sweeps hand out from here on; nobody carries it."""
    handed: list[tuple[int, str]] = []
    monkeypatch.setattr(app.carry, "delay", lambda row_id, owner: handed.append((row_id, owner)))
    return handed


def carry(row: Outbox) -> Outbox:
    outbox.claim("worker", now=timezone.now(), limit=10)
    app.carry(row.pk, "worker")
    row.refresh_from_db()
    return row


def test_a_sweep_hands_out_no_more_than_will_be_sent_before_the_leases_run_out(promise, handed_out) -> None:
    rows = [promise().pk for _ in range(app.IN_HAND + 5)]
    app.sweep()
    app.sweep()
    assert [row for row, _ in handed_out] == rows[: app.IN_HAND]
    Outbox.objects.filter(pk__in=rows[:3]).update(state="sent")
    app.sweep()
    assert [row for row, _ in handed_out] == rows[: app.IN_HAND + 3]


def test_each_sweep_holds_its_rows_under_a_name_of_its_own(promise, handed_out) -> None:
    promise()
    app.sweep()
    promise()
    app.sweep()
    assert len({owner for _, owner in handed_out}) == 2
    assert all(owner.startswith(app.WORKER) and len(owner) <= 64 for _, owner in handed_out)


def test_a_row_that_is_handed_out_twice_is_sent_once(promise, far_end) -> None:
    transport = far_end(transports.Receipt("sent"))
    row = carry(promise())
    app.carry(row.pk, "worker")
    assert transport.got == [row.pk]
    assert row.state == "sent"


@pytest.mark.parametrize(
    ("receipt", "state"),
    [(transports.Receipt("refused", "没有这个地址。"), "failed"), (transports.Receipt("later", "请稍后。"), "waiting")],
)
def test_a_receipt_settles_its_row(promise, far_end, receipt: transports.Receipt, state: str) -> None:
    far_end(receipt)
    row = carry(promise())
    assert (row.state, row.last_error, row.tries) == (state, receipt.words, 1)


def test_a_fault_of_ours_is_logged_and_the_row_tried_again_after_a_pause(promise, far_end, caplog) -> None:
    far_end(ZeroDivisionError("in the template"))
    row = carry(promise())
    assert row.state == "waiting"
    assert row.due_at > timezone.now()
    assert "管理员" in row.last_error
    assert "in the template" in caplog.text


def test_what_was_chosen_for_a_transport_that_is_gone_goes_by_mail(promise, leader) -> None:
    Person.objects.update(news={"decide": "pigeon"})
    row = carry(promise())
    assert (row.state, row.transport) == ("sent", "mail")


def test_a_transport_that_is_gone_loses_no_row(promise, caplog) -> None:
    row = promise("invite")
    Outbox.objects.filter(pk=row.pk).update(transport="pigeon")
    row = carry(row)
    assert (row.state, row.tries, row.reason) == ("waiting", 1, "fault")
    assert "pigeon" in caplog.text


def test_a_row_that_cannot_be_made_steps_aside_and_blocks_no_other(promise, monkeypatch, caplog) -> None:
    made = letter.compose

    def compose(row: Outbox, sender: str) -> EmailMessage:
        if row.payload["title"] == "poison":
            raise ZeroDivisionError("in the template")
        return made(row, sender)

    monkeypatch.setattr(letter, "compose", compose)
    poisoned, well = promise(title="poison"), promise()
    for _ in range(outbox.FAULTS):
        Outbox.objects.update(due_at=timezone.now())
        poisoned = carry(poisoned)
    app.carry(well.pk, "worker")
    well.refresh_from_db()
    assert (poisoned.state, poisoned.reason, poisoned.tries) == ("failed", "fault", outbox.FAULTS)
    assert "ZeroDivisionError" in poisoned.last_error
    assert well.state == "sent"
    assert Event.objects.get(kind="mail_failed").data["person"] == "高岚"


def test_a_row_over_which_workers_die_again_and_again_steps_aside(promise, far_end) -> None:
    transport = far_end(transports.Receipt("sent"))
    row = promise()
    Outbox.objects.update(begun=outbox.INTERRUPTIONS)
    row = carry(row)
    assert (row.state, transport.got) == ("failed", [])


def test_quiet_hours_wait_and_count_no_try(promise, far_end, leader) -> None:
    transport = far_end(transports.Receipt("sent"))
    now = timezone.localtime(timezone.now(), ZoneInfo("Asia/Shanghai"))
    begin, end = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    Person.objects.update(quiet_from=begin, quiet_until=end)
    row = carry(promise())
    assert (row.state, row.tries, row.begun, row.reason) == ("waiting", 0, 0, "quiet")
    assert timedelta(minutes=59) < row.due_at - timezone.now() <= timedelta(hours=1)
    assert transport.got == []
    assert carry(promise("password")).state == "sent"  # somebody waits for it at the screen


def test_what_was_accepted_is_noted_even_if_the_database_is_away_for_a_moment(promise, far_end, monkeypatch) -> None:
    transport = far_end(transports.Receipt("sent"))
    settle, pauses = outbox.settle_sent, []
    away = [OperationalError("the server is starting"), OperationalError("the server is starting")]

    def settle_sent(row: Outbox, owner: str, **more: str) -> bool:
        if away:
            raise away.pop()
        return settle(row, owner, **more)

    monkeypatch.setattr(outbox, "settle_sent", settle_sent)
    monkeypatch.setattr(app.time, "sleep", pauses.append)
    row = carry(promise())
    assert (row.state, transport.got, pauses) == ("sent", [row.pk], [1, 3])
