"""The two lines at the head of the leader's decision page."""

from dataclasses import dataclass
from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.request import write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief, Language

_CHARACTERS: Final = 44  # two lines on a phone
_WORDS: Final = 24


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    why: str


def leader_headline(brief: Brief, *, house: House = PACKAGED) -> Headline:
    """Who asks what, and why now: the strongest effect, else the strongest fact; "" where the brief has neither."""
    composed = write(headline_facts(brief), "headline", headline_room(brief.lang), house=house)
    return Headline(composed.subject, composed.body)


def headline_facts(brief: Brief) -> Facts:
    facts = facts_of(brief)
    return facts.but(lists={"importance": facts.lists["importance"][:1], "situation": facts.weightiest("situation")})


def headline_room(language: Language) -> int:
    return _WORDS if language is Language.EN else _CHARACTERS
