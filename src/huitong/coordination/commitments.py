"""Commitments: who promised what by when, on either side, and what becomes of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from huitong.coordination import commitment_letters as letters
from huitong.coordination import loans, reminders
from huitong.coordination.reminders import EARLIEST, LATEST
from huitong.records.models import (
    Commitment,
    CommitmentMove,
    CommitmentOffer,
    Decision,
    Matter,
    Person,
)

__all__ = ["EARLIEST", "LATEST"]

PROPOSED, OPEN, KEPT, BROKEN, DROPPED = "proposed", "open", "kept", "broken", "dropped"
UNSETTLED: Final = (PROPOSED, OPEN)


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
    done_when: str = "",
    shared: bool = False,
    proposed: bool = False,
    until: date | None = None,
    returns: Commitment | None = None,
) -> Commitment:
    """A new commitment with its reminders. `side` is ours, theirs or leader.

    With `until` it is a loan up to that day; `returns` is the loan that this one gives back.
    `proposed`: its owner has not said it themselves, and is asked first; whoever has no address can't be asked.
    """
    now = timezone.now()
    asks = proposed and owner is not None and bool(owner.email) and owner.pk != matter.requester_id
    commitment = Commitment.objects.create(
        matter=matter,
        decision=decision,
        side=side,
        owner=owner,
        owner_name=owner_name,
        what=what,
        by=by,
        done_when=done_when,
        shared=shared,
        until=until,
        returns=returns,
        state=PROPOSED if asks else OPEN,
        made_at=now,
        accepted_at=None if asks else now,
    )
    if asks:
        letters.ask_owner(commitment, due_at=remind_from)
    reminders.plan(commitment, not_before=remind_from)
    loans.follow(commitment)
    return commitment


def accept(commitment: Commitment) -> None:
    """The owner takes it on as it stands."""
    commitment.state, commitment.accepted_at = OPEN, timezone.now()
    commitment.save(update_fields=["state", "accepted_at"])
    letters.withdraw_asking(commitment)
    reminders.plan(commitment)
    loans.follow(commitment)


def take_back_acceptance(commitment: Commitment) -> None:
    """Accepting was a slip."""
    commitment.state, commitment.accepted_at = PROPOSED, None
    commitment.save(update_fields=["state", "accepted_at"])
    letters.withdraw_news(commitment)
    reminders.plan(commitment)
    loans.follow(commitment)


def move(commitment: Commitment, *, to: date, reason: str, by_name: str) -> None:
    """Another date, with the reason; the reminders move with it."""
    CommitmentMove.objects.create(
        commitment=commitment, before=commitment.by, after=to, reason=reason, by_name=by_name, at=timezone.now()
    )
    commitment.by = to
    commitment.save(update_fields=["by"])
    reminders.plan(commitment)


def offer_date(commitment: Commitment, *, by: Person, day: date, reason: str) -> CommitmentOffer:
    """Another date, which holds once the other of owner and requester agrees; until then the old one stands."""
    before = commitment.by.isoformat() if commitment.by else ""
    return CommitmentOffer.objects.create(
        commitment=commitment, by=by, day=day, reason=reason, before=before, at=timezone.now()
    )


def offer_owner(commitment: Commitment, *, by: Person, person: Person, reason: str) -> CommitmentOffer:
    """Another owner, who is asked; until they accept, it stays with the owner that it has."""
    return CommitmentOffer.objects.create(
        commitment=commitment,
        by=by,
        person=person,
        reason=reason,
        before=commitment.owner_name,
        owner_before=commitment.owner,
        at=timezone.now(),
    )


def open_offer(commitment: Commitment) -> CommitmentOffer | None:
    offers = commitment.offers.select_related("by", "person")
    return offers.filter(answered_at=None).first()


def settle_offer(offer: CommitmentOffer, *, agreed: bool, words: str = "", by_name: str) -> None:
    """Yes or no to an offer. A yes changes the date, or whose it is; either way that one has then accepted it."""
    commitment = offer.commitment
    offer.agreed, offer.answered_at, offer.words = agreed, timezone.now(), words
    offer.save(update_fields=["agreed", "answered_at", "words"])
    if not agreed:
        return
    if commitment.state == PROPOSED:
        commitment.state, commitment.accepted_at = OPEN, offer.answered_at
    if offer.person:
        commitment.owner, commitment.owner_name = offer.person, offer.person.name
    commitment.save(update_fields=["state", "accepted_at", "owner", "owner_name"])
    if offer.day:
        move(commitment, to=offer.day, reason=offer.reason, by_name=offer.by.name)
    else:
        reminders.plan(commitment)
    loans.follow(commitment)


def take_back_offer(offer: CommitmentOffer) -> None:
    """Offering it was a slip, or is not needed any more."""
    letters.withdraw_asking(offer.commitment)
    offer.delete()


def end(commitment: Commitment, *, kept: bool, words: str = "") -> None:
    """Kept (with a line of proof, if any) or broken (with the reason); no more reminders."""
    _end(commitment, KEPT if kept else BROKEN, words)


def drop(commitment: Commitment, *, words: str) -> None:
    """The requester lets it go."""
    _end(commitment, DROPPED, words)


def _end(commitment: Commitment, state: str, words: str) -> None:
    commitment.state, commitment.words, commitment.ended_at = state, words, timezone.now()
    commitment.save(update_fields=["state", "words", "ended_at"])
    commitment.offers.filter(answered_at=None).delete()
    letters.withdraw_asking(commitment)
    reminders.forget(commitment)
    loans.follow(commitment)


def reopen(commitment: Commitment) -> None:
    """A slip is undone: the commitment stands as before, and reminded of what it has not been reminded of."""
    state = OPEN if commitment.accepted_at else PROPOSED
    commitment.state, commitment.words, commitment.ended_at = state, "", None
    commitment.save(update_fields=["state", "words", "ended_at"])
    letters.withdraw_news(commitment)
    reminders.plan(commitment)
    loans.follow(commitment)


def stop(matter: Matter) -> None:
    """The matter is closed: nobody is asked or reminded any more."""
    rows = matter.commitments.filter(state__in=UNSETTLED)
    reminders.forget_all(rows)
    for commitment in rows:
        letters.withdraw_asking(commitment)


def remind_again(matter: Matter) -> None:
    """The matter is open again: so are the reminders of its open commitments that are still to come."""
    for commitment in matter.commitments.filter(state__in=UNSETTLED).select_related("owner", "matter__requester"):
        reminders.plan(commitment)


def overdue(commitments: Iterable[Commitment], *, on: date) -> list[Commitment]:
    # Due today is not overdue until the day has ended.
    return [c for c in commitments if c.state == OPEN and c.by and c.by < on]


def forget(decision: Decision) -> None:
    """The decision was undone: the open commitments that it had made go with it."""
    for commitment in Commitment.objects.filter(decision=decision, state__in=UNSETTLED):
        reminders.forget(commitment)
        letters.withdraw_asking(commitment)
        letters.withdraw_news(commitment)
        commitment.delete()


def undo_settling(offer: CommitmentOffer) -> None:
    """Answering the offer was a slip: what stood before stands again, and the offer waits."""
    commitment = offer.commitment
    if offer.agreed:
        last = commitment.moves.order_by("-pk").first()
        if offer.day and last:
            commitment.by = last.before
            last.delete()
        if offer.person:
            commitment.owner, commitment.owner_name = offer.owner_before, offer.before
        if commitment.accepted_at == offer.answered_at:
            commitment.state, commitment.accepted_at = PROPOSED, None
        commitment.save(update_fields=["by", "state", "accepted_at", "owner", "owner_name"])
    offer.agreed, offer.answered_at, offer.words = None, None, ""
    offer.save(update_fields=["agreed", "answered_at", "words"])
    letters.withdraw_news(commitment)
    reminders.plan(commitment)
    loans.follow(commitment)


def offers_for(person: Person) -> QuerySet[CommitmentOffer]:
    """Offers that this person has to answer."""
    offers = CommitmentOffer.objects.filter(answered_at=None, commitment__matter__closed_at=None)
    asks = Q(commitment__returns=None, commitment__matter__requester=person) | Q(commitment__returns__owner=person)
    of_day = Q(day__isnull=False) & (asks | Q(commitment__owner=person))
    return offers.filter(Q(person=person) | of_day).exclude(by=person).select_related("commitment__matter", "by")
