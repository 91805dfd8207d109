"""Real workers, as processes, against a real mail server, on SQLite and PostgreSQL: killed, stopped, side by side."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

CERTIFICATE = Path(__file__).parent / "transports" / "localhost.pem"
SOURCE = str(Path(__file__).parents[2] / "src")
SECONDS = 60  # the longest that anything here may take

# A process that uses the desk's own code on this desk: it carries out what it reads, a line each, and answers.
HELPER = """
import json, sys, time
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from huitong.delivery import leases, outbox
from huitong.records.models import Matter, Outbox, Person
call_command("migrate", verbosity=0)
for line in sys.stdin:
    code, words = json.loads(line)
    names = globals() | {"words": words, "now": timezone.now(), "answer": None}
    exec(code, names)
    print(json.dumps(names["answer"], default=str), flush=True)
"""
FILL = """
requester = Person.objects.get_or_create(name="许宁")[0]
matter = Matter.objects.create(requester=requester, title="搭建物料", opened_at=now, stage_since=now)
with transaction.atomic():
    rows = []
    for number, address in enumerate(words):
        person = Person.objects.create(name="高岚", email=address)
        letter = outbox.Letter(title="请您定", before=["您好。"])
        rows.append(outbox.put("request", person, letter, key=f"{matter.pk}:{number}", matter=matter))
answer = [row.message_id for row in rows]
"""
SETTLED = """
while Outbox.objects.filter(state="waiting", due_at__lte=now).exists():
    time.sleep(0.1)
"""
ALL_GONE = """
while Outbox.objects.filter(state="waiting").exists():
    time.sleep(0.1)
"""
ROWS = """
columns = ("message_id", "state", "tries", "last_error", "lease_owner", "lease_until", "due_at")
answer = list(Outbox.objects.order_by("id").values(*columns))
"""
LEASES_RUN_OUT = "Outbox.objects.filter(state='waiting').update(lease_until=now)"
TO_A_CHAT = """
from huitong.records.models import ChatAddress
for person in Person.objects.filter(outbox__state="waiting"):
    person.news = {"decide": "feishu"}
    person.save()
    ChatAddress.objects.create(person=person, transport="feishu", address=words[0], added_at=now)
"""
WITHDRAW = "Outbox.objects.filter(person__email=words[0]).update(state='withdrawn')"


class Desk:
    """A desk of its own, used by processes of its own."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home, self.database_url = home, database_url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUITONG_")},
            "PYTHONPATH": SOURCE,
            "HUITONG_HOME": str(home),
            "HUITONG_DATABASE_URL": database_url,
        }
        self.helper = subprocess.Popen(
            [sys.executable, "-c", HELPER],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, *words: str) -> Any:
        """What `code` leaves in `answer`."""
        assert self.helper.stdin
        assert self.helper.stdout
        print(json.dumps([code, words]), file=self.helper.stdin, flush=True)
        return json.loads(self.helper.stdout.readline())

    def fill(self, *addresses: str) -> list[str]:
        """Promise a letter to each address. Returns their Message-IDs."""
        return list(self.run(FILL, *addresses))

    def rows(self) -> list[dict[str, Any]]:
        return list(self.run(ROWS))

    def start(self, smtp_url: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "huitong", "worker"],
            env={**self.environment, "HUITONG_SMTP_URL": smtp_url, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def worker(self, smtp_url: str) -> Iterator[subprocess.Popen[str]]:
        """A worker that at the end stops cleanly, and has had nothing to say."""
        process = self.start(smtp_url)
        try:
            yield process
            process.terminate()
            output, _ = process.communicate(timeout=SECONDS)
            assert (process.returncode, output) == (0, "")
        finally:
            process.kill()
            process.wait()


@contextmanager
def open_desk(home: Path, database_url: str = "") -> Iterator[Desk]:
    desk = Desk(home, database_url)
    try:
        yield desk
    finally:
        desk.helper.communicate(timeout=SECONDS)  # it ends with its input


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("sqlite")) as desk:
        yield desk


