"""One promise, seen by the requester: done, another day, or not possible."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.matters import coordinate
from huitong.matters.errors import Incomplete, NotDone
from huitong.web.desk import DeskRequest, day_of, why_not
from huitong.web.fields import text_of


def commitment(request: DeskRequest, matter: int, commitment: int) -> HttpResponse:
    row = request.matter.commitments.select_related("matter__requester", "owner").filter(pk=commitment).first()
    if row is None:
        raise Http404
    context: dict[str, object] = {"matter": request.matter, "promise": row, "typed": request.POST}
    if request.method != "POST":
        return render(request, "commitment.html", context)
    what = request.POST.get("do", "")
    try:
        words = text_of(request.POST, "words", 2000)
        if what == "kept":
            coordinate.keep_promise(row, by=request.person, words=words)
        elif what == "moved":
            coordinate.move_promise(row, by=request.person, to=day_of(request.POST.get("to")), reason=words)
        elif what == "broken":
            coordinate.break_promise(row, by=request.person, words=words)
        elif what == "reopen":
            coordinate.reopen_promise(row, by=request.person)
        else:
            raise Incomplete("do", _("请选一项。"))
    except NotDone as error:
        field = error.field if isinstance(error, Incomplete) else ""
        context |= {"error": why_not(error), "field": field}
        return render(request, "commitment.html", context, status=422 if field else 409)
    messages.success(request, _("记下了。"))
    return redirect("matter", matter=request.matter.pk)


urlpatterns = [path("matters/<int:matter>/commitments/<int:commitment>", commitment, name="commitment")]
