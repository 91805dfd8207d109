"""huitong meeting: times at which several people can meet, from their calendars."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

import huitong
from huitong.cli import _week
from huitong.cli._console import UNUSABLE, read_bytes, shown_name, stop
from huitong.cli._times import CALENDAR_BYTES, JOINS, Format, read_time, zone_of_this_machine
from huitong.method import Language
from huitong.timing import WorkingTime, zone_named

OPTIONS: Final = {"tz": "--tz", "from": "--from", "to": "--to"}  # what the engine may name, as it is written here
NONE: Final = {
    Language.ZH: "这段时间凑不齐，也没有差一点的。请放宽起止时间。",
    Language.ZH_HANT: "這段時間湊不齊，也沒有差一點的。請放寬起止時間。",
    Language.EN: "Nobody could come in that time: ask for a longer one.",
}
NEAR: Final = {
    Language.ZH: "必到的人没有共同的空，下面是缺人最少的时候。",
    Language.ZH_HANT: "必到的人沒有共同的空檔，下面是缺人最少的時候。",
    Language.EN: "There is no time at which all who must come can; these are those at which fewest are missing.",
}
WEEK: Final = 6  # days after the first


def command(
    calendars: Annotated[
        list[str], typer.Argument(metavar="CALENDAR.ics", help="An iCalendar file a person or room; - is none known.")
    ],
    minutes: Annotated[int, typer.Option(min=5, max=480, help="How long it takes.")] = 30,
    earliest: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Nothing before it: a date or date-time; else now.")
    ] = None,
    latest: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help="Nothing after it; a date counts to its end; else a week in all."),
    ] = None,
    required: Annotated[
        str | None, typer.Option(metavar="N,...", help="Who must come, by place among the calendars; else all.")
    ] = None,
    rooms: Annotated[str, typer.Option("--rooms", metavar="N,...", help="Which are rooms, which keep no hours.")] = "",
    zones: Annotated[
        list[str] | None, typer.Option("--zone-of", metavar="N=ZONE", help="Another zone of one person; may repeat.")
    ] = None,
    hours: Annotated[
        list[str] | None,
        typer.Option("--hours-of", metavar="N=9:00-18:00", help="Other hours of one person; may repeat."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--tz", metavar="ZONE", help="Of everybody, and of times without one; else TZ.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=50, help="How many times at most.")] = 5,
    language: Annotated[Language, typer.Option("--lang", help="The language of the reasons.")] = Language.ZH,
    form: Annotated[Format, typer.Option("--format", help="text to read, json for programs.")] = Format.TEXT,
) -> None:
    """Find times at which several people can meet, from their calendars.

    The best come first, with reasons. Who must not come at any cost is left out of --required; if not all who must can
    come, the times at which fewest are missing are listed, and who. People are named by their files.
    """
    where = zone or zone_of_this_machine()
    start = read_time(earliest, "--from") or datetime.now(UTC)
    day = start.date() if isinstance(start, datetime) else start
    end = read_time(latest, "--to") or day + timedelta(days=WEEK)
    try:
        zone_named(where)
    except huitong.CalendarError as error:
        stop(f"--tz: {error.problem.message(language)}", UNUSABLE)
    must = _places(required, "--required", len(calendars)) if required is not None else set(range(len(calendars)))
    are_rooms = _places(rooms, "--rooms", len(calendars)) if rooms else set()
    of_zone = {n: _zone(name) for n, name in _by_place(zones or [], "--zone-of", len(calendars)).items()}
    of_hours = {n: _hours(text) for n, text in _by_place(hours or [], "--hours-of", len(calendars)).items()}
    names = [Path(file).stem if file != "-" else "" for file in calendars]
    guests = [
        huitong.Guest(
            read_bytes(file, CALENDAR_BYTES) if file != "-" else None,
            names[n],
            n in must,
            of_zone.get(n, where),
            None if n in are_rooms else of_hours.get(n, WorkingTime()),
        )
        for n, file in enumerate(calendars)
    ]
    guests = [_read(guest, file, start, end) for guest, file in zip(guests, calendars, strict=True)]
    try:
        found = huitong.find_meeting(
            guests, start=start, end=end, minutes=minutes, zone=where, language=language, count=count
        )
    except (huitong.CalendarError, ValueError) as error:
        stop(_message(error, language), UNUSABLE)
    if form is Format.JSON:
        typer.echo(json.dumps({"times": [m.to_dict(names) for m in found]}, ensure_ascii=False, indent=2))
        return
    if not found or found[0].score < 0.2:
        typer.echo((NEAR if found else NONE)[language], err=True)
    if _week.is_wanted() and found:
        days = [m.start.date() for m in found]
        taken = [b for g in guests if g.required and isinstance(g.calendar, tuple) for b in g.calendar]
        starts = [m.start for m in found]
        _week.show(taken, first=min(days), last=max(days), zone=where, language=language, moments=starts)
    for m in found:
        typer.echo(f"{m.start:%Y-%m-%d %H:%M}–{m.end:%H:%M}  {JOINS[language].join(m.reasons)}")


def _read(guest: huitong.Guest, file: str, start: date | datetime, end: date | datetime) -> huitong.Guest:
    """The same with the calendar read, so that a file that cannot be used, or an event, is named with its line."""
    if not isinstance(guest.calendar, bytes):
        return guest
    around = timedelta(days=3)
    try:
        first, last = (datetime.combine(t.date() if isinstance(t, datetime) else t, time(), UTC) for t in (start, end))
        reading = huitong.read_calendar(guest.calendar, start=first - around, end=last + around, zone=guest.zone)
    except huitong.CalendarError as error:
        stop(f"{shown_name(file)}: {error}", UNUSABLE)
    except OverflowError:
        stop("--from, --to: write years from 1971 to 2199.", UNUSABLE)
    for problem in (*reading.skipped, *reading.notes):
        typer.echo(f"{shown_name(file)}: {problem.path}: {problem.en}", err=True)
    return huitong.Guest(reading.busy, guest.name, guest.required, guest.zone, guest.working)


def _message(error: Exception, language: Language) -> str:
    if isinstance(error, huitong.CalendarError):
        place = OPTIONS.get(error.problem.path)
        return f"{place}: {error.problem.message(language)}" if place else str(error)
    return str(error)


def _places(text: str, option: str, most: int) -> set[int]:
    """1,3 as places counted from 0. Ends the command for what is none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return {_place(part, option, most) for part in parts}


def _place(text: str, option: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        stop(f'{option}: "{text[:20]}" is no place among the calendars. Write numbers from 1 to {most}.', UNUSABLE)
    return int(text) - 1


def _by_place(texts: list[str], option: str, most: int) -> dict[int, str]:
    pairs = [text.partition("=") for text in texts]
    return {_place(place.strip(), option, most): value.strip() for place, _, value in pairs}


def _zone(name: str) -> str:
    try:
        return zone_named(name).key
    except huitong.CalendarError as error:
        stop(f"--zone-of: {error.problem.en}", UNUSABLE)


def _hours(text: str) -> WorkingTime:
    """9:00-18:00, with the noon rest left as far as it fits in."""
    try:
        start, end = (time(*map(int, part.split(":"))) for part in text.split("-"))
        rest = WorkingTime()
        if start <= rest.noon_start and rest.noon_end <= end:
            return WorkingTime(start=start, end=end)
        return WorkingTime(start=start, noon_start=start, noon_end=start, end=end)
    except (ValueError, TypeError):
        stop(f'--hours-of: "{text[:40]}" are no hours. Write 9:00-18:00.', UNUSABLE)
