"""No later than when: the deadline as answered, what the help needs before it, and the warning if nothing is set."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.commitments import EARLIEST, LATEST
from huitong.coordination.kinds import kind_of
from huitong.delivery import outbox
from huitong.directory import people
from huitong.directory.hours import country_of, working_of
from huitong.directory.wording import moment_text, speaking_to
from huitong.matters.brief import answers_of, options_of
from huitong.matters.stages import Stage
from huitong.method import Help
from huitong.records.models import Matter, Outbox, Person
from huitong.timing import last_sensible, working_days_before

WARNING: Final = "warn_moment"
MORNING: Final = time(9, 30)  # for letters that are due on a day
# Working days that a help needs: people have to be found and invited before they can sit together.
NEEDS: Final = {Help.MEETING: 2, Help.STANDING: 2, Help.RESOURCE: 1, Help.TALK: 1, Help.AGREEMENT: 1}


def leader_of(matter: Matter) -> Person | None:
    """The leader named in the answers, if the directory knows them already."""
    answers = answers_of(matter)
    name = str(answers.get("leader.name") or "").strip()
    email = str(answers.get("leader.email") or "").strip()
    return people.find(name=name, email=email, by=matter.requester) if name else None


def deadline_of(matter: Matter) -> date | None:
    """The last day to decide, as answered; None if there is none, or no day that a calendar could hold."""
    try:
        day = date.fromisoformat(str(answers_of(matter).get("deadline") or "").strip())
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def days_needed(options: Sequence[Mapping[str, Any]], preferred: int | None) -> int:
    """How many working days the help that is asked for needs before the deadline."""
    if not options:
        return 0
    row = options[preferred if preferred is not None and preferred < len(options) else 0]
    kind = row.get("kind") or kind_of(str(row.get("title") or ""), str(row.get("what_leader_does") or ""))
    return NEEDS.get(Help(kind), 0) if kind in set(Help) else 0


def last_sensible_moment(matter: Matter) -> datetime | None:
    """When it has to be decided at the latest, so that the help can still come; None without a deadline."""
    deadline, leader = deadline_of(matter), leader_of(matter)
    if deadline is None:
        return None
    zone = ZoneInfo((leader or matter.requester).time_zone)
    days = days_needed(options_of(answers_of(matter)), None)
    return last_sensible(deadline, days, zone, working_of(leader))


def warn_in_time(matter: Matter) -> None:
    """Promise the warning of the working day before the last sensible moment, or take it back: as it is now.

    To be called in the transaction that changes the deadline, the options, or whether a moment is set.
    """
    due = _warned_at(matter)
    key = f"{WARNING}:{matter.pk}:{due:%Y-%m-%dT%H:%M%z}" if due else ""
    Outbox.objects.filter(matter=matter, kind=WARNING, state__in=("waiting", "failed")).exclude(key=key).update(
        state="withdrawn"
    )
    last = last_sensible_moment(matter)
    if due is None or last is None:
        return
    with speaking_to(matter.requester):
        facts = {"matter": matter.title, "time": moment_text(last, weekday=True, relative=False)}
        letter = outbox.Letter(
            title=_("还没定下什么时候请示：%(matter)s") % facts,
            before=[_("要赶上最晚答复的日子，最晚%(time)s得有批示。送达的时刻还没有选。") % facts],
            invite=_("在这里选："),
            page=f"/matters/{matter.pk}/time",
        )
    row = outbox.put("warn_moment", matter.requester, letter, key=key, matter=matter, due_at=due)
    if row.state == "withdrawn" and matter.requester.email:
        # It was taken back when a moment was set, and none is set any more.
        Outbox.objects.filter(pk=row.pk).update(state="waiting", due_at=due, payload=dict(letter))


def _warned_at(matter: Matter) -> datetime | None:
    last = last_sensible_moment(matter)
    if last is None or matter.stage not in (Stage.PREPARING, Stage.COMPOSING, Stage.TIMING):
        return None
    zone = ZoneInfo(matter.requester.time_zone)
    day = working_days_before(timezone.localtime(last, zone).date(), 1, country_of(matter.requester))
    due = datetime.combine(day, MORNING, zone)
    return due if due > timezone.now() else None
