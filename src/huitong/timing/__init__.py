"""Calendars -> busy time -> ranked moments with reasons (method: timing, 1.1 2.1 3.1 4.1)."""

from huitong.timing.busy import Busy, CalendarError, merge, zone_named
from huitong.timing.calendars import CalendarReading, read_calendar
from huitong.timing.guests import Guest
from huitong.timing.habits import Asking, Habits, Welcome, reading_minutes
from huitong.timing.learning import Answered, Learned, learn
from huitong.timing.meetings import MeetingTime, find_meeting
from huitong.timing.moments import Moment, last_sensible, rank_moments
from huitong.timing.reading import working_minutes
from huitong.timing.sentences import broken_text, excuse
from huitong.timing.week import Day, week
from huitong.timing.working import (
    WorkingTime,
    has_holidays,
    holiday_name,
    is_announced,
    is_working_day,
    working_days_after,
    working_days_before,
)

__all__ = [
    "Answered",
    "Asking",
    "Busy",
    "CalendarError",
    "CalendarReading",
    "Day",
    "Guest",
    "Habits",
    "Learned",
    "MeetingTime",
    "Moment",
    "Welcome",
    "WorkingTime",
    "broken_text",
    "excuse",
    "find_meeting",
    "has_holidays",
    "holiday_name",
    "is_announced",
    "is_working_day",
    "last_sensible",
    "learn",
    "merge",
    "rank_moments",
    "read_calendar",
    "reading_minutes",
    "week",
    "working_days_after",
    "working_days_before",
    "working_minutes",
    "zone_named",
]
