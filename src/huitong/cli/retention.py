"""huitong retention: what is older than it is kept."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from huitong.cli._keeping import keeping, refusing


def command(
    preview: Annotated[bool, typer.Option("--preview/--apply", help="Only show it, or take it out.")] = True,
) -> None:
    """Show what is older than it is kept, and take it out.

    How long is set by HUITONG_KEEP_MATTERS_DAYS, HUITONG_KEEP_LETTERS_DAYS, HUITONG_KEEP_TIMELINE_DAYS and
    HUITONG_KEEP_LINKS_DAYS; without them everything is kept. What is not sent yet is never taken out.
    """
    retention = keeping("retention")
    with refusing():
        found = retention.preview(now=datetime.now(UTC)) if preview else retention.apply()
    for old in found:
        typer.echo(f"{old.name}: {_told(old, gone=not preview)}")
    if preview and any(old.count for old in found):
        typer.echo("huitong retention --apply takes them out. There is no way back but a backup.")


def _told(old: Any, *, gone: bool) -> str:
    if old.days is None:
        return "kept for ever"
    if gone:
        return f"{old.count} taken out"
    if not old.count:
        return f"none is older than {old.days} days"
    return f"{old.count} older than {old.days} days, from {old.first:%Y-%m-%d} to {old.last:%Y-%m-%d}"
