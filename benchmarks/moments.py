"""Does the moment matter? Simulated leaders, whose stress and habits the ranking cannot see, are asked in five ways.

    python benchmarks/moments.py [--leaders 40] [--seed 1]

Sent at once; when the ranking says; the same after learning from the leader's earlier answers; the same when it is also
told of half of the bad days by a tap; and when somebody would send who knows the hidden truth, and for whom waiting
costs nothing. How far ahead each may look is given, for who waits longer finds calmer moments. A decision is in a bad
moment if the gap in which it is read is shorter than it takes, or the leader is under stress then. Nothing here is
taken from the ranking: it is called as anybody would call it, with the calendar alone.

What is assumed, and from where:

- CEOs spend 72 % of their working time in meetings, mostly of an hour, and 75 % is set beforehand (Porter and Nohria,
  "How CEOs Manage Time", HBR 2018, 27 of them). In another study of 65 it was 18 of 55 hours (Bandiera et al., LSE and
  HBS, as told by the Wall Street Journal 2012). So the houses here lie between a third and two thirds.
- Half of all answers to mail come within 47 minutes, more than 90 % within a day; in working hours and on weekday
  mornings faster, at night and on days of rest slower (Kooti et al., "Evolution of Conversations in the Age of Email
  Overload", WWW 2015: 16 billion mails). With more to answer people answer less of it, and not more slowly.
- Without a break between them, stress builds up over meetings; ten minutes bring it down (Microsoft Human Factors Lab
  2021, EEG of 14 people).
- Decisions get worse as a session wears on and recover after a break (Linder et al., JAMA Internal Medicine 2014:
  21,867 visits, antibiotics 26 % likelier in the fourth hour than in the first). The judges of Danziger et al. 2011
  show it far more strongly, but that is disputed; it is not used.
- People are most focused in the middle of the afternoon and most bored right after noon (Mark et al., "Bored Mondays
  and Focused Afternoons", CHI 2014, 32 people). How strong, differs: it is varied here.
- People look into their mail of their own accord or on notice, about 77 times a day (Mark et al., CHI 2016). A leader
  looks between meetings; that is what is simulated.

What nobody has published and is therefore guessed, and drawn anew for each leader within wide bounds: how much each of
these adds to stress, how their moods go from day to day, which hours are bad for whom.
"""

import argparse
import math
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from huitong.timing import Answered, Busy, Habits, learn, rank_moments

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST: Final = datetime(2026, 3, 2, tzinfo=ZONE)  # a Monday; no holiday in the ten weeks after it but Qingming, May Day
OPENS, NOON, BACK, CLOSES = 9 * 60, 12 * 60, 13 * 60 + 30, 18 * 60
WEEKS: Final = 12  # what was learned before, and what is measured
MEASURED_FROM: Final = 8
ASKED_A_WEEK: Final = 5
PUT_OFF: Final = math.log(480 / 47) / 1.2816  # spread of the logarithm, so that nine tenths lie within 480 minutes


@dataclass(frozen=True, slots=True)
class House:
    """How full days are: the share of working time in meetings, and how much it differs from day to day."""

    name: str
    load: float
    spread: float
    decides_in: tuple[int, int]  # days until the deadline
    back_to_back: float  # how likely a meeting begins where the last one ends


HOUSES: Final = (
    House("a quiet office", 0.33, 0.10, (3, 12), 0.2),
    House("a company in growth", 0.50, 0.20, (2, 9), 0.4),
    House("top management", 0.68, 0.20, (1, 6), 0.6),
)


@dataclass(slots=True)
class Leader:
    """Everything about one leader; of it the ranking is told `meetings` alone."""

    house: House
    meetings: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # of each day, in minutes since FIRST
    moods: list[float] = field(default_factory=list)  # a day, hidden
    by_hour: list[float] = field(default_factory=list)  # hidden
    by_weekday: list[float] = field(default_factory=list)  # hidden
    strength: dict[str, float] = field(default_factory=dict)
    bar: float = 0.0  # over it one is under stress
    taps: set[int] = field(default_factory=set)  # days of which they say that they are not good


