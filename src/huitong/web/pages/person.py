"""One entry of the organiser's directory: its details, the invitation, the calendar."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.directory import access
from huitong.matters import house
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Person
from huitong.web import calendars
from huitong.web.desk import DeskRequest, why_not
from huitong.web.pages.me import LANGUAGES


def person(request: DeskRequest, person: int) -> HttpResponse:
    """POST `do`: save, invite, calendar (with a file) or no_calendar."""
    row = access.directory_for(request.person).select_related("user", "added_by").filter(pk=person).first()
    if row is None:
        raise Http404
    if request.method != "POST":
        return _page(request, row)
    action = request.POST.get("do", "save")
    if action in ("calendar", "no_calendar"):
        error = calendars.change(request, row)
        return _page(request, row, calendar=error) if error else redirect("person", row.pk)
    try:
        if action == "invite":
            house.invite(row, request.person)
            messages.success(request, _("邀请正寄往 %(email)s。") % {"email": row.email})
        else:
            house.save_person(request.person, row, _details(request, row))
            messages.success(request, _("已保存。"))
    except Incomplete as error:
        return _page(request, row, **{error.field: error.message})
    except NotDone as error:
        return _page(request, row, name=why_not(error))
    return redirect("person", row.pk)


def _details(request: DeskRequest, row: Person) -> house.Details:
    """What was typed; a field that did not come keeps what is stored."""
    data = request.POST
    department = row.department.name if row.department else ""
    chosen = data.get("leader", str(row.leader_id or ""))
    leader = None
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        leader = access.directory_for(request.person).filter(pk=int(chosen)).first()
    if chosen and leader is None:
        raise Incomplete("leader", _("通讯录里没有这位领导，请重新选。"))
    return house.Details(
        name=data.get("name", row.name),
        department=data.get("department", department),
        title=data.get("title", row.title),
        form_of_address=data.get("form_of_address", row.form_of_address),
        email=data.get("email", row.email),
        language=data.get("language", row.language),
        time_zone=data.get("time_zone", row.time_zone).strip(),
        leader=leader,
        # A box that is not ticked sends nothing: a hidden field beside it says that it was there.
        is_organiser="is_organiser" in data if "has_organiser" in data else row.is_organiser,
        for_all="for_all" in data if "has_for_all" in data else row.added_by_id is None,
    )


def _page(request: DeskRequest, row: Person, **errors: str) -> HttpResponse:
    stored = {
        "name": row.name,
        "department": row.department.name if row.department else "",
        "title": row.title,
        "form_of_address": row.form_of_address,
        "email": row.email,
        "time_zone": row.time_zone,
        "leader": str(row.leader_id or ""),
    }
    refused = bool(errors) and request.POST.get("do", "save") == "save"
    directory = access.directory_for(request.person)
    context = {
        "row": row,
        "errors": errors,
        "value": {f: request.POST.get(f, v) if refused else v for f, v in stored.items()},
        "departments": access.departments_for(request.person).order_by("name"),
        "leaders": directory.exclude(pk=row.pk).order_by("department__name", "name", "id"),
        "languages": LANGUAGES,
        "zones": sorted(available_timezones()),
        "can_sign_in": house.can_sign_in(row),
        "invitation": house.last_invitation(row),
        **calendars.context(row),
    }
    return render(request, "person.html", context, status=422 if errors else 200)


urlpatterns = [path("people/<int:person>", person, name="person")]
