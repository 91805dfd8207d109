"""Google and Microsoft 365 by their documented answers, from a server in the process."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from huitong.delivery.calendars import oauth
from huitong.delivery.calendars.kinds import google, microsoft
from huitong.directory import sealing
from huitong.matters.calendars import add_leave, providers
from huitong.records.models import Busy, Calendar, Person
from tests.feeds import HOUR, Feed, answer, fetch, hours_of

TOKENS = {"access_token": "access-1", "expires_in": 3599, "refresh_token": "refresh-1", "token_type": "Bearer"}
BEGUN = {"state": "s", "verifier": "verifier-" + "v" * 50}


def at(hours: float) -> str:
    return (HOUR + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Service:
    """What the local server says for tokens and for busy time, and what it was asked."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.base = feed, f"https://{feed.host}"
        self.token: Callable[[dict[str, str]], tuple[int, object]] = lambda form: (200, TOKENS)
        self.busy: Callable[..., tuple[int, object]] = lambda asked, handler: (200, {})
        self.headers: dict[str, str] = {}
        self.forms: list[dict[str, str]] = []
        self.asked: list[object] = []
        feed.behaves = self.behaves

    def behaves(self, handler) -> None:
        if handler.path.endswith("/token"):
            form = {name: values[0] for name, values in parse_qs(handler.content.decode()).items()}
            self.forms.append(form)
            status, body = self.token(form)
        else:
            asked = json.loads(handler.content) if handler.content else None
            self.asked.append(asked)
            status, body = self.busy(asked, handler)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer(handler, content, status, **(self.headers if status != 200 else {}))


@pytest.fixture
def service(feed: Feed, settings, monkeypatch) -> Service:
    service = Service(feed)
    settings.GOOGLE_CLIENT = settings.MICROSOFT_CLIENT = ("client-id", "client-secret")
    settings.MICROSOFT_LOGIN, settings.MICROSOFT_GRAPH = f"{service.base}/tenant", service.base
    monkeypatch.setattr(google, "TOKEN", f"{service.base}/token")
    monkeypatch.setattr(google, "FREE_BUSY", f"{service.base}/calendar/v3/freeBusy")
    return service


def leave(person: Person, kind: str) -> Calendar:
    calendar = add_leave(
        person, kind, code="code-1", begun=BEGUN, back="https://desk.example/calendars/return", mailbox="gao@contoso.cn"
    )
    fetch(calendar)
    return calendar


both = pytest.mark.parametrize("kind", ["google", "microsoft"])


def no_busy(asked, handler) -> tuple[int, object]:
    if "items" in asked:
        return 200, {"kind": "calendar#freeBusy", "calendars": {"primary": {"busy": []}}}
    return 200, {"value": [{"scheduleId": "gao@contoso.cn", "availabilityView": "0", "scheduleItems": []}]}


def test_what_is_not_set_up_is_not_offered(settings) -> None:
    settings.GOOGLE_CLIENT, settings.MICROSOFT_CLIENT = ("", ""), ("id", "")
    assert providers() == {}


