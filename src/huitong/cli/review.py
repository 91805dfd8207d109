"""huitong review: what a text holds, what it lacks and what to mend."""

import json
from enum import StrEnum
from typing import Annotated

import typer

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.method import Channel, Language
from huitong.review.formats import as_text


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file in UTF-8; - is standard input.")],
    channel: Annotated[Channel, typer.Option("--as", help="What the text is for.")],
    language: Annotated[Language | None, typer.Option("--lang", help="Its language; else it is recognised.")] = None,
    form: Annotated[Format, typer.Option("--format", help="text to read, json for programs.")] = Format.TEXT,
) -> None:
    """Say what a text holds, what it lacks and what to mend.

    Exit code: 0 nothing to mend, 1 something to mend, 2 the file cannot be used.
    """
    text = read_text(file)
    try:
        review = huitong.review(text, channel=channel, language=language)
    except huitong.UnreadableText as error:
        stop(f"{shown_name(file)} cannot be reviewed: {error}", UNUSABLE)
    if form is Format.JSON:
        typer.echo(json.dumps(review.to_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(as_text(text, review).rstrip("\n"))
    raise typer.Exit(1 if review.faults or review.missing else 0)
