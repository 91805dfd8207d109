"""An end to every exchange: a far end may trickle its answer for ever without ever being silent for long."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class Line(Protocol):
    sock: socket.socket | None


@contextmanager
def bounded(line: Line, seconds: float) -> Iterator[threading.Event]:
    """Inside, the line is broken after so many seconds; the event then says that it was we who broke it."""
    too_late = threading.Event()

    def break_off() -> None:
        too_late.set()
        if line.sock:
            with suppress(OSError):  # already gone
                line.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield too_late
    finally:
        timer.cancel()
