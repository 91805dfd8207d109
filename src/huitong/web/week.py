"""The picture of a leader's week: a row a day, in percent of the hours shown, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huitong.directory.wording import day_text, spoken
from huitong.timing import Busy, Day, Moment, week

OPENS, CLOSES = 8, 18  # the hours that timing.week clips to
TICKS: Final = tuple(range(OPENS, CLOSES + 1, 2))
MOST_DAYS: Final = 21
_LANES_FROM, _LANES = 4.0, 32.0  # where the lanes of a day begin, and their height together


@dataclass(frozen=True, slots=True)
class Bar:
    """Busy time: `x` and `width` in percent."""

    x: float
    width: float
    soft: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A day, or days of rest in a row. `now` and `moments` are places in percent; `words` says all of it."""

    name: str
    numbers: str
    rest: str
    bars: tuple[Bar, ...]
    now: float | None
    moments: tuple[tuple[float, int], ...]
    due: bool
    words: str


def rows(
    busy: Sequence[Busy], moments: Sequence[Moment], *, zone: str, now: datetime, deadline: date | None
) -> list[Row]:
    """The rows from today on: a week, or as far as the last moment and a near deadline lie."""
    home = ZoneInfo(zone)
    today = now.astimezone(home).date()
    shown = [today + timedelta(days=6), *(m.start.astimezone(home).date() for m in moments)]
    if deadline and deadline <= today + timedelta(days=9):
        shown.append(deadline)
    last = max(shown)
    days = week(busy, start=today, days=min(MOST_DAYS, (last - today).days + 1), zone=zone)
    result: list[Row] = []
    resting: list[Day] = []
    for day in days:
        placed = [(m.start.astimezone(home), n) for n, m in enumerate(moments, start=1)]
        placed = [(start, n) for start, n in placed if start.date() == day.day]
        if not (day.working or day.spans or placed):
            resting.append(day)
            continue
        if resting:
            result.append(_rest(resting, deadline))
            resting = []
        result.append(_row(day, placed, now.astimezone(home), deadline))
    return [*result, _rest(resting, deadline)] if resting else result


def ticks() -> list[tuple[float, str, str]]:
    """The hours over the picture: place in percent, text, and the class of the first and the last."""
    ends = {OPENS: "start", CLOSES: "end"}
    return [
        (_percent(time(h)), _("%(hour)s 点") % {"hour": h} if h == CLOSES else str(h), ends.get(h, "")) for h in TICKS
    ]


def _percent(at: time) -> float:
    return round((at.hour + at.minute / 60 - OPENS) * 100 / (CLOSES - OPENS), 2)


def _weekday(day: date, today: date) -> str:
    if day == today:
        return _("今天")
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[day.weekday()]


def _row(day: Day, placed: list[tuple[datetime, int]], now: datetime, deadline: date | None) -> Row:
    firm = [f"{s:%H:%M}–{e:%H:%M}" for s, e, soft in day.spans if not soft]
    soft = [f"{s:%H:%M}–{e:%H:%M}" for s, e, soft in day.spans if soft]
    comma = _("、")
    words = []
    if firm:
        words.append(_("忙 %(times)s") % {"times": comma.join(firm)})
    if soft:
        words.append(_("未定 %(times)s") % {"times": comma.join(soft)})
    if not day.spans:
        words.append(_("没有安排"))
    words += [_("建议 %(number)s，%(time)s") % {"number": n, "time": f"{start:%H:%M}"} for start, n in placed]
    if day.day == deadline:
        words.append(_("最晚这天要定"))
    here = _percent(now.time()) if day.day == now.date() else -1.0
    return Row(
        name=_weekday(day.day, now.date()),
        numbers=str(day.day.day),
        rest="",
        bars=tuple(Bar(_percent(s.time()), _width(s, e), is_soft) for s, e, is_soft in day.spans),
        now=here if 0 <= here <= 100 else None,
        moments=tuple((min(100.0, max(0.0, _percent(start.time()))), n) for start, n in placed),
        due=day.day == deadline,
        words=_("；").join(words),
    )


def _width(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 36 / (CLOSES - OPENS), 2)


def _rest(days: list[Day], deadline: date | None) -> Row:
    first, last = days[0].day, days[-1].day
    weekend = {d.day.weekday() for d in days} == {5, 6} and not any(d.holiday_name for d in days)
    names = dict.fromkeys(d.holiday_name for d in days if d.holiday_name)
    numbers = _("、").join(str(d.day.day) for d in days) if len(days) < 3 else f"{first.day}–{last.day}"
    due = deadline is not None and first <= deadline <= last
    words = _("、").join(names) or _("休息")
    if due and deadline:
        words += _("；最晚 %(day)s要定") % {"day": day_text(deadline, relative=False)}
    return Row(
        name=_("周末") if weekend else _weekday(first, date.min),
        numbers=numbers,
        rest=words,
        bars=(),
        now=None,
        moments=(),
        due=due,
        words="",
    )


@dataclass(frozen=True, slots=True)
class Lane:
    """One calendar's strip of a day, from `y` down, with its bars."""

    y: float
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A day of one's own week: a lane for each calendar. `words` says all of it, and which calendar it is."""

    name: str
    numbers: str
    rest: str
    lanes: tuple[Lane, ...]
    words: str


def own_rows(named: Sequence[tuple[str, Sequence[Busy]]], *, zone: str, now: datetime) -> list[OwnRow]:
    """The week from today on of somebody's own calendars, each with its name."""
    home = ZoneInfo(zone)
    today = now.astimezone(home).date()
    of_each = [week(busy, start=today, days=7, zone=zone, language=spoken()) for _name, busy in named]
    height = _LANES / max(1, len(named))
    result = []
    for days in zip(*of_each, strict=True):
        day = days[0]
        busy_in = [(name, d.spans) for (name, _busy), d in zip(named, days, strict=True) if d.spans]
        words = []
        for name, spans in busy_in:
            times = _("、").join(
                (_("未定 %(times)s") if soft else _("忙 %(times)s")) % {"times": f"{s:%H:%M}–{e:%H:%M}"}
                for s, e, soft in spans
            )
            words.append(_("%(name)s：%(times)s") % {"name": name, "times": times})
        resting = not day.working and not busy_in
        result.append(
            OwnRow(
                name=_weekday(day.day, today),
                numbers=str(day.day.day),
                rest=(day.holiday_name or _("休息")) if resting else "",
                lanes=tuple(
                    Lane(
                        round(_LANES_FROM + n * height, 2),
                        round(max(2.0, height - 1), 2),
                        tuple(Bar(_percent(s.time()), _width(s, e), soft) for s, e, soft in d.spans),
                    )
                    for n, d in enumerate(days)
                ),
                words=_("；").join(words) or _("没有安排"),
            )
        )
    return result
