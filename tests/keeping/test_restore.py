"""A backup that is damaged, foreign or too new is refused in words, and the empty place stays empty."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Desk

Change = Callable[[dict[str, bytes], dict[str, Any]], None]


def rewritten(backup: Path, to: Path, change: Change, *, seal: bool = True) -> Path:
    """A backup with the same members after `change(members, manifest)`, its manifest sealed anew."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    members.pop("manifest.sha256")
    change(members, manifest)
    content = json.dumps(manifest).encode()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", content)
        archive.writestr("manifest.sha256", hashlib.sha256(content if seal else b"").hexdigest())
    return to


def put(name: str, data: bytes, *, told: bytes | None = None) -> Change:
    """A member with this content, told in the manifest as if it were `told`."""

    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        members[name] = data
        known = data if told is None else told
        manifest["members"][name] = {"bytes": len(known), "sha256": hashlib.sha256(known).hexdigest()}

    return change


def of(**facts: Any) -> Change:
    return lambda members, manifest: manifest.update(facts)


def newer(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["migrations"].append(["records", "9999_of_tomorrow"])


def torn(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["migrations"].remove(["records", "0001_initial"])


def other_columns(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["tables"]["records_person"]["columns"][1] = "nickname"


PEOPLE = "tables/records_person.jsonl"
CASES: dict[str, tuple[Change, str]] = {
    "a changed row": (put(PEOPLE, b"[1]\n", told=b"[2]\n"), f"It is damaged: {PEOPLE} is not what was written."),
    "a row of another table": (put(PEOPLE, b'["x"]\n'), "records_person, row 1: this is no row of this table."),
    "a row that is no JSON": (put(PEOPLE, b"{{{\n"), "records_person, row 1: this is no row of this table."),
    "a way out of the folder": (put("../../etc/passwd", b"x"), "It holds '../../etc/passwd', which is no part"),
    "an absolute way": (put("/etc/passwd", b"x"), "It holds '/etc/passwd', which is no part"),
    "a way out among the tables": (put("tables/../../x.jsonl", b"x"), "It holds 'tables/../../x.jsonl'"),
    "a foreign member": (put("tables/x.sql", b"x"), "It holds 'tables/x.sql', which is no part"),
    "a bomb": (put(PEOPLE, b"0" * 30_000_000), f"{PEOPLE} would unpack to 30 MB, which no backup of Huitong does."),
    "a newer form": (of(format=2), "It was written by a newer Huitong, in a form that this version does not know."),
    "a newer version": (newer, "This comes from a newer Huitong (it has seen records.9999_of_tomorrow"),
    "a torn history": (torn, "Its migrations do not belong together"),
    "other columns": (other_columns, "Its tables are not those of the version that it says it is from."),
    "another key": (of(key="0" * 64), "The desk that was backed up had another secret key"),
    "a foreign manifest": (of(migrations=7), "Its manifest says nothing that Huitong understands"),
    "a member too few": (lambda members, _: members.pop(PEOPLE) and None, "Its members are not those of its manifest."),
}


def refused(desk: Desk, file: Path) -> str:
    """What is said; the place must be as empty as before."""
    said = desk.huitong("restore", file, code=1).stderr
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert {path.name for path in desk.home.iterdir()} <= {"secret_key"}
    return said


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_the_reason(
    case: str, sample_backup: Path, new_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    change, reason = CASES[case]
    assert refused(new_desk(), rewritten(sample_backup, tmp_path / "x", change)).startswith(reason)


def test_a_manifest_that_was_changed_by_hand_is_refused(sample_backup: Path, new_desk, tmp_path: Path) -> None:
    file = rewritten(sample_backup, tmp_path / "x", of(version="0"), seal=False)
    assert "its manifest is not what was written" in refused(new_desk(), file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_refused(share: float, sample_backup: Path, new_desk, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(sample_backup.read_bytes()[: int(sample_backup.stat().st_size * share)])
    assert "is no backup, or was cut off" in refused(new_desk(), file)


def test_a_flipped_bit_anywhere_is_noticed(sample_backup: Path, new_desk, tmp_path: Path) -> None:
    content = sample_backup.read_bytes()
    for place in range(50, len(content) - 50, len(content) // 6):
        file = tmp_path / "x"
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        desk = new_desk()
        said = desk.huitong("restore", file, code=None)
        # A bit that means nothing, as in a date of the ZIP, changes nothing.
        assert said.returncode == 1 or len(desk.run("answer = list(Person.objects.values_list('pk'))")) == 14, place
        assert "Traceback" not in said.stderr


def test_a_member_that_comes_twice_is_refused(sample_backup: Path, new_desk, tmp_path: Path) -> None:
    file = tmp_path / "x"
    shutil.copy(sample_backup, file)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(PEOPLE, b"")
    assert "some twice" in refused(new_desk(), file)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and nothing"])
def test_another_file_is_refused(content: bytes, new_desk, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    assert "is no backup, or was cut off" in refused(new_desk(), file)


def test_no_file_is_one_sentence(new_desk, tmp_path: Path) -> None:
    assert refused(new_desk(), tmp_path / "no") == f"There is no file {tmp_path / 'no'}.\n"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_place_that_is_not_empty_is_left_as_it_is(database: str, sample_backup: Path, new_desk) -> None:
    desk = new_desk(database)
    desk.huitong("restore", sample_backup)
    desk.run("Person.objects.filter(name='许小样').update(title='经理')")
    said = desk.huitong("restore", sample_backup, code=1).stderr
    assert said.startswith("There is a desk in" if database == "sqlite" else "The database is not empty.")
    assert desk.run("answer = Person.objects.get(name='许小样').title") == "经理"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_at_any_moment_it_has_restored_all_or_nothing(database: str, sample_backup: Path, new_desk) -> None:
    for pause in (0.9, 1.2, 1.5, 1.8, 2.2):
        desk = new_desk(database)
        process = subprocess.Popen(
            [sys.executable, "-m", "huitong", "restore", str(sample_backup)],
            env=desk.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        again = desk.huitong("restore", sample_backup, code=None)
        assert again.returncode == 0 or "already" in again.stderr or "not empty" in again.stderr
        assert desk.run("answer = [Person.objects.count(), Matter.objects.count()]") == [14, 6]
        desk.close()


OF_LINKS = """
from huitong.directory import links
link = Link.objects.filter(purpose="invite").first()
answer = [links.token_of(link), links.find(links.token_of(link)) == link]
"""


def test_the_old_desks_key_is_asked_for_and_its_links_open(new_desk, tmp_path: Path) -> None:
    desk, file = new_desk(), tmp_path / "desk.huitong"
    own = {"HUITONG_SECRET_KEY": ""}  # made in the desk's folder
    desk.environment |= own
    desk.huitong("invite", "chen@desk.example", "--name", "陈晓")
    desk.huitong("backup", file)
    other = new_desk()
    other.environment |= own
    assert "had another secret key. Put its secret_key into" in other.huitong("restore", file, code=1).stderr
    assert not (other.home / "huitong.sqlite3").exists()
    shutil.copy(desk.home / "secret_key", other.home / "secret_key")
    other.huitong("restore", file)
    assert other.run(OF_LINKS) == [desk.run(OF_LINKS)[0], True]


def test_where_the_key_is_lost_letters_to_come_have_links_that_open(new_desk, tmp_path: Path) -> None:
    desk, file, other = new_desk(), tmp_path / "desk.huitong", new_desk()
    desk.huitong("invite", "chen@desk.example", "--name", "陈晓")
    desk.huitong("backup", file)
    other.environment["HUITONG_SECRET_KEY"] = "another key than that of the first desk"
    other.huitong("restore", file, "--new-key")
    token, opens = other.run(OF_LINKS)
    assert opens
    assert token != desk.run(OF_LINKS)[0]


def test_letters_that_were_due_can_be_held_back(new_desk, tmp_path: Path) -> None:
    desk, file = new_desk(), tmp_path / "desk.huitong"
    desk.huitong("invite", "chen@desk.example", "--name", "陈晓", "--organiser")
    desk.huitong("backup", file)
    goes, held = new_desk(), new_desk()
    assert "Letters not sent yet: 1. Those that are due are sent" in goes.huitong("restore", file).stdout
    held.huitong("restore", file, "--hold")
    states = "answer = list(Outbox.objects.values_list('state', flat=True))"
    assert (goes.run(states), held.run(states)) == (["waiting"], ["failed"])


def test_too_little_room_is_told_before_anything_is_written(sample_backup: Path, new_desk, tmp_path: Path) -> None:
    def huge(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
        manifest["members"][PEOPLE]["bytes"] = free

    said = refused(new_desk(), rewritten(sample_backup, tmp_path / "x", huge))
    assert "MB of room, and" in said
