"""What stands beside a text: what to mend, what is missing, what is there; at most five things at once."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils import translation

from huitong.directory.wording import TO_DJANGO, day_text
from huitong.matters.dismissed import NOTHING_ASIDE, Aside
from huitong.matters.prepare import mark
from huitong.matters.questions import ASKED_BY
from huitong.method import CHANNEL_NEEDS, Brief, Channel, Element, Fault, Language
from huitong.method.words import element_name, fault_name
from huitong.review import Finding, Review, missing_advice, review, standing

AT_ONCE: Final = 5
# These harm a request that lacks nothing else; the other faults come after what is missing.
GRAVE: Final = (Fault.PLACEHOLDER, Fault.ULTIMATUM, Fault.BLAME, Fault.COMMAND)
_SOON: Final = re.compile(r"[尽盡]快|[尽盡]早|早日|\b(?:as soon as possible|asap|soon|quickly)\b", re.IGNORECASE)

_FULL_STOPS: Final = ("。", "！", "？", ".", "!", "?")
# What leans on a sentence before or after it does not stand alone.
_LEANS: Final = re.compile(
    r"方案|选项|選項|[一二三四五]、|也可以|另外|此外|(?i:option|another|alternatively|or)\b|.*(?:如下|below|as follows)"
)
_SENTENCE: Final = {
    Language.ZH: re.compile(r"[^。！？\n]+[。！？]*[”’」）]?"),
    Language.ZH_HANT: re.compile(r"[^。！？\n]+[。！？]*[”’」）]?"),
    Language.EN: re.compile(r"\S[^\n]*?(?:[.!?]+[”\")]?(?=\s|$)|(?=\n|$))"),
}


@dataclass(frozen=True, slots=True)
class Mend:
    """A fault: the clause at `start` (characters of the text; `at` and `to` count as scripts do, in UTF-16 units).

    `wording` may stand in place of the clause as it is ("" leaves it out); None: the requester has to find the words,
    and `hint` asks for them.
    """

    number: int
    key: str
    name: str
    why: str
    hint: str
    clause: str
    start: int
    at: int
    to: int
    wording: str | None


@dataclass(frozen=True, slots=True)
class Lack:
    """A missing element. `sentence` can be put in at `at` as it is; `example` only shows how.

    `inserted` is the sentence with what joins it to the text, `asked_by` the group and question that ask for it.
    """

    code: Element
    key: str
    name: str
    why: str
    sentence: str
    inserted: str
    example: str
    at: int
    asked_by: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the text, underlined with its finding's number, or 0."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Margin:
    """`more` things wait behind the ones shown; `aside` have been put aside."""

    mend: tuple[Mend, ...]
    lacking: tuple[Lack, ...]
    more: int
    aside: int
    there: tuple[str, ...]
    optional: tuple[str, ...]
    runs: tuple[Run, ...]


def margin(
    text: str, found: Review, brief: Brief, *, composed: Callable[[], Iterable[str]], aside: Aside = NOTHING_ASIDE
) -> Margin:
    """The margin of a text. `composed` gives the matter's composed texts: sentences of one's own facts to begin with.

    `aside` is what the requester has put aside in this text.
    """
    faults = sorted(standing(found, aside.findings), key=lambda f: (list(Fault).index(f.code), f.start))
    grave = [f for f in faults if f.code in GRAVE]
    mild = [f for f in faults if f.code not in GRAVE]
    missing = [e for e in found.missing if e not in aside.elements]
    things: list[Finding | Element] = [*grave, *missing, *mild]
    shown = things[:AT_ONCE]
    mend = _mend(sorted((t for t in shown if isinstance(t, Finding)), key=lambda f: f.start), text, brief)
    bodies = list(composed()) if missing else []
    ours = _reader()
    return Margin(
        mend=mend,
        lacking=tuple(_lack(e, text, found, bodies) for e in shown if isinstance(e, Element)),
        more=len(things) - len(shown),
        aside=len(found.faults) + len(found.missing) - len(things),
        there=tuple(element_name(e, ours) for e in found.elements),
        optional=tuple(
            element_name(e, ours) for e in Element if e not in found.elements and e not in CHANNEL_NEEDS[found.channel]
        ),
        runs=_runs(text, mend),
    )


def mend_key(finding: Finding) -> str:
    """Names one finding of one text: its code, place and words."""
    return f"{finding.code}:{finding.start}:{mark(finding.text)}"


def mended(text: str, *, start: int, clause: str, wording: str) -> str | None:
    """The text with the clause replaced, where it stood or the only place where it stands now; None if it is gone."""
    if not clause:
        return None
    if text[start : start + len(clause)] != clause:
        if text.count(clause) != 1:
            return None
        start = text.index(clause)
    return text[:start] + wording + text[start + len(clause) :]


def inserted(text: str, lack: Lack) -> str:
    at = len(text.encode("utf-16-le")[: 2 * lack.at].decode("utf-16-le"))
    return text[:at] + lack.inserted + text[at:]


def _reader() -> Language:
    return Language.EN if (translation.get_language() or "").startswith("en") else Language.ZH


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _mend(findings: Iterable[Finding], text: str, brief: Brief) -> tuple[Mend, ...]:
    return tuple(
        Mend(
            number=number,
            key=mend_key(f),
            name=fault_name(f.code, _reader()),
            why=f.why,
            hint=f.instead,
            clause=f.text,
            start=f.start,
            at=_units(text[: f.start]),
            to=_units(text[: f.end]),
            wording=_wording(f, brief),
        )
        for number, f in enumerate(findings, start=1)
    )


def _wording(finding: Finding, brief: Brief) -> str | None:
    """The review's wording, or the matter's own day in place of “soon”."""
    soon = _SOON.search(finding.text)
    if finding.replacement is not None or finding.code is not Fault.VAGUE or brief.deadline is None or soon is None:
        return finding.replacement
    with translation.override(TO_DJANGO.get(brief.lang)):
        day = day_text(brief.deadline, weekday=brief.lang is not Language.ZH_HANT, relative=False)
    day = day.replace("\u00a0", " ")
    by_day = f"by {day}" if brief.lang is Language.EN else f"在 {day}前"
    return finding.text[: soon.start()] + by_day + finding.text[soon.end() :]


def _lack(code: Element, text: str, found: Review, bodies: list[str]) -> Lack:
    asked_by = ASKED_BY.get(code)
    begin = missing_advice(code, found.language)[1]
    # An example's facts are not this matter's: only what holds none may be put in as it is.
    sentence = _own_sentence(code, text, found, bodies) or ("" if asked_by else begin)
    at, put_in = _placed(code, text, found, sentence)
    return Lack(
        code=code,
        key=str(code),
        name=element_name(code, _reader()),
        why=missing_advice(code, _reader())[0],
        sentence=sentence,
        inserted=put_in,
        example="" if sentence else begin,
        at=_units(text[:at]),
        asked_by=asked_by,
    )


def _own_sentence(code: Element, text: str, found: Review, bodies: list[str]) -> str:
    """The composed sentence that says this and least else, and says it when it stands alone."""
    best, fewest = "", len(Element)
    for body in bodies:
        for span in review(body, channel=found.channel, language=found.language).elements.get(code, ()):
            sentences = _SENTENCE[found.language].finditer(body)
            sentence = next((m[0].strip() for m in sentences if m.start() <= span.start < m.end()), "")
            if not sentence.endswith(_FULL_STOPS) or sentence in text:
                continue  # a heading is no sentence
            if _LEANS.match(sentence):
                continue
            says = review(sentence, channel=found.channel, language=found.language).elements
            if code in says and len(says) < fewest and not _opens(says, code):
                best, fewest = sentence, len(says)
    return best


def _opens(says: Collection[Element], code: Element) -> bool:
    # What says why one comes belongs at the head; put in for something else it would say it twice.
    return code is not Element.GREETING and any(
        e in says and e is not code for e in (Element.GREETING, Element.PURPOSE)
    )


def _placed(code: Element, text: str, found: Review, sentence: str) -> tuple[int, str]:
    """Where the sentence goes: the greeting first; any other after the last sentence of what comes before it."""
    letter = found.channel in (Channel.EMAIL, Channel.REPORT)
    joint = " " if found.language is Language.EN else ""
    if code is Element.GREETING:
        return 0, sentence + ("\n\n" if letter else joint or "")
    order = list(Element)
    ends = [s.end for e, spans in found.elements.items() if order.index(e) < order.index(code) for s in spans]
    if not ends:
        return len(text), (joint if text and not text.endswith("\n") else "") + sentence
    last = max(ends) - 1
    sentences = _SENTENCE[found.language].finditer(text)
    at = next((m.end() for m in sentences if m.start() <= last < m.end()), last + 1)
    return at, joint + sentence


def _runs(text: str, mend: Iterable[Mend]) -> tuple[Run, ...]:
    runs, at = [], 0
    for m in mend:
        if m.start < at:
            continue  # two findings on the same words: one underline
        runs += [Run(text[at : m.start]), Run(m.clause, m.number)]
        at = m.start + len(m.clause)
    return tuple(r for r in (*runs, Run(text[at:])) if r.text)
