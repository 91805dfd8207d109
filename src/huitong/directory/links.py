"""Signed links: one person, one purpose, no password. Tokens are random and kept as hashes."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from huitong.records.models import (
    Agreement,
    Commitment,
    Consultation,
    Feedback,
    Link,
    Meeting,
    Note,
    Person,
    Request,
    Series,
    View,
)

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TOKEN_LENGTH: Final = 24  # 142 bits; with its slash a path of 25 characters
_TOKEN: Final = re.compile(rf"[0-9A-Za-z]{{{TOKEN_LENGTH}}}")


def _derive(nonce: str) -> str:
    number = int.from_bytes(hmac.digest(settings.SECRET_KEY.encode(), f"link:{nonce}".encode(), "sha256"))
    characters = []
    for _ in range(TOKEN_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    purpose: str,
    person: Person,
    *,
    request: Request | None = None,
    note: Note | None = None,
    commitment: Commitment | None = None,
    consultation: Consultation | None = None,
    meeting: Meeting | None = None,
    agreement: Agreement | None = None,
    series: Series | None = None,
    view: View | None = None,
    feedback: Feedback | None = None,
    days: int | None = None,
) -> Link:
    """Make a link that only `person` is given. It expires after `days` (default LINK_DAYS)."""
    nonce, now = secrets.token_hex(32), timezone.now()
    return Link.objects.create(
        purpose=purpose,
        person=person,
        request=request,
        note=note,
        commitment=commitment,
        consultation=consultation,
        meeting=meeting,
        agreement=agreement,
        series=series,
        view=view,
        feedback=feedback,
        nonce=nonce,
        digest=digest(_derive(nonce)),
        created_at=now,
        expires_at=now + timedelta(days=days or settings.LINK_DAYS),
    )


def token_of(link: Link) -> str:
    """The token that the mail carries; derived again each time, never stored."""
    return _derive(link.nonce)


def address_of(link: Link) -> str:
    below = "stop/" if link.purpose == "no_digest" else ""
    return f"{settings.ADDRESS}/{below}{token_of(link)}"


def find(token: str) -> Link | None:
    """The link of this token, also an expired or revoked one (see `is_open`); None if there is none."""
    if not _TOKEN.fullmatch(token):
        return None
    related = (
        "person",
        "request__matter__requester",
        "request__leader",
        "note__matter__requester",
        "commitment__matter",
        "consultation__request__matter__requester",
        "consultation__request__leader",
        "meeting__matter__requester",
        "agreement__matter__requester",
        "series__matter__requester",
        "view__request__matter__requester",
        "view__request__leader",
        "feedback__matter__requester",
    )
    return Link.objects.select_related(*related).filter(digest=digest(token)).first()


def is_open(link: Link, *, now: datetime | None = None) -> bool:
    return link.revoked_at is None and link.expires_at > (now or timezone.now())
