"""When an event begins and ends: days, lengths, zones, and clocks that are changed (RFC 5545, 3.3.5, 3.3.6, 3.6.1)."""

from datetime import UTC

import pytest

from tests.timing.ics import calendar, read, spans

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DTSTART;VALUE=DATE:20260303", ["03-03 00:00-00:00+1"]),
        ("DTSTART:20260303", ["03-03 00:00-00:00+1"]),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260306", ["03-03 00:00-00:00+3"]),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260303", ["03-03 00:00-00:00+1"]),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P2D", ["03-03 00:00-00:00+2"]),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P1W", ["03-03 00:00-00:00+6"]),  # the window ends on the 9th
        ("DTSTART;VALUE=DATE:20260303\nDTEND:20260303T040000Z", ["03-03 00:00-12:00"]),
        ("DTSTART:20260303T010000Z", []),
        ("DTSTART:20260303T010000Z\nDTEND:20260303T010000Z", []),
        ("DTSTART:20260303T010000Z\nDURATION:P1DT2H3M", ["03-03 09:00-11:03+1"]),
        ("DTSTART:20260303T010000Z\nDURATION:PT0M", []),
        ("DTSTART:20260303T010000Z\nDURATION:+PT45M", ["03-03 09:00-09:45"]),
        ("DTSTART:20260303T0100Z\nDTEND:20260303T0130Z", ["03-03 09:00-09:30"]),
        ("DTSTART:20260303T010060Z\nDTEND:20260303T013000Z", ["03-03 09:00-09:30"]),
        ("DTSTART;TZID=America/New_York:20260303T010000Z\nDURATION:PT1H", ["03-03 09:00-10:00"]),
        ("DTSTART;TZID=Asia/Shanghai:20260303T090000\nDTEND;TZID=Asia/Tokyo:20260303T120000", ["03-03 09:00-11:00"]),
        ("DTSTART;TZID=Asia/Tokyo:20260303T090000\nDTEND:20260303T100000", ["03-03 08:00-09:00"]),
    ],
)
def test_when_it_ends(lines: str, expected: list[str]) -> None:
    reading = read(calendar(lines))
    assert (spans(reading), reading.skipped) == (expected, ())


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("DTSTART:20260303T010000Z\nDTEND:20260303T005900Z", "it ends before it begins."),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260302", "it ends before it begins."),
        ("DTSTART:20260303T010000Z\nDURATION:-PT1H", "its DURATION cannot be read."),
        ("DTSTART:20260303T010000Z\nDURATION:P", "its DURATION cannot be read."),
        ("DTSTART:20260303T010000Z\nDURATION:1H", "its DURATION cannot be read."),
        ("DTSTART:20260230T010000Z", "its DTSTART cannot be read."),
        ("DTSTART:20260303T250000Z", "its DTSTART cannot be read."),
        ("DTSTART:20260303T090000-0800", "its DTSTART cannot be read."),
        ("DTSTART:２０２６０３０３", "its DTSTART cannot be read."),
        ("DTSTART:20260303T010000Z\nEXDATE:gone", "its EXDATE cannot be read."),
        ("DTSTART:20260303T010000Z\nRDATE;VALUE=PERIOD:20260303T010000Z/", "its RDATE cannot be read."),
        ("DTSTART:20260303T010000Z\nRECURRENCE-ID:x", "its RECURRENCE-ID cannot be read."),
    ],
)
def test_an_event_that_makes_no_sense_is_named_and_why(lines: str, reason: str) -> None:
    reading = read(calendar(lines))
    assert [p.en for p in reading.skipped] == [f"Event 1 is left out: {reason}"]
    assert reading.busy == ()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", NEW_YORK])
def test_times_without_a_zone_are_read_where_they_are_read(zone: str) -> None:
    text = calendar("DTSTART:20260303T090000\nDURATION:PT1H", "DTSTART;VALUE=DATE:20260304")
    assert spans(read(text, zone=zone), zone) == ["03-03 09:00-10:00", "03-04 00:00-00:00+1"]


def utc(text: str, first: str, last: str, zone: str = NEW_YORK) -> list[str]:
    busy = read(text, first, last, zone).busy
    return [f"{b.start.astimezone(UTC):%d %H:%M}-{b.end.astimezone(UTC):%H:%M}" for b in busy]


