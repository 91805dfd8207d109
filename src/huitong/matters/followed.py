"""For a leader, across the matters that they decided: what is past its day, on whose side, what is due, what is kept.

Of a matter it takes in what its open request has come to: a matter whose requester asks somebody else is theirs no
more. It counts nobody up against anybody: it names what is to be done, the side and the day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huitong.directory import access
from huitong.records.models import Answer, Commitment, Decision, Matter, Person, Request

MOST: Final = 60  # of a list
KEPT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Followed:
    """One commitment as the leader sees it. `request` is the number of the page where its matter is theirs."""

    what: str
    title: str
    side: str
    owner: str
    day: date | None
    request: int
    days_past: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """`past`: their day is over; `week`: due until the end of this week; `kept`: in the last 30 days."""

    past: list[Followed]
    week: list[Followed]
    kept: list[Followed]
    later: int
    matters: int
    days: int | None = None  # the median from stuck to settled, of those closed in a year
    closed: int = 0


def has_any(leader: Person) -> bool:
    """Whether this person has decided anything that is followed."""
    return _requests(leader).exists()


def overview(leader: Person) -> Overview:
    """The whole in five queries, however many matters and commitments there are."""
    today = timezone.localdate()
    requests = {r.matter_id: r.pk for r in _requests(leader)}
    rows = Commitment.objects.filter(matter__in=requests).exclude(decision__effective_at__gt=timezone.now())
    rows = rows.select_related("matter__requester__department")
    week_ends = today + timedelta(days=6 - today.weekday())
    open_ones = rows.filter(state="open", matter__closed_at=None)
    past = list(open_ones.filter(by__lt=today).order_by("by", "id")[:MOST])
    week = list(open_ones.filter(by__gte=today, by__lte=week_ends).order_by("by", "id")[:MOST])
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    kept = list(rows.filter(state="kept", ended_at__gte=since).order_by("-ended_at")[:MOST])
    later = open_ones.filter(Q(by__gt=week_ends) | Q(by=None)).count()
    names = Answer.objects.filter(matter__in=requests, question="other_department.name")
    others = dict(names.values_list("matter_id", "value"))

    def shown(c: Commitment) -> Followed:
        ours = c.matter.requester.department
        side = str(others.get(c.matter_id) or "") if c.side == "theirs" else ours.name if ours else ""
        past_by = (today - c.by).days if c.by and c.state == "open" and c.by < today else 0
        return Followed(c.what, c.matter.title, side, c.owner_name, c.by, requests[c.matter_id], past_by)

    year = timezone.now() - timedelta(days=365)
    closed = Matter.objects.filter(pk__in=requests, settled=True, closed_at__gte=year, days__isnull=False)
    days = list(closed.values_list("days", flat=True))
    return Overview(
        past=[shown(c) for c in past],
        week=[shown(c) for c in week],
        kept=[shown(c) for c in kept],
        later=later,
        matters=len(requests),
        days=round(median(days)) if days else None,
        closed=len(days),
    )


def _requests(leader: Person) -> QuerySet[Request]:
    """The requests that this leader has, of matters that they have agreed to at least once."""
    agreed = Decision.objects.filter(request__matter=OuterRef("matter"), by=leader, verdict__in=("agree", "change"))
    agreed = agreed.filter(undone_at=None, superseded_at=None, effective_at__lte=timezone.now())
    return access.requests_to(leader).filter(Exists(agreed))
