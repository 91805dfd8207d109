"""Fetching calendars when they are due: claiming with a lease, taking what changed, waiting longer after a failure.

The row is the promise, as in the outbox: a worker that dies over a fetch leaves a lease that runs out. It has threads
of its own, so that slow feeds hold up no letter.
"""

import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import Error, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from huitong import logs
from huitong.delivery.calendars import fetching, kinds
from huitong.delivery.calendars.kinds import Taken
from huitong.delivery.calendars.trouble import FOR_ITS_OWNER, Trouble
from huitong.directory import calendars
from huitong.directory.calendars import Change
from huitong.directory.sealing import Unsealable, resealed, unseal
from huitong.records.models import Calendar
from huitong.timing import CalendarError

EVERY: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)  # between two tries of what fails
SPREAD: Final = 0.1  # so that what began together does not stay together
AT_ONCE: Final = 8  # fetches of one worker
IN_HAND: Final = 3 * AT_ONCE
LEASE: Final = timedelta(seconds=300)  # twice waiting for a slow one, the fetch itself, and clocks that differ
TAKES: Final = timedelta(seconds=90)  # a fetch at the most, with the storing
SWEEP_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)


def claim(owner: str, *, now: datetime, limit: int) -> list[int]:
    """Lease up to `limit` due calendars that nobody holds to `owner`, the longest due first. Returns their keys."""
    with transaction.atomic():
        free = Calendar.objects.filter(due_at__lte=now)
        free = free.filter(Q(lease_until=None) | Q(lease_until__lte=now)).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(skip_locked=True)
        keys = list(free.values_list("pk", flat=True)[:limit])
        Calendar.objects.filter(pk__in=keys).update(lease_owner=owner, lease_until=now + LEASE)
    return keys


def fetch(key: int, owner: str) -> Change | None:
    """Fetch one calendar that `owner` holds and keep what changed. None: it is no longer there, or another's by now."""
    now = timezone.now()
    held = Calendar.objects.filter(pk=key, lease_owner=owner, lease_until__gt=now + TAKES)
    row = held.select_related("person").first()
    if row is None:
        return None
    try:
        secret = unseal(row.sealed)
    except Unsealable:
        return _settle_trouble(row, owner, Trouble("key"), now)
    try:
        with fetching.client() as client:
            window = calendars.window_of(row.person, now)
            taken = kinds.get(row.kind).fetch(client, secret, row.state, window)
    except Trouble as error:
        trouble = error
    except CalendarError as error:
        trouble = Trouble("calendar", zh=error.problem.zh, en=error.problem.en)
    except Exception as error:
        # The error's own words may carry an address or a line of a calendar: its name has to do.
        logger.error("calendar %s could not be fetched (%s)", key, type(error).__name__)
        trouble = Trouble("ours")
    else:
        with fetching.at_work:
            return _settle(row, owner, taken, secret, now)
    return _settle_trouble(row, owner, trouble, now, secret)


def _settle(row: Calendar, owner: str, taken: Taken, secret: dict[str, Any], now: datetime) -> Change | None:
    with transaction.atomic():
        held = Calendar.objects.select_for_update(of=("self",)).filter(pk=row.pk, lease_owner=owner).first()
        if held is None:
            return None
        change = Change(0, 0)
        if taken.busy is not None:
            change = calendars.keep(held, taken.busy, of_parts=taken.of_parts)
        if taken.notes is not None:
            held.notes = taken.notes
        held.sealed = resealed(held.sealed, secret)
        held.state, held.failures, held.lease_until, held.lease_owner = dict(taken.state), 0, None, ""
        if taken.asks:
            held.trouble, held.due_at = {"code": taken.asks}, None
        else:
            held.trouble, held.due_at, held.taken_at = {}, now + _spread(EVERY), now
        held.save()
        calendars.note_taking(row.person, changed=change != Change(0, 0))
    logs.event(logger, "calendar", row=row.pk, kind=row.kind, added=change.added, removed=change.removed)
    return change


def _settle_trouble(
    row: Calendar, owner: str, trouble: Trouble, now: datetime, secret: dict[str, Any] | None = None
) -> None:
    failures = row.failures + 1
    pause = _spread(min(EVERY * 2 ** min(failures, 10), LONGEST))
    due = None if trouble.code in FOR_ITS_OWNER else now + max(pause, trouble.wait or timedelta())
    Calendar.objects.filter(pk=row.pk, lease_owner=owner).update(
        trouble={"code": trouble.code, **trouble.said},
        failures=failures,
        due_at=due,
        lease_until=None,
        lease_owner="",
        sealed=row.sealed if secret is None else resealed(row.sealed, secret),
    )
    logs.event(logger, "calendar", row=row.pk, kind=row.kind, trouble=trouble.code, failures=failures)


def _spread(pause: timedelta) -> timedelta:
    return pause * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 (no secret: it only spreads the load)


def at_once(calendar: Calendar) -> None:
    """Its owner wants it fetched now, also if it had been given up. What is being fetched goes on."""
    Calendar.objects.filter(pk=calendar.pk).exclude(kind=calendars.FILE).update(due_at=timezone.now())


def owners(*, now: datetime) -> set[str]:
    """Who holds a lease."""
    return set(Calendar.objects.filter(lease_until__gt=now).values_list("lease_owner", flat=True))


def release(owners: str) -> int:
    """Free what is leased to owners whose name begins with `owners`. Returns how many."""
    return Calendar.objects.filter(lease_owner__startswith=owners).exclude(lease_owner="").update(lease_until=None)


class Refresher:
    """Fetches what is due for one worker, in threads of its own, until it is stopped."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._in_hand = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._keep, name="calendars")
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """What is being fetched is finished, the rest is freed."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        release(self.worker)

    def _keep(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calendar") as pool:
            while not self._stop.is_set():
                close_old_connections()
                try:
                    full = self._sweep(pool)
                except Error as error:
                    logger.warning("no calendar can be claimed (%s)", type(error).__name__)
                    full = False
                # With all hands full there is more to do as soon as one is free.
                self._stop.wait(SWEEP_SECONDS / 10 if full else SWEEP_SECONDS)
        close_old_connections()

    def _sweep(self, pool: ThreadPoolExecutor) -> bool:
        room = IN_HAND - self._in_hand
        if room <= 0:
            return True
        owner = f"{self.worker}{uuid4().hex[:8]}"
        keys = claim(owner, now=timezone.now(), limit=room)
        with self._lock:
            self._in_hand += len(keys)
        for key in keys:
            pool.submit(self._carry, key, owner)
        return len(keys) == room

    def _carry(self, key: int, owner: str) -> None:
        try:
            if not self._stop.is_set():
                close_old_connections()
                fetch(key, owner)
        except Error as error:  # the lease runs out, and it is fetched again
            logger.warning("calendar %s could not be kept (%s)", key, type(error).__name__)
        finally:
            close_old_connections()
            with self._lock:
                self._in_hand -= 1
