"""Pages for what went wrong: each says what to do next."""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from an old page, or cookies are refused."""
    return render(request, "error.html", {"kind": "stale"}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "error.html", {"kind": "missing"}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return render(request, "error.html", {"kind": "ours"}, status=500)
    try:
        return render(request, "error.html", {"kind": "away"}, status=503)
    except DatabaseError:  # not even who is asking can be read
        page = render_to_string("error.html", {"kind": "away", "html_language": get_language()})
        return HttpResponse(page, status=503)
