"""Inviting a person from the command line: the first organiser, before there is one."""

from django.conf import settings
from django.db import transaction

from huitong.directory import links
from huitong.matters import house
from huitong.records.models import Person


def invite(email: str, name: str, *, organiser: bool) -> str:
    """Promise an invitation to this address and return its link. A known person keeps what is known of them.

    Raises matters.errors.Incomplete if the address belongs to someone who can sign in.
    """
    with transaction.atomic():
        person = Person.objects.filter(email__iexact=email, added_by=None).first() or Person(email=email)
        if person.pk is None:
            person.language = "en" if settings.LANGUAGE_CODE.startswith("en") else "zh"
        person.name = name
        person.is_organiser = organiser or person.is_organiser
        person.save()
        return links.address_of(house.invite(person, None))
