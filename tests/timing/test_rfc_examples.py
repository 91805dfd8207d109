"""The examples of RFC 5545 (3.8.5.3, 3.3.10, 3.8.5.2, 3.6.5, 3.8.2.6) mean the times that it says they mean."""

from zoneinfo import ZoneInfo

import pytest

from huitong.timing import CalendarReading
from tests.timing.ics import calendar, read, spans

ZONE = "America/New_York"
AUTUMN = "1997-09: 2 9 16 23 30, 1997-10: 7 14 21 28, 1997-11: 4 11 18 25, 1997-12: 2 9 16 23"
JANUARY = "1998-01: 1-31, 1999-01: 1-31, 2000-01: 1-31"
FIVE_WEEKS = "1997-09: 2 4 9 11 16 18 23 25 30, 1997-10: 2"
SUMMER_THURSDAYS = (
    "1997-06: 5 12 19 26, 1997-07: 3 10 17 24 31, 1997-08: 7 14 21 28, "
    "1998-06: 4 11 18 25, 1998-07: 2 9 16 23 30, 1998-08: 6 13 20 27, "
    "1999-06: 3 10 17 24, 1999-07: 1 8 15 22 29, 1999-08: 5 12 19 26"
)
FRIDAY_13 = "1998-02: 13, 1998-03: 13, 1998-11: 13, 1999-08: 13, 2000-10: 13"

