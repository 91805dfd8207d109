"""Reminders of commitments: before and after the day, two at most, then the requester is asked what now.

What is to be reminded is a row of its own, once for each commitment, date and round. The rows of one receiver and one
morning go as one letter, whose outbox row is the promise; it says what still holds when it is sent.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.coordination.commitment_letters import link_days
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import morning_of, working_day_after, working_day_before
from huitong.directory.wording import day_text, speaking_to
from huitong.records.models import Commitment, CommitmentOffer, CommitmentReminder, Link, Outbox, Person

UNANSWERED, BEFORE, AFTER, ASKED = "unanswered", "before", "after", "asked"
MOST: Final = 12  # commitments that one letter names; the others are a number
WAIT_FOR_A_WORD: Final = 2  # working days
# A slip of the pen, like the year 0206, is no day that anyone could be reminded of.
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def plan(commitment: Commitment, *, not_before: datetime | None = None) -> None:
    """Promise the reminders of this commitment as it stands now, in place of those that have not gone out."""
    forget(commitment)
    earliest = max(timezone.now(), not_before or timezone.now())
    if commitment.matter.closed_at is None:
        for name, receiver, due_at in _rounds(commitment, earliest):
            if due_at > earliest:
                _promise(commitment, name, receiver, due_at)


def forget(commitment: Commitment) -> None:
    """Take back the reminders that have not gone out."""
    _take_back(commitment.reminders.all())
    # Letters of one commitment, as they were written before there were letters of several.
    old = Outbox.objects.filter(
        key__startswith=f"commitment:{commitment.pk}:", kind="remind_commitment", state="waiting"
    )
    old.update(state="withdrawn")


def forget_all(commitments: Iterable[Commitment]) -> None:
    for commitment in commitments:
        forget(commitment)


def wait_for_a_word(commitment: Commitment) -> None:
    """The requester speaks with the owner themselves: they are asked again after two working days."""
    requester = commitment.matter.requester
    today = timezone.localdate(timezone=ZoneInfo(requester.time_zone))
    due_at = morning_of(requester, working_day_after(requester, today, WAIT_FOR_A_WORD))
    asked = commitment.reminders.filter(day=_day(commitment), round=ASKED)
    if asked.filter(due_at__gt=due_at).exists():
        return  # their day is not over yet
    asked.delete()
    _promise(commitment, ASKED, requester, due_at)


def asked_now(requester: Person) -> QuerySet[CommitmentReminder]:
    """What this requester is asked by now: commitments that were reminded of and brought no word."""
    rows = CommitmentReminder.objects.filter(receiver=requester, round=ASKED, due_at__lte=timezone.now())
    rows = rows.filter(commitment__state__in=("proposed", "open"), commitment__matter__closed_at=None)
    # An offer of another date that waits for them is a question already.
    offered = CommitmentOffer.objects.filter(commitment=OuterRef("commitment"), answered_at=None, day__isnull=False)
    rows = rows.exclude(Exists(offered.exclude(by=requester))).select_related("commitment__matter", "letter")
    return rows.filter(Q(commitment__by=F("day")) | Q(commitment__by=None))


def _rounds(commitment: Commitment, now: datetime) -> list[tuple[str, Person, datetime]]:
    requester, owner = commitment.matter.requester, commitment.owner
    has_owner = owner is not None and bool(owner.email) and owner.pk != requester.pk
    receiver = owner if owner is not None and owner.email else requester
    today = timezone.localtime(now, ZoneInfo(receiver.time_zone)).date()
    if commitment.state == "proposed":
        first = working_day_after(receiver, today, WAIT_FOR_A_WORD)
        asked = working_day_after(requester, first, WAIT_FOR_A_WORD)
        return [(UNANSWERED, receiver, morning_of(receiver, first)), (ASKED, requester, morning_of(requester, asked))]
    if commitment.state != "open" or commitment.by is None or not EARLIEST <= commitment.by <= LATEST:
        return []
    after = morning_of(receiver, commitment.by + timedelta(days=1))
    rounds = [(BEFORE, receiver, morning_of(receiver, working_day_before(receiver, commitment.by)))]
    rounds.append((AFTER, receiver, after))
    if has_owner:
        asked = working_day_after(requester, after.date(), WAIT_FOR_A_WORD)
        rounds.append((ASKED, requester, morning_of(requester, asked)))
    return rounds


def _day(commitment: Commitment) -> date:
    return commitment.by or timezone.localdate(commitment.made_at)


def _promise(commitment: Commitment, name: str, receiver: Person, due_at: datetime) -> None:
    defaults = {"receiver": receiver, "due_at": due_at}
    day = _day(commitment)
    row, new = CommitmentReminder.objects.get_or_create(commitment=commitment, day=day, round=name, defaults=defaults)
    if not new:
        return  # of this date the receiver has been reminded
    if receiver.email:
        row.letter = _letter_for(receiver, due_at)
        row.save(update_fields=["letter"])
        _say(row.letter)


def _letter_for(receiver: Person, due_at: datetime) -> Outbox:
    """The letter of that morning, a new one if it is being sent or is out already."""
    day = timezone.localtime(due_at, ZoneInfo(receiver.time_zone)).date()
    begin = f"reminders:{receiver.pk}:{day.isoformat()}:"
    waiting = Outbox.objects.filter(key__startswith=begin, state="waiting", begun=0)
    # Written, so that a worker that begins to send it now waits until what joins it is there.
    if waiting.update(begun=0) and (row := waiting.order_by("-pk").first()):
        return row
    count = Outbox.objects.filter(key__startswith=begin).count()
    return outbox.put("remind_commitment", receiver, outbox.Letter(title=""), key=f"{begin}{count}", due_at=due_at)


def _take_back(reminders: QuerySet[CommitmentReminder]) -> None:
    unsent = Q(letter=None, due_at__gt=timezone.now()) | Q(letter__state__in=("waiting", "failed", "withdrawn"))
    rows = reminders.filter(unsent)
    letters = list(Outbox.objects.filter(reminders__in=rows, state__in=("waiting", "failed")).distinct())
    rows.delete()
    for letter in letters:
        if not letter.reminders.exists():
            Outbox.objects.filter(pk=letter.pk, state=letter.state).update(state="withdrawn")
        elif letter.state == "waiting":
            _say(letter)


@outbox.before_sent("remind_commitment")
def _still_so(row: Outbox) -> bool:
    """What the letter says is looked up once more; with nothing left to say it is not sent."""
    if not row.reminders.exists():
        return not row.key.startswith("reminders:")
    _write(row)
    return True


def _say(row: Outbox) -> None:
    _write(row)
    row.save(update_fields=["payload", "link"])


def _write(row: Outbox) -> None:
    """Put into the letter what it says now. Its queries do not grow with its commitments."""
    rows = row.reminders.select_related("commitment__matter__requester", "commitment__owner")
    shown = list(rows.order_by("commitment__by", "commitment_id")[:MOST])
    more = rows.count() - len(shown) if len(shown) == MOST else 0
    one = shown[0] if len(shown) == 1 else None
    asks = [r for r in shown if r.round == ASKED]
    # What is not their own the receiver finds in the desk: of somebody's matters only its requester is told.
    in_desk = any(r.commitment.owner_id != row.person_id for r in shown) and (len(shown) > 1 or bool(asks))
    with speaking_to(row.person):
        if one and one.round != ASKED:
            made = _of_one(one.commitment, row.person, one.round)
        else:
            made = _of_several(shown, asks, more, row.person, in_desk=in_desk)
    row.payload = dict(made)
    purpose = "" if in_desk else "commitment" if one else "commitments"
    if (row.link.purpose if row.link else "") != purpose:
        row.link = _link(purpose, row.person, one.commitment if one else None)


def _link(purpose: str, receiver: Person, commitment: Commitment | None) -> Link | None:
    if not purpose:
        return None
    return links.issue(purpose, receiver, commitment=commitment, days=link_days(commitment.by if commitment else None))


def _of_one(commitment: Commitment, receiver: Person, name: str) -> outbox.Letter:
    own = receiver.pk == commitment.owner_id
    day = day_text(commitment.by, relative=False) if commitment.by else ""
    facts = {"what": commitment.what, "day": day, "name": commitment.owner_name, "who": receiver.address}
    facts["requester"] = commitment.matter.requester.name
    if name == UNANSWERED:
        title = _("还请您看一下：%(what)s")
        line = _("%(requester)s想请您办的“%(what)s”，还不知道您方便不方便。")
        closing = _("能办、要换日子、该由别人办，点一下就行。")
    elif name == AFTER:
        title = _("请看一下：%(what)s")
        line = _("“%(what)s”原定 %(day)s前完成。") if own else _("%(name)s的“%(what)s”原定 %(day)s前完成。")
        closing = _("已经办好，点一下就行；还需要几天，写个新日子。")
    else:
        title = _("快到日子了：%(what)s")
        line = _("“%(what)s”%(day)s到期。") if own else _("%(name)s的“%(what)s”%(day)s到期。")
        closing = _("如果要改日子，现在说一声就好。")
    return outbox.Letter(
        title=title % facts,
        before=[_("%(who)s，您好：") % facts, line % facts + closing],
        invite=_("在这里说一声，不用登录："),
        small=_("同一个日子只在前后各提醒一次。"),
    )


def _of_several(
    rows: list[CommitmentReminder], asks: list[CommitmentReminder], more: int, receiver: Person, *, in_desk: bool
) -> outbox.Letter:
    own = [r for r in rows if r.round != ASKED]
    before = [_("%(who)s，您好：") % {"who": receiver.address}]
    if own:
        before += [_("这几件事的日子近了，或者刚过，请看一下："), "\n".join(map(_line, own))]
    if asks:
        before += [_("这几件事提醒过两次，还没有回音，接下来怎么办，由你定："), "\n".join(map(_line, asks))]
    if more:
        before.append(
            ngettext("还有 %(count)s 件，都在页面上。", "还有 %(count)s 件，都在页面上。", more) % {"count": more}
        )
    count = len(rows) + more
    title = ngettext("有 %(count)s 件事请看一下", "有 %(count)s 件事请看一下", count) % {"count": count}
    letter = outbox.Letter(title=title, before=before, small=_("同一个日子只在前后各提醒一次。"))
    if in_desk:
        letter["invite"], letter["page"] = _("在这里定："), "/"
    else:
        letter["invite"] = _("在这里一件一件说，不用登录：")
    return letter


def _line(row: CommitmentReminder) -> str:
    facts = {"what": row.commitment.what, "name": row.commitment.owner_name}
    facts["day"] = day_text(row.commitment.by, relative=False) if row.commitment.by else ""
    if row.receiver_id != row.commitment.owner_id:
        return (_("· %(name)s：%(what)s（%(day)s前）") if facts["day"] else _("· %(name)s：%(what)s")) % facts
    return (_("· %(what)s（%(day)s前）") if facts["day"] else _("· %(what)s")) % facts
