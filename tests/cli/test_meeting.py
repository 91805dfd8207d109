"""huitong meeting: calendar files in, times to meet with reasons out."""

import json

import pytest

WINDOW = ("--from", "2026-11-24", "--to", "2026-11-24", "--tz", "Asia/Shanghai")


@pytest.fixture
def calendar(tmp_path):
    """calendar("gao", "090000-170000"): a file in the folder of the command, busy then on 24 November 2026."""

    def write(name: str, *spans: str, more: str = "") -> str:
        events = "".join(
            f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:Dismissals\r\nDTSTART;TZID=Asia/Shanghai:20261124T{span[:6]}\r\n"
            f"DTEND;TZID=Asia/Shanghai:20261124T{span[7:]}\r\nEND:VEVENT\r\n"
            for n, span in enumerate(spans)
        )
        text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}{more}END:VCALENDAR\r\n"
        (tmp_path / f"{name}.ics").write_text(text, newline="")
        return f"{name}.ics"

    return write


def test_the_best_time_comes_first_with_its_reasons(huitong, calendar):
    files = (calendar("gao", "090000-120000", "133000-160000"), calendar("wang", "170000-180000"))
    result = huitong("meeting", *files, *WINDOW)
    assert result.returncode == 0
    first = result.stdout.splitlines()[0]
    assert first.startswith("2026-11-24 16:15–16:45  两位都有空")
    assert "Dismissals" not in result.stdout + result.stderr


def test_json_has_offsets_names_and_what_is_missing(huitong, calendar):
    files = (calendar("gao"), calendar("wang", "090000-180000"))
    result = huitong("meeting", *files, *WINDOW, "--required", "1", "--minutes", "60", "--format", "json")
    times = json.loads(result.stdout)["times"]
    assert len(times) >= 3
    assert times[0]["start"].endswith("+08:00")
    assert set(times[0]) == {"start", "end", "score", "missing", "reasons"}
    assert all(each["missing"] == ["wang"] and each["score"] >= 0.6 for each in times)


def test_where_not_all_can_come_that_is_said_and_who(huitong, calendar):
    files = (calendar("gao", "070000-133000"), calendar("wang", "133000-220000"), calendar("xu"))
    result = huitong("meeting", *files, *WINDOW, "--lang", "en")
    assert result.returncode == 0
    assert "fewest are missing" in result.stderr
    assert all("without gao" in line or "without wang" in line for line in result.stdout.splitlines())


def test_zones_hours_and_rooms_are_each_ones_own(huitong, calendar):
    files = (calendar("gao"), calendar("anna"), calendar("room", "160000-170000"))
    more = ("--zone-of", "2=Europe/Berlin", "--hours-of", "1=8:00-17:30", "--rooms", "3", "--format", "json")
    times = json.loads(huitong("meeting", *files, *WINDOW, *more).stdout)["times"]
    assert [each["start"] for each in times] == ["2026-11-24T17:00:00+08:00"]
    assert "anna那边是 10:00。" in times[0]["reasons"]


def test_who_has_no_calendar_is_given_as_a_dash(huitong, calendar):
    result = huitong("meeting", calendar("gao"), "-", *WINDOW)
    assert "没有第 2 位的日历" in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--required", "3"), "--required"),
        (("--required", "x"), "--required"),
        (("--rooms", "0"), "--rooms"),
        (("--zone-of", "1=Mars"), "--zone-of"),
        (("--tz", "Mars"), "--tz"),
        (("--zone-of", "Mars"), "--zone-of"),
        (("--hours-of", "1=all day"), "--hours-of"),
        (("--from", "tomorrow"), "--from"),
        (("--from", "0001-01-01"), "--from"),
        (("--to", "9999-12-31"), "--to"),
        (("--to", "2029-01-01"), "--to"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(huitong, calendar, options, said):
    result = huitong("meeting", calendar("gao"), *WINDOW, *options)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_a_file_that_is_no_calendar_is_named_with_its_line_and_a_broken_event_is_left_out(huitong, calendar, tmp_path):
    (tmp_path / "letter.ics").write_text("Dear Sir")
    result = huitong("meeting", "letter.ics", *WINDOW)
    assert result.returncode == 2
    assert "letter.ics: line 1" in result.stderr
    broken = calendar("gao", more="BEGIN:VEVENT\r\nUID:9\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\n")
    result = huitong("meeting", broken, *WINDOW)
    assert result.returncode == 0
    assert "gao.ics: line" in result.stderr
    assert "Event 1 is left out" in result.stderr
