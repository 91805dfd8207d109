"""Which required answers a matter still lacks, and where they are asked for."""

from dataclasses import dataclass

from django.urls import reverse

from huitong.matters.questions import GROUPS, Words
from huitong.method import BriefError
from huitong.records.models import Matter


@dataclass(frozen=True, slots=True)
class Lack:
    """A required answer that is missing: its question, the cell's label, and the address of the question."""

    question: Words
    label: Words
    url: str


def lacking(matter: Matter, error: BriefError) -> list[Lack]:
    """The required answers that the error names, in the order of the questions."""
    paths = {problem.path for problem in error.problems}
    return [
        Lack(question.label, field.label, question_address(matter, group.key, question.key))
        for group in GROUPS
        for question in group.questions
        if question.required
        for field in question.fields
        if field.key in paths
    ]


def question_address(matter: Matter, group: str, question: str) -> str:
    return f"{reverse('prepare', args=[matter.pk, group])}#{question}"
