"""What the commands share: reading a file, and stopping with one clear sentence."""

import sys
from pathlib import Path
from typing import Final, NoReturn

import typer

MAX_BYTES: Final = 1_000_000
UNUSABLE: Final = 2  # the exit code of unusable input, as of a wrong option


def stop(message: str, code: int = 1) -> NoReturn:
    """Say why on standard error and end the command."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


class Unusable(Exception):
    """A file that cannot be used; the message is one sentence that names it."""


def read_bytes(file: str, limit: int) -> bytes:
    """A file, up to one byte over `limit`; "-" is standard input. Ends the command with code 2 if it is not there."""
    try:
        return _bytes(file, limit)
    except Unusable as error:
        stop(str(error), UNUSABLE)


def read_text(file: str, limit: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Ends the command with code 2 if it is not there, not text, or over `limit` bytes.
    """
    try:
        return text_of(file, limit)
    except Unusable as error:
        stop(str(error), UNUSABLE)


def text_of(file: str, limit: int = MAX_BYTES) -> str:
    """As read_text, but raises Unusable, for commands that go on with the next file."""
    name, content = shown_name(file), _bytes(file, limit)
    if len(content) > limit:
        raise Unusable(f"{name} is over {limit // 1_000_000} MB, which is too long to read.")
    if b"\0" in content:
        raise Unusable(f"{name} is not a text file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"{name} is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8.") from None


def shown_name(file: str) -> str:
    return "standard input" if file == "-" else file


def _bytes(file: str, limit: int) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(file).open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise Unusable(f"{shown_name(file)} cannot be read: {error.strerror}.") from None
