"""What speaks for and against each moment: read off the leader's busy time, then weighed, for all moments at once.

Times are whole minutes since 1970 in UTC, so that lengths are true where clocks change. A column holds one thing of
every moment; only the few that are chosen become a `Reading`, of which the reasons are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from huitong.timing.busy import Busy, Kind
from huitong.timing.working import WorkingTime, is_working_day

BREATH: Final = 5  # minutes that anybody needs after a meeting
LOOKING_BACK: Final = 60  # minutes after which the last meeting no longer matters
STEP: Final = 10  # minutes from one moment to the next

Column = npt.NDArray[Any]
_NEVER: Final = 10**12


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A day without its appointments. `corners` are when work begins, rests, goes on and ends, `halves` is before and
    after the noon rest, empty on a day of rest; `outside` the other hours in which one may be disturbed if nothing else
    is left."""

    day: date
    corners: tuple[int, ...]
    halves: tuple[Span, ...]
    outside: tuple[Span, ...]
    rest_before: int  # days of rest that end with this day
    rest_after: int


@dataclass(frozen=True, slots=True)
class DayShape:
    """One day of the leader. `load` is the busy share of the working time."""

    frame: Frame
    load: float
    has_soft: bool  # on it, or close to it


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment as it is. Lengths are minutes; `against` is what speaks against it, by name, with its weight."""

    day: DayShape
    start: int
    end: int
    kind: Kind
    outside: bool
    taken: int  # firmly busy minutes within it
    room: int  # free from its start on
    room_ends: str  # what ends the room: "busy", "noon", "day"
    pause: int | None  # since the last busy time, if that was lately
    busy_before: int  # how long that busy time was
    after_noon: bool
    since_day_start: int
    to_day_end: int
    due: int | None
    score: float
    against: dict[str, float]

    @property
    def left(self) -> int | None:
        """Minutes from the moment's end to the deadline."""
        return None if self.due is None else self.due - self.end


