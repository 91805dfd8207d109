"""Whether an event takes its owner's time: what it says of itself, and what the owner answered.

The addresses of the people invited are compared here and dropped; none is kept, logged or shown.
"""

import re
from collections.abc import Iterable

from huitong.timing.busy import Kind
from huitong.timing.lines import Component, Property

# As Exchange counts them itself: who works elsewhere is there for others.
_OUTLOOK = {"FREE": Kind.FREE, "WORKINGELSEWHERE": Kind.FREE, "TENTATIVE": Kind.SOFT}
_OUTLOOK_NAMES = ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS", "X-APPLE-EWS-BUSYSTATUS")
_NO_EVENT = frozenset(("CANCEL", "REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"))  # messages about one (RFC 5546)
_ADDRESS = re.compile(r"[^\s@:]+@[^\s@:]+")


def kind_of(event: Component, owner: str) -> Kind:
    """Free, soft or busy, the freest that the event says of itself (RFC 5545, 3.8.1.11, 3.8.2.7, 3.2.12, 3.2.16)."""
    status = event.value("STATUS").upper()
    method = event.parent.value("METHOD").upper() if event.parent else ""
    if status == "CANCELLED" or event.value("TRANSP").upper() == "TRANSPARENT" or method in _NO_EVENT:
        return Kind.FREE
    said = [_OUTLOOK.get(event.value(name).upper(), Kind.BUSY) for name in _OUTLOOK_NAMES]
    said.append(Kind.SOFT if status == "TENTATIVE" else Kind.BUSY)
    said += [_answer(p) for p in event.all("ATTENDEE") if owner and _address(p) == owner][:1]
    return Kind.FREE if Kind.FREE in said else Kind.SOFT if Kind.SOFT in said else Kind.BUSY


def _answer(owner: Property) -> Kind:
    answer, role = owner.parameter("PARTSTAT").upper(), owner.parameter("ROLE").upper()
    if answer in ("DECLINED", "DELEGATED"):
        return Kind.FREE
    return Kind.SOFT if answer == "TENTATIVE" or role in ("OPT-PARTICIPANT", "NON-PARTICIPANT") else Kind.BUSY


def owner_of(events: Iterable[Component], given: str = "") -> str:
    """Whose calendar it is, by address: as `given`, else by the calendar's name (Google's is the address), else the one
    who is in every event that anybody was invited to; "" if that is nobody, or more than one."""
    if given:
        return _plain(given)
    asked = [e for e in events if e.one("ATTENDEE")]
    for event in asked:
        named = _plain(event.parent.value("X-WR-CALNAME")) if event.parent else ""
        if _ADDRESS.fullmatch(named):
            return named
    everywhere: set[str] | None = None
    invited: set[str] | None = None
    for event in asked:
        guests = {_address(p) for p in event.all("ATTENDEE")}
        people = guests | {_address(p) for p in event.all("ORGANIZER")}
        everywhere = people if everywhere is None else everywhere & people
        invited = guests if invited is None else invited & guests
    for people in (everywhere or set(), invited or set()):
        if len(people) == 1:
            return next(iter(people))
    return ""


def _address(person: Property) -> str:
    plain = _plain(person.value)
    return plain if "@" in plain else _plain(person.parameter("EMAIL")) or plain


def _plain(address: str) -> str:
    return address.strip().lower().removeprefix("mailto:")
