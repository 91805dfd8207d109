"""A line typed in a meeting, as who does what by when: "王经理 10月12日前 给出交期"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from huitong.coordination.commitments import EARLIEST, LATEST
from huitong.method import Language
from huitong.records.models import Person
from huitong.review.extract.days import NO_DAY, NamedDay, days
from huitong.review.page import Page

MOST: Final = 50  # commitments of one meeting
LONGEST: Final = 500  # characters of one line
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_POINTED: Final = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})(?![\d./%])")
_BEFORE_DAY: Final = re.compile(r"(?:\b(?:by|before|until|on|due)\s+|[在于最晚])+$", re.IGNORECASE)
_AFTER_DAY: Final = re.compile(r"\s*(?:之前|以前|前|之内|以内|为止|截止)")
_EDGES: Final = " \t　,，、。.;；:：-—~～"
_JOINT: Final = re.compile(r"^(?:to|will|shall|负责|答应|要|会)(?:\s+|(?=[\u3400-\u9fff]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is understood. `why` says what is missing, "" for nothing; then owner and day are there."""

    number: int
    text: str
    owner: Person | None
    what: str
    by: date | None
    why: str


def read_lines(text: str, names: Mapping[str, Person], *, today: date) -> list[Line]:
    """The lines that are not empty, numbered as they stand. `names` are those of `names_of`."""
    rows = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return [read_line(line, names, today=today, number=number) for number, line in rows if line]


def names_of(people: Iterable[tuple[Person, Iterable[str]]]) -> dict[str, Person]:
    """What each can be called: name, form of address, what else is given, one word of a Latin name. Only if it is
    theirs alone.
    """
    found: dict[str, list[Person]] = {}
    for person, others in people:
        called = {person.name, person.form_of_address, *others}
        called |= {word for name in called if not _HAN.search(name) for word in name.split() if len(word) > 2}
        for name in called:
            if name.strip():
                found.setdefault(name.strip().casefold(), []).append(person)
    return {name: owners[0] for name, owners in found.items() if len({p.pk for p in owners}) == 1}


def read_line(text: str, names: Mapping[str, Person], *, today: date, number: int = 1) -> Line:
    """Who, what and by when, in any order. What is not there is None, and `why` asks for it."""
    spans: list[tuple[int, int]] = []
    day, by = _day(text, today)
    if day:
        spans.append(day)
    owner, place = _owner(text, names, day)
    if place:
        spans.append(place)
    what = text
    for start, end in sorted(spans, reverse=True):
        what = f"{what[:start].rstrip(_EDGES)} {what[end:].lstrip(_EDGES)}"
    what = _JOINT.sub("", what.strip(_EDGES)).strip(_EDGES)
    return Line(number, text, owner, what, by, _missing(text, owner, what, by))


def _missing(text: str, owner: Person | None, what: str, by: date | None) -> str:
    if len(text) > LONGEST:
        return _("太长了，请控制在 %(limit)s 字以内。") % {"limit": LONGEST}
    if owner is None:
        return _("没有看出由谁来办，请写上面名单里的名字。")
    if by is None:
        return _("没有看出哪天前，请写个日子，比如 10月12日前。")
    return "" if what else _("没有看出办什么事。")


def _day(text: str, today: date) -> tuple[tuple[int, int] | None, date | None]:
    """Where the day stands, with the words around it, and which it is."""
    for language in (Language.ZH, Language.EN) if _HAN.search(text) else (Language.EN,):  # 许宁 by 12 October
        named = [d for d in days(Page.of(text, language), today) if d.day and d.kind not in NO_DAY]
        if named:
            break
    else:
        return _pointed(text, today)
    # Of several, that which says "by".
    best = next((d for d in named if _AFTER_DAY.match(text, d.end) or _BEFORE_DAY.search(text[: d.start])), named[0])
    return _around(text, best.start, best.end), best.day if best.day and EARLIEST <= best.day <= LATEST else None


def _pointed(text: str, today: date) -> tuple[tuple[int, int] | None, date | None]:
    """10.12 or 10/12, as it is jotted down: month, then day."""
    if (match := _POINTED.search(text)) is None:
        return None, None
    rest = days(Page.of(f"{match[1]}月{match[2]}日", Language.ZH), today)
    found: NamedDay | None = rest[0] if rest else None
    return (_around(text, *match.span()), found.day) if found and found.day else (None, None)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    if before := _BEFORE_DAY.search(text[:start]):
        start = before.start()
    if after := _AFTER_DAY.match(text, end):
        end = after.end()
    return start, end


def _owner(
    text: str, names: Mapping[str, Person], day: tuple[int, int] | None
) -> tuple[Person | None, tuple[int, int] | None]:
    """The first of the names in the line; of two at one place the longer."""
    folded = text.casefold()
    if len(folded) != len(text):  # a letter that folds to two: places would not fit
        folded = text
    best: tuple[int, int, Person] | None = None
    for name, person in names.items():
        edge = r"\b" if name[:1].isascii() else ""
        for match in re.finditer(rf"{edge}{re.escape(name)}{edge if name[-1:].isascii() else ''}", folded):
            if day and match.start() < day[1] and day[0] < match.end():
                continue
            if best is None or (match.start(), -match.end()) < (best[0], -best[1]):
                best = (match.start(), match.end(), person)
            break
    return (best[2], best[:2]) if best else (None, None)
