"""Findings that the requester leaves as they are: kept with the text, carried along as it is edited."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from huitong.matters.errors import NotAllowed
from huitong.method import Channel, Element, Fault, Language
from huitong.records.models import Dismissed, Matter, Person
from huitong.review import Dismissal, Finding, carried, dismissal

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Aside:
    """What is put aside in one text: findings of its clauses, and elements that it does without."""

    findings: tuple[Dismissal, ...] = ()
    elements: tuple[Element, ...] = ()


NOTHING_ASIDE: Final = Aside()


def aside_in(matter: Matter, channel: Channel, text: str) -> Aside:
    """What has been put aside, as it holds in `text`: an edit elsewhere leaves it, a changed clause ends it."""
    row = Dismissed.objects.filter(matter=matter, channel=channel).first()
    if row is None:
        return NOTHING_ASIDE
    known = tuple(Dismissal(Fault(code), start, clause) for code, start, clause in row.findings)
    language = Language(matter.language)
    return Aside(carried(known, row.text, text, language), tuple(Element(code) for code in row.elements))


def keep_aside(matter: Matter, by: Person, channel: Channel, text: str, aside: Aside) -> None:
    """Keep what is put aside in `text`; with nothing put aside, nothing is kept."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    rows = Dismissed.objects.filter(matter=matter, channel=channel)
    if not aside.findings and not aside.elements:
        rows.delete()
        return
    with transaction.atomic():
        Dismissed.objects.update_or_create(
            matter=matter,
            channel=channel,
            defaults={
                "text": text,
                "findings": [[str(d.code), d.start, d.clause] for d in aside.findings[-MOST:]],
                "elements": [str(code) for code in aside.elements],
            },
        )


def with_finding(aside: Aside, text: str, shown: str, finding: Finding, language: Language) -> Aside:
    """Put aside a finding of the text that was `shown`, as far as its clause still stands in `text`."""
    new = carried([dismissal(shown, finding, language)], shown, text, language)
    return Aside((*aside.findings, *(d for d in new if d not in aside.findings)), aside.elements)


def with_element(aside: Aside, code: Element) -> Aside:
    return aside if code in aside.elements else Aside(aside.findings, (*aside.elements, code))
