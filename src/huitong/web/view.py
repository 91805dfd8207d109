"""The other department's view, written at the link in its letter; of the request the page shows the matter's name."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.matters import views
from huitong.matters.errors import NotDone
from huitong.matters.verdicts import MAX_WORDS
from huitong.records.models import View
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A view that this reader was asked for (see web.confirm.Page)."""

    request: HttpRequest
    reader: Reader
    view: View

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        view = self.view
        view.refresh_from_db(fields=["text", "given_by", "given_at"])
        context = {
            "reader": self.reader,
            "by_link": True,
            "view": view,
            "leader": view.request.leader,
            "requester": view.request.matter.requester,
            "matter": view.request.matter,
            "is_open": views.is_open(view),
            "text": typed.get("text", view.text),
            "longest": MAX_WORDS,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/view.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        text = typed.get("text", "")
        views.check(text)
        facts = {"leader": self.view.request.leader.address, "name": self.view.request.matter.requester.name}
        return Summary(_("您这边的情况"), text, _("%(leader)s和%(name)s会看到") % facts)

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        text = typed.get("text", "").replace("\r\n", "\n")
        views.give(self.view, self.reader.person, text=text, by_name=by_name)
        messages.success(self.request, _("收到了，谢谢您。定下来之前都可以改。"))
        return redirect(self.reader.address)
