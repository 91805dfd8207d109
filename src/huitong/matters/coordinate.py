"""After a yes: the note, the meeting, the talk, the commitments; each action is told on the timeline."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import meetings, notes, talks
from huitong.delivery import outbox
from huitong.matters import reply_rows
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.named import named
from huitong.matters.promises import break_promise, keep_promise, move_promise, promise, reopen_promise
from huitong.matters.stages import Action
from huitong.matters.timeline import lock, record
from huitong.records.models import Matter, Meeting, Note, Person, Talk

__all__ = [
    "ANSWER_CHANGES",
    "answer_note",
    "break_promise",
    "call_meeting",
    "cancel_meeting",
    "decision_in_force",
    "follow_up",
    "is_note_open",
    "keep_promise",
    "log_progress",
    "move_promise",
    "promise",
    "reopen_promise",
    "send_again",
    "send_minutes",
    "send_note",
    "send_points",
    "tell_meeting",
    "tell_talk",
]

ANSWER_CHANGES: Final = timedelta(days=3)


def send_note(matter: Matter, by: Person, *, name: str, email: str, subject: str, text: str) -> Note:
    """Send the neutral note to the counterpart. Raises Incomplete without a name, an address or a text."""
    for field, value in (("name", name), ("email", email), ("subject", subject), ("text", text)):
        if not value.strip():
            raise Incomplete(field, _("这一项必填。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        department = str(_answer(matter, "other_department.name"))
        person = named(name.strip(), email=email.strip(), department=department, by=by, field="name")
        if not person.email:
            raise Incomplete("email", _("还没有对方的邮箱。"))
        note = notes.send(matter, person, subject=subject.strip()[:300], text=text.replace("\r\n", "\n"))
        record(matter, "note_sent", by, to=person.name)
    return note


def is_note_open(note: Note) -> bool:
    """Whether the counterpart can answer, or change an answer: within three days of it, until the matter is closed."""
    fresh = note.answered_at is None or timezone.now() < note.answered_at + ANSWER_CHANGES
    return fresh and note.matter.closed_at is None


def answer_note(note: Note, *, answer: str, day: date | None, who: str, words: str, by_name: str = "") -> None:
    """The counterpart's answer: yes, date (another day, which must be given) or hard (what is in the way)."""
    if answer not in notes.ANSWERS:
        raise Incomplete("answer", _("请选一项。"))
    if answer == "date" and day is None:
        raise Incomplete("day", _("请填上方便的日期。"))
    if answer == "hard" and not words.strip():
        raise Incomplete("words", _("请写一句难处在哪里，我们再想办法。"))
    with transaction.atomic():
        matter = lock(note.matter)
        note = Note.objects.select_related("person", "matter__requester").get(pk=note.pk)
        note.matter = matter
        if not is_note_open(note):
            raise NotNow("the matter is closed, or the answer has stood for three days")
        reply_rows.settle(note=note)
        notes.answer(note, answer=answer, day=day, who=who[:100], words=words[:5000], by_name=by_name[:100])
        record(
            matter, "note_answered", note.person, answer=answer, day=day.isoformat() if day else "", words=words[:300]
        )


