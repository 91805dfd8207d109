"""The leader's limits and a moment that the requester chose by themselves: only "no later than" may break them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huitong.directory.hours import row_of
from huitong.directory.wording import moment_text, spaced, spoken
from huitong.matters.errors import Incomplete
from huitong.matters.habits import habits_of
from huitong.matters.moments import asked_by_others, moments_for
from huitong.records.models import Matter, Person, Request
from huitong.timing import broken_text, excuse


def excused(matter: Matter, leader: Person, at: datetime, *, asked: Request | None, now: datetime) -> tuple[str, ...]:
    """Sentences that say why this moment may break the limits that the leader has set; () if it breaks none.

    Raises Incomplete, with a moment that keeps them, if there is one before the matter's "no later than".
    """
    if row_of(leader).pk is None:
        return ()
    zone, habits, others = ZoneInfo(leader.time_zone), habits_of(leader), asked_by_others(leader, asked, now)

    def broken(moment: datetime) -> tuple[str, ...]:
        return habits.broken_by(moment.astimezone(zone), others=others, now=now)

    if not (breaks := broken(at)):
        return ()
    better = [m.start for m in moments_for(matter, leader, besides=asked, start=at, now=now) if not broken(m.start)]
    why = broken_text(breaks, habits, spoken())
    if better:
        facts = {"leader": leader.address, "why": why, "time": moment_text(min(better), weekday=True)}
        if not why:  # a day of which the leader said that it is not a good one
            raise Incomplete("at", spaced(_("这个时刻不合适。%(time)s 可以。") % facts))
        raise Incomplete("at", spaced(_("这个时刻不合%(leader)s给请示定的规矩：%(why)s。%(time)s 可以。") % facts))
    return tuple(excuse(breaks, habits, spoken()))
