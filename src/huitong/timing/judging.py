"""What speaks for and against each moment, weighed for all moments at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from huitong.timing.reading import Column, DayShape, Readings

# What takes away from a perfect moment (1.0). Each figure is a judgement, kept where it can be read and argued with.
TIGHT_AFTER: Final = 0.25  # the next appointment begins within ten minutes of the end
CLOSE_AFTER: Final = 0.10  # ... within twenty
BREAK_AFTER: Final = 0.15  # the noon rest or the evening does
NO_BREATH: Final = 0.25  # straight after being busy for an hour and a half or more
SHORT_BREATH: Final = 0.10
LONG: Final = 90  # minutes
FULL_DAY: Final = 0.30  # times the day's load
FULL_WEEK: Final = 0.10  # times the week's load
EARLY: Final = 0.15  # the first half hour of the day
LATE: Final = 0.15  # the last three quarters
DROWSY: Final = 0.05  # just after the noon rest
WEEK_BEGINS: Final = 0.15  # the morning after days of rest, until half past ten or so
WEEK_ENDS: Final = 0.15  # the last two hours before a weekend
HOLIDAY_BEGINS: Final = 0.25  # the afternoon before three days of rest or more, or before leave
MONTH_ENDS: Final = 0.10  # the last two working days of a month
REPORT_DAY: Final = 0.55  # more than waiting ever costs: the leader's own report day, or the last working day before it
NOT_WELCOME: Final = (
    0.50  # more than waiting ever costs: outside the hours that the leader has set for this, where there are any
)
OTHERS_ASK: Final = 0.05  # somebody else asks this leader on the same half-day
ON_THE_BRINK: Final = 0.40  # fewer than four hours left to act in
LAST_DAY: Final = 0.25
NEXT_TO_LAST_DAY: Final = 0.10
TOO_LATE_TO_ACT: Final = 0.40  # less time is left than the help needs
LATER: Final = 0.01  # each hour that it waits, up to
LATER_MOST: Final = 0.40
WAITING: Final = 0.10  # each hour that something urgent waits, up to
WAITING_MOST: Final = 0.50
A_LIMIT: Final = 0.25  # each of the leader's limits that is broken, since nothing else is left
# In hours that the leader chose, and for what can't wait.
_FORGIVEN: Final = ("early", "late", "drowsy", "week_begins", "week_ends")


def drawbacks(r: Readings) -> dict[str, Column]:
    """What speaks against each moment, by name, with its weight. Method: timing 2.1 (not busy, not under pressure)."""
    slack = r.room - r.terms.minutes
    long_before = r.lately & (r.busy_before >= LONG) & (r.pause < 20)
    rest_after = r.of_days(lambda day: day.frame.rest_after)
    rest_before = r.of_days(lambda day: day.frame.rest_before)
    afternoon = r.index == 1
    holiday = (rest_after >= 3) & afternoon
    found = {
        "tight": np.where(slack < 10, np.where(r.busy_ends, TIGHT_AFTER, BREAK_AFTER), 0),
        "close": CLOSE_AFTER * ((slack >= 10) & (slack < 20) & r.busy_ends),
        "long_before": np.where(long_before, np.where(r.pause < 10, NO_BREATH, SHORT_BREATH), 0),
        "just_before": SHORT_BREATH * (r.lately & (r.pause < 10) & ~long_before),
        "early": EARLY * (r.since_day_start < 30),
        "late": LATE * (r.to_day_end < 45),
        "drowsy": DROWSY * r.after_noon,
        "week_begins": WEEK_BEGINS * ((rest_before >= 1) & (r.since_day_start < 90)),
        "holiday_begins": HOLIDAY_BEGINS * holiday,
        "week_ends": WEEK_ENDS * ((rest_after >= 1) & afternoon & (r.to_day_end < 120) & ~holiday),
        "month_ends": MONTH_ENDS * r.of_days(lambda day: day.frame.month_ends),
        "load": r.of_days(lambda day: FULL_DAY * day.load + FULL_WEEK * day.week_load),
    }
    _of_habits(r, afternoon, found)
    _of_asking(r, found)
    return found


def _of_habits(r: Readings, afternoon: Column, found: dict[str, Column]) -> None:
    habits = r.terms.habits
    if r.welcomes:
        welcome = np.logical_or.reduce([within for _, within in r.welcomes])
        for name in _FORGIVEN:
            found[name] = np.where(welcome, 0, found[name])
        found["not_welcome"] = NOT_WELCOME * ~welcome
    if habits.report_days:
        on = r.of_days(lambda day: _reports(day.frame.day, habits.report_days))
        before = r.of_days(lambda day: any(_reports(d, habits.report_days) for d in _until_work(day)))
        found["report_day"] = REPORT_DAY * on
        found["report_next"] = REPORT_DAY * (before * (1 - on))
    if habits.away:
        leaves = r.of_days(lambda day: habits.is_away(day.frame.day + timedelta(days=1 + day.frame.rest_after)))
        back = r.of_days(lambda day: habits.is_away(day.frame.day - timedelta(days=1 + day.frame.rest_before)))
        found["leave_begins"] = HOLIDAY_BEGINS * (leaves * afternoon)
        found["back_from_leave"] = WEEK_BEGINS * (back * ~afternoon)
    if habits.learned:
        # By whole hours of the clock; minutes before or after a day's change of clocks stay in that day.
        found["learned"] = np.array(habits.learned)[r.weekday, np.clip(r.clock // 60, 0, 23)]


def _of_asking(r: Readings, found: dict[str, Column]) -> None:
    terms = r.terms
    if terms.asking.others:
        found["others"] = OTHERS_ASK * (r.asked_that_half > 0)
    if terms.due is not None and terms.sensible is not None:
        # Where it is too late for the help already, that tells no moment from another.
        in_time = terms.sensible > terms.now
        left = (terms.sensible if in_time else terms.due) - r.end
        weights = [ON_THE_BRINK, LAST_DAY, NEXT_TO_LAST_DAY]
        found["deadline"] = np.select([left < 4 * 60, left < 24 * 60, left < 2 * 24 * 60], weights, 0.0)
        if in_time and terms.asking.days:
            found["prepare"] = TOO_LATE_TO_ACT * (left < 0)
    found["waiting"] = np.minimum(LATER_MOST, LATER / 60 * np.maximum(0, r.start - terms.now))
    if terms.urgent:
        for name in _FORGIVEN:
            found[name] = np.zeros_like(found[name])
        found["waiting"] = np.minimum(WAITING_MOST, WAITING / 60 * np.maximum(0, r.start - terms.now))
    if r.broken:
        found["limit"] = A_LIMIT * np.sum([*r.broken.values()], axis=0)


def scores(r: Readings, against: dict[str, Column]) -> Column:
    """0 to 1: free time from 0.4 up, tentative 0.2 to 0.4, busy 0.1 to 0.2, outside working hours below."""
    worth = np.maximum(0.0, 1.0 - sum(against.values()))
    if r.outside:
        worst: Column = (0.1 * worth).round(3)
        return worst
    busy = 0.1 + 0.1 * (1 - r.taken / r.terms.minutes) * (0.5 + 0.5 * worth)
    return np.where(r.is_busy, busy, np.where(r.is_soft, 0.2 + 0.19 * worth, 0.4 + 0.6 * worth)).round(3)


def _reports(day: date, report_days: Sequence[int]) -> bool:
    """The 31st of a shorter month is its last day."""
    last = (day + timedelta(days=1)).month != day.month
    return day.day in report_days or (last and any(n > day.day for n in report_days))


def _until_work(day: DayShape) -> list[date]:
    """The days after this one, up to the next on which people work."""
    return [day.frame.day + timedelta(days=n) for n in range(1, day.frame.rest_after + 2)]
