"""One's own calendars: connect, see exactly what is kept and which of them blocks, say what counts, remove."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery.calendars import oauth
from huitong.directory import access
from huitong.directory import calendars as kept
from huitong.directory.calendars import DAYS, MOST
from huitong.matters import calendars as connecting
from huitong.matters.errors import Incomplete, NotDone, NotNow
from huitong.records.models import Calendar
from huitong.timing import CalendarError
from huitong.web import calendars as pictures
from huitong.web import week
from huitong.web.desk import DeskRequest, address_of, why_not

_LEAVE: Final = "calendar_leave"  # in the session, while somebody is at their provider


def calendars(request: DeskRequest) -> HttpResponse:
    """POST `do`: add_file, add_address, add_caldav, leave (with `kind`); choose, save, again, remove (with `id`)."""
    if request.method != "POST":
        return _page(request)
    try:
        match request.POST.get("do"):
            case "add_file":
                return _file(request)
            case "leave":
                return _leave(request)
            case "add_address" | "add_caldav" as what:
                _add(request, what)
            case _:
                _change(request)
    except Incomplete as error:
        return _page(request, **{error.field: error.message})
    except NotDone as error:
        return _page(request, form=why_not(error))
    return redirect("calendars")


def _file(request: DeskRequest) -> HttpResponse:
    content = pictures.file_of(request)
    if isinstance(content, str):
        return _page(request, calendar=content)
    try:
        reading = connecting.add_file(request.person, *content)
    except CalendarError as error:
        return _page(request, calendar=pictures.why(error))
    pictures.tell(request, reading)
    return redirect("calendars")


def _add(request: DeskRequest, what: str) -> None:
    data, person = request.POST, request.person
    if what == "add_address":
        connecting.add_address(person, data.get("address", ""), data.get("address_name", ""))
    else:
        connecting.add_caldav(person, data.get("server", ""), data.get("user", ""), data.get("password", ""))
    messages.success(request, _("记下了，正在取。"))


def _change(request: DeskRequest) -> None:
    data = request.POST
    calendar = access.calendar_of(request.person, data.get("id", ""))
    if calendar is None:
        raise NotNow("it is no longer there")
    match data.get("do"):
        case "choose":
            numbers = {int(n) for n in data.getlist("choice") if n.isascii() and n.isdigit() and len(n) < 4}
            connecting.choose_collections(calendar, numbers)
            messages.success(request, _("记下了，正在取。"))
        case "save":
            counts = data.get("counts", "")
            if counts not in kept.COUNTS:
                raise Incomplete("form", _("请再点一次。"))
            kept.choose(calendar, name=data.get("name", ""), counts=counts, soft_is_busy="soft_is_busy" in data)
            messages.success(request, _("已保存。"))
        case "again":
            connecting.again(calendar)
            messages.success(request, _("正在取。"))
        case "remove":
            kept.remove(Calendar.objects.filter(pk=calendar.pk), request.person)
            messages.success(request, _("删掉了：忙闲、地址、密码和许可都没有留下。"))
        case _:
            raise Incomplete("form", _("请再点一次。"))


# --- leave, given at Google or Microsoft ---


def _leave(request: DeskRequest) -> HttpResponse:
    """Say what will be asked for, and show the way there."""
    kind, data = request.POST.get("kind", ""), request.POST
    provider = connecting.providers().get(kind)
    if provider is None or request.person.is_sample:
        raise NotNow("nobody has set it up")
    mailbox = address_of(data.get("mailbox", "") or request.person.email)
    begun = oauth.begin()
    request.session[_LEAVE] = {**begun, "kind": kind, "mailbox": mailbox}
    context = {"name": provider.name, "address": oauth.address(provider, begun, _back())}
    return render(request, "calendars/leave.html", context)


def calendar_return(request: DeskRequest) -> HttpResponse:
    """Where Google or Microsoft lead back to, with a code or with a no."""
    begun = request.session.get(_LEAVE)
    state = request.GET.get("state", "")
    if not begun or not state.isascii() or not oauth.is_same(begun["state"], state):
        return _page(request, form=_("这次许可不是从这里要的，什么都没有连上。请再试一次。"))
    del request.session[_LEAVE]
    try:
        connecting.add_leave(
            request.person,
            begun["kind"],
            code=request.GET.get("code", ""),
            begun=begun,
            back=_back(),
            mailbox=begun["mailbox"],
        )
    except Incomplete as error:
        return _page(request, form=error.message)
    except NotDone as error:
        return _page(request, form=why_not(error))
    messages.success(request, _("记下了，正在取。"))
    return redirect("calendars")


def _back() -> str:
    return settings.ADDRESS + reverse("calendar_return")


# --- the page ---


def _page(request: DeskRequest, **errors: str) -> HttpResponse:
    person, now, data = request.person, timezone.now(), request.POST
    found = kept.each_busy(person)
    counting = [(row.name, kept.counted(row, busy)) for row, busy in found if row.taken_at and row.counts != kept.NONE]
    rows = pictures.shown(found, person.time_zone)
    context = {
        "rows": rows,
        "waiting": any(row.due_at is not None and row.due_at <= now for row, _busy in found),
        "week": week.own_rows(counting, zone=person.time_zone, now=now) if counting else [],
        "lanes": [name for name, _busy in counting],
        "ticks": week.ticks(),
        "counts": pictures.COUNTS,
        "providers": connecting.providers(),
        "room": len(rows) < MOST,
        "most": MOST,
        "days": DAYS,
        "errors": errors,
        "typed": {name: data.get(name, "") for name in ("address_name", "server", "user")} if errors else {},
    }
    return render(request, "calendars.html", context, status=422 if errors else 200)


urlpatterns = [
    path("calendars", calendars, name="calendars"),
    path("calendars/return", calendar_return, name="calendar_return"),
]
