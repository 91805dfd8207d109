"""Who is asked, which department it is about, what the matter is, by when: each a place of the text, or nothing."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import sqrt
from typing import Final

import numpy as np

from huitong.method.words import Fault
from huitong.review.engine import Reading
from huitong.review.extract.days import NamedDay
from huitong.review.extract.pointer import load_pointer, point, words_of
from huitong.review.house import House
from huitong.review.model import COLUMNS, SLOTS
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
# Two characters alone are hardly a name: 购部 wants its 采 back.
_WHOLE_NAME: Final = 3
_NAME: Final = re.compile(r"(?![和跟与同找请让给对向把由在到从是被的了说问和、])[\u4e00-\u9fff]")
_AGO: Final = (31, 120)
_LONGEST: Final = 120
_MOST_PLACES: Final = 20
_SHORTEST: Final = 2
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
        mass = _Mass(words, likely[:, column])
        best[slot] = _best(page, candidates, mass, min(thresholds[slot], _MOSTLY_THERE.get(slot, 1.0)))
    told = best["matter"]
    if told is None or told.chance < _SURE_OF_MATTER or told.place[1] - told.place[0] < _SHORTEST:
        best["matter"] = _told(read, _Mass(words, likely[:, 2])) or told
    day, sure = _deadline(read, words, likely[:, 3], named, thresholds["deadline"])
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


class _Mass:
    """How much of a slot's chance the words of a place hold together."""

    def __init__(self, words: list[Place], likely: Floats) -> None:
        self.starts, self.ends = [s for s, _ in words], [e for _, e in words]
        self.until = [0.0, *np.cumsum(likely).tolist()]

    def __call__(self, place: Place) -> float:
        first, last = bisect_left(self.starts, place[0]), bisect_right(self.ends, place[1])
        return max(self.until[last] - self.until[first], 0.0) if first < last else 0.0


def _best(page: Page, candidates: list[_Candidate], mass: _Mass, threshold: float) -> _Candidate | None:
    """The name that holds most, wherever it is said: what comes up again is more likely what it is about."""

    def score(candidate: _Candidate) -> float:
        name = page.folded[slice(*candidate.place)]
        again = islice(_again(page.folded, name), _MOST_PLACES) if len(name) > 1 else [candidate.place]
        return max(candidate.chance, sum(sqrt(mass(place)) for place in again))

    best = max(candidates, key=score, default=None)
    return best if best and max(c.chance for c in candidates) >= threshold else None


def _again(text: str, name: str) -> Iterator[Place]:
    at = text.find(name)
    while at >= 0:
        yield at, at + len(name)
        at = text.find(name, at + len(name))


def _told(read: Reading, mass: _Mass) -> _Candidate | None:
    """The clause that tells most of the matter."""
    best = max((p for p in read.clauses if p[1] - p[0] <= _LONGEST), key=mass, default=None)
    return _Candidate(best, 0.0) if best else None


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
    read: Reading, words: list[Place], likely: Floats, named: list[NamedDay], threshold: float
) -> tuple[NamedDay | None, bool]:
    """The named day that is the deadline, as its words and its clause say, and whether that is sure."""
    column = COLUMNS.index("deadline")

    def chance(day: NamedDay) -> float:
        inside = [likely[n] for n, (s, e) in enumerate(words) if s < day.end and day.start < e]
        around = [read.chances[n, column] for n, (s, e) in enumerate(read.clauses) if s < day.end and day.start < e]
        return float(max(inside, default=0.0) + max(around, default=0.0)) / 2

    best = max(named, key=chance, default=None)
    if best is not None and chance(best) >= threshold:
        sure = chance(best) >= _UNSURE
        # A day of the last months that comes again only next year has been, unless it is plainly the deadline.
        has_been = not sure and best.day != best.earlier and _AGO[0] < best.behind < _AGO[1]
        return (replace(best, day=None) if has_been else best), sure
    return None, True
