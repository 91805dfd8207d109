"""The Celery app: it wakes who sends, and promises nothing itself. A task that is lost is a row that is still due."""

import logging
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from typing import Final, Literal
from uuid import uuid4

from celery import Celery, Task
from celery.worker import state
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from huitong import logs
from huitong.delivery import digest, leases, mailbox, outbox, transports, ways
from huitong.delivery.heartbeat import Pulse
from huitong.delivery.transports import Receipt
from huitong.delivery.transports.mail import smtp
from huitong.records.models import Outbox

CONCURRENCY: Final = 4  # rows being sent at once by one worker
BATCH: Final = 8  # rows claimed at once
SWEEP_SECONDS: Final = 1.0
TURN_SECONDS: Final = 20  # then a sweep makes room for the next: no broker waits long for what it has handed over
SAY_AGAIN: Final = 60  # seconds between two lines about a database that is away
HOST: Final = socket.gethostname()[:30]
WORKER: Final = f"{HOST}:{os.getpid()}:"  # what the names of this worker's leases begin with

pulse: Final = Pulse(WORKER.rstrip(":"))

AWAY: Final = (OperationalError, InterfaceError)  # the database is gone, full, locked or read-only
IN_MEMORY: Final = settings.CELERY_BROKER_URL.startswith("memory:")
FETCH_SECONDS: Final = 20.0  # between two looks into the mailbox; an answer by mail is in no hurry
FAULT_OF_OURS: Final = {
    "zh": "会同自己出了错（{error}）。请管理员看一下日志。",
    "zh-Hant": "會同自己出了錯（{error}）。請管理員看一下記錄。",
    "en": "Huitong itself failed ({error}). Ask the organiser to look at the log.",
}
INTERRUPTED: Final = {
    "zh": "正在发往{service}时断了，可能已经到了。请当面问一声，或再发一次。",
    "zh-Hant": "正在發往{service}時斷了，可能已經到了。請當面問一聲，或再發一次。",
    "en": "Sending to {service} was cut off, and it may have arrived. Ask them in person, or send again.",
}

logger = logging.getLogger(__name__)

# Without the Django fixup, which would put the current folder on the path of imports.
app = Celery("huitong", fixups=[])
app.conf.update(
    broker_url="memory://localhost" if IN_MEMORY else settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for ever: it will come back
    broker_transport_options={"polling_interval": 0.1} if IN_MEMORY else {},
    task_default_queue="huitong",
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_enable_remote_control=False,
    timezone="UTC",
)


class _Hands:
    """How many sweeps this process is at: while there is a hand free and something due, one wakes another."""

    def __init__(self) -> None:
        self._lock, self._busy = threading.Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            self._busy += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._busy -= 1

    def are_free(self) -> bool:
        return self._busy < CONCURRENCY


hands: Final = _Hands()


@app.task(name="sweep")
def sweep() -> None:
    """Claim what is due, a few rows at a time, and send it row by row, until nothing is due any more."""
    # A name for each sweep: nothing that it left behind can be taken for a later one's.
    owner = WORKER + uuid4().hex[:8]
    ends = time.monotonic() + TURN_SECONDS
    try:
        with hands, _database(), smtp.line_kept():
            leases.doubt(now=timezone.now())
            while state.should_stop is None and time.monotonic() < ends:
                rows = leases.claim(owner, now=timezone.now(), limit=BATCH)
                pulse.swept_at = timezone.now()
                if not rows:
                    break
                if len(rows) == BATCH and hands.are_free():
                    wake()
                for row in rows:
                    if state.should_stop is not None:
                        break  # the worker frees the rest as it ends
                    _carry(leases.begin(row.pk, owner, now=timezone.now(), claimed=row), owner)
    except AWAY as error:
        _say_away(error)


@app.task(name="fetch")
def fetch() -> None:
    """Take in the mails that have come."""
    try:
        with _database():
            mailbox.fetch()
    except AWAY as error:
        _say_away(error)


def wake() -> None:
    """Ask for a sweep. A broker that is away is no matter: the clock asks again every second."""
    _ask(sweep, SWEEP_SECONDS)


def look_into_mailbox() -> None:
    """Ask for the mails that have come, if the house has a mailbox for them."""
    if settings.IMAP_URL and settings.REPLY_ADDRESS:
        _ask(fetch, FETCH_SECONDS)


def _ask(task: Task, every: float) -> None:
    with suppress(BrokerAway):
        task.apply_async(expires=5 * every, retry_policy={"max_retries": 1, "interval_start": 0})


