"""What the tables know of matters, read for many at once: what whereabouts.py tells from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from huitong.records.models import (
    Answer,
    Commitment,
    Decision,
    Matter,
    Meeting,
    Note,
    Outbox,
    Person,
    Reply,
    Request,
    Talk,
)

# The letters whose fate is told.
_AWAY: Final = timedelta(days=14)
_LETTERS: Final = ("request", "answer", "note", "remind_leader")


@dataclass(slots=True)
class Facts:
    """What the tables know of one matter."""

    matter: Matter
    reader: Person | None
    now: datetime
    today: date
    answers: dict[str, str] = field(default_factory=dict)
    request: Request | None = None
    decision: Decision | None = None
    letters: list[Outbox] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    promises: list[Commitment] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    away: dict[int, str] = field(default_factory=dict)  # what a person's mailbox answered by itself lately

    @property
    def leader(self) -> str:
        return self.request.leader.address if self.request else ""

    @property
    def deadline(self) -> date | None:
        """The last day on which it must be decided: the request's own, else what is prepared."""
        if self.request and self.request.delivered_at:
            return self.request.answer_by
        try:
            return date.fromisoformat(self.answers.get("deadline", "").strip())
        except ValueError:
            return None

    def letter(self, *kinds: str, person_id: int | None = None) -> Outbox | None:
        """The last letter of these kinds that was not withdrawn."""
        rows = [r for r in self.letters if r.kind in kinds and person_id in (None, r.person_id)]
        return rows[-1] if rows else None


def gather(matters: Iterable[Matter], reader: Person | None = None) -> dict[int, Facts]:
    """The facts by the matter's number, in nine queries however many matters there are."""
    now, today = timezone.now(), timezone.localdate()
    facts = {m.pk: Facts(m, reader, now, today) for m in matters}
    for answer in Answer.objects.filter(matter__in=facts, question__in=("deadline", "other_department.name")):
        facts[answer.matter_id].answers[answer.question] = str(answer.value or "")
    for request in Request.objects.filter(matter__in=facts, ended_at=None).select_related("leader"):
        facts[request.matter_id].request = request
    standing = Decision.objects.filter(
        request__matter__in=facts, request__ended_at=None, undone_at=None, superseded_at=None
    )
    for decision in standing.select_related("version", "by", "request", "understanding"):
        facts[decision.request.matter_id].decision = decision
    letters = Outbox.objects.filter(matter__in=facts, kind__in=_LETTERS).exclude(state="withdrawn")
    for row in letters.defer("payload").select_related("person").order_by("id"):
        facts[row.matter_id].letters.append(row)
    for note in Note.objects.filter(matter__in=facts).select_related("person__department").order_by("id"):
        facts[note.matter_id].notes.append(note)
    for promise in Commitment.objects.filter(matter__in=facts).select_related("owner").order_by("by", "id"):
        facts[promise.matter_id].promises.append(promise)
    meetings = Meeting.objects.filter(matter__in=facts, cancelled_at=None)
    for meeting in meetings.prefetch_related("attendees__person__department"):
        facts[meeting.matter_id].meetings.append(meeting)
    for talk in Talk.objects.filter(matter__in=facts).order_by("id"):
        facts[talk.matter_id].talks.append(talk)
    lately = Reply.objects.filter(matter__in=facts, outcome="away", taken_at__gt=now - _AWAY).exclude(text="")
    for matter_id, person_id, text in lately.order_by("id").values_list("matter_id", "person_id", "text"):
        facts[matter_id].away[person_id] = text
    return facts
