"""The request itself: one brief, one text for each channel."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.fit import fit
from huitong.compose.language import count
from huitong.compose.pattern import first
from huitong.compose.template import PACKAGED, House, Template, template, words
from huitong.method import CHANNEL_LENGTHS, Brief, Channel, Language, Length, Style

_BRIEF: Final = 0.6  # of a channel's length


@dataclass(frozen=True, slots=True)
class Composed:
    """A text made of a brief.

    `left_out` are the brief's paths (such as "situation[2]") that there was no room to tell, or to tell in full.
    """

    subject: str
    body: str
    left_out: tuple[str, ...]
    length: Length

    def __str__(self) -> str:
        return self.body


def compose(
    brief: Brief,
    *,
    channel: Channel | str,
    style: Style | str = Style.PLAIN,
    variant: int = 0,
    house: House = PACKAGED,
) -> Composed:
    """The request in the brief's language, shaped for a channel (method: writing, brevity; points 1.7, 2.2).

    Nothing is in the text that isn't in the brief. Matter, other department, ask and deadline stay even where they
    alone pass the channel's length. `variant` 1, 2 … say the same in other words, `style` brief in fewer. `house`
    are an organisation's own templates. Raises ValueError for a channel or a style that there isn't, or a variant
    below 0.
    """
    channel, style = Channel(channel), Style(style)
    if variant < 0:
        raise ValueError(f"variant {variant}: they are numbered from 0")
    facts = facts_of(brief)
    room = room_of(channel, brief.lang, style)
    return _write(facts, template(facts.language, channel.value, style, variant, house), room)


def room_of(channel: Channel, language: Language, style: Style = Style.PLAIN) -> int | None:
    """How long a channel's text may be in the language's unit, or None where pages bound it."""
    lengths = CHANNEL_LENGTHS[channel]
    limit = lengths[words(language)["unit"] == "words"] if lengths else None
    return int(limit * _BRIEF) if limit and style is Style.BRIEF else limit


def write(facts: Facts, name: str, limit: int | None = None, *, house: House = PACKAGED) -> Composed:
    """The template `name` filled with facts, as a text with its length."""
    return _write(facts, template(facts.language, name, house=house), limit)


def _write(facts: Facts, form: Template, limit: int | None) -> Composed:
    ready = words(facts.language)
    fitted = fit(form, facts, limit)
    subject = first(form.subject, facts.slots, spaced=ready["spaced"])
    left_out = tuple(_gathered(facts.paths, fitted.told))
    length = Length(count(fitted.body, ready["unit"]), limit, ready["unit"])
    return Composed(" ".join(subject.text.split()) if subject else "", fitted.body, left_out, length)


def _gathered(paths: tuple[str, ...], told: frozenset[str]) -> Iterable[str]:
    """The paths not told; an item of which nothing is told is named once, as a whole."""
    whole: dict[str, list[str]] = {}
    for path in paths:
        whole.setdefault(path.rsplit(".", 1)[0], []).append(path)
    for item, parts in whole.items():
        missing = [p for p in parts if p not in told]
        if len(missing) == len(parts):
            yield item
        else:
            yield from missing
