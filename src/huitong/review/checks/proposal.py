"""Ways put before the leader to choose from are proposals too."""

from huitong.method.words import Element
from huitong.review.page import Page, Place


def check(page: Page, cued: dict[Element, list[Place]]) -> list[Place]:
    """The cued proposals, or what is offered as a choice."""
    return cued[Element.PROPOSAL] or cued[Element.CHOICE]
