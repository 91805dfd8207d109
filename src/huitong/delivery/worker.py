"""The worker of `huitong serve` and `huitong worker`: sweeps the outbox every second, sends and fetches what is due."""

import logging
import os
import threading
import time
from typing import Final

from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController, state
from django.db import close_old_connections, connection
from django.utils import timezone

from huitong import logs
from huitong.delivery import leases
from huitong.delivery.app import (
    CONCURRENCY,
    FETCH_SECONDS,
    HOST,
    SWEEP_SECONDS,
    WORKER,
    app,
    look_into_mailbox,
    pulse,
    wake,
)
from huitong.delivery.calendars import refresh

logger = logging.getLogger(__name__)

# Celery's lines about its own starting and stopping are no news to whoever runs the desk.
_QUIET: Final = ("celery", "kombu", "amqp")


class InMemoryScheduler(Scheduler):
    """Celery's own keeps a file; what is due is in the outbox, so there is nothing to remember.

    It asks for a sweep every second, and for mail now and then, of a clock that nobody can move: by the day's clock
    Celery would wait for an hour if that was put back by one.
    """

    def setup_schedule(self) -> None:
        self.mail_at = 0.0

    def tick(self, *_: object, **__: object) -> float:
        wake()
        if time.monotonic() >= self.mail_at:
            self.mail_at = time.monotonic() + FETCH_SECONDS
            look_into_mailbox()
        return SWEEP_SECONDS


def run(stop: threading.Event) -> None:
    """Carry the outbox until `stop` is set, then finish what is being sent and free the rest.

    Raises RuntimeError if one of its threads died, so that whoever started it starts it again.
    Signals are the caller's: a process has one `run` at a time.
    """
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    _release_the_dead()
    state.should_stop = None
    worker = WorkController(
        app=app,
        hostname=f"huitong@{HOST}",
        pool="threads",
        concurrency=CONCURRENCY,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    carrying = threading.Thread(target=worker.start, name="carrying")
    sweeping = EmbeddedService(app, thread=True, scheduler_cls=InMemoryScheduler)
    refreshing = refresh.Refresher(WORKER)
    logs.event(logger, "worker_started", process=os.getpid())
    pulse.start()
    carrying.start()
    refreshing.start()
    sweeping.start()
    try:
        while not stop.wait(0.2):
            if not (carrying.is_alive() and sweeping.is_alive() and refreshing.is_alive()):
                raise RuntimeError("A thread of the worker died; the lines above say why.")
    finally:
        state.should_stop = os.EX_OK
        carrying.join()
        refreshing.stop()
        sweeping.service.stop()  # not waited for: it sleeps up to a second, and does nothing more
        leases.release(WORKER)
        pulse.stop()
        close_old_connections()
        logs.event(logger, "worker_stopped", process=os.getpid())


def _release_the_dead() -> None:
    """Free what workers of this machine held when they died: nobody waits for their leases to run out.

    Only with SQLite, where all workers are on one machine; elsewhere two machines may bear one name.
    """
    if connection.vendor != "sqlite":
        return
    now = timezone.now()
    for owner in leases.owners(now=now) | refresh.owners(now=now):
        host, _, rest = owner.partition(":")
        process = rest.partition(":")[0]
        if host == HOST and process.isdigit() and not _is_alive(int(process)):
            leases.release(owner)
            refresh.release(owner)
    close_old_connections()


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return False  # an earlier process of the same number: this one has claimed nothing yet
    if os.name != "posix":
        return True  # asking would end the process; the lease runs out by itself
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
