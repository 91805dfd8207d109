"""Free text into a brief: what it says goes to its field, with the words that it came from; the rest stays out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from huitong.method.words import Element, Language
from huitong.review.engine import Reading, reading
from huitong.review.extract.days import NO_DAY, NamedDay, days
from huitong.review.extract.parts import ALTERNATIVE, CHANNELS, CONTACT, HEAD, MINUTES, WHEN, minutes_in, signature
from huitong.review.extract.slots import slots
from huitong.review.house import NO_HOUSE, House
from huitong.review.page import Place

_MOST_ITEMS: Final = 20
_LINES: Final = (Element.SITUATION, Element.IMPORTANCE, Element.BENEFIT, Element.FOLLOWUP)


@dataclass(frozen=True, slots=True)
class Extract:
    """`fields` is a brief's content as plain data, only what the text says (see method.Brief).

    `quotes` gives for each path of it the exact words; `uncertain` are paths that a person should confirm.
    """

    fields: Mapping[str, Any]
    quotes: Mapping[str, str]
    uncertain: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The fields with "quotes" and "uncertain" beside them, ready for JSON or YAML."""
        return {**self.fields, "quotes": dict(self.quotes), "uncertain": list(self.uncertain)}


def extract(
    text: str, *, language: Language | str | None = None, today: date | None = None, house: House = NO_HOUSE
) -> Extract:
    """Turn a chat, a mail or a note into a brief's fields.

    `today` (default: the system's date) says which day 下周二 is. Raises UnreadableText like review, ValueError for an
    unknown language.
    """
    read = reading(text, language=language, house=house)
    return _Extracting(read, days(read.page, today or date.today()), house).extract()  # noqa: DTZ011 - the writer's own day


