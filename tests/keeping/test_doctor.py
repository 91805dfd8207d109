"""The doctor finds each thing that can be wrong, says what to do in both languages, and never takes long."""

import json
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from huitong.keeping.doctor import _TEXTS

from .conftest import Desk

HEARTBEAT = (
    "Heartbeat.objects.create(worker=words[0], started_at=now, seen_at=now + timedelta(seconds=words[1]), swept_at=now)"
)


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    desk = new_desk()
    desk.huitong("demo")
    desk.run(HEARTBEAT, "desk:1", 0)
    return desk


def examined(desk: Desk, **variables: str) -> dict[str, dict[str, str]]:
    """What the doctor finds, by code. Its exit code says whether there was a failure."""
    result = desk.huitong("doctor", "--format", "json", code=None, **variables)
    told: dict[str, Any] = json.loads(result.stdout)
    failures = [f for f in told["findings"] if f["level"] == "failure"]
    assert (told["failures"], result.returncode) == (len(failures), 1 if failures else 0)
    assert "Traceback" not in result.stderr
    return {f["code"]: f for f in told["findings"]}


def levels(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {code: finding["level"] for code, finding in found.items() if finding["level"] != "ok"}


def test_a_healthy_desk_is_well(desk: Desk) -> None:
    found = examined(desk)
    assert set(levels(found)) <= {"mail.files", "fonts.substitute"}
    areas = {code.partition(".")[0] for code in found}
    assert areas == {"settings", "database", "worker", "mail", "fonts", "clock", "disk"}


def test_every_finding_says_the_same_facts_in_both_languages() -> None:
    for area, findings in _TEXTS.items():
        for name, texts in findings.items():
            facts = [{field for _, field, _, _ in Formatter().parse(texts[lang]) if field} for lang in ("zh", "en")]
            assert facts[0] == facts[1], f"{area}.{name}"
            assert "\n" not in "".join(texts.values())


def test_people_get_a_line_a_finding_in_the_language_they_ask_for(desk: Desk) -> None:
    chinese = desk.huitong("doctor").stdout.splitlines()
    english = desk.huitong("doctor", "--lang", "en").stdout.splitlines()
    assert [line[:30] for line in chinese] == [line[:30] for line in english]
    assert any("数据库文件完整" in line for line in chinese)
    assert any("The database file is whole." in line for line in english)


# --- settings ---


@pytest.mark.parametrize(
    ("variables", "code", "level"),
    [
        ({"HUITONG_TIME_ZONE": "Mars/Olympus"}, "settings.unusable", "failure"),
        ({"HUITONG_LOG_LEVEL": "LOUD"}, "settings.unusable", "failure"),
        ({"HUITONG_KEEP_LETTERS_DAYS": "some"}, "settings.unusable", "failure"),
        ({"HUITONG_SMPT_URL": "smtp://x"}, "settings.unknown", "warning"),
        ({"HUITONG_SECRET_KEY": "short"}, "settings.key_weak", "warning"),
        ({"HUITONG_SECRET_KEY": "x" * 60}, "settings.key_other", "failure"),
        ({"HUITONG_ADDRESS": "desk.example"}, "settings.address_scheme", "failure"),
        ({"HUITONG_ADDRESS": "http://desk.example"}, "settings.address_http", "warning"),
        ({"HUITONG_SMTP_URL": "smtp://mail.invalid"}, "settings.address_local", "failure"),
        ({"HUITONG_SMTP_URL": "smtp://mail.invalid"}, "settings.sender_local", "warning"),
        ({"HUITONG_SMTP_URL": "smtp://mail.invalid", "HUITONG_MAIL_FROM": "desk"}, "settings.sender", "failure"),
        ({"HUITONG_SMTP_URL": "mail.invalid"}, "mail.unusable", "failure"),
        ({"HUITONG_LANGUAGE": "fr"}, "settings.language", "warning"),
        ({"HUITONG_METRICS_TOKEN": "abc"}, "settings.token_weak", "warning"),
        ({"HUITONG_BROKER_URL": "redis://127.0.0.1:1"}, "worker.no_broker", "failure"),
        ({"HUITONG_DATABASE_URL": "postgres://x@127.0.0.1:1/x"}, "database.unreachable", "failure"),
    ],
)
def test_a_setting_that_does_not_fit_is_told(desk: Desk, variables: dict[str, str], code: str, level: str) -> None:
    assert examined(desk, **variables)[code]["level"] == level


def test_a_key_that_others_can_read_is_told(desk: Desk) -> None:
    own = {"HUITONG_SECRET_KEY": ""}  # made in the desk's folder
    examined(desk, **own)
    (desk.home / "secret_key").chmod(0o644)
    assert examined(desk, **own)["settings.key_open"]["level"] == "warning"


def test_a_desk_that_others_can_read_is_told(desk: Desk) -> None:
    assert "settings.home_open" not in examined(desk)
    desk.home.chmod(0o755)
    assert "settings.home_open" not in examined(desk)  # they can look in, and open nothing
    (desk.home / "huitong.sqlite3").chmod(0o644)
    assert examined(desk)["settings.home_open"]["level"] == "warning"


def test_no_secret_is_in_what_is_said(desk: Desk) -> None:
    secrets = {"HUITONG_SMTP_URL": "smtp://someone:pa55word@127.0.0.1:1", "HUITONG_METRICS_TOKEN": "tok3n"}
    said = desk.huitong("doctor", "--format", "json", code=1, **secrets).stdout
    for secret in ("pa55word", "tok3n", desk.environment["HUITONG_SECRET_KEY"]):
        assert secret not in said


# --- database ---


def test_a_place_without_a_desk_is_told_and_stays_so(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    assert examined(desk)["database.none"]["level"] == "failure"
    assert not (desk.home / "huitong.sqlite3").exists()


def test_a_damaged_file_is_told(desk: Desk) -> None:
    desk.close()
    file = desk.home / "huitong.sqlite3"
    with sqlite3.connect(file) as connection:
        page, root = connection.execute(
            "SELECT (SELECT page_size FROM pragma_page_size), rootpage FROM sqlite_master WHERE name = 'records_event'"
        ).fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.seek((root - 1) * page)
        opened.write(b"\xff" * page)
    assert examined(desk)["database.damaged"]["level"] == "failure"


def test_a_database_that_another_program_holds_is_told_in_time(desk: Desk) -> None:
    with sqlite3.connect(desk.home / "huitong.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert examined(desk)["database.locked"]["level"] == "warning"
        assert time.monotonic() - began < 20
        other.execute("ROLLBACK")


def test_a_database_that_is_read_only_is_told(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk("postgresql")
    desk.huitong("demo")
    server, _, name = desk.database_url.rpartition("/")
    with psycopg.connect(f"{server}/huitong", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert examined(desk)["database.read_only"]["level"] == "failure"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("DELETE FROM django_migrations WHERE name = '0008_heartbeat'", "database.behind"),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_x', '2030-01-01')",
            "database.ahead",
        ),
    ],
)
def test_a_database_of_another_version_is_told(desk: Desk, change: str, code: str) -> None:
    desk.close()
    with sqlite3.connect(desk.home / "huitong.sqlite3") as connection:
        connection.execute(change)
    assert examined(desk)[code]["level"] == "failure"


# --- worker ---


def test_without_a_worker_or_with_a_silent_one_it_is_told(desk: Desk) -> None:
    desk.run("Heartbeat.objects.all().delete()")
    assert examined(desk)["worker.never"]["level"] == "failure"
    desk.run(HEARTBEAT, "desk:2", -500)
    assert examined(desk)["worker.silent"]["level"] == "failure"


def test_a_worker_that_no_longer_looks_is_told(desk: Desk) -> None:
    desk.run("Heartbeat.objects.update(swept_at=now - timedelta(seconds=900))")
    assert examined(desk)["worker.idle"]["level"] == "failure"


def test_letters_that_are_late_or_failed_are_counted(desk: Desk) -> None:
    desk.run("Outbox.objects.update(state='sent')")
    desk.run(
        "one, two = Outbox.objects.all()[:2]\n"
        "Outbox.objects.filter(pk=one.pk).update(state='waiting', due_at=now - timedelta(hours=2))\n"
        "Outbox.objects.filter(pk=two.pk).update(state='failed')"
    )
    found = examined(desk)
    assert found["worker.late"]["en"].startswith("Letters due and not sent: 1; the oldest has waited 120 min.")
    assert found["worker.failed"]["level"] == "warning"


def test_a_running_worker_is_seen(desk: Desk) -> None:
    """The real one leaves its own sign of life, and takes it along when it ends."""
    desk.run("Heartbeat.objects.all().delete()")
    process = subprocess.Popen(
        [sys.executable, "-m", "huitong", "worker"], env=desk.environment, stdin=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if desk.run("answer = Heartbeat.objects.filter(swept_at__isnull=False).count()"):
                break
            time.sleep(0.1)
        assert examined(desk)["worker.alive"]["en"].startswith("Workers alive: 1;")
    finally:
        process.terminate()
        assert process.wait(60) == 0
    assert desk.run("answer = Heartbeat.objects.count()") == 0


# --- mail ---


@pytest.fixture
def server() -> Iterator[Callable[..., str]]:
    """server(**options): the host and port of a real SMTP server."""
    controllers: list[Controller] = []

    class Listening(Controller):
        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            if not self.ssl_context:
                super()._trigger_server()

    def start(**options: Any) -> str:
        controllers.append(Listening(object(), hostname="127.0.0.1", port=0, **options))
        controllers[-1].start()
        return f"127.0.0.1:{controllers[-1].port}"

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def scripted() -> Iterator[Callable[[bytes, float], str]]:
    """scripted(greeting, pause): a server that says this, a byte each `pause` seconds, and then nothing."""
    sockets: list[socket.socket] = []

    def serve(listening: socket.socket, greeting: bytes, pause: float) -> None:
        try:
            connection, _ = listening.accept()
            for byte in greeting:
                connection.sendall(bytes([byte]))
                time.sleep(pause)
            time.sleep(30)
        except OSError:
            return

    def start(greeting: bytes, pause: float = 0) -> str:
        sockets.append(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=serve, args=(sockets[-1], greeting, pause), daemon=True).start()
        return f"127.0.0.1:{sockets[-1].getsockname()[1]}"

    yield start
    for listening in sockets:
        listening.close()


def test_a_mail_server_that_answers_is_well_and_gets_no_mail(desk: Desk, server: Callable[..., str]) -> None:
    assert "EHLO" in examined(desk, HUITONG_SMTP_URL=f"smtp://{server()}")["mail.answers"]["en"]


def test_a_password_is_tried(desk: Desk, server: Callable[..., str]) -> None:
    def known(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    where = server(authenticator=known, auth_require_tls=False)
    assert "AUTH" in examined(desk, HUITONG_SMTP_URL=f"smtp://me:right@{where}")["mail.answers"]["en"]
    assert examined(desk, HUITONG_SMTP_URL=f"smtp://me:wrong@{where}")["mail.login"]["level"] == "failure"


def test_a_certificate_that_nobody_vouches_for_is_told(desk: Desk, server: Callable[..., str], tmp_path: Path) -> None:
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    where = server(tls_context=context)
    # Without a password it is taken as it is, as mail servers do among themselves.
    assert "STARTTLS" in examined(desk, HUITONG_SMTP_URL=f"smtp://{where}")["mail.answers"]["en"]
    assert examined(desk, HUITONG_SMTP_URL=f"smtp://me:x@{where}")["mail.certificate"]["level"] == "failure"


@pytest.mark.parametrize(
    ("greeting", "pause", "codes"),
    [
        (b"554 5.7.1 go away\r\n", 0, {"mail.refuses"}),
        (b"", 0, {"mail.slow"}),
        (b"220-welcome to a server that has time\r\n" * 9, 0.2, {"doctor.slow"}),
    ],
    ids=["refuses", "silent", "trickles"],
)
def test_a_mail_server_that_does_not_answer_well_is_told_in_five_seconds(
    desk: Desk, scripted: Callable[..., str], greeting: bytes, pause: float, codes: set[str]
) -> None:
    began = time.monotonic()
    found = examined(desk, HUITONG_SMTP_URL=f"smtp://{scripted(greeting, pause)}")
    seconds = time.monotonic() - began
    assert codes <= set(levels(found))
    assert seconds < 5 + 5  # with the start of the process, on a machine that is busy


def test_a_port_where_nobody_listens_is_told(desk: Desk) -> None:
    assert examined(desk, HUITONG_SMTP_URL="smtp://127.0.0.1:1")["mail.unreachable"]["level"] == "failure"


# --- machine ---


def test_a_clock_that_was_set_back_is_told(desk: Desk) -> None:
    desk.run(HEARTBEAT, "desk:3", 4_000)
    assert examined(desk)["clock.behind"]["level"] == "warning"


def test_a_zone_of_someone_that_this_machine_does_not_know_is_told(desk: Desk) -> None:
    desk.run("Person.objects.filter(name='许小样').update(time_zone='Europe/Atlantis')")
    assert examined(desk)["clock.people"]["level"] == "failure"


def test_a_folder_that_cannot_be_written_is_told(desk: Desk) -> None:
    found = examined(desk, HUITONG_HOME="/proc/1", HUITONG_SECRET_KEY="k" * 40)
    assert found["disk.readonly"]["level"] == "failure"
