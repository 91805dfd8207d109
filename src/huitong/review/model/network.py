"""The small network that reads a clause among its neighbours: which of the method's codes does it carry?

n-grams are summed to a clause's vector; a hidden layer sees it beside the two clauses before and behind, the mean of
the text, and where in the text it stands; each code has an answer of its own. Several such networks answer together.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# The first and the last clauses have places of their own; between them it is the tenth of the text.
_FIRST: Final = 6
_LAST: Final = 4
_OPENING: Final = 2
UNPLACED: Final = _FIRST + 10 + _LAST
PLACES: Final = UNPLACED + 1
SEEN: Final = 6  # the clause itself, one and two before, one and two behind, the mean of the text


@dataclass(frozen=True, slots=True)
class Networks:
    """What several networks have learned on top of the clauses' vectors, one below the other."""

    seen: Floats  # networks, SEEN * width, hidden
    place: Floats  # networks, PLACES, hidden
    answer: Floats  # networks, hidden, codes
    direct: Floats  # networks, width, codes
    bias: Floats  # networks, codes


@lru_cache(maxsize=256)
def places(count: int) -> Ints:
    """Where each of `count` clauses stands, as a number below UNPLACED. Shared: not to be written to."""
    index = np.arange(count)
    left = count - 1 - index
    middle = _FIRST + np.minimum(index * 10 // max(count, 1), 9)
    place = np.where(index < _FIRST, index, middle)
    # What opens a short message opens it, however near its end is.
    return np.where((left < _LAST) & (index >= _OPENING), UNPLACED - 1 - left, place)


def surroundings(vectors: Floats) -> Floats:
    """Beside each clause's vector those of its neighbours and the mean of the text.

    (networks, clauses, width) becomes (networks, clauses, SEEN * width).
    """
    networks, count, width = vectors.shape
    seen = np.zeros((networks, count, SEEN, width), dtype=np.float32)
    seen[:, :, 0] = vectors
    seen[:, 1:, 1] = vectors[:, :-1]
    seen[:, :-1, 2] = vectors[:, 1:]
    seen[:, 2:, 3] = vectors[:, :-2]
    seen[:, :-2, 4] = vectors[:, 2:]
    seen[:, :, 5] = vectors.sum(axis=1, keepdims=True) / np.float32(count)
    return seen.reshape(networks, count, SEEN * width)


def answers(vectors: Floats, networks: Networks) -> Floats:
    """The chance of every code for every clause of one text: (clauses, codes), as the networks say on average.

    `vectors` are (networks, clauses, width).
    """
    hidden = surroundings(vectors) @ networks.seen
    hidden += networks.place[:, places(vectors.shape[1])]
    np.maximum(hidden, 0, out=hidden)
    logits = hidden @ networks.answer
    logits += vectors @ networks.direct
    logits += networks.bias[:, None]
    np.maximum(logits, -30, out=logits)  # of less the exponential is more than 32 bits hold
    chances: Floats = (1 / (1 + np.exp(-logits))).sum(axis=0)
    return chances / np.float32(len(logits))
