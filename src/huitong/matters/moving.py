"""A set moment moves: the calendar has changed beneath it, or the leader has said something of today.

Everything here runs in one transaction with its cause, so that it has happened whole or not at all; and it looks at
how things are, so that a second time changes nothing.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import calendars
from huitong.directory.wording import moment_text, spaced, speaking_to
from huitong.matters.errors import NotNow
from huitong.matters.moments import is_taken, next_best
from huitong.matters.request import MAIL, latest_version, promise, recall
from huitong.matters.timeline import lock, record
from huitong.records.models import Outbox, Person, Request

NOTICE: Final = "moved"
CALENDAR, UNSAID = "calendar", ""  # why it moved; what the leader said of themselves is told to nobody


def set_for(leader: Person, *, start: datetime, end: datetime | None = None) -> QuerySet[Request]:
    """The requests that are set for this leader from `start` on and have not gone out, the soonest first."""
    rows = Request.objects.filter(leader=leader, ended_at=None, delivered_at=None, deliver_at__gt=start)
    rows = rows.filter(deliver_at__lt=end) if end else rows
    return rows.select_related("leader", "matter__requester").order_by("deliver_at", "id")


@calendars.after_stored
def moments_moved(person: Person, now: datetime) -> int:
    """New busy time of this person has been stored: each moment set for them that it takes moves to the next best.

    To be called in the transaction that stores it. Returns how many have moved. One that the requester had set into
    busy time knowingly stays. So does one for which nothing is left before its "no later than"; its requester is told.
    """
    moved = 0
    for request in set_for(person, start=now):
        if request.stays or not is_taken(person, request.deliver_at, request.minutes):
            continue
        with speaking_to(request.matter.requester):
            best = next_best(request, start=now + timedelta(minutes=5))
        if best is None:
            _nothing_better(request)
        elif move_to(request, best.start, best.reasons, now=now, why=CALENDAR):
            moved += 1
    return moved


def move_to(
    request: Request,
    to: datetime,
    reasons: tuple[str, ...],
    *,
    now: datetime,
    why: str = UNSAID,
    tell_at: datetime | None = None,
    tell: bool = True,
) -> bool:
    """Set the request for another moment, and tell its requester the new time. False if it is just going out."""
    matter = request.matter = lock(request.matter)
    request.refresh_from_db(fields=["deliver_at", "delivered_at", "ended_at"])
    if request.delivered_at or request.ended_at:
        return False
    try:
        recall(matter)
    except NotNow:
        return False
    request.deliver_at, request.reasons, request.stays = to, list(reasons), False
    request.save(update_fields=["deliver_at", "reasons", "stays"])
    promise(request, latest_version(request))
    event = record(matter, "moved", at=now, leader=request.leader.address, deliver_at=to.isoformat(), why=why)
    Outbox.objects.filter(matter=matter, kind=NOTICE, state="waiting").update(state="withdrawn")
    if tell:
        # The event is of this transaction, and there is one for each move: so the notice is one too.
        _tell(request, why, key=f"{NOTICE}:{request.pk}:{event.pk}", due_at=tell_at or now)
    return True


def _facts(request: Request) -> dict[str, str]:
    return {
        "leader": request.leader.address,
        "matter": request.matter.title,
        "time": moment_text(request.deliver_at, weekday=True, relative=False),
    }


def _tell(request: Request, why: str, *, key: str, due_at: datetime) -> None:
    matter = request.matter
    with speaking_to(matter.requester):
        facts = _facts(request)
        change = (
            _("送给%(leader)s的时间改到 %(time)s。") if request.way == MAIL else _("找%(leader)s的时间改到 %(time)s。")
        )
        before = [spaced(change % facts)]
        if why == CALENDAR:
            before = [_("%(leader)s的日历有变，原来的时间已经被占了。") % facts + before[0], *map(str, request.reasons)]
        letter = outbox.Letter(
            title=_("时间改了：%(matter)s") % facts,
            before=before,
            invite=_("要另选，在这里："),
            page=f"/matters/{matter.pk}/time",
        )
    outbox.put("moved", matter.requester, letter, key=key, matter=matter, due_at=due_at)


def _nothing_better(request: Request) -> None:
    matter = request.matter
    with speaking_to(matter.requester):
        facts = _facts(request)
        letter = outbox.Letter(
            title=_("那时没有空了：%(matter)s") % facts,
            before=[
                spaced(_("%(leader)s的日历有变，%(time)s 已经被占了。") % facts)
                + _("最晚答复之前没有别的空，时间就没有动。")
            ],
            invite=_("要另选，或改个办法，在这里："),
            page=f"/matters/{matter.pk}/time",
        )
    key = f"taken:{request.pk}:{request.deliver_at:%Y-%m-%dT%H:%M%z}"
    outbox.put("moved", matter.requester, letter, key=key, matter=matter)


def zone_of(person: Person) -> ZoneInfo:
    return ZoneInfo(person.time_zone)
