"""A person's own meetings and commitments as a calendar to subscribe to (RFC 5545). It tells nothing of them.

Everything is an event: a VTODO is left out by most programs that subscribe to a calendar. A commitment lies on the
whole day that it is due, and takes no time; a meeting is in UTC, which needs no VTIMEZONE.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration, vText

from huitong.coordination.attendance import standing
from huitong.directory.wording import speaking_to
from huitong.records.models import Attendee, Commitment, Meeting, Person

PAST: Final = timedelta(days=60)
MOST: Final = 1000  # of each; nobody has more to come
OFTEN: Final = timedelta(hours=1)


def calendar_of(person: Person, *, now: datetime) -> bytes:
    """The calendar. The same rows always give the same bytes, so that who has them need not fetch them again.

    What is cancelled, declined, kept or taken back is not in it; a program that subscribes then takes it out.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Huitong//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with speaking_to(person):
        calendar.add("x-wr-calname", _("会同"))
        calendar.add("refresh-interval", vDuration(OFTEN), parameters={"value": "DURATION"})  # RFC 7986, 5.7
        calendar.add("x-published-ttl", vDuration(OFTEN))  # what Outlook reads
        for attendee in _meetings(person, now):
            calendar.add_component(_meeting(attendee.meeting, attendee))
        for commitment in _commitments(person, now):
            calendar.add_component(_commitment(commitment))
    return calendar.to_ical()


def _meetings(person: Person, now: datetime) -> list[Attendee]:
    rows = Attendee.objects.filter(person=person, meeting__cancelled_at=None, meeting__start__gt=now - PAST)
    rows = rows.select_related("meeting").order_by("meeting__start", "pk")[:MOST]
    return [row for row in rows if standing(row.meeting, row) != "declined"]


def _commitments(person: Person, now: datetime) -> list[Commitment]:
    rows = Commitment.objects.filter(owner=person, state="open", by__gt=(now - PAST).date(), matter__closed_at=None)
    return list(rows.prefetch_related("moves").order_by("by", "pk")[:MOST])


def _meeting(meeting: Meeting, attendee: Attendee) -> Event:
    event = _event(f"meeting-{meeting.pk}", meeting.changed_at or meeting.start, meeting.matter_id, _("会同：会议"))
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.start)
    event.add("dtend", meeting.start + timedelta(minutes=meeting.minutes))
    event.add("status", "CONFIRMED" if standing(meeting, attendee) == "accepted" else "TENTATIVE")
    event.add("transp", "OPAQUE")
    return event


def _commitment(commitment: Commitment) -> Event:
    assert commitment.by is not None
    changed = max([commitment.made_at, *(move.at for move in commitment.moves.all())])
    event = _event(f"commitment-{commitment.pk}", changed, commitment.matter_id, _("会同：承诺到期"))
    event.add("dtstart", commitment.by)
    event.add("dtend", commitment.by + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _event(name: str, changed: datetime, matter: int, title: str) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.ADDRESS).hostname}")
    event.add("dtstamp", changed.astimezone(UTC).replace(microsecond=0))
    event.add("summary", vText(_("%(title)s（事项 %(number)s）") % {"title": title, "number": matter}))
    event.add("class", "PRIVATE")
    return event
