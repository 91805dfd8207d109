"""A meeting that the leader hosts: date, agenda, and an iCalendar invitation by mail (RFC 5545, RFC 5546)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from huitong.delivery import outbox
from huitong.directory.wording import moment_text, speaking_to
from huitong.records.models import Attendee, Decision, Matter, Meeting, Outbox, Person


def to_come(matter: Matter) -> Meeting | None:
    """The meeting that is set, or was held and has no record yet; there is one at most."""
    return matter.meetings.filter(cancelled_at=None, decided="").first()


def last_held(matter: Matter) -> Meeting | None:
    """The latest meeting that has begun or is over, and was not called off."""
    return matter.meetings.filter(cancelled_at=None, start__lte=timezone.now()).order_by("-start", "-pk").first()


def call(
    matter: Matter,
    *,
    title: str,
    start: datetime,
    minutes: int,
    place: str,
    agenda: str,
    attendees: Iterable[Person],
    decision: Decision | None = None,
) -> Meeting:
    """Set the meeting and invite everyone who has an address. `start` is aware."""
    meeting = Meeting.objects.create(
        matter=matter,
        decision=decision,
        title=title,
        start=start,
        minutes=minutes,
        place=place,
        agenda=agenda,
        uid=f"{uuid4().hex}@{urlsplit(settings.ADDRESS).hostname}",
    )
    Attendee.objects.bulk_create([Attendee(meeting=meeting, person=p) for p in dict.fromkeys(attendees)])
    _invite(meeting)
    return meeting


def move(meeting: Meeting, *, start: datetime, minutes: int, place: str, agenda: str) -> None:
    """Another time or place: the same meeting, the next sequence number, everyone told."""
    meeting.start, meeting.minutes, meeting.place, meeting.agenda = start, minutes, place, agenda
    meeting.sequence += 1
    meeting.save()
    _invite(meeting)


def forget(decision: Decision) -> bool:
    """The decision no longer stands: its meeting is cancelled. Returns whether there was one."""
    meeting = Meeting.objects.filter(decision=decision, cancelled_at=None, decided="").first()
    if meeting:
        cancel(meeting)
    return meeting is not None


def cancel(meeting: Meeting) -> None:
    meeting.cancelled_at = timezone.now()
    meeting.sequence += 1
    meeting.save()
    _invite(meeting)


def send_minutes(meeting: Meeting, *, subject: str, text: str) -> list[Person]:
    """Send the minutes to everyone who was invited and has an address. Returns who gets them; none gets them twice."""
    requester, told = meeting.matter.requester, []
    mark = sha256(f"{subject}\n{text}".encode()).hexdigest()[:16]
    for attendee in meeting.attendees.select_related("person"):
        person = attendee.person
        if not person.email or person.pk == requester.pk:
            continue
        with speaking_to(person):
            letter = minutes_letter(meeting, person, subject=subject, text=text)
        outbox.put("minutes", person, letter, key=f"minutes:{meeting.pk}:{mark}:{person.pk}", matter=meeting.matter)
        told.append(person)
    return told


def minutes_letter(meeting: Meeting, person: Person, *, subject: str, text: str) -> outbox.Letter:
    """The mail of the minutes, in the language that is active."""
    opening = _("会议的纪要在下面，请您过目。有遗漏或记得不准的地方，请告诉%(name)s，好改过来。")
    return outbox.Letter(
        title=subject,
        before=[
            _("%(who)s，您好：") % {"who": person.address},
            opening % {"name": meeting.matter.requester.name},
            *outbox.paragraphs(text),
        ],
    )


def invitation(meeting: Meeting, organiser: Person) -> str:
    """The iCalendar text: METHOD REQUEST, or CANCEL once it is cancelled."""
    calendar = Calendar()
    calendar.add("prodid", "-//Huitong//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.cancelled_at else "REQUEST")
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", meeting.start)
    event.add("dtend", meeting.start + timedelta(minutes=meeting.minutes))
    event.add("summary", vText(meeting.title))
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    if meeting.place:
        event.add("location", vText(meeting.place))
    if meeting.agenda:
        event.add("description", vText(meeting.agenda))
    host = vCalAddress(f"mailto:{organiser.email or settings.MAIL_FROM}")
    host.params["cn"] = vText(organiser.name)
    event.add("organizer", host)
    for attendee in meeting.attendees.select_related("person"):
        if attendee.person.email:
            guest = vCalAddress(f"mailto:{attendee.person.email}")
            guest.params["cn"] = vText(attendee.person.name)
            guest.params["rsvp"] = vText("TRUE")
            event.add("attendee", guest)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _invite(meeting: Meeting) -> None:
    text = invitation(meeting, meeting.matter.requester)
    for attendee in meeting.attendees.select_related("person"):
        person = attendee.person
        if not person.email:
            continue
        earlier = Outbox.objects.filter(key__startswith=f"meeting:{meeting.pk}:", person=person)
        earlier.filter(state="waiting").update(state="withdrawn")  # what it says no longer holds
        has_heard = earlier.filter(Q(state="sent") | Q(tries__gt=0)).exists()
        if meeting.cancelled_at and not has_heard:
            continue
        with speaking_to(person):
            facts = {
                "title": meeting.title,
                "when": moment_text(meeting.start, weekday=True, relative=False),
                "zone": person.time_zone,
                "minutes": meeting.minutes,
                "place": meeting.place,
                "who": person.address,
            }
            before = [_("%(who)s，您好：") % facts]
            if meeting.cancelled_at:
                title, line = _("会议取消：%(title)s"), _("原定 %(when)s 的会议取消了。")
            elif has_heard:
                title, line = _("会议改期：%(title)s"), _("会议改到 %(when)s（%(zone)s），约 %(minutes)s 分钟。")
            else:
                title, line = _("会议邀请：%(title)s"), _("请您参加会议：%(when)s（%(zone)s），约 %(minutes)s 分钟。")
            before.append(line % facts)
            if meeting.place and not meeting.cancelled_at:
                before.append(_("地点：%(place)s") % facts)
            if meeting.agenda and not meeting.cancelled_at:
                before.append(_("议程：") + "\n" + meeting.agenda)
            letter = outbox.Letter(title=title % facts, before=before, calendar=text)
        outbox.put(
            "invitation",
            person,
            letter,
            key=f"meeting:{meeting.pk}:{meeting.sequence}:{person.pk}",
            matter=meeting.matter,
        )
