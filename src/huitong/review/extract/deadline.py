"""Which of the days that a text names is its deadline: a small network compares them with each other and with none.

It sees the words around each day, what its clause, its neighbours and its sentence carry, and what those of the other
days do: the day by which the matter is to be settled goes before that of a talk about it. Learned by `make model`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import log1p
from typing import Final
from zlib import crc32

import numpy as np

from huitong.review.extract.days import NamedDay
from huitong.review.model import COLUMNS, FOLDER, load_arrays
from huitong.review.model.features import kind_of
from huitong.review.model.network import Floats, Ints
from huitong.review.page import Page, Place

BITS: Final = 16
BESIDES: Final = tuple(
    COLUMNS.index(code)
    for code in (
        *("purpose", "situation", "importance", "effort", "proposal", "ask", "cooperation", "followup"),
        *("command", "ultimatum", "deadline", "precedent", "matter"),
    )
)
NUMBERS: Final = 4 * len(COLUMNS) + 2 * len(BESIDES) + 17
OF_NONE: Final = 7 + len(COLUMNS)
SCALE: Final = 3
_CARRIED: Final = 0.4
_DATED: Final = ("full", "date", "day", "month")
_SAID_OF_OTHERS: Final = 3
_MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a text as the network sees them."""

    named: list[NamedDay]
    hashes: list[Ints]
    numbers: Floats  # days, NUMBERS
    of_none: Floats  # OF_NONE


@dataclass(frozen=True, slots=True)
class Chooser:
    """What was learned: `rows` maps a hash to its row of `words`, whose last one is zero."""

    rows: Ints
    words: Floats
    plain: Floats
    bias: Floats
    answer: Floats
    direct: Floats
    none: Floats


def seen(page: Page, words: list[Place], clauses: list[Place], chances: Floats, named: list[NamedDay]) -> Days:
    """The days in numbers."""
    named = [day for day in named if not words or day.end <= words[-1][1]][:_MOST_DAYS]
    starts, ends = [s for s, _ in words], [e for _, e in words]
    said = ["0" if page.folded[s].isdigit() else page.folded[s:e] for s, e in words]
    firsts = [s for s, _ in clauses]
    owners = [max(bisect_right(firsts, day.start) - 1, 0) for day in named]
    carried = [[COLUMNS[column] for column in np.flatnonzero(row > _CARRIED)] for row in chances]
    dates = [day.day.toordinal() if day.day and day.kind in _DATED else None for day in named]
    order = sorted({date for date in dates if date})
    times = Counter(page.folded[day.start : day.end] for day in named)
    besides = chances[np.ix_(owners, BESIDES)] if named else np.zeros((0, len(BESIDES)), dtype=np.float32)
    nothing = np.zeros(len(COLUMNS), dtype=np.float32)
    hashes, numbers = [], np.zeros((len(named), NUMBERS), dtype=np.float32)
    for n, (day, clause) in enumerate(zip(named, owners, strict=True)):
        begin, end = page.sentence(day.start, day.end)
        together = [m for m in range(bisect_left(firsts, begin), bisect_left(firsts, end)) if m != clause]
        others = {m for k, m in enumerate(owners) if k != n}
        span = bisect_right(ends, day.start), bisect_left(starts, day.end)
        within = bisect_right(ends, clauses[clause][0]), bisect_left(starts, clauses[clause][1])
        names = _around(said, span, within, day.kind)
        names.append(("end", page.folded[clauses[clause][1] : clauses[clause][1] + 1]))
        before, after = (said[span[0] - 1] if span[0] else "^"), (said[span[1]] if span[1] < len(said) else "^")
        for code in carried[clause]:
            names += [("q", code), ("qk", code, day.kind), ("qb", code, before), ("qa", code, after)]
        names += [name for m in together for code in carried[m] for name in (("s", code), ("sk", code, day.kind))]
        for m in others:
            for code in carried[m]:
                names += [("o", code), *(("oq", code, mine) for mine in carried[clause][:_SAID_OF_OTHERS])]
        hashes.append(np.array(sorted({_hash(name) for name in names}), dtype=np.int64))
        rest = np.delete(besides, n, axis=0).max(axis=0) if len(named) > 1 else np.zeros(len(BESIDES))
        place = order.index(dates[n] or 0) / max(len(order) - 1, 1) if dates[n] and len(order) > 1 else 0.5
        numbers[n] = np.concatenate(
            [
                chances[clause],
                chances[clause - 1] if clause else nothing,
                chances[clause + 1] if clause + 1 < len(clauses) else nothing,
                chances[[clause, *together]].max(axis=0),
                besides[n] - rest,
                rest,
                [clause / len(clauses), clause == 0, clause == 1, clause == len(clauses) - 1],
                [n == 0, n == len(named) - 1, n / len(named), len(named) == 1, len(named) == 2, log1p(len(named))],
                [min(times[page.folded[day.start : day.end]], 3) - 1, day.day is None, day.sure],
                [place, place == 1, place == 0, (day.end - day.start) / 10],
            ]
        )
    count = len(clauses)
    short = [1, count < 4, count < 8, log1p(count), len(named) == 1, not named, log1p(len(named))]
    most = chances.max(axis=0) if count else nothing
    return Days(named, hashes, numbers, np.concatenate([short, most]).astype(np.float32))


