"""Every text of a matter's life: composed from what happened, edited by hand and kept, and the letter it goes out as.

A text has a name: the request's channels, those of MAKERS, and thanks-<person>. A new one is a maker here, and a place
on a page (web/texts.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import Composed, HeldMeeting, agenda, minutes, note
from huitong.coordination import meetings, notes, talks
from huitong.delivery import outbox
from huitong.directory import people
from huitong.directory.wording import speaking_to
from huitong.matters import close, request, write
from huitong.matters.brief import answers_of, brief_of, counterpart_of, option_of
from huitong.matters.coordinate import decision_in_force
from huitong.matters.decide import answer_letter, open_question
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.minutes import composed
from huitong.matters.stages import Stage
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock
from huitong.matters.understood import plan_of
from huitong.method import BriefError, Channel
from huitong.records.models import Decision, Draft, Matter, Meeting, Minutes, Person

LONGEST: Final = 20_000
LONGEST_SUBJECT: Final = 300
THANKS: Final = "thanks"
# What people keep as a file to edit or to print; the others are messages.
DOCUMENTS: Final = ("agenda", "minutes", "progress", "report")

Made = tuple[str, str]  # subject, text


@dataclass(frozen=True, slots=True)
class LifeText:
    """A text as it would go out now. `outdated`: what happened since it was edited would make another one."""

    name: str
    subject: str
    text: str
    composed: str
    edited: bool
    outdated: bool
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a receiver gets: who that is, and their letter."""

    to: str
    letter: outbox.Letter


def text_of(matter: Matter, name: str, made: Made | None = None) -> LifeText | None:
    """The text of that name, edited or composed; None where the matter has no such text now.

    `made` is what is composed, where the caller has it already.
    """
    if name in list(Channel):
        try:
            written = write.text_of(matter, Channel(name))
        except BriefError:
            return None
        saved = Draft.objects.filter(matter=matter, channel=name).values_list("saved_at", flat=True).first()
        shown = (written.subject, written.text, written.composed)
        return LifeText(name, *shown, edited=written.edited, outdated=written.outdated, saved_at=saved)
    made = made or _made(matter, name)
    if made is None:
        return None
    draft = Draft.objects.filter(matter=matter, channel=name).first()
    return LifeText(
        name=name,
        subject=draft.subject if draft else made[0],
        text=draft.text if draft else made[1],
        composed=made[1],
        edited=draft is not None,
        outdated=draft is not None and draft.composed != made[1],
        saved_at=draft.saved_at if draft else None,
    )


def save_text(
    matter: Matter, by: Person, name: str, *, subject: str | None, text: str, was: str, was_subject: str | None = None
) -> LifeText | None:
    """Keep an edited text; `was` and `was_subject` are the marks of what its page began with.

    Returns None when it is kept, what is stored when that was changed elsewhere meanwhile: then nothing is. Raises
    NotNow where the matter has no such text, Incomplete for one that is too long.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Incomplete("text", _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST})
    if "\x00" in text + (subject or ""):
        raise Incomplete("text", _("这段话里有一个看不见的控制字符，存不下。请删掉重写那一处。"))
    with transaction.atomic():
        matter = lock(matter)
        now = text_of(matter, name)
        if now is None:
            raise NotNow("there is no such text now")
        subject = now.subject if subject is None else " ".join(subject.split())[:LONGEST_SUBJECT]
        if name in list(Channel):
            kept = write.save_text(
                matter, by, Channel(name), subject=subject, text=text, was=was, was_subject=was_subject
            )
            return None if kept is None else text_of(matter, name)
        if write.clashes(now.subject, now.text, subject=subject, text=text, was=was, was_subject=was_subject):
            return now
        if (text, subject) == (now.text, now.subject):
            return None
        write.keep_draft(matter, name, subject=subject, text=text, composed=now.composed)
        _kept(matter, name)
    return None


def use_composed(matter: Matter, by: Person, name: str) -> None:
    """Go back to the composed text."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        Draft.objects.filter(matter=matter, channel=name).delete()
        _kept(matter, name)


