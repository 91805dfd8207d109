"""A calendar file in a form: one's own, or one that an organiser has been given."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huitong.directory.calendars import remove, take
from huitong.records.models import Busy, Person
from huitong.timing import CalendarError
from huitong.timing.calendars import MAX_BYTES


def change(request: HttpRequest, person: Person) -> str:
    """Do what the form's button says: keep the file as `person`'s calendar, or remove it. Returns what is wrong."""
    if request.POST.get("do") == "no_calendar":
        remove(person)
        messages.success(request, _("日历删掉了，忙闲也一并删了。"))
        return ""
    file = request.FILES.get("calendar")
    if file is None:
        return _("请先选一个 .ics 日历文件。")
    if (file.size or 0) > MAX_BYTES:  # before it is read into memory
        return _("日历文件超过 5 MB。请只导出近一年的日程。")
    try:
        reading = take(person, file.name or "", file.read())
    except CalendarError as error:
        return error.problem.message("en" if (get_language() or "").startswith("en") else "zh")
    messages.success(request, _("日历已收下，只留忙闲。"))
    if count := len(reading.skipped):
        text = ngettext("有 %(count)s 项日程读不懂，没有计入。", "有 %(count)s 项日程读不懂，没有计入。", count)
        messages.warning(request, text % {"count": count})
    return ""


def busy_count(person: Person) -> int:
    """How many busy times are kept."""
    return Busy.objects.filter(person=person).count()
