"""Instances of a series that were moved, cancelled, taken out or added (RFC 5545, 3.8.4.4, 3.8.5.1, 3.8.5.2)."""

import pytest

from tests.timing.ics import calendar, read, spans

DAILY = "UID:a\nDTSTART;TZID=Asia/Shanghai:20260302T090000\nDTEND;TZID=Asia/Shanghai:20260302T100000\nRRULE:FREQ=DAILY"
AT_NINE = [f"03-0{day} 09:00-10:00" for day in range(2, 9)]


def moved(which: str, start: str, *more: str, following: bool = False) -> str:
    to = ";RANGE=THISANDFUTURE" if following else ""
    return "\n".join(
        (f"UID:a\nRECURRENCE-ID{to};TZID=Asia/Shanghai:{which}", f"DTSTART;TZID=Asia/Shanghai:{start}")
        + (more or ("DURATION:PT30M",))
    )


def test_a_moved_instance_leaves_its_old_time() -> None:
    text = calendar(DAILY, moved("20260304T090000", "20260305T150000"))
    assert spans(read(text)) == [*AT_NINE[:2], AT_NINE[3], "03-05 15:00-15:30", *AT_NINE[4:]]


def test_an_instance_may_be_moved_into_the_window_from_far_away_and_out_of_it() -> None:
    text = calendar(DAILY, moved("20260901T090000", "20260303T150000"), moved("20260304T090000", "20270101T090000"))
    assert spans(read(text)) == [*AT_NINE[:2], "03-03 15:00-15:30", *AT_NINE[3:]]


def test_the_instance_may_be_named_in_another_zone_or_by_its_day() -> None:
    in_utc = calendar(DAILY, "UID:a\nRECURRENCE-ID:20260304T010000Z\nDTSTART:20260304T070000Z\nDURATION:PT1H")
    by_day = calendar(DAILY, "UID:a\nRECURRENCE-ID;VALUE=DATE:20260304\nDTSTART:20260304T070000Z\nDURATION:PT1H")
    expected = [*AT_NINE[:2], "03-04 15:00-16:00", *AT_NINE[3:]]
    assert spans(read(in_utc)) == spans(read(by_day)) == expected


def test_a_whole_day_of_a_series_may_become_an_hour() -> None:
    text = calendar(
        "UID:a\nDTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3",
        "UID:a\nRECURRENCE-ID;VALUE=DATE:20260303\nDTSTART:20260303T010000Z\nDURATION:PT1H",
    )
    assert spans(read(text)) == ["03-02 00:00-00:00+1", "03-03 09:00-10:00", "03-04 00:00-00:00+1"]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_a_cancelled_instance_is_free(line: str) -> None:
    text = calendar(DAILY, moved("20260304T090000", "20260304T090000", "DURATION:PT1H", line))
    assert spans(read(text)) == [*AT_NINE[:2], *AT_NINE[3:]]


def test_from_here_on_moves_lengthens_and_softens_what_follows() -> None:
    change = moved("20260304T090000", "20260304T143000", "DURATION:PT2H", "STATUS:TENTATIVE", following=True)
    expected = [*AT_NINE[:2], *(f"~03-0{day} 14:30-16:30" for day in range(4, 9))]
    assert spans(read(calendar(DAILY, change))) == expected


def test_from_here_on_may_move_by_days_and_holds_until_the_next_such_change() -> None:
    changes = (
        moved("20260303T090000", "20260304T100000", following=True),
        moved("20260306T090000", "20260306T080000", following=True),
        moved("20260305T090000", "20260305T200000"),
    )
    assert spans(read(calendar(DAILY, *changes))) == [
        "03-02 09:00-10:00",
        "03-04 10:00-10:30",
        "03-05 10:00-10:30",
        "03-05 20:00-20:30",
        "03-06 08:00-08:30",
        "03-07 08:00-08:30",
        "03-08 08:00-08:30",
    ]


