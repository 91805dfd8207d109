"""The agenda of a meeting of both departments."""

from dataclasses import dataclass

from huitong.compose.facts import Facts
from huitong.compose.fit import Segment, fit
from huitong.compose.items import commitment_items
from huitong.compose.outward import outward_facts
from huitong.compose.pattern import first
from huitong.compose.setting import Setting
from huitong.compose.template import PACKAGED, House, template
from huitong.method import Brief, Option


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """The points; and the whole as people read it, a line a point with its minutes."""

    points: tuple[AgendaPoint, ...]
    title: str
    text: str


def agenda(brief: Brief, minutes: int, option: Option | None = None, *, house: House = PACKAGED) -> Agenda:
    """Points whose minutes add up to `minutes`; fewer points where there are fewer minutes. Both sides read it, so the
    option, like everything internal, is not shown. Raises ValueError below one minute.
    """
    if minutes < 1:
        raise ValueError(f"a meeting of {minutes} minutes has no agenda")
    facts, form = agenda_facts(brief), template(brief.lang, "agenda", house=house)
    segments = fit(form, facts, None).segments
    weightiest = sorted(segments, key=lambda s: -s.part.weight)[:minutes]
    kept = [s for s in segments if s in weightiest]
    points = tuple(AgendaPoint(m, s.text) for m, s in zip(_shares(kept, minutes), kept, strict=True))
    title = first(form.subject, facts.slots, spaced=facts.setting.spaced)
    return Agenda(points, title.text if title else "", "\n".join(_line(facts.setting, p) for p in points))


def _line(say: Setting, point: AgendaPoint) -> str:
    time = say.words["minute" if point.minutes == 1 else "minutes"].format(point.minutes)
    return f"{point.text}（{time}）" if say.spaced else f"{point.text} ({time})"


def agenda_facts(brief: Brief) -> Facts:
    facts = outward_facts(brief)
    return facts.but(lists={"commitments": commitment_items(facts.setting, brief, by_name=True)})


def _shares(segments: list[Segment], minutes: int) -> list[int]:
    """A minute each, the rest by weight, what is left over to the weightiest."""
    weights = [s.part.weight for s in segments]
    rest = minutes - len(segments)
    shares = [1 + rest * w // sum(weights) for w in weights]
    shares[weights.index(max(weights))] += minutes - sum(shares)
    return shares
