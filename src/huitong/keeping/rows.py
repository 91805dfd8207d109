"""The desk's rows in a neutral form: a JSON array a row, in the order of their keys, alike from SQLite and PostgreSQL.

Tables are read and written by the models of the database's own state of migration, so that an older desk can be backed
up by a newer Huitong, and an older backup be restored.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps
from django.db.utils import DataError, IntegrityError

from huitong.keeping.errors import Refused
from huitong.keeping.state import Migration

LEFT_OUT: Final = ("records_heartbeat",)  # tells of running processes, not of the desk
LONGEST_ROW: Final = 32_000_000  # bytes
_AT_ONCE: Final = 500

Table = type[models.Model]


@contextmanager
def snapshot() -> Iterator[None]:
    """Inside, everything is read as of one instant, while others go on writing. A transaction must not be open yet."""
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # The desk's own transactions take the write lock; a reader must not.
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]


def tables_at(migrations: frozenset[Migration]) -> list[Table]:
    """The tables of a database that has seen these migrations, in the order of their names.

    Raises Refused if this version does not know them all, or they do not belong together.
    """
    loader = MigrationLoader(None)
    unknown = sorted(migrations - loader.graph.nodes.keys())
    if unknown:
        raise Refused(
            f"This comes from a newer Huitong (it has seen {'.'.join(unknown[0])}, which this version does not know). "
            "Install that version or a later one."
        )
    if {node for leaf in last_of(migrations) for node in loader.graph.forwards_plan(leaf)} != migrations:
        raise Refused("Its migrations do not belong together: some that others need are missing.")
    apps: StateApps = loader.project_state(list(migrations)).apps
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted((m for m in found if m._meta.db_table not in LEFT_OUT), key=lambda m: m._meta.db_table)


def last_of(migrations: frozenset[Migration]) -> list[Migration]:
    """Those on which no other of them depends."""
    graph = MigrationLoader(None).graph
    inner = {parent.key for key in migrations for parent in graph.node_map[key].parents}
    return sorted(migrations - inner)


def columns(table: Table) -> list[str]:
    return [field.column for field in table._meta.local_concrete_fields]


def read(table: Table) -> Iterator[bytes]:
    """Every row as a line."""
    names = [field.attname for field in table._meta.local_concrete_fields]
    rows = table._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_rows_at_once(table)):
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)
        yield text.encode("utf-8", "surrogatepass") + b"\n"


def _rows_at_once(table: Table) -> int:
    """Pictures are read a few at a time."""
    return 10 if any(isinstance(field, models.BinaryField) for field in table._meta.fields) else _AT_ONCE


def _plain(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"A column holds a {type(value).__name__}, which has no neutral form yet.")


def write(table: Table, lines: Iterable[bytes]) -> None:
    """Insert the rows as they are. Raises Refused if a line is no row of this table."""
    fields = table._meta.local_concrete_fields
    name = connection.ops.quote_name(table._meta.db_table)
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    insert = f"INSERT INTO {name} ({quoted}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - names of models
    numbered = enumerate(lines, 1)
    with connection.cursor() as cursor:
        while batch := list(islice(numbered, _rows_at_once(table))):
            rows = [_values(table, number, line) for number, line in batch]
            try:
                cursor.executemany(insert, rows)
            except (DataError, IntegrityError, ValueError) as error:
                where = f"{table._meta.db_table}, rows {batch[0][0]} to {batch[-1][0]}"
                raise Refused(f"{where}: the database does not take them ({type(error).__name__}).") from None


def _values(table: Table, number: int, line: bytes) -> list[Any]:
    fields = table._meta.local_concrete_fields
    try:
        row = json.loads(line.decode("utf-8", "surrogatepass"))
        if not isinstance(row, list) or len(row) != len(fields):
            raise ValueError
        return [f.get_db_prep_save(_typed(f, value), connection) for f, value in zip(fields, row, strict=True)]
    except (ValueError, TypeError, RecursionError):
        raise Refused(f"{table._meta.db_table}, row {number}: this is no row of this table.") from None


def _typed(field: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(field, models.BinaryField):
        return b64decode(value, validate=True)
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.TimeField):
        return time.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(field, models.DateField) else value


def last_number(table: Table) -> int:
    """The highest number that a row of this table has ever had, also if that row is gone: it is never given again."""
    key = table._meta.pk
    if not isinstance(key, models.AutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table._meta.db_table])
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table._meta.db_table}"', key.column])
        cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")  # noqa: S608 - its own name
        value, called = cursor.fetchone()
        return int(value) if called else 0


def set_last_number(table: Table, number: int) -> None:
    key = table._meta.pk
    if not isinstance(key, models.AutoField) or not number:
        return
    name = table._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, number])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{name}"', key.column, number])


def defer_checks() -> None:
    """Let rows come before those that they refer to; migrations in the same transaction may have turned that off."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def empty(tables: Iterable[Table]) -> None:
    """Take out what migrations put in by themselves: it is among the rows that come."""
    names = [table._meta.db_table for table in tables]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), names, reset_sequences=False, allow_cascade=False):
            cursor.execute(statement)
