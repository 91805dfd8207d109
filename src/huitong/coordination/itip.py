"""What an invitee's calendar program answers by mail (iTIP, RFC 5546): REPLY and COUNTER, taken in as text.

Everything else is somebody else's meeting, or nothing that an invitee may say; it is left alone, with the reason. What
comes in is never trusted: `sender` must be an address that the caller has reason to believe (method: 1.4, 3.8).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from huitong.coordination.attendance import ANSWERS, LONGEST, MINUTES, is_current, respond
from huitong.records.models import Attendee, Matter, Meeting
from huitong.timing import CalendarError
from huitong.timing.lines import Component, Property, read_lines
from huitong.timing.unusable import Unusable
from huitong.timing.values import LATEST, Stamp, read_length, read_stamp, stamp_of
from huitong.timing.zones import Zones

MAX_BYTES: Final = 1_000_000
MOST_EVENTS: Final = 20
FARTHEST: Final = timedelta(days=366)


class Left(StrEnum):
    """Why a message changed nothing."""

    NO_CALENDAR = "no_calendar"  # not iCalendar, broken, or too large
    NOT_AN_ANSWER = "not_an_answer"  # REQUEST, CANCEL, PUBLISH ...: not an invitee's to send
    UNKNOWN_MEETING = "unknown_meeting"
    NOT_INVITED = "not_invited"
    OTHER_SENDER = "other_sender"  # it speaks for somebody else than who sent it
    CALLED_OFF = "called_off"
    OVER = "over"  # the meeting has begun, was held, or its matter is closed
    OUTDATED = "outdated"  # a later answer of the same person is known
    REPEATED = "repeated"
    NO_ANSWER = "no_answer"  # it says neither yes nor no, or proposes no time that can be
    UNKNOWN_VERSION = "unknown_version"  # it answers an invitation that was never sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message. `left` says why nothing did; else `attendee` is as it is now.

    `to_old_time`: the answer is kept, but is to a time that the meeting no longer has.
    """

    left: Left | None = None
    attendee: Attendee | None = None
    to_old_time: bool = False

    @property
    def taken(self) -> bool:
        return self.left is None


@dataclass(frozen=True, slots=True)
class Answer:
    """A REPLY or COUNTER as it was read. `sequence`, `stamp` and `start` are None where the program leaves them out."""

    uid: str
    counter: bool
    attendees: tuple[Property, ...]
    sequence: int | None
    stamp: datetime | None
    start: datetime | None
    minutes: int | None
    words: str


class _Leave(Exception):
    def __init__(self, left: Left) -> None:
        self.left = left


def take_in(content: bytes | str, *, sender: str) -> Outcome:
    """Take in an iCalendar message that came from this address. Never raises for what the message says.

    An answer to an earlier time is kept as such; of two answers of one person the one with the later SEQUENCE, then the
    later DTSTAMP stands, however they arrive. The requester is told of what changes.
    """
    try:
        return _take(_read(content), sender)
    except _Leave as reason:
        return Outcome(reason.left)


def _take(answers: list[Answer], sender: str) -> Outcome:
    with transaction.atomic():
        known = {m.uid: m for m in Meeting.objects.filter(uid__in=[a.uid for a in answers])}
        answer = next((a for a in answers if a.uid in known), None)
        if answer is None:
            raise _Leave(Left.UNKNOWN_MEETING)
        matter = Matter.objects.select_for_update(of=("self",)).select_related("requester")
        matter = matter.get(pk=known[answer.uid].matter_id)
        meeting = Meeting.objects.get(pk=known[answer.uid].pk)
        meeting.matter = matter
        attendee, said = _who(meeting, answer, sender)
        if meeting.cancelled_at:
            raise _Leave(Left.CALLED_OFF)
        if meeting.decided or matter.closed_at or meeting.start <= timezone.now():
            raise _Leave(Left.OVER)
        verdict = {"DELEGATED": "DECLINED"}.get(said, said).lower()
        proposed = _proposed(meeting, answer) if answer.counter else None
        if answer.counter and verdict not in ANSWERS:
            verdict = "tentative" if proposed else ""  # a proposal with no answer beside it is no yes
        if verdict not in ANSWERS:
            raise _Leave(Left.NO_ANSWER)
        sequence = _sequence(meeting, answer)
        _in_order(attendee, answer, sequence, (verdict, *(proposed or (None, None))))
        respond(
            meeting,
            attendee,
            answer=verdict,
            sequence=sequence,
            proposed=proposed,
            words=answer.words,
            stamp=answer.stamp,
        )
        return Outcome(attendee=attendee, to_old_time=not is_current(meeting, attendee))


