"""The language of the pages, for this browser."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from huitong.web.middleware import LANGUAGE_COOKIE

A_YEAR = 60 * 60 * 24 * 365


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language in a cookie and go back to `?next=`, a path of ours. It changes no row."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response


urlpatterns = [path("language/<slug:code>", language, name="language")]
