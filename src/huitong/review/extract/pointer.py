"""Which words of a text name the leader, the other department, the matter, the deadline: a chance for each word.

A word is a Chinese character, a Latin word or a number. Small networks see it among its neighbours, what its clause
carries and how often it comes up. Learned by `make model` from the drafts whose slots are labelled.
"""

import re
from collections import Counter
from collections.abc import Iterable
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
STEPS: Final = (-2, -1, 0, 1, 2)
WIDER: Final = (1, 3)  # how far apart the neighbours are that each layer sees
PLAIN: Final = 20  # numbers beside what the clause carries: see `plain`
MOST_WORDS: Final = 10_000  # of a longer text only the beginning is looked at
_WORD: Final = re.compile(r"[a-z\u00c0-\u024f]+(?:['’][a-z]+)?|\d+|[^\s\w]|[^\W\d_]")
_OUTSIDE: Final = 7
_LONGEST_TITLE: Final = 60
_TITLE: Final = re.compile(r"[ \t]*(?:主题|主旨|标题|事由|题目|关于|re|subject|title|memo|memorandum|report|note)")
_NO_TITLE: Final = re.compile(r"[，。,!?]")
_SAID: Final = re.compile(r"《[^《》\n]{1,60}》|“[^“”\n]{1,60}”|「[^「」\n]{1,60}」|\"[^\"\n]{1,60}\"")


@dataclass(frozen=True, slots=True)
class Network:
    """`words` are the rows of the hashed words, its last row is zero; `near` and `edge` the layers over neighbours."""

    words: Floats  # rows + 1, width
    plain: Floats  # columns + PLAIN, width
    bias: Floats
    near: tuple[Floats, ...]  # 5 * width, hidden; then 5 * hidden, hidden
    edge: tuple[Floats, ...]
    whole: Floats  # 2 * hidden, hidden: what the text as a whole adds
    answer: Floats  # hidden, 2 * slots: in the slot or not; which words of all
    last: Floats
    none: Floats  # 2 * hidden, slots: that there are no such words
    no: Floats


@dataclass(frozen=True, slots=True)
class Pointer:
    """`rows` says for each hash its row in the networks' words."""

    rows: Ints
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Pointed:
    """For each word and slot: the chance that it belongs to it, its share of the pointing; and that there is none."""

    inside: Floats
    share: Floats
    none: Floats


def words_of(page: Page) -> list[Place]:
    """The words of a text, in order."""
    found = (m.span() for m in _WORD.finditer(page.folded) if m[0] != HIDDEN)
    return [place for place, _ in zip(found, range(MOST_WORDS), strict=False)]


def features(page: Page, words: list[Place]) -> Ints:
    """For each word the hashes of itself and of those beside it."""
    folded = [page.folded[s:e] for s, e in words]
    signs = _signs("0" if word[0].isdigit() else word for word in folded)
    around = np.full(len(words) + 2, _OUTSIDE, dtype=np.uint64)
    around[1:-1] = signs
    before, here, after = around[:-2], around[1:-1], around[2:]
    columns = [here, before * _PAIR + here, here * _PAIR + after, (before * _PAIR + here) * _PAIR + after]
    if kind_of(page.language) == "en":
        columns += [_signs(word[-3:] for word in folded), _signs(word[:4] for word in folded)]
    return np.stack([_hashed(column, n) for n, column in enumerate(columns)], axis=1)


def plain(page: Page, words: list[Place], clauses: list[Place], chances: Floats) -> Floats:
    """For each word what its clause carries, then where it stands, how it is written and how often it comes up."""
    folded, text, count = page.folded, page.text, len(words)
    starts, ends = np.array(words).T
    firsts, lasts = np.array(clauses).T
    owner = np.clip(np.searchsorted(firsts, starts, side="right") - 1, 0, None)
    said = [folded[s:e] for s, e in words]
    extra = np.zeros((count, PLAIN), dtype=np.float32)
    at = np.arange(count)
    extra[:, 0], extra[:, 1], extra[:, 2] = np.exp(-at / 8), np.exp(-at / 40), np.exp(-at[::-1] / 12)
    extra[:, 3], extra[:, 4], extra[:, 5] = owner == 0, owner == 1, owner / max(len(clauses), 1)
    extra[:, 6] = np.exp(-(starts - firsts[owner]) / 3)
    extra[:, 7] = np.exp(-np.maximum(lasts[owner] - ends, 0) / 3)
    extra[:, 8] = [text[s].isupper() for s, _ in words]
    extra[:, 9] = [e - s > 1 and text[s:e].isupper() for s, e in words]
    extra[:, 10] = [word[0].isdigit() for word in said]
    extra[:, 11] = [s == 0 or folded[max(0, s - 2) : s].strip(" ")[-1:] in (".", "!", "?", "\n", "") for s, _ in words]
    for length in range(1, 5):
        extra[:, 11 + length] = _often(said, length)
    line = folded.find("\n")
    if line > 0 and (_TITLE.match(folded) or (line < _LONGEST_TITLE and not _NO_TITLE.search(folded, 0, line))):
        extra[:, 16] = starts < line
        extra[:, 17] = _of_title(page, said, int((starts < line).sum()))
    last = folded.rstrip().rfind("\n")
    extra[:, 18] = (starts > last) & (last > 0)
    within = np.zeros(len(text) + 1, dtype=bool)
    for match in _SAID.finditer(text):
        within[slice(*match.span())] = True
    extra[:, 19] = within[starts]
    return np.concatenate([chances[owner], extra], axis=1)


