"""The outbox: the row is the promise. Writing rows, withdrawing them, and what is done to them by hand.

A row is written in the transaction of its cause. Workers carry it: leases.py.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypedDict
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huitong.delivery import reply_address
from huitong.records.models import Event, Link, Matter, Outbox, Person


class Reason(StrEnum):
    """Why a row is where it is, where its state and due time do not say it."""

    QUIET = "quiet"  # its person's quiet hours
    LIMIT = "limit"  # the receiving host has had enough for now
    DIGEST = "digest"  # it goes with the row of `digest`, and no worker takes it by itself
    NOW = "now"  # an organiser said so, also in quiet hours
    FAULT = "fault"  # an error of ours: it stepped aside
    CANCELLED = "cancelled"  # by an organiser


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
AFTER_SENT: Final[dict[str, AfterSent]] = {}


def after_sent(kind: str) -> Callable[[AfterSent], AfterSent]:
    """Register what a row of this kind changes in the desk once it is sent; runs in the settling transaction."""

    def register(function: AfterSent) -> AfterSent:
        AFTER_SENT[kind] = function
        return function

    return register


BeforeSent = Callable[[Outbox], bool]
BEFORE_SENT: Final[dict[str, BeforeSent]] = {}


def before_sent(kind: str) -> Callable[[BeforeSent], BeforeSent]:
    """Register what looks at a row of this kind once more right before it is sent: the letter may have to say
    something else by now. The function changes the row's payload and link; False withdraws the row.
    """

    def register(function: BeforeSent) -> BeforeSent:
        BEFORE_SENT[kind] = function
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
        fail(held)
        held.save(update_fields=["state", "last_error", "reason", "lease_until", "lease_owner"])
    return True


def _at_rest(row: Outbox, now: datetime) -> QuerySet[Outbox]:
    """The row, unless some worker has begun to send it. A claim alone is no beginning (leases.begin)."""
    return Outbox.objects.filter(pk=row.pk).exclude(pk__in=going(Outbox.objects.filter(pk=row.pk), now))


def going(rows: QuerySet[Outbox], now: datetime) -> QuerySet[Outbox]:
    """Those of the rows that some worker has begun to send, also with their digest."""
    with_digest = Q(reason=Reason.DIGEST, digest__begun__gt=0, digest__lease_until__gt=now)
    return rows.filter(with_digest | Q(begun__gt=0, lease_until__gt=now))


# --- what came of a row ---


def came_back(row_id: int, error: str) -> bool:
    """A letter that had been accepted was returned: it has failed after all, with these words. False if known."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().filter(pk=row_id, state="sent").first()
        if row is None:
            return False
        row.last_error = error
        fail(row)
        row.save(update_fields=["state", "last_error"])
    return True


def fail(row: Outbox) -> None:
    """Make this locked row one that has failed, for the caller to save, and tell it in the matter's timeline."""
    row.state = "failed"
    waiting_for(row).update(reason="", due_at=timezone.now())  # each by itself
    if row.matter_id:
        data = {"kind": row.kind, "person": row.person.name, "error": row.last_error}
        Event.objects.create(matter_id=row.matter_id, at=timezone.now(), kind="mail_failed", data=data)


def waiting_for(digest: Outbox) -> QuerySet[Outbox]:
    """The rows that are to go with this one."""
    return Outbox.objects.filter(digest=digest, state="waiting", reason=Reason.DIGEST)
