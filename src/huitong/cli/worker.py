"""huitong worker: sends what is due."""

import os
import signal
import sys
import threading
from importlib import import_module
from typing import Annotated, Final

import typer

from huitong.cli._desk import open_desk

LAST_SECONDS: Final = 10  # for what is being sent when the parent dies


def command(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="Stop when standard input ends: as a child of serve.")
    ] = False,
) -> None:
    """Start one more worker, which sends what is due.

    huitong serve already has one. More can run at the same time, also on other machines with the same database.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(stopping,), daemon=True).start()
    open_desk(migrate=False)
    import_module("huitong.delivery.worker").run(stopping)


def _watch_parent(stopping: threading.Event) -> None:
    # The pipe ends however the parent dies, also by kill -9.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopping.set()
    threading.Event().wait(LAST_SECONDS)
    os._exit(1)
