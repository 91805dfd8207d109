"""A backup becomes a desk again: in an empty place, checked before and after, whole or not at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from huitong.directory import links
from huitong.keeping import archive, rows, state
from huitong.keeping.backup import fingerprint
from huitong.keeping.errors import Refused
from huitong.records.models import Link, Outbox

# Beside the rows themselves a database needs room for its indexes and its log.
_ROOM: Final = 3
OTHER_KEY: Final = (
    "The desk that was backed up had another secret key. Put its secret_key into {home}, or set HUITONG_SECRET_KEY "
    "to it; if it is lost, say --new-key: then links in mails of that time no longer open."
)
HELD: Final = "Held back when a backup was restored. Send it again if it has not arrived."


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now. `waiting`: letters not sent yet when the backup was made; `older`: it was brought forward."""

    made_at: datetime
    version: str
    rows: int
    waiting: int
    older: bool


def restore(file: Path, *, hold: bool = False, new_key: bool = False) -> Restored:
    """Restore the backup into the desk that the settings name. With `hold`, letters that are due wait for an organiser.

    `new_key` says that the key of the desk that was backed up is lost: links that it mailed will not open.

    Raises Refused, and leaves everything as it was, if the place is not empty or the backup can't be used.
    """
    with archive.reading(file) as backup:
        manifest = backup.manifest
        migrations = frozenset((app, name) for app, name in manifest["migrations"])
        tables = rows.tables_at(migrations)
        _compare_tables(tables, manifest["tables"])
        _look_at_place(backup)
        if not new_key and not _has_its_key(backup):
            raise Refused(OTHER_KEY.format(home=settings.HOME))
        backup.check()
        with _new_database():
            _fill(backup, migrations, tables)
            if not _has_its_key(backup):
                _derive_links_anew()
            waiting = Outbox.objects.filter(state="waiting")
            count = waiting.count()
            if hold:
                waiting.filter(due_at__lte=timezone.now()).update(state="failed", last_error=HELD)
        return Restored(
            made_at=datetime.fromisoformat(manifest["made_at"]),
            version=manifest["version"],
            rows=sum(table["rows"] for table in manifest["tables"].values()),
            waiting=count,
            older=migrations != state.known_migrations(),
        )


def _compare_tables(tables: list[rows.Table], told: dict[str, dict[str, list[str]]]) -> None:
    ours = {table._meta.db_table: rows.columns(table) for table in tables}
    if ours != {name: table["columns"] for name, table in told.items()}:
        raise Refused("Its tables are not those of the version that it says it is from.")


def _look_at_place(backup: archive.Reader) -> None:
    home = Path(settings.HOME)
    if connection.vendor == "sqlite":
        if Path(connection.settings_dict["NAME"]).exists():
            raise Refused(f"There is a desk in {home} already. Set HUITONG_HOME to a new folder, and restore there.")
    elif connection.introspection.table_names():
        raise Refused("The database is not empty. Set HUITONG_DATABASE_URL to a new one, and restore there.")
    needed, free = _ROOM * backup.size, state.free_bytes(home)
    if needed > free:
        raise Refused(
            f"It needs {needed // 1_000_000} MB of room, and {home} has {free // 1_000_000} MB. Make room first."
        )


def _has_its_key(backup: archive.Reader) -> bool:
    """Whether this desk has the key that the links of the backup are derived with."""
    return fingerprint(settings.SECRET_KEY) == str(backup.manifest["key"])


def _derive_links_anew() -> None:
    """Letters from now on carry links that open; those that were mailed with the lost key no longer do."""
    for link in Link.objects.iterator():
        Link.objects.filter(pk=link.pk).update(digest=links.digest(links.token_of(link)))


@contextmanager
def _new_database() -> Iterator[None]:
    """Inside, the connection leads to an empty database; it becomes the desk's only if the block ends well."""
    connection.close()
    if connection.vendor != "sqlite":
        with transaction.atomic(durable=True):
            yield
        return
    final = Path(connection.settings_dict["NAME"])
    part = final.with_name(f".{final.name}.{uuid4().hex[:8]}.part")
    connection.settings_dict["NAME"] = part
    try:
        yield
        connection.close()  # the last one: its log is taken into the file
        with part.open("rb") as written:
            os.fsync(written.fileno())
        try:
            os.link(part, final)
        except FileExistsError:
            raise Refused(f"Meanwhile a desk has come into {final.parent}; nothing was restored.") from None
        except OSError:  # a disk without hard links
            part.replace(final)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = final
        for name in (part.name, f"{part.name}-wal", f"{part.name}-shm"):
            part.with_name(name).unlink(missing_ok=True)


def _fill(backup: archive.Reader, migrations: frozenset[state.Migration], tables: list[rows.Table]) -> None:
    MigrationExecutor(connection).migrate(rows.last_of(migrations))
    with transaction.atomic():
        rows.defer_checks()
        rows.empty(tables)
        for table in tables:
            name = table._meta.db_table
            rows.write(table, backup.lines(f"tables/{name}.jsonl", rows.LONGEST_ROW))
            rows.set_last_number(table, backup.manifest["tables"][name]["last"])
    connection.check_constraints()
    for table in tables:
        digest = hashlib.sha256()
        for line in rows.read(table):
            digest.update(line)
        if digest.hexdigest() != backup.sha256(f"tables/{table._meta.db_table}.jsonl"):
            raise Refused(f"{table._meta.db_table} reads differently from this database than it was written.")
    call_command("migrate", verbosity=0, interactive=False)
