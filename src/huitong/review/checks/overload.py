"""Three or more requests beside the matter: the networks say which clauses are beside it, counting shows how many."""

import re
from typing import Final

from huitong.review.engine import Reading
from huitong.review.model import CODES
from huitong.review.model.features import kind_of
from huitong.review.page import Place

# What parts several things that are named in one clause.
_PARTED: Final = {
    "zh": re.compile(r"[、､①②③④⑤⑥]|(?<=[\u4e00-\u9fff）]) ?[1-9][.、)）](?=\D)"),
    "en": re.compile(r"\b(?:and|plus|as well as)\b|[/•]"),
}
_MANY: Final = 3
_LIKELY: Final = 0.25


def check(read: Reading) -> list[Place]:
    """The last of three or more other matters, or nothing."""
    chances = read.chances[:, CODES.index("aside")]
    asides = [clause for clause, chance in zip(read.clauses, chances, strict=True) if chance >= _LIKELY]
    parted = _PARTED[kind_of(read.page.language)]
    things = sum(1 + sum(clause[0] < m.start() for m in parted.finditer(read.page.own, *clause)) for clause in asides)
    return [asides[-1]] if things >= _MANY else []
