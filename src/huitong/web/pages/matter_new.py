"""A new matter: a name, a chat or mail that tells of it, or people and facts from an earlier one of one's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.directory import access
from huitong.matters.pasted import MOST_CHARACTERS, read_pasted
from huitong.matters.prepare import open_matter
from huitong.web.desk import DeskRequest
from huitong.web.pages.prepare import confirm_key

SHOWN = 20


def matter_new(request: DeskRequest) -> HttpResponse:
    """POST `title`, or `told`: a chat or a mail from which the answers are read; `from`: an earlier matter's number."""
    data = request.POST if request.method == "POST" else request.GET
    title = " ".join(data.get("title", "").replace("\x00", "").split())
    number = data.get("from", "")
    own = access.matters_of(request.person)
    earlier = own.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    told = data.get("told", "").replace("\r\n", "\n").replace("\x00", "")
    errors: dict[str, str] = {}
    if request.method == "POST":
        if len(told) > MOST_CHARACTERS:
            errors["told"] = _("太长了，请只贴说这件事的那一段（%(n)s 字以内）。") % {"n": MOST_CHARACTERS}
        elif len(title) > 300:
            errors["title"] = _("名字太长了，请控制在 300 字以内。")
        pasted = read_pasted(told, request.person) if told.strip() and not errors else None
        if not errors and not title and not (pasted and pasted.title):
            errors["title"] = _("给这件事起个名字，往后各处都用它。")
        if not errors:
            row = open_matter(
                request.person, title=title or (pasted.title if pasted else ""), begin_from=earlier, pasted=pasted
            )
            if pasted:
                request.session[confirm_key(row)] = pasted.confirm
                messages.success(request, _said(len(pasted.answers), len(pasted.confirm)))
            return redirect("prepare", row.pk)
    rows = list(own.exclude(title="").order_by("-stage_since", "-id")[:SHOWN])
    if earlier and earlier not in rows:
        rows.insert(0, earlier)
    context = {
        "title": title,
        "told": told,
        "errors": errors,
        "earlier": earlier,
        "rows": rows,
        "longest": MOST_CHARACTERS,
    }
    return render(request, "matter_new.html", context, status=422 if errors else 200)


def _said(filled: int, doubtful: int) -> str:
    said = _("从你贴的话里填好了 %(n)s 项，请核对。") % {"n": filled}
    return said + (_("标着“请核对”的 %(n)s 处是推出来的。") % {"n": doubtful} if doubtful else "")


urlpatterns = [path("matters/new", matter_new, name="matter_new")]
