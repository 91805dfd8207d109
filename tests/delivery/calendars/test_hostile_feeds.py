"""What an address, or who answers there, may try: each at a bounded cost, with a word that says what it was."""

import gzip
import socket
import threading
import time
import tracemalloc
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import pytest
from django.core import serializers

from huitong.delivery.calendars import fetching
from huitong.matters.calendars import add_address
from huitong.matters.errors import Incomplete
from huitong.records.models import Busy, Calendar, Person
from tests.feeds import Feed, answer, fetch, ics


def trouble(person: Person, address: str) -> str:
    calendar = add_address(person, address)
    fetch(calendar)
    assert not Busy.objects.exists()
    return str(calendar.trouble["code"])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "http://example.com/a.ics",
        "ftp://example.com/a.ics",
        "https://",
        "https:///a.ics",
        "https://exa mple.com/a.ics",
        "https://example.com:99999/a.ics",
        "https://example.com/\r\nX: y",
        "https://例子.cn/a.ics",
        "https://example.com/" + "a" * 500,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_https_address_is_refused_and_not_repeated(person: Person, address: str) -> None:
    with pytest.raises(Incomplete) as refused:
        add_address(person, address)
    assert len(address) < 9 or address not in refused.value.message
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
    ],
)
def test_no_address_leads_into_the_houses_own_network(person: Person, feed: Feed, settings, host: str) -> None:
    settings.CALENDAR_HOSTS = []
    assert trouble(person, f"https://{host}:{feed.server_port}/a.ics") == "forbidden"
    assert feed.got == []


def test_a_host_that_the_organiser_allows_is_reached_only_at_its_port(person: Person, feed: Feed, settings) -> None:
    settings.CALENDAR_HOSTS = ["127.0.0.1"]  # that is port 443
    assert trouble(person, feed.address) == "forbidden"


@pytest.mark.parametrize("to", ["https://127.0.0.1:9/a.ics", "https://169.254.169.254/latest/meta-data/"])
def test_nor_does_a_redirect(person: Person, feed: Feed, to: str) -> None:
    feed.behaves = lambda handler: answer(handler, b"", 302, Location=to)
    assert trouble(person, feed.address) == "forbidden"


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "http://example.com/a.ics", "gopher://x/", "https://@/", "data:,x"]
)
def test_a_redirect_away_from_https_is_not_followed(person: Person, feed: Feed, to: str) -> None:
    feed.behaves = lambda handler: answer(handler, b"", 302, Location=to)
    assert trouble(person, feed.address) == "address"
    assert len(feed.got) == 1


def test_redirects_are_counted(person: Person, feed: Feed) -> None:
    feed.behaves = lambda handler: answer(handler, b"", 302, Location=f"/{len(feed.got)}")
    assert trouble(person, feed.address) == "redirects"
    assert len(feed.got) == 6


def test_a_name_that_means_something_else_at_the_second_look_is_looked_up_once(
    person: Person, feed: Feed, settings, monkeypatch
) -> None:
    settings.CALENDAR_HOSTS = []
    asked: list[str] = []
    numbers = ["192.0.2.1", "127.0.0.1"]  # the second answer is what would be connected to
    look_up = socket.getaddrinfo

    def changing(host, port, *more, **options):
        asked.append(host)
        return look_up(numbers[min(len(asked), 2) - 1], port, *more, **options)

    connected: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket.socket, "connect", lambda line, where: connected.append(where))
    monkeypatch.setattr(fetching, "may_connect", lambda number, allowed: number == "192.0.2.1")
    trouble(person, f"https://changing.example:{feed.server_port}/a.ics")
    assert asked == ["changing.example"]
    assert connected == [("192.0.2.1", feed.server_port)]


def test_a_changed_answer_that_leads_inside_is_refused_at_the_next_fetch(
    person: Person, feed: Feed, settings, monkeypatch
) -> None:
    settings.CALENDAR_HOSTS = []
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **options: look_up("127.0.0.1", *more, **options))
    assert trouble(person, f"https://changed.example:{feed.server_port}/a.ics") == "forbidden"
    assert feed.got == []


def test_a_feed_of_100_megabytes_is_left_at_five(person: Person, feed: Feed) -> None:
    sent = 0

    def behaves(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Length", "100000000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x" * 1_000_000)
            sent += 1_000_000

    feed.behaves = behaves
    assert trouble(person, feed.address) == "large"
    assert sent < 30_000_000  # what the sockets' own memory holds comes on top


def test_a_gzip_bomb_is_unpacked_no_further_than_five_megabytes(person: Person, feed: Feed) -> None:
    bomb = gzip.compress(b"x" * 200_000_000)
    feed.behaves = lambda handler: answer(handler, bomb, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert trouble(person, feed.address) == "large"
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "packed"),
    [(b"\x1f\x8b broken", "gzip"), (gzip.compress(ics(24))[:-9], "gzip"), (ics(24), "br"), (ics(24), "deflate")],
    ids=["broken", "cut short", "unknown", "not asked for"],
)
def test_what_cannot_be_unpacked_is_no_calendar(person: Person, feed: Feed, body: bytes, packed: str) -> None:
    feed.behaves = lambda handler: answer(handler, body, Content_Encoding=packed)
    assert trouble(person, feed.address) == "dropped"


def test_an_answer_cut_short_is_no_calendar(person: Person, feed: Feed) -> None:
    feed.behaves = lambda handler: answer(handler, ics(24), Content_Length="100000")
    assert trouble(person, feed.address) == "dropped"


def trickling(handler: BaseHTTPRequestHandler, *, head: bool) -> None:
    words = b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000 if head else b"x" * 10_000
    if not head:
        handler.send_response(200)
        handler.end_headers()
    with suppress(OSError):
        for byte in words:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.05)


@pytest.mark.parametrize("head", [True, False], ids=["in its head", "in its body"])
def test_a_feed_that_trickles_is_left_in_time(person: Person, feed: Feed, monkeypatch, head: bool) -> None:
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 1.0)
    feed.behaves = lambda handler: trickling(handler, head=head)
    began = time.monotonic()
    assert trouble(person, feed.address) == "slow"
    assert time.monotonic() - began < 20


def test_redirects_together_have_no_more_time_than_one_answer(person: Person, feed: Feed, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 1.0)

    def behaves(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        answer(handler, b"", 302, Location="/again")

    feed.behaves = behaves
    assert trouble(person, feed.address) == "slow"
    assert len(feed.got) < 6


def test_a_server_that_says_nothing_is_left_in_time(person: Person, settings, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held: list[object] = []
        threading.Thread(target=lambda: held.append(silent.accept()), daemon=True).start()
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.CALENDAR_HOSTS = [host]
        assert trouble(person, f"https://{host}/a.ics") == "slow"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(person: Person, feed: Feed, monkeypatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert trouble(person, feed.address) == "certificate"
    assert feed.got == []


def test_nothing_of_an_address_or_an_answer_is_logged_or_kept_in_the_open(
    person: Person, feed: Feed, caplog, monkeypatch
) -> None:
    caplog.set_level("DEBUG")

    def fails(*_: object) -> None:
        raise ValueError("SUMMARY:裁员名单")

    monkeypatch.setattr(fetching, "_read", fails)
    trouble(person, feed.address.replace("https://", "https://gao:s3cret@"))
    monkeypatch.setattr("huitong.delivery.calendars.kinds.address.fetch", fails)
    trouble(person, feed.address)
    kept = serializers.serialize("json", Calendar.objects.all()) + caplog.text
    assert "could not be fetched (ValueError)" in caplog.text
    for secret in ("s3cret", "private-4711", "裁员"):
        assert secret not in kept
