"""What an organiser does with the house's outbox: send now, cancel, send again to a corrected address."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import access, links
from huitong.directory.wording import speaking_to
from huitong.matters.errors import Incomplete, NotAllowed, NotNow, TooLate
from huitong.records.models import Outbox, Person


def send_now(row: Outbox, by: Person) -> None:
    """Let a waiting letter go out at once. Raises TooLate if it is going out, NotNow if it does not wait any more."""
    _check(row, by)
    if not outbox.send_now(row):
        _say_why(row)


def cancel(row: Outbox, by: Person) -> None:
    """Take a waiting letter back. Whoever waits for it is told, and can send it again. Raises as `send_now`."""
    _check(row, by)
    with speaking_to(row.matter.requester if row.matter else row.person):
        words = _("管理员%(name)s取消了，没有送出。要送的话，再送一次。") % {"name": by.name}
    if not outbox.cancel(row, words):
        _say_why(row)


def send_again(row: Outbox, by: Person, *, email: str) -> None:
    """Let a failed letter go out again, to a corrected address, which the directory then has.

    Raises NotNow if it has not failed, or what it asks for no longer holds; Incomplete for what is no address.
    """
    _check(row, by)
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Incomplete(
            "email", _("“%(email)s”不是邮箱地址，请写成 name@example.com。") % {"email": email[:80]}
        ) from None
    with transaction.atomic():
        row = Outbox.objects.select_for_update(of=("self",)).select_related("person", "link").get(pk=row.pk)
        if row.state != "failed":
            raise NotNow("it has not failed, or goes out already")
        if row.link and not links.is_open(row.link, now=timezone.now()):
            raise NotNow("its link no longer opens anything")
        if email != row.person.email:
            Person.objects.filter(pk=row.person_id).update(email=email)
        outbox.send_again(row)


def _check(row: Outbox, by: Person) -> None:
    if not access.outbox_for(by).filter(pk=row.pk).exists():
        raise NotAllowed


def _say_why(row: Outbox) -> None:
    waits = Outbox.objects.filter(pk=row.pk, state="waiting").exists()
    raise TooLate("it is going out") if waits else NotNow("it does not wait any more")
