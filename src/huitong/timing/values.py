"""Dates, times, durations and periods as iCalendar writes them (RFC 5545, 3.3.4 to 3.3.9)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from huitong.timing.lines import Property
from huitong.timing.unusable import unreadable

ZoneNamed = Callable[[str], tzinfo]

_STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)?([Zz])?)?", re.ASCII)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,11})S)?)?", re.ASCII
)
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
LATEST: Final = datetime.max.replace(microsecond=0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A DATE or DATE-TIME. `zone` is None if it floats: then it is read in the zone of whoever reads it."""

    wall: datetime
    whole_day: bool
    zone: tzinfo | None

    def instant(self, home: tzinfo) -> datetime:
        return instant(self.wall, self.zone or home)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something takes: `days` by the calendar, then `exact` by the stopwatch (RFC 5545, 3.3.6)."""

    days: int = 0
    exact: timedelta = timedelta()

    def after(self, wall: datetime, zone: tzinfo) -> datetime:
        """The instant at which it ends, if it begins at that time of that zone's clock."""
        try:
            return instant(wall + timedelta(days=self.days), zone) + self.exact
        except OverflowError:
            return LATEST

    @property
    def longest(self) -> timedelta:
        return timedelta(days=self.days) + self.exact


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """That time of that zone's clock, in UTC. A time that comes twice is its first, one that is left out is as if the
    clock had not yet been changed (RFC 5545, 3.3.5); beyond the ends of time it is the end of time."""
    try:
        return wall.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return EARLIEST if wall.year < 5000 else LATEST


def wall_of(moment: datetime, zone: tzinfo) -> datetime:
    """That instant by that zone's clock, without the zone."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=None)


def later(wall: datetime, by: timedelta) -> datetime:
    """The sum, or the end of time on that side. For times of a clock, without a zone."""
    try:
        return wall + by
    except OverflowError:
        return (LATEST if by > timedelta() else EARLIEST).replace(tzinfo=None)


def read_stamp(text: str, zone: tzinfo | None) -> Stamp:
    """A DATE or a DATE-TIME; `zone` is that of its TZID, if it has one. Raises ValueError."""
    match = _STAMP.fullmatch(text.strip())
    if not match:
        raise ValueError("no date or date-time")
    year, month, day, hour, minute, second, utc = match.groups()
    if hour is None:
        return Stamp(datetime(int(year), int(month), int(day)), True, None)  # noqa: DTZ001 - the zone is beside it
    # The clocks here know no leap second.
    seconds = min(int(second or 0), 59) if second != "60" else 59
    wall = datetime(int(year), int(month), int(day), int(hour), int(minute), seconds)  # noqa: DTZ001
    return Stamp(wall, False, UTC if utc else zone)


def read_length(text: str) -> Length:
    """A DURATION such as P1DT2H. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip().upper())
    if not match or not any(match.groups()[1:]):
        raise ValueError("no duration")
    weeks, days, hours, minutes, seconds = (int(g or 0) for g in match.groups()[1:])
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    whole = 7 * weeks + days
    if match[1] == "-" and (whole or exact):
        raise ValueError("ends before it begins")
    return Length(whole, exact)


def zone_of(item: Property, zones: ZoneNamed) -> tzinfo | None:
    tzid = item.parameter("TZID")
    return zones(tzid) if tzid else None


def stamp_of(item: Property, zones: ZoneNamed) -> Stamp:
    """The one date or time of a property. Raises Unusable."""
    try:
        return read_stamp(item.value, zone_of(item, zones))
    except ValueError:
        raise unreadable(item.name) from None


def stamps_of(item: Property, zones: ZoneNamed) -> list[tuple[Stamp, Length | Stamp | None]]:
    """The dates, times or periods of an RDATE, EXDATE or FREEBUSY; beside a period's start its length or end."""
    zone = zone_of(item, zones)
    found: list[tuple[Stamp, Length | Stamp | None]] = []
    try:
        for text in item.value.split(","):
            if not text.strip():
                continue
            begins, slash, ends = text.partition("/")
            if not slash:
                found.append((read_stamp(begins, zone), None))
            elif ends.strip()[:1] in ("P", "p", "+", "-"):
                found.append((read_stamp(begins, zone), read_length(ends)))
            else:
                found.append((read_stamp(begins, zone), read_stamp(ends, zone)))
    except ValueError:
        raise unreadable(item.name) from None
    return found
