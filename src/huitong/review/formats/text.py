"""A review as text for a terminal: underlined like a compiler's message, in the language of the text."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from huitong.method.words import Language, element_name, fault_name
from huitong.review.advice import advice
from huitong.review.formats.lines import Lines
from huitong.review.results import Finding, Review

_WORDS: Final = {
    Language.ZH: ("没有要改的地方。", "改成", "还可以补上", "例如", "长度", "字", "上限", "第 {} 行"),
    Language.ZH_HANT: ("沒有要改的地方。", "改成", "還可以補上", "例如", "長度", "字", "上限", "第 {} 行"),
    Language.EN: ("Nothing to mend.", "instead", "Still missing", "for example", "Length", "words", "limit", "line {}"),
}
_COLUMNS: Final = 76
_REACH: Final = 400  # characters before and behind a place that can be shown


def as_text(text: str, review: Review) -> str:
    """What to mend, underlined in its line; then what is missing, why it matters and a sentence to begin with.

    `text` is the text that was reviewed. The result ends with a line about the length and has no colours.
    """
    nothing, _, missing_title, example, length_title, unit, limit_title, _ = _WORDS[review.language]
    places = Lines.of(text)
    lines = [line for finding in review.faults for line in _finding(text, places, finding, review.language)]
    colon = _colon(review.language)
    if review.missing:
        lines.append(f"{missing_title}{colon}".rstrip())
    for lack in advice(text, review):
        lines += [f"  {element_name(lack.code, review.language)}  {lack.why}", f"    {example}{colon}{lack.begin}"]
    if not lines:
        lines.append(nothing)
    size = f"{length_title} {review.length.size} {unit}"
    limit = f"{limit_title} {review.length.limit}"
    around = " ({})" if review.language is Language.EN else "（{}）"
    lines.append(size + around.format(limit) if review.length.limit else size)
    return "\n".join(_printable(line) for line in lines)


def _finding(text: str, places: Lines, finding: Finding, language: Language) -> Iterator[str]:
    number, column = places.place(finding.start)
    start = max(finding.start - column + 1, finding.start - _REACH)  # a paragraph may be one line of a megabyte
    end = text.find("\n", finding.start, finding.start + _REACH)
    line = text[start : end if end >= 0 else finding.start + _REACH]
    before = finding.start - start
    marked = line[before : before + len(finding.text)]
    line, before = _window(line, before, len(marked))
    words = _WORDS[language]
    where = words[7].format(number)
    yield f"{where}  {fault_name(finding.code, language)}  {finding.why}"
    yield f"  {line}"
    yield "  " + " " * _width(line[:before]) + "~" * max(_width(line[before : before + len(marked)]), 1)
    yield f"  {words[1]}{_colon(language)}{finding.instead}"


def _colon(language: Language) -> str:
    return ": " if language is Language.EN else "："


def _window(line: str, before: int, size: int) -> tuple[str, int]:
    # A paragraph is one long line: show the part around the place.
    if _width(line) <= _COLUMNS:
        return line.rstrip(), before
    first = max(0, before - 16)
    last = min(len(line), before + size + 16)
    head = "…" if first else ""
    tail = "…" if last < len(line) else ""
    return f"{head}{line[first:last]}{tail}", before - first + len(head)


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in _printable(text)
    )


def _printable(text: str) -> str:
    # Control characters and lone surrogates would disturb or stop a terminal.
    return "".join(c if c.isprintable() or c == " " else " " if c == "\t" else "�" for c in text.rstrip("\r"))
