"""A rewriting for one text: what would be sent, what came back, and the choice. Nothing is sent or changed unasked."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huitong.delivery.completion import Trouble
from huitong.matters import polish as polishing
from huitong.matters.brief import prepared_of
from huitong.matters.errors import NotDone
from huitong.matters.stages import Action, can
from huitong.matters.write import Text
from huitong.method import Channel
from huitong.records.models import Rewriting
from huitong.review.fidelity import Reason
from huitong.web.desk import CHANNEL_NAMES, DeskRequest, life, why_not
from huitong.web.difference import difference
from huitong.web.fields import number_of

TROUBLES: Final = {
    Trouble.UNREACHED: gettext_lazy("没有连上语言模型。"),
    Trouble.CERTIFICATE: gettext_lazy("语言模型的证书不可信，什么都没有发出。"),
    Trouble.KEY: gettext_lazy("语言模型不认密钥。请告诉管理员。"),
    Trouble.BUSY: gettext_lazy("语言模型那边太忙，请过一会儿再试。"),
    Trouble.MOVED: gettext_lazy("语言模型的地址转到了别处，没有跟过去。请告诉管理员。"),
    Trouble.FAILED: gettext_lazy("语言模型那边出了差错。"),
    Trouble.SLOW: gettext_lazy("等了 %(seconds)s 秒，语言模型没有答完。"),
    Trouble.UNREADABLE: gettext_lazy("语言模型答的读不懂。"),
    Trouble.LONG: gettext_lazy("语言模型答得太长，没有读完。"),
    Trouble.CUT: gettext_lazy("语言模型只答了半截。"),
    polishing.LOST: gettext_lazy("上一次没有等到结果。"),
}


def polish(request: DeskRequest, matter: int, channel: str) -> HttpResponse:
    """GET shows what would be sent or what came of it. POST `do`: ask (with `after`), accept, keep, undo."""
    server = polishing.server_for(request.person)
    if channel not in CHANNEL_NAMES or server is None:
        raise Http404
    if prepared_of(request.matter).brief is None:
        return redirect("write", matter=request.matter.pk, channel=channel)
    if request.method == "POST":
        return _post(request, Channel(channel))
    return _show(request, Channel(channel))


def button(request: DeskRequest, text: Text) -> dict[str, Any]:
    """What the writing page needs for its button; nothing where no model may be asked."""
    server = polishing.server_for(request.person)
    if server is None:
        return {}
    row = polishing.latest(request.matter, text.channel)
    accepted = row and row.outcome == polishing.ACCEPTED and row.text == text.text.strip()
    return {
        "polish": {
            "seconds": settings.POLISH_SECONDS,
            "at_once": polishing.has_seen(request.person, server),
            "after": row.pk if row else 0,
            "url": reverse("polish", args=[request.matter.pk, text.channel]),
            "accepted": row if accepted else None,
        }
    }


def from_writing(request: DeskRequest, channel: Channel) -> HttpResponse:
    """The writing page's button: who has never seen what is sent sees it first."""
    server = polishing.server_for(request.person)
    if server is None:
        raise Http404
    if polishing.has_seen(request.person, server):
        return _ask(request, channel)
    return redirect("polish", matter=request.matter.pk, channel=channel)


def _ask(request: DeskRequest, channel: Channel) -> HttpResponse:
    """Send the text that is stored, at most once for each `after`, and go to what came of it."""
    after = number_of(request.POST.get("after")) or 0
    try:
        polishing.polish(request.matter, request.person, channel, after=after)
    except NotDone as error:
        return _show(request, channel, refused=why_not(error))
    return redirect("polish", matter=request.matter.pk, channel=channel)


def _post(request: DeskRequest, channel: Channel) -> HttpResponse:
    do, row = request.POST.get("do", ""), polishing.latest(request.matter, channel)
    back = redirect("write", matter=request.matter.pk, channel=channel)
    if do == "ask":
        return _ask(request, channel)
    if row is None or str(row.pk) != request.POST.get("rewriting"):
        return redirect("polish", matter=request.matter.pk, channel=channel)
    try:
        if do == "keep":
            polishing.keep(row, request.person)
            messages.success(request, _("留着原来的。"))
        elif do == "undo" and polishing.take_back(row, request.person):
            messages.success(request, _("已换回润色前的。"))
        elif do == "undo" or (do == "accept" and not polishing.accept(row, request.person)):
            messages.error(request, _("文稿在别处改过，没有替换。"))
    except NotDone as error:
        return _show(request, channel, refused=why_not(error))
    return back


def _show(request: DeskRequest, channel: Channel, *, refused: str = "") -> HttpResponse:
    matter, server = request.matter, polishing.server_for(request.person)
    if server is None:
        raise Http404
    asked, row = polishing.asking(matter, channel), polishing.latest(matter, channel)
    current = row if row and row.before == asked.text and not row.outcome else None
    context: dict[str, Any] = {
        "matter": matter,
        "life": life(matter, page="write"),
        "channel": channel,
        "channel_name": CHANNEL_NAMES[channel],
        "back": reverse("write", args=[matter.pk, channel]),
        "server": server,
        "seconds": settings.POLISH_SECONDS,
        "messages_sent": [m["content"] for m in asked.messages],
        "masks": len(asked.masks),
        "can_edit": can(matter, Action.COMPOSE),
        "has_seen": polishing.has_seen(request.person, server),
        "after": row.pk if row else 0,
        "row": current,
        "refused": refused,
        "waiting": bool(current and current.answered_at is None),
        "pieces": difference(current.before, current.text) if current and current.text else [],
        "reasons": _reasons(current) if current else [],
        "trouble": TROUBLES[current.trouble] % {"seconds": settings.POLISH_SECONDS}
        if current and current.trouble
        else "",
    }
    response = render(request, "polish.html", context, status=409 if refused else 200)
    if context["waiting"]:
        response.headers["Refresh"] = "3"  # as long as it is under way, at most half a minute
    return response


def _reasons(row: Rewriting) -> list[str]:
    language = get_language() or "zh"
    return [Reason(code, tuple(what)).message(language) for code, what in row.reasons]


urlpatterns = [path("matters/<int:matter>/polish/<slug:channel>", polish, name="polish")]