@pytest.mark.parametrize(
    ("kind", "scopes"),
    [
        ("google", {"https://www.googleapis.com/auth/calendar.freebusy"}),
        ("microsoft", {"offline_access", "https://graph.microsoft.com/Calendars.ReadBasic"}),
    ],
)
def test_leave_is_asked_for_busy_time_alone_with_state_and_pkce(settings, kind: str, scopes: set[str]) -> None:
    settings.GOOGLE_CLIENT = settings.MICROSOFT_CLIENT = ("client-id", "client-secret")
    begun = oauth.begin()
    address = urlsplit(oauth.address(providers()[kind], begun, "https://desk.example/calendars/return"))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert set(asked["scope"].split()) == scopes
    assert (asked["response_type"], asked["client_id"], asked["state"]) == ("code", "client-id", begun["state"])
    digest = hashlib.sha256(begun["verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert asked["code_challenge_method"] == "S256"
    assert "client-secret" not in address.query
    assert begun["verifier"] not in address.query


def test_the_busy_time_of_google_is_kept(person: Person, service: Service) -> None:
    busy = [{"start": at(24), "end": at(25)}, {"start": at(48), "end": at(50)}]
    service.busy = lambda asked, handler: (200, {"calendars": {"primary": {"busy": busy}}})
    calendar = leave(person, "google")
    assert (calendar.trouble, hours_of(person)) == ({}, [24, 48])
    (form,) = service.forms
    assert (form["grant_type"], form["code"], form["code_verifier"]) == (
        "authorization_code",
        "code-1",
        BEGUN["verifier"],
    )
    assert service.asked[0]["items"] == [{"id": "primary"}]
    busy[0] = {"start": at(30), "end": at(31)}
    assert fetch(calendar) == (1, 1)
    assert len(service.forms) == 1  # the token still holds


def item(hours: float, status: str = "busy", lasts: float = 1) -> dict[str, object]:
    times = {
        name: {"dateTime": at(h).rstrip("Z") + ".0000000", "timeZone": "UTC"}
        for name, h in (("start", hours), ("end", hours + lasts))
    }
    return {"status": status, "subject": "裁员名单", "location": "三号会议室", "isPrivate": False, **times}


def test_of_microsofts_items_only_status_and_time_are_kept(person: Person, service: Service) -> None:
    items = [item(24), item(48, "tentative"), item(60, "oof"), item(70, "free"), item(80, "workingElsewhere")]

    def busy(asked, handler):
        first = asked["startTime"]["dateTime"] < at(24 * 20)
        return 200, {"value": [{"scheduleId": "gao@contoso.cn", "scheduleItems": items if first else []}]}

    service.busy = busy
    calendar = leave(person, "microsoft")
    assert hours_of(person) == [24, 48, 60]
    assert [b.soft for b in Busy.objects.order_by("start")] == [False, True, False]
    assert [asked["schedules"] for asked in service.asked] == [["gao@contoso.cn"]] * 2  # sixty days in two calls
    assert service.feed.got[1].headers["Prefer"] == 'outlook.timezone="UTC"'
    assert "裁员" not in str(calendar.__dict__) + str(sealing.unseal(calendar.sealed))


def test_microsofts_pages_are_followed(person: Person, service: Service) -> None:
    def busy(asked, handler):
        if handler.command == "GET":
            return 200, {"value": [{"scheduleItems": [item(48)]}]}
        page = {"value": [{"scheduleItems": [item(24)]}]}
        return 200, page | {"@odata.nextLink": f"{service.base}/v1.0/me/calendar/getSchedule?$skip=1"}

    service.busy = busy
    leave(person, "microsoft")
    assert hours_of(person) == [24, 48]
    pages = [h for h in service.feed.got if h.command == "GET"]
    assert {h.headers["Authorization"] for h in pages} == {"Bearer access-1"}


def test_pages_without_end_are_left(person: Person, service: Service) -> None:
    page = {"value": [], "@odata.nextLink": f"{service.base}/again"}
    service.busy = lambda asked, handler: (200, page)
    assert leave(person, "microsoft").trouble == {"code": "large"}
    assert len(service.asked) <= microsoft.MOST_PAGES + 1


@pytest.mark.parametrize("following", ["https://evil.example/steal", "http://127.0.0.1/", 7])
def test_the_token_goes_to_nobody_else_whatever_a_page_says(
    person: Person, service: Service, following: object
) -> None:
    service.busy = lambda asked, handler: (200, {"value": [], "@odata.nextLink": following})
    assert leave(person, "microsoft").trouble == {"code": "answer"}
    assert len(service.asked) == 1


@both
@pytest.mark.parametrize("status", [429, 503])
def test_throttling_waits_as_long_as_it_says(person: Person, service: Service, kind: str, status: int) -> None:
    service.busy = lambda asked, handler: (status, {"error": {"code": "TooManyRequests"}})
    service.headers = {"Retry_After": "5400"}
    calendar = leave(person, kind)
    assert calendar.trouble == {"code": "busy"}
    assert calendar.due_at - datetime.now(UTC) > timedelta(minutes=85)
    service.busy = no_busy  # the code had been exchanged: what came of it was kept
    fetch(calendar)
    assert calendar.trouble == {}
    assert len(service.forms) == 1


def test_googles_403_for_too_many_is_no_refusal(person: Person, service: Service) -> None:
    error = {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}}
    service.busy = lambda asked, handler: (403, error)
    assert leave(person, "google").trouble == {"code": "busy"}


@both
def test_a_token_that_has_run_out_is_renewed_and_a_new_refresh_token_kept(
    person: Person, service: Service, kind: str
) -> None:
    service.busy = no_busy
    calendar = leave(person, kind)
    secret = sealing.unseal(calendar.sealed)
    assert "code" not in secret
    Calendar.objects.update(sealed=sealing.seal(secret | {"until": "2026-01-01T00:00:00+00:00"}))
    service.token = lambda form: (200, TOKENS | {"access_token": "access-2", "refresh_token": "refresh-2"})
    fetch(calendar)
    assert (service.forms[1]["grant_type"], service.forms[1]["refresh_token"]) == ("refresh_token", "refresh-1")
    assert sealing.unseal(calendar.sealed)["refresh"] == "refresh-2"
    for token in ("access-2", "refresh-2", "client-secret"):
        assert token not in calendar.sealed


@both
def test_a_token_that_is_refused_is_renewed_once(person: Person, service: Service, kind: str) -> None:
    service.busy = lambda asked, handler: (401, {})
    assert leave(person, kind).trouble == {"code": "refused"}
    assert [form["grant_type"] for form in service.forms] == ["authorization_code", "refresh_token"]


@both
@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, {"error": "invalid_grant"}, "refused"),
        (401, {"error": "invalid_client"}, "unset"),
        (200, {}, "answer"),
        (200, b"<html>", "answer"),
        (500, {}, "status"),
    ],
)
def test_leave_that_was_taken_back_or_never_was_is_said(
    person: Person, service: Service, kind: str, status: int, error: object, code: str
) -> None:
    service.token = lambda form: (status, error)
    calendar = leave(person, kind)
    assert calendar.trouble["code"] == code
    assert service.asked == []


