"""What invitees' calendar programs answer (RFC 5546), in the forms that Outlook, Google and Apple write them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.coordination import meetings
from huitong.coordination.attendance import must_answer, proposal, respond, standing
from huitong.coordination.itip import MAX_BYTES, Left, Outcome, take_in
from huitong.matters.prepare import open_matter
from huitong.records.models import Attendee, Event, Meeting, Outbox, Person

pytestmark = pytest.mark.django_db
WANG, GAO, XU = "wang@example.com", "gao@example.com", "xu@example.com"


@pytest.fixture
def meeting() -> Meeting:
    requester = Person.objects.create(name="许宁", email=XU)
    guests = [Person.objects.create(name="高翔", email=GAO), Person.objects.create(name="王经理", email=WANG)]
    start = (timezone.now() + timedelta(days=5)).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        return meetings.call(
            open_matter(requester),
            title="协调会",
            start=start,
            minutes=30,
            place="三楼",
            agenda="",
            attendees=[requester, *guests],
        )


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def message(method: str, *lines: str, head: str = "PRODID:-//example//EN") -> str:
    whole = ("BEGIN:VCALENDAR", head, "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT")
    return "".join(f"{line}\r\n" for line in (*whole, "END:VCALENDAR"))


def reply(meeting: Meeting, said: str, *, who: str = WANG, sequence: int = 0, later: int = 0, more: str = "") -> str:
    """A REPLY in the plain form of RFC 5546, 4.2.2; `later` are minutes from now at which it was written."""
    stamp = utc(timezone.now() + timedelta(minutes=later))
    return message(
        "REPLY",
        f"ATTENDEE;PARTSTAT={said}:mailto:{who}",
        "ORGANIZER:mailto:xu@example.com",
        f"UID:{meeting.uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{stamp}",
        *more.splitlines(),
    )


def outlook_reply(meeting: Meeting, said: str = "ACCEPTED") -> str:
    """Outlook writes times in a Windows zone that it defines itself, and words of its own."""
    start = meeting.start + timedelta(hours=8)
    return (
        "BEGIN:VCALENDAR\r\nPRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\r\nVERSION:2.0\r\n"
        "METHOD:REPLY\r\n"
        "X-MS-OLK-FORCEINSPECTOROPEN:TRUE\r\nBEGIN:VTIMEZONE\r\nTZID:China Standard Time\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        f"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT={said}:mailto:Wang@Example.com\r\nCLASS:PUBLIC\r\n"
        f"DTSTAMP:{utc(timezone.now())}\r\n"
        f'DTSTART;TZID="China Standard Time":{start:%Y%m%dT%H%M%S}\r\n'
        f'DTEND;TZID="China Standard Time":{start + timedelta(minutes=30):%Y%m%dT%H%M%S}\r\n'
        f"PRIORITY:5\r\nSEQUENCE:{meeting.sequence}\r\nSUMMARY;LANGUAGE=zh-cn:已接受: 协调会\r\nTRANSP:OPAQUE\r\n"
        f"UID:{meeting.uid}\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nX-MICROSOFT-CDO-REPLYTIME:20261125T010203Z\r\n"
        "X-MS-OLK-SENDER;CN=王经理:mailto:wang@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def outlook_counter(meeting: Meeting, start: datetime, minutes: int = 30, said: str = "TENTATIVE") -> str:
    """Outlook's "propose new time": the original times stand in its own properties."""
    return message(
        "COUNTER",
        f"ATTENDEE;PARTSTAT={said};X-REPLYTIME=20261125T010203Z;RSVP=FALSE:mailto:wang@example.com",
        "ORGANIZER:mailto:xu@example.com",
        "COMMENT;LANGUAGE=zh-cn:那天下午我在外地\\n第二天可以",
        f"DTSTAMP:{utc(timezone.now())}",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(start + timedelta(minutes=minutes))}",
        f"SEQUENCE:{meeting.sequence}",
        "SUMMARY:New Time Proposed: 协调会",
        f"UID:{meeting.uid}",
        f"X-MS-OLK-ORIGINALSTART:{utc(meeting.start)}",
        f"X-MS-OLK-ORIGINALEND:{utc(meeting.start + timedelta(minutes=30))}",
        head="PRODID:Microsoft Exchange Server 2010",
    )


