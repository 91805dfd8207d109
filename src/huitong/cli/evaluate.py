"""huitong evaluate: how well the review reads labelled drafts."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import huitong
from huitong.cli._console import UNUSABLE, read_text, shown_name, stop
from huitong.method import Language
from huitong.review import Review
from huitong.review.evaluation import Evaluation, evaluate, false_alarms, load_corpus

MAX_CORPUS_BYTES = 50_000_000
SHOWN = 40


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    corpus: Annotated[
        str, typer.Argument(metavar="CORPUS", help="Labelled drafts, one JSON object a line; - is standard input.")
    ],
    clean: Annotated[
        str | None,
        typer.Option(
            "--clean", help="Clean prose, texts apart by a line of ----: every fault found in it is a false alarm."
        ),
    ] = None,
    clean_language: Annotated[
        Language, typer.Option("--clean-lang", help="The language of the clean prose.")
    ] = Language.ZH,
    form: Annotated[Format, typer.Option("--format", help="text to read, json for programs.")] = Format.TEXT,
) -> None:
    """Compare the review with labelled drafts.

    Says precision and recall of each code, spans, time, the errors. A draft has id, lang, channel, text, elements
    {code: [exact words]} and faults {code: [exact words]}.
    """
    try:
        drafts = load_corpus(read_text(corpus, MAX_CORPUS_BYTES), shown_name(corpus))
    except huitong.HuitongError as error:
        stop(str(error), UNUSABLE)
    result = evaluate(drafts, _warm(huitong.review))
    alarms = false_alarms(read_text(clean, MAX_CORPUS_BYTES), huitong.review, clean_language) if clean else None
    if form is Format.JSON:
        data = result.to_dict()
        if alarms:
            data["clean"] = {"characters": alarms[0], "alarms": alarms[1], "in_10000": _rate(*alarms)}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(_table(result))
    faults = result.faults
    console.print(f"{result.drafts} drafts, {result.milliseconds:.2f} ms each")
    console.print(f"elements: macro-F1 {result.macro_f1:.3f}")
    console.print(f"faults: precision {faults.precision:.3f}, recall {faults.recall:.3f}")
    console.print(f"spans that touch a labelled one: {result.overlap:.3f}")
    if alarms:
        console.print(
            f"clean prose: {len(alarms[1])} false alarms in {alarms[0]} characters, {_rate(*alarms)} in 10,000"
        )
        for alarm in alarms[1][:SHOWN]:
            console.print(f"  {alarm}", markup=False)
    if result.errors:
        console.print(
            f"errors, worst drafts first{f' ({SHOWN} of {len(result.errors)})' if len(result.errors) > SHOWN else ''}:"
        )
    for draft, code, kind, words in result.errors[:SHOWN]:
        console.print(f"  {draft}  {kind} {code}: {words[:60]!r}", markup=False)


def _warm(review: Callable[..., Review]) -> Callable[..., Review]:
    # Reading the rules takes longer than a draft; it is no part of a draft's time.
    for language in Language:
        review("", language=language)
    return review


def _rate(characters: int, alarms: list[str]) -> float:
    return round(10_000 * len(alarms) / characters, 3) if characters else 0.0


def _table(result: Evaluation) -> Table:
    table = Table(box=None)
    for name in ("code", "drafts", "precision", "recall", "F1"):
        table.add_column(name, justify="left" if name == "code" else "right")
    for code, score in result.scores.items():
        row = (score.precision, score.recall, score.f1)
        table.add_row(code, str(score.right + score.missed), *(f"{x:.3f}" for x in row))
    return table
