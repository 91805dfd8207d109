"""A person's calendars: of each the busy time is kept, and nothing else."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from huitong.method import Problem
from huitong.records.models import Busy as Row
from huitong.records.models import Calendar, Person
from huitong.timing import Busy, CalendarReading, merge, read_calendar, zone_named
from huitong.timing.calendars import takes_whole_days

DAYS: Final = 60
MOST: Final = 8  # calendars of one person
MOST_NOTES: Final = 20  # what was left out is told one by one up to here
FILE: Final = "file"
ALL, TIMED, NONE = "all", "timed", "none"
COUNTS: Final = (ALL, TIMED, NONE)

AfterStored = Callable[[Person, datetime], object]
_after_stored: Final[list[AfterStored]] = []


def after_stored(function: AfterStored) -> AfterStored:
    """Register what follows when busy time of a person was stored; runs in the transaction that stores it."""
    _after_stored.append(function)
    return function


class Interval(NamedTuple):
    """One row of busy time, as it is compared with what is kept."""

    start: datetime
    end: datetime
    soft: bool = False
    whole_day: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when busy time is kept, in which zone a day is one, and whose it is (an address)."""

    start: datetime
    end: datetime
    zone: str
    owner: str = ""


class Change(NamedTuple):
    """How many rows were added and removed."""

    added: int
    removed: int


def window_of(person: Person, now: datetime) -> Window:
    zone = ZoneInfo(person.time_zone)
    start = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    return Window(start, start + timedelta(days=DAYS), person.time_zone, person.email)


def read(content: bytes | str, window: Window) -> CalendarReading:
    """Raises CalendarError. Whose answers count is found in the file, if it says; else by the window's owner."""
    return read_calendar(content, start=window.start, end=window.end, zone=window.zone)


def intervals(reading: CalendarReading, part: str = "") -> set[Interval]:
    found = {Interval(b.start, b.end, b.soft, False, part) for b in reading.timed}
    return found | {Interval(b.start, b.end, b.soft, True, part) for b in reading.whole_days}


def listed(busy: Iterable[Busy], window: Window) -> set[Interval]:
    """The same of a provider's bare list: clipped to the window, days that it takes whole told apart."""
    home = zone_named(window.zone)
    parts: dict[bool, list[Busy]] = {False: [], True: []}
    for each in busy:
        start, end = max(each.start, window.start), min(each.end, window.end)
        if start < end:
            parts[takes_whole_days(each, home)].append(Busy(start, end, each.soft))
    return {Interval(b.start, b.end, b.soft, days) for days, some in parts.items() for b in merge(some)}


def told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """What was left out or guessed, to be kept and told to the owner: it names an event by its number alone."""
    return [{"zh": p.zh, "en": p.en} for p in problems][:MOST_NOTES]


def keep(calendar: Calendar, busy: Collection[Interval], *, of_parts: Collection[str] | None = None) -> Change:
    """Make this the calendar's busy time, or that of some of its parts: only what differs is written.

    Runs in the transaction of its cause.
    """
    rows = Row.objects.filter(calendar=calendar)
    if of_parts is not None:
        rows = rows.filter(part__in=of_parts)
    wanted, gone = set(busy), []
    for pk, *values in rows.values_list("pk", *Interval._fields):
        kept = Interval(*values)
        if kept in wanted:
            wanted.discard(kept)
        else:
            gone.append(pk)
    for first in range(0, len(gone), 500):
        Row.objects.filter(pk__in=gone[first : first + 500]).delete()
    Row.objects.bulk_create([Row(calendar=calendar, **each._asdict()) for each in wanted], batch_size=500)
    return Change(len(wanted), len(gone))


