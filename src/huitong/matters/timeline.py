"""The timeline: every step of a matter is one event. The sentences are in web/timeline.py."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from huitong.records.models import Event, Matter, Person


def record(
    matter: Matter, kind: str, person: Person | None = None, *, at: datetime | None = None, **data: Any
) -> Event:
    """Write one event, in the transaction of its cause. `data` holds plain text and numbers for the sentence."""
    return Event.objects.create(matter=matter, kind=kind, person=person, at=at or timezone.now(), data=data)


def lock(matter: Matter) -> Matter:
    """The matter's row, locked until the transaction ends, so that two actions at once are one after the other."""
    return Matter.objects.select_for_update(of=("self",)).select_related("requester").get(pk=matter.pk)
