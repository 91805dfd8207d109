"""Taking up an invitation: the person sets a password and has an account from then on."""

from django.db import transaction
from django.utils import timezone

from huitong.directory import links
from huitong.records.models import Link, User


def may_take_up(link: Link) -> bool:
    """Whether this invitation still leads to an account: it is open, there is an address, and no password was set."""
    person = link.person
    if not links.is_open(link) or (person.user and person.user.has_usable_password()):
        return False
    if person.user:
        return person.user.is_active
    return bool(person.email) and not User.objects.filter(email__iexact=person.email).exists()


def take_up(link: Link, password: str) -> User | None:
    """Set the password, once, and revoke every invitation of this person. None if someone was faster."""
    with transaction.atomic():
        link = Link.objects.select_for_update(of=("self",)).select_related("person__user").get(pk=link.pk)
        if not may_take_up(link):
            return None
        person = link.person
        if person.user is None:
            person.user = User.objects.create_user(person.email)
            person.save(update_fields=["user"])
        person.user.set_password(password)
        person.user.save(update_fields=["password"])
        Link.objects.filter(person=person, purpose="invite", revoked_at=None).update(revoked_at=timezone.now())
        return person.user
