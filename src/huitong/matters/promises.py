"""What people do with a commitment: write it down, accept, another date, another owner, done, broken, let go.

An owner and a requester change nothing over each other's heads: a date that one of them wants holds once the other has
agreed, another owner once that one has accepted. What can be a slip is taken back within ten minutes, and nobody is
told of it before they are over.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import commitment_letters as letters
from huitong.coordination import commitments, escalations, reminders
from huitong.coordination.commitments import PROPOSED, UNSETTLED
from huitong.directory.wording import day_text
from huitong.matters import reply_rows
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow, TooLate
from huitong.matters.named import named
from huitong.matters.stages import Action
from huitong.matters.timeline import lock, record
from huitong.records.models import Commitment, CommitmentOffer, Matter, Note, Outbox, Person

LONGEST = 2000
_SHOWN = 300  # characters of somebody's words on the timeline


def promise(
    matter: Matter,
    by: Person,
    *,
    side: str,
    owner_name: str,
    owner_email: str,
    what: str,
    day: date | None,
    done_when: str = "",
    shared: bool = False,
    said_in: Note | None = None,
    until: date | None = None,
) -> Commitment:
    """Write down what somebody is to do, with owner, date and what counts as done.

    With `until` it is a loan from `day` up to that day; once the lender agrees, giving it back is the requester's.
    Somebody else is asked first whether they take it on. `said_in` is the note in whose answer they said it themselves:
    then it is theirs, not earlier than they said, and they are shown how it was written down.
    """
    if not what.strip():
        raise Incomplete("what", _("请写下答应了什么。"))
    if not owner_name.strip():
        raise Incomplete("owner", _("请写明由谁来做。"))
    if day is None or not commitments.EARLIEST <= day <= commitments.LATEST:
        raise Incomplete("by", _("请写明哪天前完成。"))
    if until and not day <= until <= commitments.LATEST:
        raise Incomplete("until", _("归还的日子不能早于开始用的日子。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        if said_in:
            owner = _who_said(matter, said_in, day)
        else:
            owner = named(owner_name.strip(), email=owner_email.strip(), by=by, field="owner")
        made = commitments.make(
            matter,
            side="theirs" if said_in else side if side in ("ours", "theirs", "leader") else "ours",
            owner=owner,
            owner_name=owner.name if said_in else owner_name.strip()[:100],
            what=what.strip()[:LONGEST],
            by=day,
            done_when=done_when.strip()[:LONGEST],
            shared=shared,
            proposed=said_in is None,
            until=until,
        )
        if said_in:
            letters.tell_owner(made)
        kind = "promise_proposed" if made.state == PROPOSED else "promised"
        record(matter, kind, by, by_day=day.isoformat(), **_named(made))
    return made


def _who_said(matter: Matter, note: Note, day: date) -> Person:
    """The owner of what this note's answer says. Raises Incomplete if they did not say so, or not so early."""
    if note.matter_id != matter.pk or note.answer not in ("yes", "date"):
        raise Incomplete("said", _("答复里没有这样说，请选“还要问对方”。"))
    decision = decision_in_force(matter)
    asked_for = str(decision.version.brief.get("deadline") or "") if decision else ""
    earliest = note.day or (date.fromisoformat(asked_for) if asked_for else None)
    if earliest and day < earliest:
        facts = {"name": note.person.name, "day": day_text(earliest, relative=False)}
        raise Incomplete("by", _("%(name)s答应的是%(day)s。要更早，请选“还要问对方”。") % facts)
    return note.person


def accept_promise(commitment: Commitment, *, by: Person, by_name: str = "") -> None:
    """The owner takes on what was written down for them."""
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, (PROPOSED,))
        if by.pk != commitment.owner_id:
            raise NotAllowed
        commitments.accept(commitment)
        letters.tell(commitment, matter.requester, "accepted")
        _record(matter, "promise_accepted", by, commitment, by_name=by_name)


