"""`make model`: learns the review's networks from corpus/, the same bytes each time on one kind of machine.

usage: python -m tools.train [--check]

Without --check the networks are trained on all parts but "last" and written into the package. With --check the part
"check" is left out of training, the thresholds are chosen on it and written, and its figures shown; the part "last" is
never read here. One thread, fixed seeds, numpy alone.
"""

import argparse
import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # sums in one order

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from huitong.compose import compose
from huitong.method import load_brief
from huitong.method.words import Channel, Element, Fault, Language
from huitong.review.evaluation import TEXTS_APART
from huitong.review.model import CODES, FOLDER, NAMES, save
from huitong.review.model.features import BITS, grams, kind_of
from huitong.review.model.network import PLACES, SEEN, UNPLACED, Networks, answers, places
from huitong.review.page import Page, Place
from huitong.review.rules import rules
from huitong.review.script import fold, language_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Parameters = dict[str, Floats]

CORPUS: Final = Path(__file__).parent.parent / "corpus"
EXAMPLES: Final = CORPUS.parent / "examples"
BLANKS: Final = {
    Language.ZH: {"matter": "物料交期", "other_department": "采购部", "deadline": "10 月 12 日"},
    Language.ZH_HANT: {"matter": "物料交期", "other_department": "採購部", "deadline": "10 月 12 日"},
    Language.EN: {"matter": "the delivery date", "other_department": "Purchasing", "deadline": "12 October"},
}
NETWORKS: Final = 3
WIDTH: Final = 32
HIDDEN: Final = 96
EPOCHS: Final = {"zh": 40, "en": 40}
LEAST: Final = {"zh": 5, "en": 3}  # texts that an n-gram must stand in
BATCH: Final = 6
RATE: Final = 0.02
DROP_GRAMS: Final = 0.55
DROP: Final = 0.3
DROP_PLACE: Final = 0.1
DECAY: Final = 1e-5
TOGETHER: Final = 6  # fragments in one made-up text
SHIFT_ELEMENTS: Final = -0.1
SHIFT_FAULTS: Final = 0.15  # a fault said wrongly harms more than one not said
ASIDE: Final = "aside"
FAULTS_FIRST: Final = CODES.index("blame")
FAULTS: Final = CODES[FAULTS_FIRST:]


@dataclass(frozen=True, slots=True)
class Example:
    """One text: each n-gram's hash and clause, the n-grams of a clause, what each clause carries (NaN: not said)."""

    id: str
    hashes: Ints
    owners: Ints
    sizes: Floats
    carried: Floats
    gold: frozenset[str]
    fragment: bool = False


def read(kind: str, *, without: Sequence[str]) -> list[Example]:
    """The texts of one kind of language that may be learned from, but those of the parts in `without`."""
    rows: list[dict[str, Any]] = []
    for file in (CORPUS / f"{kind}.jsonl", CORPUS / "training" / f"{kind}.jsonl"):
        rows += map(json.loads, file.read_text(encoding="utf-8").splitlines())
    drafts = [example for row in rows if row.get("part") not in without and (example := example_of(row))]
    taught = (*_taught(kind), *_clean(kind))
    return drafts + [example for row in taught if (example := example_of(row))]


def _clean(kind: str) -> Iterator[dict[str, Any]]:
    """Texts without any fault, which say nothing of elements."""
    prose = (CORPUS / "training" / f"clean.{kind}.txt").read_text(encoding="utf-8")
    for text in prose.split(TEXTS_APART):
        language = language_of(text)
        yield {"id": "clean", "lang": language, "text": text.strip(), "only": FAULTS, "fragment": True} | {
            "elements": {},
            "faults": {},
            "asides": [],
        }


def _taught(kind: str) -> Iterator[dict[str, Any]]:
    """The rules' own words: each example says of one code where it is, and nothing of the others."""
    for language in (Language.EN,) if kind == "en" else (Language.ZH, Language.ZH_HANT):
        for code, r in rules(language).items():
            yield from (_without_faults(words, language) for words in (r.why, r.offer))
            begins = (r.offer, *(s.format_map(BLANKS[language]) for s in r.using)) if code in list(Element) else ()
            yield from (_only(code, begin, [begin.rstrip("。？.?")], language) for begin in begins)
            if code == Fault.OVERLOAD or language == Language.ZH_HANT:
                continue
            yield from (_only(code, text, list(finds), language) for text, finds in r.examples)
            for rewrite in r.rewrites:
                matches = rewrite.match.finditer(fold(rewrite.text, language))
                yield _only(code, rewrite.text, [rewrite.text[slice(*m.span())] for m in matches], language)
                if rewrite.becomes:
                    yield _only(code, rewrite.becomes, [], language)