def google_reply(meeting: Meeting, said: str = "ACCEPTED", start: datetime | None = None) -> str:
    """Google's answers may leave SEQUENCE out; the invitation's times tell which one is meant."""
    start = start or meeting.start
    return message(
        "REPLY",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(start + timedelta(minutes=30))}",
        f"DTSTAMP:{utc(timezone.now())}",
        "ORGANIZER;CN=许宁:mailto:xu@example.com",
        f"UID:{meeting.uid}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said};CN=wang@exam",
        ' ple.com;X-NUM-GUESTS=0;X-RESPONSE-COMMENT="好的":mailto:wang@example.com',
        "CREATED:20261120T010203Z",
        "DESCRIPTION:",
        "LAST-MODIFIED:20261125T010203Z",
        "STATUS:CONFIRMED",
        "SUMMARY:协调会",
        "TRANSP:OPAQUE",
        head="PRODID:-//Google Inc//Google Calendar 70.9054//EN",
    )


def google_counter(meeting: Meeting, start: datetime) -> str:
    """Google's proposal carries everybody's answers; only the sender's own line is theirs to say."""
    return message(
        "COUNTER",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(start + timedelta(minutes=45))}",
        f"DTSTAMP:{utc(timezone.now())}",
        "ORGANIZER:mailto:xu@example.com",
        f"UID:{meeting.uid}",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:gao@example.com",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:wang@example.com",
        "COMMENT:周五更好",
        f"SEQUENCE:{meeting.sequence}",
        head="PRODID:-//Google Inc//Google Calendar 70.9054//EN",
    )


def apple_reply(meeting: Meeting, said: str, stamp: str) -> str:
    """Apple names people by a path with the address beside it, and may repeat the DTSTAMP of an earlier answer."""
    return message(
        "REPLY",
        "CREATED:20261120T010203Z",
        f"UID:{meeting.uid}",
        f"DTEND;TZID=Asia/Shanghai:{meeting.start + timedelta(hours=8, minutes=30):%Y%m%dT%H%M%S}",
        "SUMMARY:协调会",
        f"DTSTART;TZID=Asia/Shanghai:{meeting.start + timedelta(hours=8):%Y%m%dT%H%M%S}",
        f"DTSTAMP:{stamp}",
        f"SEQUENCE:{meeting.sequence}",
        f"ATTENDEE;CN=王经理;CUTYPE=INDIVIDUAL;EMAIL=wang@example.com;PARTSTAT={said};ROL",
        " E=REQ-PARTICIPANT:/1234/principal/",
        "ORGANIZER;CN=许宁;EMAIL=xu@example.com:mailto:xu@example.com",
        head="PRODID:-//Apple Inc.//macOS 14.5//EN",
    )


def wang(meeting: Meeting) -> Attendee:
    meeting.refresh_from_db()
    return meeting.attendees.get(person__email=WANG)


def state(meeting: Meeting) -> tuple[str, object]:
    row = wang(meeting)
    return standing(meeting, row), proposal(meeting, row)


def move(meeting: Meeting, hours: int) -> None:
    meeting.refresh_from_db()
    with transaction.atomic():
        meetings.move(meeting, start=meeting.start + timedelta(hours=hours), minutes=30, place="三楼", agenda="")