def test_from_here_on_cancelled_is_free_from_there_on() -> None:
    change = moved("20260304T090000", "20260304T090000", "STATUS:CANCELLED", following=True)
    assert spans(read(calendar(DAILY, change))) == AT_NINE[:2]


def test_a_change_made_weeks_before_the_window_still_holds_in_it() -> None:
    change = moved("20260304T090000", "20260304T100000", following=True)
    assert spans(read(calendar(DAILY, change), "2026-07-01", "2026-07-02")) == ["07-01 10:00-10:30"]


def test_the_newest_version_of_a_series_and_of_an_instance_counts() -> None:
    old = DAILY.replace("T090000", "T070000").replace("T100000", "T080000") + "\nSEQUENCE:1"
    changes = (
        moved("20260304T090000", "20260304T180000", "DURATION:PT1H", "SEQUENCE:3"),
        moved("20260304T090000", "20260304T160000", "DURATION:PT1H", "SEQUENCE:2"),
    )
    text = calendar(DAILY + "\nSEQUENCE:2", old, *changes)
    assert spans(read(text)) == [*AT_NINE[:2], "03-04 18:00-19:00", *AT_NINE[3:]]


def test_two_events_of_a_program_that_gives_all_the_same_uid_both_count() -> None:
    text = calendar("UID:a\nDTSTART:20260302T010000Z\nDURATION:PT1H", "UID:a\nDTSTART:20260303T010000Z\nDURATION:PT1H")
    assert spans(read(text)) == AT_NINE[:2]


def test_changed_instances_without_their_series_count_by_themselves() -> None:
    assert spans(read(calendar(moved("20260304T090000", "20260304T150000")))) == ["03-04 15:00-15:30"]


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE;TZID=Asia/Shanghai:20260303T090000,20260304T090000",
        "EXDATE:20260303T010000Z\nEXDATE:20260304T010000Z",
        "EXDATE:20260303T090000,20260304T090000",
        "EXDATE;VALUE=DATE:20260303,20260304",
        "EXDATE;TZID=America/New_York:20260302T200000,20260303T200000",
        "EXRULE:FREQ=DAILY;BYMONTHDAY=3,4",
    ],
)
def test_exceptions_are_taken_out_however_they_are_written(exdate: str) -> None:
    assert spans(read(calendar(f"{DAILY}\n{exdate}"))) == [AT_NINE[0], *AT_NINE[3:]]


def test_an_exception_counts_as_one_of_the_count_and_takes_its_changed_instance_with_it() -> None:
    series = DAILY + ";COUNT=3\nEXDATE:20260303T010000Z"
    text = calendar(series, moved("20260303T090000", "20260303T150000"))
    assert spans(read(text)) == [AT_NINE[0], AT_NINE[2]]


@pytest.mark.parametrize("exdate", ["VALUE=DATE:20260303", "VALUE=DATE-TIME:20260303T000000", "X=1:20260302T160000Z"])
def test_a_whole_day_is_taken_out_by_its_day_or_its_midnight(exdate: str) -> None:
    text = calendar(f"DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;{exdate}")
    assert spans(read(text)) == ["03-02 00:00-00:00+1", "03-04 00:00-00:00+1"]


def test_extra_dates_come_once_and_may_have_their_own_length() -> None:
    extra = "RDATE:20260303T010000Z,20260304T010000Z\nRDATE;VALUE=PERIOD:20260304T010000Z/PT3H,20260305T010000Z/PT0S"
    text = calendar(f"DTSTART:20260302T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n{extra}")
    assert spans(read(text)) == ["03-02 09:00-10:00", "03-03 09:00-10:00", "03-04 09:00-12:00"]


def test_an_event_as_long_as_weeks_that_began_before_the_window_reaches_into_it() -> None:
    text = calendar("DTSTART:20260101T000000Z\nDURATION:P60D\nRRULE:FREQ=YEARLY")
    assert spans(read(text)) == ["03-02 00:00-08:00"]
