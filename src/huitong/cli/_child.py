"""The worker as a child process of `huitong serve`: started again when it dies, gone when the parent is."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

# -P: the folder one happens to be in must not be taken for the package.
COMMAND: Final = (sys.executable, "-P", "-m", "huitong", "worker", "--with-parent")
LONGEST_PAUSE: Final = 60  # seconds between two starts
HEALTHY: Final = 60  # seconds after which a worker counts as having run well
LAST_SECONDS: Final = 15  # for what is being sent when one stops


@contextmanager
def worker() -> Iterator[None]:
    """A worker runs while the block does."""
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stopping,))
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep(stopping: threading.Event) -> None:
    pause = 1
    while not stopping.is_set():
        began = time.monotonic()
        # A session of its own: Ctrl-C in the terminal reaches the parent alone, which then closes the pipe.
        child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own
        while child.poll() is None and not stopping.wait(0.2):
            pass
        if stopping.is_set():
            _end(child)
            return
        pause = 1 if time.monotonic() - began > HEALTHY else min(pause * 2, LONGEST_PAUSE)
        typer.echo(f"The worker stopped (exit code {child.returncode}); it is started again in {pause} s.", err=True)
        stopping.wait(pause)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin:
        child.stdin.close()
    for force in (child.terminate, child.kill):
        try:
            child.wait(LAST_SECONDS)
            return
        except subprocess.TimeoutExpired:
            force()
    child.wait()
