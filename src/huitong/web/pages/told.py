"""Write down what the leader said, in the leader's words; it counts as told until the leader confirms it by link."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.matters.decide import standing_decision, tell
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.request import MAIL, current_request, latest_version
from huitong.matters.verdicts import MAX_WORDS, Choice, Verdict
from huitong.records.models import Decision
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.fields import day_of, number_of, text_of

SAID: Final = {
    Verdict.AGREE: gettext_lazy("同意，按选中的方案办"),
    Verdict.CHANGE: gettext_lazy("同意，有调整"),
    Verdict.ASK: gettext_lazy("先问一句"),
    Verdict.LATER: gettext_lazy("稍后再定"),
    Verdict.NO: gettext_lazy("暂不同意"),
}


def told(request: DeskRequest, matter: int) -> HttpResponse:
    """GET shows the form; POST records it."""
    if request.method != "POST":
        return render(request, "told.html", _page(request, QueryDict()))
    try:
        decision = tell(request.matter, request.person, _choice(request.POST))
    except NotDone as error:
        found = {"error": why_not(error), "field": field_of(error)}
        return render(request, "told.html", _page(request, request.POST) | found, status=status_of(error))
    messages.success(request, _said(decision))
    return redirect("matter", matter=request.matter.pk)


def _said(decision: Decision) -> str:
    leader = {"leader": decision.by.address}
    if decision.by.email:
        return _("记下了，由你代记。已请%(leader)s过目，本人点一下链接就算确认。") % leader
    return _("记下了，由你代记。还没有%(leader)s的邮箱，没法请本人确认。") % leader


def _choice(typed: QueryDict) -> Choice:
    try:
        verdict = Verdict(typed.get("verdict", ""))
    except ValueError:
        raise Incomplete("verdict", _("请选领导是怎么答的。")) from None
    option = number_of(typed.get("option"))
    picks = verdict in (Verdict.AGREE, Verdict.CHANGE) and option
    return Choice(
        verdict=verdict,
        version=number_of(typed.get("version")) or 0,
        option=option - 1 if picks and option else None,
        words=text_of(typed, "words", MAX_WORDS),
        later_until=day_of(typed.get("later_until")) if verdict == Verdict.LATER else None,
    )


def _page(request: DeskRequest, typed: QueryDict) -> dict[str, Any]:
    matter = request.matter
    asked = current_request(matter)
    page: dict[str, Any] = {"matter": matter, "life": life(matter, page="matter"), "asked": asked}
    if asked is None:
        return page
    version = latest_version(asked)
    option = number_of(typed.get("option"))
    preferred = (version.brief.get("preferred") or 0) + 1
    chosen = typed.get("verdict", "")
    standing = standing_decision(asked)
    return page | {
        "name": asked.leader.address,
        "address": asked.leader.email,
        "version": version,
        "on_its_way": asked.way == MAIL and asked.delivered_at is None,
        "decided": standing is not None and (not _may_follow(standing) or standing.effective_at > timezone.now()),
        "verdicts": [(v.value, name, v.value == chosen) for v, name in SAID.items()],
        "options": [(n, row, n == (option or preferred)) for n, row in enumerate(version.options, start=1)],
        "words": typed.get("words", ""),
        "later_until": typed.get("later_until", ""),
    }


def _may_follow(standing: Decision) -> bool:
    return standing.verdict in (Verdict.ASK, Verdict.LATER)


urlpatterns = [path("matters/<int:matter>/told", told, name="told")]
