"""Reading a request as its leader would: what is there, what is missing, what to mend."""

from huitong.review.engine import missing_advice, review
from huitong.review.results import Finding, Review, Span

__all__ = ["Finding", "Review", "Span", "missing_advice", "review"]
