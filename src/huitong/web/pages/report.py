"""The report back to the leader: composed from what happened, edited, sent or copied."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.matters import close
from huitong.matters.errors import NotDone
from huitong.matters.holds import is_held
from huitong.matters.request import current_request
from huitong.matters.texts import LONGEST, forget_text
from huitong.web.desk import DeskRequest, why_not
from huitong.web.fields import text_of
from huitong.web.texts import keep_if_possible, sheet


def report(request: DeskRequest, matter: int) -> HttpResponse:
    row = request.matter
    asked = current_request(row)
    if asked is None or asked.delivered_at is None or is_held(row):
        return redirect("matter", matter=row.pk)
    context: dict[str, object] = {"matter": row, "leader": asked.leader}
    if request.method == "POST":
        keep_if_possible(row, request.person, "progress", request.POST)
        try:
            leader = close.send_report(
                row,
                request.person,
                subject=text_of(request.POST, "subject", 300),
                text=text_of(request.POST, "text", LONGEST),
            )
        except NotDone as error:
            context |= {"error": why_not(error), "sheet": sheet(row, "progress", request.POST)}
            return render(request, "report.html", context, status=422)
        forget_text(row, "progress")
        messages.success(request, _("汇报正在送给%(leader)s。") % {"leader": leader.address})
        return redirect("matter", matter=row.pk)
    return render(request, "report.html", context | {"sheet": sheet(row, "progress")})


urlpatterns = [path("matters/<int:matter>/report", report, name="report")]
