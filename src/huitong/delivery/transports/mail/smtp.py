"""One letter to one SMTP server, within bounds, and what the server's answers mean."""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from huitong.delivery.bounded import bounded

CONNECT_SECONDS: Final = 10
ALIVE_SECONDS: Final = 5  # in which a line that was kept shows that it still works
EXCHANGE_SECONDS: Final = 45  # with a line that was kept in vain, less than leases.SEND_SECONDS
LETTERS: Final = 50  # over one line; many servers close it after a hundred


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    tls: bool
    user: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """smtp://user:password@host:587 takes STARTTLS where offered; smtps://host:465 speaks TLS from the beginning.

        Raises ValueError in words that name what is wrong.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("smtp://user:password@host:587 or smtps://user:password@host:465")
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 587 if parts.username else 25)
        return cls(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


class Trouble(NamedTuple):
    """Why a letter was not taken: a code of texts.toml, what the server said, and whether trying again is no use."""

    code: str
    answer: str = ""
    permanent: bool = False


GONE: Final = Trouble("dropped")  # a line that was kept in vain; nothing has been said over it

# The line that this thread keeps open from one letter to the next, while `line_kept` allows it.
_this: Final = threading.local()


@contextmanager
def line_kept() -> Iterator[None]:
    """Inside, letters of this thread to the same server go over one line; it is closed at the end."""
    _this.keeps, _this.line = True, None
    try:
        yield
    finally:
        if _this.line:
            _this.line.close()
        _this.keeps, _this.line = False, None


class _Line:
    """A connection to a server that has greeted us, and let us in if it asks for that."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name, self.letters = server, name, 0
        self.smtp = smtplib.SMTP(local_hostname=_introduction(name), timeout=CONNECT_SECONDS)

    def is_well(self) -> bool:
        """Whether the server still listens."""
        assert self.smtp.sock
        self.smtp.sock.settimeout(ALIVE_SECONDS)
        try:
            well = self.smtp.rset()[0] == 250
            self.smtp.sock.settimeout(EXCHANGE_SECONDS)
        except (OSError, smtplib.SMTPException):
            return False
        return well

    def close(self) -> None:
        # Waiting for the answer to QUIT would only widen the moment in which nobody has noted what was accepted.
        if self.smtp.sock:
            with suppress(OSError, smtplib.SMTPException):
                self.smtp.putcmd("quit")
        self.smtp.close()


def greet(smtp: smtplib.SMTP, server: Server, *, to_connect: float, to_answer: float) -> list[str]:
    """Connect, encrypt where offered, log in where there is a user: up to where a letter begins.

    The two bounds are in seconds. Returns which of TLS, STARTTLS and AUTH were used. Raises OSError or SMTPException.
    """
    context = ssl.create_default_context()
    if not server.tls and not server.user:
        # As mail servers do among themselves: an unproven certificate is better than none, if no password is at stake.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp._host = server.host  # type: ignore[attr-defined]  # what starttls() compares the certificate with
    smtp.sock = socket.create_connection((server.host, server.port), to_connect)
    if server.tls:
        smtp.sock = context.wrap_socket(smtp.sock, server_hostname=server.host)
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    smtp.sock.settimeout(to_answer)  # some servers greet late on purpose
    code, answer = smtp.getreply()
    if code != 220:
        raise smtplib.SMTPResponseException(code, answer)
    smtp.ehlo_or_helo_if_needed()
    how = ["TLS"] if server.tls else []
    if not server.tls and smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        how = ["STARTTLS"]
    if server.user:
        smtp.login(server.user, server.password)
        how.append("AUTH")
    return how


def hand_over(server: Server, sender: str, receiver: str, letter: bytes, *, name: str) -> Trouble | None:
    """Give the letter to the server. None once it has accepted it. `name` is how we introduce ourselves."""
    if kept := _kept(server, name):
        began = time.monotonic()
        trouble = _bounded(kept, lambda: _give(kept, sender, receiver, letter) if kept.is_well() else GONE)
        if trouble is not GONE:
            enough = trouble is not None and trouble.answer.startswith("421")  # of this line; a new one may do
            if not enough or time.monotonic() - began > ALIVE_SECONDS:
                return trouble
    line = _Line(server, name)

    def exchange() -> None:
        greet(line.smtp, server, to_connect=CONNECT_SECONDS, to_answer=EXCHANGE_SECONDS)
        _give(line, sender, receiver, letter)

    return _bounded(line, exchange)


def _kept(server: Server, name: str) -> _Line | None:
    """The line of this thread, if it leads there and has not carried as many letters as servers like."""
    line: _Line | None = getattr(_this, "line", None)
    _this.line = None
    if line and ((line.server, line.name) != (server, name) or line.letters >= LETTERS):
        line.close()
        return None
    return line


def _bounded(line: _Line, exchange: Callable[[], Trouble | None]) -> Trouble | None:
    """Do this over the line within bounds. The line is kept if the letter was taken and this thread keeps lines."""
    with bounded(line.smtp, EXCHANGE_SECONDS) as too_late:
        try:
            trouble = exchange()
        except (OSError, smtplib.SMTPException) as error:
            trouble = _understand(error)
        if trouble and trouble is not GONE and too_late.is_set():
            trouble = Trouble("slow")
    if trouble is None and getattr(_this, "keeps", False):
        line.letters += 1
        _this.line = line
    else:
        line.close()
    return trouble


def _give(line: _Line, sender: str, receiver: str, letter: bytes) -> None:
    line.smtp.sendmail(sender, [receiver], letter)


def _understand(error: OSError | smtplib.SMTPException) -> Trouble:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
            return _by_code("refused_address", code, answer)
        case smtplib.SMTPDataError():
            return _by_code("refused_letter", error.smtp_code, error.smtp_error)
        case smtplib.SMTPSenderRefused():
            return Trouble("sender_refused", _said(error.smtp_code, error.smtp_error))
        case smtplib.SMTPAuthenticationError():
            return Trouble("login", _said(error.smtp_code, error.smtp_error))
        case smtplib.SMTPNotSupportedError():
            return Trouble("login", str(error))
        case smtplib.SMTPServerDisconnected():
            return Trouble("dropped")
        case smtplib.SMTPResponseException():
            return Trouble("greeting", _said(error.smtp_code, error.smtp_error))
        case ssl.SSLCertVerificationError():
            return Trouble("certificate")
        case ConnectionRefusedError() | socket.gaierror():
            return Trouble("unreachable", error.strerror or str(error))
        case TimeoutError():
            return Trouble("slow")
        case ConnectionError():
            return Trouble("dropped")
        case _:
            return Trouble("unreachable", str(error))


def _by_code(code_if_refused: str, code: int, answer: bytes | str) -> Trouble:
    if 500 <= code <= 599:
        return Trouble(code_if_refused, _said(code, answer), permanent=True)
    return Trouble("later", _said(code, answer))


def _said(code: int, answer: bytes | str) -> str:
    """The server's answer as one short line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    seen = re.sub(r"[^ -~\u00a1-\uffff]", " ", text)
    return f"{code} {' '.join(seen.split())}"[:200].strip()


def _introduction(name: str) -> str:
    # Never asked of the resolver (smtplib's default), which may take its time.
    try:
        return f"[{ip_address(name)}]" if ":" not in name else f"[IPv6:{name}]"
    except ValueError:
        return name if "." in name else "[127.0.0.1]"
