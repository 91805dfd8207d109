"""When someone can be spoken to: by their own hours, on the working days of the country in which their clock is."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huitong.directory.hours import country_of, morning_of, working_day_after, working_moment, works_on
from huitong.matters.moments import suggest
from huitong.records.models import Habits, Matter, Person

CHRISTMAS = date(2026, 12, 25)  # a Friday
NATIONAL_DAY = date(2026, 10, 1)  # a Thursday


@pytest.mark.parametrize(
    ("zone", "country", "christmas", "national_day"),
    [
        ("Asia/Shanghai", "CN", True, False),
        ("PRC", "CN", True, False),
        ("Asia/Hong_Kong", "HK", False, False),
        ("Europe/Berlin", "DE", False, True),
        ("US/Eastern", "US", False, True),
        ("Etc/UTC", "", True, True),
    ],
)
def test_the_clock_says_whose_holidays_are_kept(zone: str, country: str, christmas: bool, national_day: bool) -> None:
    person = Person(name="高翔", time_zone=zone)
    assert country_of(person) == country
    assert (works_on(person, CHRISTMAS), works_on(person, NATIONAL_DAY)) == (christmas, national_day)
    assert not works_on(person, date(2026, 12, 27))  # a Sunday


def test_a_letter_waits_for_its_receivers_own_hours(leader: Person) -> None:
    zone = ZoneInfo(leader.time_zone)
    Habits.objects.create(
        person=leader, work_from=time(10), noon_from=time(12), noon_until=time(13), work_until=time(16)
    )
    assert morning_of(leader, date(2026, 11, 24)) == datetime(2026, 11, 24, 10, tzinfo=zone)
    evening = datetime(2026, 11, 27, 16, 30, tzinfo=zone)  # a Friday
    assert working_moment(leader, evening) == datetime(2026, 11, 30, 10, tzinfo=zone)


def test_working_days_are_counted_by_the_country(leader: Person) -> None:
    thursday = date(2026, 12, 24)
    assert working_day_after(leader, thursday) == CHRISTMAS
    leader.time_zone = "Europe/Berlin"
    assert working_day_after(leader, thursday) == date(2026, 12, 28)


def test_a_leader_abroad_is_not_asked_on_their_holiday(
    matter: Matter, leader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader.time_zone = "Europe/Berlin"
    leader.save()
    zone = ZoneInfo("Europe/Berlin")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 24, 15, 0, tzinfo=zone))
    days = {moment.start.date() for moment in suggest(matter)}
    assert days
    assert not days & {CHRISTMAS, date(2026, 12, 26), date(2026, 12, 27)}
