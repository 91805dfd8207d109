"""Microsoft 365 by its schedule: when the mailbox is busy. Of each item only status, begin and end are read.

Source: Microsoft Graph v1.0, "calendar: getSchedule" (POST /me/calendar/getSchedule; least privileged, delegated:
Calendars.ReadBasic; not for personal accounts), "scheduleItem resource type" (status: free, tentative, busy, oof,
workingElsewhere, unknown), "Paging" (@odata.nextLink), "Throttling" (429 with Retry-After).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from huitong.delivery.calendars import oauth
from huitong.delivery.calendars.fetching import Answer, Client, read_address, trouble_of
from huitong.delivery.calendars.kinds import Taken
from huitong.delivery.calendars.trouble import Trouble
from huitong.directory import calendars
from huitong.directory.calendars import Window
from huitong.timing import Busy

MOST_PAGES: Final = 20
AT_ONCE: Final = timedelta(days=30)  # of the time asked for in one call
_SOFT: Final = {"tentative"}
_FREE: Final = {"free", "workingElsewhere"}  # Exchange counts who works elsewhere as there


def provider() -> oauth.Provider:
    return oauth.Provider(
        name="Microsoft 365",
        authorize=f"{settings.MICROSOFT_LOGIN}/oauth2/v2.0/authorize",
        token=f"{settings.MICROSOFT_LOGIN}/oauth2/v2.0/token",
        scope=f"offline_access {settings.MICROSOFT_GRAPH}/Calendars.ReadBasic",
        client=settings.MICROSOFT_CLIENT,
        more={"response_mode": "query"},
        asks_mailbox=True,
    )


def fetch(client: Client, secret: dict[str, Any], state: Mapping[str, Any], window: Window) -> Taken:
    busy: list[Busy] = []
    start = window.start
    while start < window.end:
        end = min(start + AT_ONCE, window.end)
        for answer in _pages(client, secret, start, end):
            busy += _read(answer)
        start = end
    return Taken({}, frozenset(calendars.listed(busy, window)), notes=[])


def _pages(client: Client, secret: dict[str, Any], start: datetime, end: datetime) -> Iterator[Answer]:
    asked = {
        "schedules": [secret["mailbox"]],
        "startTime": {"dateTime": _utc(start), "timeZone": "UTC"},
        "endTime": {"dateTime": _utc(end), "timeZone": "UTC"},
        "availabilityViewInterval": 1440,
    }
    at = f"{settings.MICROSOFT_GRAPH}/v1.0/me/calendar/getSchedule"
    answer = oauth.ask(client, provider(), secret, at, json.dumps(asked).encode(), Prefer='outlook.timezone="UTC"')
    for _ in range(MOST_PAGES):
        if answer.status != 200:
            raise trouble_of(answer)
        yield answer
        following = answer.json().get("@odata.nextLink")
        if not following:
            return
        # The token goes nowhere else, whatever an answer says.
        if not isinstance(following, str) or urlsplit(following)[:2] != urlsplit(settings.MICROSOFT_GRAPH)[:2]:
            raise Trouble("answer")
        headers = oauth.bearer(client, provider(), secret) | {"Prefer": 'outlook.timezone="UTC"'}
        answer = client.ask("GET", read_address(following), headers=headers)
    raise Trouble("large")


def _read(answer: Answer) -> Iterator[Busy]:
    try:
        for schedule in answer.json()["value"]:
            if schedule.get("error"):
                raise Trouble("mailbox")
            for item in schedule.get("scheduleItems") or ():
                if item["status"] not in _FREE:
                    yield Busy(_time(item["start"]), _time(item["end"]), soft=item["status"] in _SOFT)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Trouble("answer") from None


def _time(said: Mapping[str, str]) -> datetime:
    if said["timeZone"].upper() not in ("UTC", "TZONE://MICROSOFT/UTC"):
        raise ValueError
    return datetime.fromisoformat(said["dateTime"]).replace(tzinfo=UTC)  # seven decimals: the last is dropped


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
