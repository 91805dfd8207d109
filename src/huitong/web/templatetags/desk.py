"""Filters and tags of the desk's templates: how figures, days and people's words are set."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from huitong.directory.wording import day_text, moment_text, number_text, spaced, spoken, unbroken

register = template.Library()
register.filter(spaced)
register.filter("numbered", number_text)
register.filter(unbroken)


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
def sentences(values: list[str]) -> str:
    """Sentences one after the other, as the language joins them."""
    return ("" if spoken() == "zh" else " ").join(values)


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.simple_tag
def tick() -> SafeString:
    return mark_safe('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5l3.3 3.3L13 4.8"/></svg>')
