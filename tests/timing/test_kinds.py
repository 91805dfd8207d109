"""Busy, soft and free: what an event says of itself, and what its owner answered."""

import pytest

from tests.timing.ics import calendar, read, spans

HOUR = "DTSTART:20260302T010000Z\nDTEND:20260302T020000Z\n"
BUSY, SOFT, FREE = ["03-02 09:00-10:00"], ["~03-02 09:00-10:00"], list[str]()
ME = "ATTENDEE;CN=Me;{}:mailto:Me@Example.org"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", BUSY),
        ("STATUS:CONFIRMED", BUSY),
        ("TRANSP:OPAQUE", BUSY),
        ("STATUS:TENTATIVE", SOFT),
        ("STATUS:CANCELLED", FREE),
        ("status:cancelled", FREE),
        ("TRANSP:TRANSPARENT", FREE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", FREE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", SOFT),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", BUSY),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", BUSY),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", FREE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:SOMETHING NEW", BUSY),
        ("TRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", FREE),
        ("STATUS:CONFIRMED\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", SOFT),
    ],
)
def test_what_an_event_says_of_itself(line: str, expected: list[str]) -> None:
    assert spans(read(calendar(HOUR + line))) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("PARTSTAT=ACCEPTED", BUSY),
        ("PARTSTAT=NEEDS-ACTION", BUSY),
        ("PARTSTAT=TENTATIVE", SOFT),
        ("PARTSTAT=DECLINED", FREE),
        ("PARTSTAT=DELEGATED", FREE),
        ("ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED", SOFT),
        ("ROLE=NON-PARTICIPANT", SOFT),
        ('ROLE="OPT-PARTICIPANT";DIR="ldap://x.example:6666/o=A;B"', SOFT),
    ],
)
def test_what_the_owner_answered(answer: str, expected: list[str]) -> None:
    others = "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org\n"
    text = calendar(HOUR + others + ME.format(answer))
    assert spans(read(text, owner="me@example.org")) == expected
    assert spans(read(text, owner="MAILTO:me@example.org")) == expected


def test_what_others_answered_is_theirs() -> None:
    text = calendar(HOUR + "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org\n" + ME.format("PARTSTAT=ACCEPTED"))
    assert spans(read(text)) == spans(read(text, owner="me@example.org")) == BUSY


def test_the_owner_is_known_by_the_calendar_s_name() -> None:
    asked = HOUR + "ATTENDEE:mailto:other@example.org\n" + ME.format("PARTSTAT=DECLINED")
    assert spans(read(calendar(asked, before="X-WR-CALNAME:me@example.org\n"))) == FREE
    assert spans(read(calendar(asked, before="X-WR-CALNAME:Work\n"))) == BUSY


def test_the_owner_is_known_as_the_one_who_is_always_asked() -> None:
    later = HOUR.replace("20260302T0", "20260303T0")
    alone = "ORGANIZER:mailto:boss@example.org\n" + ME.format("PARTSTAT=DECLINED")
    assert spans(read(calendar(HOUR + alone))) == FREE
    twice = calendar(
        HOUR + "ATTENDEE:mailto:one@example.org\n" + ME.format("PARTSTAT=DECLINED"),
        later + "ORGANIZER:mailto:me@example.org\nATTENDEE:mailto:two@example.org",
    )
    assert spans(read(twice)) == ["03-03 09:00-10:00"]


def test_the_owner_of_an_instance_may_have_answered_otherwise() -> None:
    series = "UID:a\n" + HOUR + "RRULE:FREQ=DAILY;COUNT=2\n" + ME.format("PARTSTAT=ACCEPTED")
    one = "UID:a\nRECURRENCE-ID:20260303T010000Z\n" + HOUR.replace("0302", "0303") + ME.format("PARTSTAT=DECLINED")
    assert spans(read(calendar(series, one), owner="me@example.org")) == BUSY


@pytest.mark.parametrize(
    ("method", "expected"), [("PUBLISH", BUSY), ("REQUEST", BUSY), ("CANCEL", FREE), ("REPLY", FREE)]
)
def test_a_message_about_an_event_is_not_the_event(method: str, expected: list[str]) -> None:
    assert spans(read(calendar(HOUR, before=f"METHOD:{method}\n"))) == expected


def test_people_go_nowhere() -> None:
    text = calendar(HOUR + ME.format("PARTSTAT=DECLINED") + "\nDTSTAMP:x", "DTSTART:20260302T010000Z\nDURATION:x")
    reading = read(text, owner="me@example.org")
    assert "example" not in repr(reading).lower()
