"""The outbox: the row is the promise. Writing, withdrawing, claiming and settling rows.

A row is written in the transaction of its cause. A worker claims due rows with a lease, carries them, and settles them;
if it dies, the lease runs out and another worker takes the row.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypedDict
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from huitong.delivery import reply_address
from huitong.records.models import Event, Link, Matter, Outbox, Person

logger = logging.getLogger(__name__)


class Item(TypedDict):
    """One thing of a digest: what it is, of whom and until when, and where to answer: a link's number or a page."""

    title: str
    line: str
    link: int | None
    page: str


class Letter(TypedDict, total=False):
    """What a mail says; the transport sets it as plain text and HTML in the receiver's language.

    `title` is the subject and the heading; `before` and `after` are paragraphs around `invite` (the sentence that
    leads to the link, which stands alone on its line); `rows` are [title, detail, cost] of options; `small` is the
    small print; `page` is a path of the desk to link to instead of a signed link; `calendar` is an iCalendar text;
    `asks` marks one that can be answered by mail, where its kind does not say so. A digest has `items`, and in `stop`
    the number of the link that ends it; `alone` says why a letter did not wait for one.
    """

    title: str
    before: list[str]
    rows: list[list[str]]
    invite: str
    page: str
    after: list[str]
    small: str
    calendar: str
    asks: bool
    items: list[Item]
    stop: int
    alone: str


def paragraphs(text: str) -> list[str]:
    """A text as a letter's paragraphs."""
    return text.replace("\r\n", "\n").split("\n\n")


AfterSent = Callable[[Outbox], None]
_after_sent: Final[dict[str, AfterSent]] = {}


def after_sent(kind: str) -> Callable[[AfterSent], AfterSent]:
    """Register what a row of this kind changes in the desk once it is sent; runs in the settling transaction."""

    def register(function: AfterSent) -> AfterSent:
        _after_sent[kind] = function
        return function

    return register


BeforeSent = Callable[[Outbox], bool]
_before_sent: Final[dict[str, BeforeSent]] = {}


def before_sent(kind: str) -> Callable[[BeforeSent], BeforeSent]:
    """Register what looks at a row of this kind once more right before it is sent: the letter may have to say
    something else by now. The function changes the row's payload and link; False withdraws the row.
    """

    def register(function: BeforeSent) -> BeforeSent:
        _before_sent[kind] = function
        return function

    return register


def put(
    kind: str,
    person: Person,
    letter: Letter,
    *,
    key: str,
    matter: Matter | None = None,
    link: Link | None = None,
    due_at: datetime | None = None,
    transport: str = "mail",
    far_id: str = "",
) -> Outbox:
    """Promise a letter to `person` at `due_at` (default now). The same `key` gives the row that is already there.

    With `far_id` it says anew what the far end has shown already.

    Must run inside the transaction of its cause. What the person has chosen for this kind of news goes before
    `transport` (ways.py).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An outbox row is written in the transaction of its cause.")
    now = timezone.now()
    payload: dict[str, Any] = dict(letter)
    message_id = f"<{uuid4().hex}@{urlsplit(settings.ADDRESS).hostname}>"
    row, _ = Outbox.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "transport": transport,
            "person": person,
            "matter": matter,
            "link": link,
            "payload": payload,
            "far_id": far_id,
            "message_id": message_id,
            "reply_digest": reply_address.digest(reply_address.token_of(message_id)) if settings.REPLY_ADDRESS else "",
            "due_at": due_at or now,
            "created_at": now,
            # A requester without an address reads it in the desk; that is no failure.
            "state": "withdrawn" if matter and matter.requester_id == person.pk and not person.email else "waiting",
        },
    )
    return row


def withdraw(matter: Matter, *kinds: str) -> int:
    """Take back all unsent rows of these kinds, also those that failed: none is sent again. Returns how many."""
    unsent = Outbox.objects.filter(matter=matter, kind__in=kinds, state__in=("waiting", "failed"))
    return unsent.update(state="withdrawn")


# --- the worker's side ---

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


class Reason(StrEnum):
    """Why a row is where it is, where its state and due time do not say it."""

    QUIET = "quiet"  # its person's quiet hours
    LIMIT = "limit"  # the receiving host has had enough for now
    DIGEST = "digest"  # it goes with the row of `digest`, and no worker takes it by itself
    NOW = "now"  # an organiser said so, also in quiet hours
    FAULT = "fault"  # an error of ours: it stepped aside
    CANCELLED = "cancelled"  # by an organiser


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
    if (look := _before_sent.get(row.kind)) and row.begun == 1:  # what may be out already is repeated as it was
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
                went = _waiting_for(row)
                went.exclude(kind__in=_after_sent).update(state="sent", sent_at=row.sent_at, reason="")
                went.update(reason="", due_at=row.sent_at)
            if function := _after_sent.get(row.kind):
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
            _fail(held)
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


def came_back(row_id: int, error: str) -> bool:
    """A letter that had been accepted was returned: it has failed after all, with these words. False if known."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().filter(pk=row_id, state="sent").first()
        if row is None:
            return False
        row.last_error = error
        _fail(row)
        row.save(update_fields=["state", "last_error"])
    return True


