"""A commitment that brought no word: its owner is told first, then the leader is asked again."""

from dataclasses import dataclass
from datetime import date

from huitong.compose.facts import Facts, facts_of
from huitong.compose.outward import outward_facts
from huitong.compose.pattern import Fact
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


@dataclass(frozen=True, slots=True)
class Stuck:
    """What was agreed, by whom and by when; `kept` is what came of the matter's other commitments.

    `words` are the leader's own from before, `warned` the day on which the owner was told.
    """

    what: str
    owner: str
    by: date | None = None
    kept: tuple[str, ...] = ()
    words: str = ""
    warned: date | None = None


def warning(brief: Brief, stuck: Stuck, *, house: House = PACKAGED) -> Composed:
    """To the owner, before the leader is asked: neutral, a word is enough (point 2.10). Nothing internal is shown."""
    return write(warning_facts(brief, stuck), "warning", house=house)


def warning_facts(brief: Brief, stuck: Stuck) -> Facts:
    return _with(outward_facts(brief), stuck)


def escalation(brief: Brief, stuck: Stuck, *, house: House = PACKAGED) -> Composed:
    """The short request to the leader: what was agreed, what came, what did not, one ask with the brief's options."""
    return write(escalation_facts(brief, stuck), "escalation", house=house)


def escalation_facts(brief: Brief, stuck: Stuck) -> Facts:
    days = [day for day in (stuck.by, stuck.warned) if day]
    facts = facts_of(brief, days)
    say = facts.setting
    kept = [{"item": Fact(say.inside(say.line(what)))} for what in stuck.kept]
    warned = say.day(stuck.warned) if stuck.warned else ""
    return _with(facts, stuck).but(lists={"kept": kept}, words=stuck.words, warned=warned)


def _with(facts: Facts, stuck: Stuck) -> Facts:
    say = facts.setting
    agreed = say.day(stuck.by) if stuck.by else ""
    return facts.but(promise=say.inside(say.line(stuck.what)), owner=say.name(stuck.owner), agreed=agreed)
