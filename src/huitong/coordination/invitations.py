"""An invitation as calendars read it: one event, with whoever invites and who is invited (RFC 5545, RFC 5546)."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from huitong.records.models import Meeting, Person, Series


def new_uid() -> str:
    """What a calendar knows the event by, however often it is changed."""
    return f"{uuid4().hex}@{urlsplit(settings.ADDRESS).hostname}"


def event_of(row: Meeting | Series, organiser: Person, *, start: datetime, is_off: bool) -> Event:
    """The event without its guests; one that is off is taken out of their calendars."""
    event = Event()
    event.add("uid", row.uid)
    event.add("sequence", row.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=row.minutes))
    event.add("summary", vText(row.title))
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if row.place:
        event.add("location", vText(row.place))
    # To this address calendars send their answers.
    host = vCalAddress(f"mailto:{settings.REPLY_ADDRESS or organiser.email or settings.MAIL_FROM}")
    host.params["cn"] = vText(organiser.name)
    event.add("organizer", host)
    return event


def add_guest(event: Event, person: Person, **parameters: str) -> None:
    """Invite this person by their address; `parameters` are the standard's: role, partstat, rsvp."""
    guest = vCalAddress(f"mailto:{person.email}")
    for name, value in {"cn": person.name, **parameters}.items():
        guest.params[name] = vText(value)
    event.add("attendee", guest)


def text_of(event: Event) -> str:
    """The iCalendar text, with the time zones that the event names: METHOD REQUEST, or CANCEL of one that is off."""
    calendar = Calendar()
    calendar.add("prodid", "-//Huitong//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event["status"] == "CANCELLED" else "REQUEST")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()