def a_leader(rng: random.Random, house: House) -> Leader:
    leader = Leader(house)
    leader.strength = {
        "load": rng.uniform(0.5, 1.5),
        "no break": rng.uniform(0.5, 1.5),
        "session": rng.uniform(0.1, 0.5),
        "hour": rng.uniform(0.0, 1.0),
        "mood": rng.uniform(0.3, 1.0),
        "before": rng.uniform(0.2, 1.0),
    }
    slump, peak = rng.gauss(13.8, 0.7), rng.gauss(15.3, 1.5)
    mornings = rng.gauss(0, 0.6)
    leader.by_hour = [
        math.exp(-((h - slump) ** 2)) - math.exp(-((h - peak) ** 2) / 2) + mornings * (h < 12) for h in range(24)
    ]
    leader.by_weekday = [rng.gauss(0.2 if d == 0 else 0, 0.5) for d in range(7)]
    mood = 0.0
    for day in range(7 * (WEEKS + 60)):
        mood = 0.6 * mood + rng.gauss(0, 0.8)
        leader.moods.append(mood)
        if day % 7 < 5:
            leader.meetings[day] = _day_of(rng, house, day * 1440)
            if mood > 1.0 and rng.random() < 0.5:
                leader.taps.add(day)
    standing = sorted(stress(leader, t) for t in _working(leader, 0, 7 * MEASURED_FROM))
    leader.bar = standing[int(0.7 * len(standing))]  # three tenths of their free time they are under stress
    return leader


def _day_of(rng: random.Random, house: House, midnight: int) -> list[tuple[int, int]]:
    wanted = max(0.0, rng.gauss(house.load, house.spread)) * (NOON - OPENS + CLOSES - BACK)
    found: list[tuple[int, int]] = []
    for _ in range(60):
        if sum(e - s for s, e in found) >= wanted:
            break
        length = rng.choice((30, 30, 45, 60, 60, 60, 90, 120))
        start = rng.choice([e for _, e in found]) if found and rng.random() < house.back_to_back else None
        start = midnight + rng.randrange(OPENS, CLOSES, 15) if start is None else start
        end = start + length
        clock = start - midnight
        fits = (clock >= OPENS and end - midnight <= NOON) or (clock >= BACK and end - midnight <= CLOSES)
        if fits and all(end <= s or start >= e for s, e in found):
            found.append((start, end))
    return sorted(found)


def _working(leader: Leader, first: int, last: int, step: int = 10) -> Iterable[int]:
    """The free minutes of working time of these days, every tenth."""
    for day in range(first, last):
        if day % 7 >= 5:
            continue
        for begins, ends in ((OPENS, NOON), (BACK, CLOSES)):
            for minute in range(day * 1440 + begins, day * 1440 + ends, step):
                if not any(s <= minute < e for s, e in leader.meetings.get(day, ())):
                    yield minute


