"""An iCalendar file -> busy time (RFC 5545, expanded by recurring-ical-events).

The file is cut into its events first, and of each event only what tells of time is kept: so titles go no further than
this module, a broken event cannot spoil the others, and the library never sees a file that is built to exhaust it.
"""

import hashlib
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from recurring_ical_events import CalendarQuery

from huitong.method import Problem
from huitong.timing.busy import Busy, CalendarError, known_zones, merge, zone_named

MAX_BYTES: Final = 5_000_000
MAX_WINDOW: Final = timedelta(days=400)
MAX_SECONDS: Final = 5.0  # of expanding one calendar's rules; honest calendars need a tenth

_EVENT_PROPERTIES: Final = frozenset(
    ("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE")
    + ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
)
_ZONE_PROPERTIES: Final = frozenset(("TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"))
# A rule is expanded from its first day on: one that began earlier than this is moved nearer first.
_LONG_AGO: Final = timedelta(days=800)
_MAX_COUNTED: Final = 40_000
_MAX_RULES: Final = 4
_REPEATING: Final = frozenset(("RRULE", "RDATE", "RECURRENCE-ID"))


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """`busy` is merged, sorted, in UTC and clipped to the window; `skipped` names each event that could not be used."""

    busy: tuple[Busy, ...]
    skipped: tuple[Problem, ...]


@dataclass(slots=True)
class _Piece:
    """One VEVENT or VTIMEZONE: the line it begins on and its lines that tell of time."""

    line: int
    lines: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        return next((x.partition(":")[2].strip() for x in self.lines if _name(x) == name), "")

    def text(self) -> str:
        return "\r\n".join(self.lines) + "\r\n"


class _Unusable(Exception):
    """Why an event is skipped, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def read_calendar(content: bytes | str, *, start: datetime, end: datetime, zone: str) -> CalendarReading:
    """Read the busy time between `start` and `end` (aware, at most 400 days apart) from an iCalendar file.

    Times without a zone, whole days, and zones that nobody knows are taken as `zone` (an IANA name). Free
    (TRANSP:TRANSPARENT) and cancelled events don't count; tentative ones are soft. Raises CalendarError for a file that
    is no calendar, is cut short, is over 5 MB or would take too long. Method: timing 1.1, 2.1, 3.1, 4.1.
    """
    if end - start > MAX_WINDOW:
        raise CalendarError(
            "", "一次最多看 400 天。请缩短起止时间。", "At most 400 days at once. Ask for a shorter time."
        )
    home = zone_named(zone)
    start, end = start.astimezone(home), end.astimezone(home)
    events, zones = _cut(_decoded(content))
    series: dict[str, list[_Piece]] = {}
    for piece in events:
        series.setdefault(piece.value("UID") or f"line {piece.line}", []).append(piece)

    names = _ZoneNames(zones, home)
    busy: list[Busy] = []
    skipped: list[Problem] = []
    give_up = time.monotonic() + MAX_SECONDS
    for pieces in series.values():
        if time.monotonic() > give_up:
            raise CalendarError(
                f"line {pieces[0].line}",
                "日程太多，重复规则太密，算不完。请只导出近一年的日程。",
                "There are too many events, or rules too dense, to work out. Export only the last year.",
            )
        usable = []
        for piece in pieces:
            try:
                usable.append(_event(piece, names, start))
            except _Unusable as reason:
                skipped.append(_skip(piece, reason))
        try:
            busy.extend(_expanded(usable, start, end, home))
        except _Unusable as reason:
            skipped.append(_skip(pieces[0], reason))
    return CalendarReading(merge(busy), tuple(skipped))


def _skip(piece: _Piece, reason: _Unusable) -> Problem:
    return Problem(f"line {piece.line}", f"这项日程没有计入：{reason.zh}", f"This event is left out: {reason.en}")


def _decoded(content: bytes | str) -> str:
    if len(content) > MAX_BYTES:
        raise CalendarError(
            "",
            "日历文件超过 5 MB。请只导出近一年的日程。",
            "The calendar file is over 5 MB. Export only the last year.",
        )
    # Only titles, which nobody keeps, are ever outside ASCII, so a wrong encoding does no harm.
    return content.decode("utf-8-sig", "replace") if isinstance(content, bytes) else content.removeprefix("\ufeff")


def _name(line: str) -> str:
    return line.partition(":")[0].partition(";")[0].strip().upper()


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The content lines with the number of the line that each begins on (RFC 5545, 3.1)."""
    number, parts = 0, list[str]()
    for n, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield number, "".join(parts)
        number, parts = n, [line]
    yield number, "".join(parts)