class Taken:
    """Busy time of one kind: disjoint, in order, outwards to whole minutes, with an end of time on both sides."""

    def __init__(self, busy: Sequence[Busy]) -> None:
        joined: list[list[int]] = [[-_NEVER, -_NEVER]]
        for b in busy:
            start, end = int(b.start.timestamp() // 60), int(-(-b.end.timestamp() // 60))
            if start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        joined.append([_NEVER, _NEVER])
        spans = np.array(joined)
        self.starts: Column = spans[:, 0]
        self.ends: Column = spans[:, 1]
        self._sums: Column = (self.ends - self.starts).cumsum()

    def until(self, moments: Column) -> Column:
        """How many minutes were taken before each of these moments."""
        last = self.starts.searchsorted(moments, "right") - 1
        taken: Column = self._sums[last] - np.maximum(0, self.ends[last] - moments)
        return taken

    @cached_property
    def since(self) -> Column:
        """Since when it has been going on at each end; with less than ten minutes between them, two are one."""
        fresh = np.append(True, self.starts[1:] - self.ends[:-1] >= 10)
        first: Column = np.maximum.accumulate(np.where(fresh, np.arange(len(fresh)), 0))
        return self.starts[first]


@dataclass(frozen=True, slots=True)
class Shapes:
    days: list[DayShape]
    firm: Taken
    soft: Taken


def read_days(busy: Sequence[Busy], first: date, last: date, home: ZoneInfo, working: WorkingTime) -> Shapes:
    """The days from `first` to `last`. `busy` is merged."""
    firm, soft = Taken([b for b in busy if not b.soft]), Taken([b for b in busy if b.soft])
    frames = [_frame(first + timedelta(days=n), home, working) for n in range((last - first).days + 1)]
    corners = np.array([frame.corners for frame in frames])
    until = firm.until(corners)
    total = corners[:, 1] - corners[:, 0] + corners[:, 3] - corners[:, 2]
    taken = until[:, 1] - until[:, 0] + until[:, 3] - until[:, 2]
    loads = np.where(total > 0, taken / np.maximum(total, 1), 0.0).tolist()
    near = soft.ends.searchsorted(corners[:, 0] - 24 * 60, "right")
    has_soft = (soft.starts[near] < corners[:, 3] + 24 * 60).tolist()
    return Shapes([DayShape(*each) for each in zip(frames, loads, has_soft, strict=True)], firm, soft)


# What a day is without its appointments is asked again and again, by each matter of each leader.
@lru_cache(maxsize=10_000)
def _frame(day: date, home: ZoneInfo, working: WorkingTime) -> Frame:
    corners = _corners(day, home, working)
    opens, noon_starts, noon_ends, closes = corners
    parts = tuple(p for p in (Span(opens, noon_starts), Span(noon_ends, closes)) if p.start < p.end)
    works = is_working_day(day, working.country)
    aside = (Span(opens - 60, opens), Span(noon_starts, noon_ends), Span(closes, closes + 120))
    return Frame(
        day=day,
        corners=corners,
        halves=parts if works else (),
        outside=aside if works else parts,
        rest_before=_rest(day, -1, working.country),
        rest_after=_rest(day, 1, working.country),
    )


def _corners(day: date, home: ZoneInfo, working: WorkingTime) -> tuple[int, ...]:
    clocks = (working.start, working.noon_start, working.noon_end, working.end)
    return tuple(int(datetime.combine(day, clock, home).timestamp()) // 60 for clock in clocks)


def _rest(day: date, step: int, country: str) -> int:
    n = 0
    while n < 15 and not is_working_day(day + timedelta(days=step * (n + 1)), country):
        n += 1
    return n


class Readings:
    """Every moment of `minutes` within the parts of the days (the working ones, or those outside them) and the window,
    column by column."""

    def __init__(
        self, shapes: Shapes, window: tuple[int, int], minutes: int, due: int | None, *, outside: bool
    ) -> None:
        self._days, self.minutes, self.due, self.outside = shapes.days, minutes, due, outside
        parts = [
            (n, len(day.frame.halves) * outside + k, part.start, part.end)
            for n, day in enumerate(shapes.days)
            for k, part in enumerate(day.frame.outside if outside else day.frame.halves)
        ]
        table = np.array(parts, dtype=np.int64).reshape(-1, 4)
        counts = np.maximum(0, (table[:, 3] - table[:, 2] - minutes) // STEP + 1)
        place = np.repeat(np.arange(len(table)), counts)
        start = table[place, 2] + STEP * (np.arange(len(place)) - (np.cumsum(counts) - counts)[place])
        inside = (start >= window[0]) & (start + minutes <= window[1])
        place, start = place[inside], start[inside]

        self.half: Column = place  # which part of which day
        self.day, self.index, self.part_start, self.part_end = table[place].T
        self.start: Column = start
        self.end: Column = start + minutes
        self._read(shapes.firm, shapes.soft)

    def _read(self, firm: Taken, soft: Taken) -> None:
        start, end = self.start, self.end
        self.taken: Column = firm.until(end) - firm.until(start)
        breathless = start < firm.ends[firm.starts.searchsorted(start, "right") - 1] + BREATH
        self.is_busy: Column = (self.taken > 0) | breathless
        self.is_soft: Column = ~self.is_busy & (soft.ends[soft.starts.searchsorted(end, "left") - 1] > start)

        next_firm = firm.starts[firm.starts.searchsorted(end, "left")]
        next_soft = soft.starts[soft.starts.searchsorted(end, "left")]
        coming = np.where(self.is_soft, next_firm, np.minimum(next_firm, next_soft))
        coming = np.where(self.is_busy, firm.starts[firm.ends.searchsorted(start, "right")], coming)
        self.busy_ends: Column = coming < self.part_end
        self.room: Column = np.maximum(0, np.minimum(coming, self.part_end) - start)

        before = firm.ends.searchsorted(start, "right") - 1
        self.pause: Column = start - firm.ends[before]
        self.lately: Column = (self.pause <= LOOKING_BACK) & (firm.ends[before] > self.part_start)
        self.busy_before: Column = np.where(self.lately, firm.ends[before] - firm.since[before], 0)

        nothing, frames = Span(0, 0), [d.frame for d in self._days]
        opens = np.array([next(iter((*f.halves, *f.outside)), nothing).start for f in frames])
        closes = np.array([next(iter((*f.halves[-1:], *f.outside)), nothing).end for f in frames])
        self.since_day_start: Column = start - opens[self.day]
        self.to_day_end: Column = closes[self.day] - end
        self.after_noon: Column = (self.index == 1) & (start - self.part_start <= 30)

    def of_days(self, of: Callable[[DayShape], float]) -> Column:
        column: Column = np.array([of(day) for day in self._days])[self.day]
        return column

    def one(self, n: int, score: float, against: dict[str, Column]) -> Reading:
        """The moment in this place of the columns."""
        day = self._days[self.day[n]]
        noon = self.index[n] == 0 and len(day.frame.halves) == 2
        return Reading(
            day=day,
            start=int(self.start[n]),
            end=int(self.end[n]),
            kind=Kind.BUSY if self.is_busy[n] else Kind.SOFT if self.is_soft[n] else Kind.FREE,
            outside=self.outside,
            taken=int(self.taken[n]),
            room=int(self.room[n]),
            room_ends="busy" if self.busy_ends[n] else "noon" if noon else "day",
            pause=int(self.pause[n]) if self.lately[n] else None,
            busy_before=int(self.busy_before[n]),
            after_noon=bool(self.after_noon[n]),
            since_day_start=int(self.since_day_start[n]),
            to_day_end=int(self.to_day_end[n]),
            due=self.due,
            score=score,
            against={name: float(weights[n]) for name, weights in against.items() if weights[n]},
        )


# What takes away from a perfect moment (1.0). Each figure is a judgement, kept where it can be read and argued with.
TIGHT_AFTER: Final = 0.25  # the next appointment begins within ten minutes of the end
CLOSE_AFTER: Final = 0.10  # ... within twenty
BREAK_AFTER: Final = 0.15  # the noon rest or the evening does
NO_BREATH: Final = 0.25  # straight after being busy for an hour and a half or more
SHORT_BREATH: Final = 0.10
FULL_DAY: Final = 0.30  # times the day's load
EARLY: Final = 0.15  # the first half hour of the day
LATE: Final = 0.15  # the last three quarters
DROWSY: Final = 0.05  # just after the noon rest
WEEK_BEGINS: Final = 0.15  # the morning after days of rest, until half past ten or so
WEEK_ENDS: Final = 0.15  # the last two hours before a weekend
HOLIDAY_BEGINS: Final = 0.25  # the afternoon before three days of rest or more
LONG: Final = 90  # minutes
ON_THE_BRINK: Final = 0.30  # fewer than four hours left to act in
LAST_DAY: Final = 0.15
NEXT_TO_LAST_DAY: Final = 0.05


def drawbacks(r: Readings) -> dict[str, Column]:
    """What speaks against each moment, by name, with its weight. Method: timing 2.1 (not busy, not under pressure)."""
    slack = r.room - r.minutes
    long_before = r.lately & (r.busy_before >= LONG) & (r.pause < 20)
    rest_after = r.of_days(lambda day: day.frame.rest_after)
    rest_before = r.of_days(lambda day: day.frame.rest_before)
    afternoon = r.index == 1
    holiday = (rest_after >= 3) & afternoon
    found = {
        "tight": np.where(slack < 10, np.where(r.busy_ends, TIGHT_AFTER, BREAK_AFTER), 0),
        "close": CLOSE_AFTER * ((slack >= 10) & (slack < 20) & r.busy_ends),
        "long_before": np.where(long_before, np.where(r.pause < 10, NO_BREATH, SHORT_BREATH), 0),
        "just_before": SHORT_BREATH * (r.lately & (r.pause < 10) & ~long_before),
        "early": EARLY * (r.since_day_start < 30),
        "late": LATE * (r.to_day_end < 45),
        "drowsy": DROWSY * r.after_noon,
        "week_begins": WEEK_BEGINS * ((rest_before >= 1) & (r.since_day_start < 90)),
        "holiday_begins": HOLIDAY_BEGINS * holiday,
        "week_ends": WEEK_ENDS * ((rest_after >= 1) & afternoon & (r.to_day_end < 120) & ~holiday),
        "load": FULL_DAY * r.of_days(lambda day: day.load),
    }
    if r.due is not None:
        left = r.due - r.end
        weights = [ON_THE_BRINK, LAST_DAY, NEXT_TO_LAST_DAY]
        found["deadline"] = np.select([left < 4 * 60, left < 24 * 60, left < 2 * 24 * 60], weights, 0.0)
    return found


def scores(r: Readings, against: dict[str, Column]) -> Column:
    """0 to 1: free time from 0.4 up, tentative 0.2 to 0.4, busy 0.1 to 0.2, outside working hours below."""
    worth = np.maximum(0.0, 1.0 - sum(against.values()))
    if r.outside:
        worst: Column = (0.1 * worth).round(3)
        return worst
    busy = 0.1 + 0.1 * (1 - r.taken / r.minutes) * (0.5 + 0.5 * worth)
    return np.where(r.is_busy, busy, np.where(r.is_soft, 0.2 + 0.19 * worth, 0.4 + 0.6 * worth)).round(3)
