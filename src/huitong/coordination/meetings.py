"""A meeting that the leader hosts: date, agenda, and an iCalendar invitation by mail (RFC 5545, RFC 5546)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import vText

from huitong.coordination import invitations
from huitong.coordination.attendance import must_answer, settle, standing, when_text
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import speaking_to
from huitong.records.models import Attendee, Decision, Matter, Meeting, Outbox, Person


def to_come(matter: Matter) -> Meeting | None:
    """The meeting that is set, or was held and has no record yet; there is one at most."""
    return matter.meetings.filter(cancelled_at=None, decided="").first()


def last_held(matter: Matter) -> Meeting | None:
    """The latest meeting that has begun or is over, and was not called off."""
    return matter.meetings.filter(cancelled_at=None, start__lte=timezone.now()).order_by("-start", "-pk").first()


def call(
    matter: Matter,
    *,
    title: str,
    start: datetime,
    minutes: int,
    place: str,
    agenda: str,
    attendees: Iterable[Person],
    optional: Iterable[Person] = (),
    decision: Decision | None = None,
) -> Meeting:
    """Set the meeting and invite everyone who has an address. `start` is aware; `optional` people need not come."""
    meeting = Meeting.objects.create(
        matter=matter,
        decision=decision,
        title=title,
        start=start,
        minutes=minutes,
        place=place,
        agenda=agenda,
        uid=invitations.new_uid(),
        changed_at=timezone.now(),
    )
    required = dict.fromkeys(attendees, True)
    people = dict.fromkeys(optional, False) | required
    Attendee.objects.bulk_create([Attendee(meeting=meeting, person=p, required=r) for p, r in people.items()])
    settle(meeting)
    _invite(meeting)
    return meeting


def move(meeting: Meeting, *, start: datetime, minutes: int, place: str, agenda: str) -> None:
    """Another time or place: the same meeting, the next sequence number, everyone told.

    Another time makes the answers there are ones to the old time; whoever asked for this very time has answered.
    """
    time_changes = (start, minutes) != (meeting.start, meeting.minutes)
    meeting.start, meeting.minutes, meeting.place, meeting.agenda = start, minutes, place, agenda
    meeting.sequence += 1
    meeting.changed_at = timezone.now()
    if time_changes:
        meeting.time_sequence = meeting.sequence
    meeting.save()
    settle(meeting)
    _invite(meeting)


def forget(decision: Decision) -> bool:
    """The decision no longer stands: its meeting is cancelled. Returns whether there was one."""
    meeting = Meeting.objects.filter(decision=decision, cancelled_at=None, decided="").first()
    if meeting:
        cancel(meeting)
    return meeting is not None


def cancel(meeting: Meeting) -> None:
    meeting.cancelled_at = meeting.changed_at = timezone.now()
    meeting.sequence += 1
    meeting.save()
    _invite(meeting)


def send_minutes(meeting: Meeting, *, subject: str, text: str) -> list[Person]:
    """Send the minutes to everyone who was invited and has an address. Returns who gets them; none gets them twice."""
    requester, told = meeting.matter.requester, []
    mark = sha256(f"{subject}\n{text}".encode()).hexdigest()[:16]
    for attendee in meeting.attendees.select_related("person"):
        person = attendee.person
        if not person.email or person.pk == requester.pk:
            continue
        with speaking_to(person):
            letter = minutes_letter(meeting, person, subject=subject, text=text)
        outbox.put("minutes", person, letter, key=f"minutes:{meeting.pk}:{mark}:{person.pk}", matter=meeting.matter)
        told.append(person)
    return told


def minutes_letter(meeting: Meeting, person: Person, *, subject: str, text: str) -> outbox.Letter:
    """The mail of the minutes, in the language that is active."""
    opening = _("会议的纪要在下面，请您过目。有遗漏或记得不准的地方，请告诉%(name)s，好改过来。")
    return outbox.Letter(
        title=subject,
        before=[
            _("%(who)s，您好：") % {"who": person.address},
            opening % {"name": meeting.matter.requester.name},
            *outbox.paragraphs(text),
        ],
    )


def invitation(meeting: Meeting, organiser: Person, reader: Person) -> str:
    """The iCalendar text for this reader: METHOD REQUEST, or CANCEL once it is cancelled.

    What others have answered stands in the organiser's alone.
    """
    start = meeting.start.astimezone(UTC)  # a single instant needs no zone and its rules
    event = invitations.event_of(meeting, organiser, start=start, is_off=meeting.cancelled_at is not None)
    if meeting.agenda:
        event.add("description", vText(meeting.agenda))
    for attendee in meeting.attendees.select_related("person"):
        if attendee.person.email:
            told = reader.pk in (organiser.pk, attendee.person_id)
            answer = standing(meeting, attendee) if told else ""
            invitations.add_guest(
                event,
                attendee.person,
                role="REQ-PARTICIPANT" if attendee.required else "OPT-PARTICIPANT",
                partstat=(answer or "needs-action").upper(),
                rsvp="FALSE" if told and not must_answer(meeting, attendee) else "TRUE",
            )
    return invitations.text_of(event)


LINK_DAYS: Final = 60  # after the meeting was called, and never before it is over


def _invite(meeting: Meeting) -> None:
    requester = meeting.matter.requester
    for attendee in meeting.attendees.select_related("person"):
        person = attendee.person
        if not person.email:
            continue
        earlier = Outbox.objects.filter(key__startswith=f"meeting:{meeting.pk}:", person=person)
        earlier.filter(state="waiting").update(state="withdrawn")  # what it says no longer holds
        has_heard = earlier.filter(Q(state="sent") | Q(tries__gt=0)).exists()
        if meeting.cancelled_at and not has_heard:
            continue
        link = None
        if not meeting.cancelled_at and person.pk != meeting.matter.requester_id:
            days = max(LINK_DAYS, (meeting.start - timezone.now()).days + 2)
            link = links.issue("meeting", person, meeting=meeting, days=days)
        with speaking_to(person):
            letter = _letter(meeting, attendee, has_heard=has_heard)
        outbox.put(
            "invitation",
            person,
            outbox.Letter(**letter, calendar=invitation(meeting, requester, person)),
            key=f"meeting:{meeting.pk}:{meeting.sequence}:{person.pk}",
            matter=meeting.matter,
            link=link,
        )


def _letter(meeting: Meeting, attendee: Attendee, *, has_heard: bool) -> outbox.Letter:
    """What one invitee is told, in the language and on the clock that are active."""
    facts = {
        "title": meeting.title,
        "when": when_text(meeting),
        "minutes": meeting.minutes,
        "place": meeting.place,
        "who": attendee.person.address,
    }
    before = [_("%(who)s，您好：") % facts]
    if meeting.cancelled_at:
        before.append(_("原定 %(when)s 的会议取消了。") % facts)
        return outbox.Letter(title=_("会议取消：%(title)s") % facts, before=before)
    if has_heard:
        title, line = _("会议改期：%(title)s"), _("会议改到 %(when)s，约 %(minutes)s 分钟。")
        if meeting.time_sequence < meeting.sequence:
            title, line = _("会议有变动：%(title)s"), _("会议时间不变：%(when)s，约 %(minutes)s 分钟。")
    else:
        title, line = _("会议邀请：%(title)s"), _("请您参加会议：%(when)s，约 %(minutes)s 分钟。")
        if not attendee.required:
            line = _("请您参加会议：%(when)s，约 %(minutes)s 分钟。您可来可不来。")
    before.append(line % facts)
    if meeting.place:
        before.append(_("地点：%(place)s") % facts)
    if meeting.agenda:
        before.append(_("议程：") + "\n" + meeting.agenda)
    letter = outbox.Letter(title=title % facts, before=before)
    if attendee.person_id == meeting.matter.requester_id:
        return letter
    if must_answer(meeting, attendee):
        letter["invite"] = _("您能不能来、要不要换个时间，请在这里答复，不用登录：")
    elif standing(meeting, attendee) == "accepted":
        letter["invite"] = _("您已答应来，不用再答复。要改，请在这里，不用登录：")
    else:
        letter["invite"] = _("不用专门答复。有话要说，请在这里，不用登录：")
    return letter
