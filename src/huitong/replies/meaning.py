"""What an answer means: an option, a yes with changes, a no, a question, a day; or that it can't be told, so that it
is asked.

Nothing understood here counts by itself, but an answer that is exactly an option's number (`Sense.exact`). The words
are
rules/meaning.toml. A "not", a question and an "if" take the yes out of their clause; what is left of a yes beside
a "not" elsewhere is never plain.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final

from huitong.replies.html import STRUCK

_RULES: Final[dict[str, Any]] = tomllib.loads(
    (files("huitong.replies") / "rules" / "meaning.toml").read_text(encoding="utf-8")
)["words"]
MAX_UNDERSTOOD: Final = 2_000  # characters; who writes more than this wants to be read by a person


class Asks(StrEnum):
    """Who was asked what."""

    LEADER = "leader"
    COUNTERPART = "counterpart"
    COMMITMENT = "commitment"


class Meaning(StrEnum):
    AGREE = "agree"
    CHANGE = "change"
    ASK = "ask"
    LATER = "later"
    NO = "no"
    YES = "yes"
    DATE = "date"
    HARD = "hard"
    KEPT = "kept"
    MOVED = "moved"
    BROKEN = "broken"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Sense:
    """What was understood. `option` counts from 0. `exact`: the answer is an option's number and nothing else."""

    meaning: Meaning
    option: int | None = None
    exact: bool = False


UNCLEAR: Final = Sense(Meaning.UNCLEAR)

_TRADITIONAL: Final = str.maketrans(_RULES["traditional"], _RULES["simplified"])
_CHINESE: Final = "一二三四五六七八九"
_FORMAL: Final = str.maketrans("壹贰叁肆伍陆柒捌玖", _CHINESE)
_ENGLISH: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_ORDINALS: Final = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_N: Final = rf"(?P<n>[1-9][0-9]?|[{_CHINESE}]|{'|'.join(_ENGLISH)})"
_O: Final = rf"(?P<o>{'|'.join(_ORDINALS)}|1st|2nd|3rd|[4-9]th)"
_EXACT: Final = re.compile(
    rf"[(（\[#]?\s*(?:(?:我)?选择?|方案|办法|选项|第|options?|option\s*#|no\.?|number|plan)?\s*{_N}\s*(?:个|种|项|号)?(?:方案|办法)?\s*[)）\]]?\s*[.。!、:]?"
)
_OPTIONS: Final = [re.compile(p.replace("{n}", _N).replace("{o}", _O)) for p in _RULES["option"]]
_CLAUSES: Final = re.compile(r"[^,，、。.;；!！?\n…]*(?:\d[.,]\d[^,，、。.;；!！?\n…]*)*[,，、。.;；!！?\n…]*")
_GREETING: Final = re.compile(
    r"\s*(尊敬的.{1,10}|.{1,8}(你好|您好|早上好|下午好)|(你|您)好|(hi|hello|dear|hey)\b.{0,30}|[\w\s]{1,12}[,:])\s*[,:!。]*\s*|"
    r"\s*(祝好|此致|敬礼|顺颂商祺|谢谢(提醒|您|你)?|多谢|辛苦了?|(best|kind|many)?\s*(regards|wishes)|best|cheers"
    r"|many thanks|thanks( for .{1,60})?|thank you.{0,40})\s*[,.!。]*\s*",
)


def _any(name: str) -> re.Pattern[str]:
    patterns: Iterable[str] = _RULES[name]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_W: Final = {name: _any(name) for name in _RULES if name not in ("option", "traditional", "simplified")}


def folded(text: str) -> str:
    """The text as the rules are written: half-width, lower case, simplified characters."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_TRADITIONAL).translate(_FORMAL)
    return text.replace("’", "'").replace("‘", "'").strip()


def understand(text: str, asks: Asks, *, options: int = 0) -> Sense:
    """What `text`, a person's own words, says to what was asked. `options` is how many there were to choose from."""
    if not text.strip() or len(text) > MAX_UNDERSTOOD or "\ufffd" in text or STRUCK in text:
        return UNCLEAR
    plain = folded(text)
    if asks is Asks.LEADER:
        number = _exactly(plain)
        if number is not None:
            return Sense(Meaning.AGREE, number, exact=True) if number < options else UNCLEAR
        return _leader(_clauses(plain), options)
    clauses = _clauses(plain)
    return _counterpart(clauses) if asks is Asks.COUNTERPART else _commitment(clauses)


def _exactly(plain: str) -> int | None:
    match = _EXACT.fullmatch(plain)
    return _number(match["n"]) if match else None


