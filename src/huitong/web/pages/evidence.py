"""The files that a requester lays beside a request, each for the leader only or for both sides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from huitong.matters import evidence as actions
from huitong.matters.errors import Incomplete, NotDone
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.evidence import serve, tiles
from huitong.web.fields import number_of


def evidence(request: DeskRequest, matter: int) -> HttpResponse:
    """POST `do`: add (with `file` and `audience`), remove or audience; ?evidence= shows one."""
    row, address = request.matter, reverse("evidence", args=[matter])
    if "evidence" in request.GET:
        return serve(request, row, address)
    error: NotDone | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act(request))
            return redirect(address)
        except NotDone as refused:
            error = refused
    audience = request.POST.get("audience", "")
    context = {
        "matter": row,
        "life": life(row, page="write"),
        "tiles": tiles(row, address),
        "most": actions.MOST,
        "audience": audience if audience in actions.AUDIENCES else actions.LEADER,
        "open": row.closed_at is None,
        "error": why_not(error) if error else "",
        "field": field_of(error),
    }
    return render(request, "evidence.html", context, status=status_of(error))


def _act(request: DeskRequest) -> str:
    post, row, person = request.POST, request.matter, request.person
    number = number_of(post.get("evidence")) or 0
    match post.get("do"):
        case "add":
            file = request.FILES.get("file")
            if file is None:
                raise Incomplete("file", _("请选一个文件。"))
            if actions.is_too_large(file.size or 0):  # before it is read into memory
                raise Incomplete("file", actions.why_not_taken(file.name or "", "large"))
            name, audience = file.name or "", post.get("audience", "")
            made = actions.add(row, person, name=name, content=file.read(), audience=audience)
            return _("放好了：%(name)s。") % {"name": made.name}
        case "remove":
            actions.remove(row, person, evidence=number)
            return _("移走了，谁都看不到了。")
        case "audience":
            actions.show_to(row, person, evidence=number, audience=post.get("audience", ""))
            return _("改好了。")
    raise Incomplete("do", _("请再点一次。"))


urlpatterns = [path("matters/<int:matter>/evidence", evidence, name="evidence")]
