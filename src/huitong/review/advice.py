"""What to say to somebody whose draft lacks something: why it matters, and a sentence to begin with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from huitong.method.words import Element, Language
from huitong.review.extract import Extract, extract
from huitong.review.results import Review
from huitong.review.rules import rule

_LONGEST: Final = {Language.EN: 40}
_LONGEST_CHINESE: Final = 16


@dataclass(frozen=True, slots=True)
class Advice:
    """A missing element: why a request should hold it, and a sentence to begin with, `…` where the writer goes on."""

    code: Element
    why: str
    begin: str


def advice(text: str, review: Review) -> tuple[Advice, ...]:
    """Advice on everything that the review of this text names as missing, what matters most first.

    The sentences use what the text already says: the other department, the matter, the deadline.
    """
    if not review.missing:
        return ()
    return advice_on(review.missing, review.language, extract(text, language=review.language))


def advice_on(missing: Iterable[Element], language: Language, said: Extract) -> tuple[Advice, ...]:
    """The same for something already extracted."""
    known = _known(said, language)
    return tuple(Advice(code, rule(code, language).why, _begin(code, language, known)) for code in missing)


def missing_advice(code: Element | str, language: Language | str) -> tuple[str, str]:
    """Why a request should hold this element, and a sentence to begin with that fits any draft."""
    r = rule(Element(code), Language(language))
    return r.why, r.offer


def _known(said: Extract, language: Language) -> dict[str, str]:
    paths = {"other_department": "other_department.name", "matter": "matter", "deadline": "deadline"}
    longest = _LONGEST.get(language, _LONGEST_CHINESE)
    return {
        blank: said.quotes[path]
        for blank, path in paths.items()
        if path in said.quotes and len(said.quotes[path]) <= longest and path not in said.uncertain
    }


def _begin(code: Element, language: Language, known: Mapping[str, str]) -> str:
    r = rule(code, language)
    return next((s.format_map(known) for s in r.using if _blanks(s) <= known.keys()), r.offer)


def _blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
