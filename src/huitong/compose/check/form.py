"""Whether a template can be read, and asks for nothing that there isn't: every mistake with its line."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from huitong.compose.check.lines import Lines, Path
from huitong.compose.check.vocabulary import Vocabulary, vocabulary
from huitong.compose.pattern import Node, Pattern, parse
from huitong.compose.template import WORDINGS, Part
from huitong.method import Channel, Element, Language, Style

MAX_SOURCE: Final = 20_000  # characters; the longest packaged one has 6,500
MAX_LINE: Final = 2_000
MAX_PARTS: Final = 40
MAX_PATTERNS: Final = 10  # of one text, from fullest to shortest
MAX_PATTERN: Final = 400  # characters
MAX_SLOTS: Final = 12  # in one pattern
MAX_TRIED: Final = 200_000  # characters, the source once for each style and wording that it can be composed in
MAX_DEPTH: Final = 4  # of [ ] in [ ]
MAX_MARKS: Final = 200  # characters of what stands between, around and above
MAX_RANK: Final = 999
MAX_WEIGHT: Final = 100
MAX_TOLD: Final = 20  # mistakes at once

_AT: Final = re.compile(r"\(at line (\d+), column \d+\)")
_STYLES: Final = tuple(style.value for style in Style)
_PART_KEYS: Final = frozenset(field.name for field in fields(Part))


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a template. `line` counts from 1; 0 is the template as a whole."""

    line: int
    zh: str
    en: str

    def message(self, language: str) -> str:
        return self.en if language == "en" else self.zh


Found = Iterator[tuple[Path, str, str]]  # where, and what is wrong in Chinese and in English


def mistakes_of_form(language: Language, name: str, source: str) -> list[Mistake]:
    """What is wrong with the source as a template of this text, in the order of its lines."""
    if len(source) > MAX_SOURCE:
        return [Mistake(0, f"太长了，最多 {MAX_SOURCE} 个字符。", f"Too long: at most {MAX_SOURCE} characters.")]
    for number, line in enumerate(source.split("\n"), start=1):
        if len(line) > MAX_LINE:
            zh, en = f"这一行太长了，最多 {MAX_LINE} 个字符。", f"This line is too long: at most {MAX_LINE} characters."
            return [Mistake(number, zh, en)]
    try:
        data = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        return [_not_toml(source, error)]
    lines = Lines(source)
    found = [*_template(data, vocabulary(language, name), has_styles=name in set(Channel))]
    if not found:
        found = [*_too_much(data, len(source)), *(_questions(data) if name == "questions" else ())]
    mistakes = dict.fromkeys(Mistake(lines.of(path), zh, en) for path, zh, en in found)
    return sorted(mistakes, key=lambda mistake: mistake.line)[:MAX_TOLD]


def wordings(source: str) -> int:
    """In how many wordings a text of this template can be composed. The source has no mistake of form."""
    return _wordings(tomllib.loads(source))


def _wordings(data: dict[str, Any]) -> int:
    return 1 + max(len(part.get("other", [])) for part in data["part"])


def _too_much(data: dict[str, Any], size: int) -> Found:
    """Every wording is tried in every style: both together are bounded."""
    if size * _wordings(data) * len(Style) > MAX_TRIED:
        yield (
            (),
            "[[part.other]] 太多，全文又长，试写不完。请减少几种说法，或写短一些。",
            ("Too long for so many [[part.other]] to be tried. Take some of them out, or shorten the text."),
        )


def _questions(data: dict[str, Any]) -> Found:
    for number, part in enumerate(data.get("part", [])):
        if not part.get("question") or not part.get("element"):
            yield (
                ("part", number),
                "这里每个 [[part]] 都要写 question 和 element。",
                ("Each [[part]] here needs its question and its element."),
            )


def _not_toml(source: str, error: Exception) -> Mistake:
    if isinstance(error, RecursionError):
        return Mistake(0, "括号套得太深了。", "The brackets are nested too deep.")
    at = _AT.search(str(error))
    line = int(at[1]) if at else source.count("\n") + 1 if "end of document" in str(error) else 0
    what = _AT.sub("", str(error)).strip()
    return Mistake(
        line,
        f"这里不合 TOML 的写法（{what}）。多半是引号或方括号没有配对，或者少了逗号。",
        f"This is not TOML: {what}. Most often a quote or a bracket is not closed, or a comma is missing.",
    )


