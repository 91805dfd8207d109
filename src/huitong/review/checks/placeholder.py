"""A blank is seen by its signs, whatever the clause around it says."""

from huitong.method.words import Fault
from huitong.review.engine import Reading
from huitong.review.page import Place
from huitong.review.rules import rule


def check(read: Reading) -> list[Place]:
    """Every blank that was left open."""
    page, r = read.page, rule(Fault.PLACEHOLDER, read.page.language)
    places: list[Place] = []
    for match in r.cues.finditer(page.own) if r.cues else ():
        place = page.trimmed(match.span())
        clause = page.clause(*match.span())
        if place[0] < place[1] and not (r.unless and r.unless.search(page.own, *clause)):
            places.append(place)
    return places
