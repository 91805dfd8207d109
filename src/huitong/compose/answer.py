"""The answer to a leader's question."""

from huitong.compose.facts import Facts, facts_of
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


def answer(brief: Brief, question: str, answer_text: str, *, house: House = PACKAGED) -> Composed:
    """The leader's question as they asked it, and the answer as it was written, with a greeting and a close."""
    return write(answer_facts(brief, question, answer_text), "answer", house=house)


def answer_facts(brief: Brief, question: str, answer_text: str) -> Facts:
    return facts_of(brief).but(question=question, answer=answer_text)
