"""Find the past matters that are like the one at hand: words in common, the rarer the weightier."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_LATIN: Final = re.compile(r"[a-z0-9]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
# Words and characters that every text has say nothing about its matter.
_EVERYDAY: Final = frozenset(
    ("about", "after", "and", "are", "been", "before", "but", "for", "from", "has", "have", "into", "its", "must")
    + ("need", "needs", "not", "our", "ours", "that", "the", "their", "them", "they", "this", "was", "were", "which")
    + ("will", "with", "you", "your")
)
_PARTICLES: Final = re.compile("[的了和与與及或在是把被也都就您我你他们們]")
_ENDINGS: Final = ("ings", "ing", "ied", "ies", "ed", "es", "s", "y", "e")
_THRESHOLD: Final = 0.15
_SAME_DEPARTMENT: Final = 0.15
_MAX_TERMS: Final = 150
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PastMatter:
    """A closed matter. `outcome` says how it turned out, `days` how long it took, None if that is not known."""

    id: int
    title: str
    other_department: str
    purpose: str
    situation: str
    outcome: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Match:
    """A past matter, how like the query it is (0 to 1), and the words they share, in the query's order."""

    past: PastMatter
    score: float
    shared: tuple[str, ...]


def similar(query: str, past: Sequence[PastMatter], *, limit: int = 3) -> tuple[Match, ...]:
    """The past matters most like `query`, best first; of equals, the one with the higher id.

    `query` is the matter at hand as text: its title, other department, purpose and situation. Chinese is compared by
    pairs of characters, English by the stems of its words, and what few past matters say counts for most; naming the
    same department adds to that. What shares too little is left out, so the answer may be (). The whole of `past` is
    looked at, so give only what the asker may see. Method: feedback 2.9, 3.7.
    """
    text = query.casefold()
    wanted = tuple(dict.fromkeys(_terms(text)))[:_MAX_TERMS]
    find = _finder(wanted)
    found = [find(_text(p)) for p in past]
    counts = Counter(term for terms in found for term in terms)
    # Terms that no past matter has count too, but as the commonest do: a new name should not hide an old likeness.
    weights = {term: math.log1p(len(past) / counts[term]) if counts[term] else math.log(2) for term in wanted}
    whole = sum(weights.values())

    matches = []
    for matter, terms in zip(past, found, strict=True):
        score = sum(weights[term] for term in terms) / whole if whole else 0.0
        # The department alone is no likeness: half of a house's matters are with the same one.
        if len(terms) < 2 or score < _THRESHOLD:
            continue
        department = matter.other_department.strip().casefold()
        if department and department in text:
            score += (1 - score) * _SAME_DEPARTMENT
        matches.append((round(score, 3), matter, terms))
    best = sorted(matches, key=lambda m: (-m[0], -m[1].id))[:limit]
    return tuple(Match(matter, score, _shared(text, matter, terms)) for score, matter, terms in best)


def _text(matter: PastMatter) -> str:
    return f"{matter.title}\n{matter.purpose}\n{matter.situation}".casefold()


def _terms(text: str) -> Iterator[str]:
    """Pairs of Chinese characters and stems of Latin words, in the order of the text (already casefolded)."""
    for run in _runs(text):
        yield from (first + second for first, second in pairwise(run))
    for word in _LATIN.findall(text):
        if len(word) > 2 and word not in _EVERYDAY and not word.isdigit():
            yield _stem(word)


def _runs(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        yield from _PARTICLES.split(run)


def _stem(word: str) -> str:
    return next((word[: -len(e)] for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 4), word)


def _finder(wanted: Sequence[str]) -> Callable[[str], set[str]]:
    """A function from a past text to those of the wanted terms that are in it.

    Looking for the few terms of the query is several times faster than taking every past text apart.
    """
    pairs = {t for t in wanted if not t.isascii()}
    forms = {stem + ending: stem for stem in wanted if stem.isascii() for ending in ("", *_ENDINGS)}
    characters = "".join(sorted(set("".join(pairs))))
    pair = re.compile(f"(?=([{characters}]{{2}}))") if pairs else None

    def find(text: str) -> set[str]:
        found = pairs.intersection(pair.findall(text)) if pair else set[str]()
        if forms:
            found.update(forms[word] for word in _LATIN.findall(text) if word in forms)
        return found

    return find


def _shared(query: str, matter: PastMatter, terms: set[str]) -> tuple[str, ...]:
    """What a person would call the words in common: the longest shared Chinese strings, and whole English words."""
    text = _text(matter)
    found: list[str] = []
    for run in _runs(query):
        start = 0
        while start < len(run) - 1:
            end = start + 1
            while end < len(run) and run[start : end + 1] in text:
                end += 1
            if end - start >= 2:
                found.append(run[start:end])
            start = max(end, start + 1)
    found += [word for word in _LATIN.findall(query) if _stem(word) in terms]
    distinct = [w for w in dict.fromkeys(found) if not any(w != other and w in other for other in found)]
    telling = sorted(distinct, key=len, reverse=True)[:_SHOWN]
    return tuple(w for w in distinct if w in telling)
