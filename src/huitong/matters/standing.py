"""What people do with a standing meeting: set it, call one sitting off, write down what was decided, dissolve it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import series as engine
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.named import named
from huitong.matters.stages import Action
from huitong.matters.timeline import lock, record
from huitong.records.models import Matter, Person, Series, SeriesGuest, Sitting


def start(
    matter: Matter,
    by: Person,
    *,
    title: str,
    first: datetime,
    every: str,
    minutes: int,
    place: str,
    until: date | None,
    review_on: date | None,
    guests: Sequence[tuple[str, str]],
) -> Series:
    """Set the series with the leader, the requester and `guests` (name, address). Raises Incomplete with the field."""
    today = timezone.localdate()
    if first < timezone.now():
        raise Incomplete("s-start", _("这个时刻已经过去了，请选以后的。"))
    if every not in engine.EVERY:
        raise Incomplete("s-every", _("请选多久开一次。"))
    if not 5 <= minutes <= 480:
        raise Incomplete("s-minutes", _("请写 5 到 480 之间的分钟数。"))
    begins = timezone.localdate(first)
    if until is None or not begins < until <= today + engine.LONGEST:
        raise Incomplete("s-until", _("请写一个半年以内、第一次之后的日子。"))
    if review_on is None or not begins <= review_on <= until:
        raise Incomplete("s-review", _("请写第一次与最后一次之间的日子。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        decision = decision_in_force(matter)
        assert decision is not None
        if engine.current(matter):
            raise NotNow("there is one already")
        matter.series.filter(ended_at=None).update(ended_at=timezone.now())  # one whose last sitting is over
        people = [named(name, email=email, by=by, field="s-guest") for name, email in guests if name.strip()]
        if not people:
            raise Incomplete("s-guest", _("请写明对方谁参加。"))
        if len(people) > engine.MOST_GUESTS:
            raise Incomplete("s-guest", _("最多写 %(most)s 位。") % {"most": engine.MOST_GUESTS})
        made = engine.start(
            matter,
            decision,
            title=title.strip()[:300] or matter.title,
            first=first,
            every=every,
            minutes=minutes,
            place=place.strip()[:200],
            until=until,
            review_on=review_on,
            people=[decision.by, by, *people],
        )
        record(matter, "series_called", by, start=first.isoformat(), until=until.isoformat())
    return made


def call_off(matter: Matter, by: Person, number: int) -> None:
    """This one sitting is not held."""
    with acting(matter, by, Action.COORDINATE) as matter:
        sitting = _sitting(matter, number)
        if sitting.off or sitting.start <= timezone.now():
            raise NotNow("it is off already, or has begun")
        engine.call_off(sitting)
        record(matter, "sitting_called_off", by, start=sitting.start.isoformat())


def tell_sitting(matter: Matter, by: Person, number: int, decided: str) -> None:
    """What a sitting decided, a line each; written again, it replaces what was."""
    lines = [line.strip() for line in decided[:5000].splitlines() if line.strip()]
    if not lines:
        raise Incomplete("s-decided", _("请写下会上定了什么，一行一项。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        sitting = _sitting(matter, number)
        if sitting.off or sitting.start > timezone.now():
            raise Incomplete("s-decided", _("会还没有开。开过之后再来记。"))
        sitting.decided = "\n".join(lines)
        sitting.save(update_fields=["decided"])
        record(matter, "meeting_held", by, words=sitting.decided[:2000])


def dissolve(matter: Matter, by: Person) -> None:
    """It is not needed any more."""
    with acting(matter, by, Action.COORDINATE) as matter:
        series = engine.current(matter)
        if series is None:
            raise NotNow("there is none")
        series.matter = matter
        engine.dissolve(series)
        record(matter, "series_dissolved", by)


def go_on(matter: Matter, by: Person) -> None:
    """Asked whether it goes on, the requester says that it does."""
    with acting(matter, by, Action.COORDINATE) as matter:
        series = engine.current(matter)
        if series is None or not engine.is_to_review(series):
            raise NotNow("nobody asks")
        engine.goes_on(series)
        record(matter, "series_goes_on", by)


def answer(series: Series, by: Person, *, answer: str, words: str, by_name: str) -> None:
    """A guest's word on whether it goes on; said again, it replaces what they said."""
    if answer not in (engine.GOES_ON, engine.ENOUGH):
        raise Incomplete("do", _("请选一项。"))
    with transaction.atomic():
        matter = lock(series.matter)
        series = Series.objects.get(pk=series.pk)
        if not engine.is_to_review(series) or matter.closed_at:
            raise NotNow("it is not asked now")
        said = {"answer": answer, "words": words.strip()[:2000], "answered_by": by_name[:100]}
        rows = SeriesGuest.objects.filter(series=series, person=by)
        if not rows.update(answered_at=timezone.now(), **said):
            raise NotAllowed
        record(matter, "series_answered", by, name=by.name, answer=answer, words=words[:300])


def review_default(first: date, until: date) -> date:
    """A month on, or half-way through a short series."""
    return min(first + timedelta(days=30), first + (until - first) / 2)


def _sitting(matter: Matter, number: int) -> Sitting:
    related = "series__matter__requester"
    sitting = Sitting.objects.select_related(related).filter(pk=number, series__matter=matter).first()
    if sitting is None or sitting.series.ended_at:
        raise NotNow("there is no such sitting")
    sitting.series.matter = matter
    return sitting
