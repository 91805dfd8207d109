"""The picture of a leader's week: a row a day, in percent of the hours shown, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huitong.directory.wording import day_text, spoken
from huitong.timing import Busy, Day, week

OPENS, CLOSES = 8, 18  # the hours shown, unless a suggested moment lies before or after them
MOST_DAYS: Final = 21
_LANES_FROM, _LANES = 4.0, 32.0  # where the lanes of a day begin, and their height together

Placed = tuple[datetime, int, Sequence[str]]  # when, its number, why


class Suggested(Protocol):
    """A moment or a time to meet."""

    @property
    def start(self) -> datetime: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """Busy time, or time off work: `x` and `width` in percent, `words` for who points at it."""

    x: float
    width: float
    kind: str  # busy, soft or away
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A day, or days of rest in a row. `now` and `moments` are places in percent; `words` says all of it."""

    name: str
    numbers: str
    rest: str
    bars: tuple[Bar, ...]
    now: float | None
    moments: tuple[tuple[float, int, str], ...]
    due: bool
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The rows, and the hours over them: place in percent, text, and the class of the first and the last."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str, str], ...]
    opens: int
    closes: int

    @property
    def lines(self) -> list[float]:
        return [x for x, _text, end in self.ticks if end != "start"]


def picture(
    busy: Sequence[Busy], moments: Sequence[Suggested], *, zone: str, now: datetime, deadline: date | None
) -> Picture:
    """The days from today on: a week, or as far as the last moment and a near deadline lie."""
    home = ZoneInfo(zone)
    today = now.astimezone(home).date()
    placed = [(m.start.astimezone(home), n, m.reasons) for n, m in enumerate(moments, start=1)]
    last = [today + timedelta(days=6), *(start.date() for start, _n, _why in placed)]
    if deadline and deadline <= today + timedelta(days=9):
        last.append(deadline)
    opens = min([OPENS, *(start.hour for start, _n, _why in placed)])
    closes = max([CLOSES, *(start.hour + 1 for start, _n, _why in placed)])
    scale = _Scale(opens - opens % 2, min(24, closes + closes % 2))
    shown = (time(scale.opens), time(scale.closes) if scale.closes < 24 else time(23, 59, 59))
    days = week(busy, start=today, days=min(MOST_DAYS, (max(last) - today).days + 1), zone=zone, shown=shown)
    result: list[Row] = []
    resting: list[Day] = []
    for day in days:
        on_day = [each for each in placed if each[0].date() == day.day]
        if not (day.working or day.spans or on_day):
            resting.append(day)
            continue
        if resting:
            result.append(_rest(resting, deadline))
            resting = []
        result.append(_row(day, on_day, now.astimezone(home), deadline, scale))
    if resting:
        result.append(_rest(resting, deadline))
    return Picture(tuple(result), scale.ticks(), scale.opens, scale.closes)


@dataclass(frozen=True, slots=True)
class _Scale:
    opens: int
    closes: int

    def place(self, at: time) -> float:
        hours = at.hour + at.minute / 60 + at.second / 3600
        return round((hours - self.opens) * 100 / (self.closes - self.opens), 2)

    def bar(self, start: time, end: time, kind: str, words: str) -> Bar:
        x = max(0.0, self.place(start))
        return Bar(x, round(min(100.0, self.place(end)) - x, 2), kind, words)

    def ticks(self) -> tuple[tuple[float, str, str], ...]:
        ends = {self.opens: "start", self.closes: "end"}
        last = {self.closes: _("%(hour)s 点") % {"hour": self.closes}}
        width = self.closes - self.opens
        hours = range(self.opens, self.closes + 1, 2)
        return tuple((round((h - self.opens) * 100 / width, 2), last.get(h, str(h)), ends.get(h, "")) for h in hours)


def ticks() -> tuple[tuple[float, str, str], ...]:
    """The hours over one's own week (own_rows): place in percent, text, and the class of the first and the last."""
    return _Scale(OPENS, CLOSES).ticks()


def _weekday(day: date, today: date) -> str:
    if day == today:
        return _("今天")
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[day.weekday()]


def _row(day: Day, placed: Sequence[Placed], now: datetime, deadline: date | None, scale: _Scale) -> Row:
    firm = [f"{s:%H:%M}–{e:%H:%M}" for s, e, soft in day.spans if not soft]
    soft = [f"{s:%H:%M}–{e:%H:%M}" for s, e, soft in day.spans if soft]
    comma = _("、")
    words = []
    if day.hours:
        words.append(_("上班 %(times)s") % {"times": comma.join(f"{s:%H:%M}–{e:%H:%M}" for s, e in day.hours)})
    else:
        words.append(_("休息"))
    if firm:
        words.append(_("忙 %(times)s") % {"times": comma.join(firm)})
    if soft:
        words.append(_("未定 %(times)s") % {"times": comma.join(soft)})
    if not day.spans:
        words.append(_("没有安排"))
    told = [(start, n, _why(n, start, why)) for start, n, why in placed]
    words += [text.rstrip("。.") for _start, _n, text in told]
    if day.day == deadline:
        words.append(_("最晚这天要定"))
    here = scale.place(now.time()) if day.day == now.date() else -1.0
    return Row(
        name=_weekday(day.day, now.date()),
        numbers=str(day.day.day),
        rest="",
        bars=(*_away(day, scale), *_bars(day, scale)),
        now=here if 0 <= here <= 100 else None,
        moments=tuple((min(100.0, max(0.0, scale.place(start.time()))), n, text) for start, n, text in told),
        due=day.day == deadline,
        words=_("；").join(words),
    )


def _why(number: int, start: datetime, reasons: Sequence[str]) -> str:
    text = _("建议 %(number)s，%(time)s") % {"number": number, "time": f"{start:%H:%M}"}
    joined = (" " if spoken() == "en" else "").join(reasons)
    return _("%(what)s：%(why)s") % {"what": text, "why": joined} if joined else text


def _bars(day: Day, scale: _Scale) -> tuple[Bar, ...]:
    return tuple(
        scale.bar(start.time(), end.time(), "soft" if soft else "busy", _taken(start, end, soft))
        for start, end, soft in day.spans
    )


def _taken(start: datetime, end: datetime, soft: bool) -> str:
    return (_("未定 %(times)s") if soft else _("忙 %(times)s")) % {"times": f"{start:%H:%M}–{end:%H:%M}"}


def _away(day: Day, scale: _Scale) -> list[Bar]:
    """The hours shown in which no work is done."""
    edges = [time(scale.opens), *(edge for part in day.hours for edge in part)]
    edges.append(time(scale.closes) if scale.closes < 24 else time(23, 59, 59))
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [scale.bar(start, end, "away", "") for start, end in gaps if start < end]


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
    height, scale = _LANES / max(1, len(named)), _Scale(OPENS, CLOSES)
    result = []
    for days in zip(*of_each, strict=True):
        day = days[0]
        busy_in = [(name, d.spans) for (name, _busy), d in zip(named, days, strict=True) if d.spans]
        words = []
        for name, spans in busy_in:
            times = _("、").join(_taken(start, end, soft) for start, end, soft in spans)
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
                        _bars(d, scale),
                    )
                    for n, d in enumerate(days)
                ),
                words=_("；").join(words) or _("没有安排"),
            )
        )
    return result
