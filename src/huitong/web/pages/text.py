"""One text of the life: kept as it is typed, downloaded, seen as its receiver will see it; some have a page here."""

from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.coordination import meetings
from huitong.delivery import outbox
from huitong.documents import ReportError
from huitong.matters import close, coordinate, texts
from huitong.matters import request as asking
from huitong.matters.brief import brief_of
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.templates import house_of
from huitong.matters.texts import LifeText, Outgoing
from huitong.method import Brief, Channel, Language
from huitong.records.models import Matter, Outbox
from huitong.web.desk import DeskRequest, why_not
from huitong.web.fields import text_of
from huitong.web.html_file import page_of
from huitong.web.pages.speak import card_of
from huitong.web.texts import (
    NAMES,
    Sheet,
    as_document,
    as_file,
    keep,
    kind_of,
    place_of,
    sheet,
    with_typed,
)

FILES: Final = ("txt", "docx", "pdf")
PREVIEW: Final = "preview"
OWN_PAGE: Final = ("minutes", "declined", "reminder")


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: DeskRequest, matter: int, name: str) -> HttpResponse:
    """GET shows where it is edited, with ?as=txt|docx|pdf|preview what it is; POST keeps it and does what `as` says."""
    row = request.matter
    if kind_of(name) not in NAMES:
        raise Http404
    if request.method == "POST":
        return _post(request, row, name)
    found = texts.text_of(row, name)
    if found is None:
        return redirect("matter", matter=row.pk)
    asked_as = request.GET.get("as", "")
    if asked_as == PREVIEW:
        return _preview(request, row, found)
    if asked_as == "html" and kind_of(name) in texts.DOCUMENTS:
        return page_of(as_document(row, found, "html"))
    if asked_as in FILES:
        return _file(request, row, found, asked_as)
    here = place_of(row, name)
    return _page(request, row, name) if here == request.path else redirect(here)


def _post(request: DeskRequest, row: Matter, name: str) -> HttpResponse:
    typed, does = request.POST, request.POST.get("as", "")
    try:
        if does == "composed":
            texts.use_composed(row, request.person, name)
            return _again(request, row, name)
        other = keep(row, request.person, name, typed)
        if other is None and does == "keep":
            texts.keep_edited(row, request.person, name)
            return _again(request, row, name)
        if other is not None:
            return _not_kept(request, row, name, _("这份文稿在别处改过，刚才写的还没有存。"), other)
        if does == "send":
            return _send(request, row, name)
        if does == "handed":
            asking.remind_by_hand(row, request.person)
            messages.success(request, _("记下了。"))
            return redirect("matter", matter=row.pk)
    except NotDone as error:
        return _not_kept(request, row, name, why_not(error))
    if request.htmx:
        return render(request, "text/_kept.html", {"sheet": sheet(row, name)})
    if does in (*FILES, PREVIEW):
        return HttpResponseRedirect(f"{request.path}?as={does}")
    return redirect(place_of(row, name))


def _again(request: DeskRequest, row: Matter, name: str) -> HttpResponse:
    """The sheet as it is now; by itself where only that was asked for, so that the page's other fields stay."""
    if request.htmx:
        return render(request, "_text.html", {"sheet": sheet(row, name)})
    return redirect(place_of(row, name))


def _not_kept(request: DeskRequest, row: Matter, name: str, why: str, other: LifeText | None = None) -> HttpResponse:
    """Nothing is stored; what was typed is on the page, beside what is stored if that is something else."""
    now = sheet(row, name)
    if now is None:  # what the text was for is over: it can still be copied
        typed = request.POST.get("text", "")
        shown = {"matter": row, "label": NAMES[kind_of(name)], "gone": typed, "error": why}
        template = "text/_refused.html" if request.htmx else "text.html"
        return render(request, template, shown, status=200 if request.htmx else 409)
    typed_sheet = replace(with_typed(now, request.POST), other=other, refused=why)
    if request.htmx:
        return render(request, "text/_kept.html", {"sheet": typed_sheet})
    return _page(request, row, name, replace(typed_sheet, refused="", changes=()), why)


def _page(request: DeskRequest, row: Matter, name: str, shown: Sheet | None = None, error: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "matter": row,
        "label": NAMES[kind_of(name)],
        "sheet": shown or sheet(row, name),
        "error": error,
        "own": name in OWN_PAGE,
    }
    asked = asking.current_request(row)
    if asked and name in OWN_PAGE:
        context |= {"leader": asked.leader} | _own(row, asked, name)
    return render(request, "text.html", context, status=409 if error else 200)


def _own(row: Matter, asked: asking.Request, name: str) -> dict[str, Any]:
    """What a text's own page says beside it."""
    if name == "minutes":
        meeting = meetings.last_held(row)
        guests = meeting.attendees.exclude(person=row.requester).select_related("person") if meeting else []
        return {"meeting": meeting, "guests": [a.person for a in guests if a.person.email]}
    if name == "declined":
        decision = coordinate.decision_in_force(row)
        sent = decision and Outbox.objects.filter(key=close.after_no_key(decision)).exists()
        return {"sent": sent}
    by_mail = asked.way == asking.MAIL
    return {"next": asking.next_reminder(asked) if by_mail else None, "by_hand": not by_mail}


def _send(request: DeskRequest, row: Matter, name: str) -> HttpResponse:
    subject, words = text_of(request.POST, "subject", 300), text_of(request.POST, "text", texts.LONGEST)
    if name == "minutes":
        told = coordinate.send_minutes(row, request.person, subject=subject, text=words)
        said = _("纪要正在送给%(name)s。") % {"name": _("、").join(person.name for person in told)}
    elif name == "declined":
        leader = close.send_after_no(row, request.person, subject=subject, text=words)
        said = _("正在送给%(name)s。") % {"name": leader.address}
    else:
        raise Incomplete("as", _("请再点一次。"))
    messages.success(request, said)
    return redirect("matter", matter=row.pk)


def _file(request: DeskRequest, row: Matter, found: LifeText, format: str) -> HttpResponse:
    try:
        return as_file(row, found, texts.outgoing(row, found), format)
    except ReportError as error:
        messages.error(request, error.problem.message(request.person.language))
        return redirect(place_of(row, found.name))


def _preview(request: DeskRequest, row: Matter, found: LifeText) -> HttpResponse:
    out = texts.outgoing(row, found)
    if out is None and kind_of(found.name) in texts.DOCUMENTS:
        return page_of(as_document(row, found, "html"))
    asked = asking.current_request(row)
    plain = outbox.Letter(title="", before=outbox.paragraphs(found.text))
    context: dict[str, Any] = {
        "matter": row,
        "label": NAMES[kind_of(found.name)],
        "place": place_of(row, found.name),
        "out": out or Outgoing(asked.leader.address if asked else _name_of_leader(row), plain),
        "language": Language(row.language).html,
    }
    if found.name == Channel.SPOKEN:
        brief = brief_of(row)
        context |= {"card": card_of(row, found.text, brief, house_of(row)), "name": context["out"].to}
    return render(request, "preview.html", context)


def _name_of_leader(row: Matter) -> str:
    brief: Brief = brief_of(row)
    return brief.leader.form_of_address or brief.leader.name


urlpatterns = [path("matters/<int:matter>/texts/<slug:name>", text, name="text")]
