"""The speaking card: the spoken request in breaths."""

from dataclasses import dataclass
from typing import Final

from huitong.compose.facts import facts_of
from huitong.compose.fit import fit
from huitong.compose.language import clauses, count, ends
from huitong.compose.request import room_of
from huitong.compose.template import PACKAGED, House, template, words
from huitong.method import Brief, Channel, Style

_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class CardLine:
    """One breath. After it: `pause`, let it sink in; `listen`, stop and let the leader speak."""

    text: str
    pause: bool = False
    listen: bool = False


@dataclass(frozen=True, slots=True)
class SpeakingCard:
    lines: tuple[CardLine, ...]
    seconds: int  # at the pace at which the spoken length is a minute


def speaking_card(
    brief: Brief, style: Style = Style.PLAIN, variant: int = 0, *, house: House = PACKAGED
) -> SpeakingCard:
    """What to say to the leader, a breath a line (method: brevity, listening; points 1.8, 2.2, 2.7, 4.6)."""
    ready = words(brief.lang)
    unit, breath = ready["unit"], ready["card"]["breath"]
    room = room_of(Channel.SPOKEN, brief.lang, style)
    spoken = fit(template(brief.lang, Channel.SPOKEN.value, style, variant, house), facts_of(brief), room)
    lines: list[CardLine] = []
    for segment in spoken.segments:
        parts = _breaths(segment.text, breath, unit, " " if unit == "words" else "")
        lines += [CardLine(text) for text in parts[:-1]]
        lines += [CardLine(text, segment.part.pause, segment.part.listen) for text in parts[-1:]]
    minute = room_of(Channel.SPOKEN, brief.lang) or 1
    return SpeakingCard(tuple(lines), -(-count(spoken.body, unit) * _SECONDS // minute))


def _breaths(text: str, size: int, unit: str, joint: str) -> list[str]:
    lines: list[str] = []
    for clause in clauses(text):
        if lines and not ends(lines[-1]) and count(lines[-1] + joint + clause, unit) <= size:
            lines[-1] += joint + clause
        else:
            lines.append(clause)
    return lines
