"""How a document says things: patterns with slots, dates, numerals, and what people wrote made fit to print."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from huitong.method import Language

_SLOT: Final = re.compile(r"\{(\w+)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_WHEN: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
_HAN: Final = r"[\u3400-\u9fff\uf900-\ufaff\u3001-\u301f\uff00-\uffef\U00020000-\U0003ffff]"
_BESIDE_HAN: Final = re.compile(rf"(?<={_HAN})[ \t]+(?=\S)|(?<=\S)[ \t]+(?={_HAN})")
_HALF: Final = re.compile(rf"(?<={_HAN})[,;:!?]|(?<=[\w)%])[,;:!?](?={_HAN})")
_FULL: Final = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_ENGLISH_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# Lone surrogates and noncharacters cannot be written in XML or UTF-8; joiners (Cf) shape what is beside them and stay,
# but those that turn the direction of what follows do not.
_DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean(text: str, language: Language) -> str:
    """What a person wrote, on one line, without what cannot be printed.

    Control characters, which XML forbids, are dropped; in Chinese there is no space between Han and digits, and the
    punctuation after Han is full width (GB/T 15834).
    """
    joined = " ".join(printable(text).split())
    if language is Language.EN:
        return joined
    return _HALF.sub(lambda found: _FULL[found[0]], _BESIDE_HAN.sub("", joined))


def printable(text: str) -> str:
    """What a person wrote, on one line, without what cannot be printed; nothing else is changed."""
    return "".join(_printable(c) for c in text)


def _printable(character: str) -> str:
    if character in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs") or character in _DIRECTION or (ord(character) & 0xFFFE) == 0xFFFE:
        return ""
    return "" if 0xFDD0 <= ord(character) <= 0xFDEF else character


def trimmed(text: str) -> str:
    """Without the stop at its end, so that it can stand in a sentence of ours. An ellipsis or a question stays."""
    return re.sub(r"(?<!\.)[.。；;，,、]+$", "", text.strip()).rstrip()


def fill(patterns: str | Iterable[str], slots: Mapping[str, str]) -> str:
    """The first pattern all of whose slots are there; "" if there is none. [ ] is left out where a slot in it is empty.

    What is filled in is never looked at again: {name} and [ ] in people's texts are only text.
    """
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        chosen = pattern
        while (shorter := _OPTIONAL.sub(lambda found: found[1] if _has(found[1], slots) else "", chosen)) != chosen:
            chosen = shorter
        if _has(chosen, slots):
            return _SLOT.sub(lambda found: slots[found[1]], chosen)
    return ""


def _has(pattern: str, slots: Mapping[str, str]) -> bool:
    return all(slots.get(name) for name in _SLOT.findall(pattern))


def day(value: date, language: Language) -> str:
    """2026年10月12日 (article 9 wants year, month and day, in digits); 12 October 2026."""
    if language is Language.EN:
        return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def when(text: str, language: Language) -> str:
    """2026-03 as 2026年3月 or March 2026; anything else as it was written."""
    found = _WHEN.fullmatch(text)
    if not found:
        return text
    year, month, number = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        value = date(year, month, number)
    except ValueError:
        return text
    if found[3]:
        return day(value, language)
    if not found[2]:
        return found[1] if language is Language.EN else f"{year}年"
    return f"{_ENGLISH_MONTHS[month - 1]} {year}" if language is Language.EN else f"{year}年{month}月"


def width(text: str) -> float:
    """In characters of Chinese text: a Han character is 1, a digit or Latin letter a half."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)
