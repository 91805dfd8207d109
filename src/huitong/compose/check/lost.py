"""What a template loses of the facts that must be told: found by trying it on every sample, style and wording."""

import tomllib
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from huitong.compose.check.form import Mistake, wordings
from huitong.compose.check.lines import Lines
from huitong.compose.check.needs import Need
from huitong.compose.check.samples import Shape, said, shapes
from huitong.compose.check.texts import TEXTS, Case
from huitong.compose.fit import Fitted, fit
from huitong.compose.pattern import first
from huitong.compose.template import House, Template, template
from huitong.method import Channel, Language, Style

_MOST: Final = 10  # mistakes that are told at once
_STYLES: Final = {Style.PLAIN: ("平实", "plain"), Style.FORMAL: ("正式", "formal"), Style.BRIEF: ("简短", "brief")}


def lost_facts(language: Language, name: str, source: str) -> list[Mistake]:
    """The needed facts that texts of this template lose. The source has no mistake of form."""
    found: dict[tuple[str, int], Mistake] = {}
    for mistake in _lost(language, name, source):
        found.setdefault((mistake[0].zh, mistake[1].line), mistake[1])
        if len(found) >= _MOST:
            break
    return list(found.values())


def _lost(language: Language, name: str, source: str) -> Iterator[tuple[Need, Mistake]]:
    house: House = {(language, name): source}
    lines, data = Lines(source), tomllib.loads(source)
    ways = list(_ways(name, source))
    for shape in shapes(language):
        for case in TEXTS[name].cases(shape.brief, said(language)):
            for style, variant in ways:
                form = template(language, name, style, variant, house)
                room = TEXTS[name].room(language, style)
                fitted, subject = fit(form, case.facts, room), _subject(form, case)
                for need in case.needs:
                    if not need.told(fitted, subject):
                        plain = template(language, name, house=house)
                        path = _at_fault(need, plain, case, data, style, variant, room)
                        yield need, _mistake(need, shape, style, variant, lines.of(path) if path else 0)


def _ways(name: str, source: str) -> Iterator[tuple[Style, int]]:
    """Every style and wording in which the text can be composed, the plain one first."""
    if name not in set(Channel):
        yield Style.PLAIN, 0
        return
    yield from ((style, variant) for variant, style in product(range(wordings(source)), Style))


def _subject(form: Template, case: Case) -> str:
    fact = first(form.subject, case.facts.slots, spaced=case.facts.setting.spaced)
    return fact.text if fact else ""


def _at_fault(
    need: Need, plain: Template, case: Case, data: dict[str, Any], style: Style, variant: int, room: int | None
) -> tuple[str | int, ...] | None:
    """The table that says otherwise what the plain wording of its part tells; None if that loses it too."""
    fitted = fit(plain, case.facts, room)
    for number, part in enumerate(plain.parts):
        segments = tuple(s for s in fitted.segments if s.part is part)
        alone = Fitted(segments, "\n".join(s.text for s in segments), fitted.told)
        if segments and need.told(alone, ""):
            others = len(data["part"][number].get("other", []))
            if style.value in data["part"][number]:
                return "part", number, style.value
            if others and variant % (others + 1):
                return "part", number, "other", variant % (others + 1) - 1
    return None


def _mistake(need: Need, shape: Shape, style: Style, variant: int, line: int) -> Mistake:
    zh, en = _STYLES[style]
    way = (f"，{zh}语气", f", {en} style") if style is not Style.PLAIN else ("", "")
    if variant:
        way = f"{way[0]}，第 {variant + 1} 种说法", f"{way[1]}, wording {variant + 1}"
    return Mistake(
        line,
        f"丢了{need.zh}。试写的是{shape.zh}{way[0]}。",
        f"It loses {need.en}: tried on {shape.en}{way[1]}.",
    )
