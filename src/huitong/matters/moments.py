"""When to bring a matter to its leader: the ranked moments, from the leader's calendar if there is one."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from huitong.directory import calendars
from huitong.directory.hours import working_of
from huitong.directory.wording import spoken
from huitong.matters.brief import answers_of, brief_of, options_of
from huitong.matters.deadlines import days_needed, deadline_of, leader_of
from huitong.matters.errors import NotAllowed
from huitong.matters.habits import habits_of
from huitong.matters.named import named
from huitong.matters.write import text_of
from huitong.method import BriefError, Channel
from huitong.records.models import Matter, Person, Request
from huitong.timing import Asking, Busy, CalendarReading, Moment, rank_moments, reading_minutes

TO_ANSWER: Final = 10  # minutes, beside the reading
MOST_MINUTES: Final = 60
LEAST_SCORE: Final = 0.2  # below it the leader is busy, or not at work


def busy_of(leader: Person | None, *, start: datetime, end: datetime) -> tuple[Busy, ...]:
    """The kept busy time, aware; nothing for a leader without a calendar."""
    return calendars.busy_of(leader, start=start, end=end) if leader else ()


def is_taken(leader: Person, at: datetime, minutes: int) -> bool:
    """Whether the leader is known to be firmly busy in these minutes."""
    return any(not b.soft for b in busy_of(leader, start=at, end=at + timedelta(minutes=minutes)))


def minutes_for(text: str) -> int:
    """How long it takes the leader to read this and to answer, in full ten minutes."""
    return min(MOST_MINUTES, -(-(reading_minutes(text) + TO_ANSWER) // 10) * 10)


def suggest(matter: Matter) -> tuple[Moment, ...]:
    """Up to five moments, best first, in the leader's (else the requester's) zone; reasons in the active language."""
    asked = matter.requests.filter(ended_at=None, delivered_at=None).first()
    now = timezone.now()
    return moments_for(matter, leader_of(matter), besides=asked, start=now + timedelta(minutes=5), now=now)


def moments_for(
    matter: Matter, leader: Person | None, *, besides: Request | None, start: datetime, now: datetime
) -> tuple[Moment, ...]:
    """As `suggest`, from `start` on. `besides` is the matter's own request, if one is set already."""
    deadline, today = deadline_of(matter), timezone.localdate()
    by = min(deadline, today + timedelta(days=21)) if deadline and deadline >= today else None
    text, days = _words_of(matter)
    return _ranked(leader, matter, besides=besides, text=text, days=days, start=start, by=by, now=now)


def next_best(request: Request, *, start: datetime) -> Moment | None:
    """The best moment for this request from `start` on, not past its "no later than"; None if the leader is busy or
    away until then. Reasons in the active language."""
    version = request.versions.order_by("-number")[0]
    days = days_needed(version.options, version.brief.get("preferred"))
    now, zone = timezone.now(), ZoneInfo(request.leader.time_zone)
    if request.answer_by and request.answer_by < timezone.localtime(start, zone).date():
        return None
    found = _ranked(
        request.leader,
        request.matter,
        besides=request,
        text=version.text,
        days=days,
        start=start,
        by=request.answer_by,
        now=now,
    )
    return found[0] if found and found[0].score >= LEAST_SCORE else None


def _words_of(matter: Matter) -> tuple[str, int]:
    """The text that the leader will read, and how many days the help needs; neither while the facts are missing."""
    try:
        brief = brief_of(matter)
        return text_of(matter, Channel.EMAIL, brief).text, days_needed(options_of(answers_of(matter)), brief.preferred)
    except BriefError:
        return "", 0


def _ranked(
    leader: Person | None,
    matter: Matter,
    *,
    besides: Request | None,
    text: str,
    days: int,
    start: datetime,
    by: date | None,
    now: datetime,
) -> tuple[Moment, ...]:
    has_calendar = leader is not None and leader.calendar_taken_at is not None
    # A week back: how full a week is must not hang on the day.
    busy = busy_of(leader, start=now - timedelta(days=7), end=now + timedelta(days=68)) if has_calendar else None
    return rank_moments(
        busy,
        minutes=minutes_for(text),
        start=start,
        by=by,
        zone=(leader or matter.requester).time_zone,
        language=spoken(),
        working=working_of(leader),
        habits=habits_of(leader),
        asking=Asking(reading=reading_minutes(text), days=days, others=asked_by_others(leader, besides, now)),
        now=now,
    )


def asked_by_others(leader: Person | None, besides: Request | None, now: datetime) -> tuple[datetime, ...]:
    """When others ask this leader: what is set, and what has reached them today."""
    if leader is None:
        return ()
    local = timezone.localtime(now, ZoneInfo(leader.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Request.objects.filter(leader=leader).exclude(pk=besides.pk if besides else None)
    waiting = rows.filter(ended_at=None, delivered_at=None).values_list("deliver_at", flat=True)
    there = rows.filter(delivered_at__gte=midnight).values_list("delivered_at", flat=True)
    return tuple(moment for moment in (*waiting, *there) if moment)


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
