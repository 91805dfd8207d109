"""The link in a mail: one person, one purpose, no password. Opening it changes nothing and never uses it up."""

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huitong.directory import links
from huitong.records.models import Link
from huitong.web import digest_list, evidence, invite, promise
from huitong.web.agreement import AgreementPage
from huitong.web.attend import AttendPage
from huitong.web.confirm import Reader, respond
from huitong.web.consult import ConsultPage
from huitong.web.feedback import FeedbackPage
from huitong.web.middleware import LANGUAGE_COOKIE, POLICY, speak
from huitong.web.minutes import MinutesPage, minutes_for
from huitong.web.pages import commitments, note
from huitong.web.pages.decide import DecidePage
from huitong.web.standing import SeriesPage
from huitong.web.view import ViewPage

# These pages load no script at all.
POLICY_WITHOUT_SCRIPT: Final = POLICY.replace("script-src 'self'", "script-src 'none'").replace(
    "connect-src 'self'", "connect-src 'none'"
)


def _decide(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    asked = link.request
    if asked is None or asked.leader_id != link.person_id:  # the requester asks someone else by now
        return gone(request, link)
    if "evidence" in request.GET:
        return evidence.serve(request, asked.matter, reader.address)
    return respond(request, reader, DecidePage(request, reader, asked))


def _answer(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.note is None:
        raise Http404
    return note.answer(request, reader, link.note)


def _commitment(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.commitment is None:
        raise Http404
    return respond(request, reader, promise.PromisePage(request, reader, link.commitment))


def _consult(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.consultation is None:
        raise Http404
    return respond(request, reader, ConsultPage(request, reader, link.consultation))


def _meeting(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.meeting is None or not link.meeting.attendees.filter(person_id=link.person_id).exists():
        raise Http404
    return respond(request, reader, AttendPage(request, reader, link.meeting))


def _agreement(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    agreement = link.agreement
    if agreement is None or link.person_id not in (agreement.head_id, agreement.leader_id):
        raise Http404
    return respond(request, reader, AgreementPage(request, reader, agreement))


def _series(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.series is None or not link.series.guests.filter(person_id=link.person_id).exists():
        raise Http404
    return respond(request, reader, SeriesPage(request, reader, link.series))


def _view(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.view is None:
        raise Http404
    return respond(request, reader, ViewPage(request, reader, link.view))


def _minutes(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    written = minutes_for(link)
    if written is None:
        raise Http404
    return respond(request, reader, MinutesPage(request, reader, written))


def _feedback(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if link.feedback is None:
        raise Http404
    return respond(request, reader, FeedbackPage(request, reader, link.feedback))


PURPOSES: Final[dict[str, Callable[[HttpRequest, Link, Reader], HttpResponse]]] = {
    "decide": _decide,
    "answer": _answer,
    "commitment": _commitment,
    "consult": _consult,
    "commitments": lambda request, _link, reader: commitments.answer(request, reader),
    "meeting": _meeting,
    "agreement": _agreement,
    "series": _series,
    "view": _view,
    "feedback": _feedback,
    "minutes": _minutes,
    "invite": invite.take_up,
    "digest": digest_list.show,
}


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    found = links.find(token)
    if found is None or found.purpose not in PURPOSES:
        raise Http404
    if LANGUAGE_COOKIE not in request.COOKIES:
        speak(found.person.language)
    timezone.activate(ZoneInfo(found.person.time_zone))
    if links.is_open(found):
        reader = Reader(person=found.person, address=reverse("link", args=[token]), link=found)
        response = PURPOSES[found.purpose](request, found, reader)
    else:
        response = gone(request, found)
    return sealed(response)


def sealed(response: HttpResponse) -> HttpResponse:
    """What a link opens: without script, told to no other page, kept by nobody."""
    response["Content-Security-Policy"] = POLICY_WITHOUT_SCRIPT
    # Not no-referrer: with that a browser sends "Origin: null" with our own forms, which are then refused.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def gone(request: HttpRequest, found: Link) -> HttpResponse:
    """The link is no longer open: what to do instead, and nothing of what it was about."""
    context = {"purpose": found.purpose, "days": settings.LINK_DAYS}
    return render(request, "link/gone.html", context, status=410)


# Mail programs glue what follows in the text onto a link.
_GLUED: Final = r"""[.。,，;；:：!！?？)）>》\]】、”’"']*/?"""
urlpatterns = [re_path(rf"^(?P<token>[0-9A-Za-z]{{{links.TOKEN_LENGTH}}}){_GLUED}$", link, name="link")]
