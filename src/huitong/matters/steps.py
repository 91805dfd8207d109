"""Words become next steps, each a commitment with owner and day: a leader's advice, or what their talk came to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.directory.hours import working_day_after
from huitong.matters.brief import answers_of, counterpart_of
from huitong.matters.errors import Incomplete
from huitong.matters.kinds import MOST_STEPS
from huitong.matters.minutes_lines import names_of, read_line
from huitong.matters.promises import promise
from huitong.matters.understood import Plan, plan_of
from huitong.records.models import Commitment, Decision, Matter, Person, Talk

DAYS: Final = 3  # working days for a step of which nobody has said by when
_ENDS: Final = re.compile(r"(?<=[。；;！!？?\n])|(?<=[.])\s+|\n")
_NUMBERED: Final = re.compile(r"^\s*(?:[-*·•]|[（(]?[0-9一二三四五六七八九十]{1,2}[)）.、．])\s*")
_SHORTEST: Final = 4  # characters: "好。" and "Yes." are no steps


@dataclass(frozen=True, slots=True)
class Step:
    """One step as typed or offered. `side` is ours or theirs; `field` is where it stands in a form."""

    what: str
    side: str = "ours"
    owner: str = ""
    email: str = ""
    by: date | None = None


def offered(decision: Decision) -> list[Step]:
    """The steps of the plan as a page offers them: the kind's own, else the leader's words, a sentence a step."""
    plan, requester = plan_of(decision), decision.request.matter.requester
    theirs = plan.brief.other_department.counterpart
    if kind := (plan.option or {}).get("steps"):
        return [
            Step(
                str(row["what"]),
                str(row["side"]),
                requester.name if row["side"] == "ours" else theirs,
                by=working_day_after(requester, timezone.localdate(), int(row["days"])),
            )
            for row in kind
        ]
    by = _day(plan, requester)
    return [Step(text, owner=requester.name, by=by) for text in sentences(plan.words or plan.title)]


def agreed_in(talk: Talk) -> list[Step]:
    """What a talk came to, a sentence a step: the other side's, unless it names the requester."""
    assert talk.decision is not None
    plan, requester = plan_of(talk.decision), talk.matter.requester
    other = plan.brief.other_department
    head, (_name, email) = other.counterpart, counterpart_of(answers_of(talk.matter))
    names = names_of([(Person(pk=-1, name=head), [other.contact, other.name]), (requester, [])])
    by, today = _day(plan, requester), timezone.localdate()
    steps = []
    for text in sentences(talk.words):
        line = read_line(text, names, today=today)
        ours = line.owner == requester
        steps.append(
            Step(
                text if line.why else line.what,
                "ours" if ours else "theirs",
                requester.name if ours else head,
                "" if ours else email,
                line.by or by,
            )
        )
    return steps


def sentences(words: str) -> list[str]:
    """The sentences of somebody's words that could be steps, as they were said, without numbers and end marks."""
    parts = (_NUMBERED.sub("", part).strip().rstrip("。；;.") for part in _ENDS.split(words) if part)
    return [part for part in parts if len(part) >= _SHORTEST][:MOST_STEPS]


def promise_steps(matter: Matter, by: Person, steps: Sequence[Step]) -> list[Commitment]:
    """Write down all the steps, or none. Raises Incomplete with the step's number in field and sentence."""
    if not steps:
        raise Incomplete("steps", _("请至少留一步。"))
    made = []
    with transaction.atomic():
        for number, step in enumerate(steps, start=1):
            try:
                made.append(
                    promise(
                        matter,
                        by,
                        side=step.side,
                        owner_name=step.owner,
                        owner_email=step.email,
                        what=step.what,
                        day=step.by,
                        shared=True,
                    )
                )
            except Incomplete as error:
                raise Incomplete(
                    f"{error.field}-{number}", _("第 %(n)s 步：%(why)s") % {"n": number, "why": error.message}
                ) from None
    return made


def _day(plan: Plan, requester: Person) -> date:
    soon = working_day_after(requester, timezone.localdate(), DAYS)
    deadline = plan.brief.deadline
    return deadline if deadline and timezone.localdate() <= deadline < soon else soon
