"""One letter to one SMTP server, within bounds, and what the server's answers mean."""

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from huitong.delivery.bounded import bounded

CONNECT_SECONDS: Final = 10
EXCHANGE_SECONDS: Final = 50  # with the connecting, less than outbox.SEND_SECONDS


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


def hand_over(server: Server, sender: str, receiver: str, letter: bytes, *, name: str) -> Trouble | None:
    """Give the letter to the server. None once it has accepted it. `name` is how we introduce ourselves."""
    smtp = smtplib.SMTP(local_hostname=_introduction(name), timeout=CONNECT_SECONDS)
    try:
        with bounded(smtp, EXCHANGE_SECONDS) as too_late:
            try:
                trouble = _exchange(smtp, server, sender, receiver, letter)
            except (OSError, smtplib.SMTPException) as error:
                trouble = _understand(error)
            return Trouble("slow") if trouble and too_late.is_set() else trouble
    finally:
        smtp.close()


def _exchange(smtp: smtplib.SMTP, server: Server, sender: str, receiver: str, letter: bytes) -> Trouble | None:
    context = ssl.create_default_context()
    if not server.tls and not server.user:
        # As mail servers do among themselves: an unproven certificate is better than none, if no password is at stake.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp._host = server.host  # type: ignore[attr-defined]  # what starttls() compares the certificate with
    smtp.sock = socket.create_connection((server.host, server.port), CONNECT_SECONDS)
    if server.tls:
        smtp.sock = context.wrap_socket(smtp.sock, server_hostname=server.host)
    smtp.sock.settimeout(EXCHANGE_SECONDS)  # some servers greet late on purpose
    code, answer = smtp.getreply()
    if code != 220:
        return Trouble("greeting", _said(code, answer))
    smtp.ehlo_or_helo_if_needed()
    if not server.tls and smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
    if server.user:
        smtp.login(server.user, server.password)
    smtp.sendmail(sender, [receiver], letter)
    # It is accepted. Waiting for the answer to QUIT would only widen the moment in which nobody has noted it.
    with suppress(OSError, smtplib.SMTPException):
        smtp.putcmd("quit")
    return None


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
