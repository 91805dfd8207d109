"""The worker: alive, at work, nothing late; and the broker, where there is one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from kombu import Connection

from huitong.delivery import heartbeat
from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.state import LONGEST_SWEEP, database_is_there
from huitong.records.models import Outbox

_LATE: Final = timedelta(minutes=10)
_BROKER_SECONDS: Final = 3


def check() -> Iterator[Finding]:
    if not database_is_there():
        return
    try:
        yield from _life()
        yield from _outbox()
    except Error:
        return  # the database's own check says so


def _life() -> Iterator[Finding]:
    now = timezone.now()
    life = heartbeat.life(now=now)
    if life.seen is None:
        yield finding(FAILURE, "worker.never")
        return
    seconds = round((now - life.seen).total_seconds())
    idle = round((now - life.swept).total_seconds()) if life.swept else 0
    if not life.alive:
        yield finding(FAILURE, "worker.silent", seconds=seconds)
    elif idle > LONGEST_SWEEP:
        yield finding(FAILURE, "worker.idle", seconds=idle)
    else:
        yield finding(OK, "worker.alive", count=life.alive, seconds=max(seconds, 0))


def _outbox() -> Iterator[Finding]:
    now = timezone.now()
    late = Outbox.objects.filter(state="waiting", due_at__lt=now - _LATE).aggregate(n=Count("pk"), first=Min("due_at"))
    failed = Outbox.objects.exclude(state="waiting").filter(state="failed").count()
    if late["n"]:
        minutes = round((now - late["first"]).total_seconds() / 60)
        yield finding(WARNING, "worker.late", count=late["n"], minutes=minutes)
    if failed:
        yield finding(WARNING, "worker.failed", count=failed)
    if not late["n"] and not failed:
        yield finding(OK, "worker.outbox")


def check_broker() -> Iterator[Finding]:
    """The broker answers; embedded there is none to ask."""
    url = settings.CELERY_BROKER_URL
    if url.startswith("memory:"):
        return
    parts = urlsplit(url)
    name = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    try:
        with Connection(url, connect_timeout=_BROKER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_SECONDS)
        yield finding(OK, "worker.broker", broker=name)
    except Exception as error:  # each kind of broker has errors of its own
        yield finding(FAILURE, "worker.no_broker", broker=name, error=type(error).__name__)