def _who(meeting: Meeting, answer: Answer, sender: str) -> tuple[Attendee, str]:
    """The invitee that the message speaks for, and their PARTSTAT. It must come from them, or say who sent it."""
    sender = _plain(sender)
    invited = {_plain(a.person.email): a for a in meeting.attendees.select_related("person") if a.person.email}
    found = [(p, _address(p)) for p in answer.attendees]
    # Google sends everybody along with a proposal; only its own line speaks for the sender.
    own = [p for p, address in found if address == sender]
    by_delegate = [p for p, address in found if address in invited and _plain(p.parameter("SENT-BY")) == sender != ""]
    if own and sender in invited:
        return invited[sender], own[0].parameter("PARTSTAT").upper()
    if by_delegate:
        return invited[_address(by_delegate[0])], by_delegate[0].parameter("PARTSTAT").upper()
    raise _Leave(Left.OTHER_SENDER if any(address in invited for _, address in found) else Left.NOT_INVITED)


def _proposed(meeting: Meeting, answer: Answer) -> tuple[datetime, int] | None:
    """The time that is proposed; None if it is the present one, so that the message is a plain answer."""
    if answer.start is None:
        raise _Leave(Left.NO_ANSWER)
    minutes = answer.minutes or meeting.minutes
    if (answer.start, minutes) == (meeting.start, meeting.minutes):
        return None
    now = timezone.now()
    if not (now < answer.start <= now + FARTHEST and MINUTES[0] <= minutes <= MINUTES[1]):
        raise _Leave(Left.NO_ANSWER)
    return answer.start, minutes


def _sequence(meeting: Meeting, answer: Answer) -> int:
    """Which invitation is answered: as it says, or, where a program leaves that out, as its times tell."""
    old = max(meeting.time_sequence - 1, 0)
    if answer.sequence is not None and answer.sequence > meeting.sequence:
        raise _Leave(Left.UNKNOWN_VERSION)
    if answer.counter or answer.start is None:
        if answer.sequence is not None:
            return answer.sequence
        earlier = answer.stamp and meeting.changed_at and answer.stamp < meeting.changed_at.replace(microsecond=0)
        return old if earlier and meeting.time_sequence else meeting.sequence
    if answer.start != meeting.start:
        # To which of the earlier times does not matter: it is not the present one.
        if meeting.time_sequence == 0:
            raise _Leave(Left.UNKNOWN_VERSION)
        return min(old, answer.sequence if answer.sequence is not None else old)
    return meeting.sequence if answer.sequence is None else answer.sequence


def _in_order(attendee: Attendee, answer: Answer, sequence: int, says: tuple[object, ...]) -> None:
    """RFC 5546, 2.1.5: the later SEQUENCE, then the later DTSTAMP. Apple repeats a DTSTAMP: then the last to come."""
    if attendee.answered_sequence is None:
        return
    if sequence < attendee.answered_sequence:
        raise _Leave(Left.OUTDATED)
    if sequence > attendee.answered_sequence:
        return
    last = attendee.stamp or (attendee.answered_at.replace(microsecond=0) if attendee.answered_at else None)
    if answer.stamp and last and answer.stamp < last:
        raise _Leave(Left.OUTDATED)
    known = (attendee.answer, attendee.proposed_start, attendee.proposed_minutes)
    if says == known and attendee.words == answer.words:
        raise _Leave(Left.REPEATED)


