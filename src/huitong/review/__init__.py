"""Reading a request as its leader would: what is there, what is missing, what to mend."""

from huitong.review.advice import Advice, advice, missing_advice
from huitong.review.edits import applied
from huitong.review.engine import review
from huitong.review.extract import Extract, extract
from huitong.review.house import House, load_house, read_house
from huitong.review.ignoring import Dismissal, carried, dismissal, standing
from huitong.review.results import Finding, Review, Span

__all__ = [
    "Advice",
    "Dismissal",
    "Extract",
    "Finding",
    "House",
    "Review",
    "Span",
    "advice",
    "applied",
    "carried",
    "dismissal",
    "extract",
    "load_house",
    "missing_advice",
    "read_house",
    "review",
    "standing",
]