def carry(row_id: int, owner: str) -> None:
    """Send one row that is the owner's, and settle it by its receipt."""
    with _database():
        _carry(leases.begin(row_id, owner, now=timezone.now()), owner)


def _carry(row: Outbox | None, owner: str) -> None:
    if row is None:
        return
    began = time.monotonic()
    try:
        receipt = _send(row, owner)
    except AWAY:
        raise  # no fault of this row's
    except Exception as error:
        logger.exception("outbox row %s could not be sent", row.pk)
        outcome: Literal["refused", "later"] = "refused" if row.tries >= leases.FAULTS else "later"
        receipt = Receipt(outcome, FAULT_OF_OURS[_language(row)].format(error=type(error).__name__))
        _settle(row, owner, receipt, reason=outbox.Reason.FAULT)
    else:
        if receipt is None:  # it has to wait first
            return
        _settle(row, owner, receipt)
    logs.event(
        logger,
        "letter",
        row=row.pk,
        kind=row.kind,
        transport=row.transport,
        outcome=receipt.outcome,
        tries=row.tries,
        ms=round(1000 * (time.monotonic() - began)),
    )


def _send(row: Outbox, owner: str) -> Receipt | None:
    """The receipt; None if the row has to wait first."""
    if row.begun > leases.INTERRUPTIONS:
        return Receipt("refused", FAULT_OF_OURS[_language(row)].format(error="interrupted"))
    if row.digest and row.digest.state == "sent":
        return Receipt("sent")  # with the digest; what follows from it is left to do
    if _waits(row, owner):
        return None
    name = ways.transport_of(row)
    transport = transports.get(name)
    if row.begun > 1 and not ways.may_repeat(row, transport):
        # A worker died over it: whether the far end has it, nobody knows.
        row.transport = name
        return Receipt("unsure", INTERRUPTED[_language(row)].format(service=transports.called(name, _language(row))))
    toward, limit = transport.toward(row)
    if full_until := leases.take_place(row, owner, transport=name, toward=toward, limit=limit):
        keep = row.reason == outbox.Reason.NOW
        leases.put_off(row, owner, full_until, outbox.Reason.NOW if keep else outbox.Reason.LIMIT)
        return None
    return transport.send(row)


def _waits(row: Outbox, owner: str) -> bool:
    """Whether this is no moment for the row: it is put off, hung onto a digest, or has nothing to say any more."""
    now = timezone.now()
    if row.kind == digest.KIND:
        until = digest.hold_until(row, now)
        if until is None and not digest.fill(row):
            leases.drop(row, owner)
            return True
    elif digest.wait(row, owner):
        return True
    else:
        until = ways.quiet_until(row, now)
    if until:
        leases.put_off(row, owner, until, outbox.Reason.QUIET)
    return until is not None


def _language(row: Outbox) -> str:
    language = row.matter.requester.language if row.matter else row.person.language
    return language if language in FAULT_OF_OURS else "zh"


def _settle(row: Outbox, owner: str, receipt: Receipt, *, reason: str = "") -> None:
    # What was accepted must be noted: a database that is away must not make the letter go out twice. Nobody else can
    # begin it meanwhile, so this waits for the database as long as the worker lives.
    for pause in chain((1, 3), repeat(5)):
        try:
            _note(row, owner, receipt, reason)
            return
        except AWAY as error:
            if state.should_stop is not None:
                raise
            _say_away(error)
            close_old_connections()
            time.sleep(pause)


def _note(row: Outbox, owner: str, receipt: Receipt, reason: str) -> None:
    if receipt.outcome == "sent":
        leases.settle_sent(row, owner, far_id=receipt.far_id)
    elif ways.goes_by_mail_instead(row, receipt.outcome):
        leases.settle_elsewhere(row, owner, transports.MAIL, outcome=receipt.outcome, error=receipt.words)
    else:
        permanent = receipt.outcome in ("refused", "unsure")
        leases.settle_failed(row, owner, receipt.words, permanent=permanent, wait=receipt.wait, reason=reason)


_said: Final = {"at": -math.inf}


def _say_away(error: Exception) -> None:
    """One line a minute: the same fault comes with every sweep."""
    if time.monotonic() - _said["at"] >= SAY_AGAIN:
        _said["at"] = time.monotonic()
        why = logs.redacted(str(error).strip().partition("\n")[0])
        logger.warning("the database cannot be read or written; nothing is sent until it can (%s)", why)


@contextmanager
def _database() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