def _number(words: str) -> int:
    if words in _CHINESE:
        return _CHINESE.index(words)
    if words in _ENGLISH:
        return _ENGLISH.index(words)
    if words in _ORDINALS:
        return _ORDINALS.index(words)
    return int(re.sub(r"\D", "", words)) - 1


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    options: frozenset[int]
    turned: bool  # it holds a "not"
    question: bool
    unsure: bool  # an "if", or somebody else's word

    def has(self, name: str) -> bool:
        return bool(_W[name].search(self.text))

    @property
    def plain_yes(self) -> bool:
        return not (self.turned or self.question or self.unsure)


def _clauses(plain: str) -> list[_Clause]:
    lines = [line for line in plain.split("\n") if not _is_greeting(line)]
    pieces = [piece for line in lines for piece in _CLAUSES.findall(line) if piece.strip(" ,，、。.;；!！?…")]
    return [_clause(piece) for piece in pieces]


def _is_greeting(line: str) -> bool:
    # A line such as "不行," is shaped like a name, and says all.
    says = any(_W[name].search(line.rstrip(",:. ")) for name in ("yes", "no", "not"))
    return bool(_GREETING.fullmatch(line)) and not says


def _clause(piece: str) -> _Clause:
    text = piece.strip().rstrip(",，、。.;；!！… ")
    bare = _W["harmless"].sub(" ", text)
    options = {
        _number(groups.get("n") or groups.get("o") or "")
        for pattern in _OPTIONS
        for match in pattern.finditer(text)
        for groups in [match.groupdict()]
    }
    return _Clause(
        text,
        frozenset(options),
        turned=bool(_W["not"].search(bare)),
        question=bool(_W["question"].search(text)),
        unsure=bool(_W["if"].search(text) or _W["said_by_others"].search(text)),
    )


def _leader(clauses: list[_Clause], options: int) -> Sense:
    if not clauses:
        return UNCLEAR
    named = {n for c in clauses for n in c.options}
    if any(n >= max(options, 1) for n in named):
        return UNCLEAR
    yes = [c for c in clauses if c.plain_yes and (c.has("yes") or c.options)]
    turned = [c for c in clauses if c.turned]
    refused = [c for c in turned if c.has("no") or c.has("yes") or c.options]
    if any(c.question for c in clauses):
        return UNCLEAR if yes or refused or len(named) > 1 else Sense(Meaning.ASK)
    if any(c.unsure or (c.has("either") and not c.turned) for c in clauses):
        return UNCLEAR
    if refused:
        whole = not named and any(c.has("no") for c in refused) and not [c for c in yes if c.has("yes")]
        waits = any(c.has("later") for c in clauses)
        return Sense(Meaning.NO) if whole and not waits else UNCLEAR
    chosen = {n for c in yes for n in c.options}
    if len(chosen) > 1:
        return UNCLEAR
    option = next(iter(chosen), 0 if options == 1 else None)
    changed = turned or any(c.has("change") for c in clauses)
    if yes and not (changed and not chosen and not any(c.has("yes") for c in yes)):
        if any(c.has("later") for c in clauses) and not chosen:
            return UNCLEAR
        return Sense(Meaning.CHANGE if changed else Meaning.AGREE, option)
    if any(c.has("asks_more") for c in clauses):
        return Sense(Meaning.ASK)
    if any(c.has("later") for c in clauses):
        return Sense(Meaning.LATER)
    return UNCLEAR


def _counterpart(clauses: list[_Clause]) -> Sense:
    whole = " ".join(c.text for c in clauses)
    day = bool(_W["day"].search(whole))
    if not clauses or _W["unsure"].search(whole):
        return UNCLEAR
    if day and (_W["other_day"].search(whole)):
        return Sense(Meaning.DATE)
    if any(c.question or c.unsure for c in clauses):
        return UNCLEAR
    if _W["hard"].search(whole):
        return Sense(Meaning.HARD)
    if any(c.turned for c in clauses):
        return UNCLEAR
    return Sense(Meaning.YES) if any(c.has("agrees") for c in clauses) else UNCLEAR


def _commitment(clauses: list[_Clause]) -> Sense:
    whole = " ".join(c.text for c in clauses)
    if _W["broken"].search(whole):
        return Sense(Meaning.BROKEN)
    if _W["needs_days"].search(whole):
        return Sense(Meaning.MOVED) if _W["day"].search(whole) else UNCLEAR
    if not clauses or any(c.question for c in clauses) or _W["not_done"].search(_W["harmless"].sub(" ", whole)):
        return UNCLEAR
    return Sense(Meaning.KEPT) if _W["done"].search(whole) else UNCLEAR
