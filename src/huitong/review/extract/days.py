"""The days that a text names, and which day of the calendar each is."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from huitong.method.words import Language
from huitong.review.page import Page


@dataclass(frozen=True, slots=True)
class NamedDay:
    """text[start:end] names `day`, which is to come; None if the words alone don't say which (before the exams).

    `earlier` is the day that the same words name of what has happened already. It lies `behind` days
    back. `sure`: there is no other reading.
    """

    start: int
    end: int
    day: date | None
    sure: bool
    earlier: date | None = None
    behind: int = 0


def days(page: Page, today: date) -> list[NamedDay]:
    """Every day that the writer names, in order; what lies before `today` in a bare date is next year's or month's."""
    patterns = _EN if page.language is Language.EN else _ZH
    found: list[NamedDay] = []
    for pattern, read in patterns:
        for match in pattern.finditer(page.folded):
            if all(match.end() <= f.start or f.end <= match.start() for f in found):
                day, sure = read(match, today)
                earlier = _earlier(read, day, today)
                found.append(NamedDay(*match.span(), day, sure, earlier, (today - earlier).days if earlier else 0))
    return sorted(found, key=lambda f: f.start)


def _earlier(read: "Read", day: date | None, today: date) -> date | None:
    """The last such day up to today: a week, a month or a year before."""
    if day is None or day <= today:
        return day
    if read in (_weekday, _english_weekday):
        while day > today:
            day -= timedelta(weeks=1)
        return day
    if read in (_day_of_month, _ordinal):
        before = today.replace(day=1) - timedelta(days=1)
        return _calendar(before.year, before.month, day.day)
    if read in (_month_day, _named_month, _numeric):
        return _calendar(day.year - 1, day.month, day.day)
    return day


Read = Callable[[re.Match[str], date], tuple[date | None, bool]]

_CHINESE_NUMBER: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "廿": 2}
_WEEKDAYS: Final = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    words = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = words.partition("十")
    if ten:
        return 10 * (_CHINESE_NUMBER.get(tens, 1)) + (_CHINESE_NUMBER.get(ones, 0) if ones else 0)
    return int("".join(str(_CHINESE_NUMBER.get(c, 0)) for c in words) or 0)


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(today: date, month: int, day: int) -> date | None:
    """The next such day: this year's, or next year's if this year's is long over."""
    this = _calendar(today.year, month, day)
    if this is not None and (today - this).days > 60:
        return _calendar(today.year + 1, month, day)
    return this


