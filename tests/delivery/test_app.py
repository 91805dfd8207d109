"""The tasks: what a sweep hands out, and what becomes of a row when something goes wrong on our side."""

import itertools
import math
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from huitong.delivery import app, leases, transports
from huitong.delivery.transports.mail import letter
from huitong.records.models import Event, Outbox, Person

pytestmark = pytest.mark.django_db(transaction=True)  # tasks close old connections


class FarEnd:
    """A transport that does as it is told."""

    NAMES = {"zh": "鸽子"}
    REPEATS = CONFIRMS = True

    def toward(self, row: Outbox) -> tuple[str, leases.Limit]:
        return "", leases.Limit()

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
def woken(monkeypatch) -> list[object]:
    """The sweeps that are asked for from here on; nobody does them."""
    asked: list[object] = []
    monkeypatch.setattr(app, "wake", lambda: asked.append(None))
    return asked


def carry(row: Outbox) -> Outbox:
    leases.claim("worker", now=timezone.now(), limit=10)
    app.carry(row.pk, "worker")
    row.refresh_from_db()
    return row


def test_a_sweep_sends_all_that_is_due_and_wakes_another_while_there_is_more(promise, far_end, woken) -> None:
    transport = far_end(transports.Receipt("sent"))
    rows = [promise().pk for _ in range(2 * app.BATCH + 1)]
    later = promise(due_at=timezone.now() + timedelta(hours=1))
    app.sweep()
    assert transport.got == rows
    assert len(woken) == 2  # not for the last one
    app.sweep()
    assert transport.got == rows
    assert set(Outbox.objects.values_list("pk", "state", "tries")) == {(row, "sent", 1) for row in rows} | {
        (later.pk, "waiting", 0)
    }


def test_all_hands_are_enough(promise, far_end, woken, monkeypatch) -> None:
    far_end(transports.Receipt("sent"))
    monkeypatch.setattr(app, "CONCURRENCY", 1)
    for _ in range(2 * app.BATCH):
        promise()
    app.sweep()
    assert woken == []


def test_a_sweep_ends_its_turn_and_the_next_goes_on(promise, far_end, woken, monkeypatch) -> None:
    transport = far_end(transports.Receipt("sent"))
    rows = [promise().pk for _ in range(app.BATCH + 1)]
    ticks = itertools.count(step=app.TURN_SECONDS - 1)
    monkeypatch.setattr(app, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    app.sweep()
    assert transport.got == rows[: app.BATCH]
    monkeypatch.undo()
    assert Outbox.objects.filter(state="waiting", lease_until=None).count() == 1


def test_a_row_behind_one_that_hangs_is_taken_by_another(promise, far_end) -> None:
    hanging, next_one = promise(), promise()
    now = timezone.now()
    leases.claim("slow", now=now, limit=2)
    assert leases.begin(hanging.pk, "slow", now=now)
    assert leases.claim("quick", now=now + leases.CLAIM, limit=2) == [next_one]
    transport = far_end(transports.Receipt("sent"))
    app.carry(next_one.pk, "slow")
    assert transport.got == []


def test_each_sweep_holds_its_rows_under_a_name_of_its_own(promise, far_end, woken) -> None:
    far_end(transports.Receipt("sent"))
    for _ in range(2):
        promise()
        app.sweep()
    owners = set(Outbox.objects.values_list("lease_owner", flat=True))
    assert len(owners) == 2
    assert all(owner.startswith(app.WORKER) and len(leases.DOUBTED + owner) <= 64 for owner in owners)


def test_a_database_that_is_away_is_said_once_a_minute_and_nothing_is_sent(
    promise, far_end, monkeypatch, caplog
) -> None:
    transport = far_end(transports.Receipt("sent"))
    promise()

    def full(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setitem(app._said, "at", -math.inf)
    with monkeypatch.context() as away:
        away.setattr(leases, "begin", full)
        app.sweep()
        app.sweep()
    assert transport.got == []
    [line] = [record.getMessage() for record in caplog.records if record.name == app.__name__]
    assert "disk is full" in line
    Outbox.objects.update(lease_until=None)  # ten seconds later
    app.sweep()
    assert Outbox.objects.get().state == "sent"


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

    def compose(row: Outbox, sender: str) -> bytes:
        if row.payload["title"] == "poison":
            raise ZeroDivisionError("in the template")
        return made(row, sender)

    monkeypatch.setattr(letter, "compose", compose)
    poisoned, well = promise(title="poison"), promise()
    for _ in range(leases.FAULTS):
        Outbox.objects.update(due_at=timezone.now())
        poisoned = carry(poisoned)
    app.carry(well.pk, "worker")
    well.refresh_from_db()
    assert (poisoned.state, poisoned.reason, poisoned.tries) == ("failed", "fault", leases.FAULTS)
    assert "ZeroDivisionError" in poisoned.last_error
    assert well.state == "sent"
    assert Event.objects.get(kind="mail_failed").data["person"] == "高岚"


def test_a_row_over_which_workers_die_again_and_again_steps_aside(promise, far_end) -> None:
    transport = far_end(transports.Receipt("sent"))
    row = promise()
    Outbox.objects.update(begun=leases.INTERRUPTIONS)
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
    settle, pauses = leases.settle_sent, []
    away: list[Exception] = [OperationalError("the server is starting") for _ in range(4)] + [InterfaceError("closed")]

    def settle_sent(row: Outbox, owner: str, **more: str) -> bool:
        if away:
            raise away.pop()
        return settle(row, owner, **more)

    monkeypatch.setattr(leases, "settle_sent", settle_sent)
    monkeypatch.setattr(app.time, "sleep", pauses.append)
    row = carry(promise())
    assert (row.state, transport.got, pauses) == ("sent", [row.pk], [1, 3, 5, 5, 5])
