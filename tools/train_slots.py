"""`make model`, second half: learns which words name the leader, the other department, the matter and the deadline.

usage: python -m tools.train_slots [--check]      as tools.train, whose networks must have been written before
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zlib import crc32

import numpy as np

from huitong.method.words import Language
from huitong.review.extract.days import NamedDay, days
from huitong.review.extract.pointer import BITS, PLAIN, STEPS, WIDER, features, neighbours, plain, words_of
from huitong.review.model import COLUMNS, FOLDER, SLOTS, in_8_bits, save_arrays
from huitong.review.model.network import Floats, Ints
from huitong.review.page import Page, Place
from tools.evaluate import slots_right
from tools.learning import Adam, Parameters, arguments, course, places_of, rows, summed_by_row
from tools.lessons import example_of, known_words
from tools.lessons import read as read_examples
from tools.train import LEAST as LEAST_TEXTS
from tools.train import chances_of, vocabulary, with_words
from tools.train import trained as trained_network
from tools.train_deadline import learned_deadline

NETWORKS: Final = 3
WIDTH: Final = 32
HIDDEN: Final = 40
EPOCHS: Final = 10
BATCH: Final = 8
RATE: Final = 0.003
DROP_WORDS: Final = 0.5
DROP_SEEN: Final = 0.2
DROP: Final = 0.4
DECAY: Final = 0.003
EPOCHS_APART: Final = 20
LEAST: Final = 35  # drafts that a word must stand in: rarer ones are names and matters, which must not be learned
INSIDE: Final = 1 / 20  # how much a word's belonging counts beside the pointing
TODAY: Final = date(2026, 1, 1)  # the kinds of days are learned, not the days


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is seen, and which of its words stand in which slot."""

    row: dict[str, Any]
    page: Page
    words: list[Place]
    clauses: list[Place]
    chances: Floats
    days: list[NamedDay]
    hashes: Ints
    numbers: Floats
    named: Floats


Saying = Callable[[dict[str, Any]], Floats]


def read(kind: str, saying: Saying, *, without: Sequence[str] = ()) -> list[Draft]:
    """The drafts with labelled slots; `saying` tells what their clauses carry."""
    drafts: list[Draft] = []
    for row in rows(kind, without=without):
        page = Page.of(row["text"], Language(row["lang"]))
        clauses, words = page.clauses(), words_of(page)
        if "slots" in row and clauses and words:
            named = np.zeros((len(words), len(SLOTS)), dtype=np.float32)
            for column, slot in enumerate(SLOTS):
                for start, end in places_of(row["text"], row["slots"].get(slot) or ""):
                    named[[n for n, (s, e) in enumerate(words) if s < end and start < e], column] = 1
            chances = saying(row)
            numbers = plain(page, words, clauses, chances)
            found = days(page, TODAY)
            drafts.append(Draft(row, page, words, clauses, chances, found, features(page, words), numbers, named))
    return drafts


def unlearned(kind: str, without: Sequence[str]) -> Saying:
    """As networks say that have not learned from the draft: those in the package know these drafts by heart."""
    examples = read_examples(kind, without=without)
    known, meant = vocabulary(examples, LEAST_TEXTS[kind]), known_words(kind)
    parts = [[e for e in examples if _half(e.id) != half] for half in range(2)]
    learned = [trained_network(part, known, meant, 100 + half, EPOCHS_APART) for half, part in enumerate(parts)]
    known, halves = with_words(known, meant, learned)

    def saying(row: dict[str, Any]) -> Floats:
        example = example_of(row)
        assert example is not None
        return chances_of(example, known, [halves[_half(row["id"])]])

    return saying


def _half(draft: str) -> int:
    return crc32(draft.encode()) % 2


