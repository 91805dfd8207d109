"""Settings that don't fit: each other, the data, or what is safe."""

import os
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import Error

from huitong.directory import links
from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.state import database_is_there
from huitong.records.models import Link
from huitong.settings import SETTINGS

# Read by commands rather than by the settings.
_OF_COMMANDS: Final = ("HUITONG_HOST", "HUITONG_PORT", "HUITONG_SAMPLE", "HUITONG_FONTS")
_LEAST_KEY: Final = 32
_LEAST_TOKEN: Final = 16


def check() -> Iterator[Finding]:
    found = [*unknown(os.environ), *_key(), *_address(), *_sender(), *_others()]
    yield from found
    if all(each.level == OK for each in found):
        yield finding(OK, "settings.well")


def unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like ours and are none: mistyped, mostly."""
    known = [*SETTINGS, *_OF_COMMANDS]
    for name in sorted(environment):
        if name.startswith("HUITONG_") and name not in known:
            meant = get_close_matches(name, known, n=1, cutoff=0)
            yield finding(WARNING, "settings.unknown", name=name, meant=meant[0])


def _key() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < _LEAST_KEY:
        yield finding(WARNING, "settings.key_weak", length=len(settings.SECRET_KEY))
    path = Path(settings.HOME) / "secret_key"
    if _is_open(path):
        yield finding(WARNING, "settings.key_open", path=path)
    home = Path(settings.HOME)
    if _is_open(home) and any(_is_open(home / name) for name in ("huitong.sqlite3", "mail")):
        yield finding(WARNING, "settings.home_open", path=home)
    try:
        link = Link.objects.order_by("-pk").first() if database_is_there() else None
    except Error:
        return
    if link and links.digest(links.token_of(link)) != link.digest:
        yield finding(FAILURE, "settings.key_other")
    elif link:
        yield finding(OK, "settings.key")


def _is_open(path: Path) -> bool:
    """Whether others on this machine can read it."""
    return os.name == "posix" and path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _address() -> Iterator[Finding]:
    parts, address = urlsplit(settings.ADDRESS), settings.ADDRESS
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        yield finding(FAILURE, "settings.address_scheme", address=address)
    elif is_loopback(parts.hostname):
        server = urlsplit(settings.SMTP_URL).hostname
        if server and not is_loopback(server):
            yield finding(FAILURE, "settings.address_local", address=address, server=server)
    elif parts.scheme == "http":
        yield finding(WARNING, "settings.address_http", address=address)
    else:
        yield finding(OK, "settings.address", address=address)


def _sender() -> Iterator[Finding]:
    if not settings.SMTP_URL:
        return
    sender = settings.MAIL_FROM
    domain = sender.rpartition("@")[2]
    try:
        validate_email(sender)
    except ValidationError:
        yield finding(FAILURE, "settings.sender", sender=sender)
    else:
        if domain == "localhost" or "." not in domain:
            yield finding(WARNING, "settings.sender_local", sender=sender)


def _others() -> Iterator[Finding]:
    if "*" in settings.ALLOWED_HOSTS:
        yield finding(WARNING, "settings.hosts")
    if settings.DEBUG:
        yield finding(FAILURE, "settings.debug")
    if settings.LANGUAGE_CODE not in dict(settings.LANGUAGES):
        yield finding(WARNING, "settings.language", language=settings.LANGUAGE_CODE)
    if 0 < len(settings.METRICS_TOKEN) < _LEAST_TOKEN:
        yield finding(WARNING, "settings.token_weak")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
