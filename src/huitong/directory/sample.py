"""Signing in as a sample person: only for sample data, only on this machine."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from huitong.records.models import Person

SALT: Final = "huitong.sample"


def sign(person: Person) -> str:
    return signing.dumps(person.pk, salt=SALT)


def person_of(token: str) -> Person | None:
    """The sample person of this token; None for any other."""
    try:
        return Person.objects.filter(pk=signing.loads(token, salt=SALT), is_sample=True, user__isnull=False).first()
    except signing.BadSignature:
        return None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(request: HttpRequest) -> bool:
    """Whether the reader sits at this machine: no proxy between, and the desk's own address is a loopback one."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return (
        _is_loopback(urlsplit(settings.ADDRESS).hostname or "")
        and _is_loopback(host)
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
    )