def _template(data: dict[str, Any], known: Vocabulary, *, has_styles: bool) -> Found:
    for key in data:
        if key not in ("subject", "heading", "aloud", "part"):
            yield (
                (key,),
                f"没有“{key}”这一项。最外层只有 subject、heading 和 [[part]]。",
                (f'There is no "{key}" here. Outside the parts there are subject, heading and [[part]].'),
            )
    yield from _patterns(data.get("subject", []), ("subject",), known, each="")
    if not isinstance(data.get("aloud", False), bool):
        yield ("aloud",), "aloud 要写 true 或 false。", "aloud is true or false."
    heading = data.get("heading", "")
    if not isinstance(heading, str):
        yield ("heading",), "heading 要写成一段文字。", "heading must be a piece of text."
    elif set("{}") & set(re.sub(r"\{(number|title)\}", "", heading)):
        yield ("heading",), "heading 里只能用 {number} 和 {title}。", "heading can hold {number} and {title} only."
    parts = data.get("part", [])
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        yield ("part",), "至少要有一个 [[part]]。", "There must be at least one [[part]]."
    elif len(parts) > MAX_PARTS:
        yield ("part", MAX_PARTS), f"太多了，最多 {MAX_PARTS} 个 [[part]]。", f"At most {MAX_PARTS} parts."
    else:
        for number, part in enumerate(parts):
            yield from _part(part, ("part", number), known, has_styles=has_styles)


def _part(part: dict[str, Any], path: Path, known: Vocabulary, *, has_styles: bool) -> Found:
    plain = {key: value for key, value in part.items() if key not in ("other", *_STYLES)}
    yield from _keys(plain, path, known, each=plain.get("each", ""))
    if "text" not in plain:
        yield path, "这个 [[part]] 没有 text。", "This [[part]] has no text."
    tables: list[tuple[Path, Any]] = [((*path, style), part[style]) for style in _STYLES if style in part]
    others = part.get("other", [])
    if not isinstance(others, list):
        yield (*path, "other"), "要写成 [[part.other]]，两层方括号。", "Write [[part.other]], with double brackets."
        others = []
    if len(others) >= WORDINGS:
        yield (*path, "other"), f"最多 {WORDINGS - 1} 个 [[part.other]]。", f"At most {WORDINGS - 1} [[part.other]]."
        others = []
    tables += [((*path, "other", number), other) for number, other in enumerate(others)]
    for where, table in tables:
        if not has_styles:
            yield where, "这种文稿只有一种说法，不分语气。", "This text has one wording; there are no styles of it."
        elif not isinstance(table, dict):
            yield where, "这里要写成一张表，例如 [part.formal]。", "This must be a table, such as [part.formal]."
        else:
            yield from _keys(table, where, known, each=table.get("each", plain.get("each", "")))


def _keys(data: dict[str, Any], path: Path, known: Vocabulary, *, each: Any) -> Found:
    for key, value in data.items():
        if key not in _PART_KEYS:
            names = "、".join(sorted(_PART_KEYS)), ", ".join(sorted(_PART_KEYS))
            yield (*path, key), f"没有“{key}”这一项。有 {names[0]}。", f'There is no "{key}". There are {names[1]}.'
        elif key in ("text", "lead"):
            yield from _patterns(value, (*path, key), known, each=each if key == "text" else "")
            if key == "text" and value == []:
                yield (*path, key), "text 里至少要有一句。", "text must hold at least one wording."
        elif problem := _CHECKS[key](value, known):
            yield (*path, key), *problem


def _patterns(value: Any, path: Path, known: Vocabulary, *, each: Any) -> Found:
    sources = [value] if isinstance(value, str) else value
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        yield path, f'{path[-1]} 要写成一列文字，如 ["……"]。', f'{path[-1]} must be a list of texts, such as ["…"].'
        return
    if len(sources) > MAX_PATTERNS:
        yield path, f"说法太多了，最多 {MAX_PATTERNS} 种。", f"At most {MAX_PATTERNS} wordings."
        return
    items = known.lists.get(each, {}) if isinstance(each, str) else {}
    for number, source in enumerate(sources):
        where = (*path, number)
        if len(source) > MAX_PATTERN:
            yield where, f"这一句太长了，最多 {MAX_PATTERN} 个字符。", f"At most {MAX_PATTERN} characters a wording."
        elif control := _control(source):
            yield where, *control
        else:
            yield from _pattern(source, where, {*known.facts, *items})


