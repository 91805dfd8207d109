"""Who is asked, which department it is about, what the matter is, by when: each a place of the text, or nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from huitong.method.words import Fault, Language
from huitong.review.engine import Reading
from huitong.review.extract.days import NamedDay
from huitong.review.extract.deadline import chances_of
from huitong.review.extract.names import names
from huitong.review.extract.pointer import Pointed, point, words_of
from huitong.review.house import House
from huitong.review.model import SLOTS
from huitong.review.model.features import kind_of
from huitong.review.model.network import Floats, Ints
from huitong.review.page import Page, Place
from huitong.review.script import fold

PATHS: Final = dict(zip(SLOTS, ("leader.form_of_address", "other_department.name", "matter", "deadline"), strict=True))
# From this chance on there is none: hardly a request names no other department.
_NONE: Final = {"leader": 0.5, "other_department": 0.7, "matter": 0.8, "deadline": 0.65}
_UNSURE: Final = 0.6
# A word beside the surest one belongs to the same name from this share of its chance on.
_BESIDE: Final = 0.35
_TRIED: Final = 12
# The most words that name a matter, and what each must add: Chinese counts characters.
_MOST_OF_MATTER: Final = {"zh": 20, "en": 8}
_LEAST_ADDED: Final = 0.004
# How much the words of a day count beside how it compares with the other days.
_WORDS_OF_DAY: Final = 0.5
# Two characters alone are hardly a name: 购部 wants its 采 back.
_WHOLE_NAME: Final = 3
_NAME: Final = re.compile(r"(?![和跟与同找请让给对向把由在到从是被的了说问和、])[\u4e00-\u9fff]")
_AGO: Final = (31, 120)
_OURS: Final = {
    "zh": re.compile(r"(?:我|咱|本|俺|敝)(?:们|這邊|这边|等)?的?$"),
    "en": re.compile(r"\b(?:our|my|we in|us in|we at|here in|here at)(?: own)? $"),
}
# What stands at the edge of a form of address or of a matter's name and is no part of it.
_GREETING: Final = {
    "zh": re.compile(r"^(?:尊敬的|亲爱的|致|@)|(?:您好|你好|早上好|上午好|下午好|晚上好|各位|您|你|好|早|安)+$"),
    "en": re.compile(r"^(?:(?:hi|hello|hey|dear|good|morning|afternoon|evening|to|right|okay|ok|so) )+"),
}
_EDGES: Final = {
    "zh": re.compile(
        r"^(?:希望|关于)?[把们的了让想要跟与和就将为因是在到从说请那这]*"
        r"|(?:一事(?:（.{0,30})?|(?:有关|相关)?事宜|的(?:这个)?事(?:情|儿)?.{0,2}|的时候|[的之]问题)?[卡还在跟把到让被给从由与和的了将也都能]*$"
    ),
    "en": re.compile(
        r"^(?:(?:and|of|to|in|on|at|for|with|that|is|it's|get|have|having|about|so|but) )+"
        r"|(?: (?:and|of|to|in|on|at|for|with|that|is|was|has|have|the|a|an|by|from|before|it|i|we|they|still|now))+$"
    ),
}
_GRAMMAR: Final = frozenset("和跟与同找请让给对向把由在到从是被的了说问将为想要就也都那这您你我们于、“《「")
_CLOSING: Final = re.compile("一事|事宜|这件事")  # "热水管线更换一事": behind the whole name of the matter
_MOST_CUT: Final = 2  # characters that a name may have lost at either end
_KNOWN: Final = 2.0  # more than any guess


@dataclass(frozen=True, slots=True)
class Slots:
    """Places in the text. `uncertain` are paths of the brief that were guessed."""

    leader: Place | None
    other_department: Place | None
    matter: Place | None
    deadline: NamedDay | None
    uncertain: tuple[str, ...]


class _Words:
    """The words of a text, and what the pointer says of them."""

    def __init__(self, read: Reading) -> None:
        self.page, self.clauses = read.page, read.clauses
        self.words = words_of(read.page)
        self.said: Pointed = point(read.page, self.words, read.clauses, read.chances)
        self.starts: Ints = np.array([s for s, _ in self.words], dtype=np.int64)
        self.ends: Ints = np.array([e for _, e in self.words], dtype=np.int64)
        firsts = [s for s, _ in read.clauses]
        self.owners = np.searchsorted(firsts, self.starts, side="right")
        self.blank = np.zeros(len(self.words), dtype=bool)
        for start, end in read.found[Fault.PLACEHOLDER]:
            self.blank |= (self.starts < end) & (self.ends > start)

    def share(self, slot: str) -> Floats:
        return np.where(self.blank, 0, self.said.share[:, SLOTS.index(slot)])

    def within(self, place: Place) -> slice:
        """Which words the place touches."""
        return slice(int(np.searchsorted(self.ends, place[0], "right")), int(np.searchsorted(self.starts, place[1])))

    def runs(self, slot: str) -> Iterator[Place]:
        """Runs of words that belong together, each within its clause, around the words most pointed at."""
        share, inside = self.share(slot), self.said.inside[:, SLOTS.index(slot)]
        done: set[int] = set()
        for n in share.argsort()[::-1][:_TRIED].tolist():
            if n in done or not share[n]:
                continue
            first = last = n
            while first and self._joins(first - 1, n, inside):
                first -= 1
            while last + 1 < len(self.words) and self._joins(last + 1, n, inside):
                last += 1
            while first and self._wants_one_more(first, last):
                first -= 1
            done.update(range(first, last + 1))
            yield self.page.trimmed((self.words[first][0], self.words[last][1]))

    def _joins(self, n: int, best: int, inside: Floats) -> bool:
        return bool(self.owners[n] == self.owners[best] and inside[n] >= _BESIDE * inside[best] and not self.blank[n])

    def _wants_one_more(self, first: int, last: int) -> bool:
        (start, end), after = self.words[first - 1], self.words[first][0]
        short = self.words[last][1] - after < _WHOLE_NAME and self.owners[first - 1] == self.owners[first]
        return short and end == after and bool(_NAME.fullmatch(self.page.folded, start, end))


def slots(read: Reading, named: list[NamedDay], house: House) -> Slots:
    """The four slots of a text, as far as it says them. `named` are its days."""
    words = _Words(read)
    leader = _most_pointed(words, "leader", words.runs("leader"))
    if leader:
        leader = _stripped(read.page, leader[0], _GREETING), leader[1]
    department = _department(words, house)
    matter = _matter(words)
    day, sure = _deadline(read, words, named)
    found = {"leader": leader, "other_department": department, "matter": matter}
    doubtful = [PATHS[slot] for slot, best in found.items() if best and best[1] < _UNSURE]
    return Slots(
        leader=leader and leader[0],
        other_department=department and department[0],
        matter=matter and matter[0],
        deadline=day,
        uncertain=(*doubtful, *(() if sure else ("deadline",))),
    )


def _most_pointed(words: _Words, slot: str, candidates: Iterable[Place]) -> tuple[Place, float] | None:
    """The name that is pointed at most wherever it stands: what comes up again is more likely what it is about."""
    if words.said.none[SLOTS.index(slot)] >= _NONE[slot]:
        return None
    share = words.share(slot)
    total: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, Place]] = {}
    for place in set(candidates):
        if place[0] < place[1]:
            name, chance = words.page.folded[slice(*place)], float(share[words.within(place)].sum())
            total[name] += chance
            best[name] = max(best.get(name, (-1.0, place)), (chance, place))
    name = max(total, key=lambda n: (total[n], n), default="")
    return (best[name][1], min(total[name], 1.0)) if total.get(name) else None


def _department(words: _Words, house: House) -> tuple[Place, float] | None:
    page = words.page
    for name in house.departments:
        at = page.folded.find(fold(name, page.language))
        if at >= 0 and not _ours(page, (at, at + len(name))):
            return (at, at + len(name)), _KNOWN
    candidates = names(page, words.words[-1][1] if words.words else 0)
    named = np.zeros(len(page.text) + 1, dtype=bool)
    for start, end in candidates:
        named[start:end] = True
    candidates += [(start, end) for start, end in words.runs("other_department") if not named[start:end].any()]
    found = _most_pointed(words, "other_department", (p for p in candidates if not _ours(page, p)))
    return found and ((_without_edges(words, "other_department", found[0])[0], found[0][1]), found[1])


def _without_edges(words: _Words, slot: str, place: Place) -> Place:
    """The place without words at its ends that are hardly part of the name."""
    within = words.within(place)
    inside = words.said.inside[within, SLOTS.index(slot)]
    if not len(inside):
        return place
    part = within.start + np.flatnonzero(inside >= _BESIDE * inside.max())
    start, end = max(place[0], words.words[part[0]][0]), min(place[1], words.words[part[-1]][1])
    return words.page.trimmed((start, end)) if end - start >= _WHOLE_NAME else place


def _matter(words: _Words) -> tuple[Place, float] | None:
    """The few words of one clause that hold most of what is pointed at."""
    column = SLOTS.index("matter")
    if not words.words or words.said.none[column] >= _NONE["matter"]:
        return None
    share = words.share("matter")
    gained = np.concatenate([[0.0], np.cumsum(share - _LEAST_ADDED)])
    best, place = 0.0, None
    for length in range(1, min(_MOST_OF_MATTER[kind_of(words.page.language)], len(words.words)) + 1):
        whole = words.owners[length - 1 :] == words.owners[: len(words.words) - length + 1]
        gains = np.where(whole, gained[length:] - gained[:-length], 0)
        if len(gains) and gains.max() > best:
            first = int(gains.argmax())
            best, place = float(gains.max()), (words.words[first][0], words.words[first + length - 1][1])
    if place is None:
        return None
    place = _stripped(words.page, _without_edges(words, "matter", place), _EDGES)
    if words.page.language is not Language.EN:
        place = _stripped(words.page, _whole(words, place), _EDGES)
    return place, best


def _stripped(page: Page, place: Place, edges: dict[str, re.Pattern[str]]) -> Place:
    """The place without what only stands at its edges, unless nothing would be left."""
    pattern = edges[kind_of(page.language)]
    start, end = place
    for match in pattern.finditer(page.folded[start:end]):
        if match.start() == 0:
            start += match.end()
        else:
            end = min(end, place[0] + match.start())
    stripped = page.trimmed((start, end))
    return stripped if stripped[0] < stripped[1] else place


def _whole(words: _Words, place: Place) -> Place:
    """The place with the one or two characters on either side up to a word of grammar or the clause's end.

    Before "一事" the name is all that stands there.
    """
    folded, (start, end) = words.page.folded, place
    first, last = next(((s, e) for s, e in words.clauses if s <= start < e), place)
    most = _MOST_CUT
    if closing := _CLOSING.search(folded, end, last):
        last, most = closing.start(), last - first
    return start - _cut(folded[first:start][::-1], most), end + _cut(folded[end:last], most)


def _cut(beside: str, most: int) -> int:
    """How many of the characters beside a name belong to it: none unless they soon end."""
    ends = (n for n, c in enumerate(beside[: most + 1]) if c in _GRAMMAR or not c.isalnum())
    count = next(ends, len(beside))
    return count if count <= most else 0


def _ours(page: Page, place: Place) -> bool:
    return bool(_OURS[kind_of(page.language)].search(page.folded, max(0, place[0] - 12), place[0]))


def _deadline(read: Reading, words: _Words, named: list[NamedDay]) -> tuple[NamedDay | None, bool]:
    """The named day that is the deadline, and whether that is sure."""
    named, chances, none = chances_of(read.page, words.words, read.clauses, read.chances, named)
    blanks = read.found[Fault.PLACEHOLDER]
    share, weight = words.share("deadline"), 1 + _WORDS_OF_DAY
    of_none = (none + _WORDS_OF_DAY * float(words.said.none[SLOTS.index("deadline")])) / weight
    total: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, NamedDay]] = {}
    for day, chance in zip(named, chances.tolist(), strict=True):
        if any(day.start < e and s < day.end for s, e in blanks):
            continue
        text = read.page.folded[day.start : day.end]
        likely = (chance + _WORDS_OF_DAY * float(share[words.within((day.start, day.end))].sum())) / weight
        total[text] += likely
        if text not in best or likely > best[text][0]:
            best[text] = likely, day
    text = max(total, key=lambda t: (total[t], t), default="")
    if not text or of_none >= _NONE["deadline"]:
        return None, True
    day, sure = best[text][1], total[text] >= _UNSURE
    # A day of the last months that comes again only next year has been, unless it is plainly the deadline.
    has_been = not sure and day.day != day.earlier and _AGO[0] < day.behind < _AGO[1]
    return (replace(day, day=None) if has_been else day), sure
