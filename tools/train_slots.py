"""`make model`, second half: learns which words name the leader, the other department, the matter and the deadline.

usage: python -m tools.train_slots [--check]      as tools.train, whose networks must have been written before
"""

import argparse
import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # sums in one order

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from huitong.method.words import Language
from huitong.review.extract.pointer import BITS, PLAIN, SLOTS, Pointer, answers, features, plain, words_of
from huitong.review.model import CODES, FOLDER, chances, in_8_bits, save_arrays
from huitong.review.page import Page
from tools.train import CORPUS, course, places_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

WIDTH: Final = 24
EPOCHS: Final = 12
BATCH: Final = 8
RATE: Final = 0.003
DROP: Final = 0.2
LEAST: Final = 20  # drafts that a word in its place must stand in: rarer ones are names, which must not be learned


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the pointer sees it, and which of its words stand in which slot."""

    id: str
    hashes: Ints
    numbers: Floats
    named: Floats


def read(kind: str, *, only: str = "", without: tuple[str, ...] = ()) -> list[Draft]:
    """The drafts with labelled slots: those of the part `only`, or all but those of the parts `without`."""
    drafts: list[Draft] = []
    for file in (CORPUS / f"{kind}.jsonl", CORPUS / "training" / f"{kind}.jsonl"):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            part = row.get("part", "")
            if "slots" in row and part not in without and (not only or part == only):
                drafts += _draft(row)
    return drafts


def _draft(row: dict[str, Any]) -> list[Draft]:
    page = Page.of(row["text"], Language(row["lang"]))
    clauses, words = page.clauses(), words_of(page)
    if not clauses or not words:
        return []
    named = np.zeros((len(words), len(SLOTS)), dtype=np.float32)
    for column, slot in enumerate(SLOTS):
        for start, end in places_of(row["text"], row["slots"].get(slot) or ""):
            named[[n for n, (s, e) in enumerate(words) if s < end and start < e], column] = 1
    return [Draft(row["id"], features(page, words), plain(page, words, clauses, chances(page, clauses)), named)]


def trained(drafts: list[Draft]) -> dict[str, Floats]:
    """The parameters of the pointer, by Adam."""
    rng = np.random.default_rng(0)
    p: dict[str, Floats] = {
        "words": rng.normal(0, 0.05, (2**BITS, WIDTH)).astype(np.float32),
        "plain": rng.normal(0, 0.1, (len(CODES) + PLAIN, WIDTH)).astype(np.float32),
        "bias": np.zeros(WIDTH, dtype=np.float32),
        "answer": rng.normal(0, 0.2, (WIDTH, len(SLOTS))).astype(np.float32),
        "last": np.full(len(SLOTS), -2, dtype=np.float32),
    }
    texts = Counter[int]()
    for draft in drafts:
        texts.update(set(draft.hashes.ravel().tolist()))
    known = np.array([texts[n] >= LEAST for n in range(2**BITS)])
    p["words"][~known] = 0
    first = {name: np.zeros_like(value) for name, value in p.items()}
    second = {name: np.zeros_like(value) for name, value in p.items()}
    total, step = EPOCHS * -(-len(drafts) // BATCH), 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(drafts))
        for begin in range(0, len(order), BATCH):
            some = [drafts[i] for i in order[begin : begin + BATCH]]
            hashes = np.concatenate([d.hashes for d in some])
            numbers = np.concatenate([d.numbers for d in some])
            named = np.concatenate([d.named for d in some])
            kept = (known[hashes] & (rng.random(hashes.shape) >= DROP)).astype(np.float32)
            before = (p["words"][hashes] * kept[:, :, None]).sum(axis=1) + numbers @ p["plain"] + p["bias"]
            hidden = np.maximum(before, 0)
            mask = (rng.random(hidden.shape) >= 0.2) / np.float32(0.8)
            hidden *= mask
            said = 1 / (1 + np.exp(-np.clip(hidden @ p["answer"] + p["last"], -30, 30)))
            slope = ((said - named) / len(some) / 20).astype(np.float32)
            back = (slope @ p["answer"].T) * mask * (before > 0)
            flat, owner = hashes.ravel(), np.repeat(np.arange(len(hashes)), hashes.shape[1])
            alive = kept.ravel() > 0
            flat, owner = flat[alive], owner[alive]
            by_row = np.argsort(flat, kind="stable")
            rows, at = np.unique(flat[by_row], return_index=True)
            step += 1
            rate = RATE * course(step / total) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            gradients: dict[str, tuple[Any, Floats]] = {
                "words": (rows, np.add.reduceat(back[owner[by_row]], at, axis=0)),
                "plain": (slice(None), numbers.T @ back),
                "bias": (slice(None), back.sum(axis=0)),
                "answer": (slice(None), hidden.T @ slope),
                "last": (slice(None), slope.sum(axis=0)),
            }
            for name, (where, gradient) in gradients.items():
                first[name][where] = m = 0.9 * first[name][where] + 0.1 * gradient
                second[name][where] = v = 0.999 * second[name][where] + 0.001 * gradient**2
                p[name][where] -= (rate * m / (np.sqrt(v) + 1e-8)).astype(np.float32)
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave the part check out, choose thresholds on it")
    parser.add_argument("kinds", nargs="*", default=["zh", "en"])
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        drafts = read(kind, without=("last", "check") if arguments.check else ("last",))
        print(f"{kind}: {len(drafts)} drafts, {sum(len(d.hashes) for d in drafts)} words", flush=True)
        p = trained(drafts)
        file = FOLDER / f"{kind}.slots.json"
        if arguments.check:
            kept = read(kind, only="check")
            pointer = Pointer(**p, thresholds=())
            chosen, right = best_thresholds(kept, [answers(d.hashes, d.numbers, pointer) for d in kept])
            print(", ".join(f"{s} {r:.3f} from {t}" for s, r, t in zip(SLOTS, right, chosen, strict=True)))
            file.write_text(json.dumps(dict(zip(SLOTS, chosen, strict=True)), indent=1) + "\n", encoding="utf-8")
        values = json.loads(file.read_text(encoding="utf-8"))
        words, steps = in_8_bits(p["words"])
        rest = {name: p[name] for name in ("plain", "bias", "answer", "last")}
        thresholds = np.array([values[slot] for slot in SLOTS], dtype=np.float32)
        save_arrays(FOLDER / f"{kind}.slots.npz", {"words": words, "steps": steps, **rest, "thresholds": thresholds})


if __name__ == "__main__":
    main()
