"""Far ends, one folder each. The folder's name is what `Outbox.transport` says; there is no list to edit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Literal, Protocol, cast, runtime_checkable

from huitong.delivery.leases import Limit
from huitong.records.models import Outbox

MAIL: Final = "mail"  # what everybody has, and what every other transport falls back to


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the far end said: sent, refused (for good, a person must act), later (worth trying again) or unsure.

    `unsure`: no answer came, or none that can be understood, and it may have arrived all the same.
    `words` says it to a person, in the language of whoever waits for it, with what to do; empty when sent.
    `wait` is how long the far end asked to be left alone; `far_id` what it calls the message, if that can be changed.
    """

    outcome: Literal["sent", "refused", "later", "unsure"]
    words: str = ""
    wait: timedelta | None = None
    far_id: str = ""


class Transport(Protocol):
    NAMES: Mapping[str, str]  # what it is called, by language
    REPEATS: bool  # whether its receiver recognises a row that comes twice
    CONFIRMS: bool  # whether "sent" means that the far end has said so

    def send(self, row: Outbox) -> Receipt:
        """Hand the row over, once, within `leases.SEND_SECONDS`. Failures come back as receipts, never as errors."""

    def toward(self, row: Outbox) -> tuple[str, Limit]:
        """The receiving host and what it takes; with no limit the name may be empty."""


@runtime_checkable
class Chat(Protocol):
    """A transport for which a person has an address of their own (records.ChatAddress)."""

    NAMES: Mapping[str, str]
    AVAILABLE: bool  # whether what it needs is installed
    SECRET: bool  # whether the far end knows a secret to sign with
    PERSONAL: bool  # whether it writes to the person alone, found by their address there, rather than into a group
    EXAMPLE: str

    def is_address(self, address: str) -> bool:
        """Whether this can be kept as an address."""


def get(name: str) -> Transport:
    """The transport in the folder `name`. Raises LookupError if there is none."""
    if not re.fullmatch(r"[a-z]+", name):
        raise LookupError(f"{name!r} is no name of a transport.")
    try:
        return cast(Transport, import_module(f"{__name__}.{name}"))
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise LookupError(f"There is no transport {name!r}.") from None


@cache
def names() -> tuple[str, ...]:
    """Every transport, by the folders that are there."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


@cache
def chats() -> dict[str, Chat]:
    """The transports for which a person can leave an address."""
    found = {name: get(name) for name in names()}
    return {name: chat for name, chat in found.items() if isinstance(chat, Chat) and chat.AVAILABLE}


def called(name: str, language: str) -> str:
    """What the transport is called in this language; its folder's name if it is gone."""
    try:
        known = get(name).NAMES
    except LookupError:
        return name
    return known.get(language) or known["zh"]
