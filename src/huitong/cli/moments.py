"""huitong moments: good moments to ask, from the leader's calendar."""

import json
from datetime import datetime, time, timedelta
from typing import Annotated, Final

import typer

import huitong
from huitong.cli import _week
from huitong.cli._console import UNUSABLE, read_bytes, shown_name, stop
from huitong.cli._times import CALENDAR_BYTES, JOINS, Format, read_time, zone_of_this_machine
from huitong.method import Language
from huitong.timing import zone_named

OPTIONS: Final = {"tz": "--tz", "from": "--from", "by": "--by"}  # what the engine may name, as it is written here


def command(
    calendar: Annotated[str, typer.Argument(metavar="CALENDAR.ics", help="An iCalendar file; - is standard input.")],
    minutes: Annotated[int, typer.Option(min=1, max=480, help="How long you need.")],
    earliest: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Nothing before it: a date or date-time; else now.")
    ] = None,
    latest: Annotated[
        str | None, typer.Option("--by", metavar="TIME", help="Nothing after it; a date counts to its end.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--tz", metavar="ZONE", help="Of times without one; else TZ, else Asia/Shanghai.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="The language of the reasons.")] = Language.ZH,
    form: Annotated[Format, typer.Option("--format", help="text to read, json for programs.")] = Format.TEXT,
) -> None:
    """Find good moments to ask, from the leader's calendar.

    The best come first. A terminal shows them in a picture of the days as well.

    TIME is an ISO date or date-time, such as 2026-10-12 or 2026-10-12T09:30+08:00.
    """
    start, by = read_time(earliest, "--from"), read_time(latest, "--by")
    where = zone or zone_of_this_machine()
    content = read_bytes(calendar, CALENDAR_BYTES)
    try:
        moments = huitong.rank_moments(content, minutes=minutes, start=start, by=by, zone=where, language=language)
    except huitong.CalendarError as error:
        place = OPTIONS.get(error.problem.path)
        stop(f"{place}: {error.problem.en}" if place else f"{shown_name(calendar)}: {error}", UNUSABLE)
    if form is Format.JSON:
        typer.echo(json.dumps({"moments": [moment.to_dict() for moment in moments]}, ensure_ascii=False, indent=2))
        return
    if _week.is_wanted() and moments:
        _picture(content, moments, where, language)
    if not moments:
        typer.echo("No moment is free in that time; try a later --by or fewer --minutes.", err=True)
    for moment in moments:
        typer.echo(f"{moment.start:%Y-%m-%d %H:%M}–{moment.end:%H:%M}  {JOINS[language].join(moment.reasons)}")


def _picture(content: bytes, moments: tuple[huitong.Moment, ...], zone: str, language: Language) -> None:
    """The days up to the last moment, in which they lie."""
    starts = [moment.start for moment in moments]
    first, last = min(starts).date(), max(starts).date()
    home = zone_named(zone)
    start, end = (datetime.combine(day, time(), home) for day in (first, last + timedelta(days=1)))
    busy = huitong.read_calendar(content, start=start, end=end, zone=zone).busy
    _week.show(busy, first=first, last=last, zone=zone, language=language, moments=starts)
