"""Whether a person's own calendar address is open. The token is random, shown once, and kept as a hash."""

import secrets
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huitong.directory.links import digest
from huitong.records.models import Feed, Person

BYTES: Final = 32  # 256 bits, 43 characters


def open_feed(person: Person) -> str:
    """A new token, the only time that it is known; an earlier one no longer works."""
    token = secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        Feed.objects.update_or_create(person=person, defaults={"digest": digest(token), "created_at": timezone.now()})
    return token


def address(token: str) -> str:
    return f"{settings.ADDRESS}/feed/{token}.ics"


def close_feed(person: Person) -> None:
    Feed.objects.filter(person=person).delete()


def feed_of(person: Person) -> Feed | None:
    return Feed.objects.filter(person=person).first()


def owner_of(token: str) -> Person | None:
    """Whose address it is; None if it never was one, or is closed."""
    found = Feed.objects.select_related("person").filter(digest=digest(token)).first()
    return found.person if found else None
