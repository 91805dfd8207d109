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
from huitong.timing.habits import Asking, Habits
from huitong.timing.judging import drawbacks, scores
from huitong.timing.reading import Column, Reading, Readings, Shapes, Terms, read_days, working_minutes
from huitong.timing.sentences import reasons_for
from huitong.timing.working import WorkingTime, working_days_after, working_days_before

DEFAULT_DAYS: Final = 5  # working days, where no deadline is given
HORIZON: Final = timedelta(days=60)  # nobody waits longer for a good moment
APART: Final = 60  # minutes
URGENT: Final = 240  # working minutes: with less left before it has to be decided, waiting costs
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
    habits: Habits | None = None,
    asking: Asking | None = None,
    count: int = 5,
    now: datetime | None = None,
) -> tuple[Moment, ...]:
    """The best moments for asking the leader, best first, at most `count`, at least an hour apart.

    `calendar` is an iCalendar file, the leader's busy time (() is all free), or None if there is none: working hours
    decide, and the reasons say so. Each moment lies wholly between `start` (or now) and `by`; a `by` that is a date
    means the end of that working day; without it five working days are looked at, or more if they hold none. Times
    without a zone are in `zone`. `habits` are this leader's, `asking` is what else there is to know of the matter.

    Tentative time ranks below free time; then, only where a `by` leaves nothing else, free time that breaks the
    leader's limits, busy time, and time outside working hours, each saying so. () if `by` is not after `start`, or the
    leader is on leave until then. What is offered within a half-day does not hang on the window asked for.

    Raises CalendarError for a calendar, zone or country that cannot be used. Method: timing 1.1, 2.1, 3.1, 4.1.
    """
    if not 1 <= minutes <= 480 or count < 0:
        raise ValueError("minutes must be 1 to 480 and count not negative")
    home, working, language = zone_named(zone), working or WorkingTime(), Language(language)
    habits, asking = habits or Habits(), asking or Asking()
    clock = _at(now, home, time()) if now else datetime.now(home)
    begin = _begin(start, by, clock, home, working, now is None)
    clock = min(clock, begin)
    for far in (False, True) if by is None else (False,):
        deadline = _deadline(by, begin, home, working, far)
        if deadline is None or deadline <= begin:
            return ()
        last = min(deadline, begin + HORIZON)
        due = None if by is None else _minute(deadline)
        sensible = None if by is None else last_sensible(deadline, asking.days, home, working)
        shapes = read_days(_busy(calendar, begin, last, home), begin.date(), last.date(), home, working)
        urgent = asking.urgent or (sensible is not None and working_minutes(clock, sensible, home, working) <= URGENT)
        at_latest = None if sensible is None else _minute(sensible)
        terms = Terms(minutes, _minute(clock), due, at_latest, urgent, working, habits, asking)
        chosen = _choose(shapes, terms, (_minute(begin, up=True), _minute(last)), count, hard=by is not None or far)
        if chosen:
            break
    known = calendar is not None
    return tuple(
        Moment(
            datetime.fromtimestamp(r.start * 60, home),
            datetime.fromtimestamp(r.end * 60, home),
            r.score,
            reasons_for(r, terms, language, home, calendar_known=known),
        )
        for r in chosen
    )


def _choose(shapes: Shapes, terms: Terms, window: tuple[int, int], count: int, *, hard: bool) -> list[Reading]:
    """The best of the first kind of moments of which the window has any; only a `hard` end opens the last kinds."""
    readings = Readings(shapes, terms, outside=False)
    if len(readings.start):
        inside = (readings.start >= window[0]) & (readings.end <= window[1])
        ahead = readings.start >= terms.now
        obeys = ahead & ~np.logical_or.reduce([np.zeros_like(ahead), *readings.broken.values()])
        # Only "no later than" may break the leader's limits.
        allowed = obeys if terms.due is None else ahead
        for pool in (obeys & ~readings.is_busy, allowed & ~readings.is_busy):
            if (pool & inside).any():
                return _best(readings, pool, inside, count)
        if not hard:
            return []
        if (allowed & inside).any():
            least = readings.taken == readings.taken[allowed & inside].min()
            return _best(readings, allowed & inside & least, inside, count)
        if inside.any():
            return []
    elif not hard:
        return []
    readings = Readings(shapes, terms, outside=True)
    inside = (readings.start >= window[0]) & (readings.end <= window[1])
    return _best(readings, inside & ~readings.is_busy, inside, count)


