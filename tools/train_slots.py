"""`make model`, second half: learns which words name the leader, the other department, the matter and the deadline.

usage: python -m tools.train_slots [--check]      as tools.train, whose networks must have been written before
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np

from huitong.method.words import Language
from huitong.review.extract.pointer import BITS, PLAIN, Pointer, answers, features, plain, words_of
from huitong.review.model import COLUMNS, FOLDER, SLOTS, chances, in_8_bits, save_arrays
from huitong.review.model.network import Floats, Ints
from huitong.review.page import Page, Place
from tools.learning import Adam, Parameters, arguments, course, places_of, rows, summed_by_row
from tools.lessons import example_of
from tools.lessons import read as read_examples
from tools.train import LEAST as LEAST_TEXTS
from tools.train import chances_of, vocabulary
from tools.train import trained as trained_network

WIDTH: Final = 24
EPOCHS: Final = 12
BATCH: Final = 8
RATE: Final = 0.003
DROP: Final = 0.2
EPOCHS_APART: Final = 20
LEAST: Final = 20  # drafts that a word in its place must stand in: rarer ones are names, which must not be learned


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the pointer sees it, and which of its words stand in which slot."""

    id: str
    hashes: Ints
    numbers: Floats
    named: Floats


Saying = Callable[[dict[str, Any], Page, list[Place]], Floats]


def read(kind: str, saying: Saying, *, only: str = "", without: Sequence[str] = ()) -> list[Draft]:
    """The drafts with labelled slots; `saying` tells what their clauses carry."""
    drafts: list[Draft] = []
    for row in rows(kind, only=only, without=without):
        page = Page.of(row["text"], Language(row["lang"]))
        clauses, words = page.clauses(), words_of(page)
        if "slots" in row and clauses and words:
            named = np.zeros((len(words), len(SLOTS)), dtype=np.float32)
            for column, slot in enumerate(SLOTS):
                for start, end in places_of(row["text"], row["slots"].get(slot) or ""):
                    named[[n for n, (s, e) in enumerate(words) if s < end and start < e], column] = 1
            numbers = plain(page, words, clauses, saying(row, page, clauses))
            drafts.append(Draft(row["id"], features(page, words), numbers, named))
    return drafts


def packaged(_row: dict[str, Any], page: Page, clauses: list[Place]) -> Floats:
    """As the networks in the package say."""
    return chances(page, clauses)


def unlearned(kind: str, without: Sequence[str]) -> Saying:
    """As networks say that have not learned from the draft: those in the package know these drafts by heart."""
    examples = read_examples(kind, without=without)
    known = vocabulary(examples, LEAST_TEXTS[kind])
    halves = [
        trained_network([e for e in examples if _half(e.id) != half], known, 100 + half, EPOCHS_APART)
        for half in range(2)
    ]

    def saying(row: dict[str, Any], _page: Page, _clauses: list[Place]) -> Floats:
        example = example_of(row)
        assert example is not None
        return chances_of(example, known, [halves[_half(row["id"])]])

    return saying


def _half(draft: str) -> int:
    return crc32(draft.encode()) % 2


