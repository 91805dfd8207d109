"""A week's busy time by the day, for a picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from huitong.method import Language
from huitong.timing.busy import Busy, merge, zone_named
from huitong.timing.working import WorkingTime, holiday_name, is_working_day

SHOWN_FROM: Final = time(8, 0)
SHOWN_TO: Final = time(18, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a week picture. `spans` are (start, end, soft), in the zone asked for, clipped to the hours shown.

    `hours` is when work is done on that day, up to the noon rest and from it on; empty on a day of rest.
    """

    day: date
    working: bool
    holiday_name: str
    spans: tuple[tuple[datetime, datetime, bool], ...]
    hours: tuple[tuple[time, time], ...] = ()


def week(
    busy: Sequence[Busy],
    *,
    start: date,
    days: int = 7,
    zone: str = "Asia/Shanghai",
    working: WorkingTime | None = None,
    language: Language | str = Language.ZH,
    shown: tuple[time, time] = (SHOWN_FROM, SHOWN_TO),
) -> tuple[Day, ...]:
    """The days from `start` on with what is busy in the hours `shown`, by the clock of `zone`."""
    working = working or WorkingTime()
    parts = ((working.start, working.noon_start), (working.noon_end, working.end))
    home = zone_named(zone)
    merged = merge(busy)
    result = []
    for day in (start + timedelta(days=n) for n in range(days)):
        opens, closes = (datetime.combine(day, t, home).astimezone(UTC) for t in shown)
        spans = tuple(
            (max(b.start, opens).astimezone(home), min(b.end, closes).astimezone(home), b.soft)
            for b in merged
            if b.start < closes and b.end > opens
        )
        works = is_working_day(day, working.country)
        hours = tuple(part for part in parts if part[0] < part[1]) if works else ()
        result.append(Day(day, works, holiday_name(day, working.country, language), spans, hours))
    return tuple(result)
