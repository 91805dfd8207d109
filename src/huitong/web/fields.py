"""What was typed into a form's field, as a date, a number or text."""

from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from huitong.matters.errors import Incomplete


def day_of(text: str | None) -> date | None:
    """A date field's value; None if it is empty or no date."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def number_of(text: str | None) -> int | None:
    """A small whole number; None if it is empty or none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def text_of(typed: QueryDict, field: str, longest: int) -> str:
    """What was typed, byte for byte. Raises Incomplete if it can't be kept so."""
    text = typed.get(field, "")
    if "\x00" in text:
        raise Incomplete(field, _("这段话里有一个看不见的控制字符，存不下。请删掉重写那一处。"))
    if len(text) > longest:
        raise Incomplete(field, _("请控制在 %(limit)s 字以内。") % {"limit": longest})
    return text
