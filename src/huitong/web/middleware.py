"""What every answer gets: security headers, the reader's language and time zone, and the door."""

from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from huitong.directory import access as door
from huitong.directory.wording import TO_DJANGO

Handler = Callable[[HttpRequest], HttpResponse]

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

LANGUAGE_COOKIE: Final = "language"

# An address that names a row: what the view finds on its request, and the door to that row.
ROWS: Final[dict[str, tuple[str, Callable[[str, Any, int], Any]]]] = {
    "matter": ("matter", door.matter_for),
    "request_id": ("asked", door.request_for),
    "note_id": ("note", door.note_for),
}


def security_headers(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def speak(language: str) -> None:
    """Answer in this language (the method's code: zh, zh-Hant or en) from here on."""
    translation.activate(TO_DJANGO.get(language, settings.LANGUAGE_CODE))


def language(get_response: Handler) -> Handler:
    """The cookie that the reader set, else what their browser asks for; who signs in or opens a link may change it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE)
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
        else:
            translation.activate(translation.get_language_from_request(request))
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        translation.deactivate()
        timezone.deactivate()
        return response

    return middleware


class Access:
    """Refuses every page that directory/access.py does not allow, and hands the view its person and matter."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page in door.FOR_MACHINES:
            return None
        person = door.person_of(request.user)
        request.person = person
        if person:
            if LANGUAGE_COOKIE not in request.COOKIES:
                speak(person.language)
            timezone.activate(ZoneInfo(person.time_zone))
        row = next((name for name in ROWS if name in kwargs), None)
        if row:
            attribute, find = ROWS[row]
            found = find(page, person, kwargs[row])
            setattr(request, attribute, found)
            allowed = found is not None
        else:
            allowed = door.may(page, door.house_roles(person))
        if allowed:
            return None
        if person is None and page in door.PAGES:
            return redirect_to_login(request.get_full_path())
        raise Http404
