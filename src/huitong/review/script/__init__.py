"""Folding a text to one way of writing, character by character, so that every offset stays true."""

import re
import sys
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from huitong.method.words import Language

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’]{0,40}")

# Half-width marks are written in Chinese too; quotes have many shapes.
_CHINESE_MARKS: Final = dict(zip(",;:?!()「」『』﹐﹔﹕", "，；：？！（）“”“”，；：", strict=True))
_PLAIN_MARKS: Final = dict(zip("’‘“”–—\u00a0\u3000\u2028\u2029\x85\x0b\x0c\r", "''\"\"--  \n\n\n\n\n\n", strict=True))
_FULL_WIDTH: Final = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}


def fold(text: str, language: Language) -> str:
    """The text in lower case, Simplified, one kind of punctuation; as long as the text, character for character."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals have longer small letters
        lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    codes = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _table(language is not Language.EN)[codes].tobytes().decode("utf-32-le", "surrogatepass")


def simplified(text: str) -> str:
    """The text with its Traditional characters as Simplified ones, character for character."""
    return text.translate({ord(t): s for t, s in _traditional().items()})


def other_script(text: str, language: Language) -> set[str]:
    """Characters that this language hardly writes: Traditional ones in zh, Simplified ones in zh-Hant, all in en."""
    if language is Language.EN:
        return set(_HAN.findall(text))
    traditional = _traditional()
    if language is Language.ZH:
        return set(text) & traditional.keys()
    return {c for c in set(text) & set(traditional.values()) if not _is_common_in_big5(c)}


def language_of(text: str) -> Language:
    """The language in which most of the text is written. Without any letter: Chinese."""
    han = len(_HAN.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if words > han:  # a Chinese word takes about two characters
        return Language.EN
    folded = _traditional()
    traditional = sum(map(text.count, set(text) & folded.keys()))
    simplified = sum(map(text.count, set(text) & _simplified_only()))
    return Language.ZH_HANT if traditional > simplified else Language.ZH


@cache
def _table(chinese: bool) -> NDArray[np.uint32]:
    marks = {k: v for k, v in _PLAIN_MARKS.items() if not (chinese and k in "“”—")}
    table = _FULL_WIDTH | marks
    if chinese:
        table = {k: _CHINESE_MARKS.get(v, v) for k, v in table.items()} | _CHINESE_MARKS | _traditional()
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    codes[[ord(k) for k in table]] = [ord(v.lower()) for v in table.values()]
    return codes


@cache
def _traditional() -> dict[str, str]:
    lines = resources.files(__package__).joinpath("traditional.txt").read_text(encoding="utf-8").splitlines()
    return {
        t: s for upper, lower in zip(lines[::2], lines[1::2], strict=True) for t, s in zip(upper, lower, strict=True)
    }


@cache
def _simplified_only() -> frozenset[str]:
    # 后, 里, 只 ... are written in both scripts: what Big5 can write says nothing.
    def in_big5(character: str) -> bool:
        try:
            character.encode("big5")
        except UnicodeEncodeError:
            return False
        return True

    return frozenset(s for s in _traditional().values() if not in_big5(s))


def _is_common_in_big5(character: str) -> bool:
    # The first level of Big5 holds the characters that Traditional Chinese uses every day.
    try:
        return character.encode("big5") <= b"\xc6\x7e"
    except UnicodeEncodeError:
        return False
