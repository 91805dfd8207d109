"""What the leader is likely to ask, answered from the brief."""

from dataclasses import dataclass, replace

from huitong.compose.facts import Facts, facts_of
from huitong.compose.fit import fit
from huitong.compose.template import PACKAGED, House, template
from huitong.method import Brief, Element


@dataclass(frozen=True, slots=True)
class LikelyQuestion:
    """`answer` is "" where the brief has none yet; what would give one belongs to `element`."""

    question: str
    answer: str
    element: Element


def likely_questions(brief: Brief, *, house: House = PACKAGED) -> tuple[LikelyQuestion, ...]:
    """Have you spoken to them, what do they say, what if we wait, how long will it take me: in this order, with what
    the brief answers and nothing else (points 2.3, 4.5; method: brevity).
    """
    facts = question_facts(brief)
    form = template(brief.lang, "questions", house=house)
    found = []
    for question in dict.fromkeys(part.question for part in form.parts):
        parts = tuple(part for part in form.parts if part.question == question)
        answer = fit(replace(form, parts=parts), facts, None).body
        found.append(LikelyQuestion(question, answer, Element(parts[0].element)))
    return tuple(found)


def question_facts(brief: Brief) -> Facts:
    facts = facts_of(brief)
    latest = [e for e in facts.lists["efforts"] if "Reply" in e][-1:]
    timed = [o for o in facts.lists["options"] if "time" in o]
    return facts.but(lists={"latest": latest, "timed": timed})
