"""The worker's sign of life in the database: who watches the desk reads it (docs/operate.md)."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import Error, close_old_connections
from django.db.models import Count, Max, Q
from django.utils import timezone

from huitong.records.models import Heartbeat

SECONDS: Final = 10  # between two signs: six small writes a minute
SILENT: Final = timedelta(seconds=60)  # after which a worker counts as gone
FORGOTTEN: Final = timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Life:
    """The workers as the database knows them. `seen` is the newest sign, `swept` the newest look at the outbox."""

    alive: int
    seen: datetime | None
    swept: datetime | None


class Pulse:
    """Gives signs of life for one worker, in a thread of its own: a slow database must not hold the worker up."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.started_at = timezone.now()
        self.swept_at: datetime | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self.started_at, self.swept_at = timezone.now(), None
        self._stop.clear()
        self._thread = threading.Thread(target=self._keep, name="pulse", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the sign away: this worker has ended as it should."""
        self._stop.set()
        if self._thread:
            self._thread.join(SECONDS)

    def beat(self) -> None:
        """One sign of life. A database that is away is said once a beat and waited for."""
        now = timezone.now()
        signs = {"seen_at": now, "swept_at": self.swept_at}
        Heartbeat.objects.update_or_create(
            worker=self.worker, defaults=signs, create_defaults={**signs, "started_at": self.started_at}
        )

    def _keep(self) -> None:
        try:
            self._quietly(_forget)
            while True:
                self._quietly(self.beat)
                # The first look at the outbox follows the start at once, and is told soon.
                if self._stop.wait(SECONDS if self.swept_at else 1):
                    break
            self._quietly(Heartbeat.objects.filter(worker=self.worker).delete)
        finally:
            close_old_connections()

    def _quietly(self, act: Callable[[], object]) -> None:
        close_old_connections()
        try:
            act()
        except Error as error:
            logger.warning("no sign of life can be written (%s)", type(error).__name__)


def _forget() -> None:
    Heartbeat.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN).delete()


def life(*, now: datetime) -> Life:
    """How many workers are alive, and the newest signs, in one query."""
    found = Heartbeat.objects.aggregate(
        alive=Count("pk", filter=Q(seen_at__gt=now - SILENT)), seen=Max("seen_at"), swept=Max("swept_at")
    )
    return Life(**found)
