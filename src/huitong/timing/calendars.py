"""An iCalendar file -> busy time: the one door to lines.py, zones.py, events.py and series.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from time import monotonic
from typing import Final

from huitong.method import Problem
from huitong.timing.answers import owner_of
from huitong.timing.busy import Busy, CalendarError, merge, zone_named
from huitong.timing.events import Event, free_busy, read_event
from huitong.timing.lines import MAX_BYTES, Component, read_lines
from huitong.timing.series import times
from huitong.timing.unusable import Unusable
from huitong.timing.zones import Zones

__all__ = ["MAX_BYTES", "MAX_WINDOW", "CalendarReading", "read_calendar", "takes_whole_days"]

MAX_WINDOW: Final = timedelta(days=146_100)
MAX_SECONDS: Final = 5.0  # of working out one calendar's rules; honest calendars need a tenth
_MERGE_AT: Final = 20_000  # intervals: what overlaps need not be kept in memory


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """`busy` is merged, sorted, in UTC and clipped to the window; `skipped` names each event that could not be used,
    `notes` what was read by a guess. `timed` and `whole_days` are the two parts of `busy`: of events with a clock
    time, and of those that take whole days."""

    busy: tuple[Busy, ...]
    skipped: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    timed: tuple[Busy, ...] = ()
    whole_days: tuple[Busy, ...] = ()


def read_calendar(
    content: bytes | str, *, start: datetime, end: datetime, zone: str, owner: str = ""
) -> CalendarReading:
    """Read the busy time between `start` and `end` (aware, at most four hundred years apart) from an iCalendar file.

    Times without a zone, whole days, and zones that nobody knows are taken as `zone` (an IANA name). Free, cancelled
    and, by the `owner` (an address; else recognised if it can be), declined events don't count; tentative ones and
    those where the owner is optional are soft. Raises CalendarError for a file that is no calendar, is cut short, is
    over 5 MB or would take too long. Method: timing 1.1, 2.1, 3.1, 4.1.
    """
    if end - start > MAX_WINDOW:
        raise CalendarError(
            "", "一次最多看四百年。请缩短起止时间。", "At most four hundred years at once. Ask for a shorter time."
        )
    home = zone_named(zone)
    components = read_lines(content)
    events = [c for c in components if c.kind == "VEVENT"]
    reading = _Reading(Zones(components, home, end), owner_of(events, owner))
    window = (start.astimezone(home), end.astimezone(home))
    parts: dict[bool, list[Busy]] = {False: [], True: []}
    merge_at = dict.fromkeys(parts, _MERGE_AT)
    for found in reading.all(events, [c for c in components if c.kind == "VFREEBUSY"], window):
        if found.start >= end or found.end <= start:
            continue
        days = takes_whole_days(found, home)
        parts[days].append(Busy(max(found.start, window[0]), min(found.end, window[1]), found.soft))
        if len(parts[days]) > merge_at[days]:
            parts[days] = list(merge(parts[days]))
            merge_at[days] = len(parts[days]) + _MERGE_AT
    timed, whole_days = merge(parts[False]), merge(parts[True])
    busy = merge((*timed, *whole_days)) if whole_days else timed
    return CalendarReading(busy, tuple(reading.skipped), tuple(reading.notes), timed, whole_days)


def takes_whole_days(busy: Busy, home: tzinfo) -> bool:
    """Whether it is said to, or does by the clock of `home`: lists of busy time and many programs write it so."""
    if busy.whole_day:
        return True
    if busy.end - busy.start < timedelta(hours=23):  # also the day on which the clocks go forward
        return False
    return all(at.astimezone(home).time() == time.min for at in (busy.start, busy.end))


class _Reading:
    def __init__(self, zones: Zones, owner: str) -> None:
        self._zones = zones
        self._owner = owner
        self._give_up = monotonic() + MAX_SECONDS
        self.skipped: list[Problem] = []
        self.notes: list[Problem] = []

    def all(self, events: list[Component], lists: list[Component], window: tuple[datetime, datetime]) -> Iterator[Busy]:
        series: dict[str, list[Event]] = {}
        for component in events:
            if event := self._event(component):
                series.setdefault(component.value("UID") or f"line {component.line}", []).append(event)

        def begun(event: Event) -> None:
            self._in_time(event.component)

        def failed(event: Event, reason: Unusable) -> None:
            self._skip(event.component, reason)

        for of_one in series.values():
            yield from times(of_one, *window, begun=begun, failed=failed)
        for component in lists:
            try:
                yield from [*free_busy(component, self._zones, self._zones.home)]
            except Unusable as reason:
                self._skip(component, reason)

    def _in_time(self, component: Component) -> None:
        if monotonic() > self._give_up:
            raise CalendarError(
                f"line {component.line}",
                "日程太多，重复规则太密，算不完。请只导出近一年的日程。",
                "There are too many events, or rules too dense, to work out. Export only the last year.",
            )

    def _event(self, component: Component) -> Event | None:
        self._in_time(component)
        unknown = len(self._zones.unknown)
        try:
            event = read_event(component, self._zones, self._zones.home, self._owner)
        except Unusable as reason:
            self._skip(component, reason)
            return None
        if len(self._zones.unknown) > unknown:
            name = self._zones.home.key
            self.notes.append(
                Problem(
                    f"line {component.line}",
                    f"第 {component.number} 项日程的时区不认得，按 {name} 算。",
                    f"Event {component.number} names a zone that is not known; it is read as {name}.",
                )
            )
        return event

    def _skip(self, component: Component, reason: Unusable) -> None:
        number = component.number
        self.skipped.append(
            Problem(
                f"line {component.line}",
                f"第 {number} 项日程没有计入：{reason.zh}",
                f"Event {number} is left out: {reason.en}",
            )
        )