def _pattern(source: str, where: Path, slots: set[str]) -> Found:
    try:
        pattern = parse(source)
    except ValueError:
        yield (
            where,
            f"“{source}”里的方括号或花括号没有配对，或花括号里不是一个名称。",
            (f'In "{source}" a bracket or brace is not closed, or the braces hold no name.'),
        )
        return
    if any("}" in text for text in _texts(pattern)):
        yield where, f"“{source}”里多了一个 }}。", f'"{source}" has a }} too many.'
    for slot in sorted(pattern.slots - slots):
        yield where, f"这里没有“{{{slot}}}”这样东西可写。", f"There is no fact {{{slot}}} here."
    if len(re.findall(r"\{", source)) > MAX_SLOTS:
        yield where, f"一句里最多 {MAX_SLOTS} 处花括号。", f"At most {MAX_SLOTS} facts in a wording."
    if _depth(source) > MAX_DEPTH:
        yield where, f"方括号套得太深，最多 {MAX_DEPTH} 层。", f"At most {MAX_DEPTH} [ ] in one another."


def _texts(pattern: Pattern) -> Iterator[str]:
    waiting: list[Node] = list(pattern.nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, list):
            waiting += node


def _depth(source: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[\[\]]", source):
        depth += 1 if mark == "[" else -1
        deepest = max(deepest, depth)
    return deepest


# --- the values of a part's keys ---

Problem = tuple[str, str] | None
ValueCheck = Callable[[Any, Vocabulary], Problem]


def _control(text: str) -> Problem:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        return "这里有看不见的控制字符，请删掉。", "There is an invisible control character; take it out."
    return None


def _one_of(*values: object) -> ValueCheck:
    shown = ["true" if v is True else "false" if v is False else f'"{v}"' for v in values]

    def check(value: Any, _: Vocabulary) -> Problem:
        if any(type(value) is type(v) and value == v for v in values):
            return None
        return f"只能写 {'、'.join(shown)}。", f"Write {', '.join(shown)}."

    return check


def _number(lowest: int, highest: int) -> ValueCheck:
    def check(value: Any, _: Vocabulary) -> Problem:
        if type(value) is int and lowest <= value <= highest:
            return None
        return f"要写 {lowest} 到 {highest} 的整数。", f"Write a whole number from {lowest} to {highest}."

    return check


def _words(value: Any, _: Vocabulary) -> Problem:
    if not isinstance(value, str):
        return "要写成一段文字，加引号。", "This must be a text in quotes."
    if len(value) > MAX_MARKS:
        return f"太长了，最多 {MAX_MARKS} 个字符。", f"At most {MAX_MARKS} characters."
    if set("{}") & set(value):
        return "这里不能用花括号，写什么就是什么。", "Facts can’t stand here; it is put in as it is."
    return _control(value)


def _list(value: Any, known: Vocabulary) -> Problem:
    if value == "" or (isinstance(value, str) and value in known.lists):
        return None
    return f"没有这一列。有 {'、'.join(known.lists)}。", f"There is no such list. There are {', '.join(known.lists)}."


def _fact_or_list(value: Any, known: Vocabulary) -> Problem:
    if value == "" or (isinstance(value, str) and value in known):
        return None
    return "没有叫这个名称的内容或列。", "There is no fact or list of this name."


_yes_or_no: Final = _one_of(True, False)
_CHECKS: Final[dict[str, ValueCheck]] = {
    "element": _one_of("", *(element.value for element in Element)),
    "each": _list,
    "needed": _one_of(True, False, "one", "all", ""),
    "leading": _one_of("first", "last", "weightiest"),
    "rank": _number(0, MAX_RANK),
    "then": _number(0, MAX_RANK),
    "held": _number(0, MAX_RANK),
    "later": _number(0, MAX_RANK),
    "longest": _number(0, MAX_RANK),
    "between": _words,
    "end": _words,
    "opens": _one_of("", "line", "paragraph"),
    "heading": _words,
    "when": _fact_or_list,
    "unless": _fact_or_list,
    "pause": _yes_or_no,
    "listen": _yes_or_no,
    "weight": _number(1, MAX_WEIGHT),
    "question": _words,
}
