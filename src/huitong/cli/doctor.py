"""huitong doctor: what is well with the desk, what is not, and what to do."""

import json
import os
from dataclasses import asdict
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any, Final

import typer

_COLOURS: Final = {"ok": typer.colors.GREEN, "warning": typer.colors.YELLOW, "failure": typer.colors.RED}


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def command(
    format: Annotated[Format, typer.Option(help="text for people, json for programs: both languages.")] = Format.TEXT,
    language: Annotated[Language | None, typer.Option("--lang", help="Else as HUITONG_LANGUAGE says.")] = None,
) -> None:
    """Say what is well with the desk, what is not, and what to do.

    Nothing is changed and no mail is sent. Exit code: 0 no failure (maybe warnings), 1 a failure.
    """
    findings = _examine()
    counts = {level: sum(f.level == level for f in findings) for level in _COLOURS}
    if format is Format.JSON:
        told = {"failures": counts["failure"], "warnings": counts["warning"], "findings": [asdict(f) for f in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        asked = os.environ.get("HUITONG_LANGUAGE", "zh").startswith("en")
        chosen = language or (Language.EN if asked else Language.ZH)
        for each in findings:
            level = typer.style(f"{each.level:8}", fg=_COLOURS[each.level])
            typer.echo(f"{level}{each.code:22} {getattr(each, chosen.value)}")
    if counts["failure"]:
        raise typer.Exit(1)


def _examine() -> list[Any]:
    doctor = import_module("huitong.keeping.doctor")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")
    try:
        import_module("django").setup()
    except Exception as error:  # settings may be wrong in any way; that is a finding
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return [doctor.finding(doctor.FAILURE, "settings.unusable", error=said)]
    return list(import_module("huitong.keeping.doctor.examine").examine())
