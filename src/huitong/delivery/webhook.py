"""One request to a chat's far end: only to where it may go, within bounds, and an honest account of what became of it.

An address that somebody types must not make the desk speak to its own network (OWASP, "Server-Side Request Forgery
Prevention"): https only, a host that is known, no redirect, and what is connected to is checked as the number it is at
that moment, whatever the name meant before.
"""

import json
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from socket import gaierror
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from huitong.delivery.bounded import bounded
from huitong.delivery.checked import CheckedConnection, Forbidden
from huitong.delivery.networks import may_connect

CONNECT_SECONDS: Final = 10
EXCHANGE_SECONDS: Final = 40  # with the connecting, less than leases.SEND_SECONDS
LARGEST_ANSWER: Final = 65_536
LONGEST_ADDRESS: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; {} if it is none."""
        with suppress(ValueError, RecursionError):
            found = json.loads(self.body)
            if isinstance(found, dict):
                return found
        return {}


class Trouble(Exception):
    """No answer. `code` is a word of chat.toml; `arrived` says whether it may have arrived all the same."""

    def __init__(self, code: str, said: str = "", *, arrived: bool = False) -> None:
        self.code, self.said, self.arrived = code, said, arrived
        super().__init__(code)


def is_allowed(address: str, hosts: Iterable[str], path: str) -> bool:
    """Whether a robot's address may be kept and written to: at one of its service's hosts, or at one of CHAT_HOSTS."""
    found = parts_of(address)
    if found is None:
        return False
    parts, port = found
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.fragment:
        return False
    if parts.hostname in hosts and port == 443:
        return parts.path.startswith(path) and "/." not in parts.path
    return is_named(parts.hostname, port)


def parts_of(address: str) -> tuple[SplitResult, int] | None:
    """A typed address in its parts, with its port; None for what can be none."""
    odd = not address.isascii() or not address.isprintable() or any(sign in address for sign in " \\")
    if odd or len(address) > LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(address)
        return parts, parts.port or 443
    except ValueError:
        return None


def is_named(host: str, port: int) -> bool:
    """Whether the installation allows this host by name (CHAT_HOSTS)."""
    named = (each.strip() for each in settings.CHAT_HOSTS)
    return f"{host}:{port}" in {each if ":" in each else f"{each}:443" for each in named if each}


def post(address: str, body: bytes, *, method: str = "POST", token: str = "", seconds: float | None = None) -> Answer:
    """Send JSON and read the answer, whatever its status. Raises Trouble. The address has passed `is_allowed`."""
    parts = urlsplit(address)
    bound = EXCHANGE_SECONDS if seconds is None else seconds
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = CheckedConnection(
        parts.hostname or "",
        parts.port or 443,
        may=lambda number: may_connect(number, settings.CHAT_NETWORKS),
        connect_seconds=CONNECT_SECONDS,
        seconds=bound,
    )
    sent = False
    try:
        with bounded(connection.line, bound) as too_late:
            try:
                connection.request(method, _target(parts), body, headers)
                sent = True
                return _read(connection)
            except Forbidden:
                raise Trouble("forbidden") from None
            except (OSError, HTTPException, ValueError) as error:
                slow = too_late.is_set() or isinstance(error, TimeoutError)
                # A request is read whole or not at all: before its last byte is out nothing can have arrived.
                raise Trouble("slow" if slow else _code(error), _said(error), arrived=sent) from None
    finally:
        connection.close()


def _read(connection: CheckedConnection) -> Answer:
    response = connection.getresponse()
    body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise Trouble("garbage", arrived=True)
    return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _code(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ConnectionRefusedError | gaierror):
        return "unreachable"
    return "dropped"


def _said(error: Exception) -> str:
    # Only what the system says: errors of http.client may carry the address itself, which is a secret.
    return error.strerror or "" if isinstance(error, OSError) else ""