@pytest.mark.parametrize(
    ("said", "stands"),
    [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentative"), ("DELEGATED", "declined")],
)
def test_a_plain_reply_is_taken_and_the_requester_told(meeting: Meeting, said: str, stands: str) -> None:
    outcome = take_in(reply(meeting, said, more="COMMENT:我带排期\\, 和样品"), sender=WANG)
    assert outcome.taken
    assert outcome.attendee is not None
    assert outcome.attendee.person.email == WANG
    assert state(meeting) == (stands, None)
    assert wang(meeting).words == "我带排期, 和样品"
    assert Outbox.objects.get(kind="meeting_answer").person.email == XU
    assert Event.objects.filter(kind="meeting_answered").count() == 1


@pytest.mark.parametrize(
    "write", [outlook_reply, google_reply, lambda m: apple_reply(m, "ACCEPTED", utc(m.changed_at))]
)
def test_each_programs_acceptance_is_understood(meeting: Meeting, write: Callable[[Meeting], str]) -> None:
    assert take_in(write(meeting).encode(), sender=f"<{WANG.upper()}>") == Outcome(attendee=wang(meeting))
    assert state(meeting) == ("accepted", None)


def test_outlooks_new_time_is_a_proposal_with_its_words(meeting: Meeting) -> None:
    other = meeting.start + timedelta(days=1)
    assert take_in(outlook_counter(meeting, other, 60), sender=WANG).taken
    assert state(meeting) == ("tentative", (other, 60))
    assert wang(meeting).words == "那天下午我在外地\n第二天可以"
    assert "想换个时间" in Outbox.objects.get(kind="meeting_answer").payload["title"]


def test_googles_new_time_speaks_only_for_its_sender(meeting: Meeting) -> None:
    other = meeting.start + timedelta(days=1)
    assert take_in(google_counter(meeting, other), sender=WANG).taken
    assert state(meeting) == ("declined", (other, 45))
    assert meeting.attendees.get(person__email=GAO).answered_at is None


def test_a_proposal_of_the_present_time_is_a_plain_answer(meeting: Meeting) -> None:
    assert take_in(outlook_counter(meeting, meeting.start, said="ACCEPTED"), sender=WANG).taken
    assert state(meeting) == ("accepted", None)


def test_a_proposal_taken_up_is_an_answer_to_the_new_time(meeting: Meeting) -> None:
    take_in(outlook_counter(meeting, meeting.start + timedelta(hours=24)), sender=WANG)
    take_in(reply(meeting, "ACCEPTED", who=GAO), sender=GAO)
    move(meeting, 24)
    assert state(meeting) == ("accepted", None)
    assert [a.person.email for a in meeting.attendees.all() if must_answer(meeting, a)] == [GAO]


# --- order: SEQUENCE, then DTSTAMP ---


def test_an_answer_to_the_old_time_is_kept_as_such(meeting: Meeting) -> None:
    move(meeting, 24)
    outcome = take_in(reply(meeting, "ACCEPTED", sequence=0), sender=WANG)
    assert outcome.to_old_time
    assert state(meeting) == ("", None)
    assert wang(meeting).answer == "accepted"
    assert "答的是原来的时间" in Outbox.objects.get(kind="meeting_answer").payload["before"][0]


def test_without_a_sequence_the_times_tell_which_invitation_is_meant(meeting: Meeting) -> None:
    before = meeting.start
    move(meeting, 24)
    assert take_in(google_reply(meeting, start=before), sender=WANG).to_old_time
    assert state(meeting) == ("", None)
    assert not take_in(google_reply(meeting), sender=WANG).to_old_time
    assert state(meeting) == ("accepted", None)


def test_without_sequence_and_times_the_moment_of_writing_tells(meeting: Meeting) -> None:
    move(meeting, 24)
    early = reply(meeting, "ACCEPTED", later=-60).replace("SEQUENCE:0\r\n", "")
    assert take_in(early, sender=WANG).to_old_time
    assert not take_in(reply(meeting, "DECLINED", later=1).replace("SEQUENCE:0\r\n", ""), sender=WANG).to_old_time
    assert state(meeting) == ("declined", None)


def test_another_place_leaves_an_earlier_answer_good(meeting: Meeting) -> None:
    with transaction.atomic():
        meetings.move(meeting, start=meeting.start, minutes=30, place="五楼", agenda="")
    assert not take_in(reply(meeting, "ACCEPTED", sequence=0), sender=WANG).to_old_time
    assert state(meeting) == ("accepted", None)


def test_of_two_answers_the_later_written_stands_however_they_arrive(meeting: Meeting) -> None:
    assert take_in(reply(meeting, "DECLINED", later=5), sender=WANG).taken
    assert take_in(reply(meeting, "ACCEPTED", later=2), sender=WANG).left is Left.OUTDATED
    assert state(meeting) == ("declined", None)
    assert take_in(reply(meeting, "ACCEPTED", later=9), sender=WANG).taken
    assert state(meeting) == ("accepted", None)


def test_an_answer_to_the_new_time_is_not_undone_by_a_late_one_to_the_old(meeting: Meeting) -> None:
    move(meeting, 24)
    assert take_in(reply(meeting, "ACCEPTED", sequence=1), sender=WANG).taken
    assert take_in(reply(meeting, "DECLINED", sequence=0, later=30), sender=WANG).left is Left.OUTDATED
    assert state(meeting) == ("accepted", None)


def test_the_same_answer_twice_is_told_once(meeting: Meeting) -> None:
    text = reply(meeting, "ACCEPTED")
    assert take_in(text, sender=WANG).taken
    assert take_in(text, sender=WANG).left is Left.REPEATED
    assert Outbox.objects.filter(kind="meeting_answer").count() == 1


def test_with_a_repeated_dtstamp_the_last_to_arrive_stands(meeting: Meeting) -> None:
    stamp = utc(timezone.now())
    assert take_in(apple_reply(meeting, "ACCEPTED", stamp), sender=WANG).taken
    assert take_in(apple_reply(meeting, "DECLINED", stamp), sender=WANG).taken
    assert state(meeting) == ("declined", None)


def test_an_answer_in_the_page_is_not_undone_by_an_earlier_mail(meeting: Meeting) -> None:
    with transaction.atomic():
        respond(meeting, wang(meeting), answer="declined", sequence=0)
    assert take_in(reply(meeting, "ACCEPTED", later=-10), sender=WANG).left is Left.OUTDATED
    assert state(meeting) == ("declined", None)


# --- what is left alone ---


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "ADD", "REFRESH", "DECLINECOUNTER", "sing"])
def test_what_is_not_an_invitees_to_send_is_left_alone(meeting: Meeting, method: str) -> None:
    text = reply(meeting, "ACCEPTED").replace("METHOD:REPLY", f"METHOD:{method}")
    assert take_in(text, sender=WANG) == Outcome(Left.NOT_AN_ANSWER)
    assert wang(meeting).answered_at is None


