"""Findings that a person has looked at and leaves as they are.

A dismissal belongs to one clause: it moves along with edits elsewhere, ends when the clause changes, and touches no
other clause, not even one of the same words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from huitong.method.words import Fault, Language
from huitong.review.page import Page, Place
from huitong.review.results import Finding, Review

# Beyond this, clauses between the first and the last change are matched by their order alone.
_MOST_COMPARED: Final = 400


@dataclass(frozen=True, slots=True)
class Dismissal:
    """The finding `code` on the clause that stands at `start` of the text and reads `clause`."""

    code: Fault
    start: int
    clause: str


def dismissal(text: str, finding: Finding, language: Language) -> Dismissal:
    """Leave this finding of the text as it is."""
    start, end = Page.of(text, language).clause(finding.start, finding.end)
    return Dismissal(finding.code, start, text[start:end])


def standing(review: Review, dismissed: Iterable[Dismissal]) -> tuple[Finding, ...]:
    """The faults of a review that nobody has dismissed. `dismissed` are of the text that was reviewed."""
    left = [(d.code, d.start, d.start + len(d.clause)) for d in dismissed]
    return tuple(f for f in review.faults if not any(f.code == c and s <= f.start < e for c, s, e in left))


def carried(dismissed: Iterable[Dismissal], old: str, new: str, language: Language) -> tuple[Dismissal, ...]:
    """The dismissals of `old` as they hold in `new`; those whose clause was changed or taken out are gone."""
    if old == new:
        return tuple(dismissed)
    moved = dict(_moved(_clauses(old, language), _clauses(new, language)))
    return tuple(
        Dismissal(d.code, moved[d.start], d.clause)
        for d in dismissed
        if d.start in moved and new.startswith(d.clause, moved[d.start])
    )


def _clauses(text: str, language: Language) -> list[tuple[Place, str]]:
    return [((start, end), text[start:end]) for start, end in Page.of(text, language).clauses()]


def _moved(old: list[tuple[Place, str]], new: list[tuple[Place, str]]) -> Iterator[tuple[int, int]]:
    """Where each unchanged clause of the old text stands in the new one."""
    head = 0
    while head < min(len(old), len(new)) and old[head][1] == new[head][1]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail][1] == new[-1 - tail][1]:
        tail += 1
    for before, after in (
        *zip(old[:head], new[:head], strict=True),
        *zip(_last(old, tail), _last(new, tail), strict=True),
    ):
        yield before[0][0], after[0][0]
    first, second = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(first), len(second)) > _MOST_COMPARED:
        first, second = first[:_MOST_COMPARED], second[:_MOST_COMPARED]
    same = SequenceMatcher(None, [c for _, c in first], [c for _, c in second], autojunk=False)
    for block in same.get_matching_blocks():
        for i in range(block.size):
            yield first[block.a + i][0][0], second[block.b + i][0][0]


def _last(clauses: list[tuple[Place, str]], count: int) -> list[tuple[Place, str]]:
    return clauses[len(clauses) - count :]
