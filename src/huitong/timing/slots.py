"""Time as bitmaps: slots of five minutes as the bits of an integer, so that people are laid over each other by OR."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from huitong.timing.busy import Busy, merge
from huitong.timing.working import WorkingTime, is_working_day

SECONDS: Final = 300
A_DAY: Final = 288
AWAKE: Final = (time(7, 0), time(22, 0))  # when someone may be asked for a meeting outside their hours

_START, _END, _SOFT = attrgetter("start"), attrgetter("end"), attrgetter("soft")

Table = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` slots from `first` on, which counts from 1970 and is a midnight of UTC: so grids repeat, and are kept."""

    first: int
    count: int

    @property
    def days(self) -> tuple[date, ...]:
        """The days of UTC."""
        begins = datetime.fromtimestamp(self.first * SECONDS, UTC).date()
        return tuple(begins + timedelta(days=n) for n in range(self.count // A_DAY))


def grid(start: datetime, end: datetime) -> Grid:
    """The grid that holds this time and two days more on each side: the whole of each day of any zone."""
    first = (int(start.timestamp()) // 86_400 - 2) * A_DAY
    last = (-(-int(end.timestamp()) // 86_400) + 2) * A_DAY
    return Grid(first, last - first)


def bitmaps(people: Sequence[Sequence[Busy]], on: Grid) -> tuple[list[int], list[int]]:
    """For each person the slots that are firmly busy, and those that are soft; bit 0 is the grid's first slot."""
    owner = np.repeat(np.arange(len(people)), [len(busy) for busy in people])
    together = [b for busy in people for b in busy]
    # Most of the time of a search goes here, so each step is a call into C.
    starts = np.fromiter(map(datetime.timestamp, map(_START, together)), dtype=np.float64, count=len(together))
    ends = np.fromiter(map(datetime.timestamp, map(_END, together)), dtype=np.float64, count=len(together))
    soft = np.fromiter(map(_SOFT, together), dtype=bool, count=len(together))
    both = []
    for wanted in (~soft, soft):
        whose, begins, stops = owner[wanted], starts[wanted], ends[wanted]
        if ((begins[1:] < stops[:-1]) & (whose[1:] == whose[:-1])).any() or (begins > stops).any():
            return bitmaps([merge(busy) for busy in people], on)
        both.append(
            _filled(whose, begins // SECONDS - on.first, -(-stops // SECONDS) - on.first, len(people), on.count)
        )
    firm, tentative = both
    return firm, [t & ~f for t, f in zip(tentative, firm, strict=True)]


def _filled(owner: Table, first: Table, last: Table, people: int, count: int) -> list[int]:
    """Spans in order, none over another, as bits: all the bits below the ends, less all those below the starts."""
    first, last = (np.clip(edge, 0, count).astype(np.int64) for edge in (first, last))
    if len(first) > 1:
        # Outwards to whole slots, the end of one may lie behind the start of the next.
        before = np.where(owner[1:] == owner[:-1], last[:-1], 0)
        first[1:] = np.maximum(first[1:], before)
    kept = first < last
    width = count // 8 + 1
    edges = np.zeros((2, people, width), dtype=np.uint8)
    for rows, bit in zip(edges, (first[kept], last[kept]), strict=True):
        np.bitwise_or.at(rows, (owner[kept], bit >> 3), (1 << (bit & 7)).astype(np.uint8))
    packed = edges.tobytes()
    numbers = [int.from_bytes(packed[n : n + width], "little") for n in range(0, len(packed), width)]
    return [end - begin for begin, end in zip(numbers[:people], numbers[people:], strict=True)]


def reaching(bits: int, slots: int) -> int:
    """Where any of the next so many slots is set, beginning with the slot itself."""
    width = 1
    while width < slots:
        step = min(width, slots - width)
        bits |= bits >> step
        width += step
    return bits


def unpacked(numbers: Iterable[int], on: Grid, every: int = 1) -> Table:
    """A row of truths for each bitmap, of every so manieth slot."""
    width = on.count // 8
    whole = (1 << on.count) - 1
    rows = b"".join((number & whole).to_bytes(width, "little") for number in numbers)
    table = np.unpackbits(np.frombuffer(rows, dtype=np.uint8).reshape(-1, width), axis=1, bitorder="little")
    return np.ascontiguousarray(table[:, ::every]).view(bool)


@lru_cache(maxsize=1000)
def hours(home: ZoneInfo, working: WorkingTime, on: Grid) -> int:
    """The slots in which someone of that zone works."""
    parts = ((working.start, working.noon_start), (working.noon_end, working.end))
    return _of_days(home, working.country, parts, on)


@lru_cache(maxsize=1000)
def awake(home: ZoneInfo, working: WorkingTime, on: Grid) -> int:
    """The slots of working days in which they can be asked at all."""
    return _of_days(home, working.country, (AWAKE,), on)


def _of_days(home: ZoneInfo, country: str, parts: Sequence[tuple[time, time]], on: Grid) -> int:
    bits = 0
    for day in (on.days[0] - timedelta(days=1), *on.days, on.days[-1] + timedelta(days=1)):
        if not is_working_day(day, country):
            continue
        for opens, closes in parts:
            # A slot that is only partly theirs is not theirs.
            first = -(-int(datetime.combine(day, opens, home).timestamp()) // SECONDS) - on.first
            last = int(datetime.combine(day, closes, home).timestamp()) // SECONDS - on.first
            first, last = max(0, first), min(last, on.count)
            if first < last:
                bits |= ((1 << (last - first)) - 1) << first
    return bits
