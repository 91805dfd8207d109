"""How the desk sets days, moments and figures in its own sentences, in the reader's language and time zone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from huitong.method import chinese_number
from huitong.records.models import Person

TO_DJANGO: Final = {"zh": "zh-hans", "zh-Hant": "zh-hans", "en": "en"}

_HAN: Final = "\u3400-\u9fff"
_MEASURES: Final = "年月日天周点分秒个件条份张台家人次元万页版字组"
_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@contextmanager
def speaking_to(person: Person) -> Iterator[None]:
    """Inside, gettext and the functions below speak this person's language and clock."""
    with translation.override(TO_DJANGO.get(person.language)), timezone.override(ZoneInfo(person.time_zone)):
        yield


def spoken() -> str:
    """The language that is active, as the method writes it: zh or en."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def _chinese() -> bool:
    return spoken() == "zh"


def number_text(number: int) -> str:
    """How an option is numbered, as in the texts that are composed: 方案二, option 2."""
    return chinese_number(number) if _chinese() else str(number)


def spaced(value: object) -> str:
    """A space between Chinese and figures, unbroken before a measure word. For our sentences, never people's words."""
    text = re.sub(rf"([{_HAN}])([0-9A-Za-z])", r"\1 \2", str(value))
    text = re.sub(rf"([0-9A-Za-z])([{_HAN}])", r"\1 \2", text)
    return unbroken(text)


def unbroken(value: object) -> str:
    """The same text with no line break between a figure and its measure word or in a date. Also for people's words."""
    text = re.sub(rf"(\d) ([{_MEASURES}])", "\\1\u00a0\\2", str(value))
    return re.sub(r"([年月]) (\d)", "\\1\u00a0\\2", text)


def day_text(value: date, *, weekday: bool = False, relative: bool = True) -> str:
    """今天, 11 月 24 日 or 24 November; the year only if it is not this one. `relative` is for pages, not for mail."""
    today = timezone.localdate()
    if relative and value == today:
        return _("今天")
    if relative and (value - today).days == 1:
        return _("明天")
    if _chinese():
        text = f"{value.month}\u00a0月\u00a0{value.day}\u00a0日"
        if value.year != today.year:
            text = f"{value.year}\u00a0年\u00a0{text}"
        return f"{text}（{_WEEKDAYS[value.weekday()]}）" if weekday else text
    pattern = "j\u00a0F" if value.year == today.year else "j\u00a0F Y"
    return date_format(value, f"D {pattern}" if weekday else pattern)


def moment_text(value: datetime, *, weekday: bool = False, relative: bool = True) -> str:
    local = timezone.localtime(value)
    day = day_text(local.date(), weekday=weekday, relative=relative)
    return f"{day}{'' if day.endswith('）') else ' '}{local:%H:%M}"