def call_meeting(
    matter: Matter,
    by: Person,
    *,
    title: str,
    start: datetime,
    minutes: int,
    place: str,
    agenda: str,
    guests: list[tuple[str, str]],
    also: Sequence[tuple[str, str]] = (),
    optional: Sequence[tuple[str, str]] = (),
) -> Meeting:
    """Set the meeting, or move the one that is set. `guests` of the other department are (name, address), who must come
    beside leader and requester, and so must those of `also`, rooms among them; `optional` ones need not.
    """
    if start < timezone.now():
        raise Incomplete("start", _("这个时刻已经过去了，请选以后的。"))
    if start > timezone.now() + timedelta(days=366):
        raise Incomplete("start", _("太远了，请选一年以内的日子。"))
    if not 5 <= minutes <= 480:
        raise Incomplete("minutes", _("请写 5 到 480 之间的分钟数。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        decision = decision_in_force(matter)
        assert decision is not None
        meeting = meetings.to_come(matter)
        if meeting:
            meetings.move(meeting, start=start, minutes=minutes, place=place[:200], agenda=agenda[:5000])
        else:
            department = str(_answer(matter, "other_department.name"))
            invited = [
                named(name, email=email, department=department, by=by, field="guest") for name, email in guests if name
            ]
            invited += [named(name, email=email, by=by, field="also") for name, email in also]
            others = [named(name, email=email, by=by, field="others") for name, email in optional]
            meeting = meetings.call(
                matter,
                title=title[:300] or matter.title,
                start=start,
                minutes=minutes,
                place=place[:200],
                agenda=agenda[:5000],
                attendees=[decision.by, by, *invited],
                optional=others,
                decision=decision,
            )
        kind = "meeting_moved" if meeting.sequence else "meeting_called"
        record(matter, kind, by, start=start.isoformat(), minutes=minutes)
    return meeting


def cancel_meeting(matter: Matter, by: Person) -> None:
    with acting(matter, by, Action.COORDINATE) as matter:
        meeting = meetings.to_come(matter)
        if meeting:
            meetings.cancel(meeting)
            record(matter, "meeting_cancelled", by)


def tell_meeting(matter: Matter, by: Person, decided: str) -> Meeting:
    """What the meeting decided, a line each, written down once it has begun; written again, it replaces what was."""
    lines = [line.strip() for line in decided.splitlines() if line.strip()]
    if not lines:
        raise Incomplete("decided", _("请写下会上定了什么，一行一项。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        meeting = meetings.last_held(matter)
        if meeting is None:
            raise Incomplete("decided", _("会还没有开。开过之后再来记。"))
        meeting.decided = "\n".join(lines)
        meeting.save(update_fields=["decided"])
        record(matter, "meeting_held", by, words=meeting.decided[:2000])
    return meeting


def send_minutes(matter: Matter, by: Person, *, subject: str, text: str) -> list[Person]:
    """Send the minutes, as the requester left them, to those who were invited. Returns to whom."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not text.strip():
        raise Incomplete("text", _("请写下纪要。"))
    with transaction.atomic():
        matter = lock(matter)
        meeting = meetings.last_held(matter)
        if meeting is None or is_held(matter):
            raise NotNow("there was no meeting")
        meeting.matter = matter
        told = meetings.send_minutes(meeting, subject=subject.strip()[:300] or meeting.title, text=text)
        if not told:
            raise Incomplete("text", _("参加的人都没有留邮箱。可以复制下来，自己发。"))
        record(matter, "minutes_sent", by, to=_("、").join(person.name for person in told)[:300])
    return told


def send_points(matter: Matter, by: Person, text: str) -> Person:
    """Send the leader other points for the talk, a line each. Returns the leader."""
    points = [line.strip() for line in text.splitlines() if line.strip()]
    if not points:
        raise Incomplete("text", _("请写下要点，一行一条。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        talk = matter.talks.select_related("decision__by", "decision__request").order_by("-pk").first()
        if talk is None or talk.held_at or talk.decision is None:
            raise NotNow("no talk is to come")
        leader = talk.decision.by
        if not leader.email:
            raise Incomplete("text", _("还没有领导的邮箱。可以复制下来，自己发。"))
        talk.matter = matter
        talks.send_anew(talk, points)
        record(matter, "points_sent", by, to=leader.address)
    return leader


def tell_talk(talk: Talk, *, by: Person, outcome: str, words: str) -> None:
    """What came of the talk, said by the leader who held it or written down by the requester."""
    if outcome not in talks.OUTCOMES:
        raise Incomplete("outcome", _("请选一项。"))
    with transaction.atomic():
        matter = lock(talk.matter)
        talk = Talk.objects.select_related("matter__requester", "decision__by").get(pk=talk.pk)
        leader = talk.decision.by if talk.decision else None
        if by.pk not in (matter.requester_id, leader.pk if leader else None):
            raise NotAllowed
        if matter.closed_at or (talk.decision and talk.decision.effective_at > timezone.now()):
            raise NotNow("not yet, or no longer")
        talks.held(talk, outcome=outcome, words=words[:5000])
        record(matter, "talked", by, outcome=outcome, words=words[:300], leader=leader.address if leader else "")


def follow_up(matter: Matter, by: Person) -> None:
    """All is arranged; from now on it is about keeping what was promised."""
    with acting(matter, by, Action.FOLLOW_UP) as matter:
        record(matter, "follow_up", by)


def log_progress(matter: Matter, by: Person, words: str) -> None:
    """A line of one's own on the timeline."""
    if not words.strip():
        raise Incomplete("words", _("请写一句进展。"))
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        record(lock(matter), "progress", by, words=words.strip()[:2000])


def send_again(matter: Matter, by: Person, *, row_id: int, email: str = "") -> None:
    """Let a letter that failed go out again, to a corrected address if the requester had typed this person in."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        failed = matter.outbox.select_related("person").filter(pk=row_id, state="failed").first()
        if failed is None:
            raise NotNow("it has not failed, or goes out already")
        person = failed.person
        if email.strip() and person.added_by_id == by.pk and email.strip() != person.email:
            person.email = email.strip()
            person.save(update_fields=["email"])
        outbox.send_again(failed)


def _answer(matter: Matter, question: str) -> object:
    row = matter.answers.filter(question=question).first()
    return row.value if row else ""
