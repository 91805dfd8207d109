"""The agenda of a meeting of both departments."""

from dataclasses import dataclass

from huitong.compose.facts import Facts
from huitong.compose.fit import Segment, fit
from huitong.compose.items import commitment_items
from huitong.compose.outward import outward_facts
from huitong.compose.template import PACKAGED, House, template
from huitong.method import Brief, Option


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class Agenda:
    points: tuple[AgendaPoint, ...]


def agenda(brief: Brief, minutes: int, option: Option | None = None, *, house: House = PACKAGED) -> Agenda:
    """Points whose minutes add up to `minutes`; fewer points where there are fewer minutes. Both sides read it, so the
    option, like everything internal, is not shown. Raises ValueError below one minute.
    """
    if minutes < 1:
        raise ValueError(f"a meeting of {minutes} minutes has no agenda")
    segments = fit(template(brief.lang, "agenda", house=house), agenda_facts(brief), None).segments
    weightiest = sorted(segments, key=lambda s: -s.part.weight)[:minutes]
    kept = [s for s in segments if s in weightiest]
    return Agenda(tuple(AgendaPoint(m, s.text) for m, s in zip(_shares(kept, minutes), kept, strict=True)))


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
