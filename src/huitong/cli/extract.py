"""huitong extract: free text becomes a brief's fields, with the words that each came from."""

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer
import yaml

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.method import Language


class Format(StrEnum):
    YAML = "yaml"
    JSON = "json"


def command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A chat, a mail or a note in UTF-8; - is standard input.")
    ],
    language: Annotated[Language | None, typer.Option("--lang", help="Its language; else it is recognised.")] = None,
    form: Annotated[Format, typer.Option("--format", help="yaml to go on writing, json for programs.")] = Format.YAML,
    today: Annotated[
        datetime | None,
        typer.Option("--today", formats=["%Y-%m-%d"], help="The day that 下周二 counts from; else today."),
    ] = None,
) -> None:
    """Turn a chat or a mail into the fields of a brief.

    What is not there is left out; "quotes" gives the exact words for each field, "uncertain" names
    what to confirm.
    """
    text = read_text(file)
    day = today.date() if today else date.today()  # noqa: DTZ011 - this machine's own day
    try:
        found = huitong.extract(text, language=language, today=day).to_dict()
    except huitong.UnreadableText as error:
        stop(f"{shown_name(file)} cannot be read: {error}", UNUSABLE)
    if form is Format.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo(yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=120).rstrip("\n"))