def _coming_day(today: date, day: int) -> date | None:
    for step in range(3):
        month = (today.month - 1 + step) % 12 + 1
        found = _calendar(today.year + (today.month - 1 + step) // 12, month, day)
        if found is not None and found >= today:
            return found
    return None


def _month_end(today: date, months: int) -> date:
    month = (today.month - 1 + months) % 12 + 1
    year = today.year + (today.month - 1 + months) // 12
    return date(year, month, monthrange(year, month)[1])


def _full(match: re.Match[str], _today: date) -> tuple[date | None, bool]:
    return _calendar(*(_number(part) for part in match.groups()[:3])), True


def _month_day(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return _coming(today, _number(match[1]), _number(match[2])), True


def _part_of_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    month = _number(match[1])
    part = match[2]
    if part == "底":
        this = _coming(today, month, 1) if 1 <= month <= 12 else None
        return (date(this.year, month, monthrange(this.year, month)[1]) if this else None), False
    return _coming(today, month, {"初": 1, "上": 10, "中": 15, "下": 30}.get(part, 15)), False


def _weekday(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=_WEEKDAYS[match["day"]])
    which = match["week"] or ""
    weeks = which.count("下")
    if not which and day < today:
        weeks = 1
    return day + timedelta(weeks=weeks), True


def _week_end(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    friday = today - timedelta(days=today.weekday()) + timedelta(days=4)
    return friday + timedelta(weeks=match[0].count("下")), False


_NEAR_DAYS: Final = {"今": 0, "明": 1, "后": 2, "大后": 3, "当": 0}


def _near(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today + timedelta(days=_NEAR_DAYS[match[1]]), True


def _within(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    count = 1 if match[1] in ("半", "一") else _number(match[1])
    unit = {"天": 1, "日": 1, "周": 7, "星": 7, "礼": 7, "个": 30, "月": 30}[match[2][0]]
    return today + timedelta(days=min(count, 400) * unit), False


def _day_of_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    which, day = match[1] or "", _number(match[2])
    if which:
        end = _month_end(today, which.count("下"))
        return _calendar(end.year, end.month, day), True
    return _coming_day(today, day), True


def _end_of(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    words = match[0]
    if "年" in words:
        return date(today.year + ("明" in words), 12, 31), False
    if "季" in words:
        return _month_end(today, -(today.month % -3)), False
    return _month_end(today, words.count("下")), False


def _unknown(_match: re.Match[str], _today: date) -> tuple[date | None, bool]:
    return None, False


_N = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?|[一二三四五六七八九])"
_HOUR = r"(?:(?:一早|早上|上午|中午|下午|傍晚|晚上|夜里|凌晨|早|晚|上半天|下班|收工|午)?(?: ?\d{1,2}[:：点]\d{0,2}半?|[一二三四五六七八九十两]{1,2}点半?)?)"
_ZH: Final[tuple[tuple[re.Pattern[str], Read], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})(?: ?[日号])?", _full),
        (rf"({_N}) ?月 ?({_N})(?: ?[日号])?(?![个\d])" + _HOUR, _month_day),
        (rf"({_N}) ?月(底|初|中|上|下)(?:旬)?", _part_of_month),
        (r"(?<![\d./])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/%])", _month_day),
        (r"(?P<week>(?:下|本|这|这个|下个|上)*)(?:周|星期|礼拜)(?P<day>[一二三四五六日天])" + _HOUR, _weekday),
        (r"(大后|[今明后当])(?:天|日|晚|早|儿个?|儿)" + _HOUR, _near),
        (
            rf"((?:下|本|这)个?月)?({_N}|\d{{1,2}}) ?[号日](?![楼机线院店厅库仓门段车桥塔泵厂栋井炉船舱棚馆柜台令称码])"
            + _HOUR,
            _day_of_month,
        ),
        (r"(?:下个?|本|这个?)?月(?:底|末)|(?:本|今|明)?年(?:底|末|内)(?!余)|季(?:度)?末|(?:本|这|下个?)月内", _end_of),
        (r"(?:下个?|本|这个?)(?:周|星期|礼拜)(?:内|末|里|底)?|周末", _week_end),
        (r"(半|\d{1,3}|[一二两三四五六七八九十]{1,3})(天|日|周|星期|礼拜|个月|个星期|个礼拜)(?:之?内|以内)", _within),
        (
            r"(?:开学|放假|放学|国庆|春节|过年|中秋|元旦|清明|五一|十一|端午|寒假|暑假|高考|中考|期末|期中|开业|开园|开幕|开馆"
            r"|校庆|年会|汛期|入冬|入夏|供暖季?|腊月|年|节|双十一|双11|评审|验收|盘点|交房|首演|开机|节后|年后|旺季)(?:之?前|以前)",
            _unknown,
        ),
    )
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
    return _calendar(int(match[1]), int(match[2]), int(match[3])), True


def _named_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    month, day = _MONTHS[match["month"]], int(match["day"])
    if match["year"]:
        return _calendar(int(match["year"]), month, day), True
    return _coming(today, month, day), True


def _english_weekday(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    number = _ENGLISH_DAYS.index(match["day"][:3])
    day = today - timedelta(days=today.weekday()) + timedelta(days=number)
    if "next" in (match["week"] or "") or "week" in (match["after"] or ""):
        return day + timedelta(weeks=1), False
    return (day if day >= today else day + timedelta(weeks=1)), True


def _ordinal(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return _coming_day(today, int(match[1])), True


def _ordinal_in_words(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return _coming(today, _MONTHS[match["month"]], _ORDINALS[match["day"].replace(" ", "-")]), True


def _day_point(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return _coming(today, int(match[2]), int(match[1])), False


def _part_of_today(_match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today, False


def _english_near(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today + timedelta(days=1 if match[0].startswith("tomorrow") else 0), True


def _english_end(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    words = match[0]
    if re.search(r"year|eoy", words):
        return date(today.year, 12, 31), False
    if re.search(r"quarter|eoq", words):
        return _month_end(today, -(today.month % -3)), False
    if re.search(r"month|eom", words):
        return _month_end(today, 1 if "next" in words else 0), False
    if re.search(r"week|eow", words):
        friday = today - timedelta(days=today.weekday()) + timedelta(days=4)
        return friday + timedelta(weeks=1 if "next" in words else 0), False
    return today, True


def _english_within(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    count = int(match[1]) if match[1].isdecimal() else _NUMBERS[match[1]]
    return today + timedelta(days=min(count, 400) * {"d": 1, "w": 7, "m": 30}[match[2][0]]), False


def _numeric(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    # 10/12 is read differently on two continents.
    first, second = int(match[1]), int(match[2])
    if first > 12:
        return _coming(today, second, first), True
    return _coming(today, first, second), second > 12


_TENS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", *(f"twenty-{n}" for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
    "ninth")), "thirtieth", "thirty-first",
)  # fmt: skip
_ORDINALS: Final = {word: n for n, word in enumerate(_TENS, 1)}
_ORDINAL: Final = "|".join(w.replace("-", "[- ]") for w in sorted(_ORDINALS, key=len, reverse=True))
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_EN: Final[tuple[tuple[re.Pattern[str], Read], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", _iso),
        (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\b\.?(?:,? (?P<year>20\d\d))?", _named_month),
        (rf"\b(?P<month>{_MONTH})\b\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>20\d\d))?", _named_month),
        (rf"\b(?:the )?(?P<day>{_ORDINAL}) (?:of )?(?P<month>{_MONTH})\b", _ordinal_in_words),
        (
            r"\b(?P<week>(?:next|this|coming) )?(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
            r"|sat(?:urday)?|sun(?:day)?)\b(?!s)(?P<after> week| next week)?(?: (?:morning|noon|afternoon|evening|night|lunchtime|lunch|close))?",
            _english_weekday,
        ),
        (r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", _ordinal),
        (r"\b(\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|of|time|street|avenue|version|edition))", _ordinal),
        (r"\b(?:tomorrow|today|tonight)\b(?: (?:morning|noon|afternoon|evening|night|lunchtime))?", _english_near),
        (r"\b(?:end|close) of (?:the |this |next )?(?:day|business|play|week|month|quarter|year|shift|term)\b|\b(?:eod|cob|eow|eom|eoq|eoy)\b|\b(?:month|quarter|year)[ -]end\b|\b(?:this|next) (?:week|month|quarter)\b", _english_end),
        (r"\bwithin (?:the next )?(\d{1,3}|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve) (?:working |business )?(day|week|month)s?\b", _english_within),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/20\d\d)?(?![\d/%])", _numeric),
        (r"(?:(?<=\bby )|(?<=until )|(?<=before ))([0-3]\d)\.([01]\d)\b(?:\.20\d\d)?", _day_point),
        (r"\bthis (?:very )?(?:morning|afternoon|evening)\b|(?<=before )(?:lunch|supper|dinner|rounds|close|noon)\b", _part_of_today),
        (rf"\b(?:early|mid|late)[ -](?:{_MONTH})\b|\b(?:by|before) (?:the )?(?:{_MONTH}|easter|christmas|half[ -]term|term|summer|winter|spring|autumn|thanksgiving|ramadan|opening night|go-live|launch|the audit)\b", _unknown),
    )
)  # fmt: skip
