"""What the requester does once the leader has decided: the decision in force, and the locked matter to act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from huitong.matters.decide import standing_decision
from huitong.matters.errors import NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.request import current_request
from huitong.matters.stages import Action, move
from huitong.matters.timeline import lock
from huitong.matters.verdicts import FINAL
from huitong.records.models import Decision, Matter, Person


def decision_in_force(matter: Matter) -> Decision | None:
    """The leader's final answer, once the ten minutes for taking it back are over; None before."""
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    if decision and decision.verdict in FINAL and decision.effective_at <= timezone.now():
        return decision
    return None


@contextmanager
def acting(matter: Matter, by: Person, action: Action) -> Iterator[Matter]:
    """The requester's locked matter, moved by this action. Raises NotAllowed, NotNow."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        move(matter, action, at=timezone.now())
        if is_held(matter) or (action == Action.COORDINATE and decision_in_force(matter) is None):
            raise NotNow("no decision is in force, or it can still be taken back")
        yield matter
