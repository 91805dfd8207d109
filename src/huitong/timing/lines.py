"""An iCalendar file -> its components, each with the lines that tell of time (RFC 5545, 3.1 and 3.6).

Titles, places and texts are dropped here, before anything else is done; so is what lies in parts that nobody asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from huitong.timing.busy import CalendarError

MAX_BYTES: Final = 5_000_000

# ATTENDEE and ORGANIZER are looked at for the owner's own answer, and go no further than answers.py.
_EVENT: Final = frozenset(
    ("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID", "SEQUENCE")
    + ("DTSTAMP", "LAST-MODIFIED", "STATUS", "TRANSP", "ATTENDEE", "ORGANIZER")
    + ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS", "X-APPLE-EWS-BUSYSTATUS")
)
_TIMES: Final = frozenset(("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"))
_ZONE: Final = frozenset(("TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"))
_KEPT: Final = {
    ("VCALENDAR",): frozenset(("METHOD", "X-WR-CALNAME")),
    ("VCALENDAR", "VEVENT"): _EVENT,
    ("VCALENDAR", "VFREEBUSY"): frozenset(("UID", "FREEBUSY")),
    ("VCALENDAR", "VTIMEZONE"): _ZONE,
    ("VCALENDAR", "VTIMEZONE", "STANDARD"): _ZONE,
    ("VCALENDAR", "VTIMEZONE", "DAYLIGHT"): _ZONE,
}
_NAME: Final = re.compile(r"\s*([A-Za-z0-9-]+)\s*[:;]")
_HEAD: Final = re.compile(r'(?:[^":]|"[^"]*")*')  # up to the colon that is not in quotes
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9-]+)=((?:[^";]|"[^"]*")*)')


class Property(NamedTuple):
    """One content line: DTSTART;TZID=Asia/Tokyo:20260302T090000."""

    name: str
    parameters: str
    value: str

    def parameter(self, name: str) -> str:
        if not self.parameters:
            return ""
        found = (v for n, v in _PARAMETER.findall(self.parameters) if n.upper() == name)
        return next(found, "").replace('"', "").strip()


@dataclass(slots=True)
class Component:
    """One VCALENDAR, VEVENT, VFREEBUSY, VTIMEZONE, or part of a VTIMEZONE: the line it begins on, and what is kept."""

    kind: str
    line: int
    number: int = 0  # the how manieth event or free/busy list of the file
    parent: "Component | None" = None
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [p for p in self.properties if p.name == name]

    def one(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.name == name), None)

    def value(self, name: str) -> str:
        found = self.one(name)
        return found.value if found else ""


def read_lines(content: bytes | str) -> list[Component]:
    """The events, free/busy lists and time zones of a calendar file.

    Raises CalendarError, with the line, if it is no calendar file, is broken, cut short or too large.
    """
    return _Cutter().cut(_decoded(content))


def _decoded(content: bytes | str) -> str:
    if len(content) > MAX_BYTES:
        raise CalendarError(
            "",
            "日历文件超过 5 MB。请只导出近一年的日程。",
            "The calendar file is over 5 MB. Export only the last year.",
        )
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    # Only titles, which nobody keeps, are ever outside ASCII, so a wrong encoding does no harm.
    return content.decode("utf-8-sig", "replace")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The content lines with the number of the line that each begins on (RFC 5545, 3.1)."""
    number, line, more = 1, "", list[str]()
    for n, next_line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if next_line[:1] in (" ", "\t") and n > 1:
            more.append(next_line[1:])
            continue
        if line or more:
            yield number, line + "".join(more)
        number, line, more = n, next_line, []
    yield number, line + "".join(more)


class _Cutter:
    def __init__(self) -> None:
        self.found: list[Component] = []
        self.stack: list[str] = []
        self.open: list[Component] = []  # those of the stack that are kept, outermost first
        self.events = 0

    def cut(self, text: str) -> list[Component]:
        began = False
        number = 0
        keep: frozenset[str] = frozenset()
        for number, line in _unfolded(text):
            match = _NAME.match(line)
            name = match[1].upper() if match else ""
            if not began and line.strip():
                if name != "BEGIN" or line.partition(":")[2].strip().upper() != "VCALENDAR":
                    raise CalendarError(
                        f"line {number}",
                        "这不是日历文件。.ics 文件应以 BEGIN:VCALENDAR 开头，请从日历软件重新导出。",
                        "This is not a calendar file. An .ics file begins with BEGIN:VCALENDAR: export it again.",
                    )
                began = True
            if name == "BEGIN":
                self._begin(line.partition(":")[2].strip().upper(), number)
            elif name == "END":
                self._end(line.partition(":")[2].strip().upper(), number)
            else:
                if name in keep:
                    self.open[-1].properties.append(_property(name, line))
                continue
            whole = len(self.open) == len(self.stack) > 0
            keep = _KEPT[tuple(self.stack)] if whole else frozenset()
        if not began:
            raise CalendarError("", "文件是空的。请从日历软件重新导出。", "The file is empty. Export it again.")
        if self.stack:
            inside = shown(self.stack[-1])
            raise CalendarError(
                f"line {number}",
                f"文件到此中断，{inside} 没有结束。请重新下载或导出。",
                f"The file stops inside {inside}. Download or export it again.",
            )
        return self.found

    def _begin(self, kind: str, number: int) -> None:
        whole = len(self.open) == len(self.stack)
        self.stack.append(kind)
        if not whole or len(self.stack) > 3 or tuple(self.stack) not in _KEPT:
            return
        component = Component(kind, number, parent=self.open[-1] if self.open else None)
        if len(self.stack) == 2:
            self.found.append(component)
            if kind != "VTIMEZONE":
                self.events += 1
                component.number = self.events
        elif len(self.stack) == 3:
            self.open[-1].parts.append(component)
        self.open.append(component)

    def _end(self, kind: str, number: int) -> None:
        if not self.stack or self.stack[-1] != kind:
            raise CalendarError(
                f"line {number}",
                f"END:{shown(kind)} 没有对应的 BEGIN。文件已损坏，请重新导出。",
                f"END:{shown(kind)} closes nothing that is open. The file is broken: export it again.",
            )
        if len(self.open) == len(self.stack):
            self.open.pop()
        self.stack.pop()


def _property(name: str, line: str) -> Property:
    head, _, value = line.partition(":")
    if name in _TIMES and ":" in value:
        # Some write TZID=tzone://Microsoft/Utc without the quotes that its colon needs; times have none.
        head, _, value = line.rpartition(":")
    elif '"' in head:
        head = _HEAD.match(line)[0]  # type: ignore[index]  # it matches the empty text too
        value = line[len(head) + 1 :]
    return Property(name, head[head.find(";") :] if ";" in head else "", value.strip().replace("\0", ""))


def shown(word: str) -> str:
    """A component's name as it may be repeated in a message: what is no name may be anything, a title too."""
    return word if re.fullmatch(r"[A-Z0-9-]{1,30}", word) else "?"
