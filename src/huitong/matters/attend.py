"""A meeting's time: found from everybody's busy time, answered by those invited, moved to what one of them proposes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import attendance, meetings
from huitong.directory.hours import working_of
from huitong.directory.wording import spoken
from huitong.matters.coordinate import decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.moments import busy_of
from huitong.matters.timeline import lock, record
from huitong.records.models import Attendee, Decision, Meeting, Person
from huitong.timing import Busy, Guest, MeetingTime, find_meeting, merge

OFFERED: Final = 3
NOTICE: Final = timedelta(hours=20)
FARTHEST: Final = timedelta(days=366)
SPANS: Final = (7, 21)  # days to look at; the longer one only if the shorter has too few


def guests_of(people: Iterable[tuple[Person, bool]], *, now: datetime) -> list[Guest]:
    """The people, each with whether they must come, as the search wants them: with what is kept of their calendars."""
    return [
        Guest(
            busy_of(person, start=now - timedelta(days=3), end=now + timedelta(days=SPANS[-1] + 3))
            if person.calendar_taken_at
            else None,
            person.address,
            required,
            person.time_zone,
            working_of(person),
        )
        for person, required in people
    ]


def times(guests: Sequence[Guest], *, minutes: int, zone: str, now: datetime) -> tuple[MeetingTime, ...]:
    """Up to three times at which they can meet, best first, with reasons in the active language; soon, if possible."""
    found: tuple[MeetingTime, ...] = ()
    minutes = min(max(minutes, attendance.MINUTES[0]), attendance.MINUTES[1])
    for days in SPANS:
        found = find_meeting(
            guests,
            start=now + NOTICE,
            end=now + timedelta(days=days),
            minutes=minutes,
            zone=zone,
            language=spoken(),
            count=OFFERED,
        )
        if len(found) == OFFERED and all(not each.missing for each in found):
            break
    return found


def busy_together(guests: Iterable[Guest]) -> tuple[Busy, ...]:
    """When at least one of those who must come is busy; never which one."""
    return merge(b for g in guests if g.required and isinstance(g.calendar, (list, tuple)) for b in g.calendar)


def is_open(meeting: Meeting) -> bool:
    """Whether an answer to its invitation can still be taken."""
    over = meeting.cancelled_at or meeting.decided or meeting.matter.closed_at
    return not over and meeting.start > timezone.now()


def answer_meeting(
    meeting: Meeting,
    *,
    by: Person,
    answer: str,
    seen: int,
    proposed: datetime | None = None,
    words: str = "",
    by_name: str = "",
) -> None:
    """An invitee's answer from the page; `seen` is the invitation's sequence that they had before them.

    Raises Incomplete for what can't be, and if the time was changed meanwhile; NotNow once it is cancelled or over.
    """
    if answer not in attendance.ANSWERS:
        raise Incomplete("do", _("请选一项。"))
    now = timezone.now()
    if proposed is not None and not now < proposed <= now + FARTHEST:
        raise Incomplete("start", _("请写一个以后的、一年以内的时间。"))
    with transaction.atomic():
        matter = lock(meeting.matter)
        meeting = Meeting.objects.get(pk=meeting.pk)
        meeting.matter = matter
        attendee = meeting.attendees.filter(person=by).select_related("person").first()
        if attendee is None or matter.requester_id == by.pk:
            raise NotAllowed
        if not is_open(meeting):
            raise NotNow("it is cancelled, or over")
        if seen < meeting.time_sequence:
            raise Incomplete("do", _("会议时间刚刚改过，刚才答的是原来的时间，没有记下。请看过新的时间再答。"))
        if proposed == meeting.start:
            raise Incomplete("start", _("这就是现在定的时间。能来的话，请选“能来”。"))
        attendance.respond(
            meeting,
            attendee,
            answer=answer,
            sequence=meeting.sequence,
            proposed=(proposed, meeting.minutes) if proposed else None,
            words=words,
            by_name=by_name,
        )


def accept_time(meeting: Meeting, *, by: Person, attendee: int) -> Meeting:
    """Move the meeting to the time that this invitee proposes, and tell everybody.

    By the requester or the leader who hosts it. Raises NotNow if that proposal is no more, or its time is past.
    """
    with transaction.atomic():
        matter = lock(meeting.matter)
        meeting = Meeting.objects.get(pk=meeting.pk)
        meeting.matter = matter
        decision = decision_in_force(matter)
        if by.pk != matter.requester_id and not _hosts(by, decision, meeting):
            raise NotAllowed
        row = Attendee.objects.filter(meeting=meeting, pk=attendee).first()
        proposed = attendance.proposal(meeting, row) if row else None
        if proposed is None or proposed[0] <= timezone.now() or not is_open(meeting) or is_held(matter):
            raise NotNow("the proposal is no more, or the matter has moved on")
        start, minutes = proposed
        meetings.move(meeting, start=start, minutes=minutes, place=meeting.place, agenda=meeting.agenda)
        record(matter, "meeting_moved", by, start=start.isoformat(), minutes=minutes)
    return meeting


def _hosts(person: Person, decision: Decision | None, meeting: Meeting) -> bool:
    return decision is not None and decision.pk == meeting.decision_id and decision.by_id == person.pk


def hosts(person: Person, meeting: Meeting) -> bool:
    """Whether it is this leader's own meeting, called upon their decision in force."""
    return _hosts(person, decision_in_force(meeting.matter), meeting)
