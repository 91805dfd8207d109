"""Known devices: browsers in which a person has answered before. The cookie's value is kept as a hash."""

import hashlib
import re
import secrets
from typing import Final

from huitong.records.models import Device, Person

_VALUE: Final = re.compile(r"[0-9a-f]{64}")


def is_known(person: Person, value: str) -> bool:
    """Whether this person has answered before in the browser whose cookie holds `value`."""
    return bool(_VALUE.fullmatch(value)) and Device.objects.filter(person=person, digest=_digest(value)).exists()


def remember(person: Person, value: str = "") -> str:
    """Know this browser from now on. Returns what its cookie shall hold: `value` if it had one, else a random one."""
    if not _VALUE.fullmatch(value):
        value = secrets.token_hex(32)
    Device.objects.get_or_create(person=person, digest=_digest(value))
    return value


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
