"""A text as clauses with the words that carry their meaning, and where they stand among the facts."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from huitong.method.words import Language
from huitong.review.fidelity.facts import Fact
from huitong.review.fidelity.words import COMMON, COURTESY, DOERS, PARTICLES
from huitong.review.script import simplified

_ENDS: Final = re.compile(r"(?:[，。；：！？;!?\n—（）]|[,:](?!\d)|(?<!\d)[,:]|\.(?=\s|$)|\s[-–]\s|[()])+")

_SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that carries meaning, in Chinese a pair of characters, and how many facts stand before it in the text."""

    text: str
    facts_before: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its content words, up to `end` of the text; the facts first:last stand in it.

    `keys` are those of its facts, `doers` who is spoken of as doing something: i, you, they.
    """

    text: str
    end: int
    units: tuple[Unit, ...]
    words: frozenset[str]
    keys: frozenset[str]
    doers: frozenset[str]
    first: int
    last: int

    def likeness(self, other: "Clause") -> int:
        """How much two clauses have in common, of words and facts."""
        return len(self.words & other.words) + len(self.keys & other.keys)

    @property
    def is_courtesy(self) -> bool:
        """Whether it is only polite, without any fact: that may be said in other words."""
        return self.first == self.last and len(self.text) <= _SHORT and bool(COURTESY.search(simplified(self.text)))


def clauses(text: str, language: Language, found: Sequence[Fact]) -> list[Clause]:
    """The clauses in order. `found` are the text's facts, which are no content words."""
    bare = list(text)
    for fact in found:
        bare[fact.start : fact.end] = " " * (fact.end - fact.start)
    hidden = "".join(bare)
    starts = [f.start for f in found]
    result = []
    for start, end in pairwise([0, *(m.end() for m in _ENDS.finditer(text)), len(text)]):
        said = text[start:end].strip()
        if said:
            units = tuple(Unit(u, bisect_left(starts, start + at)) for at, u in _units(hidden[start:end], language))
            words = frozenset(u.text for u in units)
            doers = frozenset(m.lastgroup or "" for m in DOERS.finditer(simplified(said)))
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            keys = frozenset(f.key for f in found[first:last])
            result.append(Clause(said, end, units, words, keys, doers, first, last))
    return result


def _units(text: str, language: Language) -> Iterator[tuple[int, str]]:
    if language is Language.EN:
        for m in re.finditer(r"[A-Za-z]{4,}", text):
            if m[0].lower() not in COMMON:
                yield m.start(), m[0].lower()[:5]
        return
    for at, (first, second) in enumerate(pairwise(simplified(text))):
        if all("\u3400" <= c <= "\u9fff" and c not in PARTICLES for c in (first, second)):
            yield at, first + second
