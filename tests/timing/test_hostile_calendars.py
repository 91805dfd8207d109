"""Files that are no calendar, or that are built to exhaust: a clear message, and soon."""

import re
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
    with pytest.raises(CalendarError, match="At most four hundred years"):
        read_calendar(calendar(), start=START, end=START.replace(year=2428), zone="UTC")
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


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 1000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n",
        "BEGIN:VCALENDAR\nEND:\ud800\n",
        "BEGIN:VCALENDAR\nBEGIN:\ud800",
        "BEGIN:VCALENDAR\nEND:Dismissal of Mr Lee\n",
        "BEGIN:VCALENDAR\nBEGIN:" + "A" * 1_000_000,
        "BEGIN:VEVENT\nDTSTART:20260302\nEND:VEVENT",
        '<!doctype html><html lang="en"><body>Sign in</body></html>',
        "{}",
    ],
)
def test_a_broken_file_is_refused_in_a_few_plain_words(content: str | bytes) -> None:
    with pytest.raises(CalendarError) as caught:
        read(content)
    for language in ("zh", "en"):
        message = caught.value.problem.message(language)
        assert len(message.encode()) < 300
        assert "Lee" not in message
    assert re.fullmatch(r"line \d+", caught.value.problem.path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk", "latin-1"])
def test_titles_in_any_encoding_do_no_harm(encoding: str) -> None:
    title = "Caf\u00e9" if encoding == "latin-1" else "会议室"
    text = calendar(event(f"SUMMARY:{title}", "DTSTART:20260303T010000Z", "DURATION:PT1H"), GOOD)
    assert len(read(text.encode(encoding)).busy) == 2


def test_nulls_and_lone_surrogates_in_a_file_do_no_harm() -> None:
    odd = event("SUMMARY:\x00\ud800", "UID:\ud800", "DTSTART;TZID=\udcff:20260303T090000\x00", "DURATION:PT1H")
    reading = read(calendar(odd, event("DTSTART:\ud800"), GOOD))
    assert [len(reading.busy), len(reading.skipped), len(reading.notes)] == [2, 1, 1]
    assert "".join(p.zh + p.en + p.path for p in (*reading.skipped, *reading.notes)).encode()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_machine_ends_them(ending: str) -> None:
    text = calendar(event("SUMMARY:a\n b\n\tc", "DTSTART:20260303T0\n 10000Z", "DURATION:PT1H"), GOOD)
    assert len(read(text.replace("\n", ending)).busy) == 2


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY:" + "x" * 1_000_000,
        "SUMMARY:" + "x\n " * 300_000,
        'ATTENDEE;CN="' + ":;" * 500_000 + '":mailto:a@example.org',
        "ATTENDEE" + ";A=b" * 250_000 + ":mailto:a@example.org",
        'ATTENDEE;CN="' + "x" * 1_000_000,
        "X-NOTHING" * 100_000,
        " " * 1_000_000,
        "\n" * 1_000_000,
    ],
)
def test_lines_of_a_million_characters_are_read_over(line: str) -> None:
    reading = read(calendar(event(line, "DTSTART:20260303T010000Z", "DURATION:PT1H"), GOOD))
    assert len(reading.busy) == 2


def test_a_hundred_thousand_exceptions_and_extra_dates_are_all_looked_at() -> None:
    numbers = range(100_000)
    many = ",".join(f"2026{1 + n % 12:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}{n // 7 % 60:02}Z" for n in numbers)
    on_the_hour = "".join(f",202603{d:02}T010000Z" for d in range(2, 8))
    start = "DTSTART:20260301T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    reading = read(calendar(event(start, f"EXDATE:{many}{on_the_hour}")))
    assert [b.start.day for b in reading.busy] == [8]
    extra = read(calendar(event("DTSTART:20260302T000000Z\nDURATION:PT12H", f"RDATE:{many}")))
    assert extra.skipped == ()
    assert len(extra.busy) > 0


