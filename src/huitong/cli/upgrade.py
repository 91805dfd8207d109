"""huitong upgrade: an older desk is brought up to date."""

from pathlib import Path
from typing import Annotated

import typer

from huitong.cli._keeping import keeping, refusing


def command(
    backup: Annotated[
        Path | None,
        typer.Option(
            "--backup", metavar="FILE", help="Where the desk as it was goes; else a new file in HUITONG_HOME."
        ),
    ] = None,
) -> None:
    """Bring an older desk up to date, backed up first.

    Afterwards every row that was there is counted and every reference followed. Stop the desk before.
    """
    upgrade = keeping("upgrade")
    with refusing():
        done = upgrade.upgrade(backup)
    if done.backup is None:
        typer.echo("The desk is up to date; nothing was changed.")
    else:
        typer.echo(f"Applied {done.migrations} migrations; all rows are there. The desk as it was: {done.backup}")
