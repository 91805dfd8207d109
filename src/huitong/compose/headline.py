"""The two lines at the head of the leader's decision page."""

from dataclasses import dataclass
from typing import Final

from huitong.compose.facts import facts_of
from huitong.compose.request import write
from huitong.method import Brief, Language

_CHARACTERS: Final = 44  # two lines on a phone
_WORDS: Final = 24


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    why: str


def leader_headline(brief: Brief) -> Headline:
    """Who asks what, and why now: the strongest effect, else the strongest fact; "" where the brief has neither."""
    facts = facts_of(brief)
    first = {name: facts.lists[name][:1] for name in ("importance", "situation")}
    composed = write(facts.but(lists=first), "headline", _WORDS if brief.lang is Language.EN else _CHARACTERS)
    return Headline(composed.subject, composed.body)
