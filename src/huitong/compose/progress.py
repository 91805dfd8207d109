"""The report back to the leader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huitong.compose.facts import Facts, facts_of
from huitong.compose.items import Item
from huitong.compose.language import drop_start
from huitong.compose.pattern import Fact
from huitong.compose.request import Composed, write
from huitong.compose.setting import Setting
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of a decision. `open` holds what, owner and by when; `outcome` is there once the matter is closed."""

    decision_words: str
    decision_title: str
    happened: tuple[tuple[date, str], ...] = ()
    kept: tuple[str, ...] = ()
    open: tuple[tuple[str, str, date | None], ...] = ()
    outcome: str = ""


def report_back(brief: Brief, progress: Progress, *, house: House = PACKAGED) -> Composed:
    """What happened since the decision, for the leader; their own words first and byte for byte (points 2.8, 4.8)."""
    return write(progress_facts(brief, progress), "report_back", house=house)


def progress_facts(brief: Brief, progress: Progress) -> Facts:
    days = [day for day, _ in progress.happened] + [by for _, _, by in progress.open if by]
    facts = facts_of(brief, days)
    say = facts.setting
    lists = {
        "happened": _items([{"day": say.day(day), "item": say.line(text)} for day, text in progress.happened]),
        "kept": _items([{"item": say.inside(say.line(text))} for text in progress.kept]),
        "open": _items([_open(say, *promise) for promise in progress.open]),
    }
    title = say.line(progress.decision_title)
    outcome = drop_start(say.line(progress.outcome), say.words["outcome_starts"])
    return facts.but(lists=lists, words=progress.decision_words, decision=title, outcome=outcome)


def _open(say: Setting, what: str, owner: str, by: date | None) -> dict[str, str]:
    return {"item": say.inside(say.line(what)), "owner": say.line(owner), "by": say.day(by) if by else ""}


def _items(rows: Sequence[dict[str, str]]) -> list[Item]:
    return [{name: Fact(text) for name, text in row.items() if text} for row in rows]
