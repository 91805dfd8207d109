"""Calendars in pages: a file for somebody else, and what their owner is told of each of theirs."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huitong.directory import calendars
from huitong.directory.calendars import remove, take
from huitong.directory.wording import day_text, spoken
from huitong.matters import calendars as connecting
from huitong.records.models import Busy, Calendar, Person
from huitong.timing import Busy as Taken
from huitong.timing import CalendarError, CalendarReading
from huitong.timing.calendars import MAX_BYTES

KINDS: Final = {
    "file": gettext_lazy("文件"),
    "address": gettext_lazy("地址"),
    "caldav": "CalDAV",
    "google": "Google",
    "microsoft": "Microsoft 365",
}
COUNTS: Final = (
    (calendars.ALL, gettext_lazy("都算")),
    (calendars.TIMED, gettext_lazy("全天的不算")),
    (calendars.NONE, gettext_lazy("都不算")),
)
# What went wrong and what to do about it, by the word of delivery/calendars/trouble.py.
TROUBLES: Final = {
    "address": gettext_lazy("那边转到了一个不是 https:// 的地址，会同不去那里取。请核对地址，删掉重新连。"),
    "forbidden": gettext_lazy(
        "这个地址通向内部网络，会同不去那里取。确实要用，请管理员把这台主机写进 HUITONG_CALENDAR_HOSTS，再取一次。"
    ),
    "refused": gettext_lazy("那边不认存下的密码或许可。请删掉，重新连。"),
    "key": gettext_lazy("会同的密钥换过，存下的地址和密码打不开了。请删掉，重新连。"),
    "choose": gettext_lazy("那边有几个日历，请选要连的。"),
    "unset": gettext_lazy("会同在那边的登记不对或没有了。请管理员检查设置，再取一次。"),
    "mailbox": gettext_lazy("Microsoft 365 查不到这个邮箱的忙闲。请删掉，用自己的邮箱重新连。"),
    "redirects": gettext_lazy("那边转来转去，没有给出日历。请核对地址。"),
    "unreachable": gettext_lazy("连不上那边，会再试。一直这样，请核对地址。"),
    "certificate": gettext_lazy("那边的证书不可信，没有取。请告诉管那台服务器的人。"),
    "slow": gettext_lazy("那边太慢，40 秒还没给完，会再试。"),
    "large": gettext_lazy("那边给的超过 5 MB。请只共享近一年的日程。"),
    "dropped": gettext_lazy("传到一半断了，会再试。"),
    "gone": gettext_lazy("那边没有这个日历，可能地址换了。请核对；会再试。"),
    "busy": gettext_lazy("那边请我们慢一点，过一会儿再取。"),
    "status": gettext_lazy("那边答复 %(number)s，没有给出日历，会再试。"),
    "calendar": gettext_lazy("取到的不是能用的日历。%(why)s"),
    "xml": gettext_lazy("那边的答复不合规矩，没有读。请核对地址。"),
    "dav": gettext_lazy("那边不像 CalDAV 服务器。请核对地址。"),
    "none": gettext_lazy("登录上了，但那边没有日历。"),
    "answer": gettext_lazy("那边的答复看不懂，会再试。"),
    "ours": gettext_lazy("会同自己出了错，会再试。请管理员看一下日志。"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One calendar as its owner sees it. `kept` is all that is kept of it: days, each with its times in words."""

    row: Calendar
    kind: str
    trouble: str
    waiting: bool
    choices: list[str]
    notes: list[str]
    kept: list[tuple[str, str]]
    number: int  # of intervals


def change(request: HttpRequest, person: Person) -> str:
    """Do what the form's button says: keep the file as `person`'s calendar, or remove it. Returns what is wrong."""
    if request.POST.get("do") == "no_calendar":
        remove(calendars.files_of(person), person)
        messages.success(request, _("日历删掉了，忙闲也一并删了。"))
        return ""
    content = file_of(request)
    if isinstance(content, str):
        return content
    try:
        reading = take(person, content[0], content[1])
    except CalendarError as error:
        return why(error)
    tell(request, reading)
    return ""


def file_of(request: HttpRequest) -> tuple[str, bytes] | str:
    """The name and content of the file that came with a form, or what is wrong with it."""
    file = request.FILES.get("calendar")
    if file is None:
        return _("请先选一个 .ics 日历文件。")
    if (file.size or 0) > MAX_BYTES:  # before it is read into memory
        return _("日历文件超过 5 MB。请只导出近一年的日程。")
    return file.name or "", file.read()


def why(error: CalendarError) -> str:
    return error.problem.message("en" if (get_language() or "").startswith("en") else "zh")


def tell(request: HttpRequest, reading: CalendarReading) -> None:
    messages.success(request, _("日历已收下，只留忙闲。"))
    if count := len(reading.skipped):
        text = ngettext("有 %(count)s 项日程读不懂，没有计入。", "有 %(count)s 项日程读不懂，没有计入。", count)
        messages.warning(request, text % {"count": count})


def context(person: Person) -> dict[str, Any]:
    """What the form for somebody else's file shows: whether there is one, and how much is kept."""
    return {
        "owner": person,
        "has_file": calendars.files_of(person).exists(),
        "busy": Busy.objects.filter(calendar__person=person).count(),
    }


def shown(found: Iterable[tuple[Calendar, tuple[Taken, ...]]], zone: str) -> list[Shown]:
    """Every calendar of its owner, with all that is kept of it."""
    language = spoken()
    return [
        Shown(
            row=row,
            kind=str(KINDS.get(row.kind, row.kind)),
            trouble=_trouble(row.trouble, language),
            waiting=row.due_at is not None and row.taken_at is None and not row.trouble,
            choices=[each["name"] for each in connecting.choices(row)] if row.trouble.get("code") == "choose" else [],
            notes=[note.get(language, "") for note in row.notes],
            kept=_kept(busy, ZoneInfo(zone)),
            number=len(busy),
        )
        for row, busy in found
    ]


def _trouble(trouble: Mapping[str, str], language: str) -> str:
    if not trouble:
        return ""
    words = str(TROUBLES.get(trouble["code"], TROUBLES["ours"]))
    return words % {"number": trouble.get("number", ""), "why": trouble.get(language, "")}


def _kept(busy: Iterable[Taken], home: ZoneInfo) -> list[tuple[str, str]]:
    days: OrderedDict[date, list[str]] = OrderedDict()
    for each in sorted(busy):
        start, end = each.start.astimezone(home), each.end.astimezone(home)
        words = _times(start, end)
        days.setdefault(start.date(), []).append(_("%(time)s（未定）") % {"time": words} if each.soft else words)
    return [(day_text(day, weekday=True, relative=False), _("、").join(words)) for day, words in days.items()]


def _times(start: datetime, end: datetime) -> str:
    if start.time() == end.time() == time():
        days = (end.date() - start.date()).days
        return _("全天") if days == 1 else _("全天，到%(day)s") % {"day": day_text(end.date() - timedelta(days=1))}
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{day_text(end.date(), relative=False)} {end:%H:%M}"
    return f"{start:%H:%M}–{until}"
