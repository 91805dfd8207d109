"""The house's own review: which rules an organiser has switched off, and the names that are the house's."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huitong.matters import polish
from huitong.matters.errors import Incomplete
from huitong.matters.review_settings import KINDS, review_settings, set_review
from huitong.method import Element, Fault, Language
from huitong.method.words import element_name, fault_name
from huitong.review import missing_advice
from huitong.review.rules import rule
from huitong.web.desk import DeskRequest

POLISH = ("polish-on", "polish-off")


def rules(request: DeskRequest) -> HttpResponse:
    """POST `on`: the codes that stay on; `departments`, `products`, `titles`: names a line; or `do`, one of POLISH."""
    row = review_settings(request.person)
    off = list(row.off)
    words = {kind: "\n".join(getattr(row, kind)) for kind in KINDS}
    errors: dict[str, str] = {}
    if request.POST.get("do") in POLISH:
        return _switch_polish(request, on=request.POST["do"] == "polish-on")
    if request.method == "POST":
        on = request.POST.getlist("on")
        off = [str(code) for code in (*Fault, *Element) if code not in on]
        words = {kind: request.POST.get(kind, "").replace("\x00", "") for kind in KINDS}
        try:
            lists = {kind: [line.strip() for line in text.splitlines() if line.strip()] for kind, text in words.items()}
            set_review(request.person, off=off, words=lists)
            messages.success(request, _("已保存，下一次审读就按这个来。"))
            return redirect("rules")
        except Incomplete as error:
            errors = {error.field: error.message}
    language = Language.EN if (get_language() or "").startswith("en") else Language.ZH
    context = {
        "faults": [(str(c), fault_name(c, language), rule(c, language).why, str(c) not in off) for c in Fault],
        "elements": [
            (str(c), element_name(c, language), missing_advice(c, language)[0], str(c) not in off) for c in Element
        ],
        "words": words,
        "errors": errors,
        "polish": polish.server(),
        "polish_on": polish.server() and polish.is_on(request.person),
    }
    return render(request, "rules.html", context, status=422 if errors else 200)


def _switch_polish(request: DeskRequest, *, on: bool) -> HttpResponse:
    if polish.server() is None:
        raise Http404
    polish.switch(request.person, on=on)
    messages.success(request, _("润色已打开。") if on else _("润色已关掉，设置都留着。"))
    return redirect("rules")


urlpatterns = [path("rules", rules, name="rules")]
