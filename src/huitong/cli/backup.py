"""huitong backup: the whole desk as one file."""

from pathlib import Path
from typing import Annotated

import typer

from huitong.cli._keeping import keeping, refusing


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as desk.huitong.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write the whole desk into one file, while it goes on working.

    The file holds every row as of one instant: keep it as safe as the desk itself. The secret key is not in it; keep a
    copy of that apart.
    """
    backup = keeping("backup")
    with refusing():
        done = backup.back_up(file, force=force)
    size = f"{done.bytes / 1_000_000:.1f} MB" if done.bytes >= 1_000_000 else f"{done.bytes / 1000:.0f} kB"
    typer.echo(f"Backed up {done.rows} rows of {done.tables} tables, and read back: {file} ({size})")
