"""The house's further kinds of help: what each is called, which words speak of it, and its steps."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.matters import kinds as actions
from huitong.matters.errors import Incomplete
from huitong.records.models import HelpKind
from huitong.web.desk import DeskRequest
from huitong.web.fields import number_of

FIELDS = ("name", "name_en", "cues", "steps")


def kinds(request: DeskRequest) -> HttpResponse:
    """POST `kind` (a number, or nothing for a new one) with FIELDS keeps it; with `do` delete it is deleted."""
    post, own = request.POST, actions.kinds_of(request.person)
    errors: dict[str, str] = {}
    number = number_of(post.get("kind"))
    edited = next((kind for kind in own if kind.pk == number), None)
    if request.method == "POST":
        if post.get("kind") and edited is None:
            raise Http404
        if post.get("do") == "delete" and edited:
            actions.delete_kind(request.person, edited)
            messages.success(request, _("删掉了。用过它的事项照旧。"))
            return redirect("kinds")
        try:
            typed = {name: post.get(name, "").replace("\x00", "") for name in FIELDS}
            actions.save_kind(request.person, edited, **typed)
            messages.success(request, _("已保存。"))
            return redirect("kinds")
        except Incomplete as error:
            errors = {error.field: error.message}
    rows = [_row(kind, post if errors and kind == edited else None) for kind in own]
    new = {name: post.get(name, "") for name in FIELDS} if errors and edited is None else dict.fromkeys(FIELDS, "")
    context = {"rows": rows, "new": new, "errors": errors, "edited": edited.pk if edited else None}
    return render(request, "kinds.html", context, status=422 if errors else 200)


def _row(kind: HelpKind, typed: object) -> dict[str, object]:
    kept = {"name": kind.name, "name_en": kind.name_en, "cues": kind.cues, "steps": actions.steps_text(kind)}
    told = {name: typed.get(name, "") for name in FIELDS} if hasattr(typed, "get") else kept
    return {"pk": kind.pk, "title": actions.name_of(kind), **told}


urlpatterns = [path("kinds", kinds, name="kinds")]
