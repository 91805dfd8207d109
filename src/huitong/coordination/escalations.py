"""A commitment that brought no word goes back to the leader, its owner being told so at least a working day before."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import working_day_after, working_moment
from huitong.records.models import Commitment, Escalation, Outbox, Person


def open_escalation(commitment: Commitment) -> Escalation | None:
    """The one that is under way: its owner is told, the leader is not asked yet."""
    rows = commitment.escalations.select_related("letter")
    return rows.filter(withdrawn_at=None, asked_at=None).first()


def ready_for(requester: Person) -> QuerySet[Escalation]:
    """Those of which this requester can now ask the leader."""
    rows = Escalation.objects.filter(withdrawn_at=None, asked_at=None, letter__state="sent")
    rows = rows.filter(ready_at__lte=timezone.now(), commitment__matter__closed_at=None)
    rows = rows.filter(commitment__matter__requester=requester, commitment__state__in=("proposed", "open"))
    return rows.select_related("commitment__matter")


def begin(commitment: Commitment, letter: outbox.Letter) -> Escalation:
    """Tell the owner, in their working hours, that the leader is to be asked. `commitment.owner` has an address."""
    owner, now = commitment.owner, timezone.now()
    assert owner is not None
    due_at = working_moment(owner, now)
    link = links.issue("commitment", owner, commitment=commitment, days=60)
    key = f"commitment:{commitment.pk}:warning:{commitment.escalations.count()}"
    row = outbox.put("commitment_warning", owner, letter, key=key, matter=commitment.matter, link=link, due_at=due_at)
    return Escalation.objects.create(
        commitment=commitment, begun_at=now, letter=row, ready_at=_a_working_day_after(owner, due_at)
    )


def withdraw(commitment: Commitment) -> bool:
    """The owner has answered, or it is not needed any more. Whether there was one under way."""
    escalation = open_escalation(commitment)
    if escalation is None:
        return False
    escalation.withdrawn_at = timezone.now()
    escalation.save(update_fields=["withdrawn_at"])
    if escalation.letter:
        unsent = Outbox.objects.filter(pk=escalation.letter.pk, state__in=("waiting", "failed"))
        unsent.update(state="withdrawn")
    return True


def is_ready(escalation: Escalation) -> bool:
    """Whether the owner was told, and has had a working day to answer."""
    told = escalation.letter is not None and escalation.letter.state == "sent"
    return told and escalation.ready_at <= timezone.now()


@outbox.after_sent("commitment_warning")
def _told(row: Outbox) -> None:
    """The day begins when the letter has gone, however late that was."""
    ready_at = _a_working_day_after(row.person, row.sent_at or timezone.now())
    Escalation.objects.filter(letter=row, withdrawn_at=None, asked_at=None).update(ready_at=ready_at)


def _a_working_day_after(person: Person, moment: datetime) -> datetime:
    local = moment.astimezone(ZoneInfo(person.time_zone))
    day = working_day_after(person, local.date())
    return datetime.combine(day, local.time(), tzinfo=local.tzinfo)
