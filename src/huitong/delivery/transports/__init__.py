"""Far ends, one folder each. The folder's name is what `Outbox.transport` says; there is no list to edit."""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, Protocol, cast

from huitong.records.models import Outbox


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the far end said: sent, refused (for good, a person must act) or later (worth trying again).

    `words` says it to a person, in the language of whoever waits for it, with what to do; empty when sent.
    """

    outcome: Literal["sent", "refused", "later"]
    words: str = ""


class Transport(Protocol):
    def send(self, row: Outbox) -> Receipt:
        """Hand the row over, once, within `outbox.SEND_SECONDS`. Failures come back as receipts, never as errors."""


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
