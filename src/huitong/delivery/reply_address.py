"""The address that answers to one letter come to: HUITONG_REPLY_ADDRESS with a token of the letter behind a plus.

The token is derived from the letter's Message-ID with the secret key (as links are, docs/decisions/0002) and kept as
a hash, so
that who steals the database can answer nobody's letters. It is lower case: servers on the way change the case of
addresses.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

from django.conf import settings

from huitong.records.models import Outbox

TOKEN_LENGTH: Final = 16  # 80 bits
# What is answered by mail at the desk; answers to every other letter go to the person who asked.
ASKS: Final = (
    "request",
    "remind_leader",
    "answer",
    "confirm",
    "receipt",
    "talk",
    "note",
    "commitment_ask",
    "remind_commitment",
    "invitation",
)
_TOKEN: Final = re.compile(rf"[a-z2-7]{{{TOKEN_LENGTH}}}")


def token_of(message_id: str) -> str:
    made = hmac.digest(settings.SECRET_KEY.encode(), f"reply:{message_id}".encode(), "sha256")
    return base64.b32encode(made).decode().lower()[:TOKEN_LENGTH]


def digest(token: str) -> str:
    return hashlib.sha256(f"reply:{token}".encode()).hexdigest()


def address_of(row: Outbox) -> str:
    """Where answers to this letter are taken in; "" if the desk has no such address."""
    if not settings.REPLY_ADDRESS or not row.reply_digest or row.person.is_sample:
        return ""
    user, _, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{user}+{token_of(row.message_id)}@{domain}"


def is_answered_here(row: Outbox) -> bool:
    """Whether this letter asks something that can be answered by mail."""
    if row.kind == "remind_commitment" and (row.link is None or row.link.purpose != "commitment"):
        return False  # of several commitments none is meant
    return row.kind in ASKS or row.kind == "reply_confirm" or (row.kind == "decision" and bool(row.payload.get("asks")))


def tokens_in(addresses: Iterable[str]) -> list[str]:
    """The tokens in addresses of ours, whatever case they arrive in."""
    user, _, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    found = []
    for address in addresses:
        local, _, host = address.lower().rpartition("@")
        token = local.removeprefix(f"{user}+")
        if host == domain and token != local and _TOKEN.fullmatch(token):
            found.append(token)
    return found


def is_ours(address: str) -> bool:
    """Whether the desk itself sends from this address."""
    user, _, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    local, _, host = address.lower().rpartition("@")
    ours = bool(settings.REPLY_ADDRESS) and host == domain and (local == user or local.startswith(f"{user}+"))
    return ours or address.lower() == settings.MAIL_FROM.lower()