def move_promise(commitment: Commitment, *, by: Person, to: date | None, reason: str, by_name: str = "") -> None:
    """Another day, with the reason. Where there is somebody else to agree, they are asked, and the old day stands."""
    if to is None or not timezone.localdate() <= to <= commitments.LATEST:
        raise Incomplete("to", _("请写一个今天或以后的日子。"))
    if not reason.strip():
        raise Incomplete("reason", _("请写一句为什么改期。"))
    reason = reason.strip()[:LONGEST]
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, UNSETTLED)
        if to == commitment.by:
            raise Incomplete("to", _("就是原来的日子。请写一个别的日子。"))
        before = commitment.by.isoformat() if commitment.by else ""
        days = {"before": before, "after": to.isoformat(), "words": reason[:_SHOWN]}
        if _other(commitment, by) is None:
            commitments.move(commitment, to=to, reason=reason, by_name=by_name or by.name)
            _record(matter, "promise_moved", by, commitment, **days)
            return
        _make_room(commitment, by)
        offer = commitments.offer_date(commitment, by=by, day=to, reason=reason)
        letters.ask_about_offer(offer)
        _answered(matter, commitment, by)
        _record(matter, "promise_date_offered", by, commitment, by_name=by_name, **days)


def hand_promise(
    commitment: Commitment, *, by: Person, name: str, email: str, reason: str = "", by_name: str = ""
) -> None:
    """The owner says that somebody else should do it. That one is asked; until they accept, it stays where it is."""
    if not name.strip():
        raise Incomplete("name", _("请写明交给谁。"))
    try:
        validate_email(email.strip())
    except ValidationError:
        raise Incomplete("email", _("请写对方的邮箱，要问过本人才算。")) from None
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, UNSETTLED)
        person = named(name.strip(), email=email.strip(), by=matter.requester, field="name")
        if person.pk == commitment.owner_id:
            raise Incomplete("name", _("现在就是由这位办。"))
        _make_room(commitment, by)
        offer = commitments.offer_owner(commitment, by=by, person=person, reason=reason.strip()[:LONGEST])
        letters.ask_about_offer(offer)
        _answered(matter, commitment, by)
        _record(matter, "promise_hand_offered", by, commitment, to=person.name, words=reason[:_SHOWN], by_name=by_name)


def answer_offer(commitment: Commitment, *, by: Person, agreed: bool, words: str = "", by_name: str = "") -> None:
    """Yes or no to another date, or to taking it on in somebody's place. Raises NotNow if nothing waits for `by`."""
    with transaction.atomic():
        matter, commitment, offer = _offer(commitment)
        answerer = letters.answerer(offer) if offer else None
        if offer is None or answerer is None or answerer.pk != by.pk or commitment.state not in UNSETTLED:
            raise NotNow("nothing waits for this person's answer")
        first = commitment.owner
        letters.withdraw_asking(commitment)
        commitments.settle_offer(offer, agreed=agreed, words=words.strip()[:LONGEST], by_name=by_name or by.name)
        if offer.person is None:
            letters.tell(commitment, offer.by, "moved" if agreed else "not_moved", words)
            kind = "promise_moved" if agreed else "promise_not_moved"
            _record(matter, kind, by, commitment, after=_day(offer.day), words=offer.reason[:_SHOWN])
            return
        said = "handed" if agreed else "not_handed"
        letters.tell(commitment, first, said, words)
        if agreed or offer.by_id == matter.requester_id:
            letters.tell(commitment, matter.requester, said, words)
        kind = "promise_handed" if agreed else "promise_not_handed"
        _record(matter, kind, by, commitment, before=offer.before, to=offer.person.name, words=words[:_SHOWN])


def withdraw_offer(commitment: Commitment, *, by: Person) -> None:
    """Whoever offered it takes it back before it is answered."""
    with transaction.atomic():
        matter, commitment, offer = _offer(commitment)
        if offer is None:
            raise NotNow("it is answered already")
        if by.pk != offer.by_id:
            raise NotAllowed
        commitments.take_back_offer(offer)
        _record(matter, "promise_offer_withdrawn", by, commitment)


