"""The rules, one file for each code and language, and the small language in which their cues are written.

A cue is plain words or a regular expression. Three signs are added: `…` stands for a few characters of the same clause,
`……` for a stretch of the same sentence, `^` for the beginning of a clause and `$` for its end. An open-ended `*`, `+`
or `{2,}` is refused, since it would make long texts slow.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from huitong.method.words import Element, Fault, Language

_STOPS: Final = {"zh": "，。！？；：\n", "en": ",.;:!?\n"}
_SENTENCE_STOPS: Final = {"zh": "。！？\n", "en": ".!?\n"}
_NEAR: Final = {"zh": 14, "en": 50}
_FAR: Final = {"zh": 50, "en": 140}
_OPEN_ENDED: Final = re.compile(r"(?<!\\)[*+]|\{\d+,\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One code in one language: what shows it, what does not, and what to tell the writer."""

    code: Element | Fault
    title: str
    points: tuple[str, ...]
    why: str
    offer: str
    cues: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    examples: tuple[tuple[str, tuple[str, ...]], ...]


def rule(code: Element | Fault, language: Language) -> Rule:
    """The rule for one code. For an element `offer` is a sentence to begin with, for a fault what to write instead."""
    return rules(language)[code]


@cache
def rules(language: Language) -> dict[Element | Fault, Rule]:
    """Every rule of a language, elements first, each in the order of the method."""
    return {code: _read(code, language) for code in (*Element, *Fault)}


def pattern(cues: list[str], language: str) -> re.Pattern[str] | None:
    """Compile cues of "zh" or "en" into one expression. Raises ValueError for a cue that is open-ended."""
    if not cues:
        return None
    for cue in cues:
        if _OPEN_ENDED.search(cue):
            raise ValueError(f"open-ended cue: {cue}")
    return re.compile("|".join(_translate(cue, language) for cue in cues))


def _translate(cue: str, language: str) -> str:
    stops, sentence_stops = _STOPS[language], _SENTENCE_STOPS[language]
    # English words are whole words; a cue that begins with a sign of its own says where it may stand.
    begin = r"(?<![\w-])" if language == "en" and re.match(r"\w|\((?!\?)", cue) else ""
    end = r"(?![\w])" if language == "en" and re.search(r"\w$|\)$", cue) and not cue.endswith((r"\b", r"\w")) else ""
    at_begin = f"(?<![^{stops} “(（、])" if language == "zh" else f"(?:(?<![^{stops}])|(?<=[{stops}] ))"
    body = re.sub(r"(?<![\[\\])\^", lambda _: at_begin, cue)
    at_end = f"(?![^{stops} ”）~～])" if language == "zh" else f"(?![^{stops}])"
    body = re.sub(r"(?<!\\)\$", lambda _: at_end, body)
    body = body.replace("……", f"(?:[^{sentence_stops}]{{0,{_FAR[language]}}}?)")
    body = body.replace("…", f"(?:[^{stops}]{{0,{_NEAR[language]}}}?)")
    return f"{begin}(?:{body}){end}"


def _read(code: Element | Fault, language: Language) -> Rule:
    folder = "en" if language is Language.EN else "zh"
    file = resources.files(__package__).joinpath(folder, f"{code}.toml")
    data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    words = data | data.get("zh-Hant", {}) if language is Language.ZH_HANT else data
    return Rule(
        code=code,
        title=words["title"],
        points=tuple(data["points"]),
        why=words["why"],
        offer=words["begin" if isinstance(code, Element) else "instead"],
        cues=_compiled(code, folder, "cues"),
        unless=_compiled(code, folder, "unless"),
        examples=tuple((e["text"], tuple(e["finds"])) for e in data.get("examples", ())),
    )


@cache
def _compiled(code: Element | Fault, folder: str, key: str) -> re.Pattern[str] | None:
    file = resources.files(__package__).joinpath(folder, f"{code}.toml")
    return pattern(tomllib.loads(file.read_text(encoding="utf-8")).get(key, []), folder)
