"""What the desk learns from a leader's answers: read from what is kept anyway, told to that leader alone."""

from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.directory.wording import spaced
from huitong.matters.verdicts import TOLD
from huitong.records.models import Decision, Habits, Person
from huitong.timing import Answered, Learned, WorkingTime, learn, working_minutes

MOST_OWN: Final = 300  # answers looked at, the latest
MOST_OF_HOUSE: Final = 600
ENOUGH: Final = 10  # answers before anything is told of them
TELLING: Final = 0.12  # an effect of which one speaks: some eighth longer or shorter
_OFFSETS: Final = range(24)


def learned_of(person: Person, working: WorkingTime) -> Learned | None:
    """What was learned of this leader; None if they have switched it off."""
    if Habits.objects.filter(person=person, learns=False).exists():
        return None
    rows = _answers(person.is_sample)
    own = rows.filter(by=person)[:MOST_OWN]
    others = rows.exclude(by=person)[:MOST_OF_HOUSE]
    return learn(_answered(own, working), _answered(others, WorkingTime()))


def set_learning(person: Person, *, learns: bool) -> None:
    Habits.objects.update_or_create(person=person, defaults={"learns": learns})


def forget(person: Person) -> None:
    """From now on nothing that has reached this leader before counts. The mark stays, so that it never comes back."""
    Habits.objects.update_or_create(person=person, defaults={"forgotten_at": timezone.now()})


def in_words(learned: Learned) -> list[str]:
    """What was learned, said to the leader themselves: how many answers, and what is faster or slower than usual."""
    if not learned.answers:
        return [_("还没有可学的答复，照一般情形排。")]
    counted = spaced(_("学了您最近 %(n)s 次答复。") % {"n": learned.answers})
    if learned.answers < ENOUGH:
        return [counted + _("太少了，差不多还是照一般情形排。")]
    days, hours = _weekdays(), {n: f"{n}:00" for n in _OFFSETS}
    told = []
    for effects, names in ((learned.weekdays, days), (learned.hours, hours)):
        order = sorted(range(len(effects)), key=lambda n: effects[n])
        quickest, slowest = order[0], order[-1]
        if effects[quickest] < -TELLING:
            told.append(_("%(when)s 前后送到的，您答得比平时快。") % {"when": names[quickest]})
        if effects[slowest] > TELLING:
            told.append(_("%(when)s 前后送到的，您答得比平时慢。") % {"when": names[slowest]})
    return [counted, *(told or [_("哪天、几点，看不出分别。")])]


def _weekdays() -> dict[int, str]:
    return dict(enumerate((_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))))


def _answers(sample: bool) -> QuerySet[Decision]:
    """First answers that leaders gave themselves, the latest first, of those who let us learn, since they last said
    "forget"."""
    own = Q(by=F("request__leader"), by_name="", undone_at=None, request__delivered_at__isnull=False)
    kept = Q(by__habits=None) | Q(by__habits__forgotten_at=None)
    since = Q(request__delivered_at__gte=F("by__habits__forgotten_at"))
    rows = Decision.objects.filter(own, kept | since, by__is_sample=sample).exclude(how=TOLD)
    rows = rows.exclude(by__habits__learns=False)
    earlier = Q(request__decisions__decided_at__lt=F("decided_at"), request__decisions__undone_at=None)
    first = rows.exclude(pk__in=Decision.objects.filter(earlier).values("pk"))
    return first.select_related("by", "request").order_by("-decided_at")


def _answered(rows: Iterable[Decision], working: WorkingTime) -> list[Answered]:
    found = []
    for row in rows:
        zone = ZoneInfo(row.by.time_zone)
        asked = row.request.delivered_at
        if asked is None:
            continue
        local = timezone.localtime(asked, zone)
        minutes = working_minutes(asked, row.decided_at, zone, working)
        found.append(Answered(local.weekday(), local.hour, minutes))
    return found