@pytest.mark.parametrize(
    ("change", "sender", "left"),
    [
        (lambda t: t, "stranger@example.com", Left.OTHER_SENDER),
        (lambda t: t, "", Left.OTHER_SENDER),
        (lambda t: t, GAO, Left.OTHER_SENDER),
        (lambda t: t.replace(WANG, "crasher@example.com"), "crasher@example.com", Left.NOT_INVITED),
        (lambda t: t.replace("UID:", "UID:other-"), WANG, Left.UNKNOWN_MEETING),
        (lambda t: t.replace("PARTSTAT=ACCEPTED", "PARTSTAT=NEEDS-ACTION"), WANG, Left.NO_ANSWER),
        (lambda t: t.replace("PARTSTAT=ACCEPTED", "PARTSTAT=YES"), WANG, Left.NO_ANSWER),
        (lambda t: t.replace(";PARTSTAT=ACCEPTED", ""), WANG, Left.NO_ANSWER),
        (lambda t: t.replace("SEQUENCE:0", "SEQUENCE:7"), WANG, Left.UNKNOWN_VERSION),
        (lambda t: t.replace("METHOD:REPLY", "METHOD:COUNTER"), WANG, Left.NO_ANSWER),
        (lambda t: t[:-20], WANG, Left.NO_CALENDAR),
        (lambda _t: "Dear Sir", WANG, Left.NO_CALENDAR),
        (lambda _t: "", WANG, Left.NO_CALENDAR),
        (lambda _t: "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", WANG, Left.NO_CALENDAR),
    ],
)
def test_what_cannot_count_changes_nothing_and_says_why(
    meeting: Meeting, change: Callable[[str], str], sender: str, left: Left
) -> None:
    assert take_in(change(reply(meeting, "ACCEPTED")), sender=sender) == Outcome(left)
    assert wang(meeting).answered_at is None
    assert not Outbox.objects.filter(kind="meeting_answer").exists()


