"""CalDAV against a real Radicale: found, chosen, kept up object by object; and servers that misbehave."""

import base64
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from radicale import app as radicale
from radicale import config

from huitong.delivery.calendars import dav, refresh
from huitong.delivery.calendars.kinds import caldav
from huitong.matters.calendars import add_caldav, choices, choose_collections
from huitong.matters.errors import Incomplete
from huitong.records.models import Busy, Calendar, Person
from tests.feeds import CERTIFICATE, HOUR, Feed, answer, fetch, fetch_due, hours_of

MAKE = """<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{name}</d:displayname>
<c:supported-calendar-component-set><c:comp name="{kind}"/></c:supported-calendar-component-set>
</d:prop></d:set></c:mkcalendar>"""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


class Dav:
    """A running Radicale with one user, and what was asked of it."""

    def __init__(self, application: Any) -> None:
        self.application, self.asked = application, []
        self.server = make_server("127.0.0.1", 0, self.answer, server_class=Server, handler_class=Quiet)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.address = f"https://{self.host}"

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], body.decode()))
        return self.application(environ, start)

    def do(self, method: str, path: str, body: str = "") -> None:
        login = base64.b64encode(b"gao:app-password").decode()
        request = urllib.request.Request(
            self.address + path,
            data=body.encode() or None,
            method=method,
            headers={"Authorization": f"Basic {login}", "Content-Type": "text/calendar"},
        )
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=str(CERTIFICATE))):
            pass

    def calendar(self, path: str, name: str, kind: str = "VEVENT") -> None:
        self.do("MKCALENDAR", path, MAKE.format(name=name, kind=kind))

    def event(self, path: str, hours: float, *more: str) -> None:
        start = HOUR + timedelta(hours=hours)
        lines = [f"UID:{path}", "SUMMARY:薪酬会议", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", *more]
        event = "\r\n".join(lines)
        self.do(
            "PUT",
            path,
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nDTSTAMP:20261101T000000Z\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        )


@pytest.fixture
def server(tmp_path: Path, settings, monkeypatch) -> Iterator[Dav]:
    (tmp_path / "users").write_text("gao:app-password\n")
    configuration = config.load()
    configuration.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(tmp_path / "users"), "htpasswd_encryption": "plain"},
            "storage": {"filesystem_folder": str(tmp_path / "collections")},
            "rights": {"type": "owner_only"},
            "logging": {"level": "critical"},
        },
        "test",
    )
    dav_server = Dav(radicale.Application(configuration))
    threading.Thread(target=dav_server.server.serve_forever, args=(0.05,), daemon=True).start()
    settings.CALENDAR_HOSTS = [dav_server.host]
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    yield dav_server
    dav_server.server.shutdown()
    dav_server.server.server_close()


def connect(person: Person, server: Dav, path: str = "") -> Calendar:
    calendar = add_caldav(person, server.address + path, "gao", "app-password")
    fetch(calendar)
    return calendar


@pytest.mark.parametrize("path", ["", "/", "/gao/", "/gao/work/"])
def test_the_only_calendar_is_found_from_the_server_the_home_or_its_own_address(
    person: Person, server: Dav, path: str
) -> None:
    server.calendar("/gao/work/", "工作")
    server.event("/gao/work/1.ics", 24)
    calendar = connect(person, server, path)
    assert calendar.trouble == {}
    assert hours_of(person) == [24]


