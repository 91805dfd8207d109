"""A blank is seen by its signs, whatever the clause around it says."""

import re
from typing import Final

from huitong.method.words import Fault
from huitong.review.engine import Reading
from huitong.review.page import Place
from huitong.review.rules import rule

_LABEL: Final = re.compile(r"[\u4e00-\u9fff]{0,4}\Z")


def check(read: Reading) -> list[Place]:
    """Every blank that was left open, with what it is a blank for: "时间：____"."""
    page, r = read.page, rule(Fault.PLACEHOLDER, read.page.language)
    places: list[Place] = []
    for match in r.cues.finditer(page.own) if r.cues else ():
        start, end = match.span()
        if page.own[start] == "：" and (label := _LABEL.search(page.own[max(0, start - 4) : start])):
            start -= len(label[0])
        place = page.trimmed((start, end))
        clause = page.clause(start, end)
        if place[0] < place[1] and not (r.unless and r.unless.search(page.own, *clause)):
            places.append(place)
    return places
