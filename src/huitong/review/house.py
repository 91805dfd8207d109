"""What one organisation settles for its reviews: rules switched off, and words of its own.

Read from the `[review]` table of a huitong.toml; the desk keeps the same in its settings.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from huitong.method.errors import HouseError, Problem
from huitong.method.words import Element, Fault

MAX_WORDS: Final = 5_000
MAX_WORD_LENGTH: Final = 80
_CODES: Final[Mapping[str, Element | Fault]] = {str(code): code for code in (*Element, *Fault)}
_KINDS: Final = ("departments", "products", "titles")


@dataclass(frozen=True, slots=True)
class House:
    """`off`: codes that are neither found as faults nor named as missing. The words are names: never a fault.

    `departments` are found as the other department, `titles` as forms of address.
    """

    off: frozenset[Element | Fault] = field(default=frozenset())
    departments: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.departments, *self.products, *self.titles)


NO_HOUSE: Final = House()


def load_house(content: str, source: str = "huitong.toml") -> House:
    """Read the `[review]` table of a TOML text; other tables are left alone. Raises HouseError with what is wrong."""
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise HouseError(source, (Problem("", f"不是 TOML：{error}。", f"This is not TOML: {error}."),)) from None
    return read_house(data.get("review", {}), source)


def read_house(data: object, source: str = "huitong.toml") -> House:
    """Make a house of plain data: {"off": [codes], "departments": [words], "products": …, "titles": …}.

    Raises HouseError with a Problem for each mistake.
    """
    problems: list[Problem] = []
    if not isinstance(data, Mapping):
        raise HouseError(source, (Problem("review", "应是一张表。", "This must be a table."),))
    for key in data.keys() - {"off", *_KINDS}:
        problems.append(
            Problem(
                f"review.{key}",
                f"没有这一项。可以写的有 off、{'、'.join(_KINDS)}。",
                f"There is no such setting. There are off, {', '.join(_KINDS)}.",
            )
        )
    off = _words(data, "off", problems)
    for number, code in enumerate(off):
        if code not in _CODES:
            problems.append(
                Problem(
                    f"review.off[{number}]",
                    f"没有“{code}”这条规则。有 {'、'.join(_CODES)}。",
                    f'There is no rule "{code}". There are {", ".join(_CODES)}.',
                )
            )
    words = {kind: _words(data, kind, problems) for kind in _KINDS}
    if problems:
        raise HouseError(source, tuple(problems))
    return House(frozenset(_CODES[code] for code in off), **words)


def _words(data: Mapping[str, Any], key: str, problems: list[Problem]) -> tuple[str, ...]:
    words = data.get(key, ())
    path = f"review.{key}"
    if not isinstance(words, (list, tuple)):
        problems.append(Problem(path, '应是一列词，如 ["词"]。', 'This must be a list of words, such as ["word"].'))
        return ()
    if len(words) > MAX_WORDS:
        problems.append(Problem(path, f"最多 {MAX_WORDS} 个词。", f"At most {MAX_WORDS} words."))
        return ()
    for number, word in enumerate(words):
        if not isinstance(word, str) or not word.strip() or "\n" in word or len(word) > MAX_WORD_LENGTH:
            problems.append(
                Problem(
                    f"{path}[{number}]",
                    f"应是 1 到 {MAX_WORD_LENGTH} 个字的一个词。",
                    f"This must be one word of 1 to {MAX_WORD_LENGTH} characters.",
                )
            )
    return tuple(dict.fromkeys(word.strip() for word in words if isinstance(word, str)))
