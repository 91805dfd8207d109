"""Who comes to a meeting: what each invitee answered, to which time, and what else they proposed."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory.wording import moment_text, speaking_to
from huitong.records.models import Attendee, Event, Meeting

ANSWERS: Final = ("accepted", "tentative", "declined")
LONGEST: Final = 2000  # characters of an invitee's own words
MINUTES: Final = (5, 480)


def is_current(meeting: Meeting, attendee: Attendee) -> bool:
    """Whether their answer is to the time that the meeting has now."""
    return attendee.answered_sequence is not None and attendee.answered_sequence >= meeting.time_sequence


def standing(meeting: Meeting, attendee: Attendee) -> str:
    """What they answered to the present time; "" if nothing."""
    return attendee.answer if is_current(meeting, attendee) else ""


def must_answer(meeting: Meeting, attendee: Attendee) -> bool:
    """Whether they are asked: who must come, and has not answered to the time it has now."""
    return attendee.required and not standing(meeting, attendee)


def proposal(meeting: Meeting, attendee: Attendee) -> tuple[datetime, int] | None:
    """The other time, and how many minutes, that they propose instead of the present one."""
    if attendee.proposed_start is None or not is_current(meeting, attendee):
        return None
    return attendee.proposed_start, attendee.proposed_minutes or meeting.minutes


def when_text(meeting: Meeting, start: datetime | None = None) -> str:
    """The meeting's time (or another) on the clock that is active, which is named where those invited differ."""
    start = start or meeting.start
    text = moment_text(start, weekday=True, relative=False)
    if not zones_differ(meeting, start):
        return text
    return _("%(when)s（%(zone)s）") % {"when": text, "zone": timezone.get_current_timezone_name()}


def zones_differ(meeting: Meeting, start: datetime) -> bool:
    names = {attendee.person.time_zone for attendee in meeting.attendees.select_related("person")}
    return len({start.astimezone(ZoneInfo(name)).utcoffset() for name in names}) > 1


def settle(meeting: Meeting) -> None:
    """Note whose answer is plain: the requester set this time, and someone may have proposed this very one."""
    now = timezone.now()
    for attendee in meeting.attendees.all():
        proposed = (attendee.proposed_start, attendee.proposed_minutes or meeting.minutes)
        theirs = attendee.proposed_start is not None and proposed == (meeting.start, meeting.minutes)
        if is_current(meeting, attendee) or not (theirs or attendee.person_id == meeting.matter.requester_id):
            continue
        attendee.answer, attendee.answered_at, attendee.answered_sequence = "accepted", now, meeting.sequence
        attendee.proposed_start = attendee.proposed_minutes = None
        attendee.save()


def respond(
    meeting: Meeting,
    attendee: Attendee,
    *,
    answer: str,
    sequence: int,
    proposed: tuple[datetime, int] | None = None,
    words: str = "",
    by_name: str = "",
    stamp: datetime | None = None,
) -> None:
    """Write down an answer to the invitation of that `sequence`, and tell the requester. A later one replaces it.

    Runs in the transaction of its caller, who holds the lock on the matter. `by_name` answered in their place.
    """
    if answer not in ANSWERS:
        raise ValueError(answer)
    attendee.answer, attendee.answered_sequence, attendee.stamp = answer, sequence, stamp
    attendee.answered_at, attendee.answered_by = timezone.now(), by_name[:100]
    attendee.words = words.strip()[:LONGEST]
    attendee.proposed_start, attendee.proposed_minutes = proposed or (None, None)
    attendee.save()
    matter, person = meeting.matter, attendee.person
    data = {
        "who": person.name,
        "answer": answer,
        "start": proposed[0].isoformat() if proposed else "",
        "minutes": proposed[1] if proposed else 0,
        "old": not is_current(meeting, attendee),
        "words": attendee.words[:300],
        "by_name": attendee.answered_by,
    }
    Event.objects.create(matter=matter, kind="meeting_answered", person=person, at=attendee.answered_at, data=data)
    _tell(meeting, attendee)


def answer_text(answer: str, *, old: bool = False) -> str:
    """In a few words, in the active language."""
    said = {"accepted": _("会来"), "tentative": _("待定"), "declined": _("不能来")}.get(answer, _("还没有答复"))
    return _("%(said)s（答的是原来的时间）") % {"said": said} if old and answer else said


def _tell(meeting: Meeting, attendee: Attendee) -> None:
    requester = meeting.matter.requester
    with speaking_to(requester):
        old = not is_current(meeting, attendee)
        facts = {
            "name": attendee.person.name,
            "said": answer_text(attendee.answer, old=old),
            "title": meeting.title,
            "when": when_text(meeting),
        }
        before = [_("%(name)s答复：%(said)s。会议定在 %(when)s。") % facts]
        title = _("%(name)s答复了会议邀请：%(title)s") % facts
        if attendee.proposed_start:
            when = when_text(meeting, attendee.proposed_start)
            title = _("%(name)s想换个时间：%(title)s") % facts
            before.append(_("想改到：%(when)s。合适的话，在页面上点一下，就会通知大家。") % {"when": when})
        if attendee.words:
            before.append(attendee.words)
        letter = outbox.Letter(
            title=title,
            before=before,
            invite=_("在这里看："),
            page=f"/matters/{meeting.matter_id}/coordinate#meeting",
        )
    at = (attendee.answered_at or timezone.now()).astimezone(UTC).isoformat()
    outbox.put("meeting_answer", requester, letter, key=f"meeting_answer:{attendee.pk}:{at}", matter=meeting.matter)
