"""Busy time of people for tests: as if a calendar file of theirs had been taken."""

from datetime import datetime

from django.utils import timezone

from huitong.directory.calendars import Interval, keep, note_taking
from huitong.records.models import Calendar, Person


def keep_busy(person: Person, *times: tuple[datetime, datetime] | tuple[datetime, datetime, bool]) -> Calendar:
    """keep_busy(leader, (start, end), (start, end, True)): one calendar with these times; the last is soft."""
    now = timezone.now()
    calendar = Calendar.objects.create(person=person, kind="file", name="work.ics", added_at=now, taken_at=now)
    keep(calendar, [Interval(*each) for each in times])
    note_taking(person)
    person.refresh_from_db(fields=["calendar_taken_at"])
    return calendar
