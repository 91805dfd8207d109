"""What one is asked to do and has promised, in whosever matter: by the link in a reminder of several, or signed in."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huitong.coordination.commitments import UNSETTLED
from huitong.directory import access
from huitong.web.confirm import Reader, respond
from huitong.web.desk import DeskRequest
from huitong.web.fields import number_of
from huitong.web.promise import PromisePage

MOST: Final = 50


def answer(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The list, soonest first; with ?promise= the page of one of them."""
    if "promise" in request.GET:
        return _one(request, reader)
    rows = access.commitments_of(reader.person).filter(state__in=UNSETTLED, matter__closed_at=None)
    shown = list(rows.order_by("by", "id")[: MOST + 1])
    count = rows.count() if len(shown) > MOST else len(shown)
    context = {
        "reader": reader,
        "by_link": reader.link is not None,
        "promises": shown[:MOST],
        "more": count - len(shown[:MOST]),
        "today": timezone.localdate(),
    }
    return render(request, "commitments.html", context)


def _one(request: HttpRequest, reader: Reader) -> HttpResponse:
    rows = access.commitments_of(reader.person) if reader.link else access.commitments_to_say(reader.person)
    promise = rows.filter(pk=number_of(request.GET["promise"])).first()
    if promise is None:
        raise Http404
    reader = Reader(person=reader.person, address=f"{reader.address}?promise={promise.pk}", link=reader.link)
    return respond(request, reader, PromisePage(request, reader, promise))


@require_http_methods(["GET", "HEAD", "POST"])
def commitments(request: DeskRequest) -> HttpResponse:
    return answer(request, Reader(person=request.person, address=reverse("commitments")))


urlpatterns = [path("commitments", commitments, name="commitments")]