class Learning:
    """One network of the pointer being learned, one step at a time."""

    def __init__(self, known: Ints, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.rows = known

        def drawn(*shape: int, spread: float) -> Floats:
            return rng.normal(0, spread, shape).astype(np.float32)

        parameters = {
            "words": drawn(int(known.max()) + 1, WIDTH, spread=0.1),
            "plain": drawn(len(COLUMNS) + PLAIN, WIDTH, spread=0.1),
            "bias": np.zeros(WIDTH, dtype=np.float32),
            "whole": drawn(2 * HIDDEN, HIDDEN, spread=0.05),
            "answer": drawn(HIDDEN, 2 * len(SLOTS), spread=0.1),
            "last": np.repeat(np.float32([-3, 0]), len(SLOTS)),
            "none": drawn(2 * HIDDEN, len(SLOTS), spread=0.05),
            "no": np.zeros(len(SLOTS), dtype=np.float32),
        }
        for layer in range(len(WIDER)):
            wide = len(STEPS) * (HIDDEN if layer else WIDTH)
            parameters[f"near{layer}"] = drawn(wide, HIDDEN, spread=(2 / wide) ** 0.5)
            parameters[f"edge{layer}"] = np.zeros(HIDDEN, dtype=np.float32)
        parameters["words"][-1] = 0
        self.adam = Adam(parameters)
        self.p = self.adam.p

    def step(self, drafts: list[Draft], rate: float) -> None:
        """Learn from a few drafts: the slopes of each are found alone, then summed."""
        gradients: Parameters = {name: np.zeros_like(value) for name, value in self.p.items() if name != "words"}
        hashed, slopes = [], []
        for draft in drafts:
            found, slope = self._slopes(draft, gradients)
            hashed.append(found)
            slopes.append(slope)
        everything = slice(None)
        total: dict[str, tuple[Any, Floats]] = {
            name: (everything, value / len(drafts)) for name, value in gradients.items()
        }
        together, words = np.concatenate(hashed), np.concatenate(slopes) / len(drafts)
        alive = together.ravel() < len(self.p["words"]) - 1
        owners = np.repeat(np.arange(len(together)), together.shape[1])[alive]
        total["words"] = summed_by_row(together.ravel()[alive], owners, words)
        self.adam.step(total, rate)
        for name in ("plain", "answer", "whole", *(f"near{layer}" for layer in range(len(WIDER)))):
            self.p[name] *= 1 - rate * DECAY

    def _kept(self, shape: tuple[int, ...], drop: float) -> Floats:
        return (self.rng.random(shape) >= drop).astype(np.float32) / np.float32(1 - drop)

    def _slopes(self, draft: Draft, gradients: Parameters) -> tuple[Ints, Floats]:
        """Add the draft's slopes to `gradients`; its words' rows, and the slope of what they sum up to."""
        p, layers = self.p, range(len(WIDER))
        hashed = self.rows[draft.hashes]
        hashed = np.where(self.rng.random(hashed.shape) < DROP_WORDS, len(p["words"]) - 1, hashed)
        first = np.tanh(p["words"][hashed].sum(axis=1) / (1 - DROP_WORDS) + draft.numbers @ p["plain"] + p["bias"])
        kept_first = self._kept(first.shape, DROP_SEEN)
        seen = [first * kept_first]
        beside, active, kept = [], [], []
        for layer in layers:
            beside.append(neighbours(seen[-1], WIDER[layer]))
            before = beside[-1] @ p[f"near{layer}"] + p[f"edge{layer}"]
            if layer == layers[-1]:
                whole = np.concatenate([seen[-1].mean(axis=0), seen[-1].max(axis=0)])
                before = before + whole @ p["whole"]
            active.append(before > 0)
            kept.append(self._kept(before.shape, DROP))
            hidden = np.maximum(before, 0) * kept[-1]
            seen.append(hidden + seen[-1] if layer else hidden)
        said, no = seen[-1] @ p["answer"] + p["last"], whole @ p["none"] + p["no"]
        slope, slope_none = _loss(said, no, draft.named)

        gradients["answer"] += seen[-1].T @ slope
        gradients["last"] += slope.sum(axis=0)
        gradients["none"] += np.outer(whole, slope_none)
        gradients["no"] += slope_none
        back, back_whole = slope @ p["answer"].T, p["none"] @ slope_none
        for layer in reversed(layers):
            inner = back * kept[layer] * active[layer]
            gradients[f"near{layer}"] += beside[layer].T @ inner
            gradients[f"edge{layer}"] += inner.sum(axis=0)
            back = _to_neighbours(inner @ p[f"near{layer}"].T, WIDER[layer]) + (back if layer else 0)
            if layer == layers[-1]:
                summed = inner.sum(axis=0)
                gradients["whole"] += np.outer(whole, summed)
                back_whole = back_whole + p["whole"] @ summed
                highest = seen[layer] == seen[layer].max(axis=0)
                back = back + back_whole[:HIDDEN] / len(back) + highest * back_whole[HIDDEN:] / highest.sum(axis=0)
        slopes = (back * kept_first * (1 - first**2)).astype(np.float32)
        gradients["plain"] += draft.numbers.T @ slopes
        gradients["bias"] += slopes.sum(axis=0)
        return hashed, slopes / np.float32(1 - DROP_WORDS)


def _loss(said: Floats, no: Floats, named: Floats) -> tuple[Floats, Floats]:
    """The slopes of both answers: of each word whether it belongs; of all words, or none, which are meant."""
    inside, pointing = said[:, : len(SLOTS)], said[:, len(SLOTS) :]
    belongs = (1 / (1 + np.exp(-np.clip(inside, -30, 30))) - named) * INSIDE
    highest = np.maximum(pointing.max(axis=0), no)
    weights, of_none = np.exp(pointing - highest), np.exp(no - highest)
    together = weights.sum(axis=0) + of_none
    right = (weights * named).sum(axis=0)
    there = right > 0
    share = weights / together - np.where(there, weights * named / np.where(there, right, 1), 0)
    return np.concatenate([belongs, share], axis=1).astype(np.float32), of_none / together - ~there


def _to_neighbours(slopes: Floats, wider: int) -> Floats:
    """What `neighbours` gave to each place comes back from there."""
    width, reach = slopes.shape[1] // len(STEPS), STEPS[-1] * wider
    padded = np.zeros((len(slopes) + 2 * reach, width), dtype=np.float32)
    for n, step in enumerate(STEPS):
        padded[reach + step * wider :][: len(slopes)] += slopes[:, n * width : (n + 1) * width]
    return padded[reach : reach + len(slopes)]


def learned(drafts: list[Draft], seed: int, known: Ints) -> Parameters:
    """The parameters of one network."""
    learning = Learning(known, seed)
    steps = EPOCHS * -(-len(drafts) // BATCH)
    for _ in range(EPOCHS):
        order = learning.rng.permutation(len(drafts))
        for begin in range(0, len(order), BATCH):
            some = [drafts[i] for i in order[begin : begin + BATCH]]
            learning.step(some, RATE * course(learning.adam.steps / steps))
    return learning.p


def known_rows(drafts: list[Draft]) -> Ints:
    """For each hash its row of the words, and the row after the last for those that too few drafts hold."""
    texts = Counter[int]()
    for draft in drafts:
        texts.update(set(draft.hashes.ravel().tolist()))
    known = sorted(n for n, count in texts.items() if count >= LEAST)
    found = np.full(2**BITS, len(known), dtype=np.int64)
    found[known] = np.arange(len(known))
    return found


def train(kind: str, drafts: list[Draft]) -> None:
    """Learn the pointer and the chooser of the deadline, and write them into the package."""
    known = known_rows(drafts)
    networks = [learned(drafts, seed, known) for seed in range(NETWORKS)]
    tables = [in_8_bits(p["words"][:-1]) for p in networks]
    save_arrays(
        FOLDER / f"{kind}.slots.npz",
        {
            "hashes": np.flatnonzero(known < known.max()).astype(np.int32),
            "words": np.stack([words for words, _ in tables]),
            "steps": np.stack([steps for _, steps in tables]),
            **{name: np.stack([p[name] for p in networks]) for name in networks[0] if name != "words"},
        },
    )
    save_arrays(FOLDER / f"{kind}.deadline.npz", learned_deadline(drafts))


def main() -> None:
    given = arguments(__doc__)
    for kind in given.kinds:
        without = ("last", "check") if given.check else ("last",)
        drafts = read(kind, unlearned(kind, without), without=without)
        print(f"{kind}: {len(drafts)} drafts, {sum(len(d.words) for d in drafts)} words", flush=True)
        train(kind, drafts)
        if given.check:
            kept = [row for row in rows(kind, only="check") if "slots" in row]
            print(", ".join(f"{slot} {share:.3f}" for slot, share in slots_right(kept).items()))


if __name__ == "__main__":
    main()
