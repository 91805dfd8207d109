"""The link at the end of a digest that ends it: by one button, or by the mail program's own (RFC 8058)."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from huitong.delivery import digest
from huitong.directory import links
from huitong.web.middleware import LANGUAGE_COOKIE, speak
from huitong.web.pages.link import sealed


# A mail program posts without our form: who has the link may end this digest, and nothing else.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def no_digest(request: HttpRequest, stop: str) -> HttpResponse:
    """GET changes nothing (mail scanners open every link); POST ends the digest."""
    link = links.find(stop)
    if link is None or link.purpose != "no_digest":
        raise Http404
    if LANGUAGE_COOKIE not in request.COOKIES:
        speak(link.person.language)
    timezone.activate(ZoneInfo(link.person.time_zone))
    if not links.is_open(link):
        return sealed(render(request, "link/gone.html", {"purpose": link.purpose, "by_link": True}, status=410))
    if request.method == "POST":
        digest.end(link.person)
        link.person.digest_at = None
    return sealed(render(request, "link/no_digest.html", {"owner": link.person, "by_link": True}))


urlpatterns = [path("stop/<str:stop>", no_digest, name="no_digest")]
