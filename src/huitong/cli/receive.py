"""huitong receive: takes in one mail, for a mail server's pipe."""

import os
import sys
from importlib import import_module
from typing import Final

import typer

from huitong.cli._desk import open_desk

# As mail servers read them (sysexits.h): the mail is taken, or it is to be handed over again later.
TAKEN, LATER, USAGE = os.EX_OK, os.EX_TEMPFAIL, os.EX_USAGE
MOST: Final = 100_000_000  # bytes that are read off the pipe, whatever is kept of them


def command() -> None:
    """Take in one mail, for a mail server's pipe.

    It comes on standard input, whole, as the mail server has it.

    Exit code 0: taken, also where it was none for the desk; 75: try again later.
    """
    if sys.stdin.isatty():
        typer.echo("Give the mail on standard input: huitong receive < mail", err=True)
        raise typer.Exit(USAGE)
    try:
        open_desk(migrate=False)
        outcome = _take(sys.stdin.buffer.read(_limit() + 1))
        _drain()
    except Exception as error:  # the mail server has it still, and hands it over again
        typer.echo(f"The mail could not be taken in now ({type(error).__name__}).", err=True)
        raise typer.Exit(LATER) from None
    typer.echo(outcome)


def _take(content: bytes) -> str:
    return str(import_module("huitong.delivery.mailbox").receive(content))


def _limit() -> int:
    return int(import_module("huitong.replies").MAX_BYTES)


def _drain() -> None:
    """Read what is left: a server whose pipe closes early takes that for a failure."""
    left = MOST
    while left > 0 and (piece := sys.stdin.buffer.read(65_536)):
        left -= len(piece)
