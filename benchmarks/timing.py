"""How long busy time and moments take: 28 days of 400 events of which 60 recur, beside what others need.

    python benchmarks/timing.py

The peer is recurring-ical-events on the same calendar: it reads and expands, but does not merge, nor tell soft from
busy. The bitmaps are the least that a meeting search could cost: slots of five minutes as the bits of an integer.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from stopwatch import median

from huitong.timing import Busy, Guest, find_meeting, rank_moments, read_calendar

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, tzinfo=ZONE)
END = START + timedelta(days=28)
RULES = (
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=DAILY;INTERVAL=2;UNTIL=20270101T000000Z",
    "FREQ=MONTHLY;BYDAY=1TU,-1FR",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=40",
    "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
)


def events() -> Iterator[str]:
    """400 events with what an export holds: titles, places, people, texts; 60 recur, some with exceptions."""
    for n in range(400):
        recurs = n < 60
        day = (
            START.replace(tzinfo=None) - timedelta(days=7 * (n % 60) + 2)
            if recurs
            else datetime(2025, 9, 1) + timedelta(days=n * 7 % 365)  # noqa: DTZ001 - by the clock of its TZID
        )
        begins = day.replace(hour=8 + n % 10, minute=n * 5 % 60)
        ends = begins + timedelta(minutes=15 + n * 7 % 90)
        yield "BEGIN:VEVENT"
        yield f"UID:{n}@bench.example"
        yield "DTSTAMP:20260101T000000Z"
        yield f"DTSTART;TZID=Asia/Shanghai:{begins:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID=Asia/Shanghai:{ends:%Y%m%dT%H%M%S}"
        if recurs:
            yield f"RRULE:{RULES[n % len(RULES)]}"
            if n % 3 == 0:
                yield f"EXDATE;TZID=Asia/Shanghai:{begins + timedelta(days=14):%Y%m%dT%H%M%S}"
        yield f"SUMMARY:Meeting number {n} with a title of the usual length"
        yield f"LOCATION:Room {n % 30}\\, third floor"
        yield "DESCRIPTION:Agenda:\\n1. Where we are\\n2. What is stuck\\n3. What we decide\\n and a few lines more"
        yield f"ORGANIZER;CN=Somebody:mailto:somebody{n % 9}@bench.example"
        for guest in range(n % 4):
            yield f"ATTENDEE;CN=Guest {guest};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:guest{guest}@bench.example"
        yield "STATUS:CONFIRMED" if n % 9 else "STATUS:TENTATIVE"
        yield "TRANSP:OPAQUE" if n % 11 else "TRANSP:TRANSPARENT"
        yield "END:VEVENT"


def calendar() -> bytes:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", *events(), "END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines).encode()


def bitmap(busy: tuple[Busy, ...]) -> int:
    """Slots of five minutes from the start on; a bit that is set is busy."""
    bits = 0
    for taken in busy:
        first = int((taken.start - START).total_seconds() // 300)
        last = int(-(-(taken.end - START).total_seconds() // 300))
        bits |= ((1 << (last - first)) - 1) << first
    return bits


def own_busy(n: int) -> tuple[Busy, ...]:
    """What the n-th of fifty people has: five times a working day, a tenth of them tentative."""
    spans = []
    for day in (START + timedelta(days=d) for d in range(28) if d % 7 < 5):
        for k in range(5):
            begins = (day + timedelta(hours=9, minutes=105 * k + 15 * (n * 7 % 5))).astimezone(UTC)
            spans.append(Busy(begins, begins + timedelta(minutes=30 + 15 * ((n + k) % 3)), (n + k) % 10 == 0))
    return tuple(spans)


def free_for(people: list[int], slots: int) -> int:
    """Where everybody is free for so many slots: one OR a person, then shifts."""
    taken = 0
    for person in people:
        taken |= person
    width = 1
    while width < slots:
        step = min(width, slots - width)
        taken |= taken >> step
        width += step
    return ~taken & ((1 << 28 * 288) - 1)


def main() -> None:
    text = calendar()
    reading = read_calendar(text, start=START, end=END, zone=ZONE.key)
    busy = reading.busy
    now = START + timedelta(hours=9)
    parsed = icalendar.Calendar.from_ical(text)
    people = [bitmap(tuple(Busy(b.start, b.end) for b in busy)) >> n for n in range(6)]

    everybody = [Guest(own_busy(n), f"{n}", required=n < 8) for n in range(50)]
    laid = [bitmap(tuple(guest.calendar or ())) for guest in everybody]  # type: ignore[arg-type]

    def ranked(source: bytes | tuple[Busy, ...]) -> Callable[[], object]:
        return lambda: rank_moments(source, minutes=20, start=now, by=END, zone=ZONE.key, now=now)

    def expanded() -> object:
        return recurring_ical_events.of(parsed).between(START, END)

    def met() -> object:
        return find_meeting(everybody, minutes=30, start=now, end=END, zone=ZONE.key)

    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"{len(text) // 1000} kB, {len(busy)} intervals; load of this machine before: {load}")
    print("milliseconds, median of many runs")
    rows: tuple[tuple[str, Callable[[], object], int], ...] = (
        ("busy time from the file", lambda: read_calendar(text, start=START, end=END, zone=ZONE.key), 15),
        ("  recurring-ical-events: parse", lambda: icalendar.Calendar.from_ical(text), 5),
        ("  recurring-ical-events: expand", expanded, 5),
        ("moments from the file", ranked(text), 15),
        ("moments from kept busy time", ranked(busy), 60),
        ("meeting of 50 from kept busy time", met, 60),
        ("  bitmaps: 50 people ORed, half an hour", lambda: free_for(laid, 6), 2000),
        ("  bitmaps: six people ORed, half an hour", lambda: free_for(people, 6), 2000),
        ("  bitmaps: made from kept busy time", lambda: bitmap(busy), 200),
    )
    for name, run, rounds in rows:
        print(f"{name:<44}{median(run, rounds, warm=2):10.4f}")


if __name__ == "__main__":
    main()
