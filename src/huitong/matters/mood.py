"""What a leader says of today with one tap: what waits for them is held back or brought forward.

Nobody is told what they said. The requester hears the new time, once the minutes for taking it back are over.
"""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from huitong.delivery.outbox import Reason
from huitong.directory.hours import working_day_after
from huitong.directory.wording import speaking_to
from huitong.matters.deadlines import MORNING
from huitong.matters.errors import NotNow
from huitong.matters.habits import BAD_DAY
from huitong.matters.moments import next_best
from huitong.matters.moving import move_to, set_for, zone_of
from huitong.records.models import Mood, Outbox, Person, Request
from huitong.timing.habits import reading_minutes

TEN_MINUTES: Final = "ten_minutes"
UNDO_WITHIN: Final = timedelta(minutes=10)
TELL_AFTER: Final = timedelta(minutes=10)
AT_ONCE: Final = timedelta(seconds=15)  # time to take back a tap that was a slip
SHORT: Final = 10  # minutes
FORGOTTEN_AFTER: Final = timedelta(days=2)  # what somebody said of a day is nobody's business after it


def has_been_asked(person: Person) -> bool:
    """Whether there is anything that they could hold back or bring forward."""
    return Request.objects.filter(leader=person).exists()


def standing(person: Person, now: datetime) -> Mood | None:
    """What they have said of today and can still take back: a bad day all day long, ten minutes while nothing went."""
    today = timezone.localtime(now, zone_of(person)).date()
    row = Mood.objects.filter(person=person, day=today, undone_at=None).order_by("-id").first()
    if row is None or row.kind == BAD_DAY or _is_still_here(row, now):
        return row
    return Mood.objects.filter(person=person, day=today, undone_at=None, kind=BAD_DAY).first()


def bad_day(person: Person, now: datetime) -> Mood:
    """Today is not a good day: what is set for the rest of it moves to the next best moment after it.

    "No later than" wins: what has no good moment left before it stays. Reminders wait for the next working day.
    Said twice it is said once.
    """
    with transaction.atomic():
        person = _lock(person)
        local = timezone.localtime(now, zone_of(person))
        said = Mood.objects.filter(person=person, kind=BAD_DAY, day=local.date(), undone_at=None).first()
        if said:
            return said
        said = _say(person, BAD_DAY, now)
        tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), zone_of(person))
        for request in set_for(person, start=now, end=tomorrow):
            before = request.deliver_at
            with speaking_to(request.matter.requester):
                best = next_best(request, start=tomorrow)
            if best and move_to(request, best.start, best.reasons, now=now, tell_at=now + TELL_AFTER):
                said.moves.append([request.pk, before.isoformat(), best.start.isoformat()])
        _hold_reminders(person, now, tomorrow)
        said.save(update_fields=["moves"])
    return said


def ten_minutes(person: Person, now: datetime) -> Request:
    """I have ten minutes now: of what is set for them, the one that suits best comes at once. One thing at a time.

    What has to be decided first comes first; of several equal ones one that can be read in that time, then the one
    set soonest. Raises NotNow if nothing is set.
    """
    with transaction.atomic():
        person = _lock(person)
        for request in sorted(set_for(person, start=now), key=_first_due):
            before = request.deliver_at
            by_mail = request.way == "mail"  # otherwise the requester is sent there now: that tells them
            if not move_to(request, now + AT_ONCE, (), now=now, tell=by_mail, tell_at=now + AT_ONCE):
                continue
            # They have just said so: no quiet hours hold it.
            waiting = Outbox.objects.filter(matter=request.matter, state="waiting")
            waiting.filter(kind__in=("request", "remind_deliver")).update(reason=Reason.NOW)
            said = _say(person, TEN_MINUTES, now)
            said.moves = [[request.pk, before.isoformat(), request.deliver_at.isoformat()]]
            said.save(update_fields=["moves"])
            return request
    raise NotNow("nothing is set for this leader")


def undo(person: Person, now: datetime) -> Mood:
    """Take back what was said. What it moved goes back, if that is still to come and nobody has moved it since.

    Who was not told yet is told nothing. Raises NotNow if there is nothing to take back.
    """
    with transaction.atomic():
        person = _lock(person)
        said = standing(person, now)
        if said is None:
            raise NotNow("nothing was said of today")
        said.undone_at = now
        said.save(update_fields=["undone_at"])
        for number, before, after in said.moves:
            request = Request.objects.select_related("leader", "matter__requester").filter(pk=number).first()
            if request is None or request.deliver_at != datetime.fromisoformat(after):
                continue
            _put_back(request, datetime.fromisoformat(before), now)
    return said


def _put_back(request: Request, before: datetime, now: datetime) -> None:
    untold = Outbox.objects.filter(matter=request.matter, kind="moved", state="waiting").exists()
    if before > now:
        move_to(request, before, tuple(request.reasons), now=now, tell=not untold)
        return
    with speaking_to(request.matter.requester):
        best = next_best(request, start=now + timedelta(minutes=5))
    if best:
        move_to(request, best.start, best.reasons, now=now)


def _hold_reminders(person: Person, now: datetime, tomorrow: datetime) -> None:
    rows = Outbox.objects.filter(person=person, kind="remind_leader", state="waiting", lease_until=None)
    day = working_day_after(person, tomorrow.date() - timedelta(days=1))
    for row in rows.filter(due_at__gt=now, due_at__lt=tomorrow).select_related("link__request"):
        by = row.link.request.answer_by if row.link and row.link.request else None
        if by is None or day < by:
            row.due_at = datetime.combine(day, MORNING, zone_of(person))
            row.save(update_fields=["due_at"])


def _first_due(request: Request) -> tuple[str, bool, datetime]:
    text = request.versions.order_by("-number")[0].text
    return str(request.answer_by or "9999"), reading_minutes(text) > SHORT, request.deliver_at


def _is_still_here(said: Mood, now: datetime) -> bool:
    numbers = [number for number, _before, _after in said.moves]
    rows = Request.objects.filter(pk__in=numbers, delivered_at=None, ended_at=None)
    return now - said.at < UNDO_WITHIN and rows.exists()


def _say(person: Person, kind: str, now: datetime) -> Mood:
    today = timezone.localtime(now, zone_of(person)).date()
    Mood.objects.filter(person=person, day__lt=today - FORGOTTEN_AFTER).delete()
    return Mood.objects.create(person=person, kind=kind, day=today, at=now)


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
