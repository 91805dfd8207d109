"""One question to a language model at an OpenAI-compatible address, within bounds, and what comes of it."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

ANSWER_BYTES: Final = 64 * 1024
LONGEST_URL: Final = 400

Messages = Sequence[Mapping[str, str]]


class Trouble(StrEnum):
    """Why there is no answer."""

    UNREACHED = "unreached"
    CERTIFICATE = "certificate"
    KEY = "key"  # it refused the key
    BUSY = "busy"  # it wants to be asked less often
    MOVED = "moved"  # it sends us elsewhere; we don't go
    FAILED = "failed"  # it says that something went wrong
    SLOW = "slow"
    UNREADABLE = "unreadable"
    LONG = "long"
    CUT = "cut"  # it stopped in mid-sentence


@dataclass(frozen=True, slots=True)
class Server:
    """Where the model is, and what it is called there."""

    host: str
    port: int
    tls: bool
    path: str
    model: str
    key: str = field(repr=False)

    @classmethod
    def from_settings(cls, url: str, model: str, key: str) -> "Server":
        """https://host/v1, or http:// where nothing leaves the house: this machine or a private address.

        Raises ValueError in words that name what is wrong.
        """
        parts = urlsplit(url)
        if (
            parts.scheme not in ("https", "http")
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
        ):
            raise ValueError("HUITONG_POLISH_URL must be like https://llm.example.com/v1")
        if parts.scheme == "http" and not _is_local(parts.hostname):
            raise ValueError(
                "HUITONG_POLISH_URL must begin with https://; http:// is for localhost and private addresses alone"
            )
        if len(url) > LONGEST_URL:
            raise ValueError(f"HUITONG_POLISH_URL is longer than {LONGEST_URL} characters")
        if not model.strip() or not model.isprintable():
            raise ValueError("HUITONG_POLISH_MODEL must name the model")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("HUITONG_POLISH_KEY holds a character that no key has")
        tls = parts.scheme == "https"
        path = f"{parts.path.rstrip('/')}/chat/completions"
        return cls(parts.hostname, parts.port or (443 if tls else 80), tls, path, model.strip(), key)

    @property
    def address(self) -> str:
        """The full address that is asked, to be shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == (443 if self.tls else 80) else f":{self.port}"
        return f"http{'s' if self.tls else ''}://{host}{port}{self.path}"


def _is_local(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private


def body(server: Server, messages: Messages) -> dict[str, Any]:
    """All that is sent beside the key."""
    return {"model": server.model, "messages": [dict(m) for m in messages], "stream": False}


def complete(server: Server, messages: Messages, *, seconds: float) -> str | Trouble:
    """Ask once and give the answer's text. Whatever the far end does, this takes at most `seconds`."""
    exchange = _Exchange(server, json.dumps(body(server, messages)).encode(), seconds)
    # A thread, since looking a name up can't be bounded otherwise.
    thread = threading.Thread(target=exchange.run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        exchange.give_up()
        return Trouble.SLOW
    return exchange.result


class _Exchange:
    def __init__(self, server: Server, payload: bytes, seconds: float) -> None:
        self.server, self.payload = server, payload
        self.result: str | Trouble = Trouble.UNREACHED
        self.given_up = False
        if server.tls:
            context = ssl.create_default_context()
            self.connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                server.host, server.port, timeout=seconds, context=context
            )
        else:
            self.connection = http.client.HTTPConnection(server.host, server.port, timeout=seconds)

    def run(self) -> None:
        try:
            self.result = self._exchange()
        except ssl.SSLCertVerificationError:
            self.result = Trouble.CERTIFICATE
        except TimeoutError:
            self.result = Trouble.SLOW
        except http.client.HTTPException:
            self.result = Trouble.UNREADABLE
        except (OSError, UnicodeError):  # a host name may be too long to be looked up
            self.result = Trouble.UNREACHED
        finally:
            self.connection.close()

    def give_up(self) -> None:
        self.given_up = True
        if self.connection.sock:
            with suppress(OSError):  # already gone
                self.connection.sock.shutdown(socket.SHUT_RDWR)

    def _exchange(self) -> str | Trouble:
        self.connection.connect()
        if self.given_up:
            return Trouble.SLOW
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if self.server.key:
            headers["Authorization"] = f"Bearer {self.server.key}"
        self.connection.request("POST", self.server.path, self.payload, headers)
        response = self.connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            return _refusal(response.status)
        content = response.read(ANSWER_BYTES + 1)
        return Trouble.LONG if len(content) > ANSWER_BYTES else _text(content)


def _refusal(status: int) -> Trouble:
    if status in (401, 403):
        return Trouble.KEY
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble.BUSY
    return Trouble.MOVED if 300 <= status < 400 else Trouble.FAILED


def _text(content: bytes) -> str | Trouble:
    try:
        choice = json.loads(content)["choices"][0]
        text = choice["message"]["content"]
        text.encode()  # half a surrogate pair is no text
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return Trouble.UNREADABLE
    return Trouble.CUT if choice.get("finish_reason") == "length" else str(text)
