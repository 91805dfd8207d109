"""A person's own meetings and commitments, for the calendar program that subscribes to this secret address."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import re_path
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from huitong.coordination.feed import calendar_of
from huitong.directory.feeds import owner_of


@require_safe
def feed(request: HttpRequest, feed: str) -> HttpResponse:
    """404 for an address that is closed, as for one that never was."""
    person = owner_of(feed)
    if person is None:
        raise Http404
    content = calendar_of(person, now=timezone.now())
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response = get_conditional_response(request, etag=etag, response=response) or HttpResponseNotModified()
    response["Cache-Control"] = "private, no-cache"  # ask each time: a closed address must be closed at once
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Disposition"] = 'inline; filename="huitong.ics"'
    return response


urlpatterns = [re_path(r"^feed/(?P<feed>[0-9A-Za-z_-]{20,100})\.ics$", feed, name="feed")]
