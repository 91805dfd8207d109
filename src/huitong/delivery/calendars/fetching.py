"""One fetch: only to where it may go, and within bounds of size and time, however the far end behaves.

An address that somebody types must not make the desk speak to its own network (OWASP, "Server-Side Request Forgery
Prevention"): https only, also after a redirect; what is connected to is checked as the number it is at that moment,
whatever the name meant before; a host inside is reached only if the installation names it (CALENDAR_HOSTS).
"""

import base64
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import unquote, urljoin

from django.conf import settings

from huitong.delivery import webhook
from huitong.delivery.bounded import bounded
from huitong.delivery.calendars.trouble import Trouble
from huitong.delivery.checked import CheckedConnection, Forbidden, Line
from huitong.delivery.networks import may_connect
from huitong.timing.calendars import MAX_BYTES

CONNECT_SECONDS: Final = 10.0
FETCH_SECONDS: Final = 40.0  # all of one calendar's fetch
MOST_REDIRECTS: Final = 5
LONGEST_WAIT: Final = timedelta(days=1)
_PIECE: Final = 65_536

# Of the threads that fetch, one at a time works on what came. More would only take Python from each other, and from the
# one that holds SQLite's write lock, for which the outbox waits.
at_work: Final = threading.Lock()
_MOVED: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to ask. `login` is a user's name and password, sent to this host alone."""

    host: str
    port: int
    target: str
    login: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """The address without its login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}{'' if self.port == 443 else f':{self.port}'}{self.target}"

    def at(self, reference: str, *, trusted: bool = False) -> "Address":
        """The address that a reference names, seen from here. The login stays with its host, unless it is `trusted`."""
        found = read_address(urljoin(self.text, reference))
        stays = trusted or (found.host, found.port) == (self.host, self.port)
        return replace(found, login=self.login if stays else None)


@dataclass(frozen=True, slots=True)
class Answer(webhook.Answer):
    address: Address  # after redirects


def read_address(text: str) -> Address:
    """https://, or webcal:// in its place. Raises Trouble, which does not repeat it."""
    for scheme in ("webcals", "webcal"):
        if text.lower().startswith(f"{scheme}://"):
            text = f"https{text[len(scheme) :]}"
    found = webhook.parts_of(text)
    if found is None or found[0].scheme.lower() != "https" or not found[0].hostname:
        raise Trouble("address")
    parts, port = found
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(str(parts.hostname), port, target, login)


class Client:
    """Asks within one bound of time for all its requests. Made by `client`."""

    def __init__(self, line: Line, too_late: threading.Event) -> None:
        self._line, self._too_late = line, too_late

    def ask(
        self,
        method: str,
        address: Address,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int = MAX_BYTES,
    ) -> Answer:
        """The answer, whatever its status, after redirects. Raises Trouble."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask_once(method, address, headers or {}, body, most)
            if answer.status not in _MOVED or "location" not in answer.headers:
                return answer
            moved = address.at(answer.headers["location"])
            if (moved.host, moved.port) != (address.host, address.port):
                headers = {k: v for k, v in (headers or {}).items() if k != "Authorization"}
            if answer.status == 303:
                method, body = "GET", None
            address = moved
        raise Trouble("redirects")

    def get_well(self, method: str, address: Address, **more: Any) -> Answer:
        """The same; Trouble also for every answer that is no success."""
        answer = self.ask(method, address, **more)
        if not 200 <= answer.status < 300:
            raise trouble_of(answer)
        return answer

    def _ask_once(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None, most: int
    ) -> Answer:
        named = f"{address.host}:{address.port}" in _named_hosts()
        connection = CheckedConnection(
            address.host,
            address.port,
            may=lambda number: named or may_connect(number, ()),
            connect_seconds=CONNECT_SECONDS,
            seconds=FETCH_SECONDS,
            line=self._line,
        )
        sent = {"Accept-Encoding": "gzip", "User-Agent": "Huitong", **headers}
        if address.login:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(address.login).encode()).decode("ascii")
        try:
            if self._too_late.is_set():
                raise Trouble("slow")
            connection.request(method, address.target, body, sent)
            response = connection.getresponse()
            content = _read(response, most)
            if self._too_late.is_set():
                raise Trouble("slow")
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, address)
        except Forbidden:
            raise Trouble("forbidden") from None
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            raise Trouble(self._code(error)) from None
        finally:
            connection.close()

    def _code(self, error: Exception) -> str:
        if self._too_late.is_set() or isinstance(error, TimeoutError):
            return "slow"
        if isinstance(error, ssl.SSLCertVerificationError):
            return "certificate"
        return "unreachable" if isinstance(error, OSError) else "dropped"


@contextmanager
def client(seconds: float | None = None) -> Iterator[Client]:
    """Inside, all requests together take so many seconds at most."""
    line = Line()
    with bounded(line, FETCH_SECONDS if seconds is None else seconds) as too_late:
        yield Client(line, too_late)


def trouble_of(answer: Answer) -> Trouble:
    """What an answer that is no success means."""
    wait = wait_of(answer)
    if answer.status in (401, 403):
        return Trouble("refused")
    if answer.status in (404, 410):
        return Trouble("gone")
    if answer.status in (429, 503):
        return Trouble("busy", wait=wait)
    return Trouble("status", wait=wait, number=str(answer.status))


def wait_of(answer: Answer) -> timedelta | None:
    """How long its Retry-After asks to be left alone (RFC 9110, 10.2.3), a day at most."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    with suppress(ValueError):
        until = parsedate_to_datetime(text)
        now = datetime.now(UTC)
        return min(max(until.astimezone(UTC) - now, timedelta()), LONGEST_WAIT)
    return None


def _named_hosts() -> set[str]:
    return {host if ":" in host else f"{host}:443" for host in settings.CALENDAR_HOSTS}


def _read(response: HTTPResponse, most: int) -> bytes:
    """The body, unpacked, piece by piece: neither what comes nor what it unpacks to is ever larger than `most`."""
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise HTTPException
    unpack = zlib.decompressobj(wbits=31) if "gzip" in packed else None
    came, pieces, length = 0, [], 0
    while piece := response.read1(_PIECE):
        came += len(piece)
        if unpack:
            piece = unpack.decompress(piece, most + 1 - length)
        pieces.append(piece)
        length += len(piece)
        if max(came, length) > most:
            raise Trouble("large")
    if response.length:  # fewer bytes than were announced
        raise HTTPException
    if unpack and came and not unpack.eof:
        raise HTTPException
    return b"".join(pieces)