def _around(said: list[str], span: tuple[int, int], clause: tuple[int, int], kind: str) -> list[tuple[str, ...]]:
    """The words before, in and behind a day, each by where it stands."""
    first, last = span

    def at(n: int) -> str:
        return said[n] if 0 <= n < len(said) else "^"

    names: list[tuple[str, ...]] = [("k", kind), ("kb", kind, at(first - 1)), ("ka", kind, at(last))]
    names += [("ba", at(first - 1), at(last))]
    for step in range(1, 5):
        names += [("b", str(step), at(first - step)), ("a", str(step), at(last + step - 1))]
    names += [("b2", at(first - 2), at(first - 1)), ("b23", at(first - 3), at(first - 2))]
    names += [("a2", at(last), at(last + 1)), ("a23", at(last + 1), at(last + 2))]
    names += [("b3", at(first - 3), at(first - 2), at(first - 1)), ("a3", at(last), at(last + 1), at(last + 2))]
    if first < last:
        names += [("i0", at(first)), ("il", at(last - 1)), ("il2", at(last - 2), at(last - 1))]
        names += [("i0b", at(first - 1), at(first)), ("ila", at(last - 1), at(last))]
    for n in range(clause[0], first):
        names += [("cb", at(n)), ("cb2", at(n), at(n + 1))]
    for n in range(last, clause[1]):
        names += [("ca", at(n)), ("ca2", at(n - 1), at(n))]
    return names


def _hash(name: tuple[str, ...]) -> int:
    return crc32("\x1f".join(name).encode("utf-8", "surrogatepass")) % 2**BITS


def choose(days: Days, chooser: Chooser) -> tuple[Floats, float]:
    """The chance of each day, and that none of them is the deadline."""
    words = np.zeros((len(days.named), chooser.words.shape[1]), dtype=np.float32)
    for n, hashes in enumerate(days.hashes):
        rows = chooser.rows[hashes]
        known = rows[rows < len(chooser.words) - 1]
        words[n] = SCALE * chooser.words[known].sum(axis=0) / np.sqrt(max(len(known), 1))
    hidden = np.maximum(words + days.numbers @ chooser.plain + chooser.bias, 0)
    logits = hidden @ chooser.answer + days.numbers @ chooser.direct
    none = float(days.of_none @ chooser.none)
    highest = max([none, *logits.tolist()])
    weights, of_none = np.exp(logits - highest), float(np.exp(none - highest))
    together = float(weights.sum()) + of_none
    return weights / together, of_none / together


def chances_of(
    page: Page, words: list[Place], clauses: list[Place], chances: Floats, named: list[NamedDay]
) -> tuple[list[NamedDay], Floats, float]:
    """The days that may be the deadline, how likely each is, and that none is."""
    days = seen(page, words, clauses, chances, named)
    return days.named, *choose(days, load_chooser(kind_of(page.language)))


@cache
def load_chooser(kind: str) -> Chooser:
    """The chooser of "zh" or "en", as it was saved."""
    saved = load_arrays(FOLDER / f"{kind}.deadline.npz")
    rows = np.full(2**BITS, len(saved["hashes"]), dtype=np.int64)
    rows[saved["hashes"]] = np.arange(len(saved["hashes"]))
    words = np.vstack([saved["words"] * saved["steps"], np.zeros_like(saved["steps"])[None]]).astype(np.float32)
    rest = (saved[name].astype(np.float32) for name in ("plain", "bias", "answer", "direct", "none"))
    return Chooser(rows, words, *rest)
