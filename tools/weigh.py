"""How often compose tells the fact that people would tell: the briefs of `corpus/briefs`, ranked by two who read them.

usage: python -m tools.weigh

For each language: how often the two agree on the weightiest fact, how often it is the one typed first, the one that
`huitong.compose.weight` chooses, one of its first two; and how often the weightiest effect is the one typed first. Then
the weights learned anew (a conditional logit), and how often such weights choose it in briefs from which they have not
learned (ten parts, each learned without).
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from huitong.compose.setting import setting_of
from huitong.compose.weight import WEIGHTS, by_weight, signs_of
from huitong.method import Brief

CORPUS: Final = Path(__file__).parent.parent / "corpus" / "briefs"
LANGUAGES: Final = ("zh", "en")
PARTS: Final = 10
STEPS: Final = 3000
RATE: Final = 0.02
PULL: Final = 1.0  # towards no weight at all

Floats = NDArray[np.float64]


def briefs(language: str, kind: str = "situation") -> list[tuple[Brief, list[int]]]:
    """The briefs of a file whose facts (or effects) were ranked, each with the one that either reader put first."""
    found = []
    for line in (CORPUS / f"{language}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        ranks = row.pop("weightiest").get(kind, [])
        row.pop("id")
        if ranks:
            found.append((Brief.model_validate(row), [rank[0] for rank in ranks]))
    return found


def learned(lists: list[tuple[Floats, Floats]]) -> Floats:
    """Weights under which the facts that were put first are the likeliest."""
    weights = np.zeros(len(WEIGHTS))
    for _ in range(STEPS):
        slope = PULL * weights
        for signs, chosen in lists:
            likely = np.exp(signs @ weights - (signs @ weights).max())
            slope = slope - signs.T @ (chosen - likely / likely.sum())
        weights = weights - RATE * slope
    return weights


def main() -> None:
    every: list[tuple[Floats, Floats]] = []
    for language in LANGUAGES:
        agreed, first, chosen, among, rows = 0, 0.0, 0.0, 0.0, briefs(language)
        for brief, said in rows:
            order = by_weight(setting_of(brief), brief)
            agreed += len(set(said)) == 1
            first += said.count(0) / len(said)
            chosen += said.count(order[0]) / len(said)
            among += sum(place in order[:2] for place in said) / len(said)
            share = np.array([said.count(place) / len(said) for place in range(len(order))])
            every.append((np.array(signs_of(setting_of(brief), brief), dtype=np.float64), share))
        agree, as_typed, ours, two = (share / len(rows) for share in (agreed, first, chosen, among))
        print(f"{language}: {len(rows)} briefs; both agree {agree:.2f}, typed first {as_typed:.2f}, ", end="")
        effects = [said.count(0) / len(said) for _, said in briefs(language, "importance")]
        print(
            f"chosen {ours:.2f}, among the first two {two:.2f}; effects typed first {sum(effects) / len(effects):.2f}"
        )
    for name, weight, ours in zip(WEIGHTS._fields, learned(every), WEIGHTS, strict=True):
        print(f"  {name:8} learned {weight:+.2f}, packaged {ours:+.2f}")
    right = 0.0
    for part in range(PARTS):
        weights = learned([row for n, row in enumerate(every) if n % PARTS != part])
        right += sum(share[int((signs @ weights).argmax())] for signs, share in every[part::PARTS])
    print(f"learned without the part that is asked: chosen {right / len(every):.2f}")


if __name__ == "__main__":
    main()