# --- reading ---


def _read(content: bytes | str) -> list[Answer]:
    if len(content) > MAX_BYTES:
        raise _Leave(Left.NO_CALENDAR)
    text = content if isinstance(content, str) else content.decode("utf-8-sig", "replace")
    try:
        components = read_lines(text.lstrip())
    except CalendarError:
        raise _Leave(Left.NO_CALENDAR) from None
    events = [c for c in components if c.kind == "VEVENT"][:MOST_EVENTS]
    methods = {e.parent.value("METHOD").upper() for e in events if e.parent}
    if not methods & {"REPLY", "COUNTER"}:
        raise _Leave(Left.NOT_AN_ANSWER if events else Left.NO_CALENDAR)
    zones = Zones(components, ZoneInfo("UTC"), timezone.now() + FARTHEST)
    words = _comments(text)
    return [_answer(e, zones, words) for e in events if e.parent and e.parent.value("METHOD").upper() in _METHODS]


_METHODS: Final = ("REPLY", "COUNTER")


def _answer(event: Component, zones: Zones, words: str) -> Answer:
    start = _stamp(event.one("DTSTART"), zones)
    return Answer(
        uid=event.value("UID")[:100],
        counter=event.parent is not None and event.parent.value("METHOD").upper() == "COUNTER",
        attendees=tuple(event.all("ATTENDEE")[:500]),
        sequence=_number(event.value("SEQUENCE")),
        stamp=_written(event.value("DTSTAMP")),
        start=start,
        minutes=_minutes(event, start, zones),
        words=words,
    )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII) else None


def _written(text: str) -> datetime | None:
    """A DTSTAMP is in UTC, also where the program forgot to say so."""
    try:
        return read_stamp(text, UTC).instant(UTC)
    except ValueError:
        return None


def _stamp(item: Property | None, zones: Zones) -> datetime | None:
    """A moment of that clock; None for a whole day, which is no time to meet at, and for what can't be read."""
    if item is None:
        return None
    unknown = len(zones.unknown)
    try:
        stamp: Stamp = stamp_of(item, zones)
    except Unusable:
        return None
    # A zone that nobody knows, or none, would have to be guessed.
    if stamp.whole_day or stamp.zone is None or len(zones.unknown) > unknown:
        return None
    moment = stamp.instant(UTC)
    return moment if moment < LATEST else None


def _minutes(event: Component, start: datetime | None, zones: Zones) -> int | None:
    if start is None:
        return None
    if end := _stamp(event.one("DTEND"), zones):
        return int((end - start).total_seconds() // 60)
    try:
        return int(read_length(event.value("DURATION")).longest.total_seconds() // 60)
    except (ValueError, OverflowError):
        return None


def _address(person: Property) -> str:
    """Apple's server names people by a path, and their address beside it."""
    plain = _plain(person.value)
    return plain if "@" in plain else _plain(person.parameter("EMAIL")) or plain


def _plain(address: str) -> str:
    return re.sub(r"^mailto:", "", address.strip().strip("<>").lower())


_COMMENT: Final = re.compile(r"^COMMENT(?:;(?:[^\":\r\n]|\"[^\"\r\n]*\")*)?:(.*)$", re.IGNORECASE | re.MULTILINE)
_ESCAPED: Final = re.compile(r"\\(.)")


def _comments(text: str) -> str:
    """The invitee's own words: the COMMENTs, which timing's reader of calendars drops."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text.replace("\0", ""))
    found = [_ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], c.strip()) for c in _COMMENT.findall(unfolded)]
    return "\n".join(part.strip() for part in found[:10] if part.strip())[:LONGEST].strip()
