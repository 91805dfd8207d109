"""The review itself: the networks read the clauses, the rules find the words of a fault, then what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from huitong.method.errors import UnreadableText
from huitong.method.words import CHANNEL_LENGTHS, CHANNEL_NEEDS, Channel, Element, Fault, Language, Length
from huitong.review import checks
from huitong.review.house import NO_HOUSE, House
from huitong.review.model import CODES, ELEMENTS, FAULTS, chances, load
from huitong.review.model.features import kind_of
from huitong.review.model.network import Floats
from huitong.review.page import Page, Place
from huitong.review.results import Finding, Review, Span
from huitong.review.rewrite import reworded
from huitong.review.rules import Rule, rule
from huitong.review.script import language_of

MAX_BYTES: Final = 1_000_000
# From this chance on a clause is looked at for a fault's own words; the words alone never make a fault.
SUSPECTED: Final = 0.005
# A clause beside a clearer one is shown with it if it is as clear as this; a passage elsewhere only if it is clearer.
BESIDE: Final = 0.98
ELSEWHERE: Final = 0.995

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


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the review has read it: its clauses, how likely each carries each of CODES, where each was found."""

    page: Page
    clauses: list[Place]
    chances: Floats
    found: Mapping[Element | Fault, list[Place]]

    @property
    def elements(self) -> dict[Element, list[Place]]:
        return {code: self.found[code] for code in ELEMENTS if self.found[code]}


# A check says what neither chances nor words alone can say: from the reading so far, the places of its fault.
Check = Callable[[Reading], list[Place]]


def review(
    text: str,
    *,
    channel: Channel | str = Channel.EMAIL,
    language: Language | str | None = None,
    house: House = NO_HOUSE,
) -> Review:
    """Say what a request holds, what it lacks and what to mend (method: the fifteen elements, the eight faults).

    `channel` is spoken, chat, email or report; `language` zh, zh-Hant or en, found from the text if None; `house` the
    organisation's own rules and names. Any string will do. Raises UnreadableText for what is not a string or takes more
    than 1 MB, ValueError for an unknown channel or language.
    """
    channel = Channel(channel)
    read = reading(text, language=language, house=house)
    elements = {code: tuple(Span(*p, text[slice(*p)]) for p in places) for code, places in _passages(read).items()}
    needed = (e for e in MATTERS_MOST if e in CHANNEL_NEEDS[channel] and e not in house.off)
    return Review(
        language=read.page.language,
        channel=channel,
        elements=elements,
        missing=tuple(e for e in needed if e not in elements),
        faults=_findings(read, house),
        length=_length(text, channel, read.page.language),
    )


def reading(text: str, *, language: Language | str | None = None, house: House = NO_HOUSE) -> Reading:
    """Read a text and find every code. Raises like review."""
    _must_be_readable(text)
    language = language_of(text) if language is None else Language(language)
    page = Page.of(text, language, house.names)
    clauses = page.clauses()
    likely = chances(page, clauses)
    found: dict[Element | Fault, list[Place]] = {code: [] for code in (*ELEMENTS, *Fault)}
    read = Reading(page, clauses, likely, found)
    said = likely[:, : len(ELEMENTS)] >= load(kind_of(language)).thresholds[: len(ELEMENTS)]
    for n, column in zip(*(x.tolist() for x in said.nonzero()), strict=True):
        code, clause = ELEMENTS[column], clauses[n]
        unless = rule(code, language).unless
        if not (unless and unless.search(page.own, *clause)):
            found[code].append(clause)
    for fault in FAULTS:
        if fault not in _checks():
            found[fault] = faulty(read, fault)
    for fault, check in _checks().items():
        found[fault] = check(read)
    return read


def _must_be_readable(text: object) -> None:
    if not isinstance(text, str):
        raise UnreadableText(f"这不是文本，无法审读。This is not text: {type(text).__name__}.")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UnreadableText(
            "文本超过 1 MB，请只给出要审读的那一封。The text is over 1 MB; give only the message to review."
        )


def _passages(read: Reading) -> dict[Element, list[Place]]:
    """Where each element is told most clearly. Clear clauses of one line, one behind the other, are one passage."""
    passages: dict[Element, list[Place]] = {}
    clauses, rows = read.clauses, read.chances.tolist()
    index = {place: n for n, place in enumerate(clauses)}
    for column, code in enumerate(ELEMENTS):
        if not read.found[code]:
            continue
        told = [index[place] for place in read.found[code]]
        clearest = max(rows[n][column] for n in told)
        runs: list[list[int]] = []
        for n in (n for n in told if rows[n][column] >= BESIDE * clearest):
            if runs and n == runs[-1][-1] + 1 and "\n" not in read.page.text[clauses[n - 1][1] : clauses[n][0]]:
                runs[-1].append(n)
            else:
                runs.append([n])
        shown = (run for run in runs if max(rows[n][column] for n in run) >= ELSEWHERE * clearest)
        passages[code] = [(clauses[run[0]][0], clauses[run[-1]][1]) for run in shown]
    return passages


def faulty(read: Reading, code: Fault) -> list[Place]:
    """Where the fault is: at its own words, or else the whole clause if that is likely enough."""
    page = read.page
    r, column = rule(code, page.language), CODES.index(code)
    likely, threshold = read.chances[:, column], load(kind_of(page.language)).thresholds[column]
    told: dict[int, list[Place]] = {}
    for n in (likely >= SUSPECTED).nonzero()[0].tolist():
        clause = read.clauses[n]
        if not (r.unless and r.unless.search(page.own, *clause)) and not page.in_address_line(clause):
            told[n] = _cued(page, r, clause)
    places: list[Place] = []
    for n, cued in told.items():
        # Beside a clause with the fault's own words another is underlined only if it is as clear.
        clearest = max((likely[m] for m in (n - 1, n + 1) if told.get(m)), default=0)
        if not cued and likely[n] >= max(threshold, BESIDE * clearest):
            cued = [read.clauses[n]]
        places += [p for p in cued if not places or p[0] >= places[-1][1]]
    return places


def _cued(page: Page, r: Rule, clause: Place) -> list[Place]:
    places = (page.trimmed(m.span()) for m in r.cues.finditer(page.own, *clause)) if r.cues else ()
    return [p for p in places if p[0] < p[1]]


@cache
def _checks() -> dict[Fault, Check]:
    names = [m.name for m in iter_modules(checks.__path__)]
    return {Fault(name): import_module(f"{checks.__name__}.{name}").check for name in names}


def _findings(read: Reading, house: House) -> tuple[Finding, ...]:
    page = read.page
    findings: list[Finding] = []
    for code in Fault:
        if code in house.off:
            continue
        r = rule(code, page.language)
        done = 0
        for place in read.found[code]:
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
