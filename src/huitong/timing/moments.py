"""Busy time -> the moments at which a leader is best asked, each with its reasons (method: timing)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from huitong.method import Language
from huitong.timing.busy import Busy, CalendarError, merge, zone_named
from huitong.timing.calendars import read_calendar
from huitong.timing.reading import Column, Reading, Readings, drawbacks, read_days, scores
from huitong.timing.sentences import reasons_for
from huitong.timing.working import WorkingTime, working_days_after

DEFAULT_DAYS: Final = 5  # working days, where no deadline is given
HORIZON: Final = timedelta(days=60)  # nobody waits longer for a good moment
APART: Final = 60  # minutes
_YEARS: Final = (1970, 2200)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to ask, in the zone that was asked for. `score` is 0 to 1; `reasons` are whole sentences."""

    start: datetime
    end: datetime
    score: float
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; times in ISO 8601 with their offset."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "score": self.score,
            "reasons": list(self.reasons),
        }


def rank_moments(
    calendar: str | bytes | Sequence[Busy] | None,
    *,
    minutes: int = 20,
    start: datetime | date | None = None,
    by: datetime | date | None = None,
    zone: str = "Asia/Shanghai",
    language: Language | str = Language.ZH,
    working: WorkingTime | None = None,
    count: int = 5,
    now: datetime | None = None,
) -> tuple[Moment, ...]:
    """The best moments for asking the leader, best first, at most `count`, at least an hour apart.

    `calendar` is an iCalendar file, the leader's busy time (() is all free), or None if there is none: working hours
    decide, and the reasons say so. Each moment lies wholly between `start` (or now) and `by`; a `by` that is a date
    means the end of that working day; without it five working days are looked at. Times without a zone are in `zone`.
    Tentative time ranks below free time; busy time is offered only if nothing else is left, time outside working
    hours only if there is no working time at all. () if `by` is not after `start`.

    Raises CalendarError for a calendar, zone or country that cannot be used. Method: timing 1.1, 2.1, 3.1, 4.1.
    """
    if not 1 <= minutes <= 480 or count < 0:
        raise ValueError("minutes must be 1 to 480 and count not negative")
    home, working, language = zone_named(zone), working or WorkingTime(), Language(language)
    begin = _begin(start, by, now, home, working)
    deadline = _deadline(by, begin, home, working)
    if deadline is None or deadline <= begin:
        return ()
    last = min(deadline, begin + HORIZON)

    busy = _busy(calendar, begin, last, home)
    known = calendar is not None
    shapes = read_days(busy, begin.date(), last.date(), home, working)
    window = (_minute(begin, up=True), _minute(last))
    due = _minute(deadline) if by is not None else None
    readings = Readings(shapes, window, minutes, due, outside=False)
    wanted = ~readings.is_busy
    if not wanted.any() and len(wanted):
        wanted = readings.taken == readings.taken.min()
    if not len(wanted):
        readings = Readings(shapes, window, minutes, due, outside=True)
        wanted = ~readings.is_busy
    return tuple(
        Moment(
            datetime.fromtimestamp(r.start * 60, home),
            datetime.fromtimestamp(r.end * 60, home),
            r.score,
            reasons_for(r, language, home, country=working.country, calendar_known=known),
        )
        for r in _choose(readings, wanted, count)
    )


def _choose(readings: Readings, wanted: Column, count: int) -> list[Reading]:
    """The best of each half-day first, then the next best; so what is chosen hardly hangs on the window."""
    against = drawbacks(readings)
    worth = scores(readings, against)
    (places,) = wanted.nonzero()
    ranked = places[np.lexsort((readings.start[places], -worth[places]))]
    columns = (ranked, readings.start[ranked], readings.half[ranked])
    candidates = list(zip(*(c.tolist() for c in columns), strict=True))
    chosen: dict[int, int] = {}  # place: when it starts
    for half_days_once in (True, False):
        halves: set[int] = set()
        for place, start, half in candidates:
            if len(chosen) >= count:
                break
            if half_days_once and half in halves:
                continue
            if all(abs(start - other) >= APART for other in chosen.values()):
                chosen[place] = start
                halves.add(half)
    ordered = sorted(chosen, key=lambda place: (-worth[place], chosen[place]))
    return [readings.one(place, float(worth[place]), against) for place in ordered]


def _begin(
    start: datetime | date | None,
    by: datetime | date | None,
    now: datetime | None,
    home: ZoneInfo,
    working: WorkingTime,
) -> datetime:
    clock = _at(now, home, time()) if now else datetime.now(home)
    if start is None:
        return clock
    begin = _at(start, home, time())
    end = _deadline(by, begin, home, working)
    # What is past is not suggested; but who asks about a time that is wholly past wants to know how it was.
    past = now is None and end is not None and end <= clock
    return begin if past else max(begin, clock)


def _deadline(by: datetime | date | None, begin: datetime, home: ZoneInfo, working: WorkingTime) -> datetime | None:
    """The last minute that counts; None if it lies before all time."""
    if by is None:
        by = working_days_after(begin.date(), DEFAULT_DAYS, working.country)
    if by.year < _YEARS[0]:
        return None
    if by.year > _YEARS[1]:
        by = date(_YEARS[1], 12, 31)
    return _at(by, home, working.end)


def _at(value: datetime | date, home: ZoneInfo, of_day: time) -> datetime:
    if not _YEARS[0] <= value.year <= _YEARS[1]:
        raise CalendarError(
            "from",
            f"{value.year} 年太远了。请写 {_YEARS[0]} 到 {_YEARS[1]} 年之间的时间。",
            f"The year {value.year} is too far away. Write a time between {_YEARS[0]} and {_YEARS[1]}.",
        )
    if not isinstance(value, datetime):
        return datetime.combine(value, of_day, home)
    return value.astimezone(home) if value.tzinfo else value.replace(tzinfo=home)


def _busy(
    calendar: str | bytes | Sequence[Busy] | None, begin: datetime, last: datetime, home: ZoneInfo
) -> tuple[Busy, ...]:
    if calendar is None:
        return ()
    if isinstance(calendar, (str, bytes)):
        # Whole days, and a day more on each side: how full a day is must not hang on the window.
        around = datetime.combine(begin.date() - timedelta(days=1), time(), home)
        return read_calendar(calendar, start=around, end=last.astimezone(home) + timedelta(days=2), zone=home.key).busy
    return merge(calendar)


def _minute(moment: datetime, *, up: bool = False) -> int:
    seconds = moment.astimezone(UTC).timestamp()
    return int(-(-seconds // 60) if up else seconds // 60)