def keep_promise(commitment: Commitment, *, by: Person, words: str = "", by_name: str = "") -> None:
    """Done, with a line of proof if there is one."""
    _end(commitment, by=by, kept=True, words=words, by_name=by_name)


def break_promise(commitment: Commitment, *, by: Person, words: str, by_name: str = "") -> None:
    """It will not be done; the reason is asked for."""
    if not words.strip():
        raise Incomplete("words", _("请写一句原因。"))
    _end(commitment, by=by, kept=False, words=words, by_name=by_name)


def _end(commitment: Commitment, *, by: Person, kept: bool, words: str, by_name: str) -> None:
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, UNSETTLED)
        if kept and by.pk == commitment.owner_id and commitment.accepted_at is None:
            commitment.accepted_at = timezone.now()  # who has done it has taken it on
            commitment.save(update_fields=["accepted_at"])
        commitments.end(commitment, kept=kept, words=words.strip()[:LONGEST])
        letters.tell(commitment, _other(commitment, by), "kept" if kept else "broken", words)
        _answered(matter, commitment, by)
        kind = "promise_kept" if kept else "promise_broken"
        _record(matter, kind, by, commitment, words=words[:_SHOWN], by_name=by_name)


def let_go(commitment: Commitment, *, by: Person, words: str = "") -> None:
    """The requester no longer needs it, or who has lent something does not want it back; the owner is told."""
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, UNSETTLED)
        asker = commitment.asker
        if by.pk != (asker.pk if asker.email else matter.requester_id):
            raise NotAllowed
        commitments.drop(commitment, words=words.strip()[:LONGEST])
        escalations.withdraw(commitment)
        letters.tell(commitment, _other(commitment, by), "dropped", words)
        _record(matter, "promise_dropped", by, commitment, words=words[:_SHOWN])


def speak_again(commitment: Commitment, *, by: Person) -> None:
    """The requester has another word with the owner; the question what now comes again after two working days."""
    with transaction.atomic():
        matter, commitment = _locked(commitment, by, UNSETTLED)
        if by.pk != matter.requester_id:
            raise NotAllowed
        reminders.wait_for_a_word(commitment)
        _record(matter, "promise_spoken", by, commitment)


def share_promise(commitment: Commitment, *, by: Person, shared: bool) -> None:
    """Whether the other department sees this commitment of ours."""
    if by.pk != commitment.matter.requester_id:
        raise NotAllowed
    Commitment.objects.filter(pk=commitment.pk).update(shared=shared)


def reopen_promise(commitment: Commitment, *, by: Person, words: str = "") -> None:
    """It was a slip, or the lender misses something: it is open again. Whoever had heard of it hears of this."""
    with transaction.atomic():
        matter = lock(commitment.matter)
        commitment = Commitment.objects.select_related("owner").get(pk=commitment.pk)
        commitment.matter = matter
        if by.pk not in (matter.requester_id, commitment.owner_id, commitment.asker.pk):
            raise NotAllowed
        if commitment.state in UNSETTLED or matter.closed_at:
            raise NotNow("it is open, or the matter is closed")
        news = Outbox.objects.filter(key__startswith=f"commitment:{commitment.pk}:news:", state="sent")
        told = news.filter(created_at__gte=commitment.ended_at).exists()
        commitments.reopen(commitment)
        if told or words:
            letters.tell(commitment, _other(commitment, by), "reopened", words, at_once=True)
        _record(matter, "promise_reopened", by, commitment, words=words[:_SHOWN])


# --- slips ---


def undo_until(commitment: Commitment, by: Person) -> tuple[str, datetime] | None:
    """What this person has just done and can still take back, and until when: accepted, answered or ended."""
    if commitment.matter.closed_at:
        return None
    did: list[tuple[str, datetime]] = []
    if commitment.ended_at:
        did.append(("ended", commitment.ended_at))
    else:
        own = commitment.owner_id == by.pk != commitment.matter.requester_id
        if commitment.accepted_at and own:
            did.append(("accepted", commitment.accepted_at))
        last = _last_answered(commitment)
        if last and last.answered_at and (answerer := letters.answerer(last)) and answerer.pk == by.pk:
            did.append(("answered", last.answered_at))
    limits = [(what, at + timedelta(minutes=settings.UNDO_MINUTES)) for what, at in did]
    open_ones = [pair for pair in limits if timezone.now() < pair[1]]
    # An offer that was agreed to may have been the acceptance too: then it is the answer that is taken back.
    return max(open_ones, key=lambda pair: (pair[1], pair[0])) if open_ones else None


