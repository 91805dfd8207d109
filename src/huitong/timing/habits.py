"""How one leader wants to be asked, and what there is to ask: plain data that the ranking takes as given."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

GAP: Final = 30  # minutes between two askings of one leader, where they said nothing: one thing at a time
HAN_A_MINUTE: Final = 260  # characters
WORDS_A_MINUTE: Final = 238  # English, silent, no fiction: Brysbaert 2019, of 190 studies
_HAN: Final = re.compile("[\u3400-\u9fff]")


def reading_minutes(text: str) -> int:
    """How many minutes it takes to read this once, at least 1."""
    han = len(_HAN.findall(text))
    words = len(_HAN.sub(" ", text).split())
    return max(1, math.ceil(han / HAN_A_MINUTE + words / WORDS_A_MINUTE))


@dataclass(frozen=True, slots=True)
class Welcome:
    """Hours in which the leader likes to be asked, on one weekday (0 is Monday) or on all of them.

    With `longest` they are for what takes no more minutes than that: "Tuesdays after 4 for short things".
    """

    start: time
    end: time
    weekday: int | None = None
    longest: int = 0

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("welcome hours must begin before they end")


@dataclass(frozen=True, slots=True)
class Habits:
    """What holds for one leader, whoever asks.

    `notice`, `gap` (minutes), `a_day` (0 is no limit) and the days `not_on` are limits: only "no later than" may break
    them. On leave (`away`, from the first day to the last) nobody is asked. `report_days` are days of the month.
    `learned` takes from each weekday's each hour (seven rows of 24; see learning.py).
    """

    welcome: tuple[Welcome, ...] = ()
    notice: int = 0
    gap: int = GAP
    a_day: int = 0
    report_days: tuple[int, ...] = ()
    away: tuple[tuple[date, date], ...] = ()
    not_on: tuple[date, ...] = ()
    learned: tuple[tuple[float, ...], ...] = ()

    def is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away)

    def broken_by(self, at: datetime, *, others: Sequence[datetime], now: datetime) -> tuple[str, ...]:
        """Which limits an asking at this moment breaks, by name. `at` is in the leader's zone; all are aware."""
        that_day = [other for other in others if other.astimezone(at.tzinfo).date() == at.date()]
        broken = {
            "notice": at < now + timedelta(minutes=self.notice),
            "gap": any(abs(at - other) < timedelta(minutes=self.gap) for other in others),
            "a_day": 0 < self.a_day <= len(that_day),
            "not_on": at.date() in self.not_on,
        }
        return tuple(name for name, is_broken in broken.items() if is_broken)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, beside how long it takes: minutes of reading, working days that the help needs before the
    deadline, whether it can't wait, and when others ask the same leader."""

    reading: int = 0
    days: int = 0
    urgent: bool = False
    others: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if any(moment.tzinfo is None for moment in self.others):
            raise ValueError("the moments of others need a time zone: give aware datetimes")
