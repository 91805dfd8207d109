"""Several people's busy time -> the times at which they can meet, each with its reasons (method: timing, 1.4 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from huitong.method import Language
from huitong.timing import slots
from huitong.timing.busy import Busy, CalendarError, zone_named
from huitong.timing.calendars import read_calendar
from huitong.timing.guests import Facts, Guest, sentences
from huitong.timing.slots import Grid, Table
from huitong.timing.working import WorkingTime, is_working_day

MOST_GUESTS: Final = 500
MOST_DAYS: Final = 370
QUARTER: Final = 3  # slots from one beginning to the next: meetings begin at full quarters
HALF_HOUR: Final = 6
APART: Final = 60  # minutes
IN_HOURS: Final = 0.4  # the least score of a time at which all who must come work, and none is firmly busy
_YEARS: Final = (1970, 2200)


@dataclass(frozen=True, slots=True)
class MeetingTime:
    """A time to meet, in the zone asked for. `missing` are the places of those who can't come, counted from 0.

    `score` is 0 to 1: from 0.6 up all who must come are free; 0.4 to 0.6 something tentative lies there for one of
    them; 0.2 to 0.4 it is outside someone's working hours; below, someone who must come can't.
    """

    start: datetime
    end: datetime
    score: float
    missing: tuple[int, ...]
    reasons: tuple[str, ...]

    def to_dict(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Plain data for JSON; times in ISO 8601 with their offset, `missing` by name where there are `names`."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "score": self.score,
            "missing": [names[n] if n < len(names) else n + 1 for n in self.missing],
            "reasons": list(self.reasons),
        }


def find_meeting(
    guests: Sequence[Guest],
    *,
    start: datetime | date,
    end: datetime | date,
    minutes: int = 30,
    zone: str = "Asia/Shanghai",
    language: Language | str = Language.ZH,
    count: int = 5,
) -> tuple[MeetingTime, ...]:
    """The best times at which all who must come and most others can meet, best first, at most `count`, distinct.

    Times begin at full quarters of an hour and lie wholly between `start` and `end` (a date counts from its midnight,
    or to its end; times without a zone are in `zone`). Tentative time ranks below free time. Only if there is
    none of both: time outside the hours of someone who must come (7:00 to 22:00 of a working day); if there is none
    either: times at which fewest who must come are missing; () if nobody could. A time's score and reasons do not hang
    on the window.

    Raises CalendarError for a calendar, zone, country or window that cannot be used. Method: timing; 1.4, 2.5.
    """
    if not 5 <= minutes <= 480 or count < 0 or not 1 <= len(guests) <= MOST_GUESTS:
        raise ValueError(f"minutes must be 5 to 480, count not negative, and guests 1 to {MOST_GUESTS}")
    from_, to = _window(start, end, home := zone_named(zone))
    if to - from_ < timedelta(minutes=minutes):
        return ()
    search = _Search(guests, slots.grid(from_, to), minutes, home)
    chosen = search.choose(from_, to, count)
    language = Language(language)
    return tuple(
        MeetingTime(
            facts.start,
            facts.start + timedelta(minutes=minutes),
            search.score(place),
            facts.absent,
            sentences(facts, guests, language),
        )
        for place in chosen
        for facts in [search.facts(place)]
    )


class _Search:
    """A row a guest, a column each quarter of an hour of the grid: who can, who can't, and what speaks against it."""

    def __init__(self, guests: Sequence[Guest], on: Grid, minutes: int, home: ZoneInfo) -> None:
        self._on, self._minutes, self._home = on, minutes, home
        length = -(-minutes * 60 // slots.SECONDS)
        firm, soft = slots.bitmaps([_busy(guest, on) for guest in guests], on)
        self._required = np.array([guest.required for guest in guests])
        each = [_frame(_zone(guest), guest.working, on, length) for guest in guests]
        # Most people keep the same hours, and their frame is the same object: it need not be copied for each.
        alike = all(frame is each[0] for frame in each)
        frames = np.broadcast_to(each[0], (len(each), *each[0].shape)) if alike else np.stack(each)
        works, off, asleep, edge = (frames[:, n] for n in range(4))
        busy = slots.unpacked(firm, on)
        taken = slots.unpacked([slots.reaching(bits, length) for bits in firm], on, QUARTER)
        self._soft = slots.unpacked([slots.reaching(bits, length) for bits in soft], on, QUARTER) & ~taken
        self.absent: Table = taken | asleep | (off & ~self._required[:, None])
        self._outside = off & ~self.absent
        self._before, self._after = np.zeros_like(taken), np.zeros_like(taken)
        self._before[:, 1:] = busy[:, 2:-1:QUARTER]
        after = busy[:, length::QUARTER]
        self._after[:, : after.shape[1]] = after
        self._edge = edge[self._required].any(axis=0)
        self._of_days(guests, _sum(busy[:, ::QUARTER] & works), _sum(works))
        self._weigh()

    def _of_days(self, guests: Sequence[Guest], busy: Table, works: Table) -> None:
        """How full each day of the zone asked for is, and whether it is the last before days of rest."""
        country = next((g.working.country for g in guests if g.working), WorkingTime().country)
        self.day, self.of_day, edges, self._week_ends = _days(self._on, self._home, country)
        load = np.add.reduceat(busy, edges) / np.maximum(np.add.reduceat(works, edges), 1)
        self._load = load[self.day]

    def _weigh(self) -> None:
        required, optional = self._required, ~self._required
        self._missing = _sum(self.absent[required])
        comes = ~self.absent
        there = np.maximum(_sum(comes), 1)
        against = (
            BEFORE * _sum(self._before & comes) / there
            + AFTER * _sum(self._after & comes) / there
            + FULL_DAY * self._load
            + EDGE * self._edge
            + WEEK_ENDS * self._week_ends
        )
        come = 1.0
        if optional.any():
            come = 1 - (_sum(self.absent[optional]) + 0.5 * _sum(self._soft[optional])) / optional.sum()
        worth = OTHERS * come + (1 - OTHERS) * np.maximum(0.0, 1 - against)
        outside = self._outside[required].any(axis=0)
        soft = self._soft[required].any(axis=0)
        can = np.where(outside, 0.2 + 0.19 * worth, np.where(soft, IN_HOURS + 0.19 * worth, 0.6 + 0.4 * worth))
        must = int(required.sum())
        near = 0.19 * (1 - (self._missing + 1 - worth) / (must + 1))
        self._scores = np.where(self._missing == 0, can, near).round(4)

    def score(self, place: int) -> float:
        return float(self._scores[place])

    def choose(self, from_: datetime, to: datetime, count: int) -> list[int]:
        """The best of each half-day first, then the next best; so what is chosen does not hang on the window."""
        step = QUARTER * slots.SECONDS
        begins = self._on.first * slots.SECONDS
        first = -(-int(from_.timestamp() - begins) // step)
        last = int(to.timestamp() - begins - self._minutes * 60) // step
        places = np.arange(first, last + 1)
        scores, missing = self._scores[places], self._missing[places]
        pools = (scores >= IN_HOURS, missing == 0, missing < self._required.sum())
        places = places[next((pool for pool in pools if pool.any()), pools[-1])]
        ranked = places[np.lexsort((places, -self._scores[places]))].tolist()
        half = (2 * self.day + (self.of_day >= slots.A_DAY // 2)).tolist()
        apart = max(APART, self._minutes) * 60 // step
        chosen: list[int] = []
        for once in (True, False):
            halves: set[int] = set()
            for place in ranked:
                if len(chosen) >= count:
                    break
                if not (once and half[place] in halves) and all(abs(place - other) >= apart for other in chosen):
                    chosen.append(place)
                    halves.add(half[place])
        return sorted(chosen, key=lambda place: (-self._scores[place], place))

    def facts(self, place: int) -> Facts:
        def of(table: Table) -> tuple[int, ...]:
            return tuple(np.nonzero(table[:, place] & ~self.absent[:, place])[0].tolist())

        begins = (self._on.first + place * QUARTER) * slots.SECONDS
        return Facts(
            start=datetime.fromtimestamp(begins, self._home),
            absent=tuple(np.nonzero(self.absent[:, place])[0].tolist()),
            soft=of(self._soft),
            outside=of(self._outside),
            before=of(self._before),
            after=of(self._after),
            edge=bool(self._edge[place]),
            week_ends=bool(self._week_ends[place]),
            load=float(self._load[place]),
        )


# What takes away from a perfect time. Each figure is a judgement, kept where it can be read and argued with.
OTHERS: Final = 0.6  # of the worth: how many of those can come who need not
BEFORE: Final = 0.25  # times the share of people who come straight from something else
AFTER: Final = 0.20  # ... who must go on straight to something else
FULL_DAY: Final = 0.30  # times how full everybody's day is
EDGE: Final = 0.15  # the first or last half hour of someone's half-day who must come
WEEK_ENDS: Final = 0.10  # after four on the last day before days of rest


def _sum(table: Table) -> Table:
    total: Table = np.add.reduce(table, axis=0, dtype=np.int32)
    return total


@lru_cache(maxsize=200)
def _days(on: Grid, home: ZoneInfo, country: str) -> tuple[Table, Table, Table, Table]:
    """Of each column its day and its slots since midnight; where days begin; whether it is late before days of rest."""
    first = datetime.fromtimestamp(on.first * slots.SECONDS, home).date()
    days = [first + timedelta(days=n) for n in range(on.count // slots.A_DAY + 1)]
    seconds = np.array([int(datetime.combine(day, time(), home).timestamp()) for day in days])
    midnights = seconds // slots.SECONDS - on.first
    columns = np.arange(on.count // QUARTER) * QUARTER
    day = midnights.searchsorted(columns, "right") - 1
    of_day = columns - midnights[day]
    rests = np.array([not is_working_day(each + timedelta(days=1), country) for each in days])
    edges = np.clip(midnights // QUARTER, 0, len(columns) - 1)
    return day, of_day, edges, rests[day] & (of_day >= 16 * 12)


@lru_cache(maxsize=500)
def _frame(home: ZoneInfo, working: WorkingTime | None, on: Grid, length: int) -> Table:
    """For each column: they work; then it is outside their hours; not to be asked at all; close to an end of work."""
    if working is None:
        return np.zeros((4, on.count // QUARTER), dtype=bool)
    whole = (1 << on.count) - 1
    works = slots.hours(home, working, on)
    off = whole & ~works
    asleep = whole & ~(works | slots.awake(home, working, on))
    edge = works & (off << HALF_HOUR | off >> (length + HALF_HOUR - 1))
    rows = [works, slots.reaching(off, length), slots.reaching(asleep, length), edge]
    return slots.unpacked(rows, on, QUARTER)


def _zone(guest: Guest) -> ZoneInfo:
    return zone_named(guest.zone)


def _busy(guest: Guest, on: Grid) -> Sequence[Busy]:
    if guest.calendar is None:
        return ()
    if isinstance(guest.calendar, (str, bytes)):
        start = datetime.fromtimestamp(on.first * slots.SECONDS, UTC)
        end = start + timedelta(seconds=on.count * slots.SECONDS)
        return read_calendar(guest.calendar, start=start, end=end, zone=guest.zone).busy
    return guest.calendar


def _window(start: datetime | date, end: datetime | date, home: ZoneInfo) -> tuple[datetime, datetime]:
    for path, value in (("from", start), ("to", end)):
        if not _YEARS[0] < value.year < _YEARS[1]:
            raise CalendarError(
                path,
                f"{value.year} 年太远了。请写 {_YEARS[0] + 1} 到 {_YEARS[1] - 1} 年之间的时间。",
                f"The year {value.year} is too far away. Write a time between {_YEARS[0] + 1} and {_YEARS[1] - 1}.",
            )
    from_ = _at(start, home)
    to = _at(end, home) if isinstance(end, datetime) else _at(end + timedelta(days=1), home)
    if to - from_ > timedelta(days=MOST_DAYS):
        raise CalendarError(
            "to",
            f"一次最多找 {MOST_DAYS} 天。请缩短起止时间。",
            f"At most {MOST_DAYS} days at once. Ask for a shorter time.",
        )
    return from_, to


def _at(value: datetime | date, home: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=home)).astimezone(UTC)
