"""What a text may tell that people of another department read."""

from typing import Final

from huitong.compose.facts import Facts, Item, facts_of
from huitong.method import Brief

_SHOWN: Final = (
    *("matter", "matter_title", "thing", "loose_matter", "matter_clause", "Matter_clause"),
    *("purpose", "purpose_inside", "purpose_verb", "purpose_question", "deadline", "deadline_day"),
    *("requester", "department", "other", "head", "contact"),
)


def outward_facts(brief: Brief) -> Facts:
    """Matter, purpose, deadline, our commitments and who writes: nothing internal, whatever the template asks for."""
    facts = facts_of(brief)
    hidden: dict[str, list[Item]] = {name: [] for name in facts.lists if name != "commitments"}
    return facts.but(lists=hidden).only(_SHOWN)
