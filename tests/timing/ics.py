"""What the tests of reading calendars share: a calendar in a line, and its busy time as text."""

from datetime import datetime
from zoneinfo import ZoneInfo

from huitong.timing import CalendarReading, read_calendar


def calendar(*events: str, before: str = "") -> str:
    """A calendar of these events, each given by its lines; each gets a UID of its own unless it has one."""
    body = ""
    for n, lines in enumerate(events):
        uid = "" if "UID:" in lines else f"UID:{n}@example.org\n"
        body += f"BEGIN:VEVENT\n{uid}{lines.strip()}\nEND:VEVENT\n"
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{before}{body}END:VCALENDAR\n".replace("\n", "\r\n")


def read(
    content: str | bytes,
    first: str = "2026-03-02",
    last: str = "2026-03-09",
    zone: str = "Asia/Shanghai",
    owner: str = "",
) -> CalendarReading:
    home = ZoneInfo(zone)
    start, end = (datetime.fromisoformat(x).replace(tzinfo=home) for x in (first, last))
    return read_calendar(content, start=start, end=end, zone=zone, owner=owner)


def spans(reading: CalendarReading, zone: str = "Asia/Shanghai") -> list[str]:
    """`03-02 09:00-10:00`, with ~ before soft time; a day later is 03-03 23:00-01:00+1."""
    home = ZoneInfo(zone)
    found = []
    for b in reading.busy:
        start, end = b.start.astimezone(home), b.end.astimezone(home)
        days = (end.date() - start.date()).days
        found.append(f"{'~' * b.soft}{start:%m-%d %H:%M}-{end:%H:%M}{f'+{days}' if days else ''}")
    return found
