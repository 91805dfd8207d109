"""All events of one UID -> the times they take (RFC 5545, 3.8.4.4 and 3.8.5)."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from huitong.timing.busy import Busy, Kind
from huitong.timing.events import Event
from huitong.timing.recurrence import expand
from huitong.timing.unusable import Unusable
from huitong.timing.values import Length, later, wall_of

MAX_TIMES: Final = 120_000  # of one event within the window: once a day for three hundred years
_MAX_STEPS: Final = 400_000
_SLACK: Final = timedelta(days=2)  # zones are less than two days apart


@dataclass(frozen=True, slots=True)
class _Instance:
    wall: datetime
    instant: datetime
    length: Length | None = None  # if it has its own


class _Changes:
    """The changed instances of a series: each the newest version, in the order of the instants that they stand for."""

    def __init__(self, events: Iterable[Event]) -> None:
        newest = {_stands_for(e): e for e in sorted(events, key=lambda e: e.version)}
        self.all = [newest[moment] for moment in sorted(newest)]
        self.instants = {_stands_for(c) for c in self.all if not _is_day(c)}
        self.days = {_stands_for_day(c) for c in self.all if _is_day(c)}
        self._following = [c for c in self.all if c.following]
        self._from = [_stands_for(c) for c in self._following]
        self.spread = max((abs(_shift(c)) + c.length.longest for c in self._following), default=timedelta())

    def following(self, moment: datetime) -> Event | None:
        """The last change "from here on" that reaches this instant."""
        place = bisect_right(self._from, moment)
        return self._following[place - 1] if place else None


def times(
    events: Sequence[Event],
    start: datetime,
    end: datetime,
    *,
    begun: Callable[[Event], None],
    failed: Callable[[Event, Unusable], None],
) -> Iterator[Busy]:
    """What the events of one UID take of the time between `start` and `end`, in no order, not clipped.

    `begun` is told of each event before it is worked out, and may raise; `failed` of each that could not be.
    """
    masters = _masters(events)
    changes = _Changes(e for e in events if e.recurrence and all(e is not m for m in masters[:1]))
    excepting = [m for m in masters if m.excepted or m.excepted_days]
    for change in changes.all:
        moment = _stands_for(change)
        if not any(_is_excepted(m, moment, wall_of(moment, m.zone)) for m in excepting):
            yield from _busy(change, change.instant, change.length.after(change.start.wall, change.zone))
    for master in masters:
        begun(master)
        try:
            yield from _repeated(master, changes, start, end)
        except Unusable as reason:
            failed(master, reason)


def _masters(events: Sequence[Event]) -> list[Event]:
    """The newest version of the event itself."""
    masters = [e for e in events if e.recurrence is None]
    if not masters:  # a file with only the later half of a series
        return [e for e in events if e.following and e.rules][:1]
    newest = max(m.version for m in masters)
    # Two that are equally new are two events, of a program that does not know what a UID is.
    return [m for m in masters if m.version == newest]


def _stands_for(change: Event) -> datetime:
    """The instant that a RECURRENCE-ID names."""
    assert change.recurrence
    return change.recurrence.instant(change.zone)


def _is_day(change: Event) -> bool:
    return bool(change.recurrence and change.recurrence.whole_day)


def _stands_for_day(change: Event) -> date:
    assert change.recurrence
    return change.recurrence.wall.date()


def _shift(change: Event) -> timedelta:
    """How far a changed instance was moved, by the clock."""
    return change.start.wall - wall_of(_stands_for(change), change.zone)


def _is_excepted(master: Event, moment: datetime, wall: datetime) -> bool:
    return moment in master.excepted or wall.date() in master.excepted_days


def _repeated(master: Event, changes: _Changes, start: datetime, end: datetime) -> Iterator[Busy]:
    lengths = [master.length.longest, *(n.longest for _, n in master.more if n)]
    first = later(later(later(wall_of(start, master.zone), -max(lengths)), -changes.spread), -_SLACK)
    last = later(later(wall_of(end, master.zone), changes.spread), _SLACK)
    days = changes.days
    if master.start.whole_day:
        days = days | {wall_of(moment, master.zone).date() for moment in changes.instants}
    for instance in _instances(master, first, last):
        if instance.instant in changes.instants or instance.wall.date() in days:
            continue
        if _is_excepted(master, instance.instant, instance.wall):
            continue
        change = changes.following(instance.instant)
        if change is None:
            lasts = instance.length or master.length
            yield from _busy(master, instance.instant, lasts.after(instance.wall, master.zone))
        else:
            wall = later(wall_of(instance.instant, change.zone), _shift(change))
            yield from _busy(change, Length().after(wall, change.zone), change.length.after(wall, change.zone))


def _instances(master: Event, first: datetime, last: datetime) -> Iterable[_Instance]:
    """DTSTART, what the rules make, and the RDATEs, each once, less what EXRULE takes out; not in order."""
    steps = 0

    def spend(n: int) -> None:
        nonlocal steps
        steps += n
        if steps > _MAX_STEPS or len(found) > MAX_TIMES:
            raise Unusable("重复得太密或太久，算不完。", "it repeats too often, or has for too long, to work out.")

    found: dict[datetime, _Instance] = {}

    def add(wall: datetime, length: Length | None = None) -> None:
        if first <= wall <= last:
            moment = Length().after(wall, master.zone)
            if length or moment not in found:
                found[moment] = _Instance(wall, moment, length)

    begins, timed = master.start.wall, not master.start.whole_day
    # Who deletes "this and all later ones" at the first leaves an UNTIL before DTSTART.
    if not master.rules or any(until is None or until.wall >= begins for _, until in master.rules):
        add(begins)
    for rule, until in master.rules:
        to = min(last, until.wall) if until else last
        for wall in expand(rule, begins, first=first, last=to, timed=timed, spend=spend):
            if not (until and until.instant) or Length().after(wall, master.zone) <= until.instant:
                add(wall)
    for wall, length in master.more:
        add(wall, length)
    for rule, until in master.without:
        to = min(last, until.wall) if until else last
        for wall in expand(rule, begins, first=first, last=to, timed=timed, spend=spend):
            found.pop(Length().after(wall, master.zone), None)
    return found.values()


def _busy(event: Event, start: datetime, end: datetime) -> Iterator[Busy]:
    if event.kind is not Kind.FREE and start < end:
        yield Busy(start, end, soft=event.kind is Kind.SOFT, whole_day=event.start.whole_day)
