"""A worker's hold on the outbox's rows: it claims due rows with a lease, begins to send them, and settles them.

If it dies, the lease runs out and another worker takes the row.
"""

import logging
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from huitong.delivery import outbox
from huitong.delivery.outbox import Reason
from huitong.records.models import Outbox

logger = logging.getLogger(__name__)

SEND_SECONDS: Final = 60  # no transport takes longer over one row
CLAIM: Final = timedelta(seconds=10)  # for a row whose turn has not come: others take it from behind one that hangs
LEASE: Final = timedelta(seconds=2 * SEND_SECONDS)  # from the beginning of a sending: it, and clocks that differ
DOUBT: Final = timedelta(seconds=SEND_SECONDS)  # after a lease is over: who still sends has ended by then
DIGEST: Final = "digest"  # the kind of row with which others go
READ: Final = ("person", "matter__requester", "link")  # with each row
DOUBTED: Final = "?"  # what the owner's name then begins with
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, *[60] * 47))  # two days
FAULTS: Final = 3  # tries after which a row that we can't even make steps aside
INTERRUPTIONS: Final = 20  # beginnings without an end: the row itself may be what ends the worker
MINUTE: Final = timedelta(minutes=1)


class Limit(NamedTuple):
    """How much one receiving host takes: so many at once, so many a minute. 0: as much as there is."""

    at_once: int = 0
    a_minute: int = 0


def claim(owner: str, *, now: datetime, limit: int) -> list[Outbox]:
    """Lease up to `limit` due rows that nobody holds to `owner` (one name for each claim), the longest due first.

    Two workers never get the same row: PostgreSQL locks the rows it reads and skips those that another has locked;
    SQLite's transactions take the only write lock at their beginning.
    """
    # A lease that reaches further than any can was written before the clock was put back.
    over = Q(lease_until__lte=now) | Q(lease_until__gt=now + LEASE + DOUBT)
    free = Q(lease_until=None) | (over & (Q(begun=0) | Q(lease_owner__startswith=DOUBTED)))
    with transaction.atomic():
        due = Outbox.objects.filter(free, state="waiting", due_at__lte=now)
        due = due.exclude(reason=Reason.DIGEST, digest__isnull=False).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows = list(due.select_related(*READ)[:limit])
        if rows:
            Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(lease_owner=owner, lease_until=now + CLAIM)
    for row in rows:
        row.lease_owner, row.lease_until = owner, now + CLAIM
    return rows


def doubt(*, now: datetime) -> int:
    """Doubt the holders of rows whose sending began and whose lease is over by the clock. Returns how many.

    They are claimable once `DOUBT` has passed too: a clock that was moved does not send twice what is on its way.
    Until then the holder can still settle.
    """
    over = Q(lease_until__lte=now) | Q(lease_until__gt=now + LEASE + DOUBT)
    begun = Outbox.objects.filter(over, state="waiting", begun__gt=0).exclude(lease_owner__startswith=DOUBTED)
    return begun.update(lease_owner=Concat(Value(DOUBTED), "lease_owner"), lease_until=now + DOUBT)


def begin(row_id: int, owner: str, *, now: datetime, claimed: Outbox | None = None) -> Outbox | None:
    """Count a try and renew the lease right before sending. None: withdrawn, or no longer the owner's; don't send.

    `claimed` is the row as `claim` has read it, and is not read again: if someone has touched it since, it is not
    begun, and comes again with a later claim. A row withdrawn after this is still sent: nothing can call back what is
    on its way. It stays withdrawn.
    """
    held = Outbox.objects.filter(pk=row_id, state="waiting", lease_owner=owner)
    if claimed:
        held = held.filter(due_at=claimed.due_at, reason=claimed.reason)
    if not held.update(lease_until=now + LEASE, tries=F("tries") + 1, begun=F("begun") + 1, tried_at=now):
        return None
    row = claimed or Outbox.objects.select_related(*READ).get(pk=row_id)
    if claimed:
        row.lease_until, row.tried_at = now + LEASE, now
        row.tries, row.begun = row.tries + 1, row.begun + 1
    if (look := outbox.BEFORE_SENT.get(row.kind)) and row.begun == 1:  # what may be out already is repeated as it was
        with transaction.atomic():
            if not look(row):
                held.update(state="withdrawn", lease_until=None)
                return None
            row.save(update_fields=["payload", "link"])
    return row


def put_off(row: Outbox, owner: str, until: datetime, reason: Reason, *, digest: Outbox | None = None) -> bool:
    """Undo `begin`: the row waits until then, or for its digest, without having been tried. False as `settle_sent`."""
    held = _owned(row, owner)
    undone = {"tries": F("tries") - 1, "begun": F("begun") - 1, "lease_until": None, "toward": ""}
    return bool(held.update(due_at=until, reason=reason, digest=digest, **undone))


def drop(row: Outbox, owner: str) -> bool:
    """There is nothing to send any more. False as for `settle_sent`."""
    return bool(_owned(row, owner).update(state="withdrawn", lease_until=None, begun=0))


