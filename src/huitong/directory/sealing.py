"""Secrets of people that the desk must be able to use again: encrypted with a key derived from the house's own.

AES with an HMAC over it (Fernet of `cryptography`), under a key that HKDF-SHA256 makes of SECRET_KEY for this purpose
alone. The key is not in the database: who has only that, or a backup of it, reads nothing (docs/decisions/0011).
"""

import base64
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"huitong: secrets of calendars, 1"


class Unsealable(Exception):
    """It was sealed with another key, or has been changed."""


def seal(secret: dict[str, Any]) -> str:
    return _fernet(settings.SECRET_KEY).encrypt(json.dumps(secret).encode()).decode("ascii")


def unseal(sealed: str) -> dict[str, Any]:
    """What was sealed; {} of nothing. Raises Unsealable."""
    if not sealed:
        return {}
    try:
        secret: dict[str, Any] = json.loads(_fernet(settings.SECRET_KEY).decrypt(sealed.encode()))
    except InvalidToken:
        raise Unsealable from None
    return secret


def resealed(sealed: str, secret: dict[str, Any]) -> str:
    """The secret sealed; what was sealed already, if it has not changed."""
    return sealed if unseal(sealed) == secret else seal(secret)


@lru_cache(maxsize=4)
def _fernet(house_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(house_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
