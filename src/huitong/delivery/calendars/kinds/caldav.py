"""CalDAV (RFC 4791): found from an address and a login, kept up object by object by its sync token (RFC 6578).

First the whole of 60 days is asked for by time; after that, on the same day, only what the server names as changed.
A server without sync tokens is asked for the whole when its ctag changes; one that lets us see free/busy alone
(RFC 4791, 7.10), for its list.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from huitong.delivery.calendars import dav
from huitong.delivery.calendars.dav import CALDAV, DAV, NAMES, SERVER, Resource
from huitong.delivery.calendars.fetching import Address, Client, at_work, read_address, trouble_of
from huitong.delivery.calendars.kinds import Taken
from huitong.delivery.calendars.trouble import Trouble
from huitong.directory import calendars
from huitong.directory.calendars import Interval, Window
from huitong.method import Problem
from huitong.timing import CalendarError, read_calendar

MOST_PAGES: Final = 20
MOST_CALENDARS: Final = 50
AT_ONCE: Final = 50  # objects asked for by name in one report
WELL_KNOWN: Final = "/.well-known/caldav"
_DATA: Final = "<d:prop><d:getetag/><c:calendar-data/></d:prop>"


def fetch(client: Client, secret: dict[str, Any], state: Mapping[str, Any], window: Window) -> Taken:
    address = replace(read_address(secret["address"]), login=(secret["user"], secret["password"]))
    if not secret.get("collection"):
        secret["choices"], secret["owner"] = _discover(client, address)
        if len(secret["choices"]) > 1:
            return Taken({}, asks="choose")
        secret["collection"] = secret["choices"][0]["href"]
    collection = address.at(secret["collection"], trusted=True)
    window = replace(window, owner=secret.get("owner") or window.owner)
    until = f"{window.end:%Y-%m-%d} {window.zone}"
    token, ctag, lists = _state_of(client, collection)
    fresh = {"until": until, "token": token, "ctag": ctag}
    if state.get("until") == until:
        if (token and token == state.get("token")) or (ctag and ctag == state.get("ctag")):
            return Taken(fresh)
        if token and state.get("token"):
            changed = _changed(client, collection, str(state["token"]))
            if changed is not None:
                return _partly(client, collection, changed, window, fresh)
    return _whole(client, collection, window, fresh, lists=lists)


# --- finding a person's calendars: RFC 6764, 6; RFC 4791, 6.2.1; RFC 5397 ---


def _discover(client: Client, address: Address) -> tuple[list[dict[str, str]], str]:
    """Their calendars, as name and address, and the address that they are invited by. Raises Trouble without any."""
    here = _first(client, address)
    if here and here.has(f"{CALDAV}calendar"):
        return [_choice(here, address)], ""
    principal = here.href_in(f"{DAV}current-user-principal") if here else ""
    if not principal:
        address = address.at(WELL_KNOWN)
        answer = dav.propfind(client, address, ("d:current-user-principal", "c:calendar-home-set"))
        address, here = answer.address, next(iter(dav.resources(answer)), None)
        principal = here.href_in(f"{DAV}current-user-principal") if here else ""
    home = here.href_in(f"{CALDAV}calendar-home-set") if here else ""
    invited = ""
    if principal:
        address = address.at(principal, trusted=True)
        answer = dav.propfind(client, address, ("c:calendar-home-set", "c:calendar-user-address-set"))
        for resource in dav.resources(answer):
            home = resource.href_in(f"{CALDAV}calendar-home-set") or home
            hrefs = resource.all(f"{CALDAV}calendar-user-address-set/{DAV}href")
            mails = [(h.text or "").strip()[7:] for h in hrefs if (h.text or "").lower().startswith("mailto:")]
            invited = mails[0] if mails else invited
    if not home:
        raise Trouble("dav")
    address = address.at(home, trusted=True)
    names = ("d:resourcetype", "d:displayname", "c:supported-calendar-component-set")
    found = [r for r in dav.resources(dav.propfind(client, address, names, depth=1)) if _holds_events(r)]
    if not found:
        raise Trouble("none")
    return [_choice(r, address) for r in found[:MOST_CALENDARS]], invited


def _first(client: Client, address: Address) -> Resource | None:
    names = ("d:resourcetype", "d:displayname", "d:current-user-principal", "c:calendar-home-set")
    answer = dav.propfind(client, address, names)
    if answer.status in (404, 405, 501):  # the address is only that of the server
        return None
    return next(iter(dav.resources(answer)), None)


def _holds_events(resource: Resource) -> bool:
    if not resource.has(f"{DAV}resourcetype/{CALDAV}calendar"):
        return False
    kinds = resource.all(f"{CALDAV}supported-calendar-component-set/{CALDAV}comp")
    return not kinds or any(k.get("name", "").upper() == "VEVENT" for k in kinds)


def _choice(resource: Resource, address: Address) -> dict[str, str]:
    href = address.at(resource.href or address.target, trusted=True)
    name = resource.text(f"{DAV}displayname") or unquote(urlsplit(href.target).path.rstrip("/").rpartition("/")[2])
    return {"name": " ".join(name.split())[:100], "href": href.text}


# --- keeping one up ---


def _state_of(client: Client, collection: Address) -> tuple[str, str, bool]:
    """Its sync token, its ctag, and whether it gives lists of free/busy time."""
    answer = dav.propfind(client, collection, ("d:sync-token", "s:getctag", "d:supported-report-set"))
    for resource in dav.resources(answer):
        lists = resource.has(f"{CALDAV}free-busy-query")
        return resource.text(f"{DAV}sync-token"), resource.text(f"{SERVER}getctag"), lists
    raise Trouble("dav")


def _whole(client: Client, collection: Address, window: Window, fresh: dict[str, Any], *, lists: bool) -> Taken:
    span = f'<c:time-range start="{_utc(window.start)}" end="{_utc(window.end)}"/>'
    query = (
        f'<c:calendar-query {NAMES}>{_DATA}<c:filter><c:comp-filter name="VCALENDAR">'
        f'<c:comp-filter name="VEVENT">{span}</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
    )
    answer = dav.report(client, collection, query)
    if answer.status == 403 and lists:
        wanted = f"<c:free-busy-query {NAMES}>{span}</c:free-busy-query>"
        answer = dav.report(client, collection, wanted)
        if answer.status != 200:
            raise trouble_of(answer)
        reading = calendars.read(answer.body, window)
        return Taken({**fresh, "token": ""}, frozenset(calendars.intervals(reading)), notes=[])
    with at_work:
        busy, notes = _read_all(dav.resources(answer), window)
    return Taken(fresh, frozenset(busy), notes=notes)


def _changed(client: Client, collection: Address, token: str) -> dict[str, bool] | None:
    """The paths of what has changed since, and whether it is still there. None: the server does not know that token."""
    found: dict[str, bool] = {}
    for _ in range(MOST_PAGES):
        body = (
            f"<d:sync-collection {NAMES}><d:sync-token>{dav.quoted(token)}</d:sync-token>"
            "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        answer = dav.report(client, collection, body, depth=0)
        if answer.status in (400, 403, 409, 412, 501):
            return None
        more = False
        for resource in dav.resources(answer):
            if resource.status == 507:
                more = True
            elif _path(resource.href) != _path(collection.target):
                found[resource.href] = resource.status != 404
        if not more:
            return found
        token = dav.sync_token(answer)
    return None  # it goes on and on: the whole costs less


def _partly(
    client: Client, collection: Address, changed: Mapping[str, bool], window: Window, fresh: dict[str, Any]
) -> Taken:
    there = [href for href, is_there in changed.items() if is_there]
    busy: set[Interval] = set()
    for first in range(0, len(there), AT_ONCE):
        hrefs = "".join(f"<d:href>{dav.quoted(href)}</d:href>" for href in there[first : first + AT_ONCE])
        answer = dav.report(client, collection, f"<c:calendar-multiget {NAMES}>{_DATA}{hrefs}</c:calendar-multiget>")
        with at_work:
            busy |= _read_all(dav.resources(answer), window)[0]
    return Taken(fresh, frozenset(busy), of_parts=frozenset(_part(href) for href in changed))


def _read_all(found: Iterable[Resource], window: Window) -> tuple[set[Interval], list[dict[str, str]]]:
    busy: set[Interval] = set()
    problems: list[Problem] = []
    for resource in found:
        data = resource.text(f"{CALDAV}calendar-data")
        if not data:
            continue
        try:
            reading = read_calendar(data, start=window.start, end=window.end, zone=window.zone, owner=window.owner)
        except CalendarError as error:
            problems.append(error.problem)
            continue
        problems += (*reading.skipped, *reading.notes)
        busy |= calendars.intervals(reading, _part(resource.href))
    return busy, calendars.told(problems)


def _part(href: str) -> str:
    """What an object is called here: its own name may say what it is about."""
    return hashlib.sha256(_path(href).encode()).hexdigest()[:32]


def _path(href: str) -> str:
    return unquote(urlsplit(href).path).rstrip("/")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
