"""The kinds of document as data: kinds/<lang>/<code>.toml, one file each. docs/documents.md shows the format."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final

from huitong.documents.errors import ReportError
from huitong.method import Language

_FOLDER: Final = files("huitong.documents") / "kinds"
_WORDS: Final = "words.toml"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document: a heading and what the brief has to say under it, or nothing at all."""

    text: tuple[str, ...]  # patterns, fullest first
    each: str = ""  # a list of the brief; "" for one sentence
    heading: str = ""
    lead: tuple[str, ...] = ()  # the sentence before several items
    columns: tuple[str, ...] = ()  # several items become a table, with `cells` of each
    cells: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    item: tuple[str, ...] = ()  # the heading of an item whose cells are too long for a table
    alone: tuple[str, ...] = ()  # what one item alone says instead of `text`
    otherwise: tuple[str, ...] = ()  # what is said if the list is empty


@dataclass(frozen=True, slots=True)
class Kind:
    """`names` are what one may call it, the first in its own language."""

    code: str
    language: Language
    names: tuple[str, ...]
    title: tuple[str, ...]
    addressee: tuple[str, ...]
    sections: tuple[Section, ...]
    official: bool
    lines: Mapping[str, tuple[str, ...]]
    closing: tuple[str, ...]
    signature: tuple[str, ...]
    contact: tuple[str, ...]
    present: tuple[str, ...]
    rules: tuple[str, ...]


def kinds(language: Language) -> tuple[Kind, ...]:
    """All kinds of a language, in the order of their files' names."""
    return _kinds(Language(language))


def kind_named(name: str, language: Language) -> Kind:
    """The kind that `name` calls, for a brief in this language. Raises ReportError if it has no such kind."""
    wanted = name.strip().lower()
    for kind in kinds(language):
        if wanted in (kind.code, *kind.names):
            return kind
    shown, own = name.strip()[:20], [kind.names[0] for kind in kinds(language)]
    elsewhere = {n for other in Language for kind in kinds(other) for n in (kind.code, *kind.names)}
    if wanted in elsewhere:
        zh = f"“{shown}”是另一种语言的文种，这份简报的语言是 {language}。"
        en = f'"{shown}" is a kind of the other language; this brief is in {language}.'
    else:
        zh, en = f"没有“{shown}”这个文种。", f'There is no kind "{shown}".'
    zh, en = f"{zh}请写{'、'.join(own[:-1])}或{own[-1]}。", f"{en} Write {', '.join(own[:-1])} or {own[-1]}."
    raise ReportError("kind", zh, en, language)


def default_kind(language: Language) -> Kind:
    """The kind that is meant where none is named: the one that asks."""
    return kind_named(words(language)["default"], language)


@cache
def words(language: Language) -> dict[str, Any]:
    """What all kinds of a language share: kinds/<lang>/words.toml."""
    return tomllib.loads((_FOLDER / language.value / _WORDS).read_text("utf-8"))


@cache
def _kinds(language: Language) -> tuple[Kind, ...]:
    found = [f for f in (_FOLDER / language.value).iterdir() if f.name.endswith(".toml") and f.name != _WORDS]
    read = [
        (f.name.removesuffix(".toml"), tomllib.loads(f.read_text("utf-8"))) for f in sorted(found, key=lambda f: f.name)
    ]
    return tuple(_kind(code, language, data) for code, data in read)


def _kind(code: str, language: Language, data: dict[str, Any]) -> Kind:
    shared, own = words(language)["section"], data.get("section", {})
    return Kind(
        code=code,
        language=language,
        names=tuple(data["names"]),
        title=_many(data["title"]),
        addressee=_many(data.get("addressee", [])),
        sections=tuple(_section(shared.get(name, {}) | own.get(name, {})) for name in data["sections"]),
        official=language is not Language.EN,
        lines={label: _many(text) for label, text in data.get("lines", {}).items()},
        closing=_many(data.get("closing", [])),
        signature=_many(data.get("signature", [])),
        contact=_many(data.get("contact", [])),
        present=_many(data.get("present", [])),
        rules=tuple(data.get("rules", [])),
    )


def _section(data: dict[str, Any]) -> Section:
    unknown = set(data) - {field.name for field in fields(Section)}
    if unknown or not data:
        raise ValueError(f"a section has no {sorted(unknown)}" if unknown else "a section of that name is not there")
    known: dict[str, Any] = {
        name: value if name in ("each", "heading") else _many(value) for name, value in data.items()
    }
    return Section(**known)


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
