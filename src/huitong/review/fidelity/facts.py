"""What a text states that nobody may change in passing: numbers with their units, days, times, names, codes, quotes.

Two ways of writing one fact have one key (3 天, 三天; 12 October, Oct 12). What can't be understood keeps its own words
as its key, so that it may only stay as it is.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from huitong.method.words import Language
from huitong.review.fidelity import numbers
from huitong.review.fidelity.dates import chinese_days, english_days
from huitong.review.fidelity.words import HAN_IDIOMS, LEFT, NO_UNITS, ORGANISATIONS, RIGHT, TITLES, UNITS
from huitong.review.script import simplified

NUMBER, DAY, NAME, CODE, QUOTE = "number", "day", "name", "code", "quote"


@dataclass(frozen=True, slots=True)
class Fact:
    """text[start:end] of the text as given. `kind` is number, day, name, code or quote; equal keys say the same.

    `said` is the fact with what stands beside it and belongs to it (before, about …), to be shown.
    """

    kind: str
    key: str
    start: int
    end: int
    text: str
    said: str


Place = tuple[int, int]
Found = tuple[Place, str, str, Place]  # where, kind, key, and where with what belongs to it


def facts(text: str, language: Language, names: Iterable[str] = ()) -> list[Fact]:
    """Every fact, in the order of the text. `names`: those that are known, of people, departments, matters, options."""
    folded = _folded(text, language)
    readers = [_quotes, _reader_of_names(names, language), _codes]
    if language is Language.EN:
        readers += [_english_days, _english_numbers, _capitals, _other_numerals]
    else:
        readers += [_chinese_days, _chinese_names, _chinese_numbers, _latin_words, _other_numerals]
    taken = bytearray(len(text))
    found: list[Found] = []
    for read in readers:
        for fact in read(folded):
            start, end = fact[0]
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(fact)
    return [
        Fact(kind, key, *place, text[slice(*place)], text[slice(*around)]) for place, kind, key, around in sorted(found)
    ]


def _folded(text: str, language: Language) -> str:
    """Digits, letters and money signs in their plain form, Chinese in Simplified; as long as the text."""
    pieces = []
    for c in text:
        plain = unicodedata.normalize("NFKC", c) if c.isalnum() or c in "％＄￥￡＃＋－．／＠" else c
        if c.isdecimal():
            plain = str(unicodedata.decimal(c))
        pieces.append(" " if c in "\u00a0\t\u2009\u202f" else plain if len(plain) == 1 else c)
    folded = "".join(pieces)
    return folded if language is Language.EN else simplified(folded)


def _found(m: re.Match[str], kind: str, key: str) -> Found:
    return m.span(), kind, key, m.span()


# --- what stays letter for letter ---

_QUOTED: Final = re.compile(
    r"“[^“”\n]{1,300}”|「[^「」\n]{1,300}」|『[^『』\n]{1,300}』|《[^《》\n]{1,100}》|\"[^\"\n]{1,300}\""
)
_CODE: Final = re.compile(
    r"https?://[^\s，。；）)」”]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z0-9#._/-]{0,60}[0-9])[A-Za-z][A-Za-z0-9]*(?:[-_./#][A-Za-z0-9]+)*"
    r"|(?<![A-Za-z0-9])[0-9]+(?:[-_/.#]?[A-Z][A-Za-z0-9]*)+(?:[-_./#][A-Za-z0-9]+)*",
    re.ASCII,
)
_SCALED: Final = re.compile(r"\d+(?:k|m|bn|st|nd|rd|th|am|pm|h|d|g|kg|km|cm|mm)", re.IGNORECASE)


def _quotes(text: str) -> Iterator[Found]:
    for m in _QUOTED.finditer(text):
        yield _found(m, QUOTE, m[0][1:-1])


def _codes(text: str) -> Iterator[Found]:
    for m in _CODE.finditer(text):
        if not _SCALED.fullmatch(m[0]):
            yield _found(m, CODE, m[0])


def _reader_of_names(names: Iterable[str], language: Language) -> Callable[[str], Iterator[Found]]:
    known = {" ".join(_folded(n, language).split()) for n in names}
    patterns = []
    for name in sorted((n for n in known if len(n) > 1), key=len, reverse=True):
        body = r"\s*".join(map(re.escape, name.split()))
        is_word = name[0].isascii() or name[-1].isascii()  # Chinese has no marks between words
        patterns.append(rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])" if is_word else body)
    pattern = re.compile("|".join(patterns) or "(?!)", re.IGNORECASE)

    def read(text: str) -> Iterator[Found]:
        for m in pattern.finditer(text):
            yield _found(m, NAME, re.sub(r"\s", "", m[0]).lower())

    return read


# --- days and numbers, with what stands beside them ---


def _chinese_days(text: str) -> Iterator[Found]:
    for start, end, key in chinese_days(text):
        yield _beside(text, DAY, key, (start, end))


def _english_days(text: str) -> Iterator[Found]:
    for start, end, key in english_days(text):
        yield _beside(text, DAY, key, (start, end))


_FIGURES: Final = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_MONEY: Final = r"(?:HK\$|US\$|NT\$|A\$|C\$|[$€£¥￥]|RMB|CNY|USD|HKD|EUR|GBP)"
_BEGINS: Final = rf"(?:(?P<money>{_MONEY}) ?)?(?P<sign>(?<![\w）)])[-−])?(?P<digits>{_FIGURES})"
_CHINESE_NUMBER: Final = re.compile(
    rf"{_BEGINS}(?: ?(?P<scale>[百千]?[万亿]+|[百千](?!分))(?P<rest>[一二三四五六七八九](?![万亿天个]))?)?"
    r"(?P<more>[多余来几])?"
    rf"|百分之(?P<percent>[{numbers.HAN}]+|\d+(?:\.\d+)?)"
    r"|(?P<tenths>[一二三四五六七八九两几])成(?![为立本果功绩熟交员都长效])"
    rf"|第?(?P<han>数(?=[十百千万])[十百千万亿]+|[{numbers.HAN}]{{1,30}})(?P<more2>多|余|来(?![看说自了不得到及]))?"
)
_ENGLISH_NUMBER: Final = re.compile(
    rf"{_BEGINS}(?:[ -]?(?P<scale>k|m|bn|hundred|thousand|million|billion|dozen)\b|(?P<th>st|nd|rd|th)\b)?",
    re.IGNORECASE,
)
_CURRENCY: Final = dict.fromkeys(("￥", "¥", "RMB", "CNY", "块", "块钱", "圆", "人民币"), "元") | {
    "$": "dollar",
    "USD": "us$",
    "HKD": "hk$",
    "€": "euro",
    "EUR": "euro",
    "£": "pound",
    "GBP": "pound",
}
_LIKE: Final = dict.fromkeys(("％", "percent", "per cent"), "%") | {
    "星期": "周",
    "礼拜": "周",
    "钟头": "小时",
    "分钟": "分",
    "hrs": "hour",
    "hr": "hour",
    "h": "hour",
    "mins": "minute",
    "min": "minute",
}
_UNIT_WORD: Final = re.compile(r"[ -]?(%|per ?cent\b|percentage points?\b|[A-Za-z]+)")


def _chinese_numbers(text: str) -> Iterator[Found]:
    idioms = [m.span() for m in HAN_IDIOMS.finditer(text)]
    for m in _CHINESE_NUMBER.finditer(text):
        start, end = m.span("han")
        if m["han"] and any(a <= start and end <= b for a, b in idioms):
            continue
        if tenths := m["tenths"]:
            yield _beside(text, NUMBER, f"{numbers.han(tenths)}0 %", m.span())
        elif part := m["percent"]:
            worth = numbers.figures(part) if part[0].isdecimal() else numbers.han(part)
            yield _beside(text, NUMBER, f"{worth} %", m.span())
        else:
            worth = numbers.han(m["han"]) if m["han"] else _signed(m) + (m["rest"] or "")
            more = "+" if m["more"] or m["more2"] else ""
            unit, stop = _chinese_unit(text, m.end())
            yield _beside(text, NUMBER, f"{worth}{more} {_money(m) or unit}", m.span(), stop)


def _english_numbers(text: str) -> Iterator[Found]:
    for m in _ENGLISH_NUMBER.finditer(text):
        unit, stop = _english_unit(text, m.end())
        worth = _signed(m) + ("th" if m["th"] else "")
        yield _beside(text, NUMBER, f"{worth} {_money(m) or unit}", m.span(), stop)
    for m in numbers.ENGLISH.finditer(text):
        unit, stop = _english_unit(text, m.end())
        yield _beside(text, NUMBER, f"{numbers.english(m[0])} {unit}", m.span(), stop)


def _signed(m: re.Match[str]) -> str:
    return ("-" if m["sign"] else "") + numbers.figures(m["digits"], m["scale"] or "")


def _money(m: re.Match[str]) -> str:
    return _CURRENCY.get(m["money"].upper(), m["money"].lower()) if m["money"] else ""


def _chinese_unit(text: str, at: int) -> tuple[str, int]:
    """What is counted: the unit behind the number and where it ends. Without one, nothing."""
    m = UNITS.match(text, at)
    if not m or m[1] in NO_UNITS:
        return "", at
    unit = m[1].removeprefix("个") or "个"
    return _CURRENCY.get(unit) or _LIKE.get(unit, unit), m.end(1)


def _english_unit(text: str, at: int) -> tuple[str, int]:
    m = _UNIT_WORD.match(text, at)
    word = m[1].lower() if m else ""
    if not m or word in NO_UNITS:
        return "", at
    word = _LIKE.get(word, word)
    return word if word.endswith("ss") else word.removesuffix("s"), m.end()


def _beside(text: str, kind: str, key: str, place: Place, stop: int | None = None) -> Found:
    """The fact with what stands directly before and behind and changes what is meant: 约, 至少, 前; about, by, over.

    `stop` is where its unit ends.
    """
    (start, end), said = place, set()
    before, behind = LEFT.search(text, max(0, start - 24), start), RIGHT.match(text, stop or end)
    for m in (before, behind):
        for name, words in m.groupdict().items() if m else ():
            if words and name == "per":
                bare = re.sub(r"^(?:每个?|/|an? |per |each |every )\s*", "", words.lower())
                said.add(f"per {bare}")
            elif words:
                said.add(name)
    around = before.start() if before else start, behind.end() if behind else stop or end
    return place, kind, " ".join([key, *sorted(said)]), around


# --- names that nobody told us, and what is left ---


def _chinese_names(text: str) -> Iterator[Found]:
    for pattern in (TITLES, ORGANISATIONS):
        for m in pattern.finditer(text):
            yield _found(m, NAME, m[0])


def _latin_words(text: str) -> Iterator[Found]:
    for m in re.finditer(r"[A-Za-z]+(?:['’&.-][A-Za-z]+)*", text):
        yield _found(m, NAME, m[0].lower())


_SENTENCE_BEGINS: Final = re.compile(r"(?:^|[.!?:;\n])[\s\"“‘(–—-]*$")


def _capitals(text: str) -> Iterator[Found]:
    for m in re.finditer(r"\b[A-Z][A-Za-z]*(?:['’&-][A-Za-z]+)*", text):
        word = m[0].removesuffix("'s").removesuffix("’s")
        if word != "I" and not word.startswith(("I'", "I’")) and not begins_sentence(text, m.start()):
            place = (m.start(), m.start() + len(word))
            yield place, NAME, word.lower(), place


def begins_sentence(text: str, at: int) -> bool:
    """Whether a capital at this place may be there only because a sentence begins."""
    return bool(_SENTENCE_BEGINS.search(text, max(0, at - 8), at))


def _other_numerals(text: str) -> Iterator[Found]:
    for at, c in enumerate(text):
        if c.isnumeric() and not "\u3400" <= c <= "\u9fff":
            yield (at, at + 1), NUMBER, c, (at, at + 1)
