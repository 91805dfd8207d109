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
from itertools import accumulate
from typing import Any, Final

from huitong.method.words import Element, Fault, Language

_STOPS: Final = {"zh": "，。！？；：\n", "en": ",.;:!?\n"}
_SENTENCE_STOPS: Final = {"zh": "。！？\n", "en": ".!?\n"}
_NEAR: Final = {"zh": 14, "en": 50}
_FAR: Final = {"zh": 50, "en": 140}
_OPEN_ENDED: Final = re.compile(r"(?<!\\)[*+]|\{\d+,\}")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What may stand in place of a fault's words (`to`; "" removes them), or the question to ask instead (`ask`).

    `to` may hold \\1 to \\9, the groups of `match` as the writer wrote them, and {deadline}, the text's one day. `text`
    is an example, `becomes` what the wording makes of it.
    """

    match: re.Pattern[str]
    to: str
    ask: str
    text: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One code in one language: what shows it, what does not, and what to tell the writer.

    `using` are sentences to begin with that hold {blanks} for what a draft says already (see advice).
    """

    code: Element | Fault
    title: str
    points: tuple[str, ...]
    why: str
    offer: str
    using: tuple[str, ...]
    cues: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    rewrites: tuple[Rewrite, ...]
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
    begun: dict[tuple[str, bool], list[str]] = {}
    firsts: dict[tuple[str, bool], set[str]] = {}
    for cue in cues:
        begin, body = _translate(cue, language)
        first = _first_characters(cue.removeprefix("^"))
        begun.setdefault((begin, bool(first)), []).append(body)
        firsts.setdefault((begin, bool(first)), set()).update(first)
    # One look at where and with what a cue may begin passes most places of a text at once.
    groups = (f"{_look(firsts[begin, known])}{begin}(?:{'|'.join(bodies)})" for (begin, known), bodies in begun.items())
    return re.compile("|".join(groups))


def _look(characters: set[str]) -> str:
    return f"(?=[{re.escape(''.join(sorted(characters)))}])" if characters else ""


def _first_characters(cue: str) -> set[str]:
    """The characters with which a match of the cue can begin, or none if that is not plain to see."""
    firsts = [_first_of_one(way) for way in _ways(cue)]
    return set().union(*firsts) if all(firsts) else set()


def _ways(cue: str) -> list[str]:
    ways, depth = [""], 0
    for character in cue:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            ways.append("")
        else:
            ways[-1] += character
    return ways


def _first_of_one(way: str) -> set[str]:
    depths = accumulate({"(": 1, ")": -1}.get(character, 0) for character in way)
    close = next((at for at, depth in enumerate(depths) if depth == 0), 0) if way.startswith("(") else 0
    if way.startswith(("(?=", "(?!", "(?<")):  # looks around, takes nothing: what follows is the first
        return _first_of_one(way[close + 1 :])
    if way.startswith("("):
        firsts, rest = _first_characters(way[1:close].removeprefix("?:")), way[close + 1 :]
    elif one_of := re.match(r"\[([^\^\\\]-]{1,40})\]", way):
        firsts, rest = set(one_of[1]), way[one_of.end() :]
    elif way.startswith(r"\b"):
        return _first_of_one(way[2:])
    elif way.startswith(r"\d"):
        firsts, rest = set("0123456789"), way[2:]
    elif plain := re.match(r"\\?([^\w\s.…^$|()\[\]{}?\\])|\\([.?{}\[\]$])|([\w ])", way):
        firsts, rest = {plain[1] or plain[2] or plain[3]}, way[plain.end() :]
    else:
        return set()
    if firsts and rest.startswith("?"):  # may be left out: then what follows is the first
        others = _first_of_one(rest[1:])
        return firsts | others if others else set()
    return set() if rest.startswith("{0") else firsts


def _translate(cue: str, language: str) -> tuple[str, str]:
    stops, sentence_stops = _STOPS[language], _SENTENCE_STOPS[language]
    at_begin = f"(?<![^{stops} “(（、])" if language == "zh" else f"(?:(?<![^{stops}])|(?<=[{stops}] ))"
    at_end = f"(?![^{stops} ”）~～])" if language == "zh" else f"(?![^{stops}])"
    # English words are whole words; a cue that begins with a sign of its own says where it may stand.
    whole = language == "en" and re.match(r"\w|\((?!\?)", cue)
    begin = at_begin if cue.startswith("^") else r"(?:(?<![\w-])|(?='))" if whole else ""
    end = r"(?![^\W\d])" if language == "en" and re.search(r"\w$|\)$", cue) and not cue.endswith((r"\b", r"\w")) else ""
    body = re.sub(r"(?<![\[\\])\^", lambda _: at_begin, cue.removeprefix("^"))
    body = re.sub(r"(?<!\\)\$", lambda _: at_end, body)
    body = body.replace("……", f"(?:[^{sentence_stops}]{{0,{_FAR[language]}}}?)")
    body = body.replace("…", f"(?:[^{stops}]{{0,{_NEAR[language]}}}?)")
    return begin, f"(?:{body}){end}"


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
        using=tuple(words.get("using", ())),
        cues=_compiled(code, folder, "cues"),
        unless=_compiled(code, folder, "unless"),
        rewrites=tuple(_rewrite(entry, language, folder) for entry in data.get("rewrites", ())),
        examples=tuple((e["text"], tuple(e["finds"])) for e in data.get("examples", ())),
    )


def _rewrite(entry: dict[str, str], language: Language, folder: str) -> Rewrite:
    match = pattern([entry["match"]], folder)
    if match is None or ("to" in entry) == ("ask" in entry):
        raise ValueError(f"a rewrite has a match and either to or ask: {entry}")
    ours = {
        k: entry.get("zh-Hant", entry[k]) if language is Language.ZH_HANT else entry[k]
        for k in entry.keys() & {"to", "ask"}
    }
    return Rewrite(match, ours.get("to", ""), ours.get("ask", ""), entry["text"], entry.get("becomes", ""))


@cache
def _compiled(code: Element | Fault, folder: str, key: str) -> re.Pattern[str] | None:
    file = resources.files(__package__).joinpath(folder, f"{code}.toml")
    return pattern(tomllib.loads(file.read_text(encoding="utf-8")).get(key, []), folder)
