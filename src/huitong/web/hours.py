"""The part of one's own page that says when one wants to be asked, and what was learned of one's answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.directory.hours import row_of, working_of
from huitong.matters import habits, learning
from huitong.records.models import Person, Welcome
from huitong.web.desk import DeskRequest

ACTIONS: Final = ("hours", "learn", "learn_not", "forget")
FIELDS: Final = ("hours", "notice", "gap", "a_day", "report_days", "leave", "welcome")  # where an error may stand
WEEKDAYS: Final = (
    ("", gettext_lazy("每天")),
    ("0", gettext_lazy("周一")),
    ("1", gettext_lazy("周二")),
    ("2", gettext_lazy("周三")),
    ("3", gettext_lazy("周四")),
    ("4", gettext_lazy("周五")),
    ("5", gettext_lazy("周六")),
    ("6", gettext_lazy("周日")),
)
CLOCKS: Final = {
    "work_from": gettext_lazy("上班"),
    "noon_from": gettext_lazy("午休"),
    "noon_until": gettext_lazy("午休完"),
    "work_until": gettext_lazy("下班"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of welcome hours in the form."""

    number: int
    weekday: str
    start: str
    end: str
    longest: str


def act(request: DeskRequest) -> None:
    """Raises Incomplete; nothing has changed then."""
    person, data = request.person, request.POST
    match data.get("do"):
        case "learn":
            learning.set_learning(person, learns=True)
            messages.success(request, _("好，今后会学。"))
        case "learn_not":
            learning.set_learning(person, learns=False)
            messages.success(request, _("不学了，照一般情形排。"))
        case "forget":
            learning.forget(person)
            messages.success(request, _("忘掉了。以前的答复不再算。"))
        case _:
            habits.set_habits(person, _typed(data))
            messages.success(request, _("已保存。"))


def context(request: DeskRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    person = request.person
    refused = request.POST.get("do") == "hours" and any(field in errors for field in FIELDS)
    value = {name: str(request.POST.get(name, "")) for name in _stored(person)} if refused else _stored(person)
    learned = learning.learned_of(person, working_of(person))
    return {
        "hours": value,
        "clocks": [(name, label, value[name]) for name, label in CLOCKS.items()],
        "welcomes": _rows_typed(request.POST) if refused else _rows(person),
        "weekdays": WEEKDAYS,
        "learns": learned is not None,
        "learned": learning.in_words(learned) if learned else [],
    }


def _typed(data: Mapping[str, str]) -> habits.Typed:
    return habits.Typed(
        clocks={name: data.get(name, "") for name in CLOCKS},
        notice=data.get("notice", ""),
        gap=data.get("gap", ""),
        a_day=data.get("a_day", ""),
        report_days=data.get("report_days", ""),
        leave_first=data.get("leave_first", ""),
        leave_last=data.get("leave_last", ""),
        welcome=[(row.weekday, row.start, row.end, row.longest) for row in _rows_typed(data)],
    )


def _stored(person: Person) -> dict[str, str]:
    row = row_of(person)
    clocks = {name: f"{getattr(row, name):%H:%M}" for name in CLOCKS}
    days = {name: f"{day:%Y-%m-%d}" if (day := getattr(row, name)) else "" for name in ("leave_first", "leave_last")}
    numbers = {"notice": str(row.notice), "gap": str(row.gap), "a_day": str(row.a_day) if row.a_day else ""}
    return clocks | days | numbers | {"report_days": "、".join(map(str, row.report_days))}


def _rows(person: Person) -> list[Row]:
    rows = [
        Row(n, "" if w.weekday is None else str(w.weekday), f"{w.start:%H:%M}", f"{w.end:%H:%M}", str(w.longest or ""))
        for n, w in enumerate(Welcome.objects.filter(person=person).order_by("id"))
    ]
    return rows if len(rows) >= habits.MOST_WELCOMES else [*rows, Row(len(rows), "", "", "", "")]


def _rows_typed(data: Mapping[str, str]) -> list[Row]:
    names = ("weekday", "start", "end", "longest")
    return [
        Row(n, *(data.get(f"welcome-{n}-{name}", "") for name in names))
        for n in range(habits.MOST_WELCOMES)
        if f"welcome-{n}-start" in data
    ]
