"""The neutral note to the counterpart."""

from huitong.compose.outward import outward_facts
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief, Option


def note(brief: Brief, option: Option | None = None, decision_words: str = "", *, house: House = PACKAGED) -> Composed:
    """What is wished of the other department, by when and why, and what our side will do (point 2.10: blames nobody).

    `option` and `decision_words` are what the leader decided; they are taken so that nobody has to think about it, and
    never shown: nothing internal is in the note, only matter, purpose, deadline, our commitments and who writes.
    """
    return write(outward_facts(brief), "note", house=house)
