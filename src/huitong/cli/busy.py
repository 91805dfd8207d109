"""huitong busy: when calendars are busy, merged."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from huitong.cli import _week
from huitong.cli._console import UNUSABLE, read_bytes, shown_name, stop
from huitong.cli._times import CALENDAR_BYTES, Format, read_time, zone_of_this_machine
from huitong.method import Language
from huitong.timing import Busy, CalendarError, merge, read_calendar, zone_named

YEARS: Final = (1900, 2200)
WEEK: Final = 6  # days after the first
WORDS: Final = {
    Language.ZH: ("忙", "待定", "这段时间没有安排。", "{name}：{problem}"),
    Language.ZH_HANT: ("忙", "待定", "這段時間沒有安排。", "{name}：{problem}"),
    Language.EN: ("busy", "tentative", "Nothing is busy in that time.", "{name}: {problem}"),
}


def command(
    calendars: Annotated[
        list[str], typer.Argument(metavar="CALENDAR.ics", help="iCalendar files; - is standard input.")
    ],
    earliest: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Nothing before it: a date or date-time; else today.")
    ] = None,
    latest: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help="Nothing after it; a date counts to its end; else a week in all."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--tz", metavar="ZONE", help="Of times without one, and of the answer; else TZ.")
    ] = None,
    owner: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Whose answers to invitations count; else recognised.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="text to read, json for programs.")] = Format.TEXT,
    language: Annotated[Language, typer.Option("--lang", help="The language of text and warnings.")] = Language.ZH,
) -> None:
    """Say when calendars are busy.

    What overlaps is merged; tentative time is told apart. Titles, places and people are never shown. A terminal shows
    the days as a picture as well, in colour unless NO_COLOR is set.

    An event that cannot be used is named by its line on standard error; exit code 2 if a file cannot be.
    """
    where = zone or zone_of_this_machine()
    try:
        home = zone_named(where)
    except CalendarError as error:
        stop(f"--tz: {error.problem.message(language)}", UNUSABLE)
    start, end = _window(earliest, latest, home)
    busy: list[Busy] = []
    for file in calendars:
        name = shown_name(file)
        content = read_bytes(file, CALENDAR_BYTES)
        try:
            reading = read_calendar(content, start=start, end=end, zone=where, owner=owner)
        except CalendarError as error:
            stop(_named(name, error.problem.path, error.problem.message(language), language), UNUSABLE)
        for problem in (*reading.skipped, *reading.notes):
            typer.echo(_named(name, problem.path, problem.message(language), language), err=True)
        busy += reading.busy
    merged = merge(busy)
    if form is Format.JSON:
        typer.echo(json.dumps(as_data(merged, home), indent=2))
        return
    if _week.is_wanted() and merged:
        last = (end - timedelta(seconds=1)).astimezone(home).date()
        _week.show(merged, first=start.astimezone(home).date(), last=last, zone=where, language=language)
    if not merged:
        typer.echo(WORDS[language][2], err=True)
    for taken in merged:
        typer.echo(_line(taken, home, language))


def as_data(busy: tuple[Busy, ...], home: ZoneInfo) -> dict[str, list[dict[str, str]]]:
    """{"busy": [{"start": ..., "end": ...}], "soft": [...]}, in ISO 8601 with the offsets of that zone."""
    found: dict[str, list[dict[str, str]]] = {"busy": [], "soft": []}
    for taken in busy:
        span = {"start": taken.start.astimezone(home).isoformat(), "end": taken.end.astimezone(home).isoformat()}
        found["soft" if taken.soft else "busy"].append(span)
    return found


def _line(taken: Busy, home: ZoneInfo, language: Language) -> str:
    start, end = taken.start.astimezone(home), taken.end.astimezone(home)
    same = start.date() == end.date() and start.utcoffset() == end.utcoffset()
    until = f"{end:%H:%M}" if same else f"{end:%Y-%m-%d %H:%M}{_offset(end)}"
    return f"{start:%Y-%m-%d %H:%M}{'' if same else _offset(start)}–{until}  {WORDS[language][int(taken.soft)]}"


def _offset(moment: datetime) -> str:
    return f" ({moment.isoformat()[-6:]})"


def _named(name: str, path: str, problem: str, language: Language) -> str:
    return WORDS[language][3].format(name=f"{name}: {path}" if path else name, problem=problem)


def _window(earliest: str | None, latest: str | None, home: ZoneInfo) -> tuple[datetime, datetime]:
    first = read_time(earliest, "--from") or datetime.now(UTC).astimezone(home).date()
    last = read_time(latest, "--to") or first + timedelta(days=WEEK)
    start, end = _moment(first, home, "--from"), _moment(last, home, "--to", days=1)
    if start >= end:
        stop("--to: it lies before --from.", UNUSABLE)
    return start, end


def _moment(value: date | datetime, home: ZoneInfo, option: str, *, days: int = 0) -> datetime:
    """That moment; of a date its midnight, `days` later."""
    if not YEARS[0] <= value.year <= YEARS[1]:
        stop(f"{option}: write a year from {YEARS[0]} to {YEARS[1]}.", UNUSABLE)
    if not isinstance(value, datetime):
        return datetime.combine(value + timedelta(days=days), time(), home).astimezone(UTC)
    return (value if value.tzinfo else value.replace(tzinfo=home)).astimezone(UTC)