def _clean(kind: str) -> Iterator[dict[str, Any]]:
    """Texts without any fault, which say nothing of elements: prose of offices, and what the engine composes."""
    prose = (CORPUS / "training" / f"clean.{kind}.txt").read_text(encoding="utf-8")
    for text in prose.split(TEXTS_APART):
        yield _without_faults(text.strip(), language_of(text))
    for file in sorted(EXAMPLES.glob("*.yaml")):
        brief = load_brief(file.read_text(encoding="utf-8"))
        if kind_of(brief.lang) == kind:
            for channel in Channel:
                yield _without_faults(str(compose(brief, channel=channel)), brief.lang)


def _only(code: Element | Fault, text: str, words: list[str], language: Language) -> dict[str, Any]:
    said = {"elements": {str(code): words}, "faults": {}, "asides": []}
    return said | {"id": "rule", "lang": language, "text": text, "only": (str(code),), "fragment": True}


def _without_faults(text: str, language: Language) -> dict[str, Any]:
    said = {"elements": {}, "faults": {}, "asides": []}
    return said | {"id": "clean", "lang": language, "text": text, "only": FAULTS, "fragment": True}


def example_of(row: dict[str, Any]) -> Example | None:
    """A row of the corpus in numbers; None if it says nothing."""
    page = Page.of(row["text"], Language(row["lang"]))
    clauses = page.clauses()
    if not clauses:
        return None
    table, signs = grams(page, clauses)
    hashes, owners = table[table >= 0], np.broadcast_to(signs, table.shape)[table >= 0]
    order = np.argsort(owners, kind="stable")
    quotes = row["elements"] | {c: q for c, q in row["faults"].items() if c != "overload"} | {ASIDE: row["asides"]}
    return Example(
        id=row["id"],
        hashes=hashes[order],
        owners=owners[order],
        sizes=np.maximum(np.bincount(owners, minlength=len(clauses)), 1).astype(np.float32),
        carried=_carried(row["text"], clauses, quotes, row.get("only", ())),
        gold=frozenset(code for code, words in {**row["elements"], **row["faults"]}.items() if words),
        fragment=bool(row.get("fragment")),
    )


def _carried(text: str, clauses: list[Place], quotes: dict[str, list[str]], only: Sequence[str]) -> Floats:
    carried = np.zeros((len(clauses), len(CODES)), dtype=np.float32)
    if only:
        carried[:, [column for column, code in enumerate(CODES) if code not in only]] = np.nan
    for code, words in quotes.items():
        column = CODES.index(code)
        for start, end in (place for quote in words for place in places_of(text, quote)):
            for n, (first, last) in enumerate(clauses):
                shared = min(last, end) - max(first, start)
                # Half of the clause, or all of a shorter quote; a fault may be a few words.
                if shared > 0 and (2 * shared >= min(last - first, end - start) or column >= FAULTS_FIRST):
                    carried[n, column] = 1
    return carried


def places_of(text: str, quote: str) -> Iterator[Place]:
    """Everywhere that these words stand."""
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


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
    scale: Floats
    place: Ints
    text: Ints
    share: Floats
    near: tuple[Ints, Ints, Ints, Ints]
    carried: Floats


def batch_of(examples: Sequence[Example], vocabulary: Ints, rng: np.random.Generator) -> Batch:
    counts = np.array([len(e.sizes) for e in examples])
    first = np.cumsum(counts) - counts
    total = int(counts.sum())
    rows = np.concatenate([vocabulary[e.hashes] for e in examples])
    owners = np.concatenate([e.owners + at for e, at in zip(examples, first, strict=True)])
    kept = (rows > 0) & (rng.random(len(rows)) >= DROP_GRAMS)
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
        scale=1 / np.sqrt(np.concatenate([e.sizes for e in examples])),
        place=np.where(rng.random(total) < DROP_PLACE, UNPLACED, place),
        text=text,
        share=(1 / counts[text]).astype(np.float32),
        near=(near(-1), near(1), near(-2), near(2)),
        carried=np.concatenate([e.carried for e in examples]),
    )


