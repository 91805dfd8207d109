"""huitong compose: a brief becomes the text for a channel."""

from typing import Annotated

import typer

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.method import Channel, Language, Style


def command(
    brief: Annotated[str, typer.Argument(metavar="BRIEF", help="A YAML or JSON file; - is standard input.")],
    channel: Annotated[Channel, typer.Option("--as", help="What the text is for.")] = Channel.EMAIL,
    style: Annotated[Style, typer.Option(help="How it sounds.")] = Style.PLAIN,
    variant: Annotated[int, typer.Option(min=0, help="The same in other words: 1, 2 …")] = 0,
) -> None:
    """Write the text of a brief for a channel.

    The text goes to standard output; an email's or a report's subject goes to standard error.
    """
    try:
        content = huitong.load_brief(read_text(brief), shown_name(brief))
    except huitong.BriefError as error:
        stop(str(error), UNUSABLE)
    composed = huitong.compose(content, channel=channel, style=style, variant=variant)
    if composed.subject:
        typer.echo(f"{'Subject: ' if content.lang is Language.EN else '主题：'}{composed.subject}", err=True)
    typer.echo(str(composed).rstrip("\n"))