# start, rule, the days that follow, and up to which day they were looked at ("" if the rule ends by itself)
DAYS = [
    ("19970902", "FREQ=DAILY;COUNT=10", "1997-09: 2-11", ""),
    ("19970902", "FREQ=DAILY;UNTIL=19971224T000000Z", "1997-09: 2-30, 1997-10: 1-31, 1997-11: 1-30, 1997-12: 1-23", ""),
    (
        "19970902",
        "FREQ=DAILY;INTERVAL=2",
        "1997-09: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30, 1997-10: 2 4",
        "1997-10-06",
    ),
    ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09: 2 12 22, 1997-10: 2 12", ""),
    ("19980101", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", JANUARY, ""),
    ("19980101", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", JANUARY, ""),
    ("19970902", "FREQ=WEEKLY;COUNT=10", "1997-09: 2 9 16 23 30, 1997-10: 7 14 21 28, 1997-11: 4", ""),
    ("19970902", "FREQ=WEEKLY;UNTIL=19971224T000000Z", AUTUMN, ""),
    (
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09: 2 16 30, 1997-10: 14 28, 1997-11: 11 25, 1997-12: 9 23, 1998-01: 6 20, 1998-02: 3 17",
        "1998-03-01",
    ),
    ("19970902", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", FIVE_WEEKS, ""),
    ("19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", FIVE_WEEKS, ""),
    (
        "19970901",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09: 1 3 5 15 17 19 29, 1997-10: 1 3 13 15 17 27 29 31, 1997-11: 10 12 14 24 26 28, 1997-12: 8 10 12 22",
        "",
    ),
    ("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 16 18 30, 1997-10: 2 14 16", ""),
    (
        "19970905",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09: 5, 1997-10: 3, 1997-11: 7, 1997-12: 5, 1998-01: 2, 1998-02: 6, 1998-03: 6, 1998-04: 3, 1998-05: 1, "
        "1998-06: 5",
        "",
    ),
    (
        "19970905",
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "1997-09: 5, 1997-10: 3, 1997-11: 7, 1997-12: 5",
        "",
    ),
    (
        "19970907",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09: 7 28, 1997-11: 2 30, 1998-01: 4 25, 1998-03: 1 29, 1998-05: 3 31",
        "",
    ),
    (
        "19970922",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09: 22, 1997-10: 20, 1997-11: 17, 1997-12: 22, 1998-01: 19, 1998-02: 16",
        "",
    ),
    (
        "19970928",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09: 28, 1997-10: 29, 1997-11: 28, 1997-12: 29, 1998-01: 29, 1998-02: 26",
        "1998-03-01",
    ),
    (
        "19970902",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09: 2 15, 1997-10: 2 15, 1997-11: 2 15, 1997-12: 2 15, 1998-01: 2 15",
        "",
    ),
    (
        "19970930",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09: 30, 1997-10: 1 31, 1997-11: 1 30, 1997-12: 1 31, 1998-01: 1 31, 1998-02: 1",
        "",
    ),
    (
        "19970910",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09: 10-15, 1999-03: 10-13",
        "",
    ),
    (
        "19970902",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09: 2 9 16 23 30, 1997-11: 4 11 18 25, 1998-01: 6 13 20 27, 1998-03: 3 10 17 24 31",
        "1998-05-01",
    ),
    (
        "19970610",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        ", ".join(f"{year}-{month}: 10" for year in range(1997, 2002) for month in ("06", "07")),
        "",
    ),
    (
        "19970310",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03: 10, "
        + ", ".join(f"{year}-{month}: 10" for year in (1999, 2001, 2003) for month in ("01", "02", "03")),
        "",
    ),
    (
        "19970101",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997-01: 1, 1997-04: 10, 1997-07: 19, 2000-01: 1, 2000-04: 9, 2000-07: 18, 2003-01: 1, 2003-04: 10, "
        "2003-07: 19, 2006-01: 1",
        "",
    ),
    ("19970519", "FREQ=YEARLY;BYDAY=20MO", "1997-05: 19, 1998-05: 18, 1999-05: 17", "2000-01-01"),
    ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05: 12, 1998-05: 11, 1999-05: 17", "2000-01-01"),
    (
        "19970313",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03: 13 20 27, 1998-03: 5 12 19 26, 1999-03: 4 11 18 25",
        "2000-01-01",
    ),
    ("19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", SUMMER_THURSDAYS, "2000-01-01"),
    (
        "19970902",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13\nEXDATE;TZID=America/New_York:19970902T090000",
        FRIDAY_13,
        "2001-01-01",
    ),
    (
        "19970913",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09: 13, 1997-10: 11, 1997-11: 8, 1997-12: 13, 1998-01: 10, 1998-02: 7, 1998-03: 7, 1998-04: 11, "
        "1998-05: 9, 1998-06: 13",
        "1998-07-01",
    ),
    (
        "19961105",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11: 5, 2000-11: 7, 2004-11: 2",
        "2005-01-01",
    ),
    ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09: 4, 1997-10: 7, 1997-11: 6", ""),
    (
        "19970929",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09: 29, 1997-10: 30, 1997-11: 27, 1997-12: 30, 1998-01: 29, 1998-02: 26, 1998-03: 30",
        "1998-04-01",
    ),
    (
        "19970930",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",  # the last working day of the month (3.3.10)
        "1997-09: 30, 1997-10: 31, 1997-11: 28, 1997-12: 31",
        "1998-01-01",
    ),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08: 5 10 19 24", ""),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08: 5 17 19 31", ""),
    ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01: 15 30, 2007-02: 15, 2007-03: 15 30", ""),
]


def days(text: str) -> list[str]:
    """`1997-09: 2-4 7` -> 1997-09-02, 03, 04, 07."""
    found = []
    for part in text.split(", "):
        month, _, numbers = part.partition(": ")
        for number in numbers.split():
            first, _, last = number.partition("-")
            found += [f"{month}-{n:02}" for n in range(int(first), int(last or first) + 1)]
    return found


def dates(reading: CalendarReading) -> list[str]:
    starts = [b.start.astimezone(ZoneInfo(ZONE)) for b in reading.busy]
    assert {f"{s:%H:%M}" for s in starts} == {"09:00"}
    return [f"{s:%Y-%m-%d}" for s in starts]


@pytest.mark.parametrize(("start", "rule", "expected", "until"), DAYS, ids=[f"{d[0]}-{d[1][:60]}" for d in DAYS])
def test_the_examples_fall_on_their_days(start: str, rule: str, expected: str, until: str) -> None:
    text = calendar(f"DTSTART;TZID={ZONE}:{start}T090000\nDURATION:PT1H\nRRULE:{rule}")
    assert dates(read(text, "1996-01-01", until or "2010-01-01", ZONE)) == days(expected)


TWENTY = [f"09-0{day} {h:02}:{m:02}" for day in (2, 3) for h in range(9, 17) for m in (0, 20, 40)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # The RFC prints 09:00, 12:00, 15:00: its UNTIL is meant as 17:00 in New York, but is 13:00 there (an erratum).
        ("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", ["09-02 09:00", "09-02 12:00"]),
        ("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", ["09-02 09:00", "09-02 12:00", "09-02 15:00"]),
        (
            "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
            [f"09-02 {t}" for t in ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"]],
        ),
        ("FREQ=MINUTELY;INTERVAL=90;COUNT=4", [f"09-02 {t}" for t in ["09:00", "10:30", "12:00", "13:30"]]),
        ("FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", TWENTY),
        ("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", TWENTY),
    ],
)
def test_the_examples_within_a_day_fall_at_their_minutes(rule: str, expected: list[str]) -> None:
    text = calendar(f"DTSTART;TZID={ZONE}:19970902T090000\nDURATION:PT5M\nRRULE:{rule}")
    assert [s[:11] for s in spans(read(text, "1997-09-01", "1997-09-04", ZONE), ZONE)] == expected


def test_every_sunday_in_january_at_half_past_eight_and_nine_every_other_year() -> None:
    rule = "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;BYMINUTE=30"
    text = calendar(f"DTSTART;TZID={ZONE}:19970105T083000\nDURATION:PT5M\nRRULE:{rule}")
    expected = [f"01-{day:02} {hour}-{hour[:-1]}5" for day in (5, 12, 19, 26) for hour in ("08:30", "09:30")]
    assert spans(read(text, "1997-01-01", "1998-12-31", ZONE), ZONE) == expected
    assert len(read(text, "1997-01-01", "1999-12-31", ZONE).busy) == 2 * (4 + 5)


def test_extra_dates_may_be_times_periods_or_days() -> None:
    times = calendar(f"DTSTART;TZID={ZONE}:19970714T083000\nDURATION:PT1H\nRDATE;TZID={ZONE}:19970715T083000")
    assert spans(read(times, "1997-07-01", "1997-08-01", ZONE), ZONE) == ["07-14 08:30-09:30", "07-15 08:30-09:30"]
    periods = calendar(
        "DTSTART:19960402T010000Z\nDURATION:PT1H\n"
        "RDATE;VALUE=PERIOD:19960403T020000Z/19960403T040000Z,\n 19960404T010000Z/PT3H"
    )
    assert spans(read(periods, "1996-04-01", "1996-05-01", "UTC"), "UTC") == [
        "04-02 01:00-02:00",
        "04-03 02:00-04:00",
        "04-04 01:00-04:00",
    ]
    whole = calendar("DTSTART;VALUE=DATE:19970101\nRDATE;VALUE=DATE:19970120,19970217,19970421,\n 19970526,19970704")
    found = [s[:5] for s in spans(read(whole, "1997-01-01", "1998-01-01", ZONE), ZONE)]
    assert found == ["01-01", "01-20", "02-17", "04-21", "05-26", "07-04"]


NEW_YORK_SINCE_1967 = """BEGIN:VTIMEZONE
TZID:New York of the file
LAST-MODIFIED:20050809T050000Z
BEGIN:DAYLIGHT
DTSTART:19670430T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19730429T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19740106T020000
RDATE:19750223T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:19760425T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19860427T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
END:VTIMEZONE
"""


def test_a_zone_written_out_in_the_file_agrees_with_the_zone_that_it_writes_out() -> None:
    """At every hour of the days around each change of forty-odd years, also the hour left out and the one that comes
    twice."""
    changes = ["1973-04-29", "1974-01-06", "1974-10-27", "1975-02-23", "1976-04-25", "1986-04-27", "1987-04-05"]
    changes += ["2006-04-02", "2006-10-29", "2007-03-11", "2007-11-04", "2026-03-08", "2026-11-01"]
    for day in changes:
        hours = [f"DTSTART;TZID={{}}:{day.replace('-', '')}T{hour:02}3000\nDURATION:PT1M" for hour in range(24)]
        own, known = (
            read(
                calendar(*(h.format(name) for h in hours), before=NEW_YORK_SINCE_1967), "1973-01-01", "2030-01-01", ZONE
            )
            for name in ("New York of the file", ZONE)
        )
        assert own.notes == ()
        assert own.busy == known.busy
        assert len(own.busy) in (23, 24)


def test_free_and_busy_lists_say_which_is_which() -> None:
    lists = (
        "BEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:19970308T160000Z/PT8H30M\n"
        "FREEBUSY;FBTYPE=FREE:19970309T160000Z/PT3H,19970309T200000Z/PT1H\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:19970310T160000Z/PT3H\n"
        "FREEBUSY:19970311T160000Z/19970311T170000Z,19970311T200000Z/PT1H,19970311T203000Z/PT1H\nEND:VFREEBUSY\n"
    )
    assert spans(read(calendar(before=lists), "1997-03-01", "1997-04-01", "UTC"), "UTC") == [
        "03-08 16:00-00:30+1",
        "~03-10 16:00-19:00",
        "03-11 16:00-17:00",
        "03-11 20:00-21:30",
    ]
