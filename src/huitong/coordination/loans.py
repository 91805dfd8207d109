"""A loan: the lending side's commitment to lend, and, once it stands, the borrower's to give back by its last day."""

from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import commitment_letters as letters
from huitong.coordination import reminders
from huitong.directory.wording import speaking_to
from huitong.records.models import Commitment, Matter

_STANDS: Final = ("open", "kept")


def follow(lending: Commitment) -> None:
    """Let the giving back be there while the lending stands, and not otherwise. Nothing for what is no loan."""
    if lending.until is None:
        return
    back = Commitment.objects.filter(returns=lending).first()
    if lending.state in _STANDS and back is None:
        _owe(lending)
    elif lending.state not in _STANDS and back is not None and back.ended_at is None:
        reminders.forget(back)
        letters.withdraw_asking(back)
        letters.withdraw_news(back)
        back.delete()


def out(matter: Matter) -> QuerySet[Commitment]:
    """What has still to be given back."""
    return matter.commitments.filter(returns__isnull=False, state="open").order_by("by", "id")


def _owe(lending: Commitment) -> None:
    requester, now = lending.matter.requester, timezone.now()
    with speaking_to(requester):
        what = _("归还：%(what)s") % {"what": lending.what}
    back = Commitment.objects.create(
        matter=lending.matter,
        decision=lending.decision,
        side="ours",
        owner=requester,
        owner_name=requester.name,
        what=what,
        by=lending.until,
        shared=True,
        returns=lending,
        made_at=now,
        accepted_at=now,
    )
    reminders.plan(back)
    letters.tell_lender(back)
