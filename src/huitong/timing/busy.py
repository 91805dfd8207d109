"""Busy time: intervals and nothing else. No title, place or person of an event ever gets this far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from huitong.method import HuitongError, Problem


class CalendarError(HuitongError):
    """A calendar, or a time or zone asked of it, that cannot be used. `problem` says where and what to do."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        self.problem = Problem(path, zh, en)
        super().__init__(f"{path}: {en}" if path else en)


class Kind(StrEnum):
    """What one can say of a stretch of someone's time."""

    FREE = "free"
    SOFT = "soft"  # something tentative or optional lies there
    BUSY = "busy"


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """Time that is taken, from `start` up to `end` (aware datetimes). `soft` is tentative or optional time.

    `whole_day`: it comes from an event of whole days. What is merged does not say so any more.
    """

    start: datetime
    end: datetime
    soft: bool = False
    whole_day: bool = False

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("busy time needs a time zone: give aware datetimes")


_START: Final = attrgetter("start")  # none of what is joined begins at the same time


def merge(busy: Iterable[Busy]) -> tuple[Busy, ...]:
    """Sort and join busy time, in UTC; where firm and soft overlap, the firm one counts."""
    all_of_it = list(busy)
    firm = _joined([(_utc(b.start), _utc(b.end)) for b in all_of_it if not b.soft])
    soft = _without(_joined([(_utc(b.start), _utc(b.end)) for b in all_of_it if b.soft]), firm)
    return tuple(sorted([Busy(s, e) for s, e in firm] + [Busy(s, e, soft=True) for s, e in soft], key=_START))


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises CalendarError if there is none."""
    if name not in known_zones():
        raise CalendarError(
            "tz",
            f"没有“{name[:40]}”这个时区。请写 Asia/Shanghai 这样的名称。",
            f'There is no time zone "{name[:40]}". Write a name such as Asia/Shanghai.',
        )
    return ZoneInfo(name)


# Two times of one zone are compared by the clock on the wall, which goes back in autumn; in UTC they are not.
def _utc(time: datetime) -> datetime:
    return time if time.tzinfo is UTC else time.astimezone(UTC)


_Interval = tuple[datetime, datetime]


def _joined(intervals: list[_Interval]) -> list[_Interval]:
    joined: list[_Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _without(intervals: list[_Interval], taken: list[_Interval]) -> list[_Interval]:
    """What is left of `intervals`; both lists are sorted and joined."""
    left: list[_Interval] = []
    first = 0
    for start, end in intervals:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        for taken_start, taken_end in taken[first:]:
            if taken_start >= end:
                break
            if start < taken_start:
                left.append((start, taken_start))
            start = max(start, taken_end)
        if start < end:
            left.append((start, end))
    return left
