"""Files that are no calendar, or that are built to exhaust: a clear message, and soon."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huitong.method import HuitongError
from huitong.timing import CalendarError, CalendarReading, read_calendar

START, END = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)


def read(content: str | bytes) -> CalendarReading:
    began = time.monotonic()
    try:
        return read_calendar(content, start=START, end=END, zone="Asia/Shanghai")
    finally:
        # Not a measurement: without the bounds these take minutes or for ever.
        assert time.monotonic() - began < 30


def event(*lines: str) -> str:
    return "\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


def calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n"


GOOD = event("DTSTART:20260302T010000Z", "DTEND:20260302T020000Z")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty. Export it again."),
        ("\n \n", "The file is empty. Export it again."),
        (
            b"\x1f\x8b\x08\x00\xff\xfe",
            "line 1: This is not a calendar file. An .ics file begins with BEGIN:VCALENDAR: export it again.",
        ),
        (
            "<html>\n<p>Sign in</p>",
            "line 1: This is not a calendar file. An .ics file begins with BEGIN:VCALENDAR: export it again.",
        ),
        (
            "BEGIN:VCALENDAR\n" + GOOD + "BEGIN:VEVENT\nDTSTART:2026",
            "line 7: The file stops inside VEVENT. Download or export it again.",
        ),
        (
            "BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR",
            "line 2: END:VEVENT closes nothing that is open. The file is broken: export it again.",
        ),
        (b"BEGIN:VCALENDAR\n" + b"x" * 6_000_000, "The calendar file is over 5 MB. Export only the last year."),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_line(content: str | bytes, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        read(content)
    assert str(caught.value) == message
    assert caught.value.problem.message("zh")
    assert isinstance(caught.value, HuitongError)


TOO_MUCH = "it repeats too often, or has for too long, to work out."


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", TOO_MUCH),
        ("FREQ=SECONDLY;COUNT=999999999", TOO_MUCH),
        ("FREQ=SECONDLY;INTERVAL=7;BYSECOND=1,2;COUNT=99999999", TOO_MUCH),
        ("FREQ=MINUTELY;INTERVAL=30;COUNT=99999999", TOO_MUCH),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no day ever meets its rule."),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "no day ever meets its rule."),
        ("FREQ=HOURLY;BYMONTH=2,4;BYMONTHDAY=31,-31", "no day ever meets its rule."),
        ("FREQ=DAILY;BYSETPOS=2", "no day ever meets its rule."),
        ("FREQ=DAILY;INTERVAL=0", "its interval is not a positive number."),
        ("FREQ=SOMETIMES", "its RRULE cannot be read."),
        ("FREQ=DAILY;COUNT=" + "9" * 5000, "its RRULE cannot be read."),
        ("FREQ=DAILY;BYHOUR=" + ",".join("9" * 5000), "its RRULE cannot be read."),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "its RRULE cannot be read."),
        ("FREQ=MONTHLY;BYDAY=0MO", "its RRULE cannot be read."),
        ("FREQ=YEARLY;BYDAY=54MO", "its RRULE cannot be read."),
        ("FREQ=DAILY;BYEASTER=1", "its RRULE cannot be read."),
        ("FREQ=MONTHLY;RSCALE=CHINESE", "it repeats by another calendar, which is not known here."),
        ("FREQ=DAILY;UNTIL=soon", "its RRULE cannot be read."),
    ],
)
def test_endless_and_impossible_rules_are_skipped_by_name(rule: str, reason: str) -> None:
    reading = read(calendar(event("UID:a", "DTSTART:18000101T000000Z", "DURATION:PT1H", f"RRULE:{rule}"), GOOD))
    assert [(p.path, p.en) for p in reading.skipped] == [("line 2", f"Event 1 is left out: {reason}")]
    assert len(reading.busy) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;INTERVAL=86400",
        "FREQ=MINUTELY;BYHOUR=0;BYMINUTE=0",
        "FREQ=SECONDLY;BYHOUR=0;BYMINUTE=0;BYSECOND=0",
        "FREQ=HOURLY;INTERVAL=24",
        "FREQ=DAILY;COUNT=3000000",
        "FREQ=DAILY;INTERVAL=1",
    ],
)
def test_a_dense_rule_that_makes_few_times_is_worked_out_however_old(rule: str) -> None:
    reading = read(calendar(event("UID:a", "DTSTART:18000101T000000Z", "DURATION:PT1H", f"RRULE:{rule}")))
    assert reading.skipped == ()
    assert [b.start.hour for b in reading.busy] == [0] * 7


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;BYMONTHDAY=29;BYMONTH=2",
        "FREQ=YEARLY;INTERVAL=999999999",
        "FREQ=MONTHLY;BYDAY=-5SU;BYMONTH=2",
        "FREQ=WEEKLY;BYSETPOS=50;BYDAY=MO",
        "FREQ=MINUTELY;BYSETPOS=50;BYSECOND=1",
    ],
)
def test_a_rule_that_is_not_met_in_this_time_takes_none_of_it(rule: str) -> None:
    reading = read(calendar(event("UID:a", "DTSTART:18000101T000000Z", "DURATION:PT1H", f"RRULE:{rule}")))
    assert (reading.skipped, reading.busy) == ((), ())


@pytest.mark.parametrize("start", ["00010101T000000", "00010101", "99991231T235959", "99991231"])
@pytest.mark.parametrize("more", [(), ("RRULE:FREQ=DAILY",), ("RRULE:FREQ=HOURLY",), ("RRULE:FREQ=YEARLY",)])
def test_the_ends_of_time_do_not_stop_the_reading(start: str, more: tuple[str, ...]) -> None:
    reading = read(calendar(event("UID:a", f"DTSTART;TZID=America/New_York:{start}", *more), GOOD))
    good = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert any(b.start <= good[0] and good[1] <= b.end for b in reading.busy)


def test_an_event_as_long_as_time_is_busy_or_named() -> None:
    reading = read(calendar(event("DTSTART:00010101T000000Z", "DTEND:99991231T000000Z")))
    assert len(reading.busy) + len(reading.skipped) == 1


def test_ten_thousand_nested_parts_are_read_over() -> None:
    junk = "BEGIN:X-A\n" * 10_000 + "DTSTART:20260303T010000Z\n" + "END:X-A\n" * 10_000
    assert [b.start for b in read(calendar(junk, GOOD)).busy] == [datetime(2026, 3, 2, 1, tzinfo=UTC)]


def test_a_zone_that_changes_every_second_is_not_believed() -> None:
    zone = "\n".join(
        ("BEGIN:VTIMEZONE", "TZID:Odd", "BEGIN:STANDARD", "DTSTART:00010101T000000", "RRULE:FREQ=SECONDLY")
        + ("TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE", "")
    )
    reading = read(calendar(zone, event("DTSTART;TZID=Odd:20260302T090000", "DURATION:PT1H")))
    assert [b.start for b in reading.busy] == [datetime(2026, 3, 2, 1, tzinfo=UTC)]


def test_a_thousand_slow_rules_are_given_up_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huitong.timing.calendars.MAX_SECONDS", 0.5)
    rule = "RRULE:FREQ=MINUTELY;COUNT=999999"
    slow = [event(f"UID:{n % 2}", "DTSTART:19000101T000000Z", "DURATION:PT1M", rule) for n in range(1000)]
    with pytest.raises(CalendarError, match=r"^line \d+: There are too many events, or rules too dense"):
        read(calendar(*slow))


def test_a_window_of_years_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(CalendarError, match="At most a hundred years"):
        read_calendar(calendar(), start=START, end=START.replace(year=2128), zone="UTC")
    with pytest.raises(CalendarError, match='There is no time zone "Mars/Base"'):
        read_calendar(calendar(), start=START, end=END, zone="Mars/Base")


fragments = st.lists(
    st.sampled_from(
        ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID", "STATUS", "BEGIN", "END"]
        + ["FREQ=DAILY", "FREQ=YEARLY", "UNTIL=", "COUNT=", "INTERVAL=", "BYDAY=", "BYMONTH=", "MO", "-1FR", "VEVENT"]
        + [
            "TZID=",
            "VALUE=DATE",
            "VALUE=PERIOD",
            "Asia/Tokyo",
            "20260302T010000Z",
            "20260302",
            "00010101",
            "PT1H",
            "-P1W",
        ]
        + [
            ":",
            ":",
            ":",
            ";",
            ";",
            "=",
            ",",
            "/",
            "\n",
            "\n",
            "\n ",
            '"',
            "0",
            "-5",
            "99999999999999999999",
            "年",
            "\x00",
        ]
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fragments)
def test_whatever_an_event_holds_it_is_read_or_refused_on_purpose(parts: list[str]) -> None:
    text = calendar(event("UID:a", "DTSTART:20260303T010000Z", "".join(parts)), GOOD)
    try:
        reading = read(text)
    except CalendarError:
        return
    assert all(b.start < b.end for b in reading.busy)


@pytest.mark.parametrize(
    "rule", ["COUNT=3", "FREQ=DAILY;UNTIL=00010101", "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYMONTH=13;BYMONTHDAY=1"]
)
def test_a_rule_without_sense_is_named(rule: str) -> None:
    reading = read(
        calendar(event("UID:a", "DTSTART;TZID=Asia/Tokyo:20240303T010000", "DURATION:PT1H", f"RRULE:{rule}"), GOOD)
    )
    assert len(reading.busy) == 1
    assert [p.path for p in reading.skipped] in (["line 2"], [])
