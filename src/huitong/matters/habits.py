"""When a leader wants to be asked: their own hours and limits, as they set them and as the ranking takes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong import timing
from huitong.directory.hours import row_of, working_of
from huitong.matters.errors import Incomplete
from huitong.matters.learning import learned_of
from huitong.records.models import Habits, Mood, Person, Welcome

BAD_DAY: Final = "bad_day"
MOST_WELCOMES: Final = 8
MOST_A_DAY: Final = 50
LONGEST_NOTICE: Final = 14 * 24 * 60
LONGEST_GAP: Final = 8 * 60
LONGEST_LEAVE: Final = timedelta(days=366)
_BETWEEN: Final = re.compile(r"[\s,，、;；号日]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as typed. `welcome` are (weekday "" or 0 to 6, from, to, longest) of each row."""

    clocks: Mapping[str, str]  # work_from, noon_from, noon_until, work_until
    notice: str
    gap: str
    a_day: str
    report_days: str
    leave_first: str
    leave_last: str
    welcome: Sequence[tuple[str, str, str, str]]


def habits_of(person: Person | None) -> timing.Habits:
    """What the ranking is told of this leader. What they said of today is among it, told as a day to leave alone."""
    if person is None:
        return timing.Habits()
    row = row_of(person)
    today = timezone.localtime(timezone.now(), ZoneInfo(person.time_zone)).date()
    bad = Mood.objects.filter(person=person, kind=BAD_DAY, undone_at=None, day__gte=today)
    learned = learned_of(person, working_of(person))
    return timing.Habits(
        welcome=tuple(
            timing.Welcome(w.start, w.end, w.weekday, w.longest)
            for w in Welcome.objects.filter(person=person).order_by("id")
        ),
        notice=row.notice,
        gap=row.gap,
        a_day=row.a_day,
        report_days=tuple(row.report_days),
        away=((row.leave_first, row.leave_last),) if row.leave_first and row.leave_last else (),
        not_on=tuple(bad.values_list("day", flat=True)),
        learned=learned.table if learned and learned.answers else (),
    )


def set_habits(person: Person, typed: Typed) -> None:
    """Keep what a person sets for themselves. Raises Incomplete with the field; nothing has changed then."""
    row = row_of(person)
    for name, text in typed.clocks.items():
        setattr(row, name, _clock(text, "hours"))
    try:
        timing.WorkingTime(row.work_from, row.work_until, row.noon_from, row.noon_until)
    except ValueError:
        raise Incomplete("hours", _("先后不对：上班、午休、午休完、下班，要一个比一个晚。")) from None
    if row.work_from == row.work_until:
        raise Incomplete("hours", _("上班和下班不能是同一个钟点。"))
    row.notice = _number(typed.notice, "notice", LONGEST_NOTICE)
    row.gap = _number(typed.gap, "gap", LONGEST_GAP)
    row.a_day = _number(typed.a_day, "a_day", MOST_A_DAY)
    row.report_days = sorted(
        {_number(t, "report_days", 31, least=1) for t in _BETWEEN.split(typed.report_days.strip()) if t}
    )
    row.leave_first, row.leave_last = _leave(typed.leave_first, typed.leave_last)
    welcomes = [w for w in (_welcome(*each) for each in typed.welcome) if w]
    with transaction.atomic():
        # Two forms sent at once: one after the other, each whole.
        person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        stored = Habits.objects.filter(person=person).first()
        if stored:
            row.pk, row.learns, row.forgotten_at = stored.pk, stored.learns, stored.forgotten_at
        row.person = person
        row.save()
        Welcome.objects.filter(person=person).delete()
        Welcome.objects.bulk_create(Welcome(person=person, **vars_of(w)) for w in welcomes[:MOST_WELCOMES])


def vars_of(welcome: timing.Welcome) -> dict[str, object]:
    return {name: getattr(welcome, name) for name in ("weekday", "start", "end", "longest")}


def on_leave_until(person: Person, *, start: datetime, by: date | None) -> date | None:
    """The last day of a leave that covers all the days from `start` to `by`; None if there is none."""
    row = row_of(person)
    if by is None or row.leave_first is None or row.leave_last is None:
        return None
    first = timezone.localtime(start, ZoneInfo(person.time_zone)).date()
    return row.leave_last if row.leave_first <= first and by <= row.leave_last else None


def _clock(text: str, field: str) -> time:
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Incomplete(field, _("请写成 9:00 这样的钟点。")) from None


def _number(text: str, field: str, most: int, *, least: int = 0) -> int:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most:
        return int(text)
    if not text and not least:
        return 0
    raise Incomplete(field, _("请写 %(least)s 到 %(most)s 之间的整数。") % {"least": least, "most": most})


def _leave(first: str, last: str) -> tuple[date | None, date | None]:
    if not first.strip() and not last.strip():
        return None, None
    try:
        begins = date.fromisoformat(first.strip())
        ends = date.fromisoformat(last.strip()) if last.strip() else begins
    except ValueError:
        raise Incomplete("leave", _("请写明从哪天到哪天；不休假就两处都留空。")) from None
    if not begins <= ends:
        raise Incomplete("leave", _("休假的最后一天不能早于第一天。"))
    if ends - begins > LONGEST_LEAVE:
        raise Incomplete("leave", _("休假最长写一年。"))
    return begins, ends


def _welcome(weekday: str, start: str, end: str, longest: str) -> timing.Welcome | None:
    """A row of the form; one without hours is no row."""
    if not start.strip() and not end.strip():
        return None
    day = int(weekday) if weekday in tuple("0123456") else None
    begins, ends = _clock(start, "welcome"), _clock(end, "welcome")
    if not begins < ends:
        raise Incomplete("welcome", _("欢迎请示的时段，开始要早于结束。"))
    return timing.Welcome(begins, ends, day, _number(longest, "welcome", 480))
