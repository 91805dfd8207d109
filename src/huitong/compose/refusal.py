"""After a no."""

from huitong.compose.facts import Facts, facts_of
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


def after_no(brief: Brief, words: str, *, house: House = PACKAGED) -> Composed:
    """Thanks and the next step after the leader said no; `words` are theirs, unchanged (points 1.8, 3.10)."""
    return write(refusal_facts(brief, words), "after_no", house=house)


def refusal_facts(brief: Brief, words: str) -> Facts:
    return facts_of(brief).but(words=words)
