"""How `make model` learns which of a draft's days is its deadline."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from huitong.review.extract.deadline import BITS, NUMBERS, OF_NONE, SCALE, Days, seen
from huitong.review.model import in_8_bits
from huitong.review.model.network import Floats
from tools.learning import Adam, Parameters, course, places_of, summed_by_row

if TYPE_CHECKING:
    from tools.train_slots import Draft

WIDTH: Final = 24
EPOCHS: Final = 10
BATCH: Final = 16
RATE: Final = 0.004
DROP_WORDS: Final = 0.4
DROP: Final = 0.4
DECAY: Final = 0.009
LEAST: Final = 20  # days that a word in its place must stand at


def learned_deadline(drafts: "Sequence[Draft]") -> dict[str, NDArray[Any]]:
    """The chooser's arrays, from the drafts in which the deadline, if there is one, is a day that was found."""
    lessons: list[tuple[Days, Floats]] = []
    for draft in drafts:
        named = seen(draft.page, draft.words, draft.clauses, draft.chances, draft.days)
        places = list(places_of(draft.row["text"], draft.row["slots"].get("deadline") or ""))
        right = [any(day.start < end and start < day.end for start, end in places) for day in named.named]
        if named.named and (any(right) or not places):
            lessons.append((named, np.array(right, dtype=np.float32)))
    times = Counter(h for named, _ in lessons for hashes in named.hashes for h in hashes.tolist())
    known = sorted(h for h, count in times.items() if count >= LEAST)
    rows = np.full(2**BITS, len(known), dtype=np.int64)
    rows[known] = np.arange(len(known))
    p = _trained(lessons, rows)
    words, steps = in_8_bits(p["words"][:-1])
    rest = {name: value for name, value in p.items() if name != "words"}
    return {"hashes": np.array(known, dtype=np.int32), "words": words, "steps": steps, **rest}


def _trained(lessons: list[tuple[Days, Floats]], rows: NDArray[np.int64]) -> Parameters:
    rng = np.random.default_rng(0)
    unknown = int(rows.max())
    adam = Adam(
        {
            "words": rng.normal(0, 0.1, (unknown + 1, WIDTH)).astype(np.float32),
            "plain": rng.normal(0, 0.1, (NUMBERS, WIDTH)).astype(np.float32),
            "bias": np.zeros(WIDTH, dtype=np.float32),
            "answer": rng.normal(0, 0.2, WIDTH).astype(np.float32),
            "direct": np.zeros(NUMBERS, dtype=np.float32),
            "none": np.zeros(OF_NONE, dtype=np.float32),
        }
    )
    p, everything = adam.p, slice(None)
    total = EPOCHS * -(-len(lessons) // BATCH)
    for _ in range(EPOCHS):
        order = rng.permutation(len(lessons))
        for begin in range(0, len(order), BATCH):
            some = [lessons[i] for i in order[begin : begin + BATCH]]
            text = np.repeat(np.arange(len(some)), [len(days.named) for days, _ in some])
            hashes = [rows[h] for days, _ in some for h in days.hashes]
            owners = np.repeat(np.arange(len(hashes)), [len(h) for h in hashes])
            found = np.concatenate(hashes)
            kept = (found < unknown) & (rng.random(len(found)) >= DROP_WORDS)
            found, owners = found[kept], owners[kept]
            scale = SCALE / np.sqrt(np.maximum(np.bincount(owners, minlength=len(text)), 1)).astype(np.float32)
            words = np.zeros((len(text), WIDTH), dtype=np.float32)
            if len(owners):
                first = np.flatnonzero(np.diff(owners, prepend=-1))
                words[owners[first]] = np.add.reduceat(p["words"][found], first, axis=0)
            numbers = np.concatenate([days.numbers for days, _ in some])
            before = words * scale[:, None] + numbers @ p["plain"] + p["bias"]
            mask = (rng.random(before.shape) >= DROP).astype(np.float32) / np.float32(1 - DROP)
            hidden = np.maximum(before, 0) * mask
            of_none = np.stack([days.of_none for days, _ in some])
            said, none = hidden @ p["answer"] + numbers @ p["direct"], of_none @ p["none"]
            right = np.concatenate([r for _, r in some])
            slope, slope_none = _loss(said, none, right, text)
            back = slope[:, None] * p["answer"] * mask * (before > 0)
            rate = RATE * course(adam.steps / total)
            gradients: dict[str, tuple[Any, Floats]] = {
                "plain": (everything, numbers.T @ back),
                "bias": (everything, back.sum(axis=0)),
                "answer": (everything, hidden.T @ slope),
                "direct": (everything, numbers.T @ slope),
                "none": (everything, of_none.T @ slope_none),
            }
            if len(owners):
                gradients["words"] = summed_by_row(found, owners, back * scale[:, None])
            adam.step(gradients, rate)
            for name in ("plain", "answer", "direct"):
                p[name] *= 1 - rate * DECAY
    return p


def _loss(said: Floats, none: Floats, right: Floats, text: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The slopes of one choice a text among its days and none."""
    highest = none.copy()
    np.maximum.at(highest, text, said)
    weights, of_none = np.exp(said - highest[text]), np.exp(none - highest)
    together, hit = of_none.copy(), np.zeros_like(of_none)
    np.add.at(together, text, weights)
    np.add.at(hit, text, weights * right)
    there = hit > 0
    meant = np.where(there[text], weights * right / np.where(there, hit, 1)[text], 0)
    slope = (weights / together[text] - meant) / len(none)
    return slope.astype(np.float32), ((of_none / together - ~there) / len(none)).astype(np.float32)
