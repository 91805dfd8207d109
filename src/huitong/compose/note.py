"""The neutral note to the counterpart."""

from typing import Final

from huitong.compose.facts import Item, facts_of
from huitong.compose.request import Composed, write
from huitong.method import Brief, Option

SHOWN: Final = (
    *("matter", "matter_title", "thing", "purpose", "purpose_inside", "purpose_verb", "deadline"),
    *("requester", "department", "other", "head", "contact"),
)


def note(brief: Brief, option: Option | None = None, decision_words: str = "") -> Composed:
    """What is wished of the other department, by when and why, and what our side will do (point 2.10: blames nobody).

    `option` and `decision_words` are what the leader decided; they are taken so that nobody has to think about it, and
    never shown: nothing internal is in the note, only matter, purpose, deadline, our commitments and who writes.
    """
    facts = facts_of(brief)
    hidden: dict[str, list[Item]] = {name: [] for name in facts.lists if name != "commitments"}
    return write(facts.but(lists=hidden).only(SHOWN), "note")
