"""A chat or a mail, pasted in: the answers that it holds, and which of them a person should confirm."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from huitong.directory import access
from huitong.matters.questions import LOGS, MAX_LENGTH, MAX_ROWS, SIMPLE, new_row_id
from huitong.matters.review_settings import review_house
from huitong.method import Language
from huitong.records.models import Person
from huitong.review import Extract, extract

MOST_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """`answers` as they are stored; `confirm` maps a field's name to the words that its answer was read from."""

    title: str
    language: Language
    answers: dict[str, Any]
    confirm: dict[str, str]


def read_pasted(text: str, requester: Person) -> Pasted:
    """Read what the requester pasted. A day without a year is counted from the requester's own today.

    The leader is looked up in the directory by how they are addressed. Raises UnreadableText.
    """
    today = timezone.localdate()
    found = extract(text, today=today, house=review_house(requester))
    answers, confirm = _answers(found)
    if leader := _leader(requester, answers.get("leader.form_of_address", "")):
        answers |= {f"leader.{key}": getattr(leader, key) for key in ("name", "form_of_address", "title", "email")}
    return Pasted(
        title=" ".join(str(answers.get("matter", "")).split())[:300],
        language=Language(found.fields["lang"]),
        answers={key: value for key, value in answers.items() if value},
        confirm=confirm,
    )


def _answers(found: Extract) -> tuple[dict[str, Any], dict[str, str]]:
    answers: dict[str, Any] = {}
    confirm: dict[str, str] = {}

    def doubt(path: str, name: str) -> None:
        if path in found.uncertain:
            confirm[name] = found.quotes.get(path, "")

    for key, field in SIMPLE.items():
        place, _, leaf = key.rpartition(".")
        value = (found.fields.get(place, {}) if place else found.fields).get(leaf)
        if value:
            answers[key] = "\n".join(value)[:MAX_LENGTH] if field.widget == "lines" else str(value)[:MAX_LENGTH]
        if value or key == "deadline":
            doubt(key, key)
    for key, question in LOGS.items():
        columns = {f.key for f in question.fields}
        rows = [
            {"id": new_row_id()} | {k: str(v)[:MAX_LENGTH] for k, v in row.items() if k in columns}
            for row in found.fields.get(key, ())
        ]
        for n, row in enumerate(rows[:MAX_ROWS]):
            for column in columns:
                doubt(f"{key}[{n}].{column}", f"{key}.{row['id']}.{column}")
        answers[key] = rows[:MAX_ROWS]
    return answers, confirm


def _leader(requester: Person, form_of_address: str) -> Person | None:
    """The one person of the directory who is addressed so; the requester's own leader if it may be them."""
    if not form_of_address:
        return requester.leader
    known = access.people_for(requester).filter(form_of_address__iexact=form_of_address)[:2]
    return known[0] if len(known) == 1 else None