def _fail(row: Outbox) -> None:
    row.state = "failed"
    _waiting_for(row).update(reason="", due_at=timezone.now())  # each by itself
    if row.matter_id:
        data = {"kind": row.kind, "person": row.person.name, "error": row.last_error}
        Event.objects.create(matter_id=row.matter_id, at=timezone.now(), kind="mail_failed", data=data)


def _owned(row: Outbox, owner: str) -> QuerySet[Outbox]:
    """The row, while it is the owner's to settle."""
    return Outbox.objects.filter(pk=row.pk, state="waiting", lease_owner__in=(owner, DOUBTED + owner))


def _waiting_for(digest: Outbox) -> QuerySet[Outbox]:
    return Outbox.objects.filter(digest=digest, state="waiting", reason=Reason.DIGEST)


def _held(row: Outbox, owner: str) -> Outbox | None:
    return _owned(row, owner).select_for_update().first()


# --- by hand ---


def send_again(row: Outbox) -> bool:
    """Let a failed row try again from now, to the address that the person has by then. False if it has not failed."""
    again = {"state": "waiting", "tries": 0, "due_at": timezone.now(), "last_error": "", "lease_until": None}
    return bool(Outbox.objects.filter(pk=row.pk, state="failed").update(begun=0, reason="", **again))


def send_now(row: Outbox) -> bool:
    """Let a waiting row go out at once, also in quiet hours. False if it is going out, or does not wait any more.

    It goes through a worker as ever: a row that one has claimed meanwhile is in its hands and goes once.
    """
    now = timezone.now()
    return bool(_at_rest(row, now).filter(state="waiting").update(due_at=now, reason=Reason.NOW, digest=None))


def cancel(row: Outbox, words: str) -> bool:
    """Take a row back that waits. False if it is going out at this moment, or does not wait any more.

    To whoever waits for it that is a failure with these words, from which they can send it again.
    """
    with transaction.atomic():
        held = _at_rest(row, timezone.now()).filter(state="waiting").select_for_update().first()
        if held is None:
            return False
        held.last_error, held.reason, held.lease_until, held.lease_owner = words, Reason.CANCELLED, None, ""
        _fail(held)
        held.save(update_fields=["state", "last_error", "reason", "lease_until", "lease_owner"])
    return True


def _at_rest(row: Outbox, now: datetime) -> QuerySet[Outbox]:
    """The row, unless some worker has begun to send it. A claim alone is no beginning: `begin` looks at the state."""
    return Outbox.objects.filter(pk=row.pk).exclude(pk__in=going(Outbox.objects.filter(pk=row.pk), now))


def going(rows: QuerySet[Outbox], now: datetime) -> QuerySet[Outbox]:
    """Those of the rows that some worker has begun to send, also with their digest."""
    with_digest = Q(reason=Reason.DIGEST, digest__begun__gt=0, digest__lease_until__gt=now)
    return rows.filter(with_digest | Q(begun__gt=0, lease_until__gt=now))


def owners(*, now: datetime) -> set[str]:
    """Who holds a lease."""
    leased = Outbox.objects.filter(state="waiting", lease_until__gt=now)
    return {owner.removeprefix(DOUBTED) for owner in leased.values_list("lease_owner", flat=True)}


def release(owners: str) -> int:
    """Free the rows leased to owners whose name begins with `owners`: they send no more. Returns how many."""
    theirs = Q(lease_owner__startswith=owners) | Q(lease_owner__startswith=DOUBTED + owners)
    return Outbox.objects.filter(theirs, state="waiting").update(lease_until=None)
