"""How long a leader took to answer -> what each weekday's each hour takes from a moment. Few answers hardly move it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

OWN: Final = 20  # answers of one's own that weigh as much as what the house says
HOUSE: Final = 40  # answers of the house that weigh as much as knowing nothing
A_WHILE: Final = 30  # minutes: under it an answer is quick, and twice as quick says little
SLOWEST: Final = 960  # two working days: slower says nothing of the hour
OUTLIER: Final = 1.5  # how far one answer can lie from the mean
WEIGHT: Final = 0.3  # of an effect of 1 (2.7 times as long), beside the weights of judging.py
MOST: Final = 0.20


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: when the leader was asked, by their clock, and how much working time went by until they answered."""

    weekday: int
    hour: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Learned:
    """Effects by weekday (7) and hour (24): above 0 is slower than usual, on a scale of logarithms. `answers` were
    one's own."""

    weekdays: tuple[float, ...]
    hours: tuple[float, ...]
    answers: int

    @property
    def table(self) -> tuple[tuple[float, ...], ...]:
        """What each weekday's each hour takes from a moment, 0 at the best one (`Habits.learned`)."""
        raw = [[max(-MOST, min(MOST, WEIGHT * (day + hour))) for hour in self.hours] for day in self.weekdays]
        best = min(map(min, raw))
        return tuple(tuple(round(value - best, 4) for value in row) for row in raw)


def learn(own: Sequence[Answered], house: Sequence[Answered] = ()) -> Learned:
    """One leader's effects, from their own answers and those of all leaders of the house.

    Each answer counts by the logarithm of its time, as its distance from the mean of whose answers they are. The
    house's effect of an hour is the sum of these divided by HOUSE more than their number: with few answers it is near
    nothing. One's own is what is left beyond the house's, divided by OWN more. Hours and weekdays are told apart
    only as if they added up, so that each answer speaks for both.
    """
    of_house = _effects([(a, _slowness(a)) for a in house], HOUSE)
    left = [(a, _slowness(a) - of_house[0][a.weekday] - of_house[1][a.hour]) for a in own]
    of_own = _effects(left, OWN)
    weekdays, hours = (
        tuple(h + o for h, o in zip(house_part, own_part, strict=True))
        for house_part, own_part in zip(of_house, of_own, strict=True)
    )
    return Learned(weekdays, hours, len(own))


def _slowness(answer: Answered) -> float:
    return math.log1p(min(answer.minutes, SLOWEST) / A_WHILE)


def _effects(answers: Iterable[tuple[Answered, float]], shrinkage: int) -> tuple[list[float], list[float]]:
    told = list(answers)
    mean = sum(value for _, value in told) / len(told) if told else 0.0
    days: dict[int, list[float]] = defaultdict(list)
    hours: dict[int, list[float]] = defaultdict(list)
    for answer, value in told:
        distance = max(-OUTLIER, min(OUTLIER, value - mean))
        days[answer.weekday].append(distance)
        hours[answer.hour].append(distance)
    by_day = [sum(days[n]) / (len(days[n]) + shrinkage) for n in range(7)]
    by_hour = [sum(hours[n]) / (len(hours[n]) + shrinkage) for n in range(24)]
    return by_day, by_hour
