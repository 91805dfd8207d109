"""All checks at once, each in bounded time: what one of them asks may never answer."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.db import close_old_connections

from huitong.keeping.doctor import (
    FAILURE,
    Finding,
    configuration,
    database,
    feishu,
    finding,
    machine,
    mail,
    mailbox,
    worker,
)

# name: (check, the seconds that it may take), in the order in which they are told.
CHECKS: Final[dict[str, tuple[Callable[[], Iterator[Finding]], int]]] = {
    "settings": (configuration.check, 10),
    "database": (database.check, 15),
    "worker": (worker.check, 10),
    "broker": (worker.check_broker, 5),
    "mail": (mail.check, 5),
    "mailbox": (mailbox.check, 5),
    "feishu": (feishu.check, 5),
    "fonts": (machine.check_fonts, 10),
    "clock": (machine.check_clock, 10),
    "disk": (machine.check_disk, 5),
}


def examine() -> list[Finding]:
    """What every check finds."""
    began = time.monotonic()
    found: dict[str, list[Finding]] = {name: [] for name in CHECKS}
    threads = {}
    for name, (check, _) in CHECKS.items():
        threads[name] = threading.Thread(target=_run, args=(name, check, found[name]), daemon=True)
        threads[name].start()
    told: list[Finding] = []
    for name, (_, seconds) in CHECKS.items():
        threads[name].join(max(0.0, began + seconds - time.monotonic()))
        told += list(found[name])
        if threads[name].is_alive():
            told.append(finding(FAILURE, "doctor.slow", check=name, seconds=seconds))
    return told


def _run(name: str, check: Callable[[], Iterator[Finding]], found: list[Finding]) -> None:
    try:
        for each in check():
            found.append(each)
    except Exception as error:  # a check that fails must not hide the others
        found.append(finding(FAILURE, "doctor.failed", check=name, error=type(error).__name__))
    finally:
        close_old_connections()
