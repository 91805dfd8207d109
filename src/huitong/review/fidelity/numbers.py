"""What a number is worth, however it is written: 2.4 万, 24,000, 两万四; twenty-five and 25 are one."""

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {c: n % 10 for n, c in enumerate("〇一二三四五六七八九零壹贰叁肆伍陆柒捌玖")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
}
_TENS: Final = {"十": 10, "拾": 10, "廿": 20, "卅": 30, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS: Final = {"万": 10_000, "亿": 100_000_000}
HAN: Final = "".join({**_DIGITS, **_TENS, **MYRIADS}) + "半几"

_UNDER_TWENTY: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_DECADES: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH: Final = {w: n for n, w in enumerate(_UNDER_TWENTY)} | {w: 10 * n for n, w in enumerate(_DECADES, 2)}
_SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
SUFFIXES: Final = {"k": 1000, "m": 10**6, "bn": 10**9} | _SCALES
_FIRSTS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINALS: Final = {w: n for n, w in enumerate(_FIRSTS, 1)}
_VAGUE: Final = "half|quarter|twice|double|triple|couple|several|few|dozens|hundreds|thousands|millions"
_ONE: Final = "|".join(sorted({*_ENGLISH, *_SCALES}, key=len, reverse=True))
ENGLISH: Final = re.compile(
    rf"\b(?:(?:{_ONE})(?:[ -](?:and )?(?:{_ONE}))*|{'|'.join(_ORDINALS)}|{_VAGUE})\b", re.IGNORECASE
)


def plain(value: Decimal | int) -> str:
    """A number as its digits alone: 2.40 is 2.4, 1E+2 is 100."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def figures(digits: str, scale: str = "") -> str:
    """The worth of digits (1,280.50) with what multiplies them (万, k); digits with a leading zero are a code."""
    bare = digits.replace(",", "")
    if not scale and len(bare) > 1 and bare[0] == "0" and bare.isdigit():
        return bare
    times = 1
    for part in re.findall(r"[a-z]+|.", scale.lower()):
        times *= MYRIADS.get(part) or _TENS.get(part) or SUFFIXES.get(part, 1)
    return plain(Decimal(bare) * times)


def han(words: str) -> str:
    """The worth of a Chinese numeral; what is no single number (两三百, 三五, 几十) stays in its own words."""
    if set(words) <= _DIGITS.keys():
        # 二〇二六 is a number said digit by digit; 三五 is "a few", not 35.
        single = len(words) == 1 or set(words) & {"〇", "零"}
        return "".join(str(_DIGITS[c]) for c in words) if single else words
    total = section = digit = 0
    last = ""
    for c in words:
        if c in _DIGITS and (last not in _DIGITS or last in "〇零"):
            digit = _DIGITS[c]
        elif c in _TENS:
            section += (digit or 1) * _TENS[c] if c not in "廿卅" else _TENS[c]
            digit = 0
        elif c == "万":
            total, section, digit = total + (section + digit or 1) * MYRIADS[c], 0, 0
        elif c == "亿":
            total, section, digit = (total + section + digit or 1) * MYRIADS[c], 0, 0
        else:
            return words
        last = c
    scale = _TENS.get(words[-2:-1]) or MYRIADS.get(words[-2:-1], 1)
    if digit and scale >= 100:
        digit *= scale // 10  # 两万四 is 24,000
    return plain(total + section + digit)


def english(words: str) -> str:
    """The worth of an English number in words; an ordinal as 3rd; what is no exact number stays as it is."""
    lowered = words.lower()
    if lowered in _ORDINALS:
        return f"{_ORDINALS[lowered]}th"
    total = part = 0
    for word in re.split(r"[ -]", lowered):
        if word == "and":
            continue
        if word in _ENGLISH:
            if part % 10 or (part % 100 and _ENGLISH[word] > 9):
                return lowered  # five six
            part += _ENGLISH[word]
        elif word in ("hundred", "dozen"):
            part = (part or 1) * _SCALES[word]
        elif word in _SCALES:
            total += (part or 1) * _SCALES[word]
            part = 0
        else:
            return lowered
    return plain(total + part)
