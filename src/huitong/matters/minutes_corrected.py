"""The minutes' draft is corrected by all who were invited; then the minutes count.

They count by themselves when the time for corrections is over and none is open, or earlier when the host says so. What
must follow is written in one transaction: what was decided, the commitments, and one letter each.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import commitment_letters, commitments
from huitong.coordination import minutes as letters
from huitong.coordination.commitments import EARLIEST, LATEST
from huitong.delivery import outbox
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.minutes import composed, decided_of, guests_of
from huitong.matters.stages import Action
from huitong.matters.timeline import lock, record
from huitong.records.models import Matter, Meeting, Minutes, MinutesCorrection, MinutesItem, Outbox, Person

LONGEST: Final = 2000  # characters of a correction
MOST: Final = 30  # corrections of one person


def is_open(written: Minutes) -> bool:
    """Whether it can still be corrected by those who were invited."""
    over = written.sent_at is None or written.counted_at or written.meeting.matter.closed_at
    return not over and written.until is not None and timezone.now() < written.until


def say_right(written: Minutes, *, by: Person) -> None:
    """It is right as it stands; whoever has commitments in it takes them on."""
    with _answering(written, by) as fresh:
        fresh.right.add(by)
        # What they want otherwise they have not said yes to.
        open_ones = MinutesCorrection.objects.filter(item=OuterRef("pk"), taken=None)
        own = fresh.items.filter(owner=by, accepted_at=None).exclude(Exists(open_ones))
        own.update(accepted_at=timezone.now())


def correct(
    written: Minutes,
    *,
    by: Person,
    items: Mapping[int, tuple[str, date | None]],
    words: str = "",
    by_name: str = "",
) -> None:
    """Something is not right: own items as they should be {item: (what, by)}, and a sentence about anything else.

    The host decides; what they correct themselves, also in the items of others, stands at once.
    """
    with _answering(written, by) as fresh:
        own = {item.pk: item for item in items_for(fresh, by)}
        changed = _changed(own, items)
        if not changed and not words.strip():
            raise Incomplete("words", _("请改一处，或写一句哪里不准。"))
        if fresh.corrections.filter(person=by).count() + len(changed) + 1 > MOST:
            raise Incomplete("words", _("更正已经很多了，请直接告诉主持记录的人。"))
        made = [_new(fresh, by, by_name, item=own[pk], what=what, day=day) for pk, (what, day) in changed.items()]
        if words.strip():
            made.append(_new(fresh, by, by_name, words=words.strip()[:LONGEST]))
        fresh.right.remove(by)
        for correction in made:
            data = {"words": letters.correction_text(correction)[:300]}
            record(fresh.meeting.matter, "minutes_corrected", by, **data)
            if by.pk == fresh.meeting.matter.requester_id:
                _settle(correction, taken=True)
            else:
                letters.tell_of_correction(correction)


def items_for(written: Minutes, person: Person) -> list[MinutesItem]:
    """What this person can correct: their own, the host everything."""
    rows = written.items.select_related("owner").order_by("pk")
    host = person.pk == written.meeting.matter.requester_id
    return list(rows if host else rows.filter(owner=person))


def _changed(
    own: Mapping[int, MinutesItem], items: Mapping[int, tuple[str, date | None]]
) -> dict[int, tuple[str, date]]:
    found: dict[int, tuple[str, date]] = {}
    for pk, (what, day) in items.items():
        if pk not in own:
            raise NotAllowed
        what = " ".join(what.split())[:LONGEST]
        if not what:
            raise Incomplete(f"what.{pk}", _("请写明办什么事。"))
        if day is None or not EARLIEST <= day <= LATEST:
            raise Incomplete(f"by.{pk}", _("请写明哪天前完成。"))
        if (what, day) != (own[pk].what, own[pk].by):
            found[pk] = (what, day)
    return found


def _new(
    written: Minutes,
    by: Person,
    by_name: str,
    *,
    item: MinutesItem | None = None,
    what: str = "",
    day: date | None = None,
    words: str = "",
) -> MinutesCorrection:
    made = MinutesCorrection.objects.create(
        minutes=written, person=by, item=item, what=what, by=day, words=words, by_name=by_name, at=timezone.now()
    )
    if item:  # of two about one item the later one is meant
        earlier = written.corrections.filter(item=item, person=by, taken=None).exclude(pk=made.pk)
        earlier.update(taken=False, settled_at=made.at)
    return made


@contextmanager
def _answering(written: Minutes, by: Person) -> Iterator[Minutes]:
    with transaction.atomic():
        matter = lock(written.meeting.matter)
        fresh = Minutes.objects.select_related("meeting").get(pk=written.pk)
        fresh.meeting.matter = matter
        if not fresh.meeting.attendees.filter(person=by).exists():
            raise NotAllowed
        host = matter.requester_id == by.pk
        if not (is_open(fresh) or (host and fresh.sent_at and not fresh.counted_at and not matter.closed_at)):
            raise NotNow("it counts already, or its time is over")
        yield fresh


def open_corrections(written: Minutes) -> list[MinutesCorrection]:
    rows = written.corrections.filter(taken=None).select_related("person", "item__owner")
    return list(rows.order_by("at", "pk"))


def answer_correction(written: Minutes, by: Person, *, correction: int, taken: bool) -> bool:
    """The host takes a correction, or leaves it. Returns whether the minutes count with that: its time was over."""
    with acting(written.meeting.matter, by, Action.COORDINATE) as matter:
        fresh = _fresh(written, matter)
        found = fresh.corrections.filter(pk=correction, taken=None).select_related("item", "person").first()
        if found is None:
            raise NotNow("it is settled already")
        _settle(found, taken=taken)
        return _count_if_due(fresh)


def _settle(correction: MinutesCorrection, *, taken: bool) -> None:
    correction.taken, correction.settled_at = taken, timezone.now()
    correction.save(update_fields=["taken", "settled_at"])
    item = correction.item
    if taken and item and correction.by:
        # Who has said it themselves has taken it on; what somebody else has changed waits for its owner.
        theirs = correction.person_id == item.owner_id
        item.what, item.by = correction.what, correction.by
        item.accepted_at = correction.settled_at if theirs else None
        item.save(update_fields=["what", "by", "accepted_at"])


# --- they count ---


def count(written: Minutes, by: Person) -> None:
    """The host says that they count now. Raises Incomplete while a correction is open."""
    with acting(written.meeting.matter, by, Action.COORDINATE) as matter:
        fresh = _fresh(written, matter)
        waiting = fresh.corrections.filter(taken=None).count()
        if waiting:
            raise Incomplete("corrections", _("还有 %(count)s 处更正没有定，先定改不改。") % {"count": waiting})
        _count(fresh)


def _fresh(written: Minutes, matter: Matter) -> Minutes:
    fresh = Minutes.objects.select_related("meeting").get(pk=written.pk)
    fresh.meeting.matter = matter
    if fresh.sent_at is None or fresh.counted_at or fresh.meeting.cancelled_at:
        raise NotNow("they are not out, or count already")
    return fresh


def _count_if_due(fresh: Minutes) -> bool:
    """Let them count if the time for corrections is over and none is open."""
    due = fresh.until is not None and fresh.until <= timezone.now()
    if not due or fresh.corrections.filter(taken=None).exists():
        return False
    _count(fresh)
    return True


def _count(fresh: Minutes) -> None:
    """Decisions stand, each commitment is open or asked for, and everybody has their paper."""
    meeting, matter = fresh.meeting, fresh.meeting.matter
    made = composed(fresh)
    fresh.counted_at = timezone.now()
    fresh.save(update_fields=["counted_at"])
    meeting.decided = "\n".join(decided_of(fresh))
    meeting.save(update_fields=["decided"])
    record(matter, "meeting_held", matter.requester, words=meeting.decided[:2000])
    for item in fresh.items.select_related("owner").order_by("pk"):
        _commit(item, meeting)
    letters.withdraw_drafts(fresh)
    told = [guest.person for guest in guests_of(meeting) if guest.person.email]
    for person in told:
        letters.send_paper(fresh, person, subject=made.subject or meeting.title, text=made.body)
    letters.stop_watching(fresh)
    if told:
        record(matter, "minutes_sent", matter.requester, to=_("、").join(p.name for p in told)[:300])


def _commit(item: MinutesItem, meeting: Meeting) -> None:
    matter = meeting.matter
    made = commitments.make(
        matter,
        side=_side(item.owner, meeting),
        owner=item.owner,
        owner_name=item.owner.name,
        what=item.what,
        by=item.by,
        shared=True,  # everybody at the table has heard it
        proposed=item.accepted_at is None,
    )
    commitment_letters.withdraw_asking(made)  # their paper asks them
    item.commitment = made
    item.save(update_fields=["commitment"])
    kind = "promise_proposed" if made.state == commitments.PROPOSED else "promised"
    data = {"owner": made.owner_name, "what": made.what[:200], "by_day": item.by.isoformat()}
    record(matter, kind, matter.requester, **data)


def _side(owner: Person, meeting: Meeting) -> str:
    requester = meeting.matter.requester
    decision = decision_in_force(meeting.matter)
    if decision and decision.by_id == owner.pk:
        return "leader"
    ours = owner.department_id is not None and owner.department_id == requester.department_id
    return "ours" if ours or owner.pk == requester.pk else "theirs"


def _at_the_end(row: Outbox) -> Minutes | None:
    """What this row watches, on the locked matter; None if there is nothing to look at any more."""
    if row.matter is None:
        return None
    matter = lock(row.matter)
    found = Minutes.objects.select_related("meeting").filter(pk=int(row.key.rpartition(":")[2])).first()
    if found is None or found.counted_at or found.meeting.cancelled_at or matter.closed_at:
        return None
    found.meeting.matter = matter
    return found if decision_in_force(matter) and not is_held(matter) else None


@outbox.before_sent("minutes_due")
def _when_time_is_up(row: Outbox) -> bool:
    """They count; or the host is told that a correction waits. Nothing is sent where nothing waits."""
    found = _at_the_end(row)
    return found is not None and not _count_if_due(found) and bool(row.person.email)


@outbox.after_sent("minutes_due")
def _if_cut_off(row: Outbox) -> None:
    """A worker that died between beginning and looking left it unlooked at."""
    if found := _at_the_end(row):
        _count_if_due(found)
