"""What speaks for and against a moment: read off the leader's busy time, then weighed.

Times are whole minutes since 1970 in UTC, so that lengths are true where clocks change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from huitong.timing.busy import Busy, Kind
from huitong.timing.working import WorkingTime, is_working_day

BREATH: Final = 5  # minutes that anybody needs after a meeting
LOOKING_BACK: Final = 60  # minutes after which the last meeting no longer matters


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DayShape:
    """One day of the leader. `halves` is before and after the noon rest, empty on a day of rest; `outside` the other
    hours in which one may be disturbed if nothing else is left; `load` the busy share of the working time."""

    day: date
    halves: tuple[Span, ...]
    outside: tuple[Span, ...]
    firm: tuple[Span, ...]
    soft: tuple[Span, ...]
    load: float
    rest_before: int  # days of rest that end with this day
    rest_after: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment as it is, before any weighing. Lengths are minutes."""

    day: DayShape
    start: int
    end: int
    kind: Kind
    half: tuple[date, int]  # which part of which day
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

    @property
    def left(self) -> int | None:
        """Minutes from the moment's end to the deadline."""
        return None if self.due is None else self.due - self.end


def read_days(busy: Sequence[Busy], first: date, last: date, home: ZoneInfo, working: WorkingTime) -> list[DayShape]:
    firm = [_span(b) for b in busy if not b.soft]
    soft = [_span(b) for b in busy if b.soft]
    return [_shape(first + timedelta(days=n), firm, soft, home, working) for n in range((last - first).days + 1)]


def _span(busy: Busy) -> Span:
    # Outwards to whole minutes.
    return Span(int(busy.start.timestamp() // 60), int(-(-busy.end.timestamp() // 60)))


def _shape(day: date, firm: list[Span], soft: list[Span], home: ZoneInfo, working: WorkingTime) -> DayShape:
    def at(clock: time) -> int:
        return int(datetime.combine(day, clock, home).astimezone(UTC).timestamp()) // 60

    whole = Span(at(working.start), at(working.end))
    parts = [Span(whole.start, at(working.noon_start)), Span(at(working.noon_end), whole.end)]
    parts = [p for p in parts if p.start < p.end]
    noon = Span(at(working.noon_start), at(working.noon_end))
    works = is_working_day(day, working.country)
    today = [s for s in firm if s.start < whole.end + 24 * 60 and s.end > whole.start - 24 * 60]
    total = sum(p.end - p.start for p in parts)
    taken = sum(max(0, min(p.end, s.end) - max(p.start, s.start)) for p in parts for s in today)
    return DayShape(
        day=day,
        halves=tuple(parts) if works else (),
        outside=(Span(whole.start - 60, whole.start), noon, Span(whole.end, whole.end + 120))
        if works
        else tuple(parts),
        firm=tuple(today),
        soft=tuple(s for s in soft if s.start < whole.end + 24 * 60 and s.end > whole.start - 24 * 60),
        load=taken / total if total else 0.0,
        rest_before=_rest(day, -1, working.country),
        rest_after=_rest(day, 1, working.country),
    )


def _rest(day: date, step: int, country: str) -> int:
    n = 0
    while n < 15 and not is_working_day(day + timedelta(days=step * (n + 1)), country):
        n += 1
    return n


def read_moment(day: DayShape, start: int, minutes: int, due: int | None) -> Reading:
    end = start + minutes
    taken = sum(max(0, min(end, s.end) - max(start, s.start)) for s in day.firm)
    parts = (*day.halves, *day.outside)
    part = next(p for p in parts if p.start <= start and end <= p.end)
    index = parts.index(part)
    breathless = any(s.start <= start < s.end + BREATH for s in day.firm)
    tentative = any(s.start < end and start < s.end for s in day.soft)
    kind = Kind.BUSY if taken or breathless else Kind.SOFT if tentative else Kind.FREE
    before = _last_before(day.firm, start)
    lately = before is not None and start - before.end <= LOOKING_BACK and before.end > part.start
    next_busy = min(
        (s.start for s in _coming(day, kind) if s.start >= end or (s.end > start and kind is Kind.BUSY)),
        default=part.end,
    )
    ends = "busy" if next_busy < part.end else "noon" if index == 0 and len(day.halves) == 2 else "day"
    return Reading(
        day=day,
        start=start,
        end=end,
        kind=kind,
        half=(day.day, index),
        outside=index >= len(day.halves),
        taken=taken,
        room=max(0, min(next_busy, part.end) - start),
        room_ends=ends,
        pause=start - before.end if before and lately else None,
        busy_before=before.end - before.start if before and lately else 0,
        after_noon=index == 1 and start - part.start <= 30,
        since_day_start=start - parts[0].start,
        to_day_end=parts[max(0, len(day.halves) - 1)].end - end,
        due=due,
    )


def _coming(day: DayShape, kind: Kind) -> Iterator[Span]:
    yield from day.firm
    if kind is Kind.FREE:
        yield from day.soft


def _last_before(spans: Sequence[Span], start: int) -> Span | None:
    """The last busy time before `start`; with less than ten minutes between them, two are one."""
    found: Span | None = None
    for span in spans:
        if span.end > start:
            break
        found = Span(found.start, span.end) if found and span.start - found.end < 10 else span
    return found


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


def drawbacks(r: Reading) -> dict[str, float]:
    """What speaks against the moment, by name, with its weight. Method: timing 2.1 (not busy, not under pressure)."""
    found: dict[str, float] = {}
    slack = r.room - (r.end - r.start)
    if slack < 10:
        found["tight"] = TIGHT_AFTER if r.room_ends == "busy" else BREAK_AFTER
    elif slack < 20 and r.room_ends == "busy":
        found["close"] = CLOSE_AFTER
    if r.pause is not None and r.pause < 20 and r.busy_before >= LONG:
        found["long_before"] = NO_BREATH if r.pause < 10 else SHORT_BREATH
    elif r.pause is not None and r.pause < 10:
        found["just_before"] = SHORT_BREATH
    if r.since_day_start < 30:
        found["early"] = EARLY
    if r.to_day_end < 45:
        found["late"] = LATE
    if r.after_noon:
        found["drowsy"] = DROWSY
    if r.day.rest_before >= 1 and r.since_day_start < 90:
        found["week_begins"] = WEEK_BEGINS
    afternoon = r.half[1] == 1
    if r.day.rest_after >= 3 and afternoon:
        found["holiday_begins"] = HOLIDAY_BEGINS
    elif r.day.rest_after >= 1 and afternoon and r.to_day_end < 120:
        found["week_ends"] = WEEK_ENDS
    if r.day.load:
        found["load"] = FULL_DAY * r.day.load
    if r.left is not None and r.left < 2 * 24 * 60:
        found["deadline"] = ON_THE_BRINK if r.left < 4 * 60 else LAST_DAY if r.left < 24 * 60 else NEXT_TO_LAST_DAY
    return found


def score_of(r: Reading) -> float:
    """0 to 1: free time from 0.4 up, tentative 0.2 to 0.4, busy 0.1 to 0.2, outside working hours below."""
    worth = max(0.0, 1.0 - sum(drawbacks(r).values()))
    if r.outside:
        return round(0.1 * worth, 3)
    if r.kind is Kind.BUSY:
        return round(0.1 + 0.1 * (1 - r.taken / (r.end - r.start)) * (0.5 + 0.5 * worth), 3)
    return round(0.4 + 0.6 * worth if r.kind is Kind.FREE else 0.2 + 0.19 * worth, 3)
