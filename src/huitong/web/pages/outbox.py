"""The house's outbox: what waits and why, what failed, what went; send now, cancel, send again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.delivery import transports
from huitong.delivery.outbox import Reason
from huitong.directory import access
from huitong.directory.wording import moment_text, spoken
from huitong.matters import letters
from huitong.matters.errors import Incomplete, NotDone, NotNow, TooLate
from huitong.records.models import Outbox
from huitong.web.desk import DeskRequest, why_not

A_PAGE: Final = 30
INSTEAD: Final = "instead"  # no state of its own: what went by mail because its chat did not take it
STATES: Final = {
    "waiting": gettext_lazy("待送"),
    "failed": gettext_lazy("没有送到"),
    INSTEAD: gettext_lazy("改走邮件"),
    "sent": gettext_lazy("已送出"),
    "withdrawn": gettext_lazy("收回的"),
}
KINDS: Final = {
    "request": gettext_lazy("请示"),
    "confirm": gettext_lazy("请领导确认记下的意见"),
    "answer": gettext_lazy("答复领导的提问"),
    "receipt": gettext_lazy("批示回执"),
    "decision": gettext_lazy("批示告知请示人"),
    "remind_leader": gettext_lazy("提醒领导"),
    "remind_deliver": gettext_lazy("提醒去请示"),
    "moved": gettext_lazy("时间改了"),
    "warn_moment": gettext_lazy("还没定时间的提醒"),
    "remind_commitment": gettext_lazy("承诺到期提醒"),
    "commitment_ask": gettext_lazy("请人点头的承诺"),
    "commitment_news": gettext_lazy("承诺的进展"),
    "commitment_warning": gettext_lazy("再请示之前的告知"),
    "understood": gettext_lazy("请领导看的理解"),
    "corrected": gettext_lazy("领导改正的意思"),
    "note": gettext_lazy("给对方的说明"),
    "note_answer": gettext_lazy("对方的答复"),
    "talk": gettext_lazy("通话要点"),
    "talk_outcome": gettext_lazy("通话结果"),
    "consult": gettext_lazy("领导征求意见"),
    "consult_answer": gettext_lazy("给领导的意见"),
    "view_ask": gettext_lazy("请对方说说情况"),
    "view_given": gettext_lazy("对方说的情况"),
    "agreement_ask": gettext_lazy("请双方确认的沟通约定"),
    "agreement_news": gettext_lazy("沟通约定的进展"),
    "agreement_review": gettext_lazy("沟通约定的回看"),
    "sitting_agenda": gettext_lazy("例会的议程"),
    "series_review": gettext_lazy("例会还开不开"),
    "invitation": gettext_lazy("会议邀请"),
    "meeting_answer": gettext_lazy("会议邀请的答复"),
    "minutes": gettext_lazy("会议纪要"),
    "minutes_draft": gettext_lazy("请人更正的纪要草稿"),
    "minutes_answer": gettext_lazy("对纪要的更正"),
    "minutes_due": gettext_lazy("纪要的更正到期"),
    "feedback_ask": gettext_lazy("问办得怎样"),
    "look_back": gettext_lazy("一个月后的回看"),
    "report": gettext_lazy("进展汇报"),
    "after_no": gettext_lazy("没有同意之后的道谢"),
    "thanks": gettext_lazy("感谢"),
    "invite": gettext_lazy("账号邀请"),
    "password": gettext_lazy("重设密码"),
    "reply_confirm": gettext_lazy("请对方确认回信的意思"),
    "reply_words": gettext_lazy("转告请示人的回信"),
    "chat_added": gettext_lazy("试一个聊天地址"),
    "digest": gettext_lazy("一天一封的汇总"),
    "card": gettext_lazy("改写聊天里的卡片"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the outbox as an organiser sees it."""

    row: Outbox
    kind: str
    now: str  # where it is, and why
    late: bool
    going: bool
    matter: int | None  # only if the organiser has a part in it


def outbox(request: DeskRequest) -> HttpResponse:
    """?state= one of STATES, ?after= leafs. POST `do`: now, cancel or again (with `email`); `row`."""
    if request.method != "POST":
        return _page(request)
    row = _row(request)
    if row is None:
        return _page(request, error=_("没有这一封，或者已经不在了。"), status=409)
    try:
        if request.POST.get("do") == "cancel":
            letters.cancel(row, request.person)
            messages.success(request, _("取消了，没有送出。等着它的人会看到，可以再送。"))
        elif request.POST.get("do") == "again":
            letters.send_again(row, request.person, email=request.POST.get("email", row.person.email))
            messages.success(request, _("马上再送一次。"))
        else:
            letters.send_now(row, request.person)
            messages.success(request, _("马上就送。"))
    except TooLate:
        return _page(request, error=_("来不及了：这一封正在送出。"), status=409)
    except NotNow:
        return _page(request, error=_("没有做：这一封已经不是刚才的样子，请看最新的情形。"), status=409)
    except Incomplete as error:
        return _page(request, row_error=(row.pk, error.message), status=422)
    except NotDone as error:
        return _page(request, error=why_not(error), status=409)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    return redirect(f"{reverse('outbox')}?{urlencode({k: v for k, v in (('state', state), ('after', after)) if v})}")


