"""Commitments: who promised what by when, on either side; reminded once before and once after."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import day_text, speaking_to
from huitong.records.models import Commitment, CommitmentMove, Decision, Matter, Outbox, Person

MORNING = time(9, 0)
# A slip of the pen, like the year 0206, is no day that anyone could be reminded of.
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def make(
    matter: Matter,
    *,
    side: str,
    owner_name: str,
    what: str,
    by: date | None,
    owner: Person | None = None,
    decision: Decision | None = None,
    remind_from: datetime | None = None,
) -> Commitment:
    """A new open commitment with its two reminders. `side` is ours, theirs or leader."""
    commitment = Commitment.objects.create(
        matter=matter,
        decision=decision,
        side=side,
        owner=owner,
        owner_name=owner_name,
        what=what,
        by=by,
        made_at=timezone.now(),
    )
    _remind(commitment, not_before=remind_from)
    return commitment


def move(commitment: Commitment, *, to: date, reason: str, by_name: str) -> None:
    """Another date, with the reason; the reminders move with it."""
    CommitmentMove.objects.create(
        commitment=commitment, before=commitment.by, after=to, reason=reason, by_name=by_name, at=timezone.now()
    )
    _withdraw(commitment)
    commitment.by = to
    commitment.save(update_fields=["by"])
    _remind(commitment)


def end(commitment: Commitment, *, kept: bool, words: str = "") -> None:
    """Kept (with a line of proof, if any) or broken (with the reason); no more reminders."""
    commitment.state = "kept" if kept else "broken"
    commitment.words, commitment.ended_at = words, timezone.now()
    commitment.save(update_fields=["state", "words", "ended_at"])
    _withdraw(commitment)


def reopen(commitment: Commitment) -> None:
    """A slip is undone: the commitment is open again, and reminded if its day is still to come."""
    commitment.state, commitment.words, commitment.ended_at = "open", "", None
    commitment.save(update_fields=["state", "words", "ended_at"])
    _remind(commitment)


def remind_again(matter: Matter) -> None:
    """The matter is open again: so are the reminders of its open commitments that are still to come."""
    for commitment in matter.commitments.filter(state="open").select_related("owner", "matter__requester"):
        _remind(commitment)


def overdue(commitments: Iterable[Commitment], *, on: date) -> list[Commitment]:
    # Due today is not overdue until the day has ended.
    return [c for c in commitments if c.state == "open" and c.by and c.by < on]


def forget(decision: Decision) -> None:
    """The decision was undone: the open commitments that it had made go with it."""
    for commitment in Commitment.objects.filter(decision=decision, state="open"):
        _withdraw(commitment)
        commitment.delete()


def _withdraw(commitment: Commitment) -> None:
    unsent = Outbox.objects.filter(key__startswith=f"commitment:{commitment.pk}:", state__in=("waiting", "failed"))
    unsent.update(state="withdrawn")


def _remind(commitment: Commitment, *, not_before: datetime | None = None) -> None:
    """Once on the morning before and once on the morning after the day, to the owner; else to the requester."""
    if commitment.by is None or not EARLIEST <= commitment.by <= LATEST:
        return
    receiver = commitment.owner if commitment.owner and commitment.owner.email else commitment.matter.requester
    rounds = ((commitment.by - timedelta(days=1), "before"), (commitment.by + timedelta(days=1), "after"))
    changes = commitment.moves.count()
    reopened = Outbox.objects.filter(key__startswith=f"commitment:{commitment.pk}:{changes}:").count()
    for day, name in rounds:
        due = datetime.combine(day, MORNING, tzinfo=ZoneInfo(receiver.time_zone))
        if due <= max(timezone.now(), not_before or timezone.now()):
            continue
        link = links.issue(
            "commitment", receiver, commitment=commitment, days=max(30, (day - timezone.localdate()).days + 30)
        )
        outbox.put(
            "remind_commitment",
            receiver,
            _reminder(commitment, receiver, late=name == "after"),
            key=f"commitment:{commitment.pk}:{changes}:{reopened}:{name}",
            matter=commitment.matter,
            link=link,
            due_at=due,
        )


def _reminder(commitment: Commitment, receiver: Person, *, late: bool) -> outbox.Letter:
    with speaking_to(receiver):
        day = day_text(commitment.by, relative=False) if commitment.by else ""
        facts = {"what": commitment.what, "day": day, "name": commitment.owner_name, "who": receiver.address}
        own = receiver.pk == commitment.owner_id
        if late:
            line = _("“%(what)s”原定 %(day)s前完成。") if own else _("%(name)s的“%(what)s”原定 %(day)s前完成。")
            closing = _("已经办好，点一下就行；还需要几天，写个新日子。")
        else:
            line = _("“%(what)s”明天（%(day)s）到期。") if own else _("%(name)s的“%(what)s”明天（%(day)s）到期。")
            closing = _("如果要改日子，现在说一声就好。")
        title = _("明天到期：%(what)s") if not late else _("请看一下：%(what)s")
        return outbox.Letter(
            title=title % facts,
            before=[_("%(who)s，您好：") % facts, line % facts + closing],
            invite=_("在这里说一声，不用登录："),
            small=_("同一个日子只在前后各提醒一次。"),
        )
