"""What a text may tell that people of another department read."""

from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.items import Item
from huitong.method import Brief

SHOWN: Final = (
    *("matter", "matter_title", "matter_name", "matter_clause", "Matter_clause", "thing", "topic", "settled"),
    *("purpose", "purpose_inside", "purpose_question", "goal", "hope"),
    *("deadline", "deadline_day", "due", "requester", "department", "other", "head", "contact"),
)


def outward_facts(brief: Brief) -> Facts:
    """Matter, purpose, deadline, our commitments and who writes: nothing internal, whatever the template asks for."""
    facts = facts_of(brief)
    hidden: dict[str, list[Item]] = {name: [] for name in facts.lists if name != "commitments"}
    return facts.but(lists=hidden).only(SHOWN)
