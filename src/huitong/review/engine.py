"""The review itself: cues first, then what words alone cannot say, then what is missing."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from huitong.method.errors import UnreadableText
from huitong.method.words import CHANNEL_LENGTHS, CHANNEL_NEEDS, Channel, Element, Fault, Language, Length
from huitong.review import checks
from huitong.review.page import Page, Place
from huitong.review.results import Finding, Review, Span
from huitong.review.rewrite import reworded
from huitong.review.rules import Rule, rule, rules
from huitong.review.script import language_of

Found = Mapping[Element | Fault, list[Place]]
Check = Callable[[Page, Found], list[Place]]

MAX_BYTES: Final = 1_000_000

# A leader can act without thanks, not without knowing what is wanted: this is the order in which to mend.
MATTERS_MOST: Final = (
    Element.ASK,
    Element.SITUATION,
    Element.IMPORTANCE,
    Element.PURPOSE,
    Element.PROPOSAL,
    Element.EFFORT,
    Element.GREETING,
    Element.DEFERENCE,
    Element.COOPERATION,
    Element.FOLLOWUP,
    Element.GRATITUDE,
    Element.CHOICE,
    Element.BENEFIT,
    Element.PRECEDENT,
    Element.IMPROVEMENT,
)


def review(text: str, *, channel: Channel | str = Channel.EMAIL, language: Language | str | None = None) -> Review:
    """Say what a request holds, what it lacks and what to mend (method: the fifteen elements, the eight faults).

    `channel` is spoken, chat, email or report; `language` zh, zh-Hant or en, found from the text if None. Any string
    will do. Raises UnreadableText for what is not a string or takes more than 1 MB, ValueError for an unknown channel
    or language.
    """
    _must_be_readable(text)
    channel = Channel(channel)
    language = language_of(text) if language is None else Language(language)
    page = Page.of(text, language)
    found = _found(page)
    elements = {code: tuple(Span(*p, text[slice(*p)]) for p in found[code]) for code in Element if found[code]}
    return Review(
        language=language,
        channel=channel,
        elements=elements,
        missing=tuple(e for e in MATTERS_MOST if e in CHANNEL_NEEDS[channel] and e not in elements),
        faults=_findings(page, found),
        length=_length(text, channel, language),
    )


def missing_advice(code: Element | str, language: Language | str) -> tuple[str, str]:
    """Why a request should hold this element, and a sentence to begin with."""
    r = rule(Element(code), Language(language))
    return r.why, r.offer


def _must_be_readable(text: object) -> None:
    if not isinstance(text, str):
        raise UnreadableText(f"这不是文本，无法审读。This is not text: {type(text).__name__}.")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UnreadableText(
            "文本超过 1 MB，请只给出要审读的那一封。The text is over 1 MB; give only the message to review."
        )


def _found(page: Page) -> Found:
    cued = {code: _cued(page, r) for code, r in rules(page.language).items()}
    return cued | {code: check(page, cued) for code, check in _checks().items()}


def _cued(page: Page, r: Rule) -> list[Place]:
    # A fault is underlined where its words stand; an element is carried by the whole clause.
    is_element = isinstance(r.code, Element)
    words = page.folded if is_element else page.own
    places: list[Place] = []
    for match in r.cues.finditer(words) if r.cues else ():
        clause = page.clause(*match.span())
        if clause[0] >= clause[1] or (r.unless and r.unless.search(words, *clause)):
            continue
        place = clause if is_element else page.trimmed(match.span())
        if place[0] < place[1] and (not places or place[0] >= places[-1][1]):
            places.append(place)
    return places


@cache
def _checks() -> dict[Element | Fault, Check]:
    names = [m.name for m in iter_modules(checks.__path__)]
    codes: dict[str, Element | Fault] = {str(c): c for c in (*Element, *Fault)}
    return {codes[name]: import_module(f"{checks.__name__}.{name}").check for name in names}


def _findings(page: Page, found: Found) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    for code in Fault:
        r = rule(code, page.language)
        done = 0
        for place in found[code]:
            if place[1] <= done:
                continue  # the wording of the one before stands for these words too
            where, replacement, instead = reworded(page, r, place)
            if where[0] < done:
                where, replacement, instead = place, None, r.offer
            done = where[1]
            findings.append(Finding(code, *where, page.text[slice(*where)], r.why, instead, replacement))
    return tuple(sorted(findings, key=lambda f: (f.start, f.end)))


def _length(text: str, channel: Channel, language: Language) -> Length:
    limits = CHANNEL_LENGTHS[channel]
    if language is Language.EN:
        return Length(len(text.split()), limits[1] if limits else None, "words")
    return Length(sum(map(len, text.split())), limits[0] if limits else None, "characters")
