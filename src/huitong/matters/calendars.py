"""The calendars that a person connects: an address, a CalDAV server, Google or Microsoft 365, and what counts of each.

Nothing is fetched here: a row is written, and a worker fetches it within a second (delivery/calendars/refresh.py).
"""

from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from huitong.delivery.calendars import kinds, oauth, refresh
from huitong.delivery.calendars.fetching import read_address
from huitong.delivery.calendars.trouble import Trouble
from huitong.directory import calendars
from huitong.directory.sealing import Unsealable, seal, unseal
from huitong.matters.errors import Incomplete, NotNow
from huitong.records.models import Calendar, Person
from huitong.timing import CalendarReading

ADDRESS, CALDAV = "address", "caldav"
_LONGEST: Final = 200


def add_file(person: Person, name: str, content: bytes) -> CalendarReading:
    """Raises CalendarError for what is no calendar, Incomplete for one too many."""
    if not calendars.files_of(person).filter(name=name).exists():
        _room(person, "calendar")
    return calendars.take(person, name, content, beside=True)


def add_address(person: Person, address: str, name: str = "") -> Calendar:
    """An .ics address. Raises Incomplete, without repeating it: who knows it may read the calendar."""
    host = _check(person, address, "address")
    secret = {"address": address.strip()}
    return calendars.connect(person, ADDRESS, name.strip() or host, sealed=seal(secret))


def add_caldav(person: Person, address: str, user: str, password: str, name: str = "") -> Calendar:
    """A CalDAV server, from which the owner chooses once it has been asked. Raises Incomplete."""
    if address.strip() and "://" not in address:
        address = f"https://{address.strip()}"
    host = _check(person, address, "server")
    for field, text in (("user", user), ("password", password)):
        if not text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise Incomplete(field, _("请填上，200 个字符以内。"))
    if ":" in user:
        raise Incomplete("user", _("用户名里不能有冒号。"))
    secret = {"address": address.strip(), "user": user.strip(), "password": password.strip()}
    return calendars.connect(person, CALDAV, name.strip() or host, sealed=seal(secret))


def providers() -> dict[str, oauth.Provider]:
    """Where leave can be given, of those that the house has set up."""
    found = {}
    for name in kinds.names():
        provider = getattr(kinds.get(name), "provider", None)
        if provider and oauth.is_set(provider()):
            found[name] = provider()
    return found


def add_leave(person: Person, kind: str, *, code: str, begun: Mapping[str, str], back: str, mailbox: str) -> Calendar:
    """What somebody has given leave to at their provider: the code is exchanged by the worker. Raises Incomplete."""
    _room(person, kind)
    if not code or len(code) > oauth.LONGEST_CODE:
        raise Incomplete(kind, _("那边没有给出许可，什么都没有连上。请再试一次。"))
    secret = {"code": code, "verifier": begun["verifier"], "back": back, "mailbox": mailbox}
    return calendars.connect(person, kind, providers()[kind].name, sealed=seal(secret))


def choices(calendar: Calendar) -> list[dict[str, str]]:
    """The calendars that a server has, for its owner to choose from; [] when that is done."""
    try:
        secret = unseal(calendar.sealed)
    except Unsealable:
        return []
    return [] if secret.get("collection") else list(secret.get("choices", ()))


def choose_collections(calendar: Calendar, numbers: Collection[int]) -> None:
    """Keep these of the calendars that its server has: each becomes one of its own. Raises Incomplete for none."""
    with transaction.atomic():
        calendar = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
        known, secret = choices(calendar), unseal(calendar.sealed)
        wanted = [each for number, each in enumerate(known) if number in numbers]
        if not wanted:
            raise Incomplete("choice", _("请至少选一个日历。"))
        if calendar.person.calendars.count() + len(wanted) - 1 > calendars.MOST:
            raise Incomplete("choice", _too_many())
        del secret["choices"]
        for each in wanted[1:]:
            another = {**secret, "collection": each["href"]}
            calendars.connect(calendar.person, calendar.kind, each["name"], sealed=seal(another))
        calendar.sealed, calendar.name = seal({**secret, "collection": wanted[0]["href"]}), wanted[0]["name"]
        calendar.trouble = {}
        calendar.save(update_fields=["sealed", "name", "trouble"])
        refresh.at_once(calendar)


def _check(person: Person, address: str, field: str) -> str:
    """The host of an address that may be kept."""
    if person.is_sample:
        raise NotNow("sample people connect nothing")
    _room(person, field)
    try:
        return read_address(address.strip()).host
    except Trouble:
        raise Incomplete(field, _("请贴 https:// 或 webcal:// 开头的地址，500 个字符以内。")) from None


def _room(person: Person, field: str) -> None:
    if not calendars.may_add(person):
        raise Incomplete(field, _too_many())


def _too_many() -> str:
    return _("最多连 %(most)s 个日历。请先删掉一个。") % {"most": calendars.MOST}


def again(calendar: Calendar) -> None:
    refresh.at_once(calendar)
