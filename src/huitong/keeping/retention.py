"""What is older than the settings say is shown, and taken out in small batches. Without a setting all is kept for ever.

What has not been sent yet is never taken out, nor what an open matter needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from huitong.delivery.transports.mail import file_name
from huitong.records.models import Decision, Event, Link, Matter, Outbox, Reply

AT_ONCE: Final = 200  # rows in one transaction: who writes meanwhile waits no longer than that takes


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that grows old. `ended` is the column that says when it did."""

    name: str
    setting: str  # the key in KEEP_DAYS
    old: Callable[[datetime], QuerySet[Any]]
    remove: Callable[[list[Any]], object]


@dataclass(frozen=True, slots=True)
class Old:
    """What is older than it is kept: how many, and from when to when. `days` is None where all is kept."""

    name: str
    days: int | None
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None


def _matters(before: datetime) -> QuerySet[Matter]:
    waiting = Outbox.objects.filter(state="waiting", matter__isnull=False).values("matter")
    closed = Matter.objects.filter(stage="closed", closed_at__lt=before).exclude(pk__in=waiting)
    return closed.annotate(ended=F("closed_at"))


def _remove_matters(numbers: list[int]) -> None:
    letters = Outbox.objects.filter(matter__in=numbers)
    _remove_letters(list(letters.values_list("pk", flat=True)))
    Decision.objects.filter(request__matter__in=numbers).delete()  # they hold their versions fast
    Matter.objects.filter(pk__in=numbers).delete()


def _letters(before: datetime) -> QuerySet[Outbox]:
    settled = Outbox.objects.exclude(state="waiting").filter(Q(matter=None) | Q(matter__stage="closed"))
    return settled.annotate(ended=Coalesce("sent_at", "due_at")).filter(ended__lt=before)


def _remove_letters(numbers: list[int]) -> None:
    rows = Outbox.objects.filter(pk__in=numbers).only("pk", "kind")
    files = [Path(settings.MAIL_FOLDER) / file_name(row) for row in rows]
    Outbox.objects.filter(pk__in=numbers).delete()
    # A file goes once its row is gone for certain.
    transaction.on_commit(lambda: [file.unlink(missing_ok=True) for file in files] and None)


def _mails(before: datetime) -> QuerySet[Reply]:
    done = Q(matter=None) | Q(matter__stage="closed")
    return Reply.objects.filter(done, taken_at__lt=before).annotate(ended=F("taken_at"))


def _timeline(before: datetime) -> QuerySet[Event]:
    return Event.objects.filter(matter__stage="closed", at__lt=before).order_by().annotate(ended=F("at"))


def _links(before: datetime) -> QuerySet[Link]:
    waiting = Outbox.objects.filter(state="waiting", link__isnull=False).values("link")
    ended = Least("expires_at", Coalesce("revoked_at", "expires_at"))
    return Link.objects.exclude(pk__in=waiting).annotate(ended=ended).filter(ended__lt=before)


def _sign_ins(before: datetime) -> QuerySet[Session]:
    return Session.objects.annotate(ended=F("expire_date")).filter(ended__lt=before)


KINDS: Final = (
    Kind("closed matters", "matters", _matters, _remove_matters),
    Kind("settled mails", "letters", _letters, _remove_letters),
    Kind("mails taken in", "letters", _mails, lambda n: Reply.objects.filter(pk__in=n).delete()),
    Kind("timelines of closed matters", "timeline", _timeline, lambda n: Event.objects.filter(pk__in=n).delete()),
    Kind("links that have ended", "links", _links, lambda n: Link.objects.filter(pk__in=n).delete()),
    Kind("sign-ins that have ended", "links", _sign_ins, lambda n: Session.objects.filter(pk__in=n).delete()),
)


def preview(*, now: datetime) -> list[Old]:
    """What `apply` would take out now."""
    found = []
    for kind in KINDS:
        days = settings.KEEP_DAYS[kind.setting]
        if days is None:
            found.append(Old(kind.name, None))
            continue
        old = kind.old(now - timedelta(days=days))
        ages = old.aggregate(first=Min("ended"), last=Max("ended"))
        found.append(Old(kind.name, days, old.count(), ages["first"], ages["last"]))
    return found


def apply(*, now: datetime | None = None) -> list[Old]:
    """Take out what is older than it is kept. Returns how many of each kind are gone."""
    now = now or timezone.now()
    gone = []
    for kind in KINDS:
        days = settings.KEEP_DAYS[kind.setting]
        count = sum(_batches(kind, now - timedelta(days=days))) if days is not None else 0
        gone.append(Old(kind.name, days, count))
    return gone


def _batches(kind: Kind, before: datetime) -> Any:
    while True:
        with transaction.atomic():
            numbers = list(kind.old(before).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if not numbers:
                return
            kind.remove(numbers)
        yield len(numbers)
