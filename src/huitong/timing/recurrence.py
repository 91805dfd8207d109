"""A recurrence rule -> the wall-clock times at which it falls (RFC 5545, 3.3.10).

Days are counted as date.toordinal does. Only the periods (years, months, ...) that touch the time asked for are worked
out, so a rule without end costs no more than one that is new; only a COUNT has to be counted from its first day on.
"""

from bisect import bisect_left
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import MAXYEAR, date, datetime, time
from typing import Final

from huitong.timing.rules import Freq, Rule

Spend = Callable[[int], None]  # told of each step; raises when there were too many
_DAY: Final = 86_400  # seconds
_UNITS: Final = {Freq.HOURLY: 3600, Freq.MINUTELY: 60, Freq.SECONDLY: 1}
_LAST_DAY: Final = date.max.toordinal()


def expand(
    rule: Rule, start: datetime, *, first: datetime, last: datetime, timed: bool, spend: Spend
) -> Iterator[datetime]:
    """The times from `start` on that the rule makes, in order, as far as they lie between `first` and `last`.

    `start` is DTSTART by its own clock. Outside the rule's pattern it is none of them, but counts: it is the first
    instance all the same (3.8.5.3). `timed` is False for a DATE: then hours, minutes and seconds do not count.
    UNTIL is not looked at: who calls knows the zone to compare it in.
    """
    left = rule.count
    if left is not None and not in_pattern(rule, start, timed=timed, spend=spend):
        left -= 1
    begin = start if left is not None else max(start, first)
    for moment in _moments(rule, start, begin, last, timed=timed, spend=spend):
        if moment < start:
            continue
        if moment > last or (left is not None and left <= 0):
            return
        spend(1)
        if left is not None:
            left -= 1
        if moment >= first:
            yield moment


def in_pattern(rule: Rule, start: datetime, *, timed: bool, spend: Spend) -> bool:
    """Whether DTSTART is one of the times that its own rule makes."""
    for moment in _moments(rule, start, start, start, timed=timed, spend=spend):
        if moment >= start:
            return moment == start
    return False


def _moments(
    rule: Rule, start: datetime, first: datetime, last: datetime, *, timed: bool, spend: Spend
) -> Iterator[datetime]:
    """In order, from the beginning of the period that `first` lies in to the end of the one that `last` does."""
    stop = last.toordinal()
    if rule.freq > Freq.DAILY and timed:
        yield from _within_days(rule, start, first, stop, spend)
        return
    times = _times(rule, start) if timed else [0]
    from_day = first.toordinal()
    for begins, days in _periods(rule, start, from_day, spend):
        if begins > stop:
            return
        if rule.positions:
            yield from _chosen(rule.positions, days, times)
            continue
        for day in days[bisect_left(days, from_day) :]:
            for second in times:
                yield _moment(day, second)