@pytest.mark.parametrize("same_uid", [True, False])
def test_tens_of_thousands_of_events_and_changes_are_read_or_given_up(same_uid: bool) -> None:
    lines = "DTSTART:20260302T010000Z\nDURATION:PT1H\nRECURRENCE-ID;RANGE=THISANDFUTURE"
    changes = [
        event(f"UID:{0 if same_uid else n}", f"{lines}:2026{1 + n % 12:02}01T{n % 24:02}00{n % 60:02}Z")
        for n in range(15_000)
    ]
    master = event("UID:0", "DTSTART:20200101T000000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY")
    assert len(read(calendar(*changes, master)).busy) >= 1


def zone(*lines: str) -> str:
    return "\n".join(("BEGIN:VTIMEZONE", "TZID:Odd", *lines, "END:VTIMEZONE", ""))


OBSERVANCE = ("BEGIN:STANDARD", "DTSTART:{start}", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "{more}", "END:STANDARD")


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("BEGIN:STANDARD", "END:STANDARD"),
        [x.format(start="00010101T000000", more="RRULE:FREQ=DAILY") for x in OBSERVANCE],
        [x.format(start="00010101T000000", more="RRULE:FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5") for x in OBSERVANCE],
        [x.format(start="soon", more="X:1") for x in OBSERVANCE],
        [x.format(start="20000101T000000", more="RDATE:" + "20000101T000000," * 9000) for x in OBSERVANCE],
        [x.format(start="20000101T000000", more="RRULE:FREQ=YEARLY;UNTIL=x") for x in OBSERVANCE],
        [x.format(start="20000101T000000", more="X:1").replace("+0200", "+9900") for x in OBSERVANCE],
        ("BEGIN:VTIMEZONE", "TZID:Odd", "BEGIN:STANDARD", "END:STANDARD", "END:VTIMEZONE"),
        ("BEGIN:STANDARD", "BEGIN:STANDARD", "DTSTART:20000101T000000", "END:STANDARD", "END:STANDARD"),
        ("BEGIN:STANDARD\n" * 3000 + "END:STANDARD\n" * 3000).strip().split("\n"),
    ],
)
def test_a_zone_that_makes_no_sense_is_not_believed(lines: tuple[str, ...]) -> None:
    reading = read(calendar(zone(*lines), event("DTSTART;TZID=Odd:20260302T090000", "DURATION:PT1H")))
    assert [b.start for b in reading.busy] == [datetime(2026, 3, 2, 1, tzinfo=UTC)]
    assert len(reading.notes) == 1


def test_thousands_of_slow_zones_are_given_up_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huitong.timing.calendars.MAX_SECONDS", 0.5)
    lines = [x.format(start="18000101T000000", more="RRULE:FREQ=MONTHLY;BYMONTHDAY=1") for x in OBSERVANCE]
    many = "".join(
        zone(*lines).replace("Odd", f"Odd{n}") + event(f"DTSTART;TZID=Odd{n}:20260302T090000") for n in range(2000)
    )
    with pytest.raises(CalendarError, match=r"^line \d+: There are too many events, or rules too dense"):
        read(calendar(many))


def test_a_zone_may_speak_of_itself_and_of_the_ends_of_time() -> None:
    lines = [x.format(start="00010101T000000", more="X:1") for x in OBSERVANCE]
    own = zone(*lines).replace("DTSTART:", "DTSTART;TZID=Odd:")
    for start in ("00010101T000000", "99991231T235959", "20260302T090000"):
        reading = read(calendar(own, event(f"DTSTART;TZID=Odd:{start}", "DURATION:PT1H"), GOOD))
        assert len(reading.busy) in (1, 2)
        assert reading.skipped == reading.notes == ()


def test_a_hundred_megabytes_are_refused_by_their_size() -> None:
    with pytest.raises(CalendarError, match="over 5 MB"):
        read(b"BEGIN:VCALENDAR\n" * 6_300_000)