def _often(said: list[str], length: int) -> Floats:
    """For each word how often the run of words comes up that it stands in and that comes up most."""
    runs = [tuple(said[n : n + length]) for n in range(len(said) - length + 1)]
    times = Counter(runs)
    counts = np.array([times[run] for run in runs], dtype=np.float32)
    most = np.ones(len(said), dtype=np.float32)
    for step in range(length):
        part = most[step : step + len(counts)]
        np.maximum(part, counts, out=part)
    logs: Floats = np.log(most)
    return logs


def _of_title(page: Page, said: list[str], in_title: int) -> list[bool]:
    """Whether a word, in Chinese with the next one, stands in the title."""
    length, shortest = (1, 4) if kind_of(page.language) == "en" else (2, 2)
    runs = [tuple(said[n : n + length]) for n in range(len(said))]
    title = {run for run in runs[:in_title] if sum(map(len, run)) >= shortest}
    return [run in title for run in runs]


def point(page: Page, words: list[Place], clauses: list[Place], chances: Floats) -> Pointed:
    """What the networks say of each word and each of SLOTS."""
    if not words or not clauses:
        nothing = np.zeros((len(words), len(SLOTS)), dtype=np.float32)
        return Pointed(nothing, nothing, np.ones(len(SLOTS), dtype=np.float32))
    return pointed(features(page, words), plain(page, words, clauses, chances), load_pointer(kind_of(page.language)))


def pointed(hashes: Ints, numbers: Floats, pointer: Pointer) -> Pointed:
    """The mean of what each network says."""
    rows = pointer.rows[hashes]
    answers = [_answer(rows, numbers, network) for network in pointer.networks]
    inside, share, none = (np.mean([a[n] for a in answers], axis=0) for n in range(3))
    return Pointed(inside, share, none)


def _answer(rows: Ints, numbers: Floats, network: Network) -> tuple[Floats, Floats, Floats]:
    seen = np.tanh(network.words[rows].sum(axis=1) + numbers @ network.plain + network.bias)
    whole = np.zeros(0, dtype=np.float32)
    for layer, (near, edge, wider) in enumerate(zip(network.near, network.edge, WIDER, strict=True)):
        before = neighbours(seen, wider) @ near + edge
        if layer == len(WIDER) - 1:
            whole = np.concatenate([seen.mean(axis=0), seen.max(axis=0)])
            before += whole @ network.whole
        hidden = np.maximum(before, 0)
        seen = hidden + seen if layer else hidden
    logits = seen @ network.answer + network.last
    no = whole @ network.none + network.no
    inside, pointing = logits[:, : len(SLOTS)], logits[:, len(SLOTS) :]
    highest = np.maximum(pointing.max(axis=0), no)
    weights, of_none = np.exp(pointing - highest), np.exp(no - highest)
    together = weights.sum(axis=0) + of_none
    return 1 / (1 + np.exp(-np.clip(inside, -30, 30))), weights / together, of_none / together


def neighbours(seen: Floats, wider: int) -> Floats:
    """Each row with two before and two after it, `wider` apart, side by side; nothing beyond the ends."""
    reach = STEPS[-1] * wider
    padded = np.zeros((len(seen) + 2 * reach, seen.shape[1]), dtype=np.float32)
    padded[reach : reach + len(seen)] = seen
    return np.concatenate([padded[reach + step * wider :][: len(seen)] for step in STEPS], axis=1)


@cache
def load_pointer(kind: str) -> Pointer:
    """The pointer of "zh" or "en", as it was saved."""
    saved = load_arrays(FOLDER / f"{kind}.slots.npz")
    rows = np.full(2**BITS, len(saved["hashes"]), dtype=np.int64)
    rows[saved["hashes"]] = np.arange(len(saved["hashes"]))
    networks = []
    for n in range(len(saved["words"])):
        words = np.vstack([saved["words"][n] * saved["steps"][n], np.zeros_like(saved["steps"][n])[None]])
        rest = {name: saved[name][n].astype(np.float32) for name in saved if name not in ("hashes", "words", "steps")}
        near, edge = (tuple(rest.pop(f"{name}{layer}") for layer in range(len(WIDER))) for name in ("near", "edge"))
        networks.append(Network(words=words.astype(np.float32), near=near, edge=edge, **rest))
    return Pointer(rows, tuple(networks))


def _signs(words: Iterable[str]) -> NDArray[np.uint64]:
    return np.array([crc32(word.encode("utf-8", "surrogatepass")) for word in words], dtype=np.uint64)


def _hashed(signs: NDArray[np.uint64], salt: int) -> Ints:
    mixed = (signs + np.uint64(salt + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


_PAIR: Final = np.uint64(0xC2B2AE3D27D4EB4F)
