"""A real HTTPS server in the process that gives out calendars, scripted request by request, and fetching from it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest
from django.utils import timezone

from huitong.delivery.calendars import refresh
from huitong.records.models import Calendar, Person

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)  # one for the whole run, which may pass a full hour

CERTIFICATE: Final = Path(__file__).parent / "delivery" / "transports" / "localhost.pem"  # for 127.0.0.1


class Feed(ThreadingHTTPServer):
    """It answers `content` with an ETag, or 304; or does what `behaves` does with the handler of a request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.content = b""
        self.behaves: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.got: list[BaseHTTPRequestHandler] = []
        self.host = f"127.0.0.1:{self.server_port}"
        self.address = f"https://{self.host}/private-4711/basic.ics"

    @property
    def statuses(self) -> list[int]:
        return [handler.status for handler in self.got]

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the other side gave up, as it should


class _Handler(BaseHTTPRequestHandler):
    server: Feed
    status = 0

    def do_GET(self) -> None:
        self.server.got.append(self)
        self.content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.behaves:
            self.server.behaves(self)
            return
        tag = f'"{hash(self.server.content)}"'
        if self.headers.get("If-None-Match") == tag:
            answer(self, b"", 304)
        else:
            answer(self, self.server.content, ETag=tag)

    do_POST = do_PROPFIND = do_REPORT = do_GET

    def send_response(self, code: int, message: str | None = None) -> None:
        self.status = code
        super().send_response(code, message)

    def log_message(self, *arguments: object) -> None:
        pass


def answer(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    """A server that this installation allows calendars to be fetched from."""
    server = Feed()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.CALENDAR_HOSTS = [server.host]  # type: ignore[attr-defined]
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    yield server
    server.shutdown()
    server.server_close()


def ics(*hours_ahead: float, title: str = "薪酬会议", extra: str = "") -> bytes:
    """A calendar with an hour's event so many hours from HOUR."""
    events = []
    for number, hours in enumerate(hours_ahead):
        start = HOUR + timedelta(hours=hours)
        events.append(
            f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:{title}\r\nLOCATION:三号会议室\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}{extra}END:VCALENDAR\r\n".encode()


def fetch(calendar: Calendar) -> object:
    """Fetch this one now, as a worker would, and read its row again."""
    Calendar.objects.filter(pk=calendar.pk).update(lease_owner="test", lease_until=timezone.now() + refresh.LEASE)
    change = refresh.fetch(calendar.pk, "test")
    calendar.refresh_from_db()
    return change


def fetch_due() -> int:
    """Fetch all that is due, as a worker would. Returns how many."""
    keys = refresh.claim("test", now=datetime.now(UTC), limit=100)
    for key in keys:
        refresh.fetch(key, "test")
    return len(keys)


def hours_of(person: Person) -> list[float]:
    """When the person's kept busy time begins, in hours from HOUR."""
    starts = [b.start for c in person.calendars.all() for b in c.busy.all()]
    return sorted((start - HOUR) / timedelta(hours=1) for start in starts)