class Training:
    """One network being learned: parameters, Adam's moments, one step at a time."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)

        def drawn(*shape: int, spread: float) -> Floats:
            return rng.normal(0, spread, shape).astype(np.float32)

        self.p: Parameters = {
            "grams": drawn(rows, WIDTH, spread=0.1),
            "seen": drawn(SEEN * WIDTH, HIDDEN, spread=(SEEN * WIDTH) ** -0.5),
            "place": drawn(PLACES, HIDDEN, spread=0.5),
            "answer": drawn(HIDDEN, len(CODES), spread=HIDDEN**-0.5),
            "direct": drawn(WIDTH, len(CODES), spread=WIDTH**-0.5),
            "bias": np.zeros(len(CODES), dtype=np.float32),
        }
        self.p["grams"][0] = 0
        self.first = {name: np.zeros_like(value) for name, value in self.p.items()}
        self.second = {name: np.zeros_like(value) for name, value in self.p.items()}
        self.steps = 0

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from one batch. Returns its loss."""
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
        loss = (np.logaddexp(0, logits) - carried * logits) * known
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
        self.steps += 1
        for name, gradient in {
            "seen": seen.T @ d_before + 2 * DECAY * p["seen"],
            "place": d_place,
            "answer": hidden.T @ slope + 2 * DECAY * p["answer"],
            "direct": vectors.T @ slope + 2 * DECAY * p["direct"],
            "bias": slope.sum(axis=0),
        }.items():
            self._adam(name, slice(None), gradient, rate)
        order = np.argsort(batch.rows, kind="stable")
        rows, at = np.unique(batch.rows[order], return_index=True)
        self._adam("grams", rows, np.add.reduceat(d_vectors[batch.owners[order]], at, axis=0), rate)
        return float(loss.sum() / count)

    def _vectors(self, batch: Batch) -> Floats:
        vectors = np.zeros((len(batch.carried), WIDTH), dtype=np.float32)
        if len(batch.rows):
            at = np.flatnonzero(np.diff(batch.owners, prepend=-1))
            vectors[batch.owners[at]] = np.add.reduceat(self.p["grams"][batch.rows], at, axis=0)
        return vectors * batch.scale[:, None]

    def _adam(self, name: str, rows: Any, gradient: Floats, rate: float) -> None:
        first, second = self.first[name], self.second[name]
        first[rows] = m = 0.9 * first[rows] + 0.1 * gradient
        second[rows] = v = 0.999 * second[rows] + 0.001 * gradient**2
        right = np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        self.p[name][rows] -= (rate * right) * m / (np.sqrt(v) + 1e-8)


def trained(examples: list[Example], rows: Ints, seed: int, epochs: int) -> Parameters:
    """The parameters of one network."""
    drafts, fragments = [e for e in examples if not e.fragment], [e for e in examples if e.fragment]
    training = Training(int(rows.max()) + 1, seed)
    rng = np.random.default_rng(1000 + seed)
    a_round = -(-(len(drafts) + -(-len(fragments) // TOGETHER)) // BATCH)
    steps = epochs * a_round
    for _ in range(epochs):
        texts = drafts + together(fragments, rng)
        order = rng.permutation(len(texts))
        for begin in range(0, len(order), BATCH):
            some = [texts[i] for i in order[begin : begin + BATCH]]
            training.step(batch_of(some, rows, rng), RATE * course(training.steps / steps))
    return training.p


def course(done: float) -> float:
    """How the rate goes: up over three tenths of the way, then down to nothing, along a cosine."""
    up = 0.3
    if done < up:
        return float(0.04 + 0.96 * (1 - np.cos(np.pi * done / up)) / 2)
    return float((1 + np.cos(np.pi * min(1.0, (done - up) / (1 - up)))) / 2)


def chances_of(example: Example, rows: Ints, learned: Sequence[Parameters]) -> Floats:
    """What the networks say of a text: (clauses, codes), as the package would."""
    found = rows[example.hashes]
    vectors = np.zeros((len(learned), len(example.carried), WIDTH), dtype=np.float32)
    for n, p in enumerate(learned):
        np.add.at(vectors[n], example.owners, p["grams"][found] * (found > 0)[:, None])
    networks = Networks(*(np.stack([p[name] for p in learned]) for name in NAMES))
    return answers(vectors / np.sqrt(example.sizes)[:, None], networks)


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave the part check out, choose thresholds on it")
    parser.add_argument("kinds", nargs="*", default=["zh", "en"])
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        examples = read(kind, without=("last", "check") if arguments.check else ("last",))
        rows = vocabulary(examples, LEAST[kind])
        print(
            f"{kind}: {len(examples)} texts, {sum(len(e.sizes) for e in examples)} clauses, {rows.max()} n-grams",
            flush=True,
        )
        learned = [trained(examples, rows, seed, EPOCHS[kind]) for seed in range(NETWORKS)]
        thresholds = FOLDER / f"{kind}.thresholds.json"
        if arguments.check:
            kept = [e for e in read(kind, without=("last", "train")) if e.id in _ids(kind, "check")]
            chances = [chances_of(e, rows, learned) for e in kept]
            chosen = best_thresholds(kept, chances)
            print(figures(kept, chances, chosen))
            thresholds.write_text(
                json.dumps({c: round(float(t), 2) for c, t in zip(CODES, chosen, strict=True)}, indent=1) + "\n",
                encoding="utf-8",
            )
        values = json.loads(thresholds.read_text(encoding="utf-8"))
        save(kind, rows, learned, [values[code] for code in CODES])


def _ids(kind: str, part: str) -> set[str]:
    rows = map(json.loads, (CORPUS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"] for row in rows if row["part"] == part}


if __name__ == "__main__":
    main()
