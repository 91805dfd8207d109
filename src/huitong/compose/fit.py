"""Fitting a template to its length: what is needed goes in first, at its shortest; then by rank, as full as fits.

A text is a list of units (a sentence, or one item of a list), each with its forms from fullest to shortest. Their sizes
add up, so that one pass over the units decides.
"""

from dataclasses import dataclass, replace
from typing import Final

from huitong.compose.facts import Facts
from huitong.compose.items import Item
from huitong.compose.language import aloud, count, cut, join_items, join_seam, without_asides
from huitong.compose.pattern import Fact, Pattern, fill, first
from huitong.compose.template import Part, Template, words
from huitong.method import Language, chinese_number

_LONG: Final = {"characters": 48, "words": 28}  # a line above this may be shortened to make room for another
_WEIGHED_STEP: Final = 4  # ranks between the items of a list that is told by weight
_CLAUSE: Final = 1  # room for the first clause only
_ANY: Final = 10_000  # room for all of it but what stands in brackets
# Said aloud though never shortened; names are never said otherwise than they are written.
_TIMED: Final = frozenset({"deadline", "deadline_day", "due", "due_before", "said", "Said", "asked", "how"})
_SAID: Final = -1  # all of it but codes in brackets, as it is said aloud


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence (or list) of the finished text. `opens` says what stands before it."""

    text: str
    opens: str
    part: Part


@dataclass(frozen=True, slots=True)
class Fitted:
    segments: tuple[Segment, ...]
    body: str
    told: frozenset[str]  # the paths that are told in full


@dataclass(slots=True)
class _Unit:
    part: int
    index: int
    needed: bool
    together: bool
    rank: int
    forms: list[Fact]
    sizes: list[int]
    held: int
    later: int
    favoured: bool
    chosen: int | None = None

    @property
    def size(self) -> int:
        return 0 if self.chosen is None else self.sizes[self.chosen]


def fit(template: Template, facts: Facts, limit: int | None) -> Fitted:
    """The template filled with the facts, within `limit` (in the language's unit) unless what is needed is longer."""
    unit = words(facts.language)["unit"]
    spaced = words(facts.language)["spaced"]
    leads: list[Fact] = []
    around: list[int] = []
    units: list[_Unit] = []
    shorten = _Shorten(facts.language, aloud=template.aloud)
    for number, part in enumerate(template.parts):
        lead = Fact("")
        if _wanted(part, facts):
            lead = first(part.lead, facts.slots, spaced=spaced) or Fact("")
            units += _units(part, number, facts, shorten, limit=limit)
        leads.append(lead)
        around.append(count(lead.text, unit) + _marks(part.end, unit))
    _choose(units, around, limit)
    return _write(template, facts, units, leads, spaced=spaced)


def _marks(text: str, unit: str) -> int:
    """What we set around items: punctuation counts as characters, but makes no word."""
    return count(text, unit) if unit == "characters" else sum(any(map(str.isalnum, t)) for t in text.split())


def _wanted(part: Part, facts: Facts) -> bool:
    return (not part.when or facts.has(part.when)) and not (part.unless and facts.has(part.unless))


def _units(part: Part, number: int, facts: Facts, shorten: "_Shorten", *, limit: int | None) -> list[_Unit]:
    items: list[Item] = facts.lists.get(part.each, []) if part.each else [{}]
    places = _places(part, facts, len(items))
    step = _WEIGHED_STEP if part.leading == "weightiest" else 1  # what says less lets others come before it
    extra = _marks(part.between, shorten.unit)
    units = []
    for index, item in enumerate(items):
        slots = facts.slots | item if item else facts.slots
        together = part.needed == "all"
        place = places[index]
        needed = together or (bool(part.needed) and place == 0)
        rooms = (_ANY, shorten.long, _CLAUSE) if needed else (_ANY, shorten.long)
        forms = shorten.forms(part, slots, rooms if limit is not None else ())
        if not together:  # items of a list told whole stay level with each other
            forms = list(dict.fromkeys(forms))
        if forms:
            sizes = [count(f.text, shorten.unit) + extra for f in forms]
            rank = part.then + 1 + (place - 1) * step if place else part.rank
            if part.longest:
                held = next((n for n, size in enumerate(sizes) if size <= part.longest), len(sizes))
            else:
                held = sum(p.needs <= slots.keys() for p in part.text[: part.held])
            favoured = "leaning" in item
            units.append(_Unit(number, index, needed, together, rank, forms, sizes, held, part.later, favoured))
    return units


def _places(part: Part, facts: Facts, number: int) -> dict[int, int]:
    """When each item of the part's list gets room: the leading one at 0."""
    order = list(range(number))
    if part.leading == "last":
        order.reverse()
    elif part.leading == "weightiest":
        order = facts.weighed.get(part.each, order)
    return {index: place for place, index in enumerate(order)}


class _Shorten:
    """The forms of a sentence from fullest to shortest; each long field is shortened once for all that hold it."""

    def __init__(self, language: Language, *, aloud: bool) -> None:
        ready = words(language)
        self.unit, self.spaced, self.long = ready["unit"], ready["spaced"], _LONG[ready["unit"]]
        self._aloud, self._clock = aloud, ready["clock"]
        self._known: dict[tuple[str, int], Fact] = {}

    def forms(self, part: Part, slots: Item, rooms: tuple[int, ...]) -> list[Fact]:
        patterns = [p for p in part.text if p.needs <= slots.keys()]
        used = frozenset().union(*(p.slots for p in patterns))
        if self._aloud:
            timed = {name: slots[name] for name in _TIMED & used & slots.keys()}
            slots = slots | {name: replace(fact, text=aloud(fact.text, self._clock)) for name, fact in timed.items()}
        whole = slots | self._shorter(slots, used, _SAID) if self._aloud else slots
        shorter = [self._shorter(slots, used, room) for room in rooms]
        told = [whole, *(slots | short for short in shorter if short or part.needed == "all")]
        if part.longest:  # a wording loses what it can spare before the next one is taken
            return [self._filled(p, slots) for p in patterns for slots in told]
        return [self._filled(p, slots) for slots in told for p in patterns]

    def _filled(self, pattern: Pattern, slots: Item) -> Fact:
        return fill(pattern, slots, spaced=self.spaced) or Fact("")

    def _shorter(self, slots: Item, used: frozenset[str], room: int) -> Item:
        long = {name: slots[name] for name in used if name in slots and slots[name].long}
        short = {name: self._short(fact, room) for name, fact in long.items()}
        return {name: fact for name, fact in short.items() if fact.text != long[name].text}

    def _short(self, fact: Fact, room: int) -> Fact:
        known = self._known.get((fact.text, room))
        if known is None:
            text = without_asides(fact.text, codes=room == _SAID)
            text = text if room == _SAID else cut(text, room, self.unit)
            said = aloud(text, self._clock) if self._aloud else text
            known = self._known[fact.text, room] = Fact(said, fact.paths if text == fact.text else frozenset())
        return known


def _choose(units: list[_Unit], around: list[int], limit: int | None) -> None:
    if limit is None:
        for u in units:
            u.chosen = 0
        return
    total = 0
    opened: set[int] = set()
    for u in (u for u in units if u.needed):
        u.chosen = min(range(len(u.sizes)), key=lambda i, u=u: (u.sizes[i], i))  # type: ignore[misc]
        total += u.size + (0 if u.part in opened else around[u.part])
        opened.add(u.part)
    leading: dict[int, _Unit] = {}
    for group, fullest in _groups(units):
        if leading.setdefault(group[0].part, group[0]).chosen is None and group[0] is not leading[group[0].part]:
            continue  # what comes second in a list is not told without the first
        extra = 0 if group[0].part in opened else around[group[0].part]
        before = sum(u.size for u in group)
        for level in range(fullest, max(len(u.forms) for u in group)):
            levels = [min(level, len(u.forms) - 1) for u in group]
            after = sum(u.sizes[i] for u, i in zip(group, levels, strict=True))
            if total - before + after + extra <= limit:
                total += after - before + extra
                opened.add(group[0].part)
                for u, i in zip(group, levels, strict=True):
                    u.chosen = i
                break
        for u in sorted(group, key=lambda u: not u.favoured) if len(group) > 1 else []:
            for level in range(fullest, u.chosen or 0):
                if total - u.size + u.sizes[level] <= limit:
                    total += u.sizes[level] - u.size
                    u.chosen = level
                    break


def _groups(units: list[_Unit]) -> list[tuple[list[_Unit], int]]:
    """The units by rank, each with the fullest form that it may take then.

    Those of a list that is told whole go together, each as full as the others (the favoured one fuller if there is no
    room for all); their fullest form waits for its own rank.
    """
    groups: dict[tuple[int, int], list[_Unit]] = {}
    for u in units:
        groups.setdefault((u.part, -1 if u.together else u.index), []).append(u)
    turns = [(group[0].rank, group, group[0].held) for group in groups.values()]
    turns += [(group[0].later, group, 0) for group in groups.values() if group[0].held]
    return [(group, fullest) for _, group, fullest in sorted(turns, key=lambda turn: turn[0])]


def _write(template: Template, facts: Facts, units: list[_Unit], leads: list[Fact], *, spaced: bool) -> Fitted:
    by_part: dict[int, list[_Unit]] = {}
    for u in units:
        if u.chosen is not None:
            by_part.setdefault(u.part, []).append(u)
    segments: list[Segment] = []
    told: set[str] = set()
    pending, headings, body = "", 0, ""
    for number, part in enumerate(template.parts):
        chosen = by_part.get(number, [])
        if not chosen and segments and segments[-1].part.element == part.element:
            continue  # another wording of what has just been said
        pending = max(part.opens if _wanted(part, facts) else "", pending, key=_weight)
        if not chosen:
            continue
        forms = [u.forms[u.chosen or 0] for u in chosen]
        told.update(*(f.paths for f in forms))
        text = join_items([f.text for f in forms], part.between, part.end)
        text = join_seam(leads[number].text, text, spaced=spaced)
        if part.heading:
            headings += 1
            title = template.heading.format(number=chinese_number(headings), title=part.heading)
            text, pending = f"{title}\n{text}", "paragraph"
        opens = pending if body else ""
        body += _SPACE.get(opens, template.joint) + text if body else text
        segments.append(Segment(text, opens, part))
        pending = ""
    return Fitted(tuple(segments), body, frozenset(told))


_SPACE: Final = {"line": "\n", "paragraph": "\n\n"}


def _weight(opens: str) -> int:
    return ("", "line", "paragraph").index(opens)
