"""How the desk is, as /readyz, /metrics and the doctor ask: database, migrations, worker, disk."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from huitong.delivery import heartbeat

LEAST_FREE: Final = 100_000_000  # bytes; below it the desk says that it can't work
LONGEST_SWEEP: Final = 300  # seconds: four letters to servers that hang, twice

Migration = tuple[str, str]  # app, name


class Part(NamedTuple):
    """One thing that must be well. `why` is empty if it is; else it says why not and what to do, without secrets."""

    name: str
    why: str = ""


def parts(now: datetime) -> Iterator[Part]:
    """What the desk needs to serve people, in three queries."""
    try:
        missing = len(known_migrations() - applied_migrations())
        life = heartbeat.life(now=now) if not missing else None
    except Error as error:
        yield Part("database", f"cannot be used ({type(error).__name__}); run huitong doctor")
    else:
        yield Part("database", f"lacks {missing} migrations; run huitong upgrade" if missing else "")
        if life is not None:
            yield Part("worker", _of_the_worker(life, now))
    yield _disk()


def _of_the_worker(life: heartbeat.Life, now: datetime) -> str:
    if life.seen is None:
        return "never seen; start huitong serve or huitong worker"
    if not life.alive:
        return f"last seen {_seconds(life.seen, now)} s ago; start huitong serve or huitong worker"
    if life.swept is not None and _seconds(life.swept, now) > LONGEST_SWEEP:
        return f"last looked at the outbox {_seconds(life.swept, now)} s ago; restart it"
    return ""


def _disk() -> Part:
    free = free_bytes(Path(settings.HOME))
    if free < LEAST_FREE:
        return Part("disk", f"{free // 1_000_000} MB free in HUITONG_HOME; make room")
    return Part("disk")


def _seconds(moment: datetime, now: datetime) -> int:
    return max(0, round((now - moment).total_seconds()))


def database_is_there() -> bool:
    """Whether the settings lead to a database at all; asking SQLite would make an empty one."""
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()


def free_bytes(folder: Path) -> int:
    """What may still be written there; 0 if the folder is gone."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[Migration]:
    """Every migration that this version brings."""
    return frozenset(MigrationLoader(None).disk_migrations)


def applied_migrations() -> frozenset[Migration]:
    """Every migration that the database has seen; none if it is empty."""
    return frozenset(MigrationRecorder(connection).applied_migrations())
