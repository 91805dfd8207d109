"""A document as PDF/A-2a and PDF/UA-1, set by typst: tagged, selectable, with bookmarks, without a single empty box."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from huitong.documents.errors import ReportError
from huitong.documents.fonts import choose, has_chinese, no_chinese
from huitong.documents.model import Document, Heading, Labelled, Paragraph, Table
from huitong.method import Language

MEDIA_TYPE: Final = "application/pdf"
_FOLDER: Final = files("huitong.documents.formats")
_TYPES: Final = {Heading: "heading", Paragraph: "paragraph", Labelled: "labelled", Table: "table"}
# typst's message about text that no font can show, or that PDF/A forbids.
_UNSHOWN: Final = re.compile(
    r'(?:the text `"(?P<text>.*?)"` (?:could not|cannot) be|contains the codepoint `"(?P<one>.*?)"`)', re.S
)
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)", re.S)
_TRIES: Final = 8
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def write(document: Document, fonts: Sequence[Path] = ()) -> bytes:
    """The PDF's bytes. Raises ReportError if no font has Chinese.

    A character that no font has is written by its name in brackets: what a person wrote is never a box, nor left out.
    """
    press = _press(tuple(str(folder) for folder in fonts))
    chosen = choose(press.families, document.language)
    data = _data(document) | {"fonts": chosen}
    layout = "official.typ" if document.official else "memo.typ"
    # Midnight of the document's own day: the same input gives the same bytes.
    made = datetime.combine(document.date, time(), UTC)
    for _ in range(_TRIES):
        try:
            return press.set(layout, data, made)
        except typst.TypstError as error:
            lacking = _unshown(error.diagnostic)
            if not lacking:
                raise
            if _HAN.search("".join(lacking)) and not has_chinese(chosen):
                raise no_chinese(document.language) from None
            data = _named(data, lacking)
    raise ReportError("fonts", "字体里缺的字太多，PDF 没有生成。", "The fonts lack too many characters for a PDF.")


class _Press:
    """typst with its fonts, which take the most of a second to find and are found once."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self.fonts = typst.Fonts(font_paths=list(folders))
        self.families = tuple(self.fonts.families())
        self._lock = Lock()  # a compiler sets one document at a time
        self._compiler = typst.Compiler(root=str(_FOLDER), font_paths=self.fonts)  # no other file can be read

    def set(self, layout: str, data: Mapping[str, Any], made: datetime) -> bytes:
        with self._lock:
            pdf = self._compiler.compile(
                (_FOLDER / layout).read_bytes(),
                format="pdf",
                sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=made,
            )
        assert isinstance(pdf, bytes)
        return pdf


@lru_cache(maxsize=8)
def _press(folders: tuple[str, ...]) -> _Press:
    return _Press(folders)


def _data(document: Document) -> dict[str, Any]:
    on = document.date
    return asdict(document) | {
        "date": {"year": on.year, "month": on.month, "day": on.day},
        "region": "TW" if document.language is Language.ZH_HANT else "CN",
        "blocks": [asdict(block) | {"type": _TYPES[type(block)]} for block in document.blocks],
    }


def _unshown(diagnostic: str) -> set[str]:
    quoted = "".join(found["text"] or found["one"] or "" for found in _UNSHOWN.finditer(diagnostic))
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], quoted)
    return {character for character in plain if not character.isspace()}


def _named(value: Any, lacking: set[str]) -> Any:
    if isinstance(value, str):
        return "".join(_name(c) if c in lacking else c for c in value)
    if isinstance(value, dict):
        return {key: item if key == "fonts" else _named(item, lacking) for key, item in value.items()}
    return [_named(item, lacking) for item in value] if isinstance(value, (list, tuple)) else value


def _name(character: str) -> str:
    """[grinning face]; for Han, whose names say nothing, and for what has none, [U+2CB4A]; a joiner is just dropped."""
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name and not _HAN.match(character) else f"[U+{ord(character):04X}]"