@pytest.fixture(scope="module")
def postgresql(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(psycopg.connect(postgres, autocommit=True)) as connection:
        connection.execute("CREATE DATABASE of_the_workers")
    url = postgres.rpartition("/")[0] + "/of_the_workers"
    with open_desk(tmp_path_factory.mktemp("postgresql"), url) as desk:
        yield desk


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk, on SQLite if the test does not say otherwise."""
    desk: Desk = request.getfixturevalue(getattr(request, "param", "sqlite"))
    desk.run("Outbox.objects.all().delete()")
    return desk


on_both = pytest.mark.parametrize("desk", ["sqlite", "postgresql"], indirect=True)


def numbered(count: int) -> list[str]:
    return [f"leader{number}@huitong.example" for number in range(count)]


@on_both
def test_two_workers_share_the_rows_and_never_send_one_twice(desk: Desk, listen, inbox) -> None:
    inbox.seconds = 0.05
    url = listen()
    promised = desk.fill(*numbered(60))
    with desk.worker(url), desk.worker(url):
        desk.run(SETTLED)
        # The first to be up may have sent all; then there is more, until both have had their part.
        for _ in range(10):
            workers = {row["lease_owner"].rpartition(":")[0] for row in desk.rows()}
            if len(workers) == 2:
                break
            promised += desk.fill(*numbered(30))
            desk.run(SETTLED)
    assert len(workers) == 2
    assert Counter(inbox.message_ids) == Counter(promised)
    assert {(row["state"], row["tries"]) for row in desk.rows()} == {("sent", 1)}


@on_both
def test_killed_at_any_moment_every_letter_arrives_and_only_an_unnoted_one_twice(desk: Desk, listen, inbox) -> None:
    kills = 2 if desk.database_url else 8
    inbox.seconds = 0.05
    url = listen()
    promised = desk.fill(*numbered(12 * kills))
    victim: list[subprocess.Popen[str]] = []
    unnoted: set[str] = set()
    dice = random.Random(4)

    def strike(message: EmailMessage) -> None:
        # Some die while the server has the letter and has not answered, some at whatever they are at.
        if victim:
            process = victim.pop()
            if dice.random() < 0.5:
                process.kill()
            else:
                threading.Timer(dice.uniform(0, 0.4), process.kill).start()

    inbox.data = strike
    for _ in range(kills):
        process = desk.start(url)
        victim.append(process)
        assert process.wait(SECONDS) == -signal.SIGKILL
        process.communicate()
        if desk.database_url:
            desk.run(LEASES_RUN_OUT)
        unnoted |= {row["message_id"] for row in desk.rows() if row["state"] == "waiting" and row["tries"]}
    with desk.worker(url):
        desk.run(SETTLED)

    assert {row["state"] for row in desk.rows()} == {"sent"}
    assert set(inbox.message_ids) == set(promised)
    repeated = {message_id for message_id, count in Counter(inbox.message_ids).items() if count > 1}
    assert repeated <= unnoted


def test_killed_while_a_chat_has_the_message_it_comes_once_there_and_then_by_mail(
    desk: Desk, listen, inbox, robot
) -> None:
    url = listen()
    (promised,) = desk.fill("leader@huitong.example")
    desk.run(TO_A_CHAT, f"https://{robot.host}/hook")
    more = {"HUITONG_CHAT_HOSTS": robot.host, "HUITONG_CHAT_NETWORKS": "127.0.0.0/8"}
    process = desk.start(url, **more, SSL_CERT_FILE=str(CERTIFICATE))
    robot.behaves = lambda handler: process.kill()
    assert process.wait(SECONDS) == -signal.SIGKILL
    process.communicate()
    with desk.worker(url):
        desk.run(ALL_GONE)
    assert [row["state"] for row in desk.rows()] == ["sent"]
    assert len(robot.got) == 1
    assert inbox.message_ids == [promised]
    assert "可能已经到了" in inbox.accepted[0].get_body(("plain",)).get_content()


def test_each_row_goes_its_own_way(desk: Desk, listen, inbox) -> None:
    answers = {"gone@huitong.example": "550 5.1.1 No such user", "busy@huitong.example": "451 4.7.1 Come back"}
    inbox.recipient = answers.get
    gone, busy, withdrawn = desk.fill("gone@huitong.example", "busy@huitong.example", "withdrawn@huitong.example")
    desk.run(WITHDRAW, "withdrawn@huitong.example")
    (well,) = desk.fill("well@huitong.example")
    with desk.worker(listen()):
        desk.run(SETTLED)
    rows = {row["message_id"]: row for row in desk.rows()}
    assert inbox.message_ids == [well]
    assert [rows[row]["state"] for row in (gone, busy, withdrawn, well)] == ["failed", "waiting", "withdrawn", "sent"]
    assert "No such user" in rows[gone]["last_error"]
    assert "Come back" in rows[busy]["last_error"]
    assert (rows[gone]["tries"], rows[busy]["tries"], rows[withdrawn]["tries"]) == (1, 1, 0)


def test_a_worker_that_is_stopped_finishes_what_it_sends_and_frees_the_rest(desk: Desk, listen, inbox) -> None:
    inbox.seconds = 1.5
    promised = desk.fill(*numbered(12))
    began = threading.Event()
    inbox.recipient = lambda address: began.set()
    with desk.worker(listen()):
        assert began.wait(SECONDS)
    rows = desk.rows()
    sent = [row["message_id"] for row in rows if row["state"] == "sent"]
    waiting = [row for row in rows if row["state"] == "waiting"]
    assert sorted(inbox.message_ids) == sorted(sent)
    assert 0 < len(sent) <= 4  # those in its four hands
    assert len(sent) + len(waiting) == len(promised)
    assert {row["tries"] for row in waiting} == {0}
    assert {row["lease_until"] for row in waiting} == {None}
    files = {path.name for path in desk.home.iterdir() if not path.name.startswith("huitong.sqlite3")}
    assert files == {"secret_key"}


# How the database finds what is due: the plan of the very statement that a claim makes.
MANY = """
from datetime import timedelta
from django.db import connection
columns = [f.column for f in Outbox._meta.concrete_fields if not f.primary_key]
own = {"key": "'many:' || n"}
series = "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s) SELECT n FROM c) AS s"
if connection.vendor == "postgresql":
    series = "generate_series(1, %s) AS s(n)"
names, values = ", ".join(columns), ", ".join(own.get(c, f"t.{c}") for c in columns)
with connection.cursor() as cursor:
    one = "(SELECT * FROM records_outbox LIMIT 1) AS t"
    cursor.execute(f"INSERT INTO records_outbox ({names}) SELECT {values} FROM {one}, {series}", [int(words[0])])
    Outbox.objects.filter(key__startswith="many:").update(due_at=now + timedelta(days=1))
    cursor.execute("ANALYZE")
"""
PLAN = """
from django.db import connection
from django.test.utils import CaptureQueriesContext
with CaptureQueriesContext(connection) as captured:
    claimed = leases.claim("plan", now=now, limit=4)
[select] = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
with connection.cursor() as cursor:
    cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + select)
    answer = [len(claimed), *(str(row[-1]) for row in cursor.fetchall())]
"""


@on_both
def test_a_claim_reads_what_is_due_by_its_index_however_much_is_not(desk: Desk) -> None:
    desk.fill(*numbered(3))
    desk.run(MANY, "20000")
    claimed, *plan = desk.run(PLAN)
    assert claimed == 3
    of_the_outbox = [line for line in plan if "records_outbox" in line and re.search("Scan|SCAN|USING", line)]
    # Each row's digest is looked up beside it, by its number.
    found_by = {re.search("(outbox_waiting_by_due|pkey|PRIMARY KEY)|$", line)[1] for line in of_the_outbox}
    assert "outbox_waiting_by_due" in found_by
    assert found_by <= {"outbox_waiting_by_due", "pkey", "PRIMARY KEY"}
