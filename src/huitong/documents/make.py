"""From a brief to a document. Nothing is in it that the brief, the date and the kind's own words don't give."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from huitong.documents.kind import Kind, Section, words
from huitong.documents.model import Block, Document, Heading, Labelled, Paragraph, Table
from huitong.documents.rules import check
from huitong.documents.wording import clean, day, fill, trimmed, when, width
from huitong.method import Brief, Language, chinese_number

Slots = Mapping[str, str]

# Characters of Chinese in one cell. A longer one makes a row taller than a third of a page; its table becomes headed
# paragraphs, which may go on over the page anywhere.
_LONGEST_CELL: Final = 110


def make(
    brief: Brief,
    kind: Kind,
    on: date,
    *,
    decisions: Sequence[str] = (),
    attendees: Sequence[str] = (),
    annexes: Sequence[str] = (),
) -> Document:
    """The document of that kind. Raises ReportError if the brief breaks a rule of the kind."""
    check(brief, kind)
    slots = _slots(brief, on)
    lists = _lists(brief, decisions)
    language, present = brief.lang, [trimmed(clean(a, brief.lang)) for a in attendees]
    addressee = fill(kind.addressee, slots)
    label = fill(kind.present, slots)
    return Document(
        kind=kind.code,
        language=language,
        official=kind.official,
        title=fill(kind.title, slots),
        date=on,
        date_text=day(on, language),
        author=slots["requester"],
        subject=slots["matter"],
        lines=tuple(Labelled(name, said) for name, text in kind.lines.items() if (said := fill(text, slots))),
        addressee=f"{addressee}：" if addressee else "",
        blocks=tuple(_blocks(kind, slots, lists)),
        closing=fill(kind.closing, slots),
        annex_label=words(language)["annex"],
        annexes=tuple(filter(None, (trimmed(clean(a, language)) for a in annexes))),
        signature=fill(kind.signature, slots),
        contact=fill(kind.contact, slots),
        present=Labelled(label, words(language)["joint"].join(filter(None, present)))
        if label and any(present)
        else None,
    )


def _slots(brief: Brief, on: date) -> dict[str, str]:
    language = brief.lang
    ready = words(language)
    matter, purpose = trimmed(clean(brief.matter, language)), trimmed(clean(brief.purpose, language))
    for start in ready["drop_before"]:
        matter, purpose = matter.removeprefix(start) or matter, purpose.removeprefix(start) or purpose
    for end in ready["drop_after"]:
        matter = matter.removesuffix(end) or matter
    plain = {
        "department": brief.requester.department,
        "requester": brief.requester.name,
        "requester_title": brief.requester.title,
        "leader": brief.leader.name,
        "leader_title": brief.leader.title,
        "other": brief.other_department.name,
        "head": brief.other_department.head,
        "contact": brief.other_department.contact,
        "improvement": brief.improvement,
    }
    return {name: trimmed(clean(text, language)) for name, text in plain.items()} | {
        "matter": matter,
        "purpose": purpose,
        "deadline": day(brief.deadline, language) if brief.deadline else "",
        "date": day(on, language),
        **_place(trimmed(clean(brief.other_department.name, language)), ready.get("places", [])),
    }


def _place(name: str, places: Sequence[Sequence[str]]) -> dict[str, str]:
    """What people at work call such a department, and how they address it: a hospital's 科室, a school's 处室."""
    found = next(((place, yours) for ending, place, yours in places if re.search(ending, name)), ("", ""))
    return {"place": found[0], "yours": found[1]}


def _lists(brief: Brief, decisions: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The brief's lists, each item as slots; an item that says nothing is no item."""
    language = brief.lang

    def said(text: str) -> str:
        return trimmed(clean(text, language))

    def dated(value: date | None) -> str:
        return day(value, language) if value else ""

    lists = {
        name: [{"item": said(t)} for t in getattr(brief, name)]
        for name in ("situation", "importance", "benefit", "followup")
    }
    lists["decisions"] = [{"item": said(t)} for t in decisions]
    lists["efforts"] = [
        {"date": dated(e.date), "channel": said(e.channel), "with": said(e.with_), "result": said(e.result)}
        for e in brief.efforts
    ]
    lists["precedents"] = [
        {"when": when(said(p.when), language), "what": said(p.what), "result": said(p.result)} for p in brief.precedents
    ]
    lists["commitments"] = [{"what": said(c.what), "who": said(c.who), "by": dated(c.by)} for c in brief.commitments]
    lists["options"] = list(_options(brief, said))
    return {name: [item for item in items if any(item.values())] for name, items in lists.items()}


def _options(brief: Brief, said: Callable[[str], str]) -> Iterator[dict[str, str]]:
    ready = words(brief.lang)
    for option in brief.options:
        slots = {
            "title": said(option.title),
            "does": said(option.what_leader_does),
            "minutes": fill(ready["minutes"], {"minutes": str(option.minutes or "")}),
            "benefit": said(option.benefit),
        }
        chosen = brief.preferred is not None and len(brief.options) > 1 and option is brief.preferred_option
        yield slots | {
            "shown": fill(ready["preferred"], slots) if chosen else slots["title"],
            "chosen": slots["title"] if chosen else "",
        }


def _blocks(kind: Kind, slots: Slots, lists: Mapping[str, list[dict[str, str]]]) -> Iterator[Block]:
    ready = words(kind.language)
    headed = 0
    for section in kind.sections:
        body = list(_body(section, slots, lists.get(section.each, []), kind.language))
        if not body:
            continue
        if section.heading:
            headed += 1
            numeral = fill(ready["headings"][0], {"numeral": chinese_number(headed)})
            yield Heading(1, numeral + fill(section.heading, slots))
        yield from body


def _body(section: Section, slots: Slots, items: list[dict[str, str]], language: Language) -> Iterator[Block]:
    ready = words(language)
    if not section.each or not items:
        text = fill(section.otherwise if section.each else section.text, slots)
        if text:
            yield Paragraph(text)
        return
    if len(items) == 1 and not (section.columns and not section.alone):
        yield Paragraph(fill(section.alone or section.text, {**slots, **items[0]}))
        return
    preferred = next((item["chosen"] for item in items if item.get("chosen")), "")
    lead = fill(
        section.lead,
        {
            **slots,
            "count": ready["counts"][len(items)] if len(items) < len(ready["counts"]) else str(len(items)),
            "preferred": preferred,
        },
    )
    if lead:
        yield Paragraph(lead, keep=True)
    if section.columns:
        yield from _table(section, items, language)
        return
    for number, item in enumerate(items, 1):
        yield Paragraph(fill(ready["number"], {"number": str(number)}) + fill(section.text, {**slots, **item}))


def _table(section: Section, items: list[dict[str, str]], language: Language) -> Iterator[Block]:
    """A table without the columns that nobody filled; headed paragraphs where a cell is too long for one."""
    rows = [[fill(cell, item) for cell in section.cells] for item in items]
    if max(width(cell) for row in rows for cell in row) <= _LONGEST_CELL:
        filled = [i for i in range(len(section.columns)) if any(row[i] for row in rows)]
        yield Table(
            tuple(section.columns[i] for i in filled),
            tuple(tuple(row[i] for i in filled) for row in rows),
            tuple(section.widths[i] for i in filled),
        )
        return
    for number, item in enumerate(items, 1):
        slots = {**item, "numeral": chinese_number(number), "number": str(number)}
        yield Heading(2, fill(words(language)["headings"][1], slots) + fill(section.item, slots))
        said = fill(section.text, slots)
        if said:
            yield Paragraph(said)