def _cut(text: str) -> tuple[list[_Piece], list[_Piece]]:
    """The events and the time zones of a calendar file. Raises CalendarError, with the line, if it is none."""
    events: list[_Piece] = []
    zones: list[_Piece] = []
    stack: list[str] = []
    piece: _Piece | None = None
    began = False
    for number, line in _unfolded(text):
        name, value = _name(line), line.partition(":")[2].strip().upper()
        if not began and line.strip():
            if (name, value) != ("BEGIN", "VCALENDAR"):
                raise CalendarError(
                    f"line {number}",
                    "这不是日历文件。.ics 文件应以 BEGIN:VCALENDAR 开头，请从日历软件重新导出。",
                    "This is not a calendar file. An .ics file begins with BEGIN:VCALENDAR: export it again.",
                )
            began = True
        if name == "BEGIN":
            stack.append(value)
            if stack == ["VCALENDAR", "VEVENT"] or stack == ["VCALENDAR", "VTIMEZONE"]:
                piece = _Piece(number, [f"BEGIN:{value}"])
                (events if value == "VEVENT" else zones).append(piece)
            elif piece and len(stack) == 3 and value in ("STANDARD", "DAYLIGHT"):
                piece.lines.append(f"BEGIN:{value}")
        elif name == "END":
            if not stack or stack[-1] != value:
                raise CalendarError(
                    f"line {number}",
                    f"END:{value[:40]} 没有对应的 BEGIN。文件已损坏，请重新导出。",
                    f"END:{value[:40]} closes nothing that is open. The file is broken: export it again.",
                )
            if piece and (len(stack) == 2 or (len(stack) == 3 and value in ("STANDARD", "DAYLIGHT"))):
                piece.lines.append(f"END:{value}")
            stack.pop()
            if len(stack) < 2:
                piece = None
        elif piece and (
            (stack[1:] == ["VEVENT"] and name in _EVENT_PROPERTIES)
            or (stack[1] == "VTIMEZONE" and len(stack) < 4 and name in _ZONE_PROPERTIES)
        ):
            piece.lines.append(line)
    if not began:
        raise CalendarError("", "文件是空的。请从日历软件重新导出。", "The file is empty. Export it again.")
    if stack:
        raise CalendarError(
            f"line {text.count(chr(10)) + 1}",
            f"文件到此中断，{stack[-1][:40]} 没有结束。请重新下载或导出。",
            f"The file stops inside {stack[-1][:40]}. Download or export it again.",
        )
    return events, zones


class _ZoneNames:
    """What a TZID of this file means: a known zone, a Windows name, the file's own VTIMEZONE, or else the home zone."""

    def __init__(self, pieces: list[_Piece], home: ZoneInfo) -> None:
        self._home = home.key
        self._own = {piece.value("TZID"): piece for piece in pieces}
        self._found: dict[str, str] = {}

    def __call__(self, tzid: str) -> str:
        if tzid not in self._found:
            self._found[tzid] = self._look_up(tzid)
        return self._found[tzid]

    def _look_up(self, tzid: str) -> str:
        if tzid in WINDOWS_TO_OLSON:
            return WINDOWS_TO_OLSON[tzid]
        parts = tzid.strip("/").split("/")
        # Some write /their.own.name/Europe/Berlin.
        for name in ("/".join(parts[i:]) for i in range(min(len(parts), 8))):
            if name in known_zones():
                return name
        if tzid in self._own:
            try:
                return _own_zone(self._own[tzid])
            except Exception:  # whatever a made-up zone does to the library, the home zone is next best
                return self._home
        return self._home


