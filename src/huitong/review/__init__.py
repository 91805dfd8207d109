"""Reading a request as its leader would: what is there, what is missing, what to mend."""

import sys
from types import ModuleType

from huitong.method.words import Channel, Language
from huitong.review.engine import missing_advice, review
from huitong.review.results import Finding, Review, Span


class _Face(ModuleType):
    """Importing this module sets huitong.review to it, not to the function: so it can be called like the function."""

    def __call__(
        self, text: str, *, channel: Channel | str = Channel.EMAIL, language: Language | str | None = None
    ) -> Review:
        return review(text, channel=channel, language=language)


sys.modules[__name__].__class__ = _Face

__all__ = ["Finding", "Review", "Span", "missing_advice", "review"]
