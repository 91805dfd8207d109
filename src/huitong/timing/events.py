"""One VEVENT or VFREEBUSY -> what it says of time, every value read and checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from huitong.timing.answers import kind_of
from huitong.timing.busy import Busy, Kind
from huitong.timing.lines import Component
from huitong.timing.rules import Rule, read_rule
from huitong.timing.unusable import Unusable, unreadable
from huitong.timing.values import (
    Length,
    Stamp,
    ZoneNamed,
    instant,
    read_length,
    read_stamp,
    stamp_of,
    stamps_of,
    wall_of,
)

MAX_RULES: Final = 4


@dataclass(frozen=True, slots=True)
class Until:
    """The last time of a rule: by the event's own clock, and as an instant if it was given as one."""

    wall: datetime
    instant: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """`recurrence` is which instance this one stands in for (RECURRENCE-ID); `following` if also for those after it.

    `more` are the RDATEs, with their own length where they have one; what is excepted is kept as instants and as days.
    """

    component: Component
    kind: Kind
    start: Stamp
    zone: tzinfo
    length: Length
    rules: tuple[tuple[Rule, Until | None], ...]
    without: tuple[tuple[Rule, Until | None], ...]
    more: tuple[tuple[datetime, Length | None], ...]
    excepted: frozenset[datetime]
    excepted_days: frozenset[date]
    recurrence: Stamp | None
    following: bool
    version: tuple[int, str]

    @property
    def instant(self) -> datetime:
        return instant(self.start.wall, self.zone)


def read_event(component: Component, zones: ZoneNamed, home: tzinfo, owner: str) -> Event:
    """What one VEVENT says of time. Raises Unusable."""
    began = component.one("DTSTART")
    if began is None:
        raise Unusable("没有开始时间 DTSTART。", "it has no DTSTART.")
    start = stamp_of(began, zones)
    zone = start.zone or home
    stands_for = component.one("RECURRENCE-ID")
    excepted, excepted_days = _excepted(component, zones, start, zone)
    return Event(
        component=component,
        kind=kind_of(component, owner),
        start=start,
        zone=zone,
        length=_length(component, zones, start, zone),
        rules=_rules(component, "RRULE", start, zone),
        without=_rules(component, "EXRULE", start, zone),
        more=tuple(_more(component, zones, start, zone)),
        excepted=excepted,
        excepted_days=excepted_days,
        recurrence=stamp_of(stands_for, zones) if stands_for else None,
        following=bool(stands_for and stands_for.parameter("RANGE").upper() == "THISANDFUTURE"),
        version=_version(component),
    )


def free_busy(component: Component, zones: ZoneNamed, home: tzinfo) -> Iterator[Busy]:
    """The times of a VFREEBUSY (RFC 5545, 3.8.2.6). Raises Unusable."""
    for item in component.all("FREEBUSY"):
        kind = item.parameter("FBTYPE").upper()
        if kind == "FREE":
            continue
        for begins, ends in stamps_of(item, zones):
            if ends is None:
                raise unreadable("FREEBUSY")
            start = begins.instant(home)
            end = ends.after(begins.wall, begins.zone or home) if isinstance(ends, Length) else ends.instant(home)
            yield Busy(start, end, soft=kind == "BUSY-TENTATIVE")


def _length(component: Component, zones: ZoneNamed, start: Stamp, zone: tzinfo) -> Length:
    """DTEND gives an exact length, DURATION a nominal one (RFC 5545, 3.8.5.3); a day without either lasts all day."""
    ended, lasts = component.one("DTEND"), component.one("DURATION")
    if ended:
        end = stamp_of(ended, zones)
        if start.whole_day and end.whole_day:
            # Some write the same day twice for one whole day, where the RFC wants the day after.
            days = (end.wall - start.wall).days or 1
            length = Length(days=days)
        else:
            length = Length(exact=instant(end.wall, end.zone or zone) - instant(start.wall, zone))
        if length.longest < timedelta():
            raise Unusable("它在开始之前就结束了。", "it ends before it begins.")
        return length
    if lasts:
        try:
            return read_length(lasts.value)
        except ValueError:
            raise unreadable("DURATION") from None
    return Length(days=1) if start.whole_day else Length()


def _rules(component: Component, name: str, start: Stamp, zone: tzinfo) -> tuple[tuple[Rule, Until | None], ...]:
    items = component.all(name)
    if len(items) > MAX_RULES:
        raise Unusable("它的重复规则太多。", "it has too many rules.")
    found = []
    for item in items:
        rule = read_rule(item.value)
        try:
            found.append((rule, _until(rule.until, start, zone) if rule.until else None))
        except ValueError:
            raise unreadable(name) from None
    return tuple(found)


def _until(text: str, start: Stamp, zone: tzinfo) -> Until:
    """UNTIL in UTC, as it should be, or as people write it: by the event's own clock, or as a day that counts whole."""
    until = read_stamp(text, None)
    if start.whole_day:
        return Until(datetime.combine(until.wall.date(), start.wall.time()))
    if until.whole_day:
        return Until(until.wall.replace(hour=23, minute=59, second=59))
    if until.zone is None or start.zone is None:
        return Until(until.wall)
    moment = instant(until.wall, until.zone)
    return Until(wall_of(moment, zone), moment)


def _more(
    component: Component, zones: ZoneNamed, start: Stamp, zone: tzinfo
) -> Iterator[tuple[datetime, Length | None]]:
    """The RDATEs (RFC 5545, 3.8.5.2) by the event's own clock."""
    for item in component.all("RDATE"):
        for begins, ends in stamps_of(item, zones):
            length = ends
            if isinstance(ends, Stamp):
                exact = instant(ends.wall, ends.zone or zone) - instant(begins.wall, begins.zone or zone)
                length = Length(exact=exact)
                if exact < timedelta():
                    raise unreadable("RDATE")
            if start.whole_day != begins.whole_day:
                # A day for an event with a time: then at the event's own time; and the other way round.
                wall = datetime.combine(begins.wall.date(), start.wall.time())
            elif begins.zone is None or begins.zone is zone:
                wall = begins.wall
            else:
                wall = wall_of(instant(begins.wall, begins.zone), zone)
            yield wall, length if isinstance(length, Length) else None


def _excepted(
    component: Component, zones: ZoneNamed, start: Stamp, zone: tzinfo
) -> tuple[frozenset[datetime], frozenset[date]]:
    """The EXDATEs (RFC 5545, 3.8.5.1); one that is only a day takes out whatever begins on that day."""
    instants, days = set(), set()
    for item in component.all("EXDATE"):
        for stamp, _ in stamps_of(item, zones):
            if stamp.whole_day or (start.whole_day and stamp.zone is None):
                days.add(stamp.wall.date())
            elif start.whole_day:
                days.add(wall_of(instant(stamp.wall, stamp.zone or zone), zone).date())
            else:
                instants.add(instant(stamp.wall, stamp.zone or zone))
    return frozenset(instants), frozenset(days)


def _version(component: Component) -> tuple[int, str]:
    """What tells a newer version of an event from an older one (RFC 5546, 2.1.5)."""
    sequence = component.value("SEQUENCE")
    number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 10 else 0
    return number, (component.value("LAST-MODIFIED") or component.value("DTSTAMP"))[:16]