def test_a_delegate_may_answer_who_says_so(meeting: Meeting) -> None:
    text = reply(meeting, "ACCEPTED").replace("ATTENDEE;", 'ATTENDEE;SENT-BY="mailto:secretary@example.com";')
    assert take_in(text, sender="secretary@example.com").taken
    assert state(meeting) == ("accepted", None)


@pytest.mark.parametrize("days", [-400, -5, 800])
def test_a_proposed_time_that_cannot_be_is_left_alone(meeting: Meeting, days: int) -> None:
    other = meeting.start + timedelta(days=days)
    assert take_in(outlook_counter(meeting, other), sender=WANG) == Outcome(Left.NO_ANSWER)


def test_a_proposal_in_a_zone_that_nobody_knows_is_not_guessed_at(meeting: Meeting) -> None:
    other = meeting.start + timedelta(days=1)
    for start in (f"DTSTART;TZID=Middle Earth:{other:%Y%m%dT%H%M%S}", f"DTSTART:{other:%Y%m%dT%H%M%S}"):
        text = outlook_counter(meeting, other).replace(f"DTSTART:{utc(other)}", start)
        assert take_in(text, sender=WANG) == Outcome(Left.NO_ANSWER)


def test_a_meeting_called_off_or_over_takes_no_answer(meeting: Meeting) -> None:
    with transaction.atomic():
        meetings.cancel(meeting)
    assert take_in(reply(meeting, "ACCEPTED"), sender=WANG) == Outcome(Left.CALLED_OFF)
    Meeting.objects.update(cancelled_at=None, start=timezone.now() - timedelta(hours=1))
    assert take_in(reply(meeting, "ACCEPTED"), sender=WANG) == Outcome(Left.OVER)


@pytest.mark.parametrize(
    "hostile",
    [
        "x" * (MAX_BYTES + 1),
        "BEGIN:VCALENDAR\r\n" * 50_000,
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
        + "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 20_000
        + "END:VCALENDAR\r\n",
        b"\xff\xfe" + b"\0" * 1000,
        b"\0" * 100_000,
    ],
)
def test_hostile_messages_are_left_alone(meeting: Meeting, hostile: str | bytes) -> None:
    assert take_in(hostile, sender=WANG).left in (Left.NO_CALENDAR, Left.UNKNOWN_MEETING)


def test_a_message_full_of_people_comments_and_folds_is_bounded(meeting: Meeting) -> None:
    more = "\n".join(f"COMMENT:{'好' * 500}" for _ in range(300)) + "\n" + "ATTENDEE:mailto:x@example.com\n" * 3000
    assert take_in(reply(meeting, "ACCEPTED", more=more), sender=WANG).taken
    assert len(wang(meeting).words) <= 2000


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_at_all_ends_in_an_outcome(content: str | bytes) -> None:
    assert take_in(content, sender=WANG).left is not None


LINES = ("DTSTART:", "DTEND:", "DURATION:", "SEQUENCE:", "DTSTAMP:", "UID:", "ATTENDEE;", "COMMENT:", "RECURRENCE-ID:")


@pytest.mark.django_db
@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.text(max_size=40)), max_size=12),
    st.sampled_from(["REPLY", "COUNTER"]),
)
def test_lines_with_anything_in_them_end_in_an_outcome(lines: list[tuple[str, str]], method: str) -> None:
    made = [name + value.replace("\n", "").replace("\r", "") for name, value in lines]
    assert take_in(message(method, *made), sender=WANG).left is not None
