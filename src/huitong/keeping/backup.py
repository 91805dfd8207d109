"""The whole desk as one file, as of one instant, while it goes on working.

The secret key is not in it, so that who steals a backup can open no link (docs/decisions/0002); nor are the files that
stand in for a mail server, which hold links.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

import huitong
from huitong.keeping import archive, rows
from huitong.keeping.errors import Refused
from huitong.keeping.state import applied_migrations, database_is_there


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written."""

    rows: int
    tables: int
    bytes: int


def back_up(file: Path, *, force: bool = False) -> BackedUp:
    """Write the backup, read it back, and give it its name; until then there is no file of that name.

    Raises Refused if a file is there already and not `force`, if there is no desk, or if the disk is full.
    """
    if file.exists() and not force:
        raise Refused(f"{file} is there already. Choose another name, or say --force.")
    if not database_is_there():
        raise Refused(f"There is no desk in {settings.HOME}. Look at HUITONG_HOME and HUITONG_DATABASE_URL.")
    with writing(file, force=force) as (part, opened):
        done = _write(archive.Writer(opened))
        opened.flush()
        os.fsync(opened.fileno())
        with archive.reading(part) as written:
            written.check()
        length = part.stat().st_size
    return BackedUp(rows=done[0], tables=done[1], bytes=length)


def fingerprint(key: str) -> str:
    """By which a restored desk knows whether it has the key that its links were made with."""
    return hashlib.sha256(f"huitong backup {key}".encode()).hexdigest()


@contextmanager
def writing(file: Path, *, force: bool) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file beside `file`, readable by its owner alone, which takes its place if the block ends well."""
    part = file.with_name(f".{file.name}.{uuid4().hex[:8]}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as opened:
                yield part, opened
            _give_name(part, file, force=force)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{file} cannot be written ({error.strerror}).") from None


def _give_name(part: Path, file: Path, *, force: bool) -> None:
    if force:
        part.replace(file)
    else:
        try:
            os.link(part, file)  # unlike a renaming, never over a file that came meanwhile
        except FileExistsError:
            raise Refused(f"{file} is there already. Choose another name, or say --force.") from None
        except OSError:  # a disk without hard links
            if file.exists():
                raise Refused(f"{file} is there already. Choose another name, or say --force.") from None
            part.replace(file)
    with suppress(OSError):  # some systems can't
        folder = os.open(file.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(writer: archive.Writer) -> tuple[int, int]:
    tables = {}
    with rows.snapshot():
        migrations = applied_migrations()
        if not migrations:
            raise Refused("The database is empty; there is nothing to back up.")
        made_at = timezone.now()
        for table in rows.tables_at(migrations):
            name = table._meta.db_table
            count = writer.add(f"tables/{name}.jsonl", rows.read(table))
            tables[name] = {"columns": rows.columns(table), "rows": count, "last": rows.last_number(table)}
    writer.close(
        version=huitong.__version__,
        made_at=made_at.isoformat(),
        database=connection.vendor,
        key=fingerprint(settings.SECRET_KEY),
        migrations=sorted(migrations),
        tables=tables,
    )
    return sum(table["rows"] for table in tables.values()), len(tables)
