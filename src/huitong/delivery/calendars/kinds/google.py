"""Google Calendar by its free/busy query: the primary calendar's busy time is all that may be seen.

Source: Google Calendar API, "Freebusy: query" (POST /freeBusy; calendars.(key).busy and .errors) and "Choose scopes"
(calendar.freebusy: "View your availability in your calendars"); "Handle API errors" (403 rateLimitExceeded,
userRateLimitExceeded and quotaExceeded as 429); "Using OAuth 2.0 for web server applications".
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from huitong.delivery.calendars import oauth
from huitong.delivery.calendars.fetching import Answer, Client, trouble_of, wait_of
from huitong.delivery.calendars.kinds import Taken
from huitong.delivery.calendars.trouble import Trouble
from huitong.directory import calendars
from huitong.directory.calendars import Window
from huitong.timing import Busy

ACCOUNTS: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
FREE_BUSY: Final = "https://www.googleapis.com/calendar/v3/freeBusy"
_TOO_FAST: Final = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}


def provider() -> oauth.Provider:
    return oauth.Provider(
        name="Google",
        authorize=ACCOUNTS,
        token=TOKEN,
        scope="https://www.googleapis.com/auth/calendar.freebusy",
        client=settings.GOOGLE_CLIENT,
        # A refresh token comes only with the first leave, or where it is asked for anew.
        more={"access_type": "offline", "prompt": "consent"},
    )


def fetch(client: Client, secret: dict[str, Any], state: Mapping[str, Any], window: Window) -> Taken:
    asked = {
        "timeMin": window.start.astimezone(UTC).isoformat(),
        "timeMax": window.end.astimezone(UTC).isoformat(),
        "items": [{"id": "primary"}],
    }
    answer = oauth.ask(client, provider(), secret, FREE_BUSY, json.dumps(asked).encode())
    if answer.status != 200:
        raise _trouble(answer)
    try:
        found = answer.json()["calendars"]["primary"]
        if found.get("errors"):
            raise Trouble("refused" if found["errors"][0].get("reason") == "notFound" else "answer")
        busy = [Busy(_time(each["start"]), _time(each["end"])) for each in found["busy"]]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise Trouble("answer") from None
    return Taken({}, frozenset(calendars.listed(busy, window)), notes=[])


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def _trouble(answer: Answer) -> Trouble:
    error = answer.json().get("error")
    reasons = error.get("errors", ()) if isinstance(error, dict) else ()
    if answer.status == 403 and any(isinstance(r, dict) and r.get("reason") in _TOO_FAST for r in reasons):
        return Trouble("busy", wait=wait_of(answer))
    return trouble_of(answer)
