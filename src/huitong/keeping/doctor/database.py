"""The database: it answers, has the right form, can be written, is whole."""

import time
from collections.abc import Iterator
from typing import Final

from django.db import Error, OperationalError, connection, transaction
from django.utils import timezone

from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.state import applied_migrations, database_is_there, known_migrations
from huitong.records.models import Heartbeat

_LOCK_SECONDS: Final = 3
_CHECK_SECONDS: Final = 5


def check() -> Iterator[Finding]:
    if not database_is_there():
        yield finding(FAILURE, "database.none", path=connection.settings_dict["NAME"])
        return
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            _bound(cursor)
            cursor.execute("SELECT 1")
        ms = round(1000 * (time.monotonic() - began))
        yield finding(OK, "database.reachable", kind=connection.display_name, ms=ms)
        yield from _form()
        if connection.vendor == "sqlite":
            yield from _log()
        yield from _writing()
        if connection.vendor == "sqlite":
            yield from _whole()
    except Error as error:
        damaged = "malformed" in str(error) or "not a database" in str(error)
        yield finding(FAILURE, "database.damaged" if damaged else "database.unreachable", error=_said(error))


def _bound(cursor: object) -> None:
    for statement in (
        [f"PRAGMA busy_timeout = {1000 * _LOCK_SECONDS}"]
        if connection.vendor == "sqlite"
        else [f"SET lock_timeout = '{_LOCK_SECONDS}s'", f"SET statement_timeout = '{_CHECK_SECONDS}s'"]
    ):
        cursor.execute(statement)  # type: ignore[attr-defined]


def _form() -> Iterator[Finding]:
    applied, known = applied_migrations(), known_migrations()
    ours = {app for app, _ in known}
    ahead = sorted(f"{app}.{name}" for app, name in applied - known if app in ours)
    if ahead:
        yield finding(FAILURE, "database.ahead", name=ahead[0])
    if known - applied:
        yield finding(FAILURE, "database.behind", count=len(known - applied))
    elif not ahead:
        yield finding(OK, "database.migrated")


def _log() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = str(cursor.fetchone()[0])
    if mode == "wal":
        yield finding(OK, "database.wal")
    else:
        yield finding(WARNING, "database.no_wal", mode=mode)


def _writing() -> Iterator[Finding]:
    """A row is written and taken back, if its table is there."""
    if Heartbeat._meta.db_table not in connection.introspection.table_names():
        return
    now = timezone.now()
    try:
        with transaction.atomic():
            Heartbeat.objects.create(worker="doctor", started_at=now, seen_at=now)
            transaction.set_rollback(True)
        yield finding(OK, "database.writable")
    except OperationalError as error:
        if "locked" in str(error):
            yield finding(WARNING, "database.locked")
        else:
            yield finding(FAILURE, "database.read_only", error=_said(error))
    except Error as error:
        yield finding(FAILURE, "database.read_only", error=_said(error))


def _whole() -> Iterator[Finding]:
    ends = time.monotonic() + _CHECK_SECONDS
    connection.connection.set_progress_handler(lambda: time.monotonic() > ends, 10_000)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            answer = str(cursor.fetchone()[0])
    except OperationalError:
        if time.monotonic() <= ends:
            raise
        yield finding(WARNING, "database.long", seconds=_CHECK_SECONDS)
        return
    finally:
        connection.connection.set_progress_handler(None, 0)
    if answer == "ok":
        yield finding(OK, "database.whole")
    else:
        yield finding(FAILURE, "database.damaged", error=answer.splitlines()[0][:100])


def _said(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
