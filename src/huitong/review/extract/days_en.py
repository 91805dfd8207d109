"""The ways of naming a day in English."""

import re
from datetime import date, timedelta
from typing import Final

from huitong.review.extract.calendar_days import (
    Way,
    calendar,
    coming,
    coming_day,
    friday_of,
    last_of,
    month_end,
    on_that_day,
    unknown,
)

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"),
            ("november", "nov"), ("december", "dec"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_ENGLISH_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS: Final = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}


def _iso(match: re.Match[str], _today: date) -> tuple[date | None, bool]:
    return calendar(int(match[1]), int(match[2]), int(match[3])), True


def _named_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    month, day = _MONTHS[match["month"]], int(match["day"])
    if match["year"]:
        return calendar(int(match["year"]), month, day), True
    return coming(today, month, day), True


def _english_weekday(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    number = _ENGLISH_DAYS.index(match["day"][:3])
    day = today - timedelta(days=today.weekday()) + timedelta(days=number)
    if "last" in (match["week"] or ""):
        return (day if day < today else day - timedelta(weeks=1)), True
    if "next" in (match["week"] or "") or "week" in (match["after"] or ""):
        return day + timedelta(weeks=1), False
    return (day if day >= today else day + timedelta(weeks=1)), True


def _ordinal(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return coming_day(today, int(match[1])), True


def _ordinal_in_words(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    day = _ORDINALS[match["day"].replace(" ", "-")]
    return (coming(today, _MONTHS[match["month"]], day) if match["month"] else coming_day(today, day)), True


def _day_point(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return coming(today, int(match[2]), int(match[1])), False


def _english_near(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today + timedelta(days=1 if match[0].startswith("tomorrow") else 0), True


def _english_end(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    words = match[0]
    if re.search(r"year|eoy", words):
        return date(today.year, 12, 31), False
    if re.search(r"quarter|eoq", words):
        return month_end(today, -(today.month % -3)), False
    if re.search(r"month|eom", words):
        return month_end(today, 1 if "next" in words else 0), False
    if re.search(r"week|eow", words):
        return friday_of(today, 1 if "next" in words else 0), False
    return today, True


def _end_of_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return last_of(today, _MONTHS[match["month"]]), False


def _english_within(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    count = int(match[1]) if match[1].isdecimal() else _NUMBERS[match[1]]
    if match[2] == "hour":
        return today + timedelta(days=count // 24), False
    return today + timedelta(days=min(count, 400) * {"d": 1, "w": 7, "m": 30}[match[2][0]]), False


def _numeric(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    # 10/12 is read differently on two continents.
    first, second = int(match[1]), int(match[2])
    if first > 12:
        return coming(today, second, first), True
    return coming(today, first, second), second > 12


_TENS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", *(f"twenty-{n}" for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
    "ninth")), "thirtieth", "thirty-first",
)  # fmt: skip
_ORDINALS: Final = {word: n for n, word in enumerate(_TENS, 1)}
_ORDINAL: Final = "|".join(w.replace("-", "[- ]") for w in sorted(_ORDINALS, key=len, reverse=True))
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_PART = r"(?:morning|noon|afternoon|evening|night|lunchtime|lunch|close|arvo)"
_CLOCK = r"(?:(?:[01]?\d|2[0-3])[:.][0-5]\d(?: ?[ap]\.?m\b\.?)?|\d{1,2} ?[ap]\.?m\b\.?|\d{1,2} o['’]?clock|(?:[01]\d|2[0-3])[0-5]\d(?: hours| hrs)?|noon|midday|midnight)"
_BY = r"(?:by|before|afore|until|till|til|ahead of|in time for|no later than|not later than|come)"
# After "by" these tell who or how, not when.
_NOT_WHEN = r"(?:his|her|him|their|them|me|us|you|hand|phone|email|e-mail|mail|post|now|then|far|myself|itself|and|using|a|an|anyone|one|it|we|i|they|he|she|that|this|which)"
DAYS_EN: Final[tuple[Way, ...]] = tuple(
    (kind, re.compile(pattern), read)
    for kind, pattern, read in (
        ("full", r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", _iso),
        ("date", rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\b\.?(?:,? (?P<year>20\d\d))?", _named_month),
        ("date", rf"\b(?P<month>{_MONTH})\b\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>20\d\d))?", _named_month),
        ("date", rf"\b(?:the )?(?P<day>{_ORDINAL}) (?:of )?(?P<month>{_MONTH})\b", _ordinal_in_words),
        (
            "weekday",
            r"\b(?:(?:close of (?:business|play)|end of day|cob|eod) (?:on )?)?(?P<week>(?:next|this|coming|last) )?(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
            rf"|sat(?:urday)?|sun(?:day)?)\b(?!s)(?P<after> week| next week)?(?: {_PART})?",
            _english_weekday,
        ),
        ("day", r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", _ordinal),
        ("day", r"\b(\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|of|time|street|avenue|version|edition))", _ordinal),
        ("day", rf"(?:(?<=by )|(?<=before )|(?<=till )|(?<=until )|(?<=from )|(?<=on ))the (?P<day>{_ORDINAL})\b(?P<month>)(?= ?(?:[,.;:!?]|at|and|or|$))", _ordinal_in_words),
        ("near", rf"\b(?:tomorrow|today|tonight)\b(?: {_PART})?", _english_near),
        ("end", r"\b(?:end|close) of (?:the |this |next )?(?:day|business|play|week|month|quarter|year|shift|term)\b|\b(?:eod|cob|eow|eom|eoq|eoy)\b|\b(?:month|quarter|year)[ -]end\b|\b(?:this|next) (?:week|month|quarter)\b|\bthe weekend\b", _english_end),
        ("end", rf"\b(?:the )?end of (?P<month>{_MONTH})\b", _end_of_month),
        ("within", r"\b(?:within|in) (?:the next )?(\d{1,3}|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve) (?:working |business )?(day|week|month|hour)s?\b", _english_within),
        ("date", r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/20\d\d)?(?![\d/%])", _numeric),
        ("date", r"(?:(?<=\bby )|(?<=until )|(?<=before ))([0-3]\d)\.([01]\d)\b(?:\.20\d\d)?", _day_point),
        ("today", r"\bthis (?:very )?(?:morning|afternoon|evening|arvo|hour|minute)\b|(?<=before )(?:lunch|luncheon|supper|dinner|tea|rounds|close|noon|handover|shift change)\b", on_that_day),
        ("hour", rf"(?<![\d.,:])\b{_CLOCK}(?![\d%])|(?:(?<=by )|(?<=before )|(?<=till )|(?<=until ))(?:half past |half )?(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|one)\b(?= ?(?:[,.;:!?]|o['’]clock|and|or|sharp|tonight|$))", on_that_day),
        ("event", rf"\b(?:early|mid|late)[ -](?:{_MONTH})\b|\b(?:hogmanay|michaelmas|candlemas|easter|christmas|half[ -]term|bank holiday|new year|year['’]s end|the day)\b", unknown),
        ("event", rf"\b{_BY} (?:the |our |my )?(?!{_NOT_WHEN}\b)[a-z][a-z'’-]+(?: (?!(?:and|or|so|to|if|but|with|because|or)\b)[a-z'’-]+){{0,2}}", unknown),
    )
)  # fmt: skip
