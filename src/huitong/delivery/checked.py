"""A TLS connection to the very number that was checked: a name that is looked up twice may mean two things.

Its `line` is the socket, for `bounded` to break.
"""

import socket
import ssl
from collections.abc import Callable
from http.client import HTTPSConnection


class Forbidden(Exception):
    """None of the numbers that the name means may be connected to."""


class Line:
    """The socket, kept where it can be broken also after the connection has handed it to its response."""

    sock: socket.socket | None = None


class CheckedConnection(HTTPSConnection):
    """`may` says of a number whether it may be connected to; raises Forbidden where none may."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        may: Callable[[str], bool],
        connect_seconds: float,
        seconds: float,
        line: Line | None = None,
    ) -> None:
        self.context = ssl.create_default_context()
        super().__init__(host, port, timeout=connect_seconds, context=self.context)
        self.line = line or Line()
        self._may, self._connect_seconds, self._seconds = may, connect_seconds, seconds

    def connect(self) -> None:
        plain = self._open()
        self.line.sock = plain
        self.sock = self.line.sock = self.context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()
        self.sock.settimeout(self._seconds)

    def _open(self) -> socket.socket:
        failed: OSError | None = None
        for family, kind, protocol, _name, where in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            if not self._may(str(where[0])):
                continue
            line = socket.socket(family, kind, protocol)
            line.settimeout(self._connect_seconds)
            try:
                line.connect(where)
            except OSError as error:
                line.close()
                failed = error
            else:
                return line
        if failed:
            raise failed
        raise Forbidden
