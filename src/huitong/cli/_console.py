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


def read_text(file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; "-" is standard input.

    Ends the command with code 2 if it is not there, not text, or over 1 MB.
    """
    name = shown_name(file)
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else "this is not a file name"
        stop(f"{name} cannot be read: {reason}.", UNUSABLE)
    if len(content) > MAX_BYTES:
        stop(f"{name} is over 1 MB; this is too long to read.", UNUSABLE)
    if b"\0" in content:
        stop(f"{name} is not a text file.", UNUSABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        stop(f"{name} is not UTF-8 text (byte {error.start}); save it as UTF-8.", UNUSABLE)


def shown_name(file: str) -> str:
    return "standard input" if file == "-" else file