def trained(drafts: list[Draft]) -> Parameters:
    """The parameters of the pointer."""
    rng = np.random.default_rng(0)
    adam = Adam(
        {
            "words": rng.normal(0, 0.05, (2**BITS, WIDTH)).astype(np.float32),
            "plain": rng.normal(0, 0.1, (len(COLUMNS) + PLAIN, WIDTH)).astype(np.float32),
            "bias": np.zeros(WIDTH, dtype=np.float32),
            "answer": rng.normal(0, 0.2, (WIDTH, len(SLOTS))).astype(np.float32),
            "last": np.full(len(SLOTS), -2, dtype=np.float32),
        }
    )
    p, everything = adam.p, slice(None)
    texts = Counter[int]()
    for draft in drafts:
        texts.update(set(draft.hashes.ravel().tolist()))
    known = np.array([texts[n] >= LEAST for n in range(2**BITS)])
    p["words"][~known] = 0
    total = EPOCHS * -(-len(drafts) // BATCH)
    for _ in range(EPOCHS):
        order = rng.permutation(len(drafts))
        for begin in range(0, len(order), BATCH):
            some = [drafts[i] for i in order[begin : begin + BATCH]]
            hashes = np.concatenate([d.hashes for d in some])
            numbers = np.concatenate([d.numbers for d in some])
            named = np.concatenate([d.named for d in some])
            kept = (known[hashes] & (rng.random(hashes.shape) >= DROP)).astype(np.float32)
            before = (p["words"][hashes] * kept[:, :, None]).sum(axis=1) + numbers @ p["plain"] + p["bias"]
            mask = (rng.random(before.shape) >= DROP) / np.float32(1 - DROP)
            hidden = np.maximum(before, 0) * mask
            said = 1 / (1 + np.exp(-np.clip(hidden @ p["answer"] + p["last"], -30, 30)))
            slope = ((said - named) / len(some) / 20).astype(np.float32)
            back = (slope @ p["answer"].T) * mask * (before > 0)
            alive = kept.ravel() > 0
            owners = np.repeat(np.arange(len(hashes)), hashes.shape[1])[alive]
            adam.step(
                {
                    "words": summed_by_row(hashes.ravel()[alive], owners, back),
                    "plain": (everything, numbers.T @ back),
                    "bias": (everything, back.sum(axis=0)),
                    "answer": (everything, hidden.T @ slope),
                    "last": (everything, slope.sum(axis=0)),
                },
                RATE * course(adam.steps / total),
            )
    return p


def best_thresholds(drafts: list[Draft], said: list[Floats]) -> tuple[list[float], list[float]]:
    """For each slot the chance from which on it is named at all, and the share of drafts that come out right then."""
    chosen, right = [], []
    for column in range(len(SLOTS)):
        scores = []
        for threshold in np.arange(0.1, 0.91, 0.05):
            good = 0
            for draft, chance in zip(drafts, said, strict=True):
                best = int(chance[:, column].argmax())
                found = chance[best, column] >= threshold
                named = draft.named[:, column].any()
                good += bool(draft.named[best, column]) if found else not named
            scores.append(good / len(drafts))
        best_scores = np.flatnonzero(np.array(scores) >= max(scores) - 0.005)
        chosen.append(round(float(np.arange(0.1, 0.91, 0.05)[best_scores].mean()), 2))
        right.append(max(scores))
    return chosen, right


def main() -> None:
    given = arguments(__doc__)
    for kind in given.kinds:
        without = ("last", "check") if given.check else ("last",)
        drafts = read(kind, unlearned(kind, without), without=without)
        print(f"{kind}: {len(drafts)} drafts, {sum(len(d.hashes) for d in drafts)} words", flush=True)
        p = trained(drafts)
        file = FOLDER / f"{kind}.slots.json"
        if given.check:
            kept = read(kind, packaged, only="check")
            pointer = Pointer(**p, thresholds=())
            said = [answers(d.hashes, d.numbers, pointer) for d in kept]
            for draft, chance in zip(kept, said, strict=True):  # of a day, its clause is asked too (see slots)
                chance[:, -1] = (chance[:, -1] + draft.numbers[:, COLUMNS.index("deadline")]) / 2
            chosen, right = best_thresholds(kept, said)
            print(", ".join(f"{s} {r:.3f} from {t}" for s, r, t in zip(SLOTS, right, chosen, strict=True)))
            file.write_text(json.dumps(dict(zip(SLOTS, chosen, strict=True)), indent=1) + "\n", encoding="utf-8")
        values = json.loads(file.read_text(encoding="utf-8"))
        words, steps = in_8_bits(p["words"])
        rest = {name: p[name] for name in ("plain", "bias", "answer", "last")}
        thresholds = np.array([values[slot] for slot in SLOTS], dtype=np.float32)
        save_arrays(FOLDER / f"{kind}.slots.npz", {"words": words, "steps": steps, **rest, "thresholds": thresholds})


if __name__ == "__main__":
    main()
