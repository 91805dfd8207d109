"""What each text can tell: its facts and lists by name, each with an example from the samples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType

from huitong.compose.check.samples import said, shapes
from huitong.compose.check.texts import TEXTS
from huitong.compose.pattern import Pattern
from huitong.compose.template import WORDINGS, template
from huitong.method import Language, Style


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Facts by name, and lists with the facts of their items; the value is an example, "" where no sample has one."""

    facts: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]]

    def __contains__(self, name: str) -> bool:
        return name in self.facts or name in self.lists


@cache
def vocabulary(language: Language, name: str) -> Vocabulary:
    """What a template of this text can tell: what the samples give it, and what the packaged template asks for."""
    facts: dict[str, str] = {}
    lists: dict[str, dict[str, str]] = {}
    for shape in sorted(shapes(language), key=lambda s: -len(s.brief.model_dump_json())):  # the fullest gives examples
        for case in TEXTS[name].cases(shape.brief, said(language)):
            for slot, fact in case.facts.slots.items():
                facts.setdefault(slot, fact.text)
            for each, items in case.facts.lists.items():
                for item in items:
                    for slot, fact in item.items():
                        lists.setdefault(each, {}).setdefault(slot, fact.text)
    for style, variant in product(Style, range(WORDINGS)):
        form = template(language, name, style, variant)
        for part in form.parts:
            known = lists.setdefault(part.each, {}) if part.each else facts
            for condition in (part.when, part.unless):
                if condition and condition not in lists:
                    facts.setdefault(condition, "")
            for slot in _slots((*part.text, *part.lead)):
                if slot not in facts:
                    known.setdefault(slot, "")
    return Vocabulary(
        MappingProxyType(dict(sorted(facts.items()))),
        MappingProxyType({each: MappingProxyType(items) for each, items in sorted(lists.items()) if items}),
    )


def _slots(patterns: Iterable[Pattern]) -> Iterable[str]:
    for pattern in patterns:
        yield from sorted(pattern.slots)
