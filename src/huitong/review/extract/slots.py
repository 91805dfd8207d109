"""Who is asked, which department it is about, what the matter is, by when: each a place of the text, or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from huitong.method.words import Element, Fault
from huitong.review.engine import Reading
from huitong.review.extract.days import NamedDay
from huitong.review.extract.pointer import SLOTS, load_pointer, point, words_of
from huitong.review.house import House
from huitong.review.model.features import kind_of
from huitong.review.model.network import Floats
from huitong.review.page import Page, Place
from huitong.review.script import fold

PATHS: Final = dict(zip(SLOTS, ("leader.form_of_address", "other_department.name", "matter", "deadline"), strict=True))
# A word beside the best one belongs to it from this share of its chance on.
_BESIDE: Final = {"leader": 0.35, "other_department": 0.35, "matter": 0.35}
_UNSURE: Final = 0.6
# Below this a whole clause tells the matter better than the few words that may be its name.
_SURE_OF_MATTER: Final = 0.9
# A name that is said again is more likely the one that it is about.
_AGAIN: Final = 0.15
# Two characters alone are hardly a name: 购部 wants its 采 back.
_WHOLE_NAME: Final = 3
_NAME: Final = re.compile(r"(?![和跟与同找请让给对向把由在到从是被的了说问和、])[\u4e00-\u9fff]")
_SUBJECT: Final = re.compile(
    r"^[ \t]{0,4}(?:主题|主旨|标题|事由|subject|re|title)[ \t]{0,2}[:：][ \t]{0,4}([^\n]{2,80})", re.MULTILINE
)
_AGO: Final = (31, 120)
_LONGEST: Final = 80
_SHORTEST: Final = 2
_TELLING: Final = (Element.PURPOSE, Element.SITUATION, Element.ASK)
# Hardly a request without them: the best guess is better than none.
_MOSTLY_THERE: Final = {"other_department": 0.02, "matter": 0.35}
_OURS: Final = {
    "zh": re.compile(r"(?:我|咱|本|俺|敝)(?:们|這邊|这边|等)?的?$"),
    "en": re.compile(r"\b(?:our|my|we in|us in|we at|here in|here at)(?: own)? $"),
}


@dataclass(frozen=True, slots=True)
class Slots:
    """Places in the text. `uncertain` are paths of the brief that were guessed."""

    leader: Place | None
    other_department: Place | None
    matter: Place | None
    deadline: NamedDay | None
    uncertain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    chance: float


def slots(read: Reading, named: list[NamedDay], house: House) -> Slots:
    """The four slots of a text, as far as it says them. `named` are its days."""
    page = read.page
    words = words_of(page)
    likely = point(page, words, read.clauses, read.chances)
    thresholds = dict(zip(SLOTS, load_pointer(kind_of(page.language)).thresholds, strict=True))
    best: dict[str, _Candidate | None] = {}
    blanks = read.found[Fault.PLACEHOLDER]
    for column, slot in enumerate(SLOTS[:3]):
        candidates = [
            c
            for c in _candidates(page, words, likely[:, column], read.clauses, _BESIDE[slot])
            if not any(c.place[0] < e and s < c.place[1] for s, e in blanks)
        ]
        if slot == "other_department":
            candidates = [*_known(page, house), *(c for c in candidates if not _ours(page, c.place))]
        best[slot] = _best(page, candidates, min(thresholds[slot], _MOSTLY_THERE.get(slot, 1.0)))
    told = best["matter"]
    if told is None or told.chance < _SURE_OF_MATTER or told.place[1] - told.place[0] < _SHORTEST:
        best["matter"] = _told(read, words, likely[:, 2]) or told
    day, sure = _deadline(words, likely[:, 3], named, thresholds["deadline"], page)
    doubtful = [PATHS[slot] for slot, found in best.items() if found and found.chance < _UNSURE]
    leader, department, matter = (c.place if (c := best[slot]) else None for slot in SLOTS[:3])
    return Slots(leader, department, matter, day, (*doubtful, *(() if sure else ("deadline",))))


def _candidates(
    page: Page, words: list[Place], likely: Floats, clauses: list[Place], beside: float
) -> Iterator[_Candidate]:
    """Runs of words that may be it, each within its clause."""
    ends = sorted(end for _, end in clauses)
    done = -1
    for n in likely.argsort()[::-1][:12].tolist():
        if n <= done or likely[n] < 0.02:
            continue
        clause_end = next((e for e in ends if words[n][0] < e), len(page.text))
        clause_begin = next((s for s, e in clauses if s <= words[n][0] < e), words[n][0])
        first = last = n
        while first and words[first - 1][0] >= clause_begin and likely[first - 1] >= beside * likely[n]:
            first -= 1
        while last + 1 < len(words) and words[last + 1][1] <= clause_end and likely[last + 1] >= beside * likely[n]:
            last += 1
        while (
            first
            and words[last][1] - words[first][0] < _WHOLE_NAME
            and _NAME.fullmatch(page.folded, max(clause_begin, words[first - 1][0]), words[first][0])
        ):
            first -= 1
        place = page.trimmed((words[first][0], words[last][1]))
        if place[0] < place[1]:
            yield _Candidate(place, float(likely[n]))


def _best(page: Page, candidates: list[_Candidate], threshold: float) -> _Candidate | None:
    def score(candidate: _Candidate) -> float:
        name = page.folded[slice(*candidate.place)]
        said = min(page.folded.count(name), 4) if len(name) > 1 else 1
        return candidate.chance + _AGAIN * (said - 1)

    best = max(candidates, key=score, default=None)
    return best if best and max(c.chance for c in candidates) >= threshold else None


def _told(read: Reading, words: list[Place], likely: Floats) -> _Candidate | None:
    """The clause that tells most of the matter: a subject line or what the writer comes for, if one is short enough."""
    page = read.page
    heads = [m.span(1) for m in _SUBJECT.finditer(page.folded)]
    said = (*heads, *(p for code in _TELLING for p in read.elements.get(code, ())))
    clauses = [page.trimmed(p) for p in said if p[1] - p[0] <= _LONGEST]

    def mass(place: Place) -> float:
        return float(sum(likely[n] for n, (s, e) in enumerate(words) if place[0] <= s and e <= place[1]))

    best = max(clauses, key=mass, default=None)
    return _Candidate(best, 0.0) if best and best[0] < best[1] else None


def _ours(page: Page, place: Place) -> bool:
    return bool(_OURS[kind_of(page.language)].search(page.folded, max(0, place[0] - 12), place[0]))


def _known(page: Page, house: House) -> Iterator[_Candidate]:
    """The house's own departments where the text names them."""
    for name in house.departments:
        folded = fold(name, page.language)
        at = page.folded.find(folded)
        if at >= 0 and not _ours(page, (at, at + len(name))):
            yield _Candidate((at, at + len(name)), 0.7)


def _deadline(
    words: list[Place], likely: Floats, named: list[NamedDay], threshold: float, page: Page
) -> tuple[NamedDay | None, bool]:
    """The named day that is the deadline, and whether that is sure."""

    def chance(day: NamedDay) -> float:
        inside = [likely[n] for n, (s, e) in enumerate(words) if s < day.end and day.start < e]
        return float(max(inside, default=0.0))

    best = max(named, key=chance, default=None)
    if best is not None and chance(best) >= threshold:
        sure = chance(best) >= _UNSURE
        # A day of the last months that comes again only next year has been, unless it is plainly the deadline.
        has_been = not sure and best.day != best.earlier and _AGO[0] < best.behind < _AGO[1]
        return (replace(best, day=None) if has_been else best), sure
    return None, True