def stress(leader: Leader, at: int) -> float:
    """How much they are under stress at this minute; what it is made of is in the notes above."""
    day, clock, k = at // 1440, at % 1440, leader.strength
    today = leader.meetings.get(day, [])
    load = sum(e - s for s, e in today) / (NOON - OPENS + CLOSES - BACK)
    past = [(s, e) for s, e in today if e <= at]
    no_break = 0.0
    if past:
        run, begun = past[-1]
        for s, e in reversed(past):
            if e < run - 10 and e != begun:
                break
            run = min(run, s)
        worn = min(1.0, (begun - run) / 120)
        no_break = worn * max(0.0, 1 - (at - begun) / 20)
    soon = min((s - at for s, _ in today if s > at), default=999)
    session = (clock - (OPENS if clock < NOON else BACK)) / 60
    return (
        k["load"] * load
        + k["no break"] * no_break
        + k["session"] * session / 4
        + k["before"] * max(0.0, 1 - soon / 20)
        + k["hour"] * (leader.by_hour[clock // 60] + leader.by_weekday[day % 7])
        + k["mood"] * leader.moods[day]
    )


def decided(leader: Leader, sent: int, needs: int, rng: random.Random) -> tuple[int, bool]:
    """When the leader answers what reached them then, and whether that was a bad moment.

    They see it in the first free minutes after it came. Whoever is under stress, or sees that there is no time, puts
    it off more often than not; what was put off is looked at again as Kooti et al. found for all mail: half of it
    within 47 minutes, nine tenths within a working day.
    """
    begins = sent
    for _ in range(200):
        begins = _next_free(leader, begins)
        room = _room(leader, begins)
        strained = stress(leader, begins) > leader.bar
        short = room < needs
        patience = 0.35 if strained and short else 0.55 if strained or short else 0.9
        if rng.random() < patience:
            return begins + min(needs, max(5, room)), strained or short
        begins = _working_later(begins, max(5, min(4800, int(rng.lognormvariate(math.log(47), PUT_OFF)))))
    return begins, True


def _next_free(leader: Leader, at: int) -> int:
    while True:
        day, clock = at // 1440, at % 1440
        if day % 7 >= 5 or clock >= CLOSES:
            at = (day + 1) * 1440 + OPENS
        elif clock < OPENS:
            at = day * 1440 + OPENS
        elif NOON <= clock < BACK:
            at = day * 1440 + BACK
        else:
            taken = next((e for s, e in leader.meetings.get(day, ()) if s <= at < e), None)
            if taken is None:
                return at
            at = taken


def _room(leader: Leader, at: int) -> int:
    day, clock = at // 1440, at % 1440
    ends = day * 1440 + (NOON if clock < NOON else CLOSES)
    return min([s for s, _ in leader.meetings.get(day, ()) if s > at] + [ends]) - at


def _working_later(at: int, minutes: int) -> int:
    """So many minutes of working time later."""
    while minutes > 0:
        day, clock = at // 1440, at % 1440
        ends = NOON if clock < NOON else CLOSES
        inside = day % 7 < 5 and (OPENS <= clock < NOON or BACK <= clock < CLOSES)
        if not inside:
            at = _next_open(at)
            continue
        step = min(minutes, ends - clock)
        at, minutes = at + step, minutes - step
    return at


def _next_open(at: int) -> int:
    day, clock = at // 1440, at % 1440
    if day % 7 < 5 and clock < OPENS:
        return day * 1440 + OPENS
    if day % 7 < 5 and NOON <= clock < BACK:
        return day * 1440 + BACK
    return (day + 1) * 1440 + OPENS


@dataclass(frozen=True, slots=True)
class Task:
    ready: int
    needs: int
    by: int


def tasks(rng: random.Random, house: House, first: int, last: int) -> list[Task]:
    """What becomes ready in working time, more of it towards the middle of the day."""
    found = []
    for week in range(first, last):
        for _ in range(ASKED_A_WEEK):
            day = 7 * week + rng.randrange(5)
            ready = day * 1440 + int(rng.triangular(OPENS, CLOSES, 11 * 60))
            ends = day + rng.randint(*house.decides_in)
            found.append(Task(ready, rng.choice((5, 10, 10, 15, 20, 30)), ends * 1440 + CLOSES))
    return sorted(found, key=lambda t: t.ready)


def at(minute: int) -> datetime:
    return FIRST + timedelta(minutes=minute)


Plan = Callable[[Leader, Task], int]


def at_once(_leader: Leader, task: Task) -> int:
    return task.ready


def ranked(habits: Habits | None, ahead: float, *, taps: bool = False) -> Plan:
    """Send when the ranking says, looking no further ahead than that many days.

    With `taps` it is told of a bad day once the leader has said so, and what was set for that day moves.
    """

    def plan(leader: Leader, task: Task) -> int:
        begin = task.ready
        for _ in range(20):
            day = begin // 1440
            told = {day} & leader.taps if taps else set()
            known = replace(habits or Habits(), not_on=tuple(at(d * 1440).date() for d in told))
            sent = _ranked(leader, task, begin, ahead, known)
            if not taps or sent // 1440 == day or sent // 1440 not in leader.taps:
                return sent
            begin = sent // 1440 * 1440 + OPENS
        return sent

    return plan


def _ranked(leader: Leader, task: Task, begin: int, ahead: float, habits: Habits) -> int:
    first = begin // 1440 - begin // 1440 % 7
    busy = [Busy(at(s), at(e)) for day in range(first, first + 35) for s, e in leader.meetings.get(day, ())]
    found = rank_moments(
        busy,
        minutes=max(10, -(-task.needs // 10) * 10),
        start=at(begin),
        by=at(_end(task, begin, ahead)),
        now=at(begin),
        habits=habits,
        count=1,
    )
    return int((found[0].start - FIRST).total_seconds() // 60) if found else begin


def _end(task: Task, begin: int, ahead: float) -> int:
    return min(task.by, _working_later(begin, int(ahead * 450)))


def knowing(ahead: float) -> Plan:
    """Send at the calmest moment with room enough, as somebody would who knows everything, as far ahead."""

    def plan(leader: Leader, task: Task) -> int:
        end = _end(task, task.ready, ahead)
        free = [m for m in _working(leader, task.ready // 1440, end // 1440 + 1) if task.ready <= m <= end]
        good = [m for m in free if _room(leader, m) >= task.needs]
        return min(good or free or [task.ready], key=lambda m: (stress(leader, m), m))

    return plan


@dataclass(frozen=True, slots=True)
class Outcome:
    bad: float
    hours: float  # working hours from ready to decided, the mean
    median: float
    missed: float


def outcome(leaders: Sequence[Leader], of: Callable[[Leader], Plan], seed: int) -> Outcome:
    bad, hours, missed = [], [], []
    for number, leader in enumerate(leaders):
        plan = of(leader)
        for n, task in enumerate(tasks(_random(seed, number), leader.house, MEASURED_FROM, WEEKS)):
            answered, in_bad = decided(leader, plan(leader, task), task.needs, _random(seed, number, n))
            bad.append(in_bad)
            hours.append(_working_hours(task.ready, answered))
            missed.append(answered > task.by)
    return Outcome(statistics.mean(bad), statistics.mean(hours), statistics.median(hours), statistics.mean(missed))


def _random(*seeds: object) -> random.Random:
    return random.Random(" ".join(map(str, seeds)))


def _working_hours(start: int, end: int) -> float:
    minutes = 0
    for day in range(start // 1440, end // 1440 + 1):
        if day % 7 < 5:
            for begins, ends in ((OPENS, NOON), (BACK, CLOSES)):
                first, last = day * 1440 + begins, day * 1440 + ends
                minutes += max(0, min(last, end) - max(first, start))
    return minutes / 60


def learned(leader: Leader, *seeds: object) -> Habits:
    """What the ranking may learn: how long answers took in the weeks before, sent at once as people do."""
    answers = []
    for n, task in enumerate(tasks(_random("before", *seeds), leader.house, 0, MEASURED_FROM)):
        answered, _bad = decided(leader, task.ready, task.needs, _random("before", *seeds, n))
        sent = at(task.ready)
        answers.append(Answered(sent.weekday(), sent.hour, 60 * _working_hours(task.ready, answered)))
    return Habits(learned=learn(answers).table)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--leaders", type=int, default=40, help="of each house")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--ahead", type=float, nargs="*", default=[0.25, 1, 20], help="working days looked ahead")
    asked = options.parse_args()
    print(f"{asked.leaders} leaders of each house, seed {asked.seed}; {WEEKS - MEASURED_FROM} weeks are measured")
    print("bad: decided in too short a gap or under stress; hours: working hours from ready to decided")
    print(f"{'':<42}{'bad':>6}{'of at':>8}{'of the':>8}{'hours':>8}{'of at':>8}{'hours':>8}{'missed':>8}")
    print(f"{'house':<22}{'ahead':<7}{'sent':<13}{'%':>6}{'once %':>8}{'gain %':>8}{'mean':>8}{'once %':>8}", end="")
    print(f"{'median':>8}{'%':>8}")
    found: list[dict[tuple[str, str], Outcome]] = []
    for house in HOUSES:
        leaders = [a_leader(_random(asked.seed, house.name, n), house) for n in range(asked.leaders)]
        found.append(_compare(leaders, asked.seed, asked.ahead))
        _print_all(house.name, found[-1])
    _print_all("all three", {key: _mean([each[key] for each in found]) for key in found[0]})


def _compare(leaders: Sequence[Leader], seed: int, aheads: Sequence[float]) -> dict[tuple[str, str], Outcome]:
    """By how far ahead was looked, and how it was sent."""
    known = {id(leader): learned(leader, seed, n) for n, leader in enumerate(leaders)}
    found = {("", "at once"): outcome(leaders, lambda _: at_once, seed)}
    for ahead in aheads:
        rows: dict[str, Callable[[Leader], Plan]] = {
            "ranked": lambda _, d=ahead: ranked(None, d),
            "and learned": lambda who, d=ahead: ranked(known[id(who)], d),
            "and told": lambda who, d=ahead: ranked(known[id(who)], d, taps=True),
            "knowing": lambda _, d=ahead: knowing(d),
        }
        found |= {(f"{ahead:g} d", name): outcome(leaders, of, seed) for name, of in rows.items()}
    return found


def _mean(found: Sequence[Outcome]) -> Outcome:
    return Outcome(*(statistics.mean(getattr(o, f.name) for o in found) for f in fields(Outcome)))


def _print_all(house: str, found: dict[tuple[str, str], Outcome]) -> None:
    base = found["", "at once"]
    for (ahead, name), each in found.items():
        _print(house, ahead, name, each, base, found.get((ahead, "knowing"), base))
        house = ""


def _print(house: str, ahead: str, name: str, found: Outcome, base: Outcome, truth: Outcome) -> None:
    gain = base.bad - truth.bad
    share = 100 * (base.bad - found.bad) / gain if gain > 0 else 0.0
    print(
        f"{house:<22}{ahead:<7}{name:<13}{100 * found.bad:>6.1f}{100 * found.bad / base.bad:>8.0f}{share:>8.0f}"
        f"{found.hours:>8.2f}{100 * found.hours / base.hours:>8.0f}{found.median:>8.2f}{100 * found.missed:>8.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
