"""huitong restore: a desk from a backup, in an empty place."""

from pathlib import Path
from typing import Annotated

import typer

from huitong.cli._keeping import keeping, refusing


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What huitong backup has written.")],
    hold: Annotated[
        bool,
        typer.Option(
            "--hold", help="Letters that were due at the backup's time wait for an organiser to send them again."
        ),
    ] = False,
    new_key: Annotated[
        bool,
        typer.Option("--new-key", help="The old desk's secret key is lost: links in mails of that time will not open."),
    ] = False,
) -> None:
    """Restore a backup into an empty place.

    That is a new HUITONG_HOME or an empty database, with the old desk's secret key. The file is checked before anything
    is written. The backup of an older Huitong is brought up to date; one from SQLite can be restored into PostgreSQL,
    and the other way round. Stop the old desk first: two would both send mail.
    """
    restore = keeping("restore")
    with refusing():
        done = restore.restore(file, hold=hold, new_key=new_key)
    made = f"{done.made_at:%Y-%m-%d %H:%M:%S} UTC"
    typer.echo(f"Restored {done.rows} rows as of {made}, compared with the backup row by row.")
    if done.older:
        typer.echo(f"It was made by an older Huitong ({done.version}) and has been brought up to date.")
    if done.waiting:
        what = "Those that were due are held back until an organiser sends them again." if hold else (
            "Those that are due are sent as soon as a worker runs; some may have gone out since (restore --hold waits)."
        )  # fmt: skip
        typer.echo(f"Letters not sent yet: {done.waiting}. {what}")
    typer.echo("Start it: huitong serve")
