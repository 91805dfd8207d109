"""How well the review reads labelled drafts: presence by code, overlap of spans, false alarms on clean prose, time."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from huitong.method.errors import CorpusError, Problem
from huitong.method.words import Channel, Element, Fault, Language
from huitong.review.results import Review

Reviewing = Callable[..., Review]

CODES: Final[tuple[str, ...]] = tuple(str(code) for code in (*Element, *Fault))
TEXTS_APART: Final = "\n----\n"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A draft and the exact words that show each code that it holds (quotes prove presence; they are not all)."""

    id: str
    language: Language
    channel: Channel
    text: str
    quotes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """How often a code was found where it is (`right`), where it is not (`wrong`), and not found where it is."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`overlap` is the share of predicted spans that touch a labelled one, where the code is present in both.

    `milliseconds` is the mean time of one draft. `errors` are (draft, code, "wrong" or "missed",
    words), worst drafts first.
    """

    drafts: int
    scores: Mapping[str, Score]
    overlap: float
    milliseconds: float
    errors: tuple[tuple[str, str, str, str], ...] = field(default=())

    @property
    def macro_f1(self) -> float:
        """Elements: the mean F1 of the codes that the corpus holds."""
        present = [s.f1 for code, s in self.scores.items() if code in set(Element) and s.right + s.missed]
        return sum(present) / len(present) if present else 1.0

    @property
    def faults(self) -> Score:
        """Faults: all codes counted together."""
        scores = [self.scores[str(code)] for code in Fault]
        return Score(sum(s.right for s in scores), sum(s.wrong for s in scores), sum(s.missed for s in scores))

    def to_dict(self) -> dict[str, Any]:
        def numbers(s: Score) -> dict[str, float | int]:
            return {
                "drafts": s.right + s.missed,
                "precision": round(s.precision, 4),
                "recall": round(s.recall, 4),
                "f1": round(s.f1, 4),
            }

        return {
            "drafts": self.drafts,
            "elements_macro_f1": round(self.macro_f1, 4),
            "faults_micro": numbers(self.faults),
            "span_overlap": round(self.overlap, 4),
            "milliseconds_a_draft": round(self.milliseconds, 3),
            "codes": {code: numbers(score) for code, score in self.scores.items()},
            "errors": [dict(zip(("draft", "code", "kind", "words"), e, strict=True)) for e in self.errors],
        }


def load_corpus(content: str, source: str = "corpus.jsonl") -> tuple[Labelled, ...]:
    """Read labelled drafts, one JSON object a line. Raises CorpusError that names each line that cannot be used."""
    drafts: list[Labelled] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            drafts.append(_labelled(json.loads(line), str(number)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
            problems.append(Problem(f"line {number}", f"不是一份标注好的文稿：{what}", f"not a labelled draft: {what}"))
            if len(problems) >= 20:
                break
    if problems:
        raise CorpusError(source, tuple(problems))
    return tuple(drafts)


def _labelled(row: dict[str, Any], number: str) -> Labelled:
    text = row["text"]
    quotes = {code: tuple(words) for code, words in {**row["elements"], **row["faults"]}.items() if words}
    for code, words in quotes.items():
        if code not in CODES:
            raise ValueError(f'there is no code "{code}"')
        for quote in words:
            if quote not in text:
                raise ValueError(f"{code}: “{quote}” does not stand in the text")
    language = Language(row.get("lang") or ("en" if str(row.get("id")).startswith("en") else "zh"))
    return Labelled(str(row.get("id", number)), language, Channel(row["channel"]), text, quotes)


def evaluate(drafts: Sequence[Labelled], review: Reviewing) -> Evaluation:
    """Review every draft and compare with its labels."""
    counts: dict[str, Counter[str]] = {code: Counter() for code in CODES}
    errors: dict[str, list[tuple[str, str, str, str]]] = {}
    touching = spans = 0
    seconds = 0.0
    for draft in drafts:
        begun = time.perf_counter()
        result = review(draft.text, channel=draft.channel, language=draft.language)
        seconds += time.perf_counter() - begun
        found = _found(result)
        for code in CODES:
            there, got = code in draft.quotes, found.get(code, [])
            if there and got:
                places = _places(draft.text, draft.quotes[code])
                spans += len(got)
                touching += sum(any(start < e and s < end for s, e in places) for start, end in got)
            kind = "right" if there and got else "wrong" if got else "missed" if there else "absent"
            counts[code][kind] += 1
            if kind in ("wrong", "missed"):
                words = draft.text[slice(*got[0])] if got else draft.quotes[code][0]
                errors.setdefault(draft.id, []).append((draft.id, code, kind, words))
    return Evaluation(
        drafts=len(drafts),
        scores={code: Score(c["right"], c["wrong"], c["missed"]) for code, c in counts.items()},
        overlap=touching / spans if spans else 1.0,
        milliseconds=1000 * seconds / len(drafts) if drafts else 0.0,
        errors=tuple(e for rows in sorted(errors.values(), key=len, reverse=True) for e in rows),
    )


def false_alarms(prose: str, review: Reviewing, language: Language) -> tuple[int, list[str]]:
    """Faults raised on clean prose. Returns its number of characters, and the words of each alarm.

    Texts stand apart by a line of ----.
    """
    texts = [text.strip() for text in prose.split(TEXTS_APART) if text.strip()]
    alarms = [
        f"{fault.code}: {fault.text}"
        for text in texts
        for fault in review(text, channel=Channel.REPORT, language=language).faults
    ]
    return sum(map(len, texts)), alarms


def _found(result: Review) -> dict[str, list[tuple[int, int]]]:
    found = {str(code): [(s.start, s.end) for s in spans] for code, spans in result.elements.items()}
    for fault in result.faults:
        found.setdefault(str(fault.code), []).append((fault.start, fault.end))
    return found


def _places(text: str, quotes: Iterable[str]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for quote in quotes:
        at = text.find(quote)
        while at >= 0 and quote:
            places.append((at, at + len(quote)))
            at = text.find(quote, at + len(quote))
    return places
