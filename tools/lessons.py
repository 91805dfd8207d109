"""What the review's networks learn from: the corpus's texts and the rules' own words, in numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np

from huitong.method.words import Element, Fault, Language
from huitong.review.evaluation import TEXTS_APART
from huitong.review.model import CODES, COLUMNS, load_arrays
from huitong.review.model.features import BITS, grams, lengths
from huitong.review.model.network import Floats, Ints
from huitong.review.page import Page, Place
from huitong.review.rules import rules
from huitong.review.script import fold, language_of
from tools.learning import CORPUS, places_of, rows

BLANKS: Final = {
    Language.ZH: {"matter": "物料交期", "other_department": "采购部", "deadline": "10 月 12 日"},
    Language.ZH_HANT: {"matter": "物料交期", "other_department": "採購部", "deadline": "10 月 12 日"},
    Language.EN: {"matter": "the delivery date", "other_department": "Purchasing", "deadline": "12 October"},
}
WORDS: Final[Path] = CORPUS / "words" / "en.npz"
ASIDE: Final = "aside"
FAULTS_FIRST: Final = CODES.index("blame")
FAULTS: Final = CODES[FAULTS_FIRST:]
TOLD: Final = 2
RULE: Final = "rule"  # the id of what a rule shows


@dataclass(frozen=True, slots=True)
class Example:
    """One text: each n-gram's hash and clause; of each clause its n-grams, length and what it carries (NaN: unsaid)."""

    id: str
    hashes: Ints
    owners: Ints
    sizes: Floats
    lengths: Ints
    carried: Floats
    gold: frozenset[str]
    fragment: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What words mean, known before anything is learned: for each hash its row of `vectors`, 0 for no such word."""

    rows: Ints
    vectors: Floats


def known_words(kind: str) -> Words:
    """The words of "en"; in "zh" there are none, where they added nothing (docs/decisions/0007)."""
    rows, vectors = np.zeros(2**BITS, dtype=np.int64), np.zeros((1, 1), dtype=np.float32)
    if kind == "en":
        saved = load_arrays(WORDS)
        vectors = np.vstack([np.zeros((1, len(saved["steps"])), np.float32), saved["vectors"] * saved["steps"]])
        for row, word in enumerate(saved["words"].tolist(), 1):
            page = Page.of(word, Language.EN)
            hashes, _ = grams(page, page.clauses())
            rows[hashes[0, 1]] = row  # between the clause's two ends
    return Words(rows, vectors)


def read(kind: str, *, only: str = "", without: Sequence[str] = ()) -> list[Example]:
    """The texts of "zh" or "en" that may be learned from; with `only` the drafts of that part alone."""
    drafts = rows(kind, only=only, without=without)
    taught = () if only else (*_taught(kind), *_clean(kind))
    told = ((row, () if only else _told_names(row)) for row in (*drafts, *taught))
    return [example for row, names in told if (example := example_of(row, names))]


def _told_names(row: dict[str, Any]) -> tuple[str, ...]:
    """The other department in one draft of TOLD: the review does not see a name that its house has told it."""
    name = row.get("slots", {}).get("other_department")
    return (name,) if name and crc32(row["id"].encode()) % TOLD == 0 else ()


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
    """Texts without any fault, which say nothing of elements: prose of offices, and what the engine once composed."""
    for name in ("clean", "composed"):
        prose = (CORPUS / "training" / f"{name}.{kind}.txt").read_text(encoding="utf-8")
        for text in prose.split(TEXTS_APART):
            yield _without_faults(text.strip(), language_of(text))


def _only(code: Element | Fault, text: str, words: list[str], language: Language) -> dict[str, Any]:
    said = {"elements": {str(code): words}, "faults": {}, "asides": []}
    return said | {"id": RULE, "lang": language, "text": text, "only": (str(code),), "fragment": True}


def _without_faults(text: str, language: Language) -> dict[str, Any]:
    said = {"elements": {}, "faults": {}, "asides": []}
    return said | {"id": "clean", "lang": language, "text": text, "only": FAULTS, "fragment": True}


def example_of(row: dict[str, Any], names: tuple[str, ...] = ()) -> Example | None:
    """A row of the corpus in numbers, as where the house has told these names; None if it says nothing."""
    page = Page.of(row["text"], Language(row["lang"]), names)
    clauses = page.clauses()
    if not clauses:
        return None
    table, signs = grams(page, clauses)
    hashes, owners = table[table >= 0], np.broadcast_to(signs, table.shape)[table >= 0]
    order = np.argsort(owners, kind="stable")
    quotes = row["elements"] | {c: q for c, q in row["faults"].items() if c != "overload"} | {ASIDE: row["asides"]}
    quotes |= {slot: [words] for slot, words in row.get("slots", {}).items() if words}
    return Example(
        id=row["id"],
        hashes=hashes[order],
        owners=owners[order],
        sizes=np.maximum(np.bincount(owners, minlength=len(clauses)), 1).astype(np.float32),
        lengths=lengths(page, clauses),
        carried=_carried(row["text"], clauses, quotes, row.get("only", CODES if "slots" not in row else COLUMNS)),
        gold=frozenset(code for code, words in {**row["elements"], **row["faults"]}.items() if words),
        fragment=bool(row.get("fragment")),
    )


def _carried(text: str, clauses: list[Place], quotes: dict[str, list[str]], only: Sequence[str]) -> Floats:
    carried = np.zeros((len(clauses), len(COLUMNS)), dtype=np.float32)
    carried[:, [column for column, code in enumerate(COLUMNS) if code not in only]] = np.nan
    for code, words in quotes.items():
        column = COLUMNS.index(code)
        for start, end in (place for quote in words for place in places_of(text, quote)):
            for n, (first, last) in enumerate(clauses):
                shared = min(last, end) - max(first, start)
                # Half of the clause, or all of a shorter quote; a fault may be a few words.
                if shared > 0 and (2 * shared >= min(last - first, end - start) or column >= FAULTS_FIRST):
                    carried[n, column] = 1
    return carried
