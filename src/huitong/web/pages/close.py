"""Close a matter with its outcome; then thank everyone who helped."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.matters import close as actions
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.stages import Action, can
from huitong.records.models import Matter, Outbox
from huitong.web.desk import DeskRequest, life, why_not
from huitong.web.fields import text_of


def close(request: DeskRequest, matter: int) -> HttpResponse:
    row = request.matter
    if request.method == "POST":
        return _thank(request, row) if row.closed_at else _close(request, row)
    return render(request, "close.html", _context(row))


def _context(row: Matter) -> dict[str, object]:
    asked = row.requests.exists()
    thanked = set(Outbox.objects.filter(matter=row, kind="thanks").values_list("person_id", flat=True))
    return {
        "matter": row,
        "life": life(row, page="close"),
        "can_close": can(row, Action.CLOSE),
        "days": actions.days_so_far(row),
        "asked": asked,
        "thanks": actions.thanks_of(row) if row.closed_at and asked else [],
        "thanked": thanked,
        "open_promises": row.commitments.filter(state="open")
        .exclude(decision__effective_at__gt=timezone.now())
        .count(),
    }


def _close(request: DeskRequest, row: Matter) -> HttpResponse:
    post = request.POST
    try:
        days = post.get("days", "").strip()
        if not (days.isascii() and days.isdigit() and len(days) < 5):
            raise Incomplete("days", _("请写天数，例如 12。"))
        actions.close(
            row,
            request.person,
            outcome=text_of(post, "outcome", 2000),
            settled=post.get("settled") == "yes",
            days=int(days),
        )
    except NotDone as error:
        field = error.field if isinstance(error, Incomplete) else ""
        context = _context(row) | {"error": why_not(error), "field": field, "typed": post}
        return render(request, "close.html", context, status=422 if field else 409)
    messages.success(request, _("办结了。"))
    return redirect("close", matter=row.pk)


def _thank(request: DeskRequest, row: Matter) -> HttpResponse:
    thank = next((t for t in actions.thanks_of(row) if t.key == request.POST.get("to")), None)
    if thank is None and "to" not in request.POST:  # closed already, by a second tap or in another tab
        return redirect("close", matter=row.pk)
    if thank is None:
        raise Http404
    try:
        subject, text = text_of(request.POST, "subject", 300), text_of(request.POST, "text", 20_000)
        actions.send_thanks(row, request.person, to=thank.person, subject=subject, text=text)
    except NotDone as error:
        context = _context(row) | {"error": why_not(error), "to": thank.key, "typed": request.POST}
        return render(request, "close.html", context, status=422)
    messages.success(request, _("道谢的邮件正在送给%(name)s。") % {"name": thank.person.name})
    return redirect("close", matter=row.pk)


urlpatterns = [path("matters/<int:matter>/close", close, name="close")]
