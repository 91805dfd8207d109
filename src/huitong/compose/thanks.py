"""Thanks to one who helped."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from huitong.compose.facts import Facts
from huitong.compose.language import drop_start
from huitong.compose.outward import outward_facts
from huitong.compose.pattern import Fact
from huitong.compose.request import Composed, write
from huitong.compose.setting import Setting, word_set
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief

_DOUBLED: Final = frozenset(
    ("begin", "cut", "drop", "get", "let", "map", "plan", "put", "run", "set", "split", "stop", "submit", "swap")
)
_FIRST_OR_AFTER_AND: Final = re.compile(r"(^|\band )([A-Za-z-]+)\b")


class Deed(StrEnum):
    """What a helper did, as far as the record of a matter knows it without words of theirs or ours."""

    AGREED = "agreed"
    DATED = "dated"  # agreed, and named a day
    OPEN = "open"  # could not, and said why
    MET = "met"  # came to the meeting


@dataclass(frozen=True, slots=True)
class Helper:
    """`what_they_did` in words; `deed` stands in where there are none."""

    name: str
    form_of_address: str = ""
    what_they_did: str = ""
    deed: Deed | None = None


def thanks(brief: Brief, helper: Helper, outcome: str, days: int | None, *, house: House = PACKAGED) -> Composed:
    """One short message, by name and by what they did (points 1.5, 3.10, 4.10). `days` is how long the matter took."""
    return write(thanks_facts(brief, helper, outcome, days), "thanks", house=house)


def thanks_facts(brief: Brief, helper: Helper, outcome: str, days: int | None) -> Facts:
    facts = outward_facts(brief)
    say = facts.setting
    did = say.inside(drop_start(say.line(helper.what_they_did), say.words["did_starts"]))
    if not did and helper.deed:
        did = write(facts.but(lists={helper.deed.value: [{"did": Fact("yes")}]}), "deeds").body
    did = did if say.spaced else _doing(say, did)
    first_word = did.split(" ", 1)[0]
    doing = first_word.endswith("ing") or (not say.spaced and first_word in word_set(say.language, "objects"))
    return facts.but(
        to=helper.form_of_address or helper.name,
        doing=did if doing else "",
        did="" if doing else did,
        outcome=drop_start(say.line(outcome), say.words["outcome_starts"]),
        days=str(days) if days and days > 1 else "",
        one_day=str(days) if days == 1 else "",
    )


def _doing(say: Setting, did: str) -> str:
    """What was done, promised or asked for ("sent the list and called Kim") as it stands after "Thank you for"."""

    def gerund(found: re.Match[str]) -> str:
        word = found[2].lower()
        verb = _of_past(say, word) or (word if say.is_verb(did[found.start(2) :]) else "")
        return found[1] + _gerund(verb) if verb else found[0]

    begins = _of_past(say, did.split(" ", 1)[0].lower()) or say.is_verb(did)
    return _FIRST_OR_AFTER_AND.sub(gerund, did) if begins else did


def _of_past(say: Setting, word: str) -> str:
    """The verb whose past a word is ("moved": "move"), or nothing."""
    regular = [word[: len(word) - n] for n in (1, 2, 3) if word.endswith("ed")]
    forms = (say.words["past"].get(word, ""), *regular)
    return next((form for form in forms if form in word_set(say.language, "verbs")), "")


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    return (verb.removesuffix("e") if not verb.endswith("ee") else verb) + "ing"
