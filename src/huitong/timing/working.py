"""Working days and hours: China's moved working days as announced, other countries' holidays by their code."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import chinese_calendar
import holidays

from huitong.method import Language
from huitong.timing.busy import CalendarError
from huitong.timing.wording import words

_CHINA: Final = "CN"
_ANNOUNCED: Final = (min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """One person's hours, by the clock of their zone; `noon` is the rest in between.

    `country` is an ISO 3166 code; "" is one of which no holidays are known: Monday to Friday, always.
    """

    start: time = time(9, 0)
    end: time = time(18, 0)
    noon_start: time = time(12, 0)
    noon_end: time = time(13, 30)
    country: str = _CHINA

    def __post_init__(self) -> None:
        if not self.start <= self.noon_start <= self.noon_end <= self.end:
            raise ValueError("working time must go: start, noon_start, noon_end, end")


def is_working_day(day: date, country: str = _CHINA) -> bool:
    """Whether people of that country work on that day.

    China's moved working days are known for the years that are announced (`is_announced`); outside them the holidays
    fixed by law and the weekend count. Raises CalendarError for a country that is not known.
    """
    day = _plain(day)
    if not country:
        return day.weekday() < 5
    if country == _CHINA and is_announced(day, country):
        return bool(chinese_calendar.is_workday(day))
    return bool(_holidays(country, "").is_working_day(day))


def has_holidays(country: str) -> bool:
    """Whether the holidays of this country are known."""
    return country in holidays.list_supported_countries()


def is_announced(day: date, country: str = _CHINA) -> bool:
    """Whether that year's holidays are known for sure. Only China moves working days by yearly announcement."""
    return country != _CHINA or _ANNOUNCED[0] <= day.year <= _ANNOUNCED[1]


def holiday_name(day: date, country: str = _CHINA, language: Language | str = Language.ZH) -> str:
    """The holiday kept on that day, or ""; where no name is known in `language`, the country's own name for it."""
    day, language = _plain(day), Language(language)
    if not country:
        return ""
    if country == _CHINA and is_announced(day, country):
        free, name = chinese_calendar.get_holiday_detail(day)
        return words(language)["holidays"].get(name, name) if free and name else ""
    code = {Language.ZH: "zh_CN", Language.ZH_HANT: "zh_TW", Language.EN: "en_US"}[language]
    name = _holidays(country, code).get(day) or ""
    # "国庆节（补假）": the day's name is enough.
    plain = str(name).partition("（")[0].partition(" (")[0]
    return plain if language is Language.EN else plain.replace("; ", "、")


def working_days_after(day: date, days: int, country: str = _CHINA) -> date:
    """The day on which the given number of working days has gone by since `day`."""
    for _ in range(400):
        if days <= 0:
            break
        day += timedelta(days=1)
        days -= is_working_day(day, country)
    return day


def working_days_before(day: date, days: int, country: str = _CHINA) -> date:
    """The last working day after which the given number of working days is left, up to `day` and with it."""
    day = _plain(day)
    for _ in range(400):
        if days <= 0 and is_working_day(day, country):
            break
        days -= is_working_day(day, country)
        day -= timedelta(days=1)
    return day


def _plain(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


@lru_cache(maxsize=32)
def _holidays(country: str, language: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country, language=language or None)
    except NotImplementedError:
        raise CalendarError(
            "country",
            f"不知道“{country[:20]}”的节假日。请写 CN、US 这样的国家代码。",
            f'No holidays are known for "{country[:20]}". Write a country code such as CN or US.',
        ) from None
