"""When a person can be spoken to: working days of their country, working hours by their clock, their quiet hours."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from huitong.records.models import Person
from huitong.timing import CalendarError, is_working_day

MORNING: Final = time(9, 0)
EVENING: Final = time(18, 0)
_DAYS_LOOKED_AT: Final = 60  # whose quiet hours leave no working hour is spoken to when they end


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """{IANA zone: ISO 3166 code}, as the time zone database has it."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def works_on(person: Person, day: date) -> bool:
    """Whether people work on that day where this person's clock is; Monday to Friday where no holidays are known."""
    country = _countries().get(person.time_zone, "")
    try:
        return is_working_day(day, country)
    except CalendarError:
        return day.weekday() < 5


def working_day_before(person: Person, day: date) -> date:
    day -= timedelta(days=1)
    while not works_on(person, day):
        day -= timedelta(days=1)
    return day


def working_day_after(person: Person, day: date, days: int = 1) -> date:
    """The day on which so many of the person's working days have gone by since `day`."""
    while days > 0:
        day += timedelta(days=1)
        days -= works_on(person, day)
    return day


def morning_of(person: Person, day: date) -> datetime:
    """The first moment from that day's morning on at which the person can be spoken to."""
    return working_moment(person, datetime.combine(day, MORNING, tzinfo=ZoneInfo(person.time_zone)))


def working_moment(person: Person, at: datetime) -> datetime:
    """The first moment from `at` on in the person's working hours and outside their quiet hours."""
    zone, moment = ZoneInfo(person.time_zone), at
    for _ in range(_DAYS_LOOKED_AT):
        local = moment.astimezone(zone)
        if not works_on(person, local.date()) or local.time() >= EVENING:
            moment = datetime.combine(working_day_after(person, local.date()), MORNING, tzinfo=zone)
        elif local.time() < MORNING:
            moment = datetime.combine(local.date(), MORNING, tzinfo=zone)
        quiet = end_of_quiet(person, moment)
        if quiet is None:
            return moment
        moment = quiet
    return moment


def end_of_quiet(person: Person, now: datetime) -> datetime | None:
    """The end of the quiet hours in which `now` is, by the person's own clock; None outside them."""
    begin, end = person.quiet_from, person.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = timezone.localtime(now, ZoneInfo(person.time_zone))
    clock = local.time()
    quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=int(clock >= end))
    return datetime.combine(day, end, tzinfo=local.tzinfo)
