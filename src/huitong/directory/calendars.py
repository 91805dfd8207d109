"""A person's calendar file becomes busy time; nothing else of it is kept."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from huitong.records.models import Busy, Person
from huitong.timing import CalendarReading, read_calendar

AHEAD: Final = timedelta(days=60)


def keep_calendar(person: Person, content: bytes, name: str) -> CalendarReading:
    """Keep the busy time of the next 60 days from an iCalendar file, in place of what was kept before.

    `name` is the file's name, shown beside the day on which it was taken. Raises CalendarError for a file that cannot
    be used; what was kept before then stays.
    """
    now = timezone.now()
    reading = read_calendar(content, start=now, end=now + AHEAD, zone=person.time_zone)
    with transaction.atomic():
        Busy.objects.filter(person=person).delete()
        Busy.objects.bulk_create(Busy(person=person, start=b.start, end=b.end, soft=b.soft) for b in reading.busy)
        person.calendar_name, person.calendar_taken_at = name[:200], now
        person.save(update_fields=["calendar_name", "calendar_taken_at"])
    return reading
