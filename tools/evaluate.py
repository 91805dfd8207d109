"""`make evaluate`: the review's figures over the last part of the corpus, from which it has learned nothing.

usage: python -m tools.evaluate [--part last] [--errors 20]
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from huitong import extract, review
from huitong.method.words import Element, Fault, Language
from huitong.review.evaluation import evaluate, false_alarms, load_corpus

CORPUS: Final = Path(__file__).parent.parent / "corpus"
PATHS: Final = {
    "other_department": "other_department.name",
    "matter": "matter",
    "deadline": "deadline",
    "leader": "leader.form_of_address",
}


def rows(kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]


def slots_right(drafts: Sequence[dict[str, Any]]) -> dict[str, float]:
    """For each slot the share of drafts in which the words found touch the labelled ones, or there are none of both."""
    right = dict.fromkeys(PATHS, 0)
    for row in drafts:
        quotes = extract(row["text"], language=row["lang"]).quotes
        for slot, path in PATHS.items():
            named, found = _places(row["slots"][slot], row["text"]), _places(quotes.get(path), row["text"])
            right[slot] += any(a < d and c < b for a, b in named for c, d in found) if named else not found
    return {slot: count / len(drafts) for slot, count in right.items()}


def agreement(drafts: Sequence[dict[str, Any]]) -> tuple[int, float, float]:
    """Drafts labelled twice; how far two annotators agree: macro-F1 of the elements, F1 of the faults together."""
    twice = [row for row in drafts if "second" in row]
    element_f1s, both, all_faults = [], 0, 0
    for code in (*Element, *Fault):
        kind = "elements" if code in list(Element) else "faults"
        first = {row["id"] for row in twice if row[kind].get(code)}
        second = {row["id"] for row in twice if row["second"][kind].get(code)}
        if kind == "elements" and first | second:
            element_f1s.append(2 * len(first & second) / (len(first) + len(second)))
        elif kind == "faults":
            both, all_faults = both + 2 * len(first & second), all_faults + len(first) + len(second)
    return len(twice), sum(element_f1s) / max(len(element_f1s), 1), both / max(all_faults, 1)


def _places(words: str | None, text: str) -> list[tuple[int, int]]:
    starts = [n for n in range(len(text)) if text.startswith(words, n)] if words else []
    return [(n, n + len(words or "")) for n in starts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", default="last", choices=["train", "check", "last"])
    parser.add_argument("--errors", type=int, default=20)
    arguments = parser.parse_args()
    everything = rows("zh") + rows("en")
    twice, elements, faults = agreement(everything)
    print(
        f"{twice} of {len(everything)} drafts labelled twice: elements macro-F1 {elements:.3f}, faults F1 {faults:.3f}"
    )
    for language in Language:
        drafts = [row for row in everything if row["lang"] == language and row["part"] == arguments.part]
        if not drafts:
            continue
        review("", language=language)
        result = evaluate(load_corpus("\n".join(map(json.dumps, drafts))), review)
        print(f"\n{language}: {len(drafts)} drafts, {result.milliseconds:.2f} ms each")
        for code, score in result.scores.items():
            figures = f"P {score.precision:.2f} R {score.recall:.2f} F1 {score.f1:.2f}"
            print(f"  {code:13} n {score.right + score.missed:3} {figures}")
        micro = result.faults
        print(
            f"  elements macro-F1 {result.macro_f1:.3f}; faults P {micro.precision:.3f} R {micro.recall:.3f};"
            f" spans {result.overlap:.3f}"
        )
        print("  extract: " + ", ".join(f"{slot} {share:.2f}" for slot, share in slots_right(drafts).items()))
        for draft, code, kind, words in result.errors[: arguments.errors]:
            print(f"    {draft} {kind} {code}: {words[:50]!r}")
    for language, name in ((Language.ZH, "clean.zh.txt"), (Language.EN, "clean.en.txt")):
        characters, alarms = false_alarms((CORPUS / name).read_text(encoding="utf-8"), review, language)
        print(
            f"\nclean prose, {language}: {len(alarms)} false alarms in {characters} characters,"
            f" {10_000 * len(alarms) / characters:.2f} in 10,000"
        )
        print("\n".join(f"    {alarm}" for alarm in alarms[: arguments.errors]))


if __name__ == "__main__":
    main()
