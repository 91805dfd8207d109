"""huitong busy: calendar files in, merged busy time out."""

import json
from datetime import datetime

import pytest

EVENTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:1@example
DTSTART;TZID=Asia/Shanghai:20261012T090000
DTEND;TZID=Asia/Shanghai:20261012T120000
RRULE:FREQ=DAILY;COUNT=2
SUMMARY:Dismissals
LOCATION:Room 9
END:VEVENT
BEGIN:VEVENT
UID:2@example
DTSTART;TZID=Asia/Shanghai:20261012T113000
DURATION:PT1H
STATUS:TENTATIVE
SUMMARY:Dismissals
END:VEVENT
BEGIN:VEVENT
UID:3@example
SUMMARY:Dismissals
DTSTART:tomorrow
END:VEVENT
END:VCALENDAR
"""
MORE = EVENTS.replace("20261012T090000", "20261012T080000").replace("20261012T120000", "20261012T100000")
DAYS = ("--from", "2026-10-12", "--to", "2026-10-13", "--tz", "Asia/Shanghai")


@pytest.fixture
def calendar(tmp_path) -> str:
    path = tmp_path / "leader.ics"
    path.write_bytes(EVENTS.replace("\n", "\r\n").encode())
    return str(path)


def test_json_tells_busy_and_soft_time_apart_with_offsets(huitong, calendar):
    result = huitong("busy", calendar, *DAYS, "--format", "json")
    assert result.returncode == 0
    assert json.loads(result.stdout) == {
        "busy": [
            {"start": "2026-10-12T09:00:00+08:00", "end": "2026-10-12T12:00:00+08:00"},
            {"start": "2026-10-13T09:00:00+08:00", "end": "2026-10-13T12:00:00+08:00"},
        ],
        "soft": [{"start": "2026-10-12T12:00:00+08:00", "end": "2026-10-12T12:30:00+08:00"}],
    }


def test_times_are_told_in_the_zone_asked_for_and_its_days_are_meant(huitong, calendar):
    day = ("--from", "2026-10-12", "--to", "2026-10-12", "--tz", "Europe/Paris")
    result = huitong("busy", calendar, *day, "--format", "json")
    assert json.loads(result.stdout)["busy"] == [
        {"start": "2026-10-12T03:00:00+02:00", "end": "2026-10-12T06:00:00+02:00"}
    ]
    given = huitong("busy", calendar, "--from", "2026-10-12T10:00+08:00", "--to", "2026-10-12T04:30", "--tz", "UTC")
    assert given.stdout == "2026-10-12 02:00–04:00  忙\n2026-10-12 04:00–04:30  待定\n"


def test_several_files_are_merged_and_one_may_be_standard_input(huitong, calendar):
    result = huitong("busy", calendar, "-", *DAYS, "--lang", "en", input=MORE)
    assert result.stdout.splitlines() == [
        "2026-10-12 08:00–12:00  busy",
        "2026-10-12 12:00–12:30  tentative",
        "2026-10-13 08:00–12:00  busy",
    ]
    assert result.stderr.splitlines() == [
        f"{calendar}: line 19: Event 3 is left out: its DTSTART cannot be read.",
        "standard input: line 19: Event 3 is left out: its DTSTART cannot be read.",
    ]


def test_what_lasts_for_days_or_over_a_change_of_clocks_says_so(huitong):
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:{}\nDTEND;VALUE=DATE:{}\nEND:VEVENT\nEND:VCALENDAR\n"
    days = ("--from", "2026-03-01", "--to", "2026-03-31", "--tz", "America/New_York", "--lang", "en")
    result = huitong("busy", "-", *days, input=text.format("20260307", "20260309"))
    assert result.stdout == "2026-03-07 00:00 (-05:00)–2026-03-09 00:00 (-04:00)  busy\n"


def test_titles_and_places_are_never_shown(huitong, calendar):
    result = huitong("busy", calendar, *DAYS)
    assert "没有计入" in result.stderr
    for secret in ("Dismissals", "Room", "@example"):
        assert secret not in result.stdout + result.stderr


def test_the_owner_s_answer_counts(huitong):
    answers = "ATTENDEE:mailto:b@example.org\nATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org\n"
    invited = EVENTS.replace("SUMMARY:Dismissals\n", answers)
    result = huitong("busy", "-", *DAYS, "--owner", "a@example.org", "--lang", "en", input=invited)
    assert result.stdout == ""
    assert result.stderr.endswith("Nothing is busy in that time.\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "standard input: The file is empty. Export it again."),
        (b"<html>\n", "standard input: line 1: This is not a calendar file."),
        (EVENTS.encode()[:200], "standard input: line 9: The file stops inside VEVENT."),
        (b"BEGIN:VCALENDAR\n" * 400_000, "standard input: The calendar file is over 5 MB."),
    ],
)
def test_a_broken_file_is_refused_with_its_line_and_nothing_is_printed(huitong, calendar, content, message):
    result = huitong("busy", calendar, "-", *DAYS, "--lang", "en", input=content)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith(message)


def test_a_broken_file_is_refused_in_chinese_too(huitong):
    result = huitong("busy", "-", *DAYS, input=b"<html>\n")
    assert result.stderr.startswith("standard input: line 1：这不是日历文件。")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.ics",), "missing.ics cannot be read: No such file or directory."),
        (("-", "--tz", "Mars/Base"), '--tz: There is no time zone "Mars/Base". Write a name such as Asia/Shanghai.'),
        (("-", "--from", "soon"), '--from: "soon" is not a time. Write 2026-10-12 or 2026-10-12T09:30.'),
        (("-", "--from", "0001-01-01"), "--from: write a year from 1900 to 2200."),
        (("-", "--from", "2026-10-01", "--to", "9999-12-31"), "--to: write a year from 1900 to 2200."),
        (("-", "--from", "2026-10-12", "--to", "2026-10-11"), "--to: it lies before --from."),
    ],
)
def test_what_was_given_wrongly_is_named(huitong, arguments, message):
    result = huitong("busy", *arguments, "--lang", "en", input=EVENTS)
    assert (result.returncode, result.stdout, result.stderr.strip()) == (2, "", message)


def test_without_times_it_is_the_week_from_today(huitong):
    always = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n"
    result = huitong("busy", "-", "--tz", "UTC", "--format", "json", input=always)
    ((start, end),) = ((span["start"], span["end"]) for span in json.loads(result.stdout)["busy"])
    assert start.endswith("T00:00:00+00:00")
    assert (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days == 7