@both
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        {"calendars": {"primary": {"busy": [{"start": "x"}]}}, "value": 7},
        {"calendars": {"primary": {"busy": [{"start": "2026-11-01T00:00:00", "end": "2026-11-02T00:00:00"}]}}},
        {"calendars": [], "value": [{"scheduleItems": [{"status": "busy"}]}]},
    ],
)
def test_an_answer_that_is_not_theirs_is_named_and_changes_nothing(
    person: Person, service: Service, kind: str, body: object
) -> None:
    service.busy = lambda asked, handler: (200, body)
    assert leave(person, kind).trouble == {"code": "answer"}
    assert not Busy.objects.exists()


def test_a_mailbox_that_microsoft_does_not_know_is_said_to_its_owner(person: Person, service: Service) -> None:
    error = {"message": "Unable to resolve email address", "responseCode": "ErrorMailRecipientNotFound"}
    service.busy = lambda asked, handler: (200, {"value": [{"scheduleId": "x", "error": error}]})
    calendar = leave(person, "microsoft")
    assert (calendar.trouble, calendar.due_at) == ({"code": "mailbox"}, None)


def test_days_that_a_list_takes_whole_are_told_apart(person: Person, service: Service) -> None:
    # Midnight to midnight in Shanghai.
    day = (HOUR + timedelta(days=5)).replace(hour=16)
    busy = [{"start": day.isoformat(), "end": (day + timedelta(days=1)).isoformat()}]
    service.busy = lambda asked, handler: (200, {"calendars": {"primary": {"busy": busy}}})
    leave(person, "google")
    assert [b.whole_day for b in Busy.objects.all()] == [True]
