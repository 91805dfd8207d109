"""The Celery app: it carries rows and promises nothing itself. A task that is lost is a row that is still due."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal
from uuid import uuid4

from celery import Celery
from celery.worker import state
from django.conf import settings
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from huitong import logs
from huitong.delivery import digest, outbox, transports, ways
from huitong.delivery.heartbeat import Pulse
from huitong.delivery.transports import Receipt
from huitong.records.models import Outbox

CONCURRENCY: Final = 4  # rows being sent at once by one worker
IN_HAND: Final = 3 * CONCURRENCY  # rows leased at once: they wait two sendings at most, less than their lease
SWEEP_SECONDS: Final = 1.0
HOST: Final = socket.gethostname()[:30]
WORKER: Final = f"{HOST}:{os.getpid()}:"  # what the names of this worker's leases begin with

pulse: Final = Pulse(WORKER.rstrip(":"))

IN_MEMORY: Final = settings.CELERY_BROKER_URL.startswith("memory:")
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
    beat_schedule={
        "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5 * SWEEP_SECONDS}},
    },
)


@app.task(name="sweep")
def sweep() -> None:
    """Claim what is due and hand out each row."""
    with _database():
        now = timezone.now()
        room = IN_HAND - outbox.in_hand(WORKER, now=now)
        # A name for each claim: a task that comes after its lease has run out can't take the row from a later one.
        owner = WORKER + uuid4().hex[:8]
        for row in outbox.claim(owner, now=now, limit=room) if room > 0 else ():
            carry.delay(row.pk, owner)
        pulse.swept_at = timezone.now()


@app.task(name="carry")
def carry(row_id: int, owner: str) -> None:
    """Send one row and settle it by its receipt."""
    if state.should_stop is not None:
        return  # the worker frees the row as it ends
    with _database():
        row = outbox.begin(row_id, owner, now=timezone.now())
        if row is None:
            return
        began = time.monotonic()
        try:
            receipt = _send(row, owner)
        except Exception as error:
            logger.exception("outbox row %s could not be sent", row.pk)
            outcome: Literal["refused", "later"] = "refused" if row.tries >= outbox.FAULTS else "later"
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
    if row.begun > outbox.INTERRUPTIONS:
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
    if full_until := outbox.take_place(row, owner, transport=name, toward=toward, limit=limit):
        keep = row.reason == outbox.Reason.NOW
        outbox.put_off(row, owner, full_until, outbox.Reason.NOW if keep else outbox.Reason.LIMIT)
        return None
    return transport.send(row)


def _waits(row: Outbox, owner: str) -> bool:
    """Whether this is no moment for the row: it is put off, hung onto a digest, or has nothing to say any more."""
    now = timezone.now()
    if row.kind == digest.KIND:
        until = digest.hold_until(row, now)
        if until is None and not digest.fill(row):
            outbox.drop(row, owner)
            return True
    elif digest.wait(row, owner):
        return True
    else:
        until = ways.quiet_until(row, now)
    if until:
        outbox.put_off(row, owner, until, outbox.Reason.QUIET)
    return until is not None


def _language(row: Outbox) -> str:
    language = row.matter.requester.language if row.matter else row.person.language
    return language if language in FAULT_OF_OURS else "zh"


def _settle(row: Outbox, owner: str, receipt: Receipt, *, reason: str = "") -> None:
    # What was accepted must be noted: a database that is away for a moment must not make the letter go out twice.
    for pause in (1, 3, 10, 20, None):
        try:
            if receipt.outcome == "sent":
                outbox.settle_sent(row, owner, far_id=receipt.far_id)
            elif ways.goes_by_mail_instead(row, receipt.outcome):
                outbox.settle_elsewhere(row, owner, transports.MAIL, outcome=receipt.outcome, error=receipt.words)
            else:
                permanent = receipt.outcome in ("refused", "unsure")
                outbox.settle_failed(row, owner, receipt.words, permanent=permanent, wait=receipt.wait, reason=reason)
            return
        except OperationalError:
            if pause is None:
                raise
            close_old_connections()
            time.sleep(pause)


@contextmanager
def _database() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
