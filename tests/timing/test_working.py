"""Working days as people keep them, and the picture of a week."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from huitong.timing import Busy, WorkingTime, holiday_name, is_announced, is_working_day, week

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 7), False),  # a Wednesday, given for a Saturday
        (date(2026, 10, 10), True),  # that Saturday
        (date(2026, 9, 20), True),  # a Sunday
        (date(2026, 10, 8), True),
        (date(2026, 10, 17), False),
        (date(2031, 10, 1), False),  # not announced, but the law knows it
        (date(2031, 3, 3), True),
    ],
)
def test_china_s_moved_working_days(day: date, works: bool) -> None:
    assert is_working_day(day, "CN") is works


def test_other_countries_keep_their_own() -> None:
    assert not is_working_day(date(2026, 11, 26), "US")
    assert is_working_day(date(2026, 10, 1), "US")
    assert is_working_day(date(2026, 3, 8), "IL")  # a Sunday


def test_a_holiday_has_its_name_in_each_language() -> None:
    given_for_saturday = date(2026, 10, 7)
    assert [holiday_name(given_for_saturday, language=x) for x in ("zh", "zh-Hant", "en")] == [
        "国庆节",
        "國慶節",
        "National Day",
    ]
    assert holiday_name(date(2026, 10, 10)) == ""
    assert holiday_name(date(2031, 10, 1)) == "中秋节、国庆节"
    assert holiday_name(date(2026, 11, 26), "US", "en") == "Thanksgiving Day"
    assert not is_announced(date(2031, 10, 1))
    assert is_announced(date(2031, 10, 1), "US")


def test_working_time_must_run_forward() -> None:
    with pytest.raises(ValueError, match="must go"):
        WorkingTime(start=time(19, 0))


def test_a_week_is_shown_by_the_day_between_eight_and_six() -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)

    days = week(
        [Busy(at(8, 7), at(8, 9, 30)), Busy(at(9, 17), at(10, 8, 30), soft=True), Busy(at(8, 19), at(8, 20))],
        start=date(2026, 10, 7),
        days=4,
    )
    assert [(d.day.day, d.working, d.holiday_name) for d in days] == [
        (7, False, "国庆节"),
        (8, True, ""),
        (9, True, ""),
        (10, True, ""),
    ]
    assert [d.spans for d in days] == [
        (),
        ((at(8, 8), at(8, 9, 30), False),),
        ((at(9, 17), at(9, 18), True),),
        ((at(10, 8), at(10, 8, 30), True),),
    ]
