"""When and how the request goes to the leader: suggested moments with reasons, now, or one's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.directory.wording import moment_text
from huitong.matters import request as asking
from huitong.matters.brief import brief_of
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.habits import on_leave_until
from huitong.matters.moments import busy_of, deadline_of, keep_leader_calendar, leader_of, suggest
from huitong.matters.stages import Action, can
from huitong.method import Brief, BriefError, Channel
from huitong.records.models import Matter, Person
from huitong.timing import CalendarError, Moment
from huitong.web import week
from huitong.web.clock import moment_of
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.incomplete import lacking, question_address

OFFERED: Final = 3  # a choice among more is a choice put off
WAY_NAMES: Final = {
    asking.MAIL: gettext_lazy("发邮件"),
    asking.PERSON: gettext_lazy("当面说"),
    asking.CHAT: gettext_lazy("自己发聊天"),
}
MOST_BYTES: Final = 5_000_000


def time(request: DeskRequest, matter: int) -> HttpResponse:
    """GET shows the leader's week and the choice; POST sets the moment, takes it back, or keeps a calendar file."""
    row = request.matter
    try:
        brief = brief_of(row)
    except BriefError as error:
        page = {"matter": row, "life": life(row, page="time"), "lacking": lacking(row, error)}
        return render(request, "time.html", page)
    if request.method != "POST":
        return render(request, "time.html", _page(request, brief, {}))
    try:
        return _post(request)
    except CalendarError as error:
        found = {"field": "calendar", "error": error.problem.message(translation.get_language() or "zh")}
        status = 422
    except NotDone as error:
        found = {"field": field_of(error), "error": why_not(error)}
        status = status_of(error)
    return render(request, "time.html", _page(request, brief, request.POST) | found, status=status)


def _post(request: DeskRequest) -> HttpResponse:
    row, person, sent = request.matter, request.person, request.POST
    do = sent.get("go", "")
    if do == "take_back":
        asking.take_back(row, person)
        messages.success(request, _("已收回，没有送出。"))
        return redirect("time", matter=row.pk)
    if do == "calendar":
        return _calendar(request)
    offered = suggest(row)[:OFFERED]
    way = sent.get("way", "")
    chosen = next((m for m in offered if m.start.isoformat() == sent.get("moment")), None)
    at = timezone.now() if do == "now" else chosen.start if chosen else _own(sent)
    channel = Channel.REPORT if way == asking.MAIL and sent.get("channel") == Channel.REPORT else None
    reasons = chosen.reasons if chosen and do != "now" else ()
    asked = asking.schedule(row, person, way=way, deliver_at=at, channel=channel, reasons=reasons)
    if do == "now" and way != asking.MAIL:
        return redirect("speak", matter=row.pk)
    messages.success(request, _set_text(asked, do == "now"))
    return redirect("speak", matter=row.pk)


def _calendar(request: DeskRequest) -> HttpResponse:
    file = request.FILES.get("calendar")
    if file is None:
        raise Incomplete("calendar", _("请选一个日历文件（.ics）。"))
    if (file.size or 0) > MOST_BYTES:
        raise Incomplete("calendar", _("文件超过 5 MB。请只导出近几个月的日程。"))
    reading = keep_leader_calendar(request.matter, request.person, file.read(), file.name or "")
    messages.success(request, _("日历已收下，只留忙闲。"))
    if reading.skipped:
        messages.warning(request, _("有 %(n)s 条日程没有读懂，其余都算上了。") % {"n": len(reading.skipped)})
    return redirect("time", matter=request.matter.pk)


def _own(sent: QueryDict) -> datetime:
    """One's own moment, or a suggested one of a page that has grown old. Raises Incomplete for what is no moment."""
    picked = sent.get("moment", "")
    if not picked:
        raise Incomplete("moment", _("请选一个时刻。"))
    zone = timezone.get_current_timezone_name()
    return moment_of(sent.get("at", "") if picked == "own" else picked, zone, field="at")


def _set_text(asked: asking.Request, at_once: bool) -> str:
    leader = asked.leader.address
    at = asking.goes_at(asked)
    if at_once and at == asked.deliver_at:
        return _("邮件马上就送给%(leader)s。") % {"leader": leader}
    facts = {"leader": leader, "time": moment_text(at, weekday=True)}
    if asked.way == asking.MAIL:
        return _("定好了：%(time)s 把邮件送给%(leader)s。") % facts
    return _("定好了：%(time)s 提醒你去找%(leader)s。") % facts


def _page(request: DeskRequest, brief: Brief, typed: QueryDict | dict[str, str]) -> dict[str, Any]:
    matter: Matter = request.matter
    leader, now = leader_of(matter), timezone.now()
    deadline = deadline_of(matter)
    zone = (leader or matter.requester).time_zone
    offered = suggest(matter)[:OFFERED]
    busy = busy_of(leader, start=now - timedelta(days=1), end=now + timedelta(days=week.MOST_DAYS + 1))
    asked = asking.current_request(matter)
    elsewhere = ZoneInfo(zone).utcoffset(now.replace(tzinfo=None)) != timezone.localtime(now).utcoffset()
    return {
        "matter": matter,
        "life": life(matter, page="time"),
        "name": brief.leader.form_of_address or brief.leader.name,
        "week": week.picture(busy, offered, zone=zone, now=now, deadline=deadline),
        "moments": _options(offered, typed.get("moment", ""), zone if elsewhere else ""),
        "own": typed.get("moment") == "own" or not offered,
        "at": typed.get("at", "") or f"{timezone.localtime(now) + timedelta(days=1):%Y-%m-%dT10:00}",
        "earliest": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}",
        "away_until": on_leave_until(leader, start=now, by=deadline) if leader and not offered else None,
        "way": typed.get("way") or (asked.way if asked else _first_way(matter)),
        "ways": WAY_NAMES.items(),
        "channel": typed.get("channel") or (asking.latest_version(asked).channel if asked else ""),
        "complex": brief.complexity == "complex",
        "address": _address(matter, leader),
        "leader_question": question_address(matter, "who", "leader"),
        "deadline": deadline,
        "calendar_at": leader.calendar_taken_at if leader else None,
        "may_upload": leader is None or leader.added_by_id == request.person.pk,
        "zone": zone if elsewhere else "",
        "is_own": leader is not None and leader.pk == request.person.pk,
        "busy_until": next((b.end for b in busy if b.start <= now < b.end and not b.soft), None),
        "asked": asked,
        "way_name": WAY_NAMES.get(asked.way, "") if asked else "",
        "can_set": can(matter, Action.SCHEDULE),
    }


def _options(offered: Sequence[Moment], picked: str, zone: str) -> list[dict[str, Any]]:
    chosen = picked or (offered[0].start.isoformat() if offered else "")
    return [
        {
            "value": m.start.isoformat(),
            "when": moment_text(m.start, weekday=True),
            "there": f"{m.start.astimezone(ZoneInfo(zone)):%H:%M}" if zone else "",
            "reasons": m.reasons,
            "picked": m.start.isoformat() == chosen,
        }
        for m in offered
    ]


def _address(matter: Matter, leader: Person | None) -> str:
    typed = matter.answers.filter(question="leader.email").first()
    return str(typed.value).strip() if typed and str(typed.value).strip() else leader.email if leader else ""


def _first_way(matter: Matter) -> str:
    return asking.MAIL if _address(matter, leader_of(matter)) else asking.PERSON


urlpatterns = [path("matters/<int:matter>/time", time, name="time")]
