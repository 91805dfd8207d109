"""The days that a text names, and which day of the calendar each is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from huitong.method.words import Language
from huitong.review.extract.calendar_days import calendar
from huitong.review.extract.days_en import DAYS_EN
from huitong.review.extract.days_zh import DAYS_ZH
from huitong.review.page import HIDDEN, Page

# Of these only the words are known, or an hour: no day on which something was done.
NO_DAY: Final = ("event", "hour")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """text[start:end] names `day`, which is to come; None if the words alone don't say which (before the exams).

    `earlier` is the day that the same words name of what has happened already. It lies `behind` days
    back. `sure`: there is no other reading. `kind` is date, weekday, hour, event and the like.
    """

    start: int
    end: int
    kind: str
    day: date | None
    sure: bool
    earlier: date | None = None
    behind: int = 0


def days(page: Page, today: date) -> list[NamedDay]:
    """Every day that the writer names, in order; what lies before `today` in a bare date is next year's or month's."""
    found: list[NamedDay] = []
    taken = bytearray(len(page.folded))
    for kind, pattern, read in DAYS_EN if page.language is Language.EN else DAYS_ZH:
        for match in pattern.finditer(page.folded):
            start, end = page.trimmed(match.span())
            if start < end and not any(taken[start:end]) and HIDDEN not in match[0]:
                taken[start:end] = b"\1" * (end - start)
                day, sure = read(match, today)
                earlier = _earlier(kind, day, today)
                found.append(NamedDay(start, end, kind, day, sure, earlier, (today - earlier).days if earlier else 0))
    return sorted(found, key=lambda f: f.start)


def _earlier(kind: str, day: date | None, today: date) -> date | None:
    """The last such day up to today: a week, a month or a year before."""
    if day is None or day <= today:
        return day
    if kind == "weekday":
        while day > today:
            day -= timedelta(weeks=1)
        return day
    if kind == "day":
        before = today.replace(day=1) - timedelta(days=1)
        return calendar(before.year, before.month, day.day)
    if kind in ("date", "month"):
        return calendar(day.year - 1, day.month, day.day)
    return day
