"""Filters and tags of the desk's templates: how figures, days and people's words are set."""

import re
from datetime import date, datetime
from typing import Any, Final

from django import template
from django.utils import timezone, translation
from django.utils.dateformat import format as date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

_HAN: Final = "\u3400-\u9fff"
_MEASURES: Final = "年月日天周点分秒个件条份张台家人次元万页版字组"
_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


@register.filter
def spaced(value: Any) -> str:
    """A space between Chinese and figures, unbroken before a measure word. For our sentences, never people's words."""
    text = re.sub(rf"([{_HAN}])([0-9A-Za-z])", r"\1 \2", str(value))
    text = re.sub(rf"([0-9A-Za-z])([{_HAN}])", r"\1 \2", text)
    return re.sub(rf"(\d) ([{_MEASURES}])", "\\1\u00a0\\2", text)


def day_text(value: date, *, weekday: bool = False, relative: bool = True) -> str:
    """今天, 11 月 24 日 or 24 November; the year only if it is not this one."""
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
    text = date_format(value, "j\u00a0F")
    if value.year != today.year:
        text = f"{text} {value.year}"
    return f"{_DAYS[value.weekday()]} {text}" if weekday else text


def moment_text(value: datetime, *, weekday: bool = False) -> str:
    local = timezone.localtime(value)
    return f"{day_text(local.date(), weekday=weekday)}\u00a0{local:%H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_text(value))


@register.filter
def weekday(value: date | None) -> str:
    return (
        format_html('<time datetime="{}">{}</time>', value.isoformat(), day_text(value, weekday=True)) if value else ""
    )


@register.filter
def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(value).isoformat(), moment_text(value))


@register.filter
def clock(value: datetime | None) -> str:
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%H:%M}")


@register.filter
def paragraphs(value: str) -> SafeString:
    """People's words as paragraphs, escaped, their line breaks kept."""
    blocks = [b for b in re.split(r"\n\s*\n", str(value).replace("\r\n", "\n").strip()) if b]
    lines = ("<br>".join(conditional_escape(x) for x in b.split("\n")) for b in blocks)
    return mark_safe("".join(f"<p>{b}</p>" for b in lines))  # noqa: S308 - each line is escaped above


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.simple_tag
def tick() -> SafeString:
    return mark_safe('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5l3.3 3.3L13 4.8"/></svg>')
