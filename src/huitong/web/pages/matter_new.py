"""A new matter: a name for it, or people and facts from an earlier one of one's own."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.directory import access
from huitong.matters.prepare import open_matter
from huitong.web.desk import DeskRequest

SHOWN = 20


def matter_new(request: DeskRequest) -> HttpResponse:
    """POST `title` and, if it begins from an earlier matter, `from`: its number. ?from= preselects one."""
    data = request.POST if request.method == "POST" else request.GET
    title = " ".join(data.get("title", "").replace("\x00", "").split())
    number = data.get("from", "")
    own = access.matters_of(request.person)
    earlier = own.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    error = ""
    if request.method == "POST":
        if not title:
            error = _("给这件事起个名字，往后各处都用它。")
        elif len(title) > 300:
            error = _("名字太长了，请控制在 300 字以内。")
        else:
            return redirect("prepare", open_matter(request.person, title=title, begin_from=earlier).pk)
    rows = list(own.exclude(title="").order_by("-stage_since", "-id")[:SHOWN])
    if earlier and earlier not in rows:
        rows.insert(0, earlier)
    context = {"title": title, "error": error, "earlier": earlier, "rows": rows}
    return render(request, "matter_new.html", context, status=422 if error else 200)


urlpatterns = [path("matters/new", matter_new, name="matter_new")]
