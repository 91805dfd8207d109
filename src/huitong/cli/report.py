"""huitong report: a brief becomes an official document or a memo."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.documents import format_names, kinds
from huitong.method import Language

KINDS: Final = ", ".join(kind.names[0] for lang in (Language.ZH, Language.EN) for kind in kinds(lang))
FORMATS: Final = ", ".join(format_names())
TEXTS: Final = ("html",)  # what a terminal can show
OPTIONS: Final = {"kind": "--kind", "format": "--format", "fonts": "--fonts"}  # what the engine may name


def command(
    brief: Annotated[str, typer.Argument(metavar="BRIEF", help="A YAML or JSON file; - is standard input.")],
    kind: Annotated[str, typer.Option(help=f"{KINDS}. Else 请示, or report for a brief in English.")] = "",
    form: Annotated[str, typer.Option("--format", help=f"{FORMATS}. Else as the output's name says.")] = "",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="- is standard output.")] = "-",
    day: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The document's date; else today.")] = "",
    decision: Annotated[list[str] | None, typer.Option(help="Of minutes: what was decided; may come again.")] = None,
    attendee: Annotated[list[str] | None, typer.Option(help="Of minutes: who was there; may come again.")] = None,
    annex: Annotated[list[str] | None, typer.Option(help="The name of an annex; may come again.")] = None,
    fonts: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", envvar="HUITONG_FONTS", help="A folder of fonts for PDF; may come again."),
    ] = None,
) -> None:
    """Write a brief as an official document or a memo.

    The kinds in Chinese have the layout of GB/T 9704-2012. The same brief and date give the same bytes.
    """
    wanted = form or Path(output).suffix.removeprefix(".").lower() or "docx"
    if output == "-" and wanted not in TEXTS and sys.stdout.isatty():
        stop(f"A {wanted} file is not for a terminal. Name one with --output, such as report.{wanted}.", UNUSABLE)
    try:
        content = huitong.load_brief(read_text(brief), shown_name(brief))
        written = huitong.write_report(
            content,
            kind=kind,
            format=wanted,
            day=_day(day),
            decisions=decision or [],
            attendees=attendee or [],
            annexes=annex or [],
            fonts=fonts or [],
        )
    except huitong.BriefError as error:
        stop(str(error), UNUSABLE)
    except huitong.ReportError as error:
        place = OPTIONS.get(error.problem.path)
        stop(f"{place}: {error.sentence}" if place else f"{shown_name(brief)}: {error}", UNUSABLE)
    if output == "-":
        sys.stdout.buffer.write(written)
        return
    try:
        Path(output).write_bytes(written)
    except OSError as error:
        stop(f"{output} cannot be written: {error.strerror}.")


def _day(value: str) -> date:
    """The date given, or today by this machine's clock."""
    try:
        return date.fromisoformat(value) if value else date.today()  # noqa: DTZ011 - the writer's own day
    except ValueError:
        stop(f'--date: "{value}" is not a date. Write 2026-10-12.', UNUSABLE)
