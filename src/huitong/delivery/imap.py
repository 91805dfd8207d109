"""A mailbox of the house by IMAP: opened, looked through from a number on, each mail read once, marked as read.

Source: RFC 3501. With the standard library's imaplib: six commands, one mailbox, no need for more
(docs/dependencies.md).
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote, urlsplit

from huitong.delivery.bounded import bounded
from huitong.replies import MAX_BYTES

CONNECT_SECONDS: Final = 10
EXCHANGE_SECONDS: Final = 60  # for the whole of one look
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Unreadable = (OSError, imaplib.IMAP4.error)


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """imaps://user:password@host/INBOX, or imap:// with STARTTLS; without either only to this machine.

        Raises ValueError in words that name what is wrong.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("imaps://user:password@host/INBOX")
        tls = parts.scheme == "imaps"
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if not re.fullmatch(r"[ !#-\[\]-~]+", folder):
            raise ValueError("imaps://user:password@host/INBOX (ASCII)")
        port = parts.port or (993 if tls else 143)
        return cls(parts.hostname, port, tls, unquote(parts.username), unquote(parts.password or ""), folder)

    @property
    def name(self) -> str:
        """How the mailbox is called where its password has no place."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"[:300]


class Opened:
    """An open mailbox. `uidvalidity` is the numbering that its numbers belong to."""

    def __init__(self, line: imaplib.IMAP4, uidvalidity: int) -> None:
        self._line, self.uidvalidity = line, uidvalidity

    def numbers(self, after: int, since: date | None = None) -> list[int]:
        """The numbers of mails above `after`, lowest first; with `since` only of those that came on that day or
        later.
        """
        search = [f"UID {after + 1}:*"]
        if since:
            search.append(f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}")
        _, data = self._ask("SEARCH", *search)
        found = (int(number) for line in data if line for number in line.split())
        return sorted(number for number in found if number > after)  # "n:*" names the last one, even if it is below n

    def read(self, number: int) -> bytes | None:
        """The mail's first MAX_BYTES, left unread; None if it is gone."""
        _, data = self._ask("FETCH", str(number), f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
        return next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)

    def mark_read(self, number: int) -> None:
        self._ask("STORE", str(number), "+FLAGS.SILENT (\\Seen)")

    def _ask(self, command: str, *words: str) -> tuple[str, list[bytes]]:
        answer, data = self._line.uid(command, *words)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command}: {data}")
        return answer, data


@contextmanager
def opened(server: Server, *, seconds: float = EXCHANGE_SECONDS, read_only: bool = False) -> Iterator[Opened]:
    """The mailbox, open for so many seconds at most. Raises what is in Unreadable."""
    line = _connect(server, min(CONNECT_SECONDS, seconds))
    try:
        with bounded(line, seconds) as too_late:
            try:
                line.login(server.user, server.password)
                answer, data = line.select(f'"{server.folder}"', readonly=read_only)
                if answer != "OK":
                    raise imaplib.IMAP4.error((data[0] or b"").decode("ascii", "replace"))
                _, numbering = line.response("UIDVALIDITY")
                yield Opened(line, int(numbering[0] or 0) if numbering else 0)
            except Unreadable:
                if too_late.is_set():
                    raise TimeoutError("it took too long") from None
                raise
            with suppress(*Unreadable):
                line.logout()
    finally:
        with suppress(OSError):
            line.shutdown()


def _connect(server: Server, seconds: float) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if server.tls:
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=seconds)
    line = imaplib.IMAP4(server.host, server.port, timeout=seconds)
    if "STARTTLS" in line.capabilities:
        line.starttls(ssl_context=context)
    elif not _is_here(server.host):
        line.shutdown()
        raise imaplib.IMAP4.error("no STARTTLS, and the password would be readable on the way")
    return line


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def said(error: BaseException) -> str:
    """An error as one short line, without what a person may have written."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(re.sub(r"[^ -~]", " ", str(text)).split())[:160]
