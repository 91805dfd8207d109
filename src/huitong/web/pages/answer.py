"""Answer the leader's question: their words first, then one's own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.matters.decide import open_question, reply
from huitong.matters.errors import NotDone
from huitong.matters.texts import forget_text
from huitong.matters.verdicts import MAX_WORDS
from huitong.records.models import Matter
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.fields import text_of
from huitong.web.texts import keep_if_possible, sheet


def answer(request: DeskRequest, matter: int) -> HttpResponse:
    """GET shows the question, once the leader can no longer take it back; POST sends the answer."""
    row = request.matter
    page: dict[str, Any] = {"matter": row, "life": life(row, page="matter"), "longest": MAX_WORDS}
    if request.method == "POST":
        keep_if_possible(row, request.person, "answer", request.POST)
        try:
            reply(row, request.person, text_of(request.POST, "text", MAX_WORDS))
        except NotDone as error:
            page |= {"error": why_not(error), "field": field_of(error)}
            page |= _asked(row, request.POST)
            return render(request, "answer.html", page, status=status_of(error))
        forget_text(row, "answer")
        messages.success(request, _("答复正在送出。"))
        return redirect("matter", matter=row.pk)
    return render(request, "answer.html", page | _asked(row))


def _asked(matter: Matter, typed: QueryDict | None = None) -> dict[str, Any]:
    """The question with the answer's sheet; what was typed, where nothing is asked any more."""
    shown = sheet(matter, "answer", typed)
    gone = typed.get("text", "") if typed is not None and shown is None else ""
    return {"question": open_question(matter), "sheet": shown, "gone": gone}


urlpatterns = [path("matters/<int:matter>/answer", answer, name="answer")]
