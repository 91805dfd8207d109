"""Templates as data: one TOML file a text and language, read once. docs/compose.md shows the format."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from huitong.compose.pattern import Pattern, parse
from huitong.method import Language, Style

_FOLDER: Final = files("huitong.compose") / "templates"
_ASIDE: Final = frozenset({"other", *Style})
WORDINGS: Final = 12  # a part has one to four wordings; after so many variants they come round again

House = Mapping[tuple[Language, str], str]  # a house's own templates, TOML by language and name: see check.py
PACKAGED: Final[House] = MappingProxyType({})  # none of its own


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, or one for each item of a list, with its place in the order in which room is given."""

    element: str
    text: tuple[Pattern, ...]  # fullest first
    each: str  # the list it goes through; "" for one sentence
    needed: str  # "" | "one" | "all": what stays whatever the length (one: the leading item)
    leading: str  # "first" | "last" | "weightiest": the item that gets room first, at `rank`
    rank: int  # lower ranks get room first
    then: int  # the rank of the other items
    held: int  # how many of the fullest wordings wait until rank `later`, so that other parts come before them
    later: int
    longest: int  # what is longer waits until rank `later` too; 0: nothing does
    lead: tuple[Pattern, ...]
    between: str
    end: str
    opens: str  # "" | "line" | "paragraph"
    heading: str
    when: str
    unless: str
    pause: bool
    listen: bool
    weight: int  # its share of a meeting
    question: str  # what a leader may ask, of which this is the answer


@dataclass(frozen=True, slots=True)
class Template:
    subject: tuple[Pattern, ...]
    heading: str
    joint: str  # between sentences of a paragraph
    aloud: bool  # it is said: codes in brackets are not
    parts: tuple[Part, ...]


def template(
    language: Language, name: str, style: Style = Style.PLAIN, variant: int = 0, house: House = PACKAGED
) -> Template:
    """The template `name` (a channel or a text of the matter's life) in a language, a style and one of its wordings:
    the house's own where it has one. Raises ValueError for one that cannot be read.
    """
    language = Language(language)
    own = house.get((language, name))
    if own is not None:
        return _own(language, own, style, variant % WORDINGS)
    return _packaged(language, name, style, variant % WORDINGS)


@cache
def _packaged(language: Language, name: str, style: Style, variant: int) -> Template:
    return _template(_read(language, name), language, style, variant)


@lru_cache(maxsize=2048)
def _own(language: Language, source: str, style: Style, variant: int) -> Template:
    return _template(_own_data(source), language, style, variant)


@lru_cache(maxsize=256)
def _own_data(source: str) -> dict[str, Any]:
    return tomllib.loads(source)


def _template(data: dict[str, Any], language: Language, style: Style, variant: int) -> Template:
    heading = data.get("heading", "{title}")
    if set("{}") & set(re.sub(r"\{(number|title)\}", "", heading)):  # it is filled by str.format
        raise ValueError(f"heading {heading!r}: it can hold {{number}} and {{title}}")
    return Template(
        subject=_patterns(data.get("subject", [])),
        heading=heading,
        joint=words(language)["joint"],
        aloud=data.get("aloud", False),
        parts=tuple(_part(_worded(p, style, variant)) for p in data["part"]),
    )


def _worded(data: dict[str, Any], style: Style, variant: int) -> dict[str, Any]:
    """The part as its style says it, or else as the variant's turn among its wordings says it."""
    plain = {key: value for key, value in data.items() if key not in _ASIDE}
    wordings: list[dict[str, Any]] = [{}, *data.get("other", [])]
    said: dict[str, Any] = data.get(style.value) or wordings[variant % len(wordings)]
    return plain | said


@cache
def words(language: Language) -> dict[str, Any]:
    """How the language says dates, numbers and the items of a brief: templates/<lang>/words.toml."""
    return _read(language, "words")


@cache
def phrases(language: Language, *path: str) -> tuple[Pattern, ...]:
    """Patterns out of words.toml, by their path of keys."""
    node: Any = words(language)
    for key in path:
        node = node[key]
    return _patterns(node)


def _read(language: Language, name: str) -> dict[str, Any]:
    return tomllib.loads(packaged_source(language, name))


@cache
def packaged_source(language: Language, name: str) -> str:
    """The packaged TOML text itself."""
    return (_FOLDER / language.value / f"{name}.toml").read_text("utf-8")


def _patterns(sources: str | list[str]) -> tuple[Pattern, ...]:
    return tuple(parse(s) for s in ([sources] if isinstance(sources, str) else sources))


def _part(data: dict[str, Any]) -> Part:
    unknown = set(data) - {field.name for field in fields(Part)}
    if unknown:
        raise ValueError(f"a template's part has no {sorted(unknown)}")
    rank = data.get("rank", 0)
    needed = data.get("needed", False)
    return Part(
        element=data.get("element", ""),
        text=_patterns(data["text"]),
        each=data.get("each", ""),
        needed="one" if needed is True else needed or "",
        leading=data.get("leading", "first"),
        rank=rank,
        then=data.get("then", rank),
        held=data.get("held", 0),
        later=data.get("later", rank),
        longest=data.get("longest", 0),
        lead=_patterns(data.get("lead", [])),
        between=data.get("between", ""),
        end=data.get("end", ""),
        opens=data.get("opens", ""),
        heading=data.get("heading", ""),
        when=data.get("when", ""),
        unless=data.get("unless", ""),
        pause=data.get("pause", False),
        listen=data.get("listen", False),
        weight=data.get("weight", 1),
        question=data.get("question", ""),
    )