def keep_edited(matter: Matter, by: Person, name: str) -> None:
    """The requester has seen that more has happened, and keeps what they wrote."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        made = _made(matter, name)
        if made:
            Draft.objects.filter(matter=matter, channel=name).update(composed=made[1])


def forget_text(matter: Matter, name: str) -> None:
    """It has gone out: the next one begins from what is composed."""
    Draft.objects.filter(matter=matter, channel=name).delete()


def _kept(matter: Matter, name: str) -> None:
    asked = request.current_request(matter)
    if name == request.REMINDER and asked:
        request.put_into_letter(asked)


# --- what is composed ---


def _made(matter: Matter, name: str) -> Made | None:
    kind, _dash, key = name.partition("-")
    if kind == THANKS:
        return _thanks(matter, key)
    maker = MAKERS.get(name)
    return maker(matter) if maker else None


def _both(made: Composed | None) -> Made | None:
    return (made.subject, made.body) if made else None


def _yes(matter: Matter) -> Decision | None:
    decision = decision_in_force(matter)
    return decision if decision and decision.verdict != "no" else None


def _note(matter: Matter) -> Made | None:
    decision = _yes(matter)
    return _both(note(plan_of(decision).brief, house=house_of(matter))) if decision else None


def _talk(matter: Matter) -> Made | None:
    talk = matter.talks.order_by("-pk").first() if _yes(matter) else None
    return ("", "\n".join(talk.points)) if talk else None


def _agenda(matter: Matter) -> Made | None:
    decision = _yes(matter)
    if decision is None:
        return None
    plan, meeting = plan_of(decision), meetings.to_come(matter)
    planned = meeting.minutes if meeting else (plan.option or {}).get("minutes") or 30
    chosen = option_of(plan.option) if plan.option else None
    made = agenda(plan.brief, planned, chosen, house=house_of(matter))
    return made.title, meeting.agenda if meeting else made.text


def _minutes(matter: Matter) -> Made | None:
    decision = decision_in_force(matter)
    meeting = meetings.last_held(matter)
    if decision is None or meeting is None:
        return None
    record = Minutes.objects.filter(meeting=meeting, sent_at__isnull=False).first()
    if record:
        record.meeting.matter = matter
        return _both(composed(record))
    promised = matter.commitments.filter(state__in=("proposed", "open", "kept")).order_by("by", "id")
    made = HeldMeeting(
        start=timezone.localtime(meeting.start),
        minutes=meeting.minutes,
        place=meeting.place,
        present=tuple(_present(meeting)),
        decided=tuple(meeting.decided.splitlines()),
        promised=tuple((c.what, c.owner_name, c.by) for c in promised),
    )
    return _both(minutes(plan_of(decision).brief, made, house=house_of(matter)))


def _present(meeting: Meeting) -> Iterator[str]:
    for attendee in meeting.attendees.select_related("person__department").order_by("pk"):
        person = attendee.person
        if person.department is None:
            yield person.name
        else:
            brackets = "{} ({})" if meeting.matter.language == "en" else "{}（{}）"
            yield brackets.format(person.name, person.department.name)


def _progress(matter: Matter) -> Made | None:
    asked = request.current_request(matter)
    if asked is None or asked.delivered_at is None or is_held(matter):
        return None
    return _both(close.report_of(matter))


def _answer(matter: Matter) -> Made | None:
    return ("", "") if open_question(matter) else None


def _reminder(matter: Matter) -> Made | None:
    asked = request.current_request(matter)
    if asked is None or asked.delivered_at is None or matter.stage != Stage.AWAITING or is_held(matter):
        return None
    if asked.way == request.MAIL and request.next_reminder(asked) is None:
        return None
    number = request.reminded(asked) + 1
    return None if number > request.MAX_REMINDERS else request.reminder_text(asked, number, edited=False)


def _thanks(matter: Matter, key: str) -> Made | None:
    thank = next((t for t in close.thanks_of(matter) if t.key == key), None) if matter.closed_at else None
    return _both(thank.message) if thank else None


MAKERS: Final[dict[str, Callable[[Matter], Made | None]]] = {
    "note": _note,
    "talk": _talk,
    "agenda": _agenda,
    "minutes": _minutes,
    "progress": _progress,
    "answer": _answer,
    "declined": lambda matter: _both(close.after_no_of(matter)),
    "reminder": _reminder,
}


# --- as its receiver gets it ---


def outgoing(matter: Matter, text: LifeText) -> Outgoing | None:
    """The letter that this text would go out as; None for what goes out as no mail of its own."""
    kind, _dash, key = text.name.partition("-")
    asked = request.current_request(matter)
    person: Person | None = asked.leader if asked else None
    if kind == "note":
        name, _email = counterpart_of(answers_of(matter))
        person = people.find(name=name, by=matter.requester) if name else None
        with _speaking(person):
            return Outgoing(name, notes.letter(matter, subject=text.subject, text=text.text))
    if kind == "minutes" and (meeting := meetings.last_held(matter)):
        guests = meeting.attendees.exclude(person=matter.requester).exclude(person__email="").order_by("-pk")
        guest = guests.select_related("person").first()
        if guest is None:
            return None
        meeting.matter = matter
        with speaking_to(guest.person):
            made = meetings.minutes_letter(meeting, guest.person, subject=text.subject, text=text.text)
        return Outgoing(guest.person.name, made)
    if kind == THANKS:
        person = next((t.person for t in close.thanks_of(matter) if t.key == key), None)
        plain = outbox.Letter(title=text.subject, before=outbox.paragraphs(text.text))
        return Outgoing(person.name, plain) if person else None
    if kind == Channel.EMAIL:
        leader = brief_of(matter).leader
        with _speaking(person):
            made = request.request_letter(person, subject=text.subject, text=text.text)
        return Outgoing(person.address if person else leader.form_of_address or leader.name, made)
    return _to_leader(matter, asked, text) if asked else None


def _to_leader(matter: Matter, asked: request.Request, text: LifeText) -> Outgoing | None:
    leader = asked.leader
    with speaking_to(leader):
        match text.name:
            case "progress":
                return Outgoing(leader.address, close.report_letter(subject=text.subject, text=text.text))
            case "declined":
                plain = outbox.Letter(title=text.subject, before=outbox.paragraphs(text.text))
                return Outgoing(leader.address, plain)
            case "reminder" if asked.way == request.MAIL:
                made = request.reminder_letter(asked, subject=text.subject, text=text.text)
                return Outgoing(leader.address, made)
            case "talk":
                points = [line.strip() for line in text.text.splitlines() if line.strip()]
                return Outgoing(leader.address, talks.letter(matter, leader, points))
            case "answer" if question := open_question(matter):
                return Outgoing(leader.address, answer_letter(asked, question, text.text))
    return None


@contextmanager
def _speaking(person: Person | None) -> Iterator[None]:
    """In this person's language; in the reader's where they are not known yet."""
    if person is None:
        yield
        return
    with speaking_to(person):
        yield
