"""The `huitong` command. Each command is a module here with one function `command`, imported only when it is called:
`huitong review` starts without Django, and `huitong --help` without anything.
"""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperCommand, TyperGroup

import huitong

# In the order in which `huitong --help` lists them: name: (module, what it does, panel).
COMMANDS: Final = {
    "compose": ("compose", "Write the text of a brief for a channel.", "Texts and times"),
    "report": ("report", "Write a brief as an official document or a memo.", "Texts and times"),
    "review": ("review", "Say what texts hold, what they lack and what to mend.", "Texts and times"),
    "extract": ("extract", "Turn a chat or a mail into the fields of a brief.", "Texts and times"),
    "moments": ("moments", "Find good moments to ask, from the leader's calendar.", "Texts and times"),
    "meeting": ("meeting", "Find times at which several people can meet, from their calendars.", "Texts and times"),
    "busy": ("busy", "Say when calendars are busy.", "Texts and times"),
    "evaluate": ("evaluate", "Compare the review with labelled drafts.", "Texts and times"),
    "serve": ("serve", "Start the web pages and a worker.", "The desk"),
    "worker": ("worker", "Start one more worker, which sends what is due.", "The desk"),
    "receive": ("receive", "Take in one mail, for a mail server's pipe.", "The desk"),
    "invite": ("invite", "Invite a person to the desk by mail.", "The desk"),
    "demo": ("sample", "Fill an empty desk with the sample organisation.", "The desk"),
    "doctor": ("doctor", "Say what is well with the desk, what is not, and what to do.", "Keeping"),
    "backup": ("backup", "Write the whole desk into one file, while it goes on working.", "Keeping"),
    "restore": ("restore", "Restore a backup into an empty place.", "Keeping"),
    "upgrade": ("upgrade", "Bring an older desk up to date, backed up first.", "Keeping"),
    "export": ("export", "Write one matter's or one person's data as a ZIP file.", "Keeping"),
    "retention": ("retention", "Show what is older than it is kept, and take it out.", "Keeping"),
}


class LazyCommand(TyperCommand):
    """A line in the list of commands, which becomes the command itself when it is called or completed."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        module, _, _ = COMMANDS[cast(str, self.name)]
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(import_module(f"huitong.cli.{module}").command)
        return typer.main.get_command(alone).make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """All commands, none of them imported."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, text, panel) in COMMANDS.items():
            self.add_command(LazyCommand(name, help=text, rich_help_panel=panel))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"huitong {huitong.__version__}")
        raise typer.Exit


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def huitong_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Ask your leader for help with another department, well, and carry the matter through.

    huitong COMMAND --help says more about each.
    """


def main() -> None:
    """The entry point of `huitong` and of `python -m huitong`."""
    # A draft's matrices are small: a second thread of numpy's gains nothing, and costs ten times on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file or a pipe gets UTF-8; a terminal keeps its encoding, and never stops over a character it lacks.
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
    app(prog_name="huitong")
