"""A written report of a brief: which kind, in which format (method: writing; points 1.7, 4.9)."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from huitong.documents.errors import ReportError
from huitong.documents.kind import default_kind, kind_named
from huitong.documents.make import make
from huitong.method import Brief, Language


@cache
def format_names() -> tuple[str, ...]:
    """The formats that there are: the modules of formats/."""
    found = (f.name for f in (files("huitong.documents") / "formats").iterdir())
    return tuple(sorted(n.removesuffix(".py") for n in found if n.endswith(".py") and not n.startswith("_")))


def media_type(format: str) -> str:
    """The media type (RFC 6838) of a format that there is."""
    return str(format_module(format).MEDIA_TYPE)


def format_module(name: str) -> ModuleType:
    """The module that writes a format that there is."""
    # Only the format that is asked for is imported: each brings a library that takes long to load.
    return import_module(f"huitong.documents.formats.{name}")


def check_format(format: str, language: Language) -> None:
    """Raises ReportError for a format that there is not."""
    if format not in format_names():
        names = "、".join(format_names()), ", ".join(format_names())
        raise ReportError(
            "format",
            f"没有“{format[:20]}”这种格式。请从{names[0]}中选一种。",
            f'There is no format "{format[:20]}". Choose one of {names[1]}.',
            language,
        )


def write_report(
    brief: Brief,
    *,
    day: date,
    kind: str = "",
    format: str = "docx",
    decisions: Sequence[str] = (),
    attendees: Sequence[str] = (),
    annexes: Sequence[str] = (),
    fonts: Sequence[Path | str] = (),
) -> bytes:
    """The document's file; the same input gives the same bytes.

    `kind` is one of the brief's language (请示 报告 函 签报 纪要; report memo minutes), without one a 请示 or a report.
    `decisions` and `attendees` are for minutes. `fonts` are folders of fonts for PDF, beside those of the system.
    Raises ReportError for a brief that breaks a rule of the kind, for a kind or a format that there is not, and for
    a PDF without a font that has Chinese.
    """
    check_format(format, brief.lang)
    chosen = kind_named(kind, brief.lang) if kind else default_kind(brief.lang)
    document = make(brief, chosen, day, decisions=decisions, attendees=attendees, annexes=annexes)
    written: bytes = format_module(format).write(document, [Path(folder) for folder in fonts])
    return written
