"""huitong invite: a person is invited to the desk by mail."""

from importlib import import_module
from typing import Annotated

import typer
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from huitong.cli._console import UNUSABLE, stop
from huitong.cli._desk import open_desk


def command(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Where the invitation goes.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    organiser: Annotated[bool, typer.Option("--organiser", help="They keep the directory and invite others.")] = False,
) -> None:
    """Invite a person to the desk by mail.

    The mail is sent by the worker. Its link is shown here too, for whoever sets the desk up.
    """
    if not name.strip():
        stop("A person needs a name; write --name.", UNUSABLE)
    open_desk()
    try:
        validate_email(email)
    except ValidationError:
        stop(f'"{email}" is not a mail address.', UNUSABLE)
    invitation = import_module("huitong.cli._invitation")
    try:
        link = invitation.invite(email, name.strip(), organiser=organiser)
    except import_module("huitong.matters.errors").Incomplete:
        stop(f"{email} has an account already.")
    typer.echo(f"Invited {name.strip()}. The link in the mail is:\n{link}")
