"""The house's own templates: what its organisers wrote, kept once it has passed the engine's check."""

from types import MappingProxyType

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import House
from huitong.compose.check import TEXTS, check, is_readable
from huitong.compose.template import packaged_source
from huitong.directory.wording import spoken
from huitong.matters.errors import Incomplete, NotAllowed
from huitong.matters.prepare import mark
from huitong.method import Language
from huitong.records.models import HouseTemplate, Matter, Person


def house_of(whose: Matter | Person) -> House:
    """The templates that the texts of this matter, or person, are composed by. One query.

    One that an older version of the engine had accepted and this one can't read is left out: the packaged one holds.
    """
    rows = HouseTemplate.objects.filter(is_sample=whose.is_sample).exclude(source="")
    own = {(Language(row.language), row.name): row.source for row in rows}
    return MappingProxyType({text: source for text, source in own.items() if is_readable(*text, source)})


def template_rows(person: Person) -> dict[tuple[str, str], HouseTemplate]:
    """What the organisers of this person's house have changed, by language and name."""
    return {(row.language, row.name): row for row in HouseTemplate.objects.filter(is_sample=person.is_sample)}


def template_row(person: Person, language: Language, name: str) -> HouseTemplate:
    """The row of this text; an unsaved one with nothing of the house's own if nobody has changed it."""
    rows = HouseTemplate.objects.filter(is_sample=person.is_sample, language=language.value, name=name)
    found = rows.select_related("changed_by").first()
    return found or HouseTemplate(is_sample=person.is_sample, language=language.value, name=name)


def in_force(row: HouseTemplate) -> str:
    """The template's text as the house has it: its own, else the packaged one."""
    return row.source or packaged_source(Language(row.language), row.name)


def is_behind(row: HouseTemplate) -> bool:
    """Whether the packaged template has changed since the house made its own of it."""
    return bool(row.source) and row.based_on != packaged_source(Language(row.language), row.name)


def save_template(by: Person, language: Language, name: str, source: str, *, was: str) -> None:
    """Keep a template for the house; from now on its texts are composed by it. `was` is the mark of what was edited.

    Raises NotAllowed unless `by` is an organiser; Incomplete with the first mistake, or if somebody else has changed it
    in the meantime (field "was").
    """
    _only_organisers(by, name)
    if mistakes := check(language, name, source):
        raise Incomplete("source", mistakes[0].message(spoken()))
    with transaction.atomic():
        row = _locked(by, language, name)
        if mark(in_force(row)) not in (was, mark(source)):
            raise Incomplete("was", _("这份模板刚刚有人改过，这一步没有做。"))
        own = "" if source == packaged_source(language, name) else source
        if own != row.source:
            _change(row, by, own)
        elif is_behind(row):  # they have seen what it says now, and keep their own
            row.based_on = packaged_source(language, name)
            row.save(update_fields=["based_on"])


def restore_template(by: Person, language: Language, name: str) -> None:
    """Compose by the packaged template again. The house's own stays, for `undo_template`."""
    _only_organisers(by, name)
    with transaction.atomic():
        row = _locked(by, language, name)
        if row.source:
            _change(row, by, "")


def undo_template(by: Person, language: Language, name: str, *, was: str) -> None:
    """Go back to what the last change replaced; undone once more, it comes back.

    `was` is the mark of what is undone, so that a second tap changes nothing.
    Raises Incomplete if somebody else has changed it in the meantime, or the one before no longer passes the check.
    """
    _only_organisers(by, name)
    with transaction.atomic():
        row = _locked(by, language, name)
        before = row.previous or packaged_source(language, name)
        if mark(in_force(row)) != was:
            if mark(before) == was:
                return
            raise Incomplete("was", _("这份模板刚刚有人改过，这一步没有做。"))
        if row.previous and (mistakes := check(language, name, row.previous)):
            raise Incomplete("previous", mistakes[0].message(spoken()))
        if row.source != row.previous:
            _change(row, by, row.previous)


def _only_organisers(by: Person, name: str) -> None:
    if not by.is_organiser or name not in TEXTS:
        raise NotAllowed


def _locked(by: Person, language: Language, name: str) -> HouseTemplate:
    HouseTemplate.objects.get_or_create(
        is_sample=by.is_sample,
        language=language.value,
        name=name,
        defaults={"based_on": packaged_source(language, name), "changed_at": timezone.now()},
    )
    rows = HouseTemplate.objects.select_for_update()
    return rows.get(is_sample=by.is_sample, language=language.value, name=name)


def _change(row: HouseTemplate, by: Person, source: str) -> None:
    row.previous, row.source = row.source, source
    row.based_on = packaged_source(Language(row.language), row.name)
    row.changed_by, row.changed_at = by, timezone.now()
    row.save()
