"""Whether one worker keeps up 10,000 leaders' feeds an hour, and what one change costs.

    python benchmarks/feeds.py [--feeds 10000] [--changed 0.1] [--slow 20]

Every leader has an address of their own with 400 events, 60 of them recurring, at an HTTPS server in another process
of this machine. All are due at once; of the rounds that are measured the first takes all of them in, and in the
second a part has changed by one event and the others answer 304. A few feeds trickle and hold their thread until
their time is up. A real worker fetches them into a SQLite database in a scratch folder, while a letter is put into the
outbox every second: how long it waits is printed too.
"""

import argparse
import os
import resource
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CERTIFICATE = Path(__file__).parents[1] / "tests" / "delivery" / "transports" / "localhost.pem"
TRICKLE = 0.5  # seconds a byte
AN_HOUR = 3600


def events(moved: int) -> bytes:
    """400 events of the next 60 days, 60 of them weekly; the one in the middle begins `moved` minutes later."""
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for n in range(400):
        begins = start + timedelta(days=n % 58, hours=1 + n % 9, minutes=n * 5 % 60 + (moved if n == 200 else 0))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{n}@bench.example",
            f"SUMMARY:Meeting number {n} with a title of the usual length",
            f"LOCATION:Room {n % 30}",
            "DESCRIPTION:Agenda:\\n1. Where we are\\n2. What is stuck\\n3. What we decide and a few lines more",
            f"DTSTART:{begins:%Y%m%dT%H%M%SZ}",
            f"DTEND:{begins + timedelta(minutes=15 + n * 7 % 40):%Y%m%dT%H%M%SZ}",
            *(["RRULE:FREQ=WEEKLY"] if n < 60 else []),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


class Handler(BaseHTTPRequestHandler):
    """/ROUND/CHANGED/SLOW sets the round; /NUMBER.ics is a feed."""

    round_, changed, slow = 1, 0, 0
    versions = (events(0), events(30))

    def do_GET(self) -> None:
        if not self.path.endswith(".ics"):
            Handler.round_, Handler.changed, Handler.slow = (int(part) for part in self.path.strip("/").split("/"))
            self._answer(200, b"")
            return
        number = int(self.path[1:-4])
        if number < self.slow:
            self._trickle()
            return
        version = 1 if self.round_ > 1 and number < self.slow + self.changed else 0
        if self.headers.get("If-None-Match") == f'"{version}"':
            self._answer(304, b"")
        else:
            self._answer(200, self.versions[version], f'"{version}"')

    def _answer(self, status: int, body: bytes, tag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b"x")
                time.sleep(TRICKLE)
        except OSError:
            pass  # the worker has left, as it should

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def serve() -> None:
    """The feed server's own process: prints its port, and ends with its input."""
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


def main(feeds: int, changed: int, slow: int) -> None:
    home = tempfile.mkdtemp(prefix="huitong-feeds-")
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    host = f"127.0.0.1:{int(server.stdout.readline())}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "huitong.settings",
        "HUITONG_HOME": home,
        "HUITONG_CALENDAR_HOSTS": host,
        "SSL_CERT_FILE": str(CERTIFICATE),
    }
    try:
        measure(host, feeds, changed, slow)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(home, ignore_errors=True)


def measure(host: str, feeds: int, changed: int, slow: int) -> None:
    import django  # noqa: PLC0415 (the settings come first)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill(host, feeds)
    print(f"{feeds:,} feeds of 400 events ({len(Handler.versions[0]) // 1000} kB), one worker, load {load()}")
    for number, (name, differ) in enumerate((("all are new", feeds), (f"{changed:,} have changed", changed)), start=1):
        tell(host, f"/{number}/{changed}/{slow if number == 2 else 0}")
        before = work_of_children()
        took, waits = a_round(feeds)
        rate, each = feeds / took * AN_HOUR, 1000 * (work_of_children() - before) / feeds
        print(f"{name:>20}: {took:6.0f} s, {rate:8,.0f} feeds an hour, {each:.0f} ms of work each", end="; ")
        print(f"{differ:,} read and stored", end="; ")
        print(f"letters waited {statistics.median(waits):.1f} s, at most {max(waits):.1f} s", flush=True)
    one_change(host)


def fill(host: str, feeds: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from huitong.directory.sealing import seal  # noqa: PLC0415
    from huitong.records.models import Calendar, Person  # noqa: PLC0415

    now = timezone.now()
    people = Person.objects.bulk_create(Person(name=f"领导{n}") for n in range(feeds))
    Calendar.objects.bulk_create(
        Calendar(
            person=person,
            kind="address",
            name="work",
            added_at=now,
            sealed=seal({"address": f"https://{host}/{n}.ics"}),
        )
        for n, person in enumerate(people)
    )


def a_round(feeds: int) -> tuple[float, list[float]]:
    """Make all due, run a worker until all are fetched. Returns seconds, and how long letters waited."""
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from huitong.delivery import outbox  # noqa: PLC0415
    from huitong.records.models import Calendar, Outbox, Person  # noqa: PLC0415

    reader = Person.objects.get_or_create(name="许宁", email="xu@bench.example")[0]
    began = timezone.now()
    Calendar.objects.update(due_at=began, lease_until=None)
    worker = subprocess.Popen([sys.executable, "-m", "huitong", "worker"])
    letters = 0
    try:
        while Calendar.objects.filter(due_at__lte=began).exists():
            letters += 1
            with transaction.atomic():
                outbox.put("thanks", reader, outbox.Letter(title="谢谢"), key=f"bench:{began:%s}:{letters}")
            time.sleep(1)
        took = (timezone.now() - began).total_seconds()
        while Outbox.objects.filter(state="waiting").exists():
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.wait()
    rows: Any = Outbox.objects.filter(key__startswith=f"bench:{began:%s}:").values_list("created_at", "sent_at")
    return took, [(sent - made).total_seconds() for made, sent in rows[5:]]  # the worker needs a moment to start


def one_change(host: str) -> None:
    """A change in one feed, from asking to stored."""
    from django.utils import timezone  # noqa: PLC0415

    from huitong.delivery.calendars import refresh  # noqa: PLC0415
    from huitong.records.models import Calendar  # noqa: PLC0415

    row = Calendar.objects.order_by("-pk")[0]
    number = Calendar.objects.count() - 1
    took, worked = [], []
    for again in range(21):
        tell(host, f"/{1 + again % 2}/{number + 1}/0")
        Calendar.objects.filter(pk=row.pk).update(lease_owner="bench", lease_until=timezone.now() + refresh.LEASE)
        start, used = time.perf_counter(), time.process_time()
        change = refresh.fetch(row.pk, "bench")
        took.append(time.perf_counter() - start)
        worked.append(time.process_time() - used)
    middle, work = (1000 * statistics.median(each) for each in (took, worked))
    print(f"one change taken in: {middle:.0f} ms in the median, {work:.0f} ms of it work; {change}")


def work_of_children() -> float:
    """Seconds of processor time of the workers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(host: str, path: str) -> None:
    from huitong.delivery.calendars import fetching  # noqa: PLC0415

    with fetching.client() as client:
        client.ask("GET", fetching.read_address(f"https://{host}{path}"))


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--feeds", type=int, default=10_000)
    arguments.add_argument("--changed", type=float, default=0.1, help="the part that has changed in the second round")
    arguments.add_argument("--slow", type=int, default=20, help="feeds that trickle in the second round")
    given = arguments.parse_args()
    if given.serve:
        serve()
    else:
        main(given.feeds, int(given.feeds * given.changed), given.slow)
