"""`make model`: learns the review's networks from corpus/, the same bytes each time on one kind of machine.

usage: python -m tools.train [--check]

Without --check the networks are trained on all parts but "last" and written into the package. With --check the part
"check" is left out of training, the thresholds are chosen on it and written, and its figures shown; the part "last" is
never read here. One thread, fixed seeds, numpy alone.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from huitong.review.model import CODES, COLUMNS, FOLDER, NAMES, believed, save
from huitong.review.model.features import BITS
from huitong.review.model.network import PLACES, SEEN, UNPLACED, Floats, Ints, Networks, answers, places
from tools.learning import Adam, Parameters, arguments, course, summed_by_row
from tools.lessons import FAULTS_FIRST, RULE, Example, Words, known_words, read

NETWORKS: Final = 3
WIDTH: Final = 32
HIDDEN: Final = 96
EPOCHS: Final = 40
LEAST: Final = {"zh": 6, "en": 4}  # texts that an n-gram must stand in
BATCH: Final = 6
RATE: Final = 0.02
DROP_GRAMS: Final = 0.55
DROP: Final = 0.3
DROP_PLACE: Final = 0.1
DECAY: Final = 1e-5
TOGETHER: Final = 6  # fragments in one made-up text
SHIFT_ELEMENTS: Final = 0.05  # where an element was cut out, what only hints at it is not to pass for it
SHIFT_FAULTS: Final = 0.25  # a fault said wrongly harms more than one not said


def vocabulary(examples: Sequence[Example], least: int) -> Ints:
    """For each hash its row, 0 for those that too few texts hold."""
    texts = Counter[int]()
    for example in examples:
        texts.update(set(example.hashes.tolist()))
    known = sorted(h for h, count in texts.items() if count >= least)
    rows = np.zeros(2**BITS, dtype=np.int64)
    rows[known] = np.arange(1, len(known) + 1)
    return rows


def together(fragments: list[Example], rng: np.random.Generator) -> list[Example]:
    """Fragments in random company, as texts whose clauses have no place: their neighbours say nothing by rule."""
    texts = []
    order = rng.permutation(len(fragments))
    for begin in range(0, len(order), TOGETHER):
        some = [fragments[i] for i in order[begin : begin + TOGETHER]]
        first = np.cumsum([0, *(len(f.sizes) for f in some[:-1])])
        texts.append(
            Example(
                id="fragments",
                hashes=np.concatenate([f.hashes for f in some]),
                owners=np.concatenate([f.owners + at for f, at in zip(some, first, strict=True)]),
                sizes=np.concatenate([f.sizes for f in some]),
                lengths=np.concatenate([f.lengths for f in some]),
                carried=np.concatenate([f.carried for f in some]),
                gold=frozenset(),
                fragment=True,
            )
        )
    return texts


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts one below the other. A neighbour that there is not is the row after the last."""

    rows: Ints
    owners: Ints
    words: Floats
    scale: Floats
    place: Ints
    text: Ints
    share: Floats
    near: tuple[Ints, Ints, Ints, Ints]
    carried: Floats


def batch_of(examples: Sequence[Example], vocabulary: Ints, words: Words, rng: np.random.Generator) -> Batch:
    counts = np.array([len(e.sizes) for e in examples])
    first = np.cumsum(counts) - counts
    total = int(counts.sum())
    hashes = np.concatenate([e.hashes for e in examples])
    rows, meant = vocabulary[hashes], words.rows[hashes]
    owners = np.concatenate([e.owners + at for e, at in zip(examples, first, strict=True)])
    kept = (rows > 0) & (rng.random(len(rows)) >= DROP_GRAMS)
    known = (meant > 0) & (rng.random(len(rows)) >= DROP)
    place = np.concatenate(
        [np.full(n, UNPLACED) if e.fragment else places(n) for e, n in zip(examples, counts, strict=True)]
    )
    text = np.repeat(np.arange(len(examples)), counts)
    index = np.arange(total)
    begin, end = np.repeat(first, counts), np.repeat(first + counts, counts)

    def near(step: int) -> Ints:
        other = index + step
        return np.where((other >= begin) & (other < end), other, total)

    return Batch(
        rows=rows[kept],
        owners=owners[kept],
        words=summed(words.vectors[meant[known]], owners[known], total),
        scale=1 / np.sqrt(np.concatenate([e.sizes for e in examples])),
        place=np.where(rng.random(total) < DROP_PLACE, UNPLACED, place),
        text=text,
        share=(1 / counts[text]).astype(np.float32),
        near=(near(-1), near(1), near(-2), near(2)),
        carried=np.concatenate([e.carried for e in examples]),
    )


def summed(vectors: Floats, owners: Ints, count: int) -> Floats:
    """Of vectors in the order of their owners one sum an owner: (count, width)."""
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    if len(owners):
        at = np.flatnonzero(np.diff(owners, prepend=-1))
        sums[owners[at]] = np.add.reduceat(vectors, at, axis=0)
    return sums


