"""huitong review: what texts hold, what they lack and what to mend."""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

import huitong
from huitong.cli._console import UNUSABLE, Unusable, read_text, shown_name, stop, text_of
from huitong.method import Channel, Language
from huitong.review import House, Review, advice, applied, load_house
from huitong.review.formats import as_sarif, as_text

HOUSE_FILE: Final = Path("huitong.toml")
_BOM: Final = b"\xef\xbb\xbf"


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class Done:
    """One file reviewed: its text (mended, with --fix) and review, or why it cannot be used."""

    file: str
    text: str = ""
    review: Review | None = None
    unusable: str = ""


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Text files in UTF-8; - is standard input.")],
    channel: Annotated[Channel, typer.Option("--as", help="What the texts are for.")],
    language: Annotated[Language | None, typer.Option("--lang", help="Their language; else it is recognised.")] = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="text to read, json for programs, sarif (2.1.0) for editors and code hosts."),
    ] = Format.TEXT,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Put the better wordings in, where they keep every fact; - goes to standard output."
        ),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=256, help="So many files at once.")] = 1,
    house: Annotated[
        Path | None, typer.Option("--house", help="The house's rules and words; else huitong.toml, if it is here.")
    ] = None,
) -> None:
    """Say what texts hold, what they lack and what to mend.

    Exit code: 0 nothing to mend, 1 something to mend, 2 a file cannot be used.
    """
    work = partial(_reviewed, channel=channel, language=language, fix=fix, house=_house(house))
    with _map(jobs if len(files) > 1 else 1) as each:
        code = _show(each(work, files), form, many=len(files) > 1, fixed=fix)
    raise typer.Exit(code)


def _house(file: Path | None) -> House:
    if file is None and not HOUSE_FILE.is_file():
        return House()
    name = str(file or HOUSE_FILE)
    try:
        return load_house(read_text(name), shown_name(name))
    except huitong.HouseError as error:
        stop(str(error), UNUSABLE)


@contextmanager
def _map(jobs: int) -> Iterator[Callable[..., Iterable[Done]]]:
    if jobs == 1:
        yield map
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield partial(pool.map, chunksize=8)


def _reviewed(file: str, *, channel: Channel, language: Language | None, fix: bool, house: House) -> Done:
    try:
        text = text_of(file)
        review = huitong.review(text, channel=channel, language=language, house=house)
        if fix and (mended := applied(text, review.faults)) != text:
            if file != "-":
                _write(Path(file), mended)
            text = mended
            review = huitong.review(text, channel=channel, language=review.language, house=house)
    except Unusable as error:
        return Done(file, unusable=str(error))
    except huitong.UnreadableText as error:
        return Done(file, unusable=f"{shown_name(file)} cannot be reviewed: {error}")
    return Done(file, text, review)


def _write(file: Path, text: str) -> None:
    """Replace the file in one step, so that a full disk or a kill leaves the old one."""
    mark = _BOM if file.read_bytes()[:3] == _BOM else b""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(mark + text.encode("utf-8"))
        os.chmod(temporary, file.stat().st_mode)
        os.replace(temporary, file)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise Unusable(f"{file} cannot be written: {error.strerror}.") from None


def _show(done: Iterable[Done], form: Format, *, many: bool, fixed: bool) -> int:
    """Print each review as it comes, or all of them as one log. Returns the exit code."""
    code = 0
    reviewed: list[tuple[Done, Review]] = []
    for one in done:
        if one.review is None:
            typer.echo(one.unusable, err=True)
            code = UNUSABLE
            continue
        code = max(code, int(bool(one.review.faults or one.review.missing)))
        if fixed and one.file == "-":  # standard output is for the text; what is said of it goes beside
            typer.echo(one.text, nl=False)
            typer.echo(as_text(one.text, one.review), err=True)
        elif form is Format.TEXT:
            head = f"{shown_name(one.file)}\n" if many else ""
            typer.echo(head + as_text(one.text, one.review).rstrip("\n") + ("\n" if many else ""))
        else:
            reviewed.append((one, one.review))
    if form is Format.JSON and (reviewed or many):
        rows = [_data(one, review) for one, review in reviewed]
        typer.echo(json.dumps(rows if many else rows[0], ensure_ascii=False, indent=2))
    elif form is Format.SARIF:
        named = ((shown_name(one.file), one.text, review) for one, review in reviewed)
        typer.echo(json.dumps(as_sarif(named, version=huitong.__version__), ensure_ascii=False, indent=2))
    return code


def _data(one: Done, review: Review) -> dict[str, object]:
    offered = [{"code": str(a.code), "why": a.why, "begin": a.begin} for a in advice(one.text, review)]
    return {"file": one.file} | review.to_dict() | {"advice": offered}
