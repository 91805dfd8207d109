"""What a review looks like elsewhere: for a terminal, and for programs that collect findings."""

from huitong.review.formats.sarif import as_sarif
from huitong.review.formats.text import as_text

__all__ = ["as_sarif", "as_text"]