class Training:
    """One network being learned, one step at a time."""

    def __init__(self, rows: int, words: int, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)

        def drawn(*shape: int, spread: float) -> Floats:
            return rng.normal(0, spread, shape).astype(np.float32)

        self.adam = Adam(
            {
                "grams": drawn(rows, WIDTH, spread=0.1),
                "seen": drawn(SEEN * WIDTH, HIDDEN, spread=(SEEN * WIDTH) ** -0.5),
                "place": drawn(PLACES, HIDDEN, spread=0.5),
                "answer": drawn(HIDDEN, len(COLUMNS), spread=HIDDEN**-0.5),
                "direct": drawn(WIDTH, len(COLUMNS), spread=WIDTH**-0.5),
                "bias": np.zeros(len(COLUMNS), dtype=np.float32),
                "words": drawn(words, WIDTH, spread=0.3 * words**-0.5),
            }
        )
        self.p = self.adam.p
        self.p["grams"][0] = 0

    def step(self, batch: Batch, rate: float) -> None:
        """Learn from one batch."""
        p, count = self.p, len(batch.carried)
        vectors = self._vectors(batch)
        kept = (self.rng.random(vectors.shape) >= DROP).astype(np.float32) / (1 - DROP)
        vectors *= kept
        padded = np.vstack([vectors, np.zeros((1, WIDTH), dtype=np.float32)])
        means = np.zeros((batch.text[-1] + 1, WIDTH), dtype=np.float32)
        np.add.at(means, batch.text, vectors * batch.share[:, None])
        seen = np.concatenate([vectors, *(padded[near] for near in batch.near), means[batch.text]], axis=1)
        before = seen @ p["seen"] + p["place"][batch.place]
        kept_hidden = (self.rng.random(before.shape) >= DROP).astype(np.float32) / (1 - DROP)
        hidden = np.maximum(before, 0) * kept_hidden
        logits = hidden @ p["answer"] + vectors @ p["direct"] + p["bias"]
        chances = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        known = ~np.isnan(batch.carried)
        carried = np.where(known, batch.carried, 0)
        slope = ((chances - carried) * known / count).astype(np.float32)

        d_before = (slope @ p["answer"].T) * kept_hidden * (before > 0)
        d_seen = d_before @ p["seen"].T
        parts = [d_seen[:, n * WIDTH : (n + 1) * WIDTH] for n in range(SEEN)]
        d_vectors = parts[0] + slope @ p["direct"].T
        for part, back in zip(parts[1:5], (1, 0, 3, 2), strict=True):
            # What a clause gave to the one behind it comes back from there.
            d_vectors += np.vstack([part, np.zeros((1, WIDTH), dtype=np.float32)])[batch.near[back]]
        d_means = np.zeros_like(means)
        np.add.at(d_means, batch.text, parts[5])
        d_vectors += d_means[batch.text] * batch.share[:, None]
        d_vectors *= kept * batch.scale[:, None]

        d_place = np.zeros_like(p["place"])
        np.add.at(d_place, batch.place, d_before)
        everything = slice(None)
        self.adam.step(
            {
                "seen": (everything, seen.T @ d_before + 2 * DECAY * p["seen"]),
                "place": (everything, d_place),
                "answer": (everything, hidden.T @ slope + 2 * DECAY * p["answer"]),
                "direct": (everything, vectors.T @ slope + 2 * DECAY * p["direct"]),
                "bias": (everything, slope.sum(axis=0)),
                "words": (everything, batch.words.T @ d_vectors + 2 * DECAY * p["words"]),
                "grams": summed_by_row(batch.rows, batch.owners, d_vectors),
            },
            rate,
        )

    def _vectors(self, batch: Batch) -> Floats:
        told = summed(self.p["grams"][batch.rows], batch.owners, len(batch.carried)) + batch.words @ self.p["words"]
        return told * batch.scale[:, None]


