"""A page as numbers: for each clause the n-grams of its characters (and in English of its words), hashed.

Digits look alike and runs of them are one, so that another number or date reads the same.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from huitong.method.words import Language
from huitong.review.page import HIDDEN, Page, Place

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

BITS: Final = 20
# What tells best, as tried: n-grams of characters in Chinese, of words in English.
LENGTHS: Final = (1, 2, 3, 4)
_SALT: Final = {"zh": 0, "en": 16}

# Signs of their own, as characters that nobody writes.
_BEGIN: Final = chr(1)
_STOPS: Final = {c: chr(n) for n, c in enumerate("，。？：；！\n", 2)} | {
    c: chr(n) for c, n in {",": 2, "—": 2, ".": 3, "…": 3, "": 3, "?": 4, ":": 5, ";": 6, "!": 7}.items()
}
_OTHER_STOP: Final = chr(9)
_DIGIT: Final = ord("0")
_SPACE: Final = ord(" ")
_LAST: Final = 0x11000  # what lies beyond is one kind of sign
_MIX: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_FINISH: Final = np.uint64(0xE7037ED1A0B428DB)
_HALF, _THIRD, _REST = np.uint64(31), np.uint64(29), np.uint64(64 - BITS)


def kind_of(language: Language) -> str:
    return "en" if language is Language.EN else "zh"


def grams(page: Page, clauses: list[Place]) -> tuple[Ints, Ints]:
    """The n-grams of all clauses: hashes of BITS bits, (LENGTHS, signs), and the clause of each sign.

    A hash of -1 is no n-gram: it would reach over the end of its clause.
    """
    kind = kind_of(page.language)
    signs, owners = _signs(page, clauses, kind)
    if kind == "en":
        signs, owners = _words(signs, owners)
    return _hashed(signs, owners, _SALT[kind]), owners


def lengths(page: Page, clauses: list[Place]) -> Ints:
    """How much each clause says: its words in English, its characters in Chinese."""
    spaces = page.folded.count
    if page.language is Language.EN:
        return np.array([spaces(" ", *clause) + 1 for clause in clauses], dtype=np.int64)
    return np.array([end - start - spaces(" ", start, end) for start, end in clauses], dtype=np.int64)


def _signs(page: Page, clauses: list[Place], kind: str) -> tuple[Hashes, Ints]:
    """The signs of all clauses in one row, each clause between a beginning and the mark that ends it."""
    text = page.own
    row = "".join(
        [f"{_BEGIN}{text[start:end]}{_STOPS.get(text[end : end + 1], _OTHER_STOP)}" for start, end in clauses]
    )
    codes = np.frombuffer(row.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    signs = _ALIKE[kind].take(codes, mode="clip")
    owners = np.repeat(np.arange(len(clauses)), [end - start + 2 for start, end in clauses])
    again = np.zeros(len(signs), dtype=bool)
    again[1:] = signs[1:] == signs[:-1]
    drop = again & ((signs == _DIGIT) | (signs == _SPACE) | (signs == ord(HIDDEN)))
    if kind == "zh":
        drop |= signs == _SPACE
    return signs[~drop], owners[~drop]


def _words(signs: Hashes, owners: Ints) -> tuple[Hashes, Ints]:
    """A sign for each word or other mark; white space says nothing."""
    letter = ((signs >= ord("a")) & (signs <= ord("z"))) | (signs == ord("'")) | (signs >= 0xC0)
    begins = ~letter
    begins[1:] |= ~letter[:-1]
    begins[0] = True
    first = np.flatnonzero(begins)
    within = np.arange(len(signs)) - np.repeat(first, np.diff(np.append(first, len(signs))))
    words = np.add.reduceat(signs * _IN_WORD[np.minimum(within, len(_IN_WORD) - 1)], first)
    said = signs[first] != _SPACE
    return words[said], owners[first][said]


def _hashed(signs: Hashes, owners: Ints, salt: int) -> Ints:
    hashes = np.zeros((len(LENGTHS), len(signs)), dtype=np.uint64)
    whole = np.zeros(hashes.shape, dtype=bool)
    for n in range(min(hashes.shape)):
        count = len(signs) - n
        np.multiply(signs[n:], _MIX[n], out=hashes[n, :count])
        hashes[n, :count] += hashes[n - 1, :count] if n else 0
        np.equal(owners[:count], owners[n:], out=whole[n, :count])
    hashes ^= hashes >> _HALF
    hashes *= _FINISH + 2 * (salt + np.array(LENGTHS, dtype=np.uint64))[:, None]
    hashes ^= hashes >> _THIRD
    hashes >>= _REST
    return np.where(whole, hashes.view(np.int64), -1)


def _alike(kind: str) -> Hashes:
    table = np.arange(_LAST + 1, dtype=np.uint64)
    table[[ord(c) for c in "0123456789"]] = _DIGIT
    if kind == "zh":
        table[[ord(c) for c in "二四五六七八九两"]] = ord("三")
    return table


_ALIKE: Final = {kind: _alike(kind) for kind in ("zh", "en")}
_IN_WORD: Final = np.array(
    [(n * 0x9E3779B97F4A7C15 + 0xBF58476D1CE4E5B9) % 2**64 | 1 for n in range(1, 33)], dtype=np.uint64
)
