"""The outbox: the row is the promise. Writing, withdrawing, claiming and settling rows.

A row is written in the transaction of its cause. A worker claims due rows with a lease, carries them, and settles them;
if it dies, the lease runs out and another worker takes the row.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypedDict
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huitong.records.models import Link, Matter, Outbox, Person


class Letter(TypedDict, total=False):
    """What a mail says; the transport sets it as plain text and HTML in the receiver's language.

    `title` is the subject and the heading; `before` and `after` are paragraphs around `invite` (the sentence that
    leads to the link, which stands alone on its line); `rows` are [title, detail, cost] of options; `small` is the
    small print; `page` is a path of the desk to link to instead of a signed link; `calendar` is an iCalendar text.
    """

    title: str
    before: list[str]
    rows: list[list[str]]
    invite: str
    page: str
    after: list[str]
    small: str
    calendar: str


AfterSent = Callable[[Outbox], None]
_after_sent: Final[dict[str, AfterSent]] = {}


def after_sent(kind: str) -> Callable[[AfterSent], AfterSent]:
    """Register what a row of this kind changes in the desk once it is sent; runs in the settling transaction."""

    def register(function: AfterSent) -> AfterSent:
        _after_sent[kind] = function
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
) -> Outbox:
    """Promise a letter to `person` at `due_at` (default now). The same `key` gives the row that is already there.

    Must run inside the transaction of its cause.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An outbox row is written in the transaction of its cause.")
    now = timezone.now()
    payload: dict[str, Any] = dict(letter)
    row, _ = Outbox.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "person": person,
            "matter": matter,
            "link": link,
            "payload": payload,
            "message_id": f"<{uuid4().hex}@{urlsplit(settings.ADDRESS).hostname}>",
            "due_at": due_at or now,
            "created_at": now,
        },
    )
    return row


def withdraw(matter: Matter, *kinds: str) -> int:
    """Take back all unsent rows of these kinds. Returns how many."""
    return Outbox.objects.filter(matter=matter, kind__in=kinds, state="waiting").update(state="withdrawn")