def _own_zone(piece: _Piece) -> str:
    """Make the file's own VTIMEZONE known to the library, and return the name it has there."""
    if len(piece.lines) > 1000 or any("FREQ=YEARLY" not in x.upper() for x in piece.lines if _name(x) == "RRULE"):
        raise ValueError("not a time zone that changes with the year")
    # The library's table of zones is one for the process: the name must say which definition is meant.
    name = "own-" + hashlib.sha256(piece.text().encode()).hexdigest()[:16]
    lines = [f"TZID:{name}" if _name(x) == "TZID" else x for x in piece.lines]
    component = icalendar.Timezone.from_ical("\r\n".join(lines) + "\r\n")
    tzp.cache_timezone_component(component)
    return name


def _event(piece: _Piece, names: _ZoneNames, window_start: datetime) -> icalendar.Event:
    """The library's event, its zones known and its rule bounded. Raises _Unusable."""
    lines = [_with_zone(line, names) for line in piece.lines]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            event = icalendar.Event.from_ical("\r\n".join(lines) + "\r\n")
    except Exception:  # the library's own errors for junk are of many kinds
        raise _Unusable("格式有误，读不懂。", "its lines cannot be read.") from None
    if not isinstance(event, icalendar.Event):
        raise _Unusable("格式有误，读不懂。", "its lines cannot be read.")
    if event.errors:
        name = str(event.errors[0][0])
        raise _Unusable(f"{name} 一行读不懂。", f"its {name} cannot be read.")
    if "DTSTART" not in event:
        raise _Unusable("没有开始时间 DTSTART。", "it has no DTSTART.")
    try:
        _bound(event, window_start)
    except _Unusable:
        raise
    except Exception:  # a rule without FREQ, an UNTIL in the year 1: its values may be of any kind
        raise _Unusable("重复规则有误。", "its rule makes no sense.") from None
    return event


def _bound(event: Any, window_start: datetime) -> None:
    """Mend, check and shorten the event's rules. Raises _Unusable, or anything if they make no sense."""
    rules = event.get("RRULE", [])
    if isinstance(rules, list) and len(rules) > _MAX_RULES:
        raise _Unusable("它的重复规则太多。", "it has too many rules.")
    for rule in rules if isinstance(rules, list) else [rules]:
        _check_rule(rule)
        _mend_until(rule, event["DTSTART"].dt)
    if rules and not isinstance(rules, list):
        _move_nearer(event, rules, window_start)


def _with_zone(line: str, names: _ZoneNames) -> str:
    head, colon, value = line.partition(":")
    if '"' in head:  # a quoted zone name may itself hold a colon
        head, colon, value = line.rpartition(":")
    parameters = head.split(";")
    for i, parameter in enumerate(parameters[1:], start=1):
        if parameter.upper().startswith("TZID="):
            parameters[i] = f"TZID={names(parameter[5:].strip(chr(34)))}"
    return ";".join(parameters) + colon + value


def _check_rule(rule: Any) -> None:
    """Raise _Unusable for a rule that repeats within the hour, or whose day never comes and is searched for in vain."""
    frequency = str(rule.get("FREQ", [""])[0])
    if int(rule.get("INTERVAL", [1])[0]) < 1:  # dateutil would never get past the first day
        raise _Unusable("它的重复间隔不是正数。", "its interval is not a positive number.")
    times = len(rule.get("BYHOUR", "1")) * len(rule.get("BYMINUTE", "1")) * len(rule.get("BYSECOND", "1"))
    by_minute = len(rule.get("BYMINUTE", "1")) * len(rule.get("BYSECOND", "1"))
    if frequency in ("SECONDLY", "MINUTELY") or times > 24 or (frequency == "HOURLY" and by_minute > 1):
        raise _Unusable("重复得比每小时还密，不像日程。", "it repeats more often than hourly, as no appointment does.")
    picks_days = {"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"} & set(rule)
    if frequency == "HOURLY" and (picks_days or int(rule.get("INTERVAL", [1])[0]) > 23):
        raise _Unusable("它的重复规则太复杂。", "its rule is too involved.")
    if frequency != "YEARLY" and {"BYYEARDAY", "BYWEEKNO", "BYEASTER"} & set(rule):  # RFC 5545 has no such rules
        raise _Unusable("它的重复规则太复杂。", "its rule is too involved.")
    dates = list(product(rule.get("BYMONTH", []), rule.get("BYMONTHDAY", [])))
    if (frequency == "DAILY" and "BYSETPOS" in rule) or (dates and not any(_exists(int(m), int(d)) for m, d in dates)):
        raise _Unusable("它的重复规则没有一天符合。", "no day ever meets its rule.")


