"""Recurrence rules (RFC 5545, 3.3.10) where common libraries differ from the RFC or from each other, and that all other
rules fall as dateutil says."""

import datetime as clock
import warnings
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.timing.recurrence import expand
from huitong.timing.rules import DAYS, read_rule
from huitong.timing.unusable import Unusable
from tests.timing.ics import calendar, read


def starts(start: str, rule: str, first: str, last: str) -> list[str]:
    """`start` is a date, or a date and a time; the busy times' beginnings, as short as `start`."""
    timed = "T" in start
    lines = f"DTSTART:{start}\nDURATION:PT1M" if timed else f"DTSTART;VALUE=DATE:{start}"
    busy = read(calendar(f"{lines}\nRRULE:{rule}"), first, last, "UTC").busy
    shape = "%Y%m%dT%H%M%S" if timed else "%Y%m%d"
    if timed:
        return [b.start.strftime(shape) for b in busy]
    return [(b.start + timedelta(days=n)).strftime(shape) for b in busy for n in range((b.end - b.start).days)]


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        # The start is the first instance, and the first of the count, also where its rule would not make it.
        ("20260106", "FREQ=WEEKLY;BYDAY=FR;COUNT=3", "20260106 20260109 20260116"),
        ("20260106", "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "20260106 20260113 20260120"),
        ("20260106", "FREQ=WEEKLY;BYDAY=FR;COUNT=1", "20260106"),
        ("20260106", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20260116", "20260106 20260109 20260116"),
        ("20260106", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20260105", ""),
        # What the rule does not say is as in the start: its weekday, its month, its day, its time.
        ("20260106", "FREQ=YEARLY;BYWEEKNO=2,3;COUNT=3", "20260106 20260113 20270112"),
        ("20260106", "FREQ=YEARLY;BYMONTHDAY=6,-1;COUNT=4", "20260106 20260131 20270106 20270131"),
        ("20240229", "FREQ=YEARLY;COUNT=2", "20240229 20280229"),
        ("20240229", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3", "20240229 20250228 20260228"),
        ("20241231", "FREQ=YEARLY;BYYEARDAY=366,-366;COUNT=3", "20241231 20280101 20281231"),
        ("20260113", "FREQ=MONTHLY;BYMONTH=1,2;COUNT=3", "20260113 20260213 20270113"),
        # Where days are named, all of the year's are meant.
        ("20260213", "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;COUNT=3", "20260213 20260313 20261113"),
        ("20260105", "FREQ=YEARLY;BYDAY=1MO,-1FR;COUNT=3", "20260105 20261225 20270104"),
        ("20260302", "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO,-1FR;COUNT=3", "20260302 20260327 20270301"),
        # A list of days is what any of them makes: every Monday, and the first Friday.
        ("20260102", "FREQ=MONTHLY;BYDAY=MO,1FR;COUNT=6", "20260102 20260105 20260112 20260119 20260126 20260202"),
        # The set that BYSETPOS picks from is that of the whole week, also of the one in which the start lies.
        ("20260107", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=3", "20260107 20260112 20260114"),
        ("20260131", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1;COUNT=3", "20260131 20260201 20260228"),
        # A day without an hour has no minutes either.
        ("20260105", "FREQ=DAILY;INTERVAL=2;BYHOUR=8;BYMINUTE=1,2,3;COUNT=3", "20260105 20260107 20260109"),
        # The numbered weeks of a year lie in the years beside it, too; the interval counts the years of the weeks.
        ("20241230", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3", "20241230 20251229 20270104"),
        ("20241231", "FREQ=YEARLY;INTERVAL=3;BYWEEKNO=1;BYDAY=TU;COUNT=3", "20241231 20280104 20301231"),
        ("20210103", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3", "20210103 20220102 20230101"),
        ("20201229", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;COUNT=3", "20201229 20210102 20261229"),
        # No such day: left out, never moved.
        ("20260131", "FREQ=MONTHLY;COUNT=3", "20260131 20260331 20260531"),
        ("20260130", "FREQ=MONTHLY;BYMONTHDAY=30,31;COUNT=4", "20260130 20260131 20260330 20260331"),
        ("20260131", "FREQ=MONTHLY;BYDAY=5SA;COUNT=2", "20260131 20260530"),
        # Oddities of programs.
        ("20260105", "FREQ=WEEKLY;BYDAY=MO,MO;COUNT=2;", "20260105 20260112"),
        ("20260105", "freq=weekly; byday = mo ;count=2", "20260105 20260112"),
        ("20260105", "FREQ=YEARLY;COUNT=-1;UNTIL=20270106", "20260105 20270105"),
        ("20260105", "FREQ=DAILY;COUNT=9;UNTIL=20260106T235959Z", "20260105 20260106"),
        ("20260105", "FREQ=DAILY;COUNT=2;X-NOTE=1;RSCALE=GREGORIAN;SKIP=OMIT", "20260105 20260106"),
        # Within a day.
        ("20260105T090000", "FREQ=DAILY;BYHOUR=10,9;COUNT=3", "20260105T090000 20260105T100000 20260106T090000"),
        (
            "20260105T154000",
            "FREQ=DAILY;BYMINUTE=0,10,20,30,40,50;BYSETPOS=-2,3;COUNT=3",
            "20260105T154000 20260106T152000 20260106T154000",
        ),
        (
            "20260105T154000",
            "FREQ=HOURLY;INTERVAL=2;BYMINUTE=0,20,40;BYSETPOS=-1;COUNT=3",
            "20260105T154000 20260105T174000 20260105T194000",
        ),
        (
            "20260105T235900",
            "FREQ=MINUTELY;INTERVAL=30;BYHOUR=0,23;COUNT=4",
            "20260105T235900 20260106T002900 20260106T005900 20260106T232900",
        ),
        ("20260105T090001", "FREQ=SECONDLY;BYSECOND=1;BYMINUTE=0;BYHOUR=9;COUNT=2", "20260105T090001 20260106T090001"),
        ("20260105T090059", "FREQ=DAILY;BYSECOND=60;COUNT=2", "20260105T090059 20260106T090059"),
    ],
)
def test_where_libraries_differ(start: str, rule: str, expected: str) -> None:
    assert starts(start, rule, "2019-01-01", "2032-01-01") == expected.split()


def test_week_numbers_are_those_of_iso_8601() -> None:
    for number in (1, 2, 9, 52, 53):
        found = starts("20000103", f"FREQ=YEARLY;BYWEEKNO={number};BYDAY=MO,WE,SU", "2000-01-04", "2031-01-01")
        span = (date(2000, 1, 4) + timedelta(days=n) for n in range((date(2031, 1, 1) - date(2000, 1, 4)).days))
        expected = [d for d in span if d.isocalendar().week == number and d.isoweekday() in (1, 3, 7)]
        assert found == [d.strftime("%Y%m%d") for d in expected]


EARLIEST = datetime(1999, 1, 1)  # noqa: DTZ001 - rules are worked out by the clock on the wall


def some(part: str, values: list[int] | list[str], chance: int = 3) -> st.SearchStrategy[str]:
    listed = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    text = listed.map(lambda v: f";{part}=" + ",".join(map(str, v)))
    return st.integers(1, chance).flatmap(lambda n: text if n == 1 else st.just(""))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules in whose meaning dateutil and the RFC agree: without the kinds of test_where_libraries_differ."""
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    rule = f"FREQ={freq};INTERVAL={draw(st.sampled_from([1, 1, 1, 2, 3, 7, 18]))}"
    rule += draw(some("BYMONTH", list(range(1, 13))))
    if freq in ("YEARLY", "HOURLY"):
        rule += draw(some("BYYEARDAY", [1, 2, 59, 60, 61, 365, 366, -1, -366, -306], 6))
    if freq != "WEEKLY" and (freq != "YEARLY" or "BYMONTH=" in rule):
        rule += draw(some("BYMONTHDAY", [1, 2, 13, 28, 29, 30, 31, -1, -2, -29, -31]))
    ordinals = ["1", "2", "-1", "5", "-5"] if freq == "MONTHLY" or "BYMONTH=" in rule else ["1", "20", "53", "-1"]
    if freq in ("YEARLY", "MONTHLY") and draw(st.booleans()):
        rule += draw(some("BYDAY", [n + d for n in ordinals for d in DAYS]))
    else:
        rule += draw(some("BYDAY", list(DAYS)))
    rule += draw(some("BYHOUR", [0, 1, 9, 12, 23], 5)) + draw(some("BYMINUTE", [0, 15, 59], 5))
    if "BY" in rule and freq != "WEEKLY":
        rule += draw(some("BYSETPOS", [1, 2, 3, -1, -2], 4))
    return rule + draw(some("WKST", list(DAYS)))[:8]


@settings(max_examples=200, deadline=None)
@given(rules(), st.datetimes(EARLIEST, EARLIEST.replace(year=2029)), st.integers(0, 900), st.integers(1, 40))
def test_other_rules_fall_as_dateutil_says(rule: str, start: datetime, days: int, count: int) -> None:
    start = start.replace(microsecond=0)
    first = start + timedelta(days=days)
    last = first + timedelta(days=20 if "HOURLY" in rule else 2000)
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        # dateutil looks for a day that never comes until the end of time: let that be near.
        near = type("datetime", (), {**vars(clock), "MAXYEAR": last.year})
        patch.setattr("dateutil.rrule.datetime", near)
        try:
            theirs = [t for t in rrulestr(f"{rule};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=start) if t >= first]
        except ValueError:  # it refuses some rules that never fall
            theirs = []
    try:
        known = read_rule(rule)
    except Unusable:  # no day ever meets it
        assert theirs == []
        return
    ours = expand(known, start, first=first, last=last, timed=True, spend=lambda n: None)
    assert list(ours) == theirs
    if theirs and days == 0 and theirs[0] == start:
        counted = expand(read_rule(f"{rule};COUNT={count}"), start, first=start, last=last, timed=True, spend=id)
        assert list(counted) == theirs[:count]
