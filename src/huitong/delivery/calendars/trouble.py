"""Why a calendar could not be fetched."""

from datetime import timedelta
from typing import Final

# Troubles that do not pass by themselves: it is fetched no more until its owner has done something.
FOR_ITS_OWNER: Final = frozenset({"address", "forbidden", "refused", "key", "choose", "unset", "mailbox"})


class Trouble(Exception):
    """`code` is a word of web/calendars.TROUBLES; `said` fills in its sentence. Never an address, never a secret.

    `wait` is how long the far end asked to be left alone.
    """

    def __init__(self, code: str, *, wait: timedelta | None = None, **said: str) -> None:
        self.code, self.wait, self.said = code, wait, said
        super().__init__(code)