def _moment(day: int, second: int) -> datetime:
    return datetime.combine(date.fromordinal(day), time(second // 3600, second // 60 % 60, second % 60))


def _chosen(positions: Sequence[int], days: Sequence[int], times: Sequence[int]) -> Iterator[datetime]:
    """BYSETPOS: of all times of one period, those at these places."""
    size = len(days) * len(times)
    for place in sorted({p - 1 if p > 0 else size + p for p in positions}):
        if 0 <= place < size:
            yield _moment(days[place // len(times)], times[place % len(times)])


def _times(rule: Rule, start: datetime) -> list[int]:
    return [
        3600 * h + 60 * m + s
        for h in rule.hours or (start.hour,)
        for m in rule.minutes or (start.minute,)
        for s in rule.seconds or (start.second,)
    ]


def _within_days(rule: Rule, start: datetime, first: datetime, stop: int, spend: Spend) -> Iterator[datetime]:
    """HOURLY, MINUTELY, SECONDLY: what is not met is leapt over, a day or an hour at a time."""
    unit = _UNITS[rule.freq]
    step = rule.interval * unit
    origin = _seconds(start) // unit * unit
    fits = _limits(rule, ("months", "weeks", "year_days", "month_days", "weekdays"))
    minutes = rule.minutes or (start.minute,) if rule.freq is Freq.HOURLY else (0,)
    seconds = rule.seconds or (start.second,) if rule.freq is not Freq.SECONDLY else (0,)
    offsets = [60 * m + s for m in minutes for s in seconds]
    fitting_day = 0

    def aligned(seconds: int) -> int:
        return origin - (origin - seconds) // step * step if seconds > origin else origin

    now = aligned(_seconds(first) // unit * unit)
    while now // _DAY <= stop:
        spend(1)
        day, second = divmod(now, _DAY)
        if day != fitting_day:
            if not fits(date.fromordinal(day)):
                now = aligned((day + 1) * _DAY)
                continue
            fitting_day = day
        if rule.hours and second // 3600 not in rule.hours:
            now = aligned(now // 3600 * 3600 + 3600)
        elif unit < 3600 and rule.minutes and second // 60 % 60 not in rule.minutes:
            now = aligned(now // 60 * 60 + 60)
        else:
            if unit > 1 or not rule.seconds or second % 60 in rule.seconds:
                if rule.positions:
                    yield from (_moment(day, t) for t in _placed(rule.positions, [second + o for o in offsets]))
                else:
                    yield from (_moment(day, second + o) for o in offsets)
            now += step


def _placed(positions: Sequence[int], moments: Sequence[int]) -> list[int]:
    places = {p - 1 if p > 0 else len(moments) + p for p in positions}
    return [moments[p] for p in sorted(places) if 0 <= p < len(moments)]


def _seconds(moment: datetime) -> int:
    return moment.toordinal() * _DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def _periods(rule: Rule, start: datetime, from_day: int, spend: Spend) -> Iterator[tuple[int, list[int]]]:
    """The first day and the fitting days of each year, month, week or day that the rule looks at."""
    if rule.freq is Freq.YEARLY:
        return _years(rule, start, from_day, spend)
    if rule.freq is Freq.MONTHLY:
        return _months(rule, start, from_day, spend)
    if rule.freq is Freq.WEEKLY:
        return _weeks(rule, start, from_day, spend)
    return _days(rule, start, from_day, spend)


def _days(rule: Rule, start: datetime, from_day: int, spend: Spend) -> Iterator[tuple[int, list[int]]]:
    fits = _limits(rule, ("months", "weeks", "year_days", "month_days", "weekdays"))
    origin = start.toordinal()
    day = origin + max(0, from_day - origin) // rule.interval * rule.interval
    while day <= _LAST_DAY:
        spend(1)
        yield day, [day] if fits(date.fromordinal(day)) else []
        day += rule.interval


def _weeks(rule: Rule, start: datetime, from_day: int, spend: Spend) -> Iterator[tuple[int, list[int]]]:
    fits = _limits(rule, ("months", "weeks", "year_days", "month_days"))
    origin = start.toordinal() - (start.weekday() - rule.week_start) % 7
    wanted = {d for _, d in rule.weekdays} or {start.weekday()}
    places = sorted((d - rule.week_start) % 7 for d in wanted)
    step = 7 * rule.interval
    monday = origin + max(0, from_day - origin) // step * step
    while monday <= _LAST_DAY:
        spend(1)
        days = [monday + p for p in places if 1 <= monday + p <= _LAST_DAY]
        yield max(1, monday), [d for d in days if fits(date.fromordinal(d))]
        monday += step


def _months(rule: Rule, start: datetime, from_day: int, spend: Spend) -> Iterator[tuple[int, list[int]]]:
    fits = _limits(rule, ("weeks", "year_days"))
    origin = start.year * 12 + start.month - 1
    asked = date.fromordinal(from_day)
    month = origin + max(0, asked.year * 12 + asked.month - 1 - origin) // rule.interval * rule.interval
    while month // 12 <= MAXYEAR:
        spend(1)
        year, number = month // 12, month % 12 + 1
        begins = date(year, number, 1).toordinal()
        if rule.months and number not in rule.months:
            yield begins, []
        else:
            if rule.month_days:
                days = _month_days(year, number, rule.month_days)
                if rule.weekdays:
                    days &= _nth_weekdays(*_month(year, number), rule.weekdays)
            elif rule.weekdays:
                days = _nth_weekdays(*_month(year, number), rule.weekdays)
            else:
                days = _month_days(year, number, (start.day,))
            yield begins, sorted(d for d in days if fits(date.fromordinal(d)))
        month += rule.interval


def _years(rule: Rule, start: datetime, from_day: int, spend: Spend) -> Iterator[tuple[int, list[int]]]:
    origin = _first_year(rule, start)
    # The first or last week of a year may lie in the year beside it.
    asked = date.fromordinal(from_day).year - (1 if rule.weeks else 0)
    year = origin + max(0, asked - origin) // rule.interval * rule.interval
    while year <= MAXYEAR:
        spend(1)
        if year >= 1:
            begins = max(1, _week_one(year, rule.week_start)) if rule.weeks else date(year, 1, 1).toordinal()
            yield begins, sorted(_days_of_year(rule, start, year))
        year += rule.interval


def _first_year(rule: Rule, start: datetime) -> int:
    """The year that the rule counts its interval from: that of the start, or of the numbered week it lies in."""
    if not rule.weeks:
        return start.year
    if rule.interval == 1:
        return start.year - 1
    day = start.toordinal()
    around = (start.year - 1, start.year + 1)
    return next((y for y in around if 1 <= y <= MAXYEAR and day in _days_of_year(rule, start, y)), start.year)


def _days_of_year(rule: Rule, start: datetime, year: int) -> set[int]:
    if rule.weeks:
        days = _days_of_weeks(rule, start, year)
        fits = _limits(rule, ("months", "year_days", "month_days"))
        return {d for d in days if fits(date.fromordinal(d))}
    whole = (date(year, 1, 1).toordinal(), 366 if isleap(year) else 365)
    months = rule.months or range(1, 13)
    if rule.year_days:
        length = whole[1]
        numbers = {n if n > 0 else length + 1 + n for n in rule.year_days}
        fits = _limits(rule, ("months", "month_days"))
        days = {whole[0] + n - 1 for n in numbers if 1 <= n <= length}
        days = {d for d in days if fits(date.fromordinal(d))}
    elif rule.month_days:
        # What a rule does not say is as in DTSTART; with BYDAY it does say it: in all the year.
        months = months if rule.months or rule.weekdays else (start.month,)
        days = set().union(*(_month_days(year, m, rule.month_days) for m in months))
    elif rule.weekdays:
        return _weekdays_of_year(rule, year, whole)
    else:
        return set().union(*(_month_days(year, m, (start.day,)) for m in rule.months or (start.month,)))
    return days & _weekdays_of_year(rule, year, whole) if rule.weekdays else days


def _weekdays_of_year(rule: Rule, year: int, whole: tuple[int, int]) -> set[int]:
    """BYDAY counts within each month if the rule names months, else within the year (note 2 of the table)."""
    if rule.months:
        return set().union(*(_nth_weekdays(*_month(year, m), rule.weekdays) for m in rule.months))
    return _nth_weekdays(*whole, rule.weekdays)


def _days_of_weeks(rule: Rule, start: datetime, year: int) -> Iterable[int]:
    begins = _week_one(year, rule.week_start)
    size = (_week_one(year + 1, rule.week_start) - begins) // 7 if year < MAXYEAR else 52
    numbers = {n if n > 0 else size + 1 + n for n in rule.weeks}
    if rule.weekdays:
        wanted = {d for _, d in rule.weekdays}
    else:
        wanted = set(range(7)) if rule.month_days or rule.year_days else {start.weekday()}
    for number in numbers:
        for weekday in wanted:
            day = begins + 7 * (number - 1) + (weekday - rule.week_start) % 7
            if 1 <= number <= size and 1 <= day <= _LAST_DAY:
                yield day


def _week_one(year: int, week_start: int) -> int:
    """The first day of the first week that has four days or more in the year."""
    fourth = date(year, 1, 4)
    return fourth.toordinal() - (fourth.weekday() - week_start) % 7


def _month(year: int, month: int) -> tuple[int, int]:
    return date(year, month, 1).toordinal(), monthrange(year, month)[1]


def _month_days(year: int, month: int, numbers: Iterable[int]) -> set[int]:
    """The days of these numbers; 31 is no day of June, and is left out."""
    begins, length = _month(year, month)
    return {begins + (n - 1 if n > 0 else length + n) for n in numbers if abs(n) <= length}


def _nth_weekdays(begins: int, length: int, weekdays: Iterable[tuple[int, int]]) -> set[int]:
    found: set[int] = set()
    for number, weekday in weekdays:
        days = range(begins + (weekday + 1 - begins) % 7, begins + length, 7)  # ordinal 1 was a Monday
        if number == 0:
            found.update(days)
        elif abs(number) <= len(days):
            found.add(days[number - 1 if number > 0 else number])
    return found


def _limits(rule: Rule, parts: Sequence[str]) -> Callable[[date], bool]:
    """Whether a day meets those of the named parts that the rule has."""
    weekdays = {d for _, d in rule.weekdays}
    tests: dict[str, Callable[[date], bool]] = {
        "months": lambda day: day.month in rule.months,
        "month_days": lambda day: (
            day.day in rule.month_days or day.day - monthrange(day.year, day.month)[1] - 1 in rule.month_days
        ),
        "year_days": lambda day: (
            (n := day.timetuple().tm_yday) in rule.year_days or n - 366 - isleap(day.year) in rule.year_days
        ),
        "weekdays": lambda day: day.weekday() in weekdays,
        "weeks": lambda day: _in_weeks(day, rule),
    }
    chosen = [tests[p] for p in parts if getattr(rule, p)]
    return lambda day: all(test(day) for test in chosen)


def _in_weeks(day: date, rule: Rule) -> bool:
    ordinal = day.toordinal()
    years = [y for y in (day.year - 1, day.year, day.year + 1) if 1 <= y <= MAXYEAR]
    year = max((y for y in years if _week_one(y, rule.week_start) <= ordinal), default=day.year)
    begins = _week_one(year, rule.week_start)
    size = (_week_one(year + 1, rule.week_start) - begins) // 7 if year < MAXYEAR else 52
    number = (ordinal - begins) // 7 + 1
    return number in rule.weeks or number - size - 1 in rule.weeks
