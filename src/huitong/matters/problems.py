"""Which typed field each unusable answer is in, so that what to write instead stands beside it."""

import re

from huitong.matters.brief import Answers, answers_of, options_of, prepared_of
from huitong.matters.questions import LOGS, SIMPLE
from huitong.method import Problem
from huitong.records.models import Matter

_PATH = re.compile(r"(?P<question>[a-z_.]+?)(?:\[(?P<row>\d+)\](?:\.(?P<column>\w+))?)?")


def problems_of(matter: Matter) -> dict[str, Problem]:
    """{field: what is wrong with its text}, a field as the preparing page names it (see prepare.save_answers).

    A required name that is still missing is no problem here: it is asked for, and nothing typed is wrong.
    """
    answers = answers_of(matter)
    found: dict[str, Problem] = {}
    for problem in prepared_of(matter).problems:
        name = _field(answers, problem.path)
        if name:
            found.setdefault(name, problem)
    return found


def _field(answers: Answers, path: str) -> str:
    match = _PATH.fullmatch(path)
    if match is None:
        return ""
    question = match["question"]
    if question in SIMPLE:
        return question if str(answers.get(question) or "").strip() else ""
    if question not in LOGS or match["column"] is None:
        return ""
    rows = options_of(answers) if question == "options" else _filled(answers, question)
    number = int(match["row"])
    return f"{question}.{rows[number]['id']}.{match['column']}" if number < len(rows) else ""


def _filled(answers: Answers, log: str) -> list[dict[str, str]]:
    columns = [field.key for field in LOGS[log].fields]
    return [row for row in answers.get(log) or [] if any(str(row.get(c) or "").strip() for c in columns)]
