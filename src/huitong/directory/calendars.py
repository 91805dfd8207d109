"""A person's calendar file: its busy time is kept, and nothing else of it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from huitong.records.models import Busy, Person
from huitong.timing import CalendarReading, read_calendar

DAYS: Final = 60

AfterStored = Callable[[Person, datetime], object]
_after_stored: Final[list[AfterStored]] = []


def after_stored(function: AfterStored) -> AfterStored:
    """Register what follows when busy time of a person was stored; runs in the transaction that stores it."""
    _after_stored.append(function)
    return function


def stored(person: Person, now: datetime) -> None:
    """To be called in the transaction in which busy time of this person has changed."""
    for function in _after_stored:
        function(person, now)


def take(person: Person, name: str, content: bytes) -> CalendarReading:
    """Keep when this person is busy in the next 60 days, as their calendar file says, in place of what was kept.

    Returns what was read, with the events that could not be used. Raises CalendarError for a file that is no calendar
    or is too large; what was kept then stays.
    """
    now, zone = timezone.now(), ZoneInfo(person.time_zone)
    start = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    reading = read_calendar(content, start=start, end=start + timedelta(days=DAYS), zone=person.time_zone)
    rows = [Busy(person=person, start=b.start, end=b.end, soft=b.soft) for b in reading.busy]
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        Busy.objects.filter(person=person).delete()
        Busy.objects.bulk_create(rows, batch_size=500)
        person.calendar_name, person.calendar_taken_at = " ".join(name.split())[:200], now
        person.save(update_fields=["calendar_name", "calendar_taken_at"])
        stored(person, now)
    return reading


def remove(person: Person) -> None:
    """Forget the calendar: all of its busy time, its name and when it was taken."""
    with transaction.atomic():
        Busy.objects.filter(person=person).delete()
        Person.objects.filter(pk=person.pk).update(calendar_name="", calendar_taken_at=None)
