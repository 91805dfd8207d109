"""An order is a request all the same, badly put."""

from huitong.method.words import Element, Fault
from huitong.review.page import Page, Place


def check(page: Page, cued: dict[Element | Fault, list[Place]]) -> list[Place]:
    """The cued requests, or what is ordered."""
    return cued[Element.ASK] or [page.clause(*p) for p in cued[Fault.COMMAND]]
