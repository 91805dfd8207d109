"""Who a meeting needs, and the sentences that say why a time suits them. Each is said only if it is true."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from tomllib import loads
from typing import Any, Final

from huitong.method import Language
from huitong.timing.busy import Busy, zone_named
from huitong.timing.working import WorkingTime, is_announced

NAMED: Final = 3  # of more people than that only the first are named
_LOADS: Final = ((0.01, "none"), (0.35, "light"), (0.6, "fair"), (0.8, "heavy"), (1.1, "full"))


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone, or a room, that a meeting needs.

    `calendar` is an iCalendar file, busy time (() is all free), or None if none is known: then hours alone decide.
    `working` are their hours by the clock of `zone`; None has no hours, as a room. Who is not `required` is missed only
    if all others can come.
    """

    calendar: str | bytes | Sequence[Busy] | None = None
    name: str = ""
    required: bool = True
    zone: str = "Asia/Shanghai"
    working: WorkingTime | None = field(default_factory=WorkingTime)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of one time: of whom each thing holds (places of guests), and how full the day is."""

    start: datetime
    absent: tuple[int, ...]
    soft: tuple[int, ...]
    outside: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    edge: bool
    week_ends: bool
    load: float


@lru_cache(maxsize=8)
def _words(language: Language) -> dict[str, Any]:
    return loads((files("huitong.timing") / "meeting_words" / f"{language}.toml").read_text(encoding="utf-8"))


def sentences(facts: Facts, guests: Sequence[Guest], language: Language) -> tuple[str, ...]:
    """Why this time, the weightiest first, in `language`."""
    return tuple(_Sentences(facts, guests, _words(language)).all())


class _Sentences:
    def __init__(self, facts: Facts, guests: Sequence[Guest], text: dict[str, Any]) -> None:
        self._facts, self._guests, self._text = facts, guests, text
        self._people = [n for n, guest in enumerate(guests) if guest.working is not None]

    def all(self) -> list[str]:
        facts, text, said = self._facts, self._text, self._text["whole"]
        found = [self._who() + self._load() + text["join"]["stop"]]
        if facts.soft:
            found.append(said["soft"].format(who=self._names(facts.soft)))
        found += [said[key].format(who=self._names(who), time=clock) for (key, clock), who in self._clocks().items()]
        found += self._but()
        if unknown := [n for n, guest in enumerate(self._guests) if guest.calendar is None and n not in facts.absent]:
            found.append(said["no_calendar"].format(who=self._names(unknown)))
        countries = {guest.working.country for guest in self._guests if guest.working}
        if not all(is_announced(facts.start.date(), country) for country in countries):
            found.append(said["unannounced"].format(year=facts.start.year))
        return found

    def _who(self) -> str:
        facts, said, people = self._facts, self._text["who"], self._people
        must = [n for n in people if self._guests[n].required]
        absent = self._names(facts.absent)
        if any(self._guests[n].required for n in facts.absent):
            return str(said["missing"].format(who=absent))
        if facts.absent and must:
            key = {1: "must_one", 2: "must_two"}.get(len(must), "must")
            return str(said[key].format(n=len(must), must=self._names(must), who=absent))
        if facts.absent:
            return str(said["some"].format(who=absent))
        if len(people) == 1:
            return str(said["one"].format(who=self._names(people)))
        return str(said["all" if len(people) > 2 else "both" if people else "none"].format(n=len(people)))

    def _load(self) -> str:
        if not self._people or any(self._guests[n].required for n in self._facts.absent):
            return ""
        text = self._text
        key = next(name for limit, name in _LOADS if self._facts.load < limit)
        return str(text["join"]["comma"] + text["load" if len(self._people) > 1 else "load_of_one"][key])

    def _clocks(self) -> dict[tuple[str, str], list[int]]:
        """For whom it is another time of day, or outside their hours: (what to say, their clock) -> who."""
        found: dict[tuple[str, str], list[int]] = {}
        start = self._facts.start
        clocks = {zone: start.astimezone(zone_named(zone)) for zone in {self._guests[n].zone for n in self._people}}
        here = {zone for zone, local in clocks.items() if local.utcoffset() == start.utcoffset()}
        for n in self._people:
            guest = self._guests[n]
            if guest.zone in here and n not in self._facts.outside:
                continue
            local = clocks[guest.zone]
            if n in self._facts.outside and guest.working:
                noon = guest.working.noon_start <= local.time() < guest.working.noon_end
                key = "noon" if noon else "outside"
                if guest.zone in here:
                    found.setdefault((key + "_here", ""), []).append(n)
                    continue
            else:
                key = "elsewhere"
            other_day = local.date() != start.date()
            day = f"{self._text['weekdays'][local.weekday()]} " if other_day else ""
            found.setdefault((key + "_day" * other_day, f"{day}{local:%-H:%M}"), []).append(n)
        return found

    def _but(self) -> list[str]:
        facts, text = self._facts, self._text
        before, after = ([n for n in who if n in self._people] for who in (facts.before, facts.after))
        crowded = (("before", before), ("after", after))
        parts = [text["but"][key].format(who=self._names(who)) for key, who in crowded if who]
        parts += [text["but"]["edge"]] if facts.edge else []
        parts += [text["but"]["week_ends"]] if facts.week_ends else []
        return [text["join"]["but"].format(what=text["join"]["and"].join(parts[:2]))] if parts else []

    def _names(self, places: Sequence[int]) -> str:
        text = self._text["names"]
        names = [self._guests[n].name or text["nobody"].format(n=n + 1) for n in places]
        if len(names) > NAMED:
            shown, more = text["comma"].join(names[:NAMED]), len(names) - NAMED
            return str(text["more"].format(names=shown, n=len(names), more=more))
        if len(names) < 2:
            return "".join(names)
        return str(text["comma"].join(names[:-1]) + text["and"] + names[-1])
