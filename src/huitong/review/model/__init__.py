"""What a text's clauses carry, by the networks that `make model` has learned from the corpus."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from huitong.method.words import Element, Fault
from huitong.review.model.features import BITS, grams, kind_of, lengths
from huitong.review.model.network import Floats, Ints, Networks, answers
from huitong.review.page import Page, Place

Rows = NDArray[np.int32]

FOLDER: Final = Path(__file__).parent
ELEMENTS: Final[tuple[Element, ...]] = tuple(Element)
FAULTS: Final[tuple[Fault, ...]] = tuple(f for f in Fault if f is not Fault.OVERLOAD)
# "aside" is a request beside the matter; three or more of them are Fault.OVERLOAD.
CODES: Final[tuple[str, ...]] = (*map(str, ELEMENTS), *map(str, FAULTS), "aside")
# Words that a clause may hold beside what it carries (see extract).
SLOTS: Final = ("leader", "other_department", "matter", "deadline")
COLUMNS: Final = (*CODES, *SLOTS)
# What a word or two can say.
_IN_A_WORD: Final = np.isin(COLUMNS, ("greeting", "gratitude", "placeholder", "aside", *SLOTS))
_ENOUGH: Final = 4  # words, or Chinese characters, from which a clause speaks for itself
_AT_ONCE: Final = 400  # clauses read together, so that a megabyte does not need a gigabyte


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned of one language. `rows` maps a hash (its last entry: no n-gram) to its row of `grams`.

    Row 0 is zero, for what was never seen. `thresholds` say from which chance on a code counts as found.
    """

    rows: Rows
    grams: NDArray[np.int8]
    steps: Floats  # the size of one step of 8 bits, for each column of `grams`
    networks: Networks
    thresholds: Floats


def chances(page: Page, clauses: list[Place]) -> Floats:
    """How likely each clause carries each of COLUMNS: (clauses, columns), between 0 and 1."""
    if not clauses:
        return np.zeros((0, len(COLUMNS)), dtype=np.float32)
    model = load(kind_of(page.language))
    vectors = [_vectors(page, clauses[n : n + _AT_ONCE], model) for n in range(0, len(clauses), _AT_ONCE)]
    together = vectors[0] if len(vectors) == 1 else np.concatenate(vectors)
    networks = len(model.networks.bias)
    said = answers(together.reshape(len(clauses), networks, -1).transpose(1, 0, 2), model.networks)
    return believed(said, lengths(page, clauses))


def believed(said: Floats, lengths: Ints) -> Floats:
    """What the networks say of clauses of such lengths, as far as it can be believed: (clauses, columns).

    Beside a clause that carries a code, "Now" or "10 am" seems to carry it too.
    """
    share = np.sqrt(np.minimum(lengths / _ENOUGH, 1)).astype(np.float32)[:, None]
    return np.where(_IN_A_WORD, said, said * share)


def _vectors(page: Page, clauses: list[Place], model: Model) -> Floats:
    hashes, owners = grams(page, clauses)
    first = np.append(0, (owners[1:] != owners[:-1]).nonzero()[0] + 1)  # every clause has a sign, if only its end
    signs = model.grams.take(model.rows.take(hashes), axis=0).sum(axis=0, dtype=np.int16)
    sizes = np.add.reduceat((hashes >= 0).sum(axis=0), first)
    vectors = np.add.reduceat(signs, first, axis=0, dtype=np.int32).astype(np.float32) * model.steps
    vectors /= np.sqrt(sizes, dtype=np.float32)[:, None]
    return vectors


@cache
def load(kind: str) -> Model:
    """The model of "zh" or "en", as it was saved."""
    saved = load_arrays(FOLDER / f"{kind}.npz")
    rows = np.zeros(2**BITS + 1, dtype=np.int32)
    rows[saved["hashes"]] = np.arange(1, len(saved["hashes"]) + 1)
    grams = np.vstack([np.zeros((1, saved["grams"].shape[1]), dtype=np.int8), saved["grams"]])
    networks = Networks(*(saved[name].astype(np.float32) for name in NAMES))
    return Model(rows, grams, saved["steps"], networks, saved["thresholds"])


NAMES: Final = ("seen", "place", "answer", "direct", "bias")


def save(kind: str, rows: Ints, learned: list[dict[str, Any]], thresholds: list[float]) -> None:
    """Write a model: n-grams in 8 bits with one step size a column, the rest in 16 bits."""
    grams, steps = in_8_bits(np.concatenate([p["grams"][1:] for p in learned], axis=1))
    arrays: dict[str, NDArray[Any]] = {
        "hashes": np.flatnonzero(rows).astype(np.int32),
        "grams": grams,
        "steps": steps,
        "thresholds": np.array(thresholds, dtype=np.float32),
    }
    save_arrays(FOLDER / f"{kind}.npz", arrays | {name: np.stack([p[name] for p in learned]) for name in NAMES})


def in_8_bits(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A table in 8 bits, and the step size of each of its columns."""
    steps = (np.abs(table).max(axis=0) / 127 + 1e-9).astype(np.float32)
    return np.round(table / steps).astype(np.int8), steps


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to an .npz file, the same bytes each time; what is in 32 bits, but for step sizes, in 16.

    Not compressed: that would save an eighth, and cost 50 ms of every first review.
    """
    with ZipFile(path, "w") as file:
        for name, array in arrays.items():
            content = BytesIO()
            small = array.astype(np.float16) if array.dtype == np.float32 and name not in _EXACT else array
            np.lib.format.write_array(content, small, allow_pickle=False)
            file.writestr(ZipInfo(f"{name}.npy"), content.getvalue())  # dated 1980, not now


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file."""
    with np.load(path) as saved:
        return {name: saved[name] for name in saved.files}


_EXACT: Final = ("steps", "thresholds")