def undo_promise(commitment: Commitment, *, by: Person) -> None:
    """Take back what was just done. Raises TooLate, or NotNow if something else has happened since."""
    with transaction.atomic():
        matter = lock(commitment.matter)
        commitment = Commitment.objects.select_related("owner").get(pk=commitment.pk)
        commitment.matter = matter
        found = undo_until(commitment, by)
        if found is None:
            raise TooLate
        if found[0] == "ended":
            reopen_promise(commitment, by=by)
            return
        if commitments.open_offer(commitment):
            raise NotNow("something else has been offered since")
        if found[0] == "accepted":
            commitments.take_back_acceptance(commitment)
        else:
            last = _last_answered(commitment)
            assert last is not None
            last.commitment = commitment
            commitments.undo_settling(last)
        _record(matter, "promise_undone", by, commitment)


def _last_answered(commitment: Commitment) -> CommitmentOffer | None:
    offers = commitment.offers.select_related("person", "by", "commitment__matter__requester", "commitment__owner")
    return offers.exclude(answered_at=None).order_by("-answered_at", "-pk").first()


# --- shared by all ---


def _locked(commitment: Commitment, by: Person, states: tuple[str, ...]) -> tuple[Matter, Commitment]:
    matter = lock(commitment.matter)
    commitment = Commitment.objects.select_related("owner").get(pk=commitment.pk)
    commitment.matter = matter
    if by.pk not in (matter.requester_id, commitment.owner_id, commitment.asker.pk):
        raise NotAllowed
    if commitment.state not in states or matter.closed_at:
        raise NotNow("it is not so any more")
    reply_rows.settle(commitment=commitment)
    return matter, commitment


def _offer(commitment: Commitment) -> tuple[Matter, Commitment, CommitmentOffer | None]:
    matter = lock(commitment.matter)
    if matter.closed_at:
        raise NotNow("the matter is closed")
    commitment = Commitment.objects.select_related("owner").get(pk=commitment.pk)
    commitment.matter = matter
    offer = commitments.open_offer(commitment)
    if offer:
        offer.commitment = commitment
    return matter, commitment, offer


def _make_room(commitment: Commitment, by: Person) -> None:
    """One thing is offered at a time: one's own earlier offer goes, the other's is answered by the new one."""
    offer = commitments.open_offer(commitment)
    if offer is None:
        return
    offer.commitment = commitment
    if offer.by_id == by.pk:
        commitments.take_back_offer(offer)
    elif offer.person is None:
        commitments.settle_offer(offer, agreed=False, by_name=by.name)
    else:
        raise NotNow("somebody is being asked to take it on")


def _other(commitment: Commitment, by: Person) -> Person | None:
    """The other of owner and asker, if there is one who can be asked and told."""
    asker, owner = commitment.asker, commitment.owner
    other = asker if owner and by.pk == owner.pk else owner
    if other is None or other.pk == by.pk:
        return None
    return other if other.email or other.pk == commitment.matter.requester_id else None


def _answered(matter: Matter, commitment: Commitment, by: Person) -> None:
    """The owner has said something: the leader need not be asked."""
    if by.pk == commitment.owner_id and escalations.withdraw(commitment):
        _record(matter, "escalation_withdrawn", by, commitment)


def _record(matter: Matter, kind: str, by: Person, commitment: Commitment, **data: str) -> None:
    record(matter, kind, by, **_named(commitment), **data)


def _named(commitment: Commitment) -> dict[str, str]:
    return {"owner": commitment.owner_name, "what": commitment.what[:200]}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