def trained(examples: list[Example], rows: Ints, words: Words, seed: int, epochs: int) -> Parameters:
    """The parameters of one network."""
    drafts, fragments = [e for e in examples if not e.fragment], [e for e in examples if e.fragment]
    fragments += [e for e in fragments if e.id == RULE]  # what the rules show is a test: it is read twice as often
    training = Training(int(rows.max()) + 1, words.vectors.shape[1], seed)
    rng = np.random.default_rng(1000 + seed)
    a_round = -(-(len(drafts) + -(-len(fragments) // TOGETHER)) // BATCH)
    steps = epochs * a_round
    for _ in range(epochs):
        texts = drafts + together(fragments, rng)
        order = rng.permutation(len(texts))
        for begin in range(0, len(order), BATCH):
            some = [texts[i] for i in order[begin : begin + BATCH]]
            training.step(batch_of(some, rows, words, rng), RATE * course(training.adam.steps / steps))
    return training.p


def with_words(rows: Ints, words: Words, learned: Sequence[Parameters]) -> tuple[Ints, list[Parameters]]:
    """Every word as one more n-gram, so that the package knows of none: the rows, and the networks."""
    said = np.flatnonzero(words.rows)
    known = np.union1d(np.flatnonzero(rows), said)
    more = np.zeros_like(rows)
    more[known] = np.arange(1, len(known) + 1)
    whole = []
    for p in learned:
        table = np.zeros((len(known) + 1, WIDTH), dtype=np.float32)
        table[1:] = p["grams"][rows[known]]
        table[more[said]] += words.vectors[words.rows[said]] @ p["words"]
        whole.append(p | {"grams": table})
    return more, whole


def chances_of(example: Example, rows: Ints, learned: Sequence[Parameters]) -> Floats:
    """What the networks say of a text: (clauses, codes), as the package would."""
    found = rows[example.hashes]
    vectors = np.zeros((len(learned), len(example.carried), WIDTH), dtype=np.float32)
    for n, p in enumerate(learned):
        np.add.at(vectors[n], example.owners, p["grams"][found] * (found > 0)[:, None])
    networks = Networks(*(np.stack([p[name] for p in learned]) for name in NAMES))
    return believed(answers(vectors / np.sqrt(example.sizes)[:, None], networks), example.lengths)


def best_thresholds(examples: Sequence[Example], chances: Sequence[Floats]) -> Floats:
    """For each code the chance from which on presence in a draft is told best; the middle of equally good ones."""
    thresholds = np.full(len(CODES), 0.5, dtype=np.float32)
    steps = np.arange(0.2, 0.81, 0.02)
    for column, code in enumerate(CODES[:-1]):
        there = np.array([code in e.gold for e in examples])
        highest = np.array([c[:, column].max() for c in chances])
        scores = []
        for threshold in steps:
            found = highest >= threshold
            # A fault said wrongly harms more than one not said (precision before recall).
            wrong = 2.0 if column >= FAULTS_FIRST else 1.0
            scores.append(
                2
                * (found & there).sum()
                / max((found & there).sum() * 2 + wrong * (found & ~there).sum() + (~found & there).sum(), 1)
            )
        best = np.flatnonzero(np.array(scores) >= max(scores) - 0.005)
        # A few drafts say little: stay near the middle. The networks that are kept have learned from more.
        shift = SHIFT_FAULTS if column >= FAULTS_FIRST else SHIFT_ELEMENTS
        thresholds[column] = min(0.5 * 0.5 + 0.5 * steps[best].mean() + shift, 0.95)
    return thresholds


def figures(examples: Sequence[Example], chances: Sequence[Floats], thresholds: Floats) -> str:
    """Precision and recall of presence, a line a code, and the averages."""
    lines, f1s, faults = [], [], np.zeros(3)
    for column, code in enumerate(CODES[:-1]):
        there = np.array([code in e.gold for e in examples])
        found = np.array([c[:, column].max() >= thresholds[column] for c in chances])
        right, wrong, missed = (found & there).sum(), (found & ~there).sum(), (~found & there).sum()
        f1 = 2 * right / max(2 * right + wrong + missed, 1)
        if column < FAULTS_FIRST:
            f1s.append(f1)
        else:
            faults += (right, wrong, missed)
        lines.append(
            f"{code:12} n={there.sum():3} P={_share(right, wrong):.2f} R={_share(right, missed):.2f} F1={f1:.2f}"
            f" threshold={thresholds[column]:.2f}"
        )
    right, wrong, missed = faults
    lines.append(
        f"{len(examples)} drafts: elements macro-F1 {np.mean(f1s):.3f};"
        f" faults P {_share(right, wrong):.3f} R {_share(right, missed):.3f} (without overload)"
    )
    return "\n".join(lines)


def _share(part: float, rest: float) -> float:
    return part / max(part + rest, 1)


def main() -> None:
    given = arguments(__doc__)
    for kind in given.kinds:
        examples = read(kind, without=("last", "check") if given.check else ("last",))
        rows, words = vocabulary(examples, LEAST[kind]), known_words(kind)
        print(
            f"{kind}: {len(examples)} texts, {sum(len(e.sizes) for e in examples)} clauses, {rows.max()} n-grams",
            flush=True,
        )
        rows, learned = with_words(rows, words, [trained(examples, rows, words, n, EPOCHS) for n in range(NETWORKS)])
        thresholds = FOLDER / f"{kind}.thresholds.json"
        if given.check:
            kept = read(kind, only="check")
            chances = [chances_of(e, rows, learned) for e in kept]
            chosen = best_thresholds(kept, chances)
            print(figures(kept, chances, chosen))
            thresholds.write_text(
                json.dumps({c: round(float(t), 2) for c, t in zip(CODES, chosen, strict=True)}, indent=1) + "\n",
                encoding="utf-8",
            )
        values = json.loads(thresholds.read_text(encoding="utf-8"))
        save(kind, rows, learned, [values[code] for code in CODES])


if __name__ == "__main__":
    main()
