"""Answer the leader's question: their words first, then one's own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.matters.decide import reply, standing_decision
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.request import current_request
from huitong.matters.verdicts import MAX_WORDS, Verdict
from huitong.records.models import Decision, Matter
from huitong.web.desk import DeskRequest, life, why_not
from huitong.web.fields import text_of


def answer(request: DeskRequest, matter: int) -> HttpResponse:
    """GET shows the question, once the leader can no longer take it back; POST sends the answer."""
    row = request.matter
    page: dict[str, Any] = {"matter": row, "life": life(row, page="matter"), "longest": MAX_WORDS}
    if request.method == "POST":
        page["text"] = request.POST.get("answer", "")
        try:
            reply(row, request.person, text_of(request.POST, "answer", MAX_WORDS))
        except NotDone as error:
            page |= {"error": why_not(error), "field": error.field if isinstance(error, Incomplete) else ""}
            page["question"] = _question(row)
            return render(request, "answer.html", page, status=422 if page["field"] else 409)
        messages.success(request, _("答复正在送出。"))
        return redirect("matter", matter=row.pk)
    return render(request, "answer.html", page | {"question": _question(row)})


def _question(matter: Matter) -> Decision | None:
    asked = current_request(matter)
    standing = standing_decision(asked) if asked else None
    if standing is None or standing.verdict != Verdict.ASK or standing.effective_at > timezone.now():
        return None
    return standing


urlpatterns = [path("matters/<int:matter>/answer", answer, name="answer")]
