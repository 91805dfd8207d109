"""Whether a template may stand in for a packaged one: every mistake with its line, before anybody is sent anything.

A template is data: it can fill in facts and nothing else. Here it is read within bounds, and tried on the packaged
samples in every style and wording, so that no text of it can lose what it must tell.
"""

from functools import lru_cache

from huitong.compose.check.form import MAX_SOURCE, Mistake, mistakes_of_form, wordings
from huitong.compose.check.lost import lost_facts
from huitong.compose.check.preview import Preview, preview
from huitong.compose.check.samples import SIZES
from huitong.compose.check.texts import TEXTS
from huitong.compose.check.vocabulary import Vocabulary, vocabulary
from huitong.method import Language

__all__ = [
    "MAX_SOURCE",
    "SIZES",
    "TEXTS",
    "Mistake",
    "Preview",
    "Vocabulary",
    "check",
    "is_readable",
    "preview",
    "vocabulary",
    "wordings",
]


def check(language: Language, name: str, source: str) -> tuple[Mistake, ...]:
    """What is wrong with a template of this text, or nothing. Raises KeyError for a text that there isn't."""
    if len(source) > MAX_SOURCE:
        return tuple(mistakes_of_form(language, name, source))  # too long to be remembered too
    return _check(language, name, source)


@lru_cache(maxsize=256)
def _check(language: Language, name: str, source: str) -> tuple[Mistake, ...]:
    return tuple(mistakes_of_form(language, name, source) or lost_facts(language, name, source))


@lru_cache(maxsize=256)
def is_readable(language: Language, name: str, source: str) -> bool:
    """Whether the engine can use this template. One kept by an older version may ask for what there no longer is."""
    return name in TEXTS and not mistakes_of_form(language, name, source)
