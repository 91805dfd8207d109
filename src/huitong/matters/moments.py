"""When to bring a matter to its leader: the ranked moments, from the leader's calendar if there is one."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from huitong.coordination.commitments import EARLIEST, LATEST
from huitong.directory import calendars, people
from huitong.directory.wording import spoken
from huitong.matters.brief import answers_of, brief_of
from huitong.matters.errors import NotAllowed
from huitong.matters.named import named
from huitong.records.models import Matter, Person
from huitong.timing import Busy, CalendarReading, Moment, rank_moments


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


def busy_of(leader: Person | None, *, start: datetime, end: datetime) -> tuple[Busy, ...]:
    """The kept busy time, aware; nothing for a leader without a calendar."""
    return calendars.busy_of(leader, start=start, end=end) if leader else ()


def suggest(matter: Matter, *, minutes: int = 20) -> tuple[Moment, ...]:
    """Up to five moments, best first, in the leader's (else the requester's) zone; reasons in the active language."""
    leader, now = leader_of(matter), timezone.now()
    deadline = deadline_of(matter)
    by = (
        min(deadline, timezone.localdate() + timedelta(days=21))
        if deadline and deadline >= timezone.localdate()
        else None
    )
    has_calendar = leader is not None and leader.calendar_taken_at is not None
    return rank_moments(
        busy_of(leader, start=now, end=now + timedelta(days=28)) if has_calendar else None,
        minutes=minutes,
        start=now + timedelta(minutes=5),
        by=by,
        zone=(leader or matter.requester).time_zone,
        language=spoken(),
        now=now,
    )


def keep_leader_calendar(matter: Matter, by: Person, content: bytes, name: str) -> CalendarReading:
    """Keep the calendar file of a leader whom the requester typed in themselves.

    Raises NotAllowed for a leader of the house's directory: that calendar is theirs or the organiser's to add;
    CalendarError for a file that cannot be used, BriefError while the leader's name is missing.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    leader = leader_of(matter)
    if leader is None:
        brief, email = brief_of(matter), str(answers_of(matter).get("leader.email") or "").strip()
        leader = named(brief.leader.name, email=email, by=by, field="calendar")
    if leader.added_by_id != by.pk:
        raise NotAllowed
    return calendars.take(leader, name, content)
