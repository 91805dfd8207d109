"""Close a matter with its outcome; then thank everyone who helped."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.matters import close as actions
from huitong.matters import feedback
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.stages import Action, can
from huitong.matters.texts import LONGEST, THANKS
from huitong.records.models import Matter, Outbox
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.feedback import choices
from huitong.web.fields import text_of
from huitong.web.texts import Sheet, keep_if_possible, sheet


def close(request: DeskRequest, matter: int) -> HttpResponse:
    row = request.matter
    if request.method == "POST" and row.closed_at and request.POST.get("do") in ("feedback", "look_back"):
        return _after(request, row)
    if request.method == "POST":
        return _thank(request, row) if row.closed_at else _close(request, row)
    return render(request, "close.html", _context(row))


def _thanks(row: Matter, typed: QueryDict | None) -> list[tuple[actions.Thank, Sheet | None]]:
    """Each helper with the sheet of their thanks; in one of them what was just typed."""
    found = []
    for thank in actions.thanks_of(row):
        own = typed if typed and typed.get("to") == thank.key else None
        made = (thank.message.subject, thank.message.body)
        found.append((thank, sheet(row, f"{THANKS}-{thank.key}", own, made)))
    return found


def _context(row: Matter, typed: QueryDict | None = None) -> dict[str, object]:
    asked = row.requests.exists()
    thanked = set(Outbox.objects.filter(matter=row, kind="thanks").values_list("person_id", flat=True))
    return {
        "matter": row,
        "life": life(row, page="close"),
        "can_close": can(row, Action.CLOSE),
        "days": actions.days_so_far(row),
        "asked": asked,
        "thanks": _thanks(row, typed) if row.closed_at and asked else [],
        **_said(row),
        "declined": row.closed_at and actions.after_no_of(row),
        "thanked": thanked,
        "open_promises": row.commitments.filter(state="open")
        .exclude(decision__effective_at__gt=timezone.now())
        .count(),
    }


def _after(request: DeskRequest, row: Matter) -> HttpResponse:
    """One's own feedback, or the look back."""
    post, person = request.POST, request.person
    try:
        if post["do"] == "look_back":
            states = [post.get(f"state-{n}", "") for n in range(feedback.MOST_ITEMS)]
            words = text_of(post, "back_words", feedback.LONGEST)
            feedback.look_back(row, person, states=states, words=words)
        elif own := row.feedback.filter(person=person).first():
            words = text_of(post, "words", feedback.LONGEST)
            picked = {name: post.get(name, "") for name in ("settled", "working")}
            feedback.give(own, person, words=words, shared=False, **picked)
    except NotDone as error:
        context = _context(row) | {"error": why_not(error), "field": field_of(error)}
        return render(request, "close.html", context, status=status_of(error))
    messages.success(request, _("记下了。"))
    return redirect("close", matter=row.pk)


def _said(row: Matter) -> dict[str, object]:
    """How it went, as far as the requester may know, and what is to be looked back at."""
    if row.closed_at is None:
        return {}
    said, known = feedback.summary(row), choices()
    counted = {name: [(text, getattr(said, name).get(code, 0)) for code, text in known[name]] for name in known if said}
    return {
        "own_feedback": row.feedback.filter(person=row.requester).first(),
        "said": said,
        "said_settled": counted.get("settled", []),
        "said_working": counted.get("working", []),
        "look_back": feedback.look_back_due(row),
        "states": [("kept", _("做到了")), ("partly", _("做到一些")), ("not_yet", _("还没有"))],
        **known,
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
        context = _context(row) | {"error": why_not(error), "field": field_of(error), "typed": post}
        return render(request, "close.html", context, status=status_of(error))
    messages.success(request, _("办结了。"))
    return redirect("close", matter=row.pk)


def _thank(request: DeskRequest, row: Matter) -> HttpResponse:
    thank = next((t for t in actions.thanks_of(row) if t.key == request.POST.get("to")), None)
    if thank is None and "to" not in request.POST:  # closed already, by a second tap or in another tab
        return redirect("close", matter=row.pk)
    if thank is None:
        raise Http404
    keep_if_possible(row, request.person, f"{THANKS}-{thank.key}", request.POST)
    try:
        subject, text = text_of(request.POST, "subject", 300), text_of(request.POST, "text", LONGEST)
        actions.send_thanks(row, request.person, to=thank.person, subject=subject, text=text)
    except NotDone as error:
        context = _context(row, request.POST) | {"error": why_not(error)}
        return render(request, "close.html", context, status=422)
    messages.success(request, _("道谢的邮件正在送给%(name)s。") % {"name": thank.person.name})
    return redirect("close", matter=row.pk)


urlpatterns = [path("matters/<int:matter>/close", close, name="close")]
