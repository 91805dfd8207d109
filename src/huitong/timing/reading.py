"""The facts of each moment, read off the leader's busy time for all moments at once; judging.py weighs them.

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
from huitong.timing.habits import Asking, Habits, Welcome
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
    month_ends: bool  # one of the last two working days of its month


@dataclass(frozen=True, slots=True)
class DayShape:
    """One day of the leader. `load` is the busy share of the working time, `week_load` that of its whole week."""

    frame: Frame
    load: float
    week_load: float
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
    welcome: Welcome | None  # the hours that it lies in, if the leader has set such hours for what takes as long
    beside_others: bool  # others ask this leader on the same half of the day
    asked_that_day: int
    earliest: bool  # nothing of its kind comes before it
    broken: tuple[str, ...]  # the leader's limits that it breaks
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
    """The days from `first` to `last`, told with the whole weeks in which they lie. `busy` is merged."""
    firm, soft = Taken([b for b in busy if not b.soft]), Taken([b for b in busy if b.soft])
    before = first.weekday()
    whole = (last - first).days + 1 + before + 6 - last.weekday()
    frames = _frames(first - timedelta(days=before), whole, home, working)
    corners = np.array([frame.corners for frame in frames])
    until = firm.until(corners)
    total = corners[:, 1] - corners[:, 0] + corners[:, 3] - corners[:, 2]
    taken = until[:, 1] - until[:, 0] + until[:, 3] - until[:, 2]
    loads = np.where(total > 0, taken / np.maximum(total, 1), 0.0).tolist()
    works = np.array([bool(frame.halves) for frame in frames]).reshape(-1, 7)
    hours = (works * total.reshape(-1, 7)).sum(axis=1)
    week_loads = (works * taken.reshape(-1, 7)).sum(axis=1) / np.maximum(hours, 1)
    near = soft.ends.searchsorted(corners[:, 0] - 24 * 60, "right")
    has_soft = (soft.starts[near] < corners[:, 3] + 24 * 60).tolist()
    of_weeks = week_loads.repeat(7).tolist()
    days = [DayShape(*each) for each in zip(frames, loads, of_weeks, has_soft, strict=True)]
    return Shapes(days[before : before + (last - first).days + 1], firm, soft)


def working_minutes(begin: datetime, until: datetime, home: ZoneInfo, working: WorkingTime) -> int:
    """How much working time there is between the two; no more than eight days are counted."""
    begin = begin.astimezone(home)
    first, last = int(begin.timestamp() // 60), int(until.timestamp() // 60)
    frames = _frames(begin.date(), 8, home, working)
    return sum(max(0, min(half.end, last) - max(half.start, first)) for frame in frames for half in frame.halves)


# What days are without their appointments is asked again and again, by each matter of each leader.
@lru_cache(maxsize=1_000)
def _frames(first: date, count: int, home: ZoneInfo, working: WorkingTime) -> tuple[Frame, ...]:
    return tuple(_frame(first + timedelta(days=n), home, working) for n in range(count))


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
        month_ends=works and _ends_month(day, working.country),
    )


def _corners(day: date, home: ZoneInfo, working: WorkingTime) -> tuple[int, ...]:
    clocks = (working.start, working.noon_start, working.noon_end, working.end)
    return tuple(int(datetime.combine(day, clock, home).timestamp()) // 60 for clock in clocks)


def _rest(day: date, step: int, country: str) -> int:
    n = 0
    while n < 15 and not is_working_day(day + timedelta(days=step * (n + 1)), country):
        n += 1
    return n


def _ends_month(day: date, country: str) -> bool:
    after = (day + timedelta(days=n) for n in range(1, 32))
    later = (d for d in after if d.month == day.month and is_working_day(d, country))
    return sum(1 for _ in later) < 2


@dataclass(frozen=True, slots=True)
class Terms:
    """What the moments are for. `due` is the latest that counts, `sensible` what is left of it once the time that the
    help needs is taken off; both are None without a deadline. `urgent`: there is hardly time until then."""

    minutes: int
    now: int
    due: int | None
    sensible: int | None
    urgent: bool
    working: WorkingTime
    habits: Habits
    asking: Asking


class Readings:
    """Every moment of `minutes` within the parts of the days (the working ones, or those outside them), column by
    column. Nobody is asked on leave: those days have no moments."""

    def __init__(self, shapes: Shapes, terms: Terms, *, outside: bool) -> None:
        self.days, self.terms, self.outside = shapes.days, terms, outside
        minutes, working, away = terms.minutes, terms.working, terms.habits.away
        parts = [
            (n, len(day.frame.halves) * outside + k, part.start, part.end)
            for n, day in enumerate(shapes.days)
            if not away or not terms.habits.is_away(day.frame.day)
            for k, part in enumerate(day.frame.outside if outside else day.frame.halves)
        ]
        table = np.array(parts, dtype=np.int64).reshape(-1, 4)
        counts = np.maximum(0, (table[:, 3] - table[:, 2] - minutes) // STEP + 1)
        place = np.repeat(np.arange(len(table)), counts)
        start = table[place, 2] + STEP * (np.arange(len(place)) - (np.cumsum(counts) - counts)[place])

        self.half: Column = place  # which part of which day
        self.day, self.index, self.part_start, self.part_end = table[place].T
        self.start: Column = start
        self.end: Column = start + minutes
        # Minutes of the day by the leader's clock: `working.start` is when the day's first corner is.
        opening = 60 * working.start.hour + working.start.minute
        self._midnights = np.array([day.frame.corners[0] - opening for day in shapes.days])
        self.clock: Column = start - self._midnights[self.day]
        self.weekday: Column = (shapes.days[0].frame.day.weekday() + self.day) % 7
        self._read(shapes.firm, shapes.soft)
        self.nearest: Column
        self.asked_that_day: Column
        self.asked_that_half: Column
        self._read_others(terms.asking.others)

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

        nothing, frames = Span(0, 0), [d.frame for d in self.days]
        opens = np.array([next(iter((*f.halves, *f.outside)), nothing).start for f in frames])
        closes = np.array([next(iter((*f.halves[-1:], *f.outside)), nothing).end for f in frames])
        self.since_day_start: Column = start - opens[self.day]
        self.to_day_end: Column = closes[self.day] - end
        self.after_noon: Column = (self.index == 1) & (start - self.part_start <= 30)

    def _read_others(self, others: Sequence[datetime]) -> None:
        """How near others ask, and how many on that day and on that half of it."""
        if not others:
            self.nearest = np.full_like(self.start, _NEVER)
            self.asked_that_day = self.asked_that_half = np.zeros_like(self.start)
            return
        moments = np.array(sorted(int(m.timestamp()) // 60 for m in others), dtype=np.int64)
        edges = np.concatenate(([-_NEVER], moments, [_NEVER]))
        after = edges.searchsorted(self.start, "left")
        self.nearest = np.minimum(edges[after] - self.start, self.start - edges[after - 1])
        noons = np.array([day.frame.corners[1] for day in self.days])
        by_day = moments.searchsorted(np.append(self._midnights, self._midnights[-1] + 24 * 60))
        by_noon = moments.searchsorted(noons)
        morning, afternoon = by_noon - by_day[:-1], by_day[1:] - by_noon
        self.asked_that_day = (morning + afternoon)[self.day]
        self.asked_that_half = np.where(self.start < noons[self.day], morning[self.day], afternoon[self.day])

    @cached_property
    def broken(self) -> dict[str, Column]:
        """Which of the leader's limits each moment would break, by name."""
        habits, found = self.terms.habits, dict[str, Column]()
        if habits.notice:
            found["notice"] = self.start < self.terms.now + habits.notice
        if self.terms.asking.others:
            found["gap"] = self.nearest < habits.gap
            if habits.a_day:
                found["a_day"] = self.asked_that_day >= habits.a_day
        if habits.not_on:
            found["not_on"] = self.of_days(lambda day: day.frame.day in habits.not_on).astype(bool)
        return found

    @cached_property
    def welcomes(self) -> list[tuple[Welcome, Column]]:
        """The leader's welcome hours that are for what takes as long as this, and the moments in each."""
        fitting = [w for w in self.terms.habits.welcome if not w.longest or self.terms.minutes <= w.longest]
        return [(w, self._within(w)) for w in fitting]

    def _within(self, welcome: Welcome) -> Column:
        first, last = (60 * t.hour + t.minute for t in (welcome.start, welcome.end))
        within: Column = (self.clock >= first) & (self.clock + self.terms.minutes <= last)
        return within if welcome.weekday is None else within & (self.weekday == welcome.weekday)

    def of_days(self, of: Callable[[DayShape], float]) -> Column:
        column: Column = np.array([of(day) for day in self.days])[self.day]
        return column

    def one(self, n: int, score: float, against: dict[str, Column], first: int) -> Reading:
        """The moment in this place of the columns; `first` is when the first of its kind begins."""
        day = self.days[self.day[n]]
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
            due=self.terms.due,
            welcome=next((w for w, within in self.welcomes if within[n]), None),
            beside_others=bool(self.asked_that_half[n]),
            asked_that_day=int(self.asked_that_day[n]),
            earliest=self.start[n] == first,
            broken=tuple(name for name, column in self.broken.items() if column[n]),
            score=score,
            against={name: float(weights[n]) for name, weights in against.items() if weights[n]},
        )
