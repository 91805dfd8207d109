"""huitong export: one matter's or one person's data."""

from pathlib import Path
from typing import Annotated

import typer

from huitong.cli._console import UNUSABLE, stop
from huitong.cli._keeping import keeping, refusing


def command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.zip", help="The file to write.")],
    matter: Annotated[
        int | None, typer.Option("--matter", metavar="N", help="The matter's number, as in its address.")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help="The person's mail address.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write one matter's or one person's data as a ZIP file.

    JSON, texts and documents. Of other people it holds what its requester, or the person, could see in the desk.
    """
    if (matter is None) == (person is None):
        stop("Say what to export: --matter N or --person EMAIL.", UNUSABLE)
    export = keeping("export")
    with refusing():
        if matter is not None:
            count = export.export_matter(matter, output, force=force)
        else:
            count = export.export_person(person, output, force=force)
    typer.echo(f"Exported {count} files: {output}")