class _Extracting:
    def __init__(self, read: Reading, named: list[NamedDay], house: House) -> None:
        self.read, self.text, self.named, self.house = read, read.page.text, named, house
        self.english = read.page.language is Language.EN
        self.fields: dict[str, Any] = {"lang": str(read.page.language)}
        self.quotes: dict[str, str] = {}
        self.uncertain: list[str] = []

    def extract(self) -> Extract:
        self._people_and_matter()
        if runs := self._runs(Element.PURPOSE):
            self.fields["purpose"] = self._put("purpose", runs[0])
        for code in _LINES:
            if runs := self._runs(code):
                self.fields[str(code)] = [self._put(f"{code}[{n}]", run) for n, run in enumerate(runs)]
        self._efforts()
        self._options()
        self._precedents()
        if runs := self._runs(Element.COOPERATION):
            self.fields["commitments"] = [
                {"what": self._put(f"commitments[{n}].what", run)} | self._day_in(run, "by", f"commitments[{n}].by")
                for n, run in enumerate(runs)
            ]
        if runs := self._runs(Element.IMPROVEMENT):
            self.fields["improvement"] = self._put(
                "improvement", (runs[0][0], runs[-1][1]) if len(runs) == 2 else runs[0]
            )
        return Extract(self.fields, self.quotes, tuple(dict.fromkeys(self.uncertain)))

    def _people_and_matter(self) -> None:
        found = slots(self.read, self.named, self.house)
        if found.leader:
            self.fields["leader"] = {"form_of_address": self._put("leader.form_of_address", found.leader)}
        if found.other_department:
            other = {"name": self._put("other_department.name", found.other_department)}
            for key, pattern, code in (("contact", CONTACT, Element.EFFORT), ("head", HEAD, Element.ASK)):
                if place := self._named_in(pattern, code):
                    other[key] = self._put(f"other_department.{key}", place)
                    self.uncertain.append(f"other_department.{key}")
            self.fields["other_department"] = other
        if found.matter:
            self.fields["matter"] = self._put("matter", found.matter)
        if found.deadline:
            self.quotes["deadline"] = self.text[found.deadline.start : found.deadline.end]
            if found.deadline.day:
                self.fields["deadline"] = found.deadline.day.isoformat()
            if not (found.deadline.day and found.deadline.sure):
                self.uncertain.append("deadline")
        self.uncertain += [path for path in found.uncertain if path in self.quotes]
        if name := signature(self.read.page):
            self.fields["requester"] = {"name": self._put("requester.name", name)}
            self.uncertain.append("requester.name")

    def _efforts(self) -> None:
        efforts: list[dict[str, str]] = []
        for n, run in enumerate(self._runs(Element.EFFORT)):
            path = f"efforts[{n}]"
            effort = self._day_in(run, "date", f"{path}.date", past=True)
            if way := CHANNELS[self.english].search(self.read.page.folded, *run):
                effort["channel"] = self._put(f"{path}.channel", way.span())
            if who := CONTACT[self.english].search(self.read.page.folded, *run):
                effort["with"] = self._put(f"{path}.with", who.span(1))
            efforts.append(effort | {"result": self._put(f"{path}.result", run)})
        if efforts:
            self.fields["efforts"] = efforts

    def _options(self) -> None:
        asks = self._runs(Element.ASK)
        titles = [place for run in self._runs(Element.CHOICE) for place in self._alternatives(run)]
        if len(titles) < 2:
            titles = self._runs(Element.PROPOSAL) or asks[:1]
        options: list[dict[str, Any]] = []
        for n, place in enumerate(titles[:_MOST_ITEMS]):
            option: dict[str, Any] = {"title": self._put(f"options[{n}].title", place)}
            if asks and n == 0 and asks[0] != place:
                option["what_leader_does"] = self._put("options[0].what_leader_does", asks[0])
            if match := MINUTES[self.english].search(self.read.page.folded, *place):
                option["minutes"] = minutes_in(match)
                self._put(f"options[{n}].minutes", match.span())
            options.append(option)
        if options:
            self.fields["options"] = options

    def _alternatives(self, run: Place) -> list[Place]:
        starts = [m.start() for m in ALTERNATIVE[self.english].finditer(self.read.page.folded, *run)]
        if len(starts) == 1 and run[0] < starts[0]:
            starts = [run[0], *starts]
        ends = [*starts[1:], run[1]] if starts else []
        places = (self._after_mark(self.read.page.trimmed((a, b))) for a, b in zip(starts, ends, strict=True))
        return [p for p in places if p[1] - p[0] > 2]

    def _after_mark(self, place: Place) -> Place:
        mark = ALTERNATIVE[self.english].match(self.read.page.folded, *place)
        return self.read.page.trimmed((mark.end(), place[1])) if mark else place

    def _precedents(self) -> None:
        precedents: list[dict[str, str]] = []
        for n, run in enumerate(self._runs(Element.PRECEDENT)):
            precedent = {"what": self._put(f"precedents[{n}].what", run)}
            if when := WHEN[self.english].search(self.read.page.folded, *run):
                precedent["when"] = self._put(f"precedents[{n}].when", when.span())
            precedents.append(precedent)
        if precedents:
            self.fields["precedents"] = precedents

    def _runs(self, code: Element) -> list[Place]:
        """What carries the element, one place for each stretch of clauses within a sentence."""
        runs: list[Place] = []
        for start, end in self.read.elements.get(code, ()):
            if runs and self.read.page.sentence(*runs[-1]) == self.read.page.sentence(start, end):
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
        return runs[:_MOST_ITEMS]

    def _named_in(self, pattern: Mapping[bool, re.Pattern[str]], code: Element) -> Place | None:
        for run in self._runs(code):
            if found := pattern[self.english].search(self.read.page.folded, *run):
                return found.span(1)
        return None

    def _day_in(self, run: Place, key: str, path: str, *, past: bool = False) -> dict[str, str]:
        for named in self.named:
            day = named.earlier if past else named.day
            if run[0] <= named.start and named.end <= run[1] and day and named.kind not in NO_DAY:
                self.quotes[path] = self.text[named.start : named.end]
                if not named.sure:
                    self.uncertain.append(path)
                return {key: day.isoformat()}
        return {}

    def _put(self, path: str, place: Place) -> str:
        self.quotes[path] = self.text[slice(*place)]
        return self.quotes[path]
