"""The machine: fonts, clock, disk."""

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import typst
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from huitong.documents.errors import ReportError
from huitong.documents.fonts import FANG, choose
from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.state import LEAST_FREE, database_is_there
from huitong.method import Language
from huitong.records.models import Heartbeat, Outbox, Person

_LITTLE: Final = 1_000_000_000  # bytes
_SKEW: Final = 5  # seconds
_WATCHED: Final = 0.5


def check_fonts() -> Iterator[Finding]:
    try:
        chosen = choose(typst.Fonts().families(), Language.ZH)["body"]
    except ReportError:
        yield finding(WARNING, "fonts.none")
        return
    official = chosen[0] in FANG
    yield finding(OK if official else WARNING, "fonts.well" if official else "fonts.substitute", font=chosen[0])


def check_clock() -> Iterator[Finding]:
    wall, steady = time.time(), time.monotonic()
    time.sleep(_WATCHED)
    jump = abs((time.time() - wall) - (time.monotonic() - steady))
    if jump > _WATCHED:
        yield finding(WARNING, "clock.jumped", seconds=round(jump, 1))
    if not database_is_there():
        return
    try:
        found = [*_against_database(), *_zones()]
    except Error:
        return  # the database's own check says so
    yield from found
    if not found and jump <= _WATCHED:
        yield finding(OK, "clock.well", zone=settings.TIME_ZONE)


def _against_database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        said: Any = cursor.fetchone()[0]
    theirs = said if isinstance(said, datetime) else datetime.fromisoformat(said).replace(tzinfo=UTC)
    now = timezone.now()
    skew = round(abs((theirs - now).total_seconds()))
    if skew > _SKEW:
        yield finding(FAILURE if skew > 60 else WARNING, "clock.skew", seconds=skew)
    written = [
        Outbox.objects.order_by("-pk").values_list("created_at", flat=True).first(),
        Heartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first(),
    ]
    ahead = max(((moment - now).total_seconds() for moment in written if moment), default=0)
    if ahead > _SKEW:
        yield finding(WARNING, "clock.behind", seconds=round(ahead))


def _zones() -> Iterator[Finding]:
    known = available_timezones()
    for zone in Person.objects.values_list("time_zone", flat=True).distinct():
        if zone not in known:
            yield finding(FAILURE, "clock.people", zone=zone)


def check_disk() -> Iterator[Finding]:
    folder = Path(settings.HOME)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
        room = os.statvfs(folder)
    except OSError as error:
        yield finding(FAILURE, "disk.readonly", folder=folder, error=error.strerror)
        return
    free = room.f_bavail * room.f_frsize
    if room.f_files and not room.f_favail:
        yield finding(FAILURE, "disk.inodes", folder=folder)
    if free < LEAST_FREE:
        yield finding(FAILURE, "disk.full", folder=folder, free=free // 1_000_000)
    else:
        low = free < _LITTLE
        yield finding(WARNING if low else OK, "disk.low" if low else "disk.room", folder=folder, free=free // 1_000_000)
