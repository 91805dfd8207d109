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
    """One day of a week picture. `spans` are (start, end, soft), in the zone asked for, clipped to the hours shown."""

    day: date
    working: bool
    holiday_name: str
    spans: tuple[tuple[datetime, datetime, bool], ...]


def week(
    busy: Sequence[Busy],
    *,
    start: date,
    days: int = 7,
    zone: str = "Asia/Shanghai",
    working: WorkingTime | None = None,
    language: Language | str = Language.ZH,
) -> tuple[Day, ...]:
    """The days from `start` on with what is busy between 8:00 and 18:00 of `zone`."""
    country = (working or WorkingTime()).country
    home = zone_named(zone)
    merged = merge(busy)
    result = []
    for day in (start + timedelta(days=n) for n in range(days)):
        opens, closes = (datetime.combine(day, t, home).astimezone(UTC) for t in (SHOWN_FROM, SHOWN_TO))
        spans = tuple(
            (max(b.start, opens).astimezone(home), min(b.end, closes).astimezone(home), b.soft)
            for b in merged
            if b.start < closes and b.end > opens
        )
        result.append(Day(day, is_working_day(day, country), holiday_name(day, country, language), spans))
    return tuple(result)
