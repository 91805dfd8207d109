"""Days of the calendar that a few words may mean, counted from today."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from re import Match, Pattern

# The day of a match, and whether there is no other reading.
Read = Callable[[Match[str], date], tuple[date | None, bool]]
# What kind of words it is (see NamedDay.kind), the words, what they mean.
Way = tuple[str, Pattern[str], Read]


def calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming(today: date, month: int, day: int) -> date | None:
    """The next such day: this year's, or next year's if this year's is long over."""
    this = calendar(today.year, month, day)
    if this is not None and (today - this).days > 60:
        return calendar(today.year + 1, month, day)
    return this


def coming_day(today: date, day: int) -> date | None:
    for step in range(3):
        month = (today.month - 1 + step) % 12 + 1
        found = calendar(today.year + (today.month - 1 + step) // 12, month, day)
        if found is not None and found >= today:
            return found
    return None


def month_end(today: date, months: int) -> date:
    month = (today.month - 1 + months) % 12 + 1
    year = today.year + (today.month - 1 + months) // 12
    return date(year, month, monthrange(year, month)[1])


def first_of(today: date, month: int) -> date | None:
    """The first day of the month of that number that begins next, or has begun."""
    return date(today.year + (month < today.month), month, 1) if 1 <= month <= 12 else None


def last_of(today: date, month: int) -> date | None:
    """The last day of that month, this year's or next year's."""
    begins = first_of(today, month)
    return month_end(begins, 0) if begins else None


def friday_of(today: date, weeks: int) -> date:
    """The Friday of this week or of one so many weeks on."""
    return today - timedelta(days=today.weekday()) + timedelta(days=4, weeks=weeks)


def unknown(_match: Match[str], _today: date) -> tuple[date | None, bool]:
    """The words alone don't say which day it is."""
    return None, False


def on_that_day(_match: Match[str], today: date) -> tuple[date | None, bool]:
    """An hour, which is today's unless more was said."""
    return today, False