def _best(readings: Readings, pool: Column, inside: Column, count: int) -> list[Reading]:
    """The best of each half-day first, then the next best.

    They are picked from whole days, and then only those inside the window are taken: so a window that begins later
    offers the same moments, not the neighbours of those that it cuts off. Where it would offer none, it picks anew.
    """
    against = drawbacks(readings)
    worth = scores(readings, against)
    for candidates in (pool, pool & inside):
        (places,) = candidates.nonzero()
        ranked = places[np.lexsort((readings.start[places], -worth[places]))]
        columns = (ranked, readings.start[ranked], readings.day[ranked], readings.half[ranked], inside[ranked])
        chosen = _apart(list(zip(*(c.tolist() for c in columns), strict=True)), count)
        if chosen:
            break
    ordered = sorted(chosen, key=lambda place: (-worth[place], readings.start[place]))
    first = int(readings.start[pool].min()) if ordered else 0
    return [readings.one(place, float(worth[place]), against, first) for place in ordered]


def _apart(ranked: list[tuple[int, int, int, int, bool]], count: int) -> list[int]:
    """Of (place, start, day, half-day, inside), best first: at most `count` that are inside, an hour apart."""
    chosen: list[int] = []
    seconds: list[int] = []  # of half-days that have one already
    halves: set[int] = set()
    taken: dict[int, list[int]] = {}
    for place, start, day, half, inside in ranked:
        if len(chosen) >= count:
            break
        others = taken.setdefault(day, [])
        if any(abs(start - other) < APART for other in others):
            continue
        others.append(start)
        if inside:
            (seconds if half in halves else chosen).append(place)
            halves.add(half)
    return [*chosen, *seconds][:count]


def _begin(
    start: datetime | date | None,
    by: datetime | date | None,
    clock: datetime,
    home: ZoneInfo,
    working: WorkingTime,
    may_be_past: bool,
) -> datetime:
    if start is None:
        return clock
    begin = _at(start, home, time())
    end = _deadline(by, begin, home, working, False)
    # What is past is not suggested; but who asks about a time that is wholly past wants to know how it was.
    past = may_be_past and end is not None and end <= clock
    return begin if past else max(begin, clock)


def _deadline(
    by: datetime | date | None, begin: datetime, home: ZoneInfo, working: WorkingTime, far: bool
) -> datetime | None:
    """The last minute that counts; None if it lies before all time. `far`: without `by`, the horizon."""
    if by is None and far:
        by = begin.date() + HORIZON
    elif by is None:
        by = working_days_after(begin.date(), DEFAULT_DAYS, working.country)
    if by.year < _YEARS[0]:
        return None
    if by.year > _YEARS[1]:
        by = date(_YEARS[1], 12, 31)
    return _at(by, home, working.end)


def last_sensible(deadline: datetime | date, days: int, home: ZoneInfo, working: WorkingTime) -> datetime:
    """When it has to be decided at the latest, so that so many working days are left for the help."""
    if isinstance(deadline, datetime) and not days:
        return deadline
    return datetime.combine(working_days_before(deadline, days, working.country), working.end, home)


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
        # Whole weeks, and a day more on each side: how full a day or its week is must not hang on the window.
        around = datetime.combine(begin.date() - timedelta(days=begin.weekday() + 1), time(), home)
        return read_calendar(calendar, start=around, end=last.astimezone(home) + timedelta(days=8), zone=home.key).busy
    return merge(calendar)


def _minute(moment: datetime, *, up: bool = False) -> int:
    seconds = moment.astimezone(UTC).timestamp()
    return int(-(-seconds // 60) if up else seconds // 60)