def test_a_time_that_the_clocks_leave_out_is_as_if_they_had_not_been_changed() -> None:
    text = calendar(f"DTSTART;TZID={NEW_YORK}:20260307T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=3")
    assert utc(text, "2026-03-06", "2026-03-11") == ["07 07:30-08:00", "08 07:30-08:00", "09 06:30-07:00"]


def test_a_time_that_comes_twice_is_its_first() -> None:
    text = calendar(f"DTSTART;TZID={NEW_YORK}:20261031T013000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=3")
    assert utc(text, "2026-10-30", "2026-11-05") == ["31 05:30-06:00", "01 05:30-06:00", "02 06:30-07:00"]


def test_an_end_gives_a_length_by_the_stopwatch_and_a_duration_of_days_one_by_the_calendar() -> None:
    """RFC 5545, 3.8.5.3: from ten in the evening to six in the morning is eight hours, also when clocks change."""
    night = f"DTSTART;TZID={NEW_YORK}:20260306T220000\n"
    by_end = calendar(night + f"DTEND;TZID={NEW_YORK}:20260307T060000\nRRULE:FREQ=DAILY;COUNT=2")
    assert utc(by_end, "2026-03-05", "2026-03-10") == ["07 03:00-11:00", "08 03:00-11:00"]
    by_day = calendar(night + "DURATION:P1D\nRRULE:FREQ=DAILY;INTERVAL=2;COUNT=2")
    assert utc(by_day, "2026-03-05", "2026-03-12") == ["07 03:00-03:00", "09 02:00-02:00"]
    over = calendar(f"DTSTART;TZID={NEW_YORK}:20260307T220000\nDURATION:P1D")
    assert utc(over, "2026-03-05", "2026-03-12") == ["08 03:00-02:00"]


def test_a_whole_day_is_as_long_as_the_clocks_make_it() -> None:
    text = calendar("DTSTART;VALUE=DATE:20260308", "DTSTART;VALUE=DATE:20261101")
    lengths = [(b.end - b.start).total_seconds() / 3600 for b in read(text, "2026-03-01", "2026-12-01", NEW_YORK).busy]
    assert lengths == [23, 25]


def test_a_rule_ends_at_its_until_by_the_instant() -> None:
    text = calendar(f"DTSTART;TZID={NEW_YORK}:20260305T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260309T000000Z")
    assert len(read(text, "2026-03-01", "2026-03-20", NEW_YORK).busy) == 4  # on the 8th summer time has come
    text = text.replace("20260309T000000Z", "20260308T235959Z")
    assert len(read(text, "2026-03-01", "2026-03-20", NEW_YORK).busy) == 3


@pytest.mark.parametrize(
    ("tzid", "offset"),
    [
        ("China Standard Time", 8),
        ("china standard time", 8),
        ("Asia/Beijing", 8),
        ("asia/shanghai", 8),
        ("PRC", 8),
        ("/freeassociation.sourceforge.net/Europe/Paris", 1),
        ("/citadel.org/20210210_1/Europe/Paris", 1),
        ("W. Europe Standard Time", 1),
        ("US/Eastern", -5),
        ("US-Eastern", -5),
        ("tzone://Microsoft/Utc", 0),
        ("Etc/GMT+5", -5),
        ("UTC", 0),
    ],
)
def test_the_many_names_of_a_zone(tzid: str, offset: int) -> None:
    reading = read(calendar(f"DTSTART;TZID={tzid}:20260303T120000\nDURATION:PT1H"), zone="UTC")
    assert spans(reading, "UTC") == [f"03-03 {12 - offset:02}:00-{13 - offset:02}:00"]
    assert reading.notes == ()


def test_a_zone_that_nobody_knows_is_read_at_home_and_that_is_said_once() -> None:
    event = "DTSTART;TZID=Secret Island:20260303T120000\nDURATION:PT1H"
    reading = read(calendar(event, event.replace("0303", "0304")))
    assert spans(reading) == ["03-03 12:00-13:00", "03-04 12:00-13:00"]
    assert [(n.path, n.en) for n in reading.notes] == [
        ("line 4", "Event 1 names a zone that is not known; it is read as Asia/Shanghai.")
    ]
    assert "Secret" not in repr(reading)
