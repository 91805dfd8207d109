"""An .ics address: fetched whole when it has changed (RFC 9110, 13.1.2 and 13.1.3), else not at all."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from huitong.delivery.calendars.fetching import Client, at_work, read_address, trouble_of
from huitong.delivery.calendars.kinds import Taken
from huitong.directory import calendars
from huitong.directory.calendars import Window

_LONGEST_TAG: Final = 500


def fetch(client: Client, secret: dict[str, Any], state: Mapping[str, Any], window: Window) -> Taken:
    headers = {"Accept": "text/calendar"}
    until = f"{window.end:%Y-%m-%d} {window.zone}"
    # What repeats has more times in a new day's window: then the whole is read again, changed or not.
    is_same_window = state.get("until") == until
    if is_same_window and state.get("etag"):
        headers["If-None-Match"] = state["etag"]
    if is_same_window and state.get("modified"):
        headers["If-Modified-Since"] = state["modified"]
    answer = client.ask("GET", read_address(secret["address"]), headers=headers)
    if answer.status == 304 and is_same_window:
        return Taken(state)
    if answer.status != 200:
        raise trouble_of(answer)
    digest = hashlib.sha256(answer.body).hexdigest()
    fresh = {"until": until, "digest": digest}
    for name, header in (("etag", "etag"), ("modified", "last-modified")):
        if len(value := answer.headers.get(header, "")) < _LONGEST_TAG:
            fresh[name] = value
    if is_same_window and state.get("digest") == digest:
        return Taken(fresh)
    with at_work:
        reading = calendars.read(answer.body, window)
    notes = calendars.told((*reading.skipped, *reading.notes))
    return Taken(fresh, frozenset(calendars.intervals(reading)), notes=notes)
