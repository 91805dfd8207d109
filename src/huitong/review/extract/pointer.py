"""Which words of a text name the leader, the other department, the matter, the deadline: a chance for each word.

A word is a Chinese character, a Latin word or a number. A small network sees it among its neighbours, and what its
clause carries. Learned by `make model` from the drafts whose slots are labelled.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from huitong.review.model import FOLDER, SLOTS, load_arrays
from huitong.review.model.features import kind_of
from huitong.review.model.network import Floats, Ints
from huitong.review.page import HIDDEN, Page, Place

BITS: Final = 16
REACH: Final = 3
PLAIN: Final = 6  # numbers beside the n-grams: see `plain`
_WORD: Final = re.compile(r"[a-z\u00c0-\u024f]+(?:['’][a-z]+)?|\d+|[^\s\w]|[^\W\d_]")
_OUTSIDE: Final = 7


@dataclass(frozen=True, slots=True)
class Pointer:
    """What was learned: rows of hashed words in their places, the hidden layer, an answer for each slot."""

    words: Floats  # 2**BITS, width
    plain: Floats  # columns + PLAIN, width
    bias: Floats  # width
    answer: Floats  # width, slots
    last: Floats  # slots
    thresholds: tuple[float, ...]


def words_of(page: Page) -> list[Place]:
    """The words of a text, in order."""
    return [m.span() for m in _WORD.finditer(page.folded) if m[0] != HIDDEN]


def features(page: Page, words: list[Place]) -> Ints:
    """For each word the hashes of its neighbours and of pairs of them, each with where it stands beside the word."""
    folded = page.folded
    signs = [crc32(b"0" if folded[s].isdigit() else folded[s:e].encode("utf-8", "surrogatepass")) for s, e in words]
    around = np.full(len(words) + 2 * REACH + 1, _OUTSIDE, dtype=np.uint64)
    around[REACH : REACH + len(words)] = signs
    columns = []
    for step in range(2 * REACH + 1):
        here = around[step : step + len(words)]
        columns.append(_hashed(here, 2 * step))
        if step < 2 * REACH:
            columns.append(_hashed(here * _PAIR + around[step + 1 : step + 1 + len(words)], 2 * step + 1))
    return np.stack(columns, axis=1)


def plain(page: Page, words: list[Place], clauses: list[Place], chances: Floats) -> Floats:
    """For each word what its clause carries, then: how near to the beginning, which clause, capital, how often."""
    starts = np.array([s for s, _ in words])
    firsts = np.array([s for s, _ in clauses])
    owner = np.clip(np.searchsorted(firsts, starts, side="right") - 1, 0, None)
    texts = [page.folded[s : words[min(n + 1, len(words) - 1)][1]] for n, (s, _) in enumerate(words)]
    often = {text: page.folded.count(text) for text in set(texts)} if len(words) < 5_000 else {}
    extra = np.zeros((len(words), PLAIN), dtype=np.float32)
    extra[:, 0] = np.exp(-np.arange(len(words)) / 8)
    extra[:, 1] = owner == 0
    extra[:, 2] = [page.text[s].isupper() for s, _ in words]
    extra[:, 3] = [min(often.get(text, 1), 4) / 4 for text in texts]
    extra[:, 4] = owner == 1
    extra[:, 5] = owner / max(len(clauses), 1)
    return np.concatenate([chances[owner], extra], axis=1)


def answers(hashes: Ints, numbers: Floats, pointer: Pointer) -> Floats:
    """The chance of each slot for each word: (words, slots)."""
    hidden = pointer.words[hashes].sum(axis=1) + numbers @ pointer.plain + pointer.bias
    logits = np.maximum(hidden, 0) @ pointer.answer + pointer.last
    chances: Floats = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return chances


def point(page: Page, words: list[Place], clauses: list[Place], chances: Floats) -> Floats:
    """The chance of each of SLOTS for each word of the text."""
    if not words or not clauses:
        return np.zeros((len(words), len(SLOTS)), dtype=np.float32)
    return answers(features(page, words), plain(page, words, clauses, chances), load_pointer(kind_of(page.language)))


@cache
def load_pointer(kind: str) -> Pointer:
    """The pointer of "zh" or "en", as it was saved."""
    saved = load_arrays(FOLDER / f"{kind}.slots.npz")
    words = saved["words"] * saved["steps"]
    plain, bias, answer, last = (saved[name].astype(np.float32) for name in ("plain", "bias", "answer", "last"))
    return Pointer(words.astype(np.float32), plain, bias, answer, last, tuple(saved["thresholds"].tolist()))


def _hashed(signs: NDArray[np.uint64], salt: int) -> Ints:
    mixed = (signs + np.uint64(salt + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


_PAIR: Final = np.uint64(0xC2B2AE3D27D4EB4F)
