"""A finished text, as a person left it, set as a document: nothing is composed anew and no word is changed."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from huitong.documents.model import Block, Document, Heading, Labelled, Paragraph
from huitong.documents.report import check_format, format_module
from huitong.documents.wording import day as in_words
from huitong.documents.wording import printable
from huitong.method import Language

_NUMBERED: Final = re.compile(r"[一二三四五六七八九十]+、\S")
_LABELLED: Final = re.compile(r"([^：:\s]{1,12})(?:：|: )(.*\S)\s*")
_PARTS: Final = re.compile(r"[\n　,，]\s*")
_SENTENCE: Final = re.compile(r"[A-Z0-9].*[.!?;]")
_HEADING_WORDS: Final = 6
_STOPS: Final = "。，；：！？.,;:!?…"


def write_text(
    text: str,
    *,
    title: str,
    language: Language,
    day: date,
    format: str = "docx",
    signed_by: Sequence[str] = (),
    fonts: Sequence[Path | str] = (),
) -> bytes:
    """The text's file in the layout of its language; the same input gives the same bytes.

    Raises ReportError for a format that there is not, and for a PDF without a font that has Chinese.
    """
    check_format(format, language)
    document = document_of(text, title=title, language=language, day=day, signed_by=signed_by)
    written: bytes = format_module(format).write(document, [Path(folder) for folder in fonts])
    return written


def document_of(text: str, *, title: str, language: Language, day: date, signed_by: Sequence[str] = ()) -> Document:
    """The text with its paragraphs as they are.

    A numbered line (一、…), or in English a short line above sentences, is a heading; a first paragraph of nothing but
    "label: words" keeps its labels; a last paragraph of only `signed_by` is the signature.
    """
    paragraphs = [lines for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if (lines := _lines(part))]
    names = [name for name in map(printable, signed_by) if name]
    signed = bool(paragraphs) and set(_PARTS.split("\n".join(paragraphs[-1]))) <= set(names)
    return Document(
        kind="text",
        language=language,
        official=language is not Language.EN,
        title=printable(title),
        date=day,
        date_text=in_words(day, language),
        author=names[-1] if names else "",
        subject=printable(title),
        blocks=tuple(_blocks(paragraphs[:-1] if signed else paragraphs, language)),
        signature=(", " if language is Language.EN else "　").join(names) if signed else "",
    )


def _lines(part: str) -> list[str]:
    return [line for raw in part.split("\n") if (line := printable(raw).strip())]


def _blocks(paragraphs: list[list[str]], language: Language) -> Iterator[Block]:
    for number, lines in enumerate(paragraphs):
        labelled = [_LABELLED.fullmatch(line) for line in lines] if number == 0 else []
        if len(lines) > 1 and labelled and all(labelled):
            yield from (Labelled(found[1], found[2]) for found in labelled if found)
            continue
        if _is_heading(lines, language):
            yield Heading(1, lines[0])
            lines = lines[1:]
        yield from (Paragraph(line) for line in lines)


def _is_heading(lines: list[str], language: Language) -> bool:
    first = lines[0]
    if first.endswith(tuple(_STOPS)):
        return False
    if language is Language.EN:
        return len(lines) > 1 and len(first.split()) <= _HEADING_WORDS and bool(_SENTENCE.fullmatch(lines[1]))
    return bool(_NUMBERED.match(first))
