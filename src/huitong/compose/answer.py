"""The answer to a leader's question."""

from huitong.compose.facts import facts_of
from huitong.compose.request import Composed, write
from huitong.method import Brief


def answer(brief: Brief, question: str, answer_text: str) -> Composed:
    """The leader's question as they asked it, and the answer as it was written, with a greeting and a close."""
    return write(facts_of(brief).but(question=question, answer=answer_text), "answer")