def test_of_several_the_owner_chooses_and_lists_of_tasks_are_none(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    server.calendar("/gao/home/", "家里")
    server.calendar("/gao/tasks/", "待办", kind="VTODO")
    server.event("/gao/work/1.ics", 24)
    server.event("/gao/home/1.ics", 48)
    calendar = connect(person, server)
    assert (calendar.trouble, calendar.due_at) == ({"code": "choose"}, None)
    names = [each["name"] for each in choices(calendar)]
    assert sorted(names) == ["家里", "工作"]
    assert not Busy.objects.exists()
    with pytest.raises(Incomplete):
        choose_collections(calendar, [])
    choose_collections(calendar, [0, 1])
    assert fetch_due() == 2
    assert {c.name: [b.soft for b in c.busy.all()] for c in Calendar.objects.all()} == {
        "工作": [False],
        "家里": [False],
    }
    assert hours_of(person) == [24, 48]


def test_after_the_first_time_only_what_changed_is_loaded(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    for number in range(5):
        server.event(f"/gao/work/{number}.ics", 24 + 2 * number)
    calendar = connect(person, server)
    rows = set(Busy.objects.values_list("pk", flat=True))
    assert len(rows) == 5

    server.asked.clear()
    assert fetch(calendar) == (0, 0)
    assert [method for method, _, _ in server.asked] == ["PROPFIND"]

    server.event("/gao/work/0.ics", 100)
    server.event("/gao/work/new.ics", 200)
    server.do("DELETE", "/gao/work/4.ics")
    server.asked.clear()
    assert fetch(calendar) == (2, 2)
    assert hours_of(person) == [26, 28, 30, 100, 200]
    assert len(rows & set(Busy.objects.values_list("pk", flat=True))) == 3
    reports = [body for method, _, body in server.asked if method == "REPORT"]
    assert len(reports) == 2
    assert reports[1].count("<d:href>") == 2
    assert "薪酬" not in str(list(Calendar.objects.values_list("state", "notes", "sealed")))


def test_repeated_whole_and_tentative_events_are_what_they_are_by_the_owners_clock(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    server.event("/gao/work/1.ics", 24, "RRULE:FREQ=DAILY;COUNT=3", "STATUS:TENTATIVE")
    day = (datetime.now(UTC) + timedelta(days=10)).strftime("%Y%m%d")
    server.do(
        "PUT",
        "/gao/work/2.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    connect(person, server)
    assert Busy.objects.filter(soft=True, whole_day=False).count() == 3
    (whole,) = Busy.objects.filter(whole_day=True)
    assert whole.start.astimezone(UTC).hour == 16  # midnight in Shanghai


def test_what_its_owner_has_declined_does_not_count(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    server.event("/gao/work/1.ics", 24, "ATTENDEE;PARTSTAT=DECLINED:mailto:gao@huitong.example")
    server.event("/gao/work/2.ics", 48, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:gao@huitong.example")
    connect(person, server)
    assert hours_of(person) == [48]


def test_a_forgotten_sync_token_makes_it_load_the_whole(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    server.event("/gao/work/1.ics", 24)
    calendar = connect(person, server)
    Calendar.objects.update(state=calendar.state | {"token": "http://radicale.org/ns/sync/" + "0" * 64, "ctag": ""})
    server.event("/gao/work/2.ics", 48)
    assert fetch(calendar) == (1, 0)
    assert hours_of(person) == [24, 48]


def test_a_wrong_password_is_said_and_not_tried_again_by_itself(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    calendar = add_caldav(person, server.address, "gao", "wrong-password")
    fetch(calendar)
    assert (calendar.trouble, calendar.due_at) == ({"code": "refused"}, None)


def test_a_user_without_calendars_is_told_so(person: Person, server: Dav) -> None:
    assert connect(person, server).trouble == {"code": "none"}


# --- servers that misbehave ---

FOUND = (
    "<d:response><d:href>/c/</d:href><d:propstat><d:prop>{}</d:prop>"
    "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)
ITSELF = FOUND.format(
    "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:sync-token>{token}</d:sync-token>"
    "<d:supported-report-set><d:supported-report><d:report><c:free-busy-query/></d:report></d:supported-report>"
    "</d:supported-report-set>"
)


def multistatus(*parts: str, token: str = "") -> bytes:
    end = f"<d:sync-token>{token}</d:sync-token>" if token else ""
    return f"<d:multistatus {dav.NAMES}>{''.join(parts)}{end}</d:multistatus>".encode()


def scripted(feed: Feed, **says: Callable[[bytes], tuple[int, bytes]]) -> None:
    """scripted(feed, PROPFIND=body -> (status, answer), ...)"""

    def behaves(handler) -> None:
        status, body = says[handler.command](handler.content)
        answer(handler, body, status)

    feed.behaves = behaves


def connected(person: Person, feed: Feed) -> Calendar:
    calendar = add_caldav(person, f"https://{feed.host}/c/", "gao", "app-password")
    fetch(calendar)
    return calendar


def propfind(token: str = "t1") -> Callable[[bytes], tuple[int, bytes]]:
    return lambda _: (207, multistatus(ITSELF.replace("{token}", token)))


def test_who_may_see_free_busy_alone_gets_it_by_the_list(person: Person, feed: Feed) -> None:
    start = HOUR + timedelta(hours=24)
    busy = (
        "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n"
        f"FREEBUSY:{start:%Y%m%dT%H%M%SZ}/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    scripted(
        feed,
        PROPFIND=propfind(),
        REPORT=lambda body: (200, busy.encode()) if b"free-busy-query" in body else (403, b""),
    )
    assert connected(person, feed).trouble == {}
    assert hours_of(person) == [24]


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><d:multistatus xmlns:d="DAV:">&b;</d:multistatus>'
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><d:multistatus xmlns:d="DAV:">&a;</d:multistatus>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        FILE,
        b"<a>" * 100_000,
        b"<a>" + b"<b/>" * 300_000 + b"</a>",
        b"<html>",
        b"",
        b"\x00",
        b'<?xml version="1.0" encoding="none-such"?><a/>',
    ],
    ids=["entities", "file", "deep", "wide", "html", "empty", "NUL", "encoding"],
)
def test_xml_that_does_more_than_answer_is_not_read(person: Person, feed: Feed, content: bytes) -> None:
    scripted(feed, PROPFIND=lambda _: (207, content))
    assert connected(person, feed).trouble == {"code": "xml"}
    assert len(feed.got) == 1


@pytest.mark.parametrize(("status", "code"), [(200, "dav"), (401, "refused"), (503, "busy"), (500, "status")])
def test_an_answer_that_is_no_multistatus_is_named(person: Person, feed: Feed, status: int, code: str) -> None:
    scripted(feed, PROPFIND=lambda _: (status, b"<a/>"))
    assert connected(person, feed).trouble["code"] == code


def test_changes_without_end_are_given_up_for_the_whole(person: Person, feed: Feed) -> None:
    tokens = iter(f"t{n}" for n in range(2, 1000))

    def report(body: bytes) -> tuple[int, bytes]:
        if b"sync-collection" in body:
            more = "<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"
            return 207, multistatus(more, token=next(tokens))
        return 207, multistatus()

    scripted(feed, PROPFIND=propfind(), REPORT=report)
    calendar = connected(person, feed)
    scripted(feed, PROPFIND=propfind("new"), REPORT=report)
    feed.got.clear()
    fetch(calendar)
    assert calendar.trouble == {}
    assert len(feed.got) == 1 + caldav.MOST_PAGES + 1


def test_changes_in_several_pages_are_all_taken(person: Person, feed: Feed) -> None:
    asked: list[bytes] = []

    def report(body: bytes) -> tuple[int, bytes]:
        asked.append(body)
        if b"sync-collection" not in body:
            return 207, multistatus()
        gone = "<d:response><d:href>/c/{}.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
        more = "<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"
        if b">t1<" in body:
            return 207, multistatus(gone.format(1), more, token="t2")
        return 207, multistatus(gone.format(2), token="t3")

    scripted(feed, PROPFIND=propfind(), REPORT=report)
    calendar = connected(person, feed)
    for name in ("1", "2", "3"):
        start = datetime.now(UTC) + timedelta(days=int(name))
        part = caldav._part(f"/c/{name}.ics")
        Busy.objects.create(calendar=calendar, start=start, end=start + timedelta(hours=1), part=part)
    scripted(feed, PROPFIND=propfind("t9"), REPORT=report)
    assert fetch(calendar) == (0, 2)
    assert calendar.state["token"] == "t9"


def test_a_home_inside_the_houses_network_is_not_gone_to(person: Person, feed: Feed) -> None:
    home = "<d:current-user-principal><d:href>https://169.254.169.254/p/</d:href></d:current-user-principal>"
    scripted(feed, PROPFIND=lambda _: (207, multistatus(FOUND.format(home))))
    assert connected(person, feed).trouble == {"code": "forbidden"}


def test_an_object_that_is_broken_is_noted_and_the_others_count(person: Person, feed: Feed) -> None:
    start = HOUR + timedelta(hours=24)
    well = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    parts = [
        FOUND.replace("/c/", f"/c/{n}.ics").format(f"<c:calendar-data>{data}</c:calendar-data>")
        for n, data in enumerate(("not a calendar", well))
    ]
    scripted(feed, PROPFIND=propfind(), REPORT=lambda _: (207, multistatus(*parts)))
    calendar = connected(person, feed)
    assert hours_of(person) == [24]
    assert len(calendar.notes) == 1


@pytest.mark.parametrize(
    ("server_address", "user", "password", "field"),
    [
        ("http://example.com", "gao", "x", "server"),
        ("", "gao", "x", "server"),
        ("https://example.com", "", "x", "user"),
        ("https://example.com", "a:b", "x", "user"),
        ("https://example.com", "gao", "", "password"),
        ("https://example.com", "gao", "x\r\ny", "password"),
    ],
)
def test_what_cannot_be_a_server_or_login_is_named(
    person: Person, server_address: str, user: str, password: str, field: str
) -> None:
    with pytest.raises(Incomplete) as refused:
        add_caldav(person, server_address, user, password)
    assert refused.value.field == field
    assert not Calendar.objects.exists()


def test_the_password_is_kept_sealed(person: Person, server: Dav) -> None:
    server.calendar("/gao/work/", "工作")
    calendar = connect(person, server)
    assert "app-password" not in calendar.sealed
    assert "gao" not in calendar.sealed
    refresh.at_once(calendar)
