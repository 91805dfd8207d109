"""Where calendars are fetched from, one module each. The module's name is what `Calendar.kind` says.

A module has `fetch(client, secret, state, window) -> Taken`; those that people give leave to elsewhere also have a
`PROVIDER` (oauth.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from huitong.delivery.calendars.fetching import Client
from huitong.directory.calendars import Interval, Window


@dataclass(frozen=True, slots=True)
class Taken:
    """What a fetch brought. `busy` None: nothing has changed. `of_parts`: only these parts are meant, else all.

    `state` is for the next fetch; `notes`, if any, take the place of those before. `asks` is a word of Trouble: its
    owner has to do something first.
    """

    state: Mapping[str, Any]
    busy: frozenset[Interval] | None = None
    of_parts: frozenset[str] | None = None
    notes: list[dict[str, str]] | None = None
    asks: str = ""


class Kind(Protocol):
    def fetch(self, client: Client, secret: dict[str, Any], state: Mapping[str, Any], window: Window) -> Taken:
        """Raises Trouble, or CalendarError for what is no calendar. What is left in `secret` is kept, also then."""


def get(name: str) -> Kind:
    """The module `name`. Raises LookupError if there is none."""
    if not re.fullmatch(r"[a-z]+", name) or name not in names():
        raise LookupError(f"There is no kind of calendar {name!r}.")
    return cast(Kind, import_module(f"{__name__}.{name}"))


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))
