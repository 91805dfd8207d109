"""Answers by mail that wait to be confirmed: the pages that confirm them show them, and any answer settles them."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from huitong.records.models import Commitment, Note, Person, Reply, Request

ONE_MAIL_WITHIN: Final = timedelta(hours=24)


def waiting(
    person: Person, *, request: Request | None = None, note: Note | None = None, commitment: Commitment | None = None
) -> Reply | None:
    """The last answer of this person by mail to this, if they have not confirmed or changed it yet."""
    rows = Reply.objects.filter(person=person, outcome="asked", settled_at=None)
    return rows.filter(request=request, note=note, commitment=commitment).order_by("-pk").first()


def settle(*, request: Request | None = None, note: Note | None = None, commitment: Commitment | None = None) -> None:
    """This has been answered by now, however it was."""
    rows = Reply.objects.filter(outcome="asked", settled_at=None, request=request, note=note, commitment=commitment)
    rows.update(settled_at=timezone.now())


def was_written_to(reply: Reply, outcome: str, *, now: datetime) -> bool:
    """Whether a mail has gone out for an earlier answer to the same thing within a day, and nobody has reacted since.

    Whatever answers by itself gets one mail a day from us at most.
    """
    rows = Reply.objects.filter(
        person=reply.person, outcome=outcome, settled_at=None, asked_at__gt=now - ONE_MAIL_WITHIN
    )
    same = rows.filter(request=reply.request, note=reply.note, commitment=reply.commitment, matter=reply.matter)
    return same.exclude(pk=reply.pk).exists()