def take_place(row: Outbox, owner: str, *, transport: str, toward: str, limit: Limit) -> datetime | None:
    """Note by what and to which host the row goes. If the host has had enough: when to come again."""
    now = timezone.now()
    if (row.transport, row.toward) == (transport, toward) and limit == Limit():
        return None
    with transaction.atomic():
        if limit != Limit():
            _one_at_a_time(toward)
            others = Outbox.objects.filter(toward=toward).exclude(pk=row.pk)
            lately = others.filter(tried_at__gt=now - MINUTE).order_by("-tried_at").values_list("tried_at", flat=True)
            if limit.a_minute and len(full := list(lately[: limit.a_minute])) == limit.a_minute:
                return full[-1] + MINUTE
            if limit.at_once:
                going = others.filter(state="waiting", begun__gt=0, lease_until__gt=now)
                if going.count() >= limit.at_once:
                    return now + timedelta(seconds=2)
        row.transport, row.toward = transport, toward
        _owned(row, owner).update(transport=transport, toward=toward, tried_at=now)
    return None


def _one_at_a_time(toward: str) -> None:
    # SQLite's transactions are one at a time anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [toward])


def settle_sent(row: Outbox, owner: str, *, far_id: str = "") -> bool:
    """Note that the far end has taken the row, with what follows from it in the desk, in one transaction.

    Rows that went with it are sent too; those that something follows from are settled one by one, by the sweeps.
    False, and nothing is changed, if the row was withdrawn meanwhile or is no longer the owner's.
    """
    settled = {"state": "sent", "sent_at": timezone.now(), "last_error": "", "lease_until": None, "begun": 0}
    settled |= {"reason": ""} | ({"far_id": far_id} if far_id else {})
    try:
        with transaction.atomic():
            if not _owned(row, owner).update(**settled):
                return False
            for name, value in settled.items():
                setattr(row, name, value)
            if row.kind == DIGEST:
                went = outbox.waiting_for(row)
                went.exclude(kind__in=outbox.AFTER_SENT).update(state="sent", sent_at=row.sent_at, reason="")
                went.update(reason="", due_at=row.sent_at)
            if function := outbox.AFTER_SENT.get(row.kind):
                function(row)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # A fault of ours must not make the receiver get the letter again and again.
        logger.exception("after_sent of %s failed for outbox row %s", row.kind, row.pk)
        return bool(_owned(row, owner).update(**settled))
    return True


def settle_failed(
    row: Outbox, owner: str, error: str, *, permanent: bool, wait: timedelta | None = None, reason: str = ""
) -> bool:
    """Note a failed try: the row comes again after a pause, or fails, with an event, if that is no use any more.

    `error` says to a person what went wrong and what to do; `wait` is how long the far end asked to be left alone.
    False as for `settle_sent`.
    """
    with transaction.atomic():
        held = _held(row, owner)
        if held is None:
            return False
        held.last_error, held.lease_until, held.begun, held.reason = error, None, 0, reason
        if permanent or held.tries > len(PAUSES):
            outbox.fail(held)
        else:
            held.due_at = timezone.now() + max(PAUSES[max(held.tries, 1) - 1], wait or timedelta())
        held.save(update_fields=["state", "last_error", "lease_until", "due_at", "begun", "reason"])
    return True


def settle_elsewhere(row: Outbox, owner: str, transport: str, *, outcome: str, error: str) -> bool:
    """The same row goes by another transport, at once, after the first could not bring it. False as for `settle_sent`.

    `outcome` is the first one's: refused, later or unsure; `error` are its words. Happens once to a row.
    """
    with transaction.atomic():
        held = _held(row, owner)
        if held is None or held.first_transport:
            return False
        held.first_transport, held.first_outcome, held.first_error = held.transport, outcome, error
        held.transport, held.toward, held.tries, held.begun = transport, "", 0, 0
        held.due_at, held.lease_until, held.reason = timezone.now(), None, ""
        held.save()
    return True


def owners(*, now: datetime) -> set[str]:
    """Who holds a lease."""
    leased = Outbox.objects.filter(state="waiting", lease_until__gt=now)
    return {owner.removeprefix(DOUBTED) for owner in leased.values_list("lease_owner", flat=True)}


def release(owners: str) -> int:
    """Free the rows leased to owners whose name begins with `owners`: they send no more. Returns how many."""
    theirs = Q(lease_owner__startswith=owners) | Q(lease_owner__startswith=DOUBTED + owners)
    return Outbox.objects.filter(theirs, state="waiting").update(lease_until=None)


def _owned(row: Outbox, owner: str) -> QuerySet[Outbox]:
    """The row, while it is the owner's to settle."""
    return Outbox.objects.filter(pk=row.pk, state="waiting", lease_owner__in=(owner, DOUBTED + owner))


def _held(row: Outbox, owner: str) -> Outbox | None:
    return _owned(row, owner).select_for_update().first()
