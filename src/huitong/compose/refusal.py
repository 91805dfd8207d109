"""After a no."""

from huitong.compose.facts import facts_of
from huitong.compose.request import Composed, write
from huitong.method import Brief


def after_no(brief: Brief, words: str) -> Composed:
    """Thanks and the next step after the leader said no; `words` are theirs, unchanged (points 1.8, 3.10)."""
    return write(facts_of(brief).but(words=words), "after_no")
