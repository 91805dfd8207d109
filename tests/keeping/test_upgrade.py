"""The first version's desk, with a row in every table, comes up to date by one command, and an old backup too."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Desk

# The database as the first version had it, and one row in each of its tables, by the types of the columns.
OLD = """
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
others = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] != "records"]
executor.migrate([("records", "0001_initial"), *others])
old = MigrationExecutor(connection).loader.project_state([("records", "0001_initial")]).apps
made = {}

def value(field):
    if field.is_relation:
        # Only what must be there: a person would otherwise be added by a person, and so on.
        return None if field.null else row(field.related_model)
    if isinstance(field, models.DateTimeField):
        return now
    if isinstance(field, models.DateField):
        return now.date()
    if isinstance(field, models.JSONField):
        return [{"title": "召开协调会"}]
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.IntegerField):
        return 1
    if isinstance(field, models.EmailField):
        return f"{field.model._meta.model_name}@huitong.example"
    return f"高总 {field.name}"[: field.max_length]

def row(model):
    if model not in made:
        fields = [f for f in model._meta.local_concrete_fields if not f.primary_key]
        made[model] = model._base_manager.create(**{f.name: value(f) for f in fields})
    return made[model]

for model in old.get_app_config("records").get_models():
    row(model)
answer = sorted(model.__name__ for model in made)
"""
EVERY_ROW = """
from huitong.keeping import rows
from huitong.keeping.state import applied_migrations
answer = {
    t._meta.db_table: [dict(zip(rows.columns(t), json.loads(line))) for line in rows.read(t)]
    for t in rows.tables_at(applied_migrations()) if t._meta.app_label == "records"
}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, new_desk: Callable[..., Desk]) -> Desk:
    desk = new_desk(request.param)
    desk.home.mkdir()
    assert len(desk.run(OLD)) == 21
    return desk


def came_along(before: dict[str, list[dict]], after: dict[str, list[dict]]) -> None:
    """Every row is there, and what its columns held."""
    for table, rows in before.items():
        assert len(rows) == 1, table
        (now,) = after[table]
        kept = {name: value for name, value in rows[0].items() if name in now}
        assert kept == {name: now[name] for name in kept}, table
        assert len(kept) >= len(rows[0]) - 1, table


def test_it_is_backed_up_and_brought_up_to_date_with_every_row(old: Desk, new_desk: Callable[..., Desk]) -> None:
    before = old.run(EVERY_ROW)
    assert "database.behind" in old.huitong("doctor", code=1).stdout
    said = old.huitong("upgrade").stdout
    came_along(before, old.run(EVERY_ROW))
    assert "database.migrated" in old.huitong("doctor", code=1).stdout  # only a worker is missing
    (backup,) = (old.home / "backups").iterdir()
    assert str(backup) in said
    assert old.huitong("upgrade").stdout == "The desk is up to date; nothing was changed.\n"

    restored = new_desk("postgresql" if old.database_url else "sqlite")
    assert "older Huitong" in restored.huitong("restore", backup).stdout
    came_along(before, restored.run(EVERY_ROW))


def test_a_backup_knows_how_far_its_desk_had_come(old: Desk, tmp_path: Path) -> None:
    old.huitong("backup", tmp_path / "old.huitong")
    with zipfile.ZipFile(tmp_path / "old.huitong") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert [name for app, name in manifest["migrations"] if app == "records"] == ["0001_initial"]


def test_where_no_backup_can_be_written_nothing_is_migrated(old: Desk) -> None:
    before = old.run(EVERY_ROW)
    assert "cannot be written" in old.huitong("upgrade", "--backup", "/proc/1/desk.huitong", code=1).stderr
    assert old.run(EVERY_ROW) == before


def test_a_desk_of_a_newer_version_is_left_alone(old: Desk) -> None:
    old.run(
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder(connection).record_applied('records', '9999_of_tomorrow')"
    )
    before = old.run("from huitong.keeping.state import applied_migrations; answer = sorted(applied_migrations())")
    for command in (["upgrade"], ["backup", "x.huitong"]):
        assert "comes from a newer Huitong" in old.huitong(*command, code=1).stderr
    assert old.run("answer = sorted(applied_migrations())") == before


def test_where_there_is_no_desk_none_is_made(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    assert "There is no desk in" in desk.huitong("upgrade", code=1).stderr
    assert not (desk.home / "huitong.sqlite3").exists()


def test_four_processes_that_start_at_once_on_an_empty_database_make_one_desk(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk("postgresql")
    starting = "from huitong.cli._desk import open_desk; open_desk(); print('open')"
    command = [sys.executable, "-c", starting]
    processes = [
        subprocess.Popen(command, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=300)[0] for process in processes]
    assert said == ["open\n"] * 4
    applied = "from django.db.migrations.recorder import MigrationRecorder as R\nanswer = "
    names = desk.run(f"{applied}list(R.Migration.objects.values_list('app', 'name'))")
    assert len(names) == len({tuple(name) for name in names}) > 10