def take(person: Person, name: str, content: bytes, *, beside: bool = False) -> CalendarReading:
    """Keep when this person is busy in the next 60 days, as a calendar file says, in place of the files kept before.

    With `beside` it takes the place of that file alone which has the same name. Returns what was read, with the events
    that could not be used. Raises CalendarError for a file that is no calendar or is too large; what was kept then
    stays.
    """
    now, name = timezone.now(), " ".join(name.split())[:200] or "calendar.ics"
    reading = read(content, window_of(person, now))
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        files = Calendar.objects.filter(person=person, kind=FILE)
        calendar = (files.filter(name=name) if beside else files).order_by("pk").first()
        if calendar is None:
            calendar = Calendar(person=person, kind=FILE, added_at=now)
        elif not beside:
            files.exclude(pk=calendar.pk).delete()
        calendar.name, calendar.taken_at = name, now
        calendar.notes = told((*reading.skipped, *reading.notes))
        calendar.save()
        keep(calendar, intervals(reading))
        note_taking(person)
    return reading


def may_add(person: Person) -> bool:
    return person.calendars.count() < MOST


def remove(calendars: QuerySet[Calendar], person: Person) -> int:
    """Forget these calendars of the person: busy time, addresses, passwords and tokens. Returns how many."""
    with transaction.atomic():
        _, of_each = calendars.filter(person=person).delete()
        note_taking(person)
    return int(of_each.get("records.Calendar", 0))


def files_of(person: Person) -> QuerySet[Calendar]:
    return Calendar.objects.filter(person=person, kind=FILE)


def choose(calendar: Calendar, *, name: str, counts: str, soft_is_busy: bool) -> None:
    """What counts of this calendar, and what its owner calls it."""
    if counts not in COUNTS:
        raise ValueError(counts)
    with transaction.atomic():
        calendar.name = " ".join(name.split())[:200] or calendar.name
        calendar.counts, calendar.soft_is_busy = counts, soft_is_busy
        calendar.save(update_fields=["name", "counts", "soft_is_busy"])
        note_taking(calendar.person)


def note_taking(person: Person, *, changed: bool = True) -> None:
    """Say in the person's row when a calendar of theirs that counts was last taken; None if there is none.

    Runs in the transaction that changed their calendars: what follows from another busy time, if it is `changed`,
    follows here.
    """
    counting = Calendar.objects.filter(person=person).exclude(counts=NONE)
    newest = counting.aggregate(newest=Max("taken_at"))["newest"]
    Person.objects.filter(pk=person.pk).update(calendar_taken_at=newest)
    for function in _after_stored if changed else ():
        function(person, timezone.now())


def busy_of(person: Person, *, start: datetime, end: datetime) -> tuple[Busy, ...]:
    """When the person is busy by the calendars that count, merged."""
    counting = ~Q(calendar__counts=NONE) & ~Q(calendar__counts=TIMED, whole_day=True)
    rows = Row.objects.filter(counting, calendar__person=person, start__lt=end, end__gt=start)
    values = rows.values_list("start", "end", "soft", "calendar__soft_is_busy")
    return merge(Busy(s, e, soft and not is_busy) for s, e, soft, is_busy in values)


def each_busy(person: Person) -> list[tuple[Calendar, tuple[Busy, ...]]]:
    """Every calendar of the person, with all that is kept of it; for its owner's eyes."""
    found: dict[int, list[Busy]] = {}
    rows = Row.objects.filter(calendar__person=person).order_by("start")
    for pk, *values in rows.values_list("calendar", "start", "end", "soft", "whole_day"):
        found.setdefault(pk, []).append(Busy(*values))
    return [(c, tuple(found.get(c.pk, ()))) for c in person.calendars.order_by("pk")]


def counted(calendar: Calendar, busy: Iterable[Busy]) -> tuple[Busy, ...]:
    """What of this calendar's busy time counts, and as what, merged."""
    if calendar.counts == NONE:
        return ()
    left = (b for b in busy if not (calendar.counts == TIMED and b.whole_day))
    return merge(Busy(b.start, b.end, b.soft and not calendar.soft_is_busy) for b in left)


def connect(person: Person, kind: str, name: str, **fields: Any) -> Calendar:
    """A calendar that a worker fetches at once."""
    now = timezone.now()
    return Calendar.objects.create(
        person=person, kind=kind, name=" ".join(name.split())[:200], added_at=now, due_at=now, **fields
    )
