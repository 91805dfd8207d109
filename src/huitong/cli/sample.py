"""huitong demo: the sample organisation, into an empty desk."""

from importlib import import_module

import typer
from django.db import transaction
from django.utils import timezone

from huitong.cli._console import stop
from huitong.cli._desk import model, open_desk


def command() -> None:
    """Fill an empty desk with the sample organisation.

    Four departments, 14 people with invented names and six matters in different stages.
    """
    open_desk()
    if not is_empty():
        stop("There are people at this desk already; the sample needs an empty one. Set HUITONG_HOME to a new folder.")
    load()
    typer.echo("The sample organisation is there. Start the desk: huitong serve")


def is_empty() -> bool:
    return not model("Person").objects.exists()


def load() -> None:
    """Load the sample, as of now, whole or not at all."""
    with transaction.atomic():
        import_module("huitong.cli.demo").load(timezone.now())


def sign_in_links(base: str) -> list[tuple[str, str]]:
    """A label and an address for each person that one can try the desk as; none where the sample is not loaded."""
    if not model("Person").objects.filter(is_sample=True).exists():
        return []
    links: list[tuple[str, str]] = import_module("huitong.cli.demo_people").sign_in_links(base)
    return links
