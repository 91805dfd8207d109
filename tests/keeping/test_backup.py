"""A backup made while others write is one instant; restored, on either database, it is the same desk."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Desk

# Twenty threads that move a try from one row to another and note it, in one transaction each, until a file is there.
WRITERS = """
import threading
from pathlib import Path
from random import Random
from django.db import connection, transaction
from django.db.models import F
from huitong.delivery import outbox
requester = Person.objects.create(name="许宁", email="xu@huitong.example")
matter = Matter.objects.create(requester=requester, title="搭建物料", opened_at=now, stage_since=now, days=0)
rows = []
for number in range(40):
    with transaction.atomic():
        rows.append(outbox.put("note", requester, {"title": "x" * 200}, key=str(number), matter=matter).pk)
Outbox.objects.update(tries=1000)
told = {"words": "文" * 300}
Event.objects.bulk_create(Event(matter=matter, at=now, kind="progress", data=told) for _ in range(4000))
Matter.objects.update(days=4000)
troubles, stop = [], Path(words[0])

def write(seed):
    dice = Random(seed)
    try:
        while not stop.exists():
            one, other = dice.sample(rows, 2)
            with transaction.atomic():
                Matter.objects.filter(pk=matter.pk).update(days=F("days") + 1)
                Outbox.objects.filter(pk=one).update(tries=F("tries") - 1)
                Event.objects.create(matter=matter, at=now, kind="progress", data={})
                Outbox.objects.filter(pk=other).update(tries=F("tries") + 1)
    except Exception as error:
        troubles.append(repr(error))
    finally:
        connection.close()

threads = [threading.Thread(target=write, args=(seed,)) for seed in range(20)]
for thread in threads:
    thread.start()
answer = len(threads)
"""
ENDED = """
for thread in threads:
    thread.join()
answer = [troubles, Event.objects.count()]
"""
SUMS = """
from django.db.models import Sum
answer = [Outbox.objects.aggregate(n=Sum("tries"))["n"], Event.objects.count(), Matter.objects.get().days]
"""
EVERYTHING = """
from huitong.keeping import rows
from huitong.keeping.state import applied_migrations
answer = {t._meta.db_table: [line.decode() for line in rows.read(t)] for t in rows.tables_at(applied_migrations())}
"""
SIGNED = """
from django.conf import settings
from huitong.directory import links
link = Link.objects.filter(purpose="decide").first()
answer = [settings.SECRET_KEY, links.find(links.token_of(link)) == link]
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_made_while_twenty_write_it_is_one_instant(
    new_desk: Callable[..., Desk], database: str, tmp_path: Path
) -> None:
    desk, stop, file = new_desk(database), tmp_path / "stop", tmp_path / "desk.huitong"
    desk.huitong("demo")
    desk.run("for table in (Decision, Outbox, Matter): table.objects.all().delete()")
    assert desk.run(WRITERS, str(stop)) == 20
    try:
        desk.huitong("backup", file)
    finally:
        stop.touch()
    troubles, written = desk.run(ENDED)
    assert troubles == []
    restored = new_desk(database)
    restored.huitong("restore", file)
    tries, events, days = restored.run(SUMS)
    assert tries == 40_000
    assert events == days
    assert 4_000 < events < written


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
@pytest.mark.parametrize("here", ["sqlite", "postgresql"])
def test_restored_on_either_database_every_row_is_the_same(
    new_desk: Callable[..., Desk], here: str, there: str, tmp_path: Path
) -> None:
    desk, restored, file = new_desk(here), new_desk(there), tmp_path / "desk.huitong"
    desk.huitong("demo")
    desk.huitong("backup", file)
    restored.huitong("restore", file)
    assert restored.run(EVERYTHING) == desk.run(EVERYTHING)
    assert restored.run(SIGNED) == [desk.run(SIGNED)[0], True]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_number_that_was_ever_given_is_not_given_again(
    new_desk: Callable[..., Desk], database: str, tmp_path: Path
) -> None:
    desk, restored, file = new_desk(database), new_desk(database), tmp_path / "desk.huitong"
    desk.huitong("demo")
    gone = desk.run("d = Department.objects.create(name='x'); answer = d.pk; d.delete()")
    desk.huitong("backup", file)
    restored.huitong("restore", file)
    assert restored.run("answer = Department.objects.create(name='y').pk") > gone


def test_only_its_owner_reads_it_and_it_comes_over_no_other_file(new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk, file = new_desk(), tmp_path / "desk.huitong"
    desk.huitong("demo")
    file.write_text("mine")
    refused = desk.huitong("backup", file, code=1)
    assert refused.stderr == f"{file} is there already. Choose another name, or say --force.\n"
    assert file.read_text() == "mine"
    desk.huitong("backup", file, "--force")
    with zipfile.ZipFile(file) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".*")) == []


def test_where_there_is_no_desk_none_is_made(new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = new_desk()
    assert "There is no desk in" in desk.huitong("backup", tmp_path / "x", code=1).stderr
    assert not (desk.home / "huitong.sqlite3").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
def test_a_folder_that_cannot_be_written_is_one_sentence(new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = new_desk()
    desk.huitong("demo")
    refused = desk.huitong("backup", "/dev/null/desk.huitong", code=1).stderr
    assert refused.startswith("/dev/null/desk.huitong cannot be written")
    assert len(refused.splitlines()) == 1


def test_the_workers_signs_of_life_stay_behind(sample_backup: Path) -> None:
    with zipfile.ZipFile(sample_backup) as archive:
        tables = json.loads(archive.read("manifest.json"))["tables"]
    assert "records_outbox" in tables
    assert "records_heartbeat" not in tables


def test_who_steals_it_can_open_no_link(new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk, file = new_desk(), tmp_path / "desk.huitong"
    desk.huitong("demo")
    tokens = desk.run("from huitong.directory import links; answer = [links.token_of(x) for x in Link.objects.all()]")
    desk.huitong("backup", file)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert tokens
    for secret in (*tokens, desk.environment["HUITONG_SECRET_KEY"]):
        assert secret not in everything
