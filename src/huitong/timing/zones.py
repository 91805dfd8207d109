"""What a TZID means: an IANA zone, a Windows name, the file's own VTIMEZONE (RFC 5545, 3.6.5), else the home zone."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from huitong.timing.busy import known_zones
from huitong.timing.lines import Component
from huitong.timing.recurrence import expand
from huitong.timing.rules import Freq, read_rule
from huitong.timing.unusable import Unusable
from huitong.timing.values import later, read_stamp

# Names that programs write and that are in no table.
_OTHER_NAMES: Final = {
    "asia/beijing": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "microsoft/utc": "UTC",
    "z": "UTC",
    "us-eastern": "America/New_York",
    "us-central": "America/Chicago",
    "us-mountain": "America/Denver",
    "us-pacific": "America/Los_Angeles",
}
_OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_MAX_ONSETS: Final = 3000  # of one observance: a zone that changes more often is not believed
_LAST_YEARS: Final = timedelta(days=800)


@lru_cache(maxsize=1)
def _tables() -> dict[str, str]:
    table = {name.lower(): name for name in known_zones()}
    table.update({name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()})
    return table | _OTHER_NAMES


class Zones:
    """The zones of one file. `unknown` are the TZIDs that were taken as the home zone."""

    def __init__(self, components: Iterable[Component], home: ZoneInfo, until: datetime) -> None:
        self.home = home
        self.unknown: set[str] = set()
        self._until = later(until.replace(tzinfo=None), _LAST_YEARS)
        self._own = {c.value("TZID").replace('"', ""): c for c in components if c.kind == "VTIMEZONE"}
        self._found: dict[str, tzinfo] = {}

    def __call__(self, tzid: str) -> tzinfo:
        if tzid not in self._found:
            self._found[tzid] = self._look_up(tzid)
        return self._found[tzid]

    def _look_up(self, tzid: str) -> tzinfo:
        parts = tzid.strip().strip("/").lower().split("/")
        # Some write /their.own.name/Europe/Berlin or tzone://Microsoft/Utc.
        for name in ("/".join(parts[i:]) for i in range(min(len(parts), 8))):
            if name in _tables():
                found = _tables()[name]
                return UTC if found in ("UTC", "Etc/UTC") else ZoneInfo(found)
        if tzid in self._own:
            try:
                return OwnZone(self._own[tzid], self._until)
            except (Unusable, ValueError, OverflowError):
                pass
        self.unknown.add(tzid)
        return self.home


class OwnZone(tzinfo):
    """A zone as a VTIMEZONE defines it. Raises Unusable or ValueError if it makes no sense."""

    def __init__(self, component: Component, until: datetime) -> None:
        onsets: list[tuple[datetime, timedelta, timedelta]] = []
        for part in component.parts:
            before, after = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
            onsets += [(later(wall, -before), before, after) for wall in _onsets(part, until)]
        if not onsets:
            raise ValueError("no observance")
        onsets.sort()
        self._first = onsets[0][1]
        self._after = [after for _, _, after in onsets]
        self._utc = [moment for moment, _, _ in onsets]
        # By the clock on the wall: when it is put forward, the hour left out belongs to the time before; when it is
        # put back, the hour that comes twice does too.
        befores = [self._first, *self._after[:-1]]
        self._wall = [later(u, max(b, a)) for u, b, a in zip(self._utc, befores, self._after, strict=True)]

    def _at(self, moments: list[datetime], moment: datetime) -> timedelta:
        place = bisect_right(moments, moment.replace(tzinfo=None, fold=0))
        return self._after[place - 1] if place else self._first

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else self._at(self._wall, moment)

    def fromutc(self, moment: datetime) -> datetime:
        return moment + self._at(self._utc, moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None


def _onsets(part: Component, until: datetime) -> set[datetime]:
    """When this observance begins, each time, by the clock that it puts an end to."""
    steps = _MAX_ONSETS

    def spend(n: int) -> None:
        nonlocal steps
        steps -= n
        if steps < 0:
            raise ValueError("a zone that changes all the time")

    start = read_stamp(part.value("DTSTART"), None).wall
    found = {start}
    for item in part.all("RDATE"):
        spend(item.value.count(",") + 1)
        found.update(read_stamp(text.partition("/")[0], None).wall for text in item.value.split(","))
    for item in part.all("RRULE"):
        rule = read_rule(item.value)
        if rule.freq > Freq.MONTHLY:
            raise ValueError("a zone that changes all the time")
        last = until
        if rule.until:
            ends = read_stamp(rule.until, None)
            last = min(last, later(ends.wall, _offset(part.value("TZOFFSETFROM"))) if ends.zone else ends.wall)
        found.update(expand(rule, start, first=start, last=last, timed=True, spend=spend))
    return found


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text.strip())
    if not match:
        raise ValueError("no offset")
    hours, minutes, seconds = (int(g or 0) for g in match.groups()[1:])
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if size >= timedelta(hours=24):
        raise ValueError("no offset")
    return -size if match[1] == "-" else size
