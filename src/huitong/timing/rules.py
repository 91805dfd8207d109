"""A recurrence rule as it is written -> a Rule (RFC 5545, 3.3.10). What it means is in recurrence.py."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from huitong.timing.unusable import Unusable, unreadable


class Freq(IntEnum):
    """From the longest to the shortest."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5
    SECONDLY = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """`until` is as written. `weekdays` are (which one, day): (0, 4) is every Friday, (-1, 0) the last Monday."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: str = ""
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LISTS: Final = {  # part: (attribute, least, greatest, whether it may count from the end)
    "BYMONTH": ("months", 1, 12, False),
    "BYWEEKNO": ("weeks", 1, 53, True),
    "BYYEARDAY": ("year_days", 1, 366, True),
    "BYMONTHDAY": ("month_days", 1, 31, True),
    "BYHOUR": ("hours", 0, 23, False),
    "BYMINUTE": ("minutes", 0, 59, False),
    "BYSECOND": ("seconds", 0, 60, False),
    "BYSETPOS": ("positions", 1, 366, True),
}
_MONTH_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MAX_NUMBER: Final = 10**9
_MAX_VALUES: Final = 1000  # in one part of a rule; the longest that means anything has 732


def read_rule(text: str) -> Rule:
    """The rule that an RRULE or EXRULE says. Raises Unusable."""
    given: dict[str, str] = {}
    for part in text.strip().upper().split(";"):
        name, _, value = part.strip().partition("=")
        if name and not name.startswith("X-"):
            given[name.strip()] = value.strip()
    try:
        return _rule(given)
    except (ValueError, KeyError):
        raise unreadable("RRULE") from None


def _rule(given: dict[str, str]) -> Rule:
    if given.pop("RSCALE", "GREGORIAN") not in ("GREGORIAN", "") or given.pop("SKIP", "OMIT") not in ("OMIT", ""):
        raise Unusable("它按别的历法重复，不认得。", "it repeats by another calendar, which is not known here.")
    rule: dict[str, tuple[int, ...]] = {}
    for part, (attribute, least, greatest, backwards) in _LISTS.items():
        if part in given:
            rule[attribute] = _numbers(given.pop(part), least, greatest, backwards=backwards)
    if "seconds" in rule:  # clocks here know no leap second (60)
        rule["seconds"] = tuple(sorted({min(s, 59) for s in rule["seconds"]}))
    freq = Freq[given.pop("FREQ")]
    interval = _number(given.pop("INTERVAL", "1"))
    if interval < 1:
        raise Unusable("它的重复间隔不是正数。", "its interval is not a positive number.")
    count = _number(given.pop("COUNT")) if "COUNT" in given else None
    if count is not None and count < 1:  # some write COUNT=-1 for "without end"
        count = None
    weekdays = _weekdays(given.pop("BYDAY")) if "BYDAY" in given else ()
    week_start = DAYS.index(given.pop("WKST", "MO"))
    until = given.pop("UNTIL", "")
    if given:  # a part that nobody knows may say anything
        raise ValueError
    whole = Rule(freq, interval, count, until, weekdays=weekdays, week_start=week_start, **rule)
    _refuse_the_impossible(whole)
    return whole


def _number(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
        raise ValueError
    return max(-_MAX_NUMBER, min(int(text), _MAX_NUMBER))


def _numbers(text: str, least: int, greatest: int, *, backwards: bool) -> tuple[int, ...]:
    numbers = {_number(x.strip()) for x in text.rstrip(",").split(",", _MAX_VALUES)}
    if any(not least <= (abs(n) if backwards else n) <= greatest for n in numbers):
        raise ValueError
    return tuple(sorted(numbers))


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    found = set()
    for part in text.rstrip(",").split(",", _MAX_VALUES):
        part = part.strip()
        number = _number(part[:-2]) if len(part) > 2 else 0
        if abs(number) > 53 or (number == 0 and len(part) > 2):
            raise ValueError
        found.add((number, DAYS.index(part[-2:])))
    return tuple(sorted(found))


def _refuse_the_impossible(rule: Rule) -> None:
    """A rule whose day is in no year is a mistake: who made it had another day in mind."""
    dates = [(m, d) for m in rule.months for d in rule.month_days]
    others = (rule.months, rule.weeks, rule.year_days, rule.month_days, rule.weekdays)
    alone = rule.positions and not any((*others, rule.hours, rule.minutes, rule.seconds))
    if (dates and all(abs(d) > _MONTH_LENGTHS[m - 1] for m, d in dates)) or (
        alone and {1, -1}.isdisjoint(rule.positions)
    ):
        raise Unusable("它的重复规则没有一天符合。", "no day ever meets its rule.")
