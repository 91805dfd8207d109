"""The minutes of a meeting of both departments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from huitong.compose.facts import Facts, facts_of
from huitong.compose.items import Item
from huitong.compose.language import sentence
from huitong.compose.outward import SHOWN
from huitong.compose.pattern import Fact
from huitong.compose.request import Composed, write
from huitong.compose.setting import Setting
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A meeting as it was: who was present, what was decided a line each, and what was promised, by whom, by when.

    `start` is in the clock of those who met.
    """

    start: datetime
    minutes: int
    place: str = ""
    present: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    promised: tuple[tuple[str, str, date | None], ...] = ()


def minutes(brief: Brief, meeting: HeldMeeting, *, house: House = PACKAGED) -> Composed:
    """When and where, who was there, what was decided, who does what by when (points 2.8, 3.9, 4.8).

    Both sides read it: as in the note, nothing internal is shown.
    """
    return write(minutes_facts(brief, meeting), "minutes", house=house)


def minutes_facts(brief: Brief, meeting: HeldMeeting) -> Facts:
    facts = facts_of(brief, [meeting.start.date(), *(by for _, _, by in meeting.promised if by)])
    say = facts.setting
    lists: dict[str, list[Item]] = {name: [] for name in facts.lists}
    lists |= {
        "present": _items({"item": say.name(name)} for name in meeting.present),
        "decided": _numbered(_items(_line(say, line) for line in meeting.decided)),
        "promised": _numbered(_items(_promise(say, *promise) for promise in meeting.promised)),
    }
    return facts.only(SHOWN).but(
        lists=lists,
        day=say.deadline(meeting.start.date()),
        clock=f"{meeting.start:%H:%M}",
        minutes=str(meeting.minutes),
        place=say.line(meeting.place),
    )


def decided_in_short(brief: Brief, decided: Iterable[str]) -> str:
    """What a meeting decided, as one line of a progress report; "" where nothing was written down."""
    facts = facts_of(brief)
    items = _items(_line(facts.setting, line) for line in decided)
    return write(facts.but(lists={"decided": items}), "decided").body


def _line(say: Setting, text: str) -> dict[str, str]:
    line = say.line(text)
    return {"item": line if say.spaced else sentence(line), "inside": say.inside(line)}


def _promise(say: Setting, what: str, owner: str, by: date | None) -> dict[str, str]:
    return {"what": say.inside(say.line(what)), "owner": say.line(owner), "by": say.day(by) if by else ""}


def _items(rows: Iterable[dict[str, str]]) -> list[Item]:
    found = [{name: Fact(text) for name, text in row.items() if text} for row in rows]
    return [item for item in found if item]


def _numbered(items: list[Item]) -> list[Item]:
    """Each with its number; one alone has none."""
    return [item | {"number": Fact(str(n))} for n, item in enumerate(items, 1)] if len(items) > 1 else items
