"""A matter's answers as a Brief, as far as they can be read; what can't is named, never invented."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huitong.matters.questions import LOGS, SIMPLE
from huitong.method import Brief, BriefError, Option, Problem
from huitong.method.brief import read_brief
from huitong.records.models import Matter, Person

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`brief` is None while a required name is missing; `problems` are answers that had to be left out, by path."""

    brief: Brief | None
    problems: tuple[Problem, ...]


def answers_of(matter: Matter) -> Answers:
    """{question or path: text, or for a log a list of rows {id, column: text}}."""
    return {a.question: a.value for a in matter.answers.all()}


def counterpart_of(answers: Mapping[str, Any]) -> tuple[str, str]:
    """Name and address of whom one turns to in the other department: its head, else its contact; "" if not told."""
    name = answers.get("other_department.head") or answers.get("other_department.contact")
    return str(name or ""), str(answers.get("other_department.email") or "")


def options_of(answers: Answers) -> list[dict[str, str]]:
    """The rows of the options log that have a title or say what the leader does."""
    return [row for row in answers.get("options") or [] if row.get("title") or row.get("what_leader_does")]


def prepared(answers: Answers, requester: Person, language: str) -> Prepared:
    """Read the answers leniently: an answer that can't be used is left out of the brief and named in `problems`."""
    data = _data(answers, requester, language)
    problems: list[Problem] = []
    for _ in range(50):
        try:
            return Prepared(read_brief(data), tuple(problems))
        except BriefError as error:
            bad = [p for p in error.problems if _drop(data, p.path)]
            problems += bad or error.problems
            if not bad:
                return Prepared(None, tuple(problems))
    return Prepared(None, tuple(problems))


def prepared_of(matter: Matter) -> Prepared:
    return prepared(answers_of(matter), matter.requester, matter.language)


def brief_of(matter: Matter) -> Brief:
    """The matter's brief. Raises BriefError while a required name is missing."""
    result = prepared_of(matter)
    if result.brief is None:
        raise BriefError("", result.problems)
    return result.brief


def option_of(row: dict[str, Any]) -> Option:
    """An option as a version keeps it (see records.Version), as the engines take it."""
    return Option(**{k: row.get(k) for k in ("title", "what_leader_does", "minutes", "benefit")})


def _data(answers: Answers, requester: Person, language: str) -> dict[str, Any]:
    department = requester.department.name if requester.department else ""
    data: dict[str, Any] = {
        "lang": language,
        "requester": {"name": requester.name, "department": department, "title": requester.title},
        "leader": {},
        "other_department": {},
    }
    for key, field in SIMPLE.items():
        value = str(answers.get(key) or "").strip()
        if not value or key.endswith(".email"):
            continue
        content: Any = [x.strip() for x in value.splitlines() if x.strip()] if field.widget == "lines" else value
        place, _, leaf = key.rpartition(".")
        (data[place] if place else data)[leaf] = content
    for key, question in LOGS.items():
        rows = [{f.key: str(row.get(f.key) or "").strip() for f in question.fields} for row in answers.get(key) or []]
        data[key] = [{k: v for k, v in row.items() if v and k != "kind"} for row in rows if any(row.values())]
    data["options"] = [row for row in data["options"] if row.get("title") or row.get("what_leader_does")]
    for option in data["options"]:
        option.setdefault("title", option.get("what_leader_does", ""))
    return data


def _drop(data: dict[str, Any], path: str) -> bool:
    """Take the value at this path out, unless it is a required name. Returns whether something was taken out."""
    steps = [int(s) if s.isdigit() else s for s in re.findall(r"[^.\[\]]+", path)]
    if not steps or path in ("matter", "requester", "leader", "other_department") or path.endswith(".name"):
        return False
    place: Any = data
    try:
        for step in steps[:-1]:
            place = place[step]
        del place[steps[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