def _exists(month: int, day: int) -> bool:
    try:
        date(2024, month, abs(day))  # 2024 is a leap year
    except ValueError:
        return False
    return True


def _mend_until(rule: Any, begins: date) -> None:
    """Read an UNTIL that lacks its time or its Z as people mean it: by the event's own clock, the day included."""
    until = rule.get("UNTIL", [None])[0]
    if not isinstance(begins, datetime) or not isinstance(until, date):
        return
    if not isinstance(until, datetime):
        until = datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001 - the zone comes next
    if until.tzinfo is None and begins.tzinfo is not None:
        until = until.replace(tzinfo=begins.tzinfo).astimezone(UTC)
    rule["UNTIL"] = [until]


def _move_nearer(event: Any, rule: Any, window_start: datetime) -> None:
    """Let a rule that began long ago begin some whole repetitions later: the same days, without counting up to them."""
    unit = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}.get(rule["FREQ"][0])
    begins = event["DTSTART"].dt
    day = begins.date() if isinstance(begins, datetime) else begins
    age = window_start.date() - day
    if unit is None or age < _LONG_AGO:
        return
    interval = int(rule.get("INTERVAL", [1])[0])
    if "COUNT" in rule:
        if age / unit / interval > _MAX_COUNTED:
            raise _Unusable("它重复得太久，数不过来。", "it has been repeating for too long to count.")
        return
    # Seven times the interval keeps the weekday, and the hour, too.
    step = unit * interval * (7 * 24 if unit < timedelta(days=1) else 7)
    jump = step * ((age - _LONG_AGO / 2) // step)
    for name in ("DTSTART", "DTEND"):
        if name in event:
            event[name] = icalendar.vDDDTypes(event[name].dt + jump)


def _expanded(events: list[icalendar.Event], start: datetime, end: datetime, home: ZoneInfo) -> Iterator[Busy]:
    try:
        once = len(events) == 1 and not _REPEATING & set(events[0])
        occurrences = events if once else CalendarQuery(_calendar_of(events)).between(start, end)
        found = [b for o in occurrences if (b := _busy(o, home)) and b.start < end and b.end > start]
    except Exception:  # dates at the ends of time, contradictory rules: the library's errors are of many kinds
        raise _Unusable("时间或重复规则算不出来。", "its times or its rule cannot be worked out.") from None
    return (Busy(max(b.start, start), min(b.end, end), b.soft) for b in found)


def _calendar_of(events: list[icalendar.Event]) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    for event in events:
        calendar.add_component(event)
    return calendar


def _busy(occurrence: Any, home: ZoneInfo) -> Busy | None:
    outlook = str(occurrence.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    status = str(occurrence.get("STATUS", "")).upper()
    if str(occurrence.get("TRANSP", "")).upper() == "TRANSPARENT" or status == "CANCELLED" or outlook == "FREE":
        return None
    begins, ends = _instant(occurrence.start, home), _instant(occurrence.end, home)
    return Busy(begins, ends, soft=status == "TENTATIVE" or outlook == "TENTATIVE") if begins < ends else None


def _instant(value: date, home: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=home)
    return (value if value.tzinfo else value.replace(tzinfo=home)).astimezone(UTC)
