"""Sentence patterns: text with {slots} and [optional passages], filled with facts in one pass.

A passage in square brackets goes when one of its slots has nothing to say; a pattern goes when a slot outside them has
not. What people wrote is never read as a pattern.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from huitong.compose.language import join_seam

_TOKEN: Final = re.compile(r"\{(\w+)\}|(\[)|(\])|([^\[\]{]+)")

Node = str | tuple[str] | list["Node"]  # text, (slot,), [optional passage]


@dataclass(frozen=True, slots=True)
class Fact:
    """Words with the paths of the brief that they tell in full. `long`: may be shortened at a clause's end."""

    text: str
    paths: frozenset[str] = frozenset()
    long: bool = False


Slots = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Pattern:
    """`slots` are all that it can hold; `needs` those outside brackets, without which it says nothing."""

    source: str
    nodes: tuple[Node, ...]
    slots: frozenset[str]
    needs: frozenset[str]


def parse(source: str) -> Pattern:
    """Read a pattern. Raises ValueError for a bracket that is not closed or not opened."""
    stack: list[list[Node]] = [[]]
    at = 0
    for found in _TOKEN.finditer(source):
        if found.start() != at:
            break
        at = found.end()
        slot, opening, closing, text = found.groups()
        if slot:
            stack[-1].append((slot,))
        elif opening:
            stack.append([])
        elif closing and len(stack) > 1:
            done = stack.pop()
            stack[-1].append(done)
        elif text:
            stack[-1].append(text)
        else:
            raise ValueError(f"pattern {source!r}: a ] without [")
    if at != len(source) or len(stack) != 1:
        raise ValueError(f"pattern {source!r}: not closed at character {at}")
    nodes = tuple(stack[0])
    needs = frozenset(node[0] for node in nodes if isinstance(node, tuple))
    return Pattern(source, nodes, frozenset(re.findall(r"\{(\w+)\}", source)), needs)


def fill(pattern: Pattern, slots: Slots, *, spaced: bool) -> Fact | None:
    """The pattern with its slots filled, or None if one that it needs is missing."""
    if not pattern.needs <= slots.keys():
        return None
    pieces = _pieces(pattern.nodes, slots)
    if pieces is None:
        return None
    text = ""
    paths: set[str] = set()
    was_fact = False
    for piece in pieces:
        if isinstance(piece, Fact):
            text = join_seam(text, piece.text, spaced=spaced)
            paths |= piece.paths
            was_fact = True
        else:
            text = join_seam(text, piece, spaced=spaced) if was_fact else text + piece
            was_fact = False
    return Fact(text, frozenset(paths))


def first(patterns: Iterable[Pattern], slots: Slots, *, spaced: bool) -> Fact | None:
    """The first pattern that has all it needs, filled."""
    return next((f for f in (fill(p, slots, spaced=spaced) for p in patterns) if f is not None), None)


def _pieces(nodes: Sequence[Node], slots: Slots) -> list[str | Fact] | None:
    out: list[str | Fact] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, list):
            out += _pieces(node, slots) or []
        else:
            fact = slots.get(node[0])
            if fact is None or not fact.text:
                return None
            out.append(fact)
    return out
