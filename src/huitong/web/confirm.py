"""Answers that can be trusted: a tap in an unknown browser is repeated in words and asked once more.

Mail scanners open links, press buttons and submit forms from browsers that look like people's. So by a link, in a
browser where this person has not answered before, the first POST writes nothing: it leads to a page that says what
would be recorded and asks who is answering, with no answer picked. Nothing rests on recognising a robot.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from huitong.directory import devices
from huitong.matters.errors import AskAgain, Incomplete, NotDone
from huitong.records.models import Link, Person
from huitong.web.desk import field_of, status_of, why_not

DEVICE_COOKIE: Final = "device"
CONFIRM_COOKIE: Final = "confirm"
YEAR: Final = 365 * 24 * 60 * 60
CONFIRM_WITHIN: Final = 30 * 60  # seconds
LONGEST_NAME: Final = 100
_SALT: Final = "huitong.web.confirm"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page this is: the person of a link, or who is signed in. `address` is where the page's forms go."""

    person: Person
    address: str
    link: Link | None = None

    @property
    def how(self) -> str:
        return "link" if self.link else "account"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a form would record: in a sentence, the reader's own words, and a line of small print."""

    title: str
    words: str = ""
    small: str = ""


class Page(Protocol):
    """A page that is answered: by the link in a mail, or signed in."""

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        """The page with what was typed kept; an error stands beside its field."""

    def sum_up(self, typed: QueryDict) -> Summary:
        """What the form would record. Raises NotDone as `act` would, as far as it can be known before."""

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        """Do it. `by_name` is who answers in the reader's place, "" for the reader. Raises NotDone."""


def respond(request: HttpRequest, reader: Reader, page: Page) -> HttpResponse:
    """The answer to any request for this page. Only a POST changes anything, and only by `page.act`."""
    if request.method != "POST":
        return page.show(QueryDict())
    typed, who, sealed = request.POST, "", "sealed" in request.POST
    try:
        if sealed:
            typed = _unseal(request, reader)
            if request.POST.get("step") == "back":
                return page.show(typed)
            who = request.POST.get("who", "")
            if who == "neither":
                return render(request, "link/nothing.html", {"reader": reader})
            if who not in ("self", "other"):
                raise Incomplete("who", _("请选一项：是您本人，还是有人代办。"))
            by_name = _name(request.POST) if who == "other" else ""
        else:
            by_name = _name(typed) if typed.get("as") == "other" else ""
            if not _is_known(request, reader):
                return ask(request, reader, typed, page.sum_up(typed))
        response = page.act(typed, by_name)
    except NotDone as error:
        again = isinstance(error, AskAgain) and reader.link
        if again or (sealed and isinstance(error, Incomplete) and error.field in ("who", "by_name")):
            try:
                return ask(request, reader, typed, page.sum_up(typed), error)
            except NotDone as newer:
                return page.show(typed, newer)
        return page.show(typed, error)
    if who == "self":
        value = devices.remember(reader.person, request.COOKIES.get(DEVICE_COOKIE, ""))
        _set_cookie(request, response, DEVICE_COOKIE, value, YEAR)
    return response


def ask(
    request: HttpRequest, reader: Reader, typed: QueryDict, summary: Summary, error: NotDone | None = None
) -> HttpResponse:
    """The page that repeats the choice and asks once more, tied to this browser. It writes nothing."""
    nonce = request.COOKIES.get(CONFIRM_COOKIE) or secrets.token_hex(16)
    kept = typed.copy()
    for name in ("csrfmiddlewaretoken", "sealed"):
        kept.pop(name, None)
    context: dict[str, Any] = {
        "reader": reader,
        "summary": summary,
        "sealed": signing.dumps(
            {"reader": _mark(reader), "nonce": _digest(nonce), "typed": kept.urlencode()}, salt=_SALT, compress=True
        ),
        "who": request.POST.get("who", ""),
        "by_name": request.POST.get("by_name", "") or typed.get("by_name", ""),
        "error": why_not(error) if error else "",
        "field": field_of(error),
    }
    response = render(request, "link/confirm.html", context, status=status_of(error))
    _set_cookie(request, response, CONFIRM_COOKIE, nonce, CONFIRM_WITHIN)
    return response


def _unseal(request: HttpRequest, reader: Reader) -> QueryDict:
    nonce = request.COOKIES.get(CONFIRM_COOKIE, "")
    try:
        data = signing.loads(request.POST["sealed"], salt=_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        data = {"reader": "", "nonce": ""}
    if data["reader"] != _mark(reader) or not secrets.compare_digest(data["nonce"], _digest(nonce)):
        raise Incomplete("sealed", _("这一步放得太久，或换了浏览器，所以没有记下。请再选一次。"))
    return QueryDict(data["typed"])


def _is_known(request: HttpRequest, reader: Reader) -> bool:
    """A signed-in reader has said who they are; so has one who has answered in this browser before."""
    if reader.link is None or getattr(request, "person", None) == reader.person:
        return True
    return devices.is_known(reader.person, request.COOKIES.get(DEVICE_COOKIE, ""))


def _name(typed: QueryDict) -> str:
    name = " ".join(typed.get("by_name", "").split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Incomplete("by_name", _("请写下您的姓名，记录里会写明由谁代办。"))
    return name


def _mark(reader: Reader) -> str:
    return f"{reader.person.pk} {reader.address}"


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure())
