"""What both halves of `make model` share: the corpus, Adam, the course of its rate."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from huitong.review.model.network import Floats, Ints
from huitong.review.page import Place

Parameters = dict[str, Floats]

CORPUS: Final = Path(__file__).parent.parent / "corpus"
FIRST: Final = 0.9  # Adam's decay of the first and of the second moment, as published (Kingma and Ba, 2015)
SECOND: Final = 0.999


def rows(kind: str, *, only: str = "", without: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """The corpus's texts of "zh" or "en": those of the part `only`, or all but those of the parts `without`."""
    for file in (CORPUS / f"{kind}.jsonl", CORPUS / "training" / f"{kind}.jsonl"):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            part = row.get("part", "train")
            if part not in without and (not only or part == only):
                yield row


def places_of(text: str, quote: str) -> Iterator[Place]:
    """Everywhere that these words stand."""
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def course(done: float) -> float:
    """How the rate goes: up over three tenths of the way, then down to nothing, along a cosine."""
    up = 0.3
    if done < up:
        return float(0.04 + 0.96 * (1 - np.cos(np.pi * done / up)) / 2)
    return float((1 + np.cos(np.pi * min(1.0, (done - up) / (1 - up)))) / 2)


class Adam:
    """Parameters being learned. A gradient may be of some rows of its parameter alone."""

    def __init__(self, parameters: Parameters) -> None:
        self.p = parameters
        self.steps = 0
        self._first = {name: np.zeros_like(value) for name, value in parameters.items()}
        self._second = {name: np.zeros_like(value) for name, value in parameters.items()}

    def step(self, gradients: Mapping[str, tuple[Any, Floats]], rate: float) -> None:
        self.steps += 1
        rate *= np.sqrt(1 - SECOND**self.steps) / (1 - FIRST**self.steps)
        for name, (where, gradient) in gradients.items():
            first, second = self._first[name], self._second[name]
            first[where] = m = FIRST * first[where] + (1 - FIRST) * gradient
            second[where] = v = SECOND * second[where] + (1 - SECOND) * gradient**2
            self.p[name][where] -= (rate * m / (np.sqrt(v) + 1e-8)).astype(np.float32)


def summed_by_row(hashed: Ints, owners: Ints, slopes: Floats) -> tuple[Ints, Floats]:
    """The gradient of a table's rows, each the sum of the slopes of what looked it up; and which rows."""
    order = np.argsort(hashed, kind="stable")
    found, at = np.unique(hashed[order], return_index=True)
    return found, np.add.reduceat(slopes[owners[order]], at, axis=0)


def arguments(doc: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave the part check out, choose thresholds on it")
    parser.add_argument("kinds", nargs="*", default=["zh", "en"])
    return parser.parse_args()