def _page(
    request: DeskRequest, *, error: str = "", row_error: tuple[int, str] | None = None, status: int = 200
) -> HttpResponse:
    state = request.GET.get("state", "waiting")
    state = state if state in STATES else "waiting"
    rows, further = _rows(request, state)
    mine = access.matters_open_to(request.person, {row.matter_id for row in rows if row.matter_id})
    context = {
        "lines": [_line(row, row.matter_id if row.matter_id in mine else None) for row in rows],
        "states": [(name, shown, name == state) for name, shown in STATES.items()],
        "state": state,
        "further": further,
        "first": not request.GET.get("after"),
        "error": error,
        "row_error": row_error,
        "typed": request.POST.get("email", ""),
    }
    return render(request, "outbox.html", context, status=status)


def _row(request: DeskRequest) -> Outbox | None:
    number = request.POST.get("row", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return access.outbox_for(request.person).filter(pk=int(number)).first()


def _rows(request: DeskRequest, state: str) -> tuple[list[Outbox], str]:
    """One page of rows, and the cursor of the next; each follows an index, however many rows there are."""
    rows = access.outbox_for(request.person)
    rows = rows.exclude(first_transport="") if state == INSTEAD else rows.filter(state=state)
    rows = _after(rows, state, request.GET.get("after", ""))
    rows = rows.order_by("due_at", "id") if state == "waiting" else rows.order_by("-id")
    found = list(rows[: A_PAGE + 1])
    if len(found) <= A_PAGE:
        return found, ""
    last = found[A_PAGE - 1]
    return found[:A_PAGE], f"{last.due_at.isoformat()}_{last.pk}"


def _after(rows: QuerySet[Outbox], state: str, cursor: str) -> QuerySet[Outbox]:
    due, _underline, number = cursor.partition("_")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return rows
    if state != "waiting":
        return rows.filter(pk__lt=int(number))
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return rows
    if timezone.is_naive(at):
        return rows
    return rows.filter(due_at__gte=at).filter(Q(due_at__gt=at) | Q(pk__gt=int(number)))


def _line(row: Outbox, matter: int | None) -> Line:
    now = timezone.now()
    going = row.state == "waiting" and row.begun > 0 and row.lease_until is not None and row.lease_until > now
    late = row.state == "failed" or (row.state == "waiting" and row.tries > 0 and not going)
    return Line(row, str(KINDS.get(row.kind, row.kind)), _where(row, going, now), late, going, matter)


def _where(row: Outbox, going: bool, now: datetime) -> str:
    facts = {
        "when": moment_text(row.due_at),
        "name": row.person.name,
        "tries": row.tries,
        "service": transports.called(row.transport, spoken()),
    }
    if row.state == "failed":
        return {
            Reason.CANCELLED.value: _("管理员取消了，没有送出"),
            Reason.FAULT.value: _("会同自己出了错，试了 %(tries)s 次，放在一边了") % facts,
        }.get(row.reason, _("没有送到，试了 %(tries)s 次") % facts)
    if row.state == "sent":
        facts["when"] = moment_text(row.sent_at) if row.sent_at else ""
        if _confirms(row.transport):
            return _("%(when)s送出（%(service)s）") % facts
        return _("%(when)s已交出，未确认（%(service)s）") % facts
    if row.state == "withdrawn":
        return _("事情有了变化，不再需要，收回了")
    if going:
        return _("正在送（%(service)s）") % facts
    if row.reason == Reason.DIGEST:
        return _("%(name)s要汇总，%(when)s一起送") % facts
    if row.due_at <= now:
        return _("马上就送")
    if row.reason == Reason.QUIET:
        return _("%(name)s这时免打扰，%(when)s送") % facts
    if row.reason == Reason.LIMIT:
        return _("对方那边一时收不下这么多，%(when)s再送") % facts
    if row.tries:
        return _("第 %(tries)s 次没有送成，%(when)s再试") % facts
    return _("定在%(when)s送") % facts


def _confirms(name: str) -> bool:
    try:
        return transports.get(name).CONFIRMS
    except LookupError:
        return True


urlpatterns = [path("outbox", outbox, name="outbox")]
