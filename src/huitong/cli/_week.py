"""A week as a picture in the terminal: a line a day, a character a quarter of an hour; it needs no colour."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from huitong.method import Language
from huitong.timing import Busy, Day, week

MOST_DAYS: Final = 28
OPENS, CLOSES = 7, 20
QUARTERS: Final = 4 * (CLOSES - OPENS)
# What a quarter is: its character, its look, and what the key calls it.
LOOKS: Final = {
    "busy": ("█", "grey50"),
    "soft": ("▒", "yellow"),
    "free": ("·", "green"),
    "away": (" ", ""),
}
KEY: Final = {
    Language.ZH: {"busy": "忙", "soft": "待定", "free": "有空", "moment": "建议"},
    Language.ZH_HANT: {"busy": "忙", "soft": "待定", "free": "有空", "moment": "建議"},
    Language.EN: {"busy": "busy", "soft": "tentative", "free": "free", "moment": "suggested"},
}
WEEKDAYS: Final = {
    Language.ZH: ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    Language.ZH_HANT: ("週一", "週二", "週三", "週四", "週五", "週六", "週日"),
    Language.EN: ("Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "),
}


def is_wanted() -> bool:
    """Whether the output goes to a terminal; a file or another program gets the plain lines alone."""
    return sys.stdout.isatty()


def show(
    busy: Sequence[Busy], *, first: date, last: date, zone: str, language: Language, moments: Sequence[datetime] = ()
) -> None:
    """Draw these days, at most four weeks; `moments` are numbered in the order in which they are given.

    Colours are left out where NO_COLOR says so, or the terminal has none.
    """
    home = ZoneInfo(zone)
    count = min(MOST_DAYS, (last - first).days + 1)
    days = week(busy, start=first, days=count, zone=zone, language=language, shown=(time(OPENS), time(CLOSES)))
    console = Console(highlight=False, soft_wrap=True)
    console.print(_hours())
    for day in days:
        console.print(_line(day, [m.astimezone(home) for m in moments], home, language))
    console.print(_key(language, bool(moments)))


def _hours() -> Text:
    marks = "".join(f"{hour:<8}" for hour in range(OPENS, CLOSES, 2))
    return Text(" " * 12 + marks.rstrip(), style="dim")


def _line(day: Day, moments: Sequence[datetime], home: ZoneInfo, language: Language) -> Text:
    # The day's name is four columns wide in each language.
    text = Text(f"{WEEKDAYS[language][day.day.weekday()]} {day.day:%m-%d}  ", style="" if day.working else "dim")
    numbers = {_quarter(m): n for n, m in reversed(list(enumerate(moments, start=1))) if m.date() == day.day}
    opens = datetime.combine(day.day, time(OPENS), home).astimezone(UTC)
    for quarter in range(QUARTERS):
        if quarter in numbers:
            text.append(str(numbers[quarter] % 10), style="bold reverse blue")
            continue
        begins = opens + timedelta(minutes=15 * quarter)
        character, style = LOOKS[_kind(day, begins, begins + timedelta(minutes=15), home)]
        text.append(character, style=style)
    if day.holiday_name:
        text.append(f" {day.holiday_name}", style="dim")
    return text


def _kind(day: Day, begins: datetime, ends: datetime, home: ZoneInfo) -> str:
    taken = [soft for start, end, soft in day.spans if start < ends and end > begins]
    if taken:
        return "soft" if all(taken) else "busy"
    local = begins.astimezone(home).time()
    return "free" if any(start <= local < end for start, end in day.hours) else "away"


def _quarter(moment: datetime) -> int:
    return min(QUARTERS - 1, max(0, (moment.hour - OPENS) * 4 + moment.minute // 15))


def _key(language: Language, moments: bool) -> Text:
    text = Text(" " * 12)
    names = KEY[language]
    for kind in ("busy", "soft", "free"):
        character, style = LOOKS[kind]
        text.append(character * 2, style=style)
        text.append(f" {names[kind]}   ")
    if moments:
        text.append("1", style="bold reverse blue")
        text.append(f" {names['moment']}")
    return text
