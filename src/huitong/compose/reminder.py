"""A gentle reminder."""

from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief

MAX_REMINDERS: Final = 2


def reminder(brief: Brief, round: int, *, house: House = PACKAGED) -> Composed:
    """To a leader who has not answered: never reproachful, at most two (3.6). Raises ValueError for a third."""
    if not 1 <= round <= MAX_REMINDERS:
        raise ValueError(f"there is no reminder {round}: a leader is reminded {MAX_REMINDERS} times at most")
    return write(reminder_facts(brief, round), "reminder", house=house)


def reminder_facts(brief: Brief, round: int) -> Facts:
    return facts_of(brief).but(again="again" if round > 1 else "")
