"""Plain facts carry no cue: what says nothing else and holds a figure or a department is how things stand."""

import re
from typing import Final

from huitong.method.words import Element, Fault, Language
from huitong.review.page import Page, Place

_FACT: Final = re.compile(
    r"\d|[两三四五六七八九十百千半]{1,3}(?:个|台|家|次|天|份|批|人)|[部科处组室局院厂]|他们|对方|那边|它们"
)
_FACT_EN: Final = re.compile(
    r"\d|\b(?:they|their|them|team|department|waiting|until|only|both|neither|two|three|four|five|six)\b"
)
# What speaks to the leader is no state of things.
_YOU: Final = re.compile(r"[您你]|\byou\b")
_SHORTEST: Final = 8


def check(page: Page, cued: dict[Element | Fault, list[Place]]) -> list[Place]:
    """What the cues found, or else the first clause of fact that carries nothing else."""
    if cued[Element.SITUATION]:
        return cued[Element.SITUATION]
    fact = _FACT_EN if page.language is Language.EN else _FACT
    taken = sorted(p for code, places in cued.items() if code != Element.SITUATION for p in places)
    for start, end in page.clauses():
        if (
            end - start >= _SHORTEST
            and fact.search(page.folded, start, end)
            and not _YOU.search(page.folded, start, end)
            and page.folded[start : start + 2] != "关于"
            and not any(s < end and start < e for s, e in taken)
            and not _heading(page, start, end)
        ):
            return [(start, end)]
    return []


def _heading(page: Page, start: int, end: int) -> bool:
    line_end = page.folded.find("\n", end)
    before = page.folded.rfind("\n", 0, start)
    return end == line_end or page.folded[before + 1 : start].startswith(("主题", "主旨", "subject", "标题", "to"))
