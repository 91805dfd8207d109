"""When a person can be spoken to: their own hours, the working days of their country, their quiet hours."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from huitong.records.models import Habits, Person
from huitong.timing import WorkingTime, has_holidays, is_working_day, working_days_after, working_days_before

MORNING: Final = time(9, 0)
_DAYS_LOOKED_AT: Final = 60  # whose quiet hours leave no working hour is spoken to when they end


def row_of(person: Person) -> Habits:
    """The hours and limits that they have set; not yet saved where that is nothing."""
    known = Habits.objects.filter(person=person).first() if person.pk else None
    return known or Habits(person=person)


def working_of(person: Person | None) -> WorkingTime:
    """Their own hours, on the working days of the country in which their clock is; the default where it is nobody."""
    if person is None:
        return WorkingTime()
    row = row_of(person)
    return WorkingTime(row.work_from, row.work_until, row.noon_from, row.noon_until, country_of(person))


def country_of(person: Person) -> str:
    """The ISO 3166 code of the country in which the person's clock is; "" where its holidays are not known."""
    return _countries().get(person.time_zone, "")


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """{IANA zone: ISO 3166 code}, as the time zone database has it, with the older names of zones."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    known = {row[2]: row[0] for row in rows if has_holidays(row[0])}
    for line in (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text("utf-8").splitlines():
        if line.startswith("L "):
            _, zone, older = line.split()
            if zone in known:
                known.setdefault(older, known[zone])
    return known


def works_on(person: Person, day: date) -> bool:
    """Whether people work on that day where this person's clock is; Monday to Friday where no holidays are known."""
    return is_working_day(day, country_of(person))


def working_day_before(person: Person, day: date) -> date:
    return working_days_before(day - timedelta(days=1), 0, country_of(person))


def working_day_after(person: Person, day: date, days: int = 1) -> date:
    """The day on which so many of the person's working days have gone by since `day`."""
    return working_days_after(day, days, country_of(person))


def morning_of(person: Person, day: date) -> datetime:
    """The first moment from that day's morning on at which the person can be spoken to."""
    return working_moment(person, datetime.combine(day, MORNING, tzinfo=ZoneInfo(person.time_zone)))


def working_moment(person: Person, at: datetime) -> datetime:
    """The first moment from `at` on in the person's working hours and outside their quiet hours."""
    zone, moment, working = ZoneInfo(person.time_zone), at, working_of(person)
    for _ in range(_DAYS_LOOKED_AT):
        local = moment.astimezone(zone)
        if not works_on(person, local.date()) or local.time() >= working.end:
            moment = datetime.combine(working_day_after(person, local.date()), working.start, tzinfo=zone)
        elif local.time() < working.start:
            moment = datetime.combine(local.date(), working.start, tzinfo=zone)
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
