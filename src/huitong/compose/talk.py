"""Talking points for the leader's call with the other department's head."""

import re
from dataclasses import dataclass
from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.fit import fit
from huitong.compose.items import Item, commitment_items
from huitong.compose.options import option_item
from huitong.compose.setting import Setting
from huitong.compose.template import PACKAGED, House, template
from huitong.method import Brief, Language, Option

# Half a minute at the pace of the spoken channel.
_CHARACTERS: Final = 135
_WORDS: Final = 75


@dataclass(frozen=True, slots=True)
class TalkingPoints:
    points: tuple[str, ...]


def talking_points(
    brief: Brief, option: Option | None = None, words: str = "", *, house: House = PACKAGED
) -> TalkingPoints:
    """Half a minute of what to say: the wish, what they may say (from our efforts' results), what we can offer.

    `option` is the one decided on, else the preferred one; `words` are the leader's own, first and unchanged.
    """
    form = template(brief.lang, "talk", house=house)
    return TalkingPoints(
        tuple(s.text for s in fit(form, talk_facts(brief, option, words), talk_room(brief.lang)).segments)
    )


def talk_facts(brief: Brief, option: Option | None, words: str) -> Facts:
    option = option or brief.preferred_option
    facts = facts_of(brief)
    return facts.but(
        words=words,
        lists={
            "option": _to_ask(option_item(facts.setting, brief, option, -1), facts.setting) if option else [],
            "efforts": [_said_by(e, facts) for e in facts.lists["efforts"] if "reply" in e][-1:],
            "commitments": commitment_items(facts.setting, brief, by_name=True),
        },
    )


def _said_by(effort: Item, facts: Facts) -> Item:
    """The effort with `spoke`, who gave its answer, where that is not the head with whom the leader now talks."""
    spoke, head = effort.get("with"), facts.slots.get("head")
    return effort | {"spoke": spoke} if spoke and (not head or spoke.text not in head.text) else effort


def _to_ask(item: Item, say: Setting) -> list[Item]:
    """The option as something to say in the talk; nothing where all it says is that they talk."""
    only = re.compile(say.words["only_talk"])
    left = {slot: f for slot, f in item.items() if slot not in ("does", "label") or not only.fullmatch(f.text)}
    return [left] if left.keys() & {"does", "label"} else []


def talk_room(language: Language) -> int:
    return _WORDS if language is Language.EN else _CHARACTERS
