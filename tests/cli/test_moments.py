"""huitong moments: a calendar file in, moments out."""

import json
from datetime import datetime
from pathlib import Path

import pytest

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:1@example
DTSTAMP:20260901T000000Z
DTSTART:20261012T010000Z
DTEND:20261012T040000Z
SUMMARY:Board
END:VEVENT
END:VCALENDAR
"""
WEEK = ("--from", "2027-10-11", "--by", "2027-10-15")


@pytest.fixture
def calendar(tmp_path) -> str:
    path = tmp_path / "leader.ics"
    path.write_text(CALENDAR.replace("20261012", "20271012").replace("\n", "\r\n"))
    return str(path)


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
def test_moments_lie_in_the_time_asked_for_and_not_in_busy_time(huitong, calendar):
    result = huitong("moments", calendar, "--minutes", "20", *WEEK, "--format", "json")
    assert result.returncode == 0, result.stderr
    moments = json.loads(result.stdout)["moments"]
    assert moments
    assert all(set(moment) == {"start", "end", "score", "reasons"} for moment in moments)
    assert [m["score"] for m in moments] == sorted((m["score"] for m in moments), reverse=True)
    busy = datetime.fromisoformat("2027-10-12T09:00+08:00"), datetime.fromisoformat("2027-10-12T12:00+08:00")
    for moment in moments:
        start, end = datetime.fromisoformat(moment["start"]), datetime.fromisoformat(moment["end"])
        assert "2027-10-11" <= moment["start"][:10] <= "2027-10-15"
        assert moment["start"].endswith("+08:00")
        assert (end - start).total_seconds() == 20 * 60
        assert end <= busy[0] or start >= busy[1]


def test_text_is_a_line_a_moment_in_the_language_asked_for(huitong, calendar):
    chinese = huitong("moments", "-", "--minutes", "20", *WEEK, input=Path(calendar).read_bytes())
    english = huitong("moments", calendar, "--minutes", "20", *WEEK, "--lang", "en")
    assert [line[:24] for line in chinese.stdout.splitlines()] == [line[:24] for line in english.stdout.splitlines()]
    assert english.stdout.isascii() is False  # the dash between the times
    assert english.stdout.replace("–", "-").isascii()
    assert not chinese.stdout.replace("–", "-").isascii()
    assert "。；" not in chinese.stdout  # each reason is a sentence
    assert ".;" not in english.stdout


def test_the_zone_is_the_one_given_else_that_of_the_machine(huitong, calendar):
    def offsets(*arguments: str, **variables: str) -> set[str]:
        result = huitong("moments", calendar, "--minutes", "20", *WEEK, "--format", "json", *arguments, **variables)
        return {moment["start"][-6:] for moment in json.loads(result.stdout)["moments"]}

    assert offsets(TZ="") == {"+08:00"}
    assert offsets(TZ="Asia/Tokyo") == {"+09:00"}
    assert offsets("--tz", "Asia/Kolkata", TZ="Asia/Tokyo") == {"+05:30"}
    assert offsets(TZ="no/such") == {"+08:00"}


def test_no_moment_is_an_empty_list_and_said_in_words(huitong, calendar):
    never = ("--from", "2027-10-12T10:00", "--by", "2027-10-12T10:10")
    result = huitong("moments", calendar, "--minutes", "20", *never, "--format", "json")
    assert (result.returncode, json.loads(result.stdout)) == (0, {"moments": []})
    assert huitong("moments", calendar, "--minutes", "20", *never).stderr.startswith("No moment is free")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.ics"], "missing.ics cannot be read: No such file or directory."),
        (["leader.ics", "--from", "soon"], '--from: "soon" is not a time.'),
        (["leader.ics", "--by", "2027-13-01"], '--by: "2027-13-01" is not a time.'),
        (["leader.ics", "--tz", "Mars/Base"], '--tz: There is no time zone "Mars/Base".'),
        (["-"], "standard input: "),
    ],
)
def test_unusable_input_is_one_sentence_and_code_2(huitong, calendar, arguments, sentence):
    result = huitong("moments", *arguments, "--minutes", "20", input="no calendar")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1
