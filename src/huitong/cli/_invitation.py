"""Inviting a person to the desk: a letter with a link, by which they choose their password."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.records.models import Person


class HasAccount(Exception):
    """This address has an account already."""


def invite(email: str, name: str, *, organiser: bool) -> str:
    """Promise an invitation to this address and return its link. A known person keeps what is known of them.

    Raises HasAccount if the address belongs to someone who can sign in.
    """
    with transaction.atomic():
        if Person.objects.filter(user__email__iexact=email).exists():
            raise HasAccount(email)
        person = Person.objects.filter(email__iexact=email, added_by=None).first() or Person(email=email)
        if person.pk is None:
            person.language = "en" if settings.LANGUAGE_CODE.startswith("en") else "zh"
        person.name = name
        person.is_organiser = organiser or person.is_organiser
        person.save()
        link = links.issue("invite", person)
        with translation.override("en" if person.language == "en" else "zh-hans"):
            letter = outbox.Letter(
                title=_("邀请您使用会同"),
                before=[_("会同帮您把卡在部门之间的事，清楚、得体地向领导请示，并跟进到办结。")],
                invite=_("在这里设您的密码，就可以开始："),
            )
        outbox.put("invite", person, letter, key=f"invite:{link.pk}", link=link)
        return links.address_of(link)
