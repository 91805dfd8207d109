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


def read_bytes(file: str, limit: int) -> bytes:
    """A file, up to one byte over `limit`; "-" is standard input. Ends the command with code 2 if it is not there."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(file).open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        stop(f"{shown_name(file)} cannot be read: {error.strerror}.", UNUSABLE)


def read_text(file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Ends the command with code 2 if it is not there, not text, or over 1 MB.
    """
    name, content = shown_name(file), read_bytes(file, MAX_BYTES)
    if len(content) > MAX_BYTES:
        stop(f"{name} is over 1 MB, which is too long to read.", UNUSABLE)
    if b"\0" in content:
        stop(f"{name} is not a text file.", UNUSABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        stop(f"{name} is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8.", UNUSABLE)


def shown_name(file: str) -> str:
    return "standard input" if file == "-" else file
