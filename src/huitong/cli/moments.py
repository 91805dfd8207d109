"""huitong moments: good moments to ask, from the leader's calendar."""

import json
import os
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.method import Language

HOME_ZONE: Final = "Asia/Shanghai"
JOINS: Final = {Language.ZH: "；", Language.ZH_HANT: "；", Language.EN: "; "}


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    calendar: Annotated[str, typer.Argument(metavar="CALENDAR.ics", help="An iCalendar file; - is standard input.")],
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long you need.")],
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
    """Find good moments to ask, from the leader's calendar, best first.

    TIME is an ISO date or date-time, such as 2026-10-12 or 2026-10-12T09:30+08:00.
    """
    where = _zone(zone)
    start = _time(earliest, where, "--from") if earliest else datetime.now(where)
    by = _time(latest, where, "--by", end=True) if latest else None
    if by is not None and by <= start:
        stop("--by is not after --from; leave some time between them.", UNUSABLE)
    content = read_text(calendar)
    try:
        moments = huitong.rank_moments(content, minutes=minutes, start=start, by=by, zone=where, language=language)
    except huitong.CalendarError as error:
        stop(f"{shown_name(calendar)} is not a usable calendar: {error}", UNUSABLE)
    if form is Format.JSON:
        typer.echo(json.dumps({"moments": [moment.to_dict() for moment in moments]}, ensure_ascii=False, indent=2))
        return
    if not moments:
        typer.echo("No moment is free in that time; try a later --by or fewer --minutes.", err=True)
    for moment in moments:
        typer.echo(f"{moment.start:%Y-%m-%d %H:%M}–{moment.end:%H:%M}  {JOINS[language].join(moment.reasons)}")


def _zone(name: str | None) -> ZoneInfo:
    """The zone asked for; else the one that TZ names; else the method's home."""
    if name is None:
        try:
            return ZoneInfo(os.environ.get("TZ") or HOME_ZONE)
        except (OSError, ValueError, KeyError):
            return ZoneInfo(HOME_ZONE)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        stop(f'--tz: there is no time zone "{name}"; write one such as {HOME_ZONE}.', UNUSABLE)


def _time(value: str, zone: ZoneInfo, option: str, *, end: bool = False) -> datetime:
    """A date is its first moment, or with `end` the first of the next day; a time without an offset is in `zone`."""
    try:
        if len(value) <= 10:
            day = date.fromisoformat(value) + timedelta(days=1 if end else 0)
            return datetime.combine(day, time(), zone)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        stop(f'{option}: "{value}" is not a time; write 2026-10-12 or 2026-10-12T09:30.', UNUSABLE)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
