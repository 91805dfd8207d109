"""The leader's question to someone else, answered by the link in its mail; of the request it shows the name alone."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.matters import consult
from huitong.matters.errors import NotDone
from huitong.matters.verdicts import MAX_WORDS
from huitong.records.models import Consultation
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not


@dataclass(frozen=True, slots=True)
class ConsultPage:
    """A question to this reader (see web.confirm.Page)."""

    request: HttpRequest
    reader: Reader
    consultation: Consultation

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        asked = self.consultation
        asked.refresh_from_db(fields=["answer", "answered_at", "answered_by", "withdrawn_at"])
        context = {
            "reader": self.reader,
            "by_link": True,
            "other": "other" in (self.request.GET.get("who"), typed.get("as")),
            "asked": asked,
            "leader": asked.request.leader,
            "matter": asked.request.matter,
            "is_open": asked.answered_at is None and consult.is_open(asked),
            "typed": typed,
            "longest": MAX_WORDS,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/consult.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        text = typed.get("text", "")
        consult.check_answer(text)
        small = _("答复%(leader)s的问题") % {"leader": self.consultation.request.leader.address}
        return Summary(_("您的意见"), text, small)

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        text = typed.get("text", "").replace("\r\n", "\n")
        consult.answer(self.consultation, by=self.reader.person, text=text, by_name=by_name)
        messages.success(
            self.request, _("已经转给%(leader)s，谢谢您。") % {"leader": self.consultation.request.leader.address}
        )
        return redirect(self.reader.address)
