"""Busy time from iCalendar files, to the minute, and what is left out is named."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.timing.ics import calendar, read, spans

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_weekly_meeting_repeats_but_not_on_its_exception() -> None:
    text = calendar(
        """DTSTART;TZID=Asia/Shanghai:20260105T090000
DTEND;TZID=Asia/Shanghai:20260105T100000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE
EXDATE;TZID=Asia/Shanghai:20260304T090000"""
    )
    assert spans(read(text, last="2026-03-12")) == ["03-02 09:00-10:00", "03-09 09:00-10:00", "03-11 09:00-10:00"]


def test_a_moved_and_a_cancelled_instance_replace_the_rule() -> None:
    daily = "DTSTART:20260302T010000Z\nDTEND:20260302T020000Z\n"
    text = (
        "BEGIN:VCALENDAR\n"
        f"BEGIN:VEVENT\nUID:a\n{daily}RRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260303T010000Z\nDTSTART:20260303T070000Z\nDTEND:20260303T073000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260304T010000Z\nSTATUS:CANCELLED\n"
        "DTSTART:20260304T010000Z\nDTEND:20260304T020000Z\nEND:VEVENT\n"
        "END:VCALENDAR\n"
    )
    assert spans(read(text)) == ["03-02 09:00-10:00", "03-03 15:00-15:30"]


def test_a_whole_day_is_busy_from_midnight_to_midnight_of_the_home_zone() -> None:
    reading = read(calendar("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305"))
    assert [(b.start, b.end) for b in reading.busy] == [
        (datetime(2026, 3, 3, tzinfo=SHANGHAI), datetime(2026, 3, 5, tzinfo=SHANGHAI))
    ]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_takes_no_time_is_not_busy(line: str) -> None:
    assert read(calendar(f"DTSTART:20260302T010000Z\nDTEND:20260302T020000Z\n{line}")).busy == ()


@pytest.mark.parametrize("line", ["STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"])
def test_a_tentative_event_is_soft_and_yields_to_a_firm_one(line: str) -> None:
    text = calendar(
        f"DTSTART:20260302T010000Z\nDTEND:20260302T030000Z\n{line}", "DTSTART:20260302T013000Z\nDURATION:PT30M"
    )
    assert spans(read(text)) == ["~03-02 09:00-09:30", "03-02 09:30-10:00", "~03-02 10:00-11:00"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20260302T013000Z", "03-02 09:30-10:30"),
        ("DTSTART;TZID=America/New_York:20260302T200000", "03-03 09:00-10:00"),
        ("DTSTART;TZID=Tokyo Standard Time:20260302T100000", "03-02 09:00-10:00"),
        ('DTSTART;TZID="Tokyo Standard Time":20260302T100000', "03-02 09:00-10:00"),
        ("DTSTART;TZID=/example.org/Europe/Paris:20260302T100000", "03-02 17:00-18:00"),
        ("DTSTART;TZID=Nobody Knows:20260302T100000", "03-02 10:00-11:00"),
        ("DTSTART:20260302T100000", "03-02 10:00-11:00"),
    ],
)
def test_zones_of_all_kinds(start: str, expected: str) -> None:
    assert spans(read(calendar(f"{start}\nDURATION:PT1H"))) == [expected]


def own_zone(offset: str) -> str:
    return (
        "BEGIN:VTIMEZONE\nTZID:Our Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\n"
    )


def test_a_zone_of_the_file_s_own_counts_for_that_file_only() -> None:
    event = "DTSTART;TZID=Our Office:20260302T100000\nDURATION:PT1H"
    assert spans(read(calendar(event, before=own_zone("+0500")))) == ["03-02 13:00-14:00"]
    assert spans(read(calendar(event, before=own_zone("+0900")))) == ["03-02 09:00-10:00"]
    assert spans(read(calendar(event))) == ["03-02 10:00-11:00"]


def test_a_daily_meeting_keeps_its_hour_when_clocks_change() -> None:
    text = calendar("DTSTART;TZID=America/New_York:20260301T093000\nDURATION:PT30M\nRRULE:FREQ=DAILY")
    reading = read(text, "2026-03-07", "2026-03-10", "America/New_York")
    assert [f"{b.start.astimezone(UTC):%d %H:%M}" for b in reading.busy] == ["07 14:30", "08 13:30", "09 13:30"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", ["03-09", "03-13"]),
        ("FREQ=DAILY;INTERVAL=3", ["03-03", "03-06", "03-09", "03-12", "03-15"]),
        ("FREQ=DAILY;INTERVAL=3;COUNT=9000", ["03-03", "03-06", "03-09", "03-12", "03-15"]),
        ("FREQ=DAILY;UNTIL=20260303T000000Z", ["03-02"]),
    ],
)
def test_a_rule_that_began_decades_ago_falls_on_the_same_days(rule: str, days: list[str]) -> None:
    text = calendar(f"DTSTART:20010101T010000Z\nDTEND:20010101T020000Z\nRRULE:{rule}")
    assert [s[:5] for s in spans(read(text, last="2026-03-16"))] == days


@pytest.mark.parametrize("until", ["20260304", "20260304T200000", "20260305T010000Z"])
def test_the_last_day_of_a_rule_counts_however_it_is_written(until: str) -> None:
    text = calendar(f"DTSTART;TZID=America/New_York:20260302T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}")
    assert [s[:5] for s in spans(read(text), "America/New_York")] == ["03-02", "03-03", "03-04"]


def test_neighbours_are_joined_and_the_window_cuts() -> None:
    text = calendar(
        "DTSTART:20260302T010000Z\nDTEND:20260302T020000Z",
        "DTSTART:20260302T020000Z\nDTEND:20260302T030000Z",
        "DTSTART:20260301T120000Z\nDTEND:20260301T170000Z",
    )
    assert spans(read(text)) == ["03-02 00:00-01:00", "03-02 09:00-11:00"]


def test_a_broken_event_is_named_by_its_line_and_the_rest_is_read() -> None:
    text = calendar("SUMMARY:Secret\nDTSTART:soon", "DTSTART:20260302T010000Z\nDURATION:PT1H", "SUMMARY:None")
    reading = read(text)
    assert spans(reading) == ["03-02 09:00-10:00"]
    assert [(p.path, p.en) for p in reading.skipped] == [
        ("line 4", "Event 1 is left out: its DTSTART cannot be read."),
        ("line 14", "Event 3 is left out: it has no DTSTART."),
    ]
    assert reading.skipped[1].zh == "第 3 项日程没有计入：没有开始时间 DTSTART。"


def test_titles_places_and_people_go_nowhere() -> None:
    text = calendar("SUMMARY:裁员讨论\nLOCATION:Room 9\nATTENDEE:mailto:a@example.org\nDTSTART:99990101\nDURATION:junk")
    assert "裁员" not in repr(read(text))
    assert "example.org" not in repr(read(text))


def test_folded_lines_and_alarms_inside_events_are_understood() -> None:
    text = calendar(
        "DTSTART;TZID=Asia\n /Shanghai:2026\n\t0302T090000\nDURATION:PT1H\n"
        "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT9H\nEND:VALARM"
    )
    assert spans(read(text)) == ["03-02 09:00-10:00"]
