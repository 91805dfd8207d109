"""A standing meeting on the page of coordination, and its page for who comes to it, by the link in a mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import series as engine
from huitong.directory.hours import working_day_after
from huitong.matters import standing
from huitong.matters.brief import counterpart_of
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Matter, Person, Series
from huitong.web.clock import moment_of
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import address_of, status_of, why_not
from huitong.web.fields import day_of, number_of, text_of

SOON = 3  # working days to the first sitting, where nothing is typed
WEEKS = 12  # that it goes on
_SHOWN = 6  # sittings to come


def act(row: Matter, person: Person, post: QueryDict) -> str | None:
    """Carry out what one of the forms here asks for. Returns what to say of it; None if it is none of them."""
    number = number_of(post.get("sitting")) or 0
    match post.get("do"):
        case "series":
            guest = (text_of(post, "s-guest", 200).strip(), address_of(post.get("s-email", "")))
            standing.start(
                row,
                person,
                title=text_of(post, "s-title", 300),
                first=moment_of(post.get("s-start", ""), person.time_zone, field="s-start"),
                every=post.get("s-every", ""),
                minutes=number_of(post.get("s-minutes", "").strip()) or 0,
                place=text_of(post, "s-place", 200),
                until=day_of(post.get("s-until")),
                review_on=day_of(post.get("s-review")),
                guests=[guest],
            )
            return _("例会定好了，邀请正在送出。")
        case "call_off":
            standing.call_off(row, person, number)
            return _("这次不开，正在通知大家。")
        case "sat":
            standing.tell_sitting(row, person, number, text_of(post, "s-decided", 5000))
            return _("记下了；谁答应做什么，记在承诺里。")
        case "dissolve":
            standing.dissolve(row, person)
            return _("例会停了，正在通知大家。")
        case "go_on":
            standing.go_on(row, person)
            return _("记下了，接着开。")
    return None


def context(row: Matter, *, wanted: bool, post: QueryDict, answers: Mapping[str, Any]) -> dict[str, Any]:
    series = engine.current(row)
    if not wanted and series is None:
        return {"stands": False}
    if series is None:
        return {"stands": True, "series": None, "sitting_form": _form(row, post, answers)}
    series.matter = row
    last = engine.last_begun(series)
    ahead = series.sittings.filter(start__gt=timezone.now()).order_by("start")
    return {
        "stands": True,
        "series": series,
        "rhythm": engine.rhythm(series).rstrip("，, "),
        "sittings": list(ahead[:_SHOWN]),
        "more_sittings": max(ahead.count() - _SHOWN, 0),
        "next_sitting": engine.coming(series),
        "agenda": engine.agenda(series),
        "last_sitting": last,
        "series_guests": list(series.guests.select_related("person").exclude(person=row.requester)),
        "series_to_review": engine.is_to_review(series),
        "decided_typed": post.get("s-decided") if post.get("do") == "sat" else last.decided if last else "",
    }


def _form(row: Matter, post: QueryDict, answers: Mapping[str, Any]) -> dict[str, str]:
    names = ("title", "guest", "email", "start", "every", "minutes", "place", "until", "review")
    if post.get("do") == "series":
        return {name: post.get(f"s-{name}", "") for name in names}
    guest, email = counterpart_of(answers)
    first = working_day_after(row.requester, timezone.localdate(), SOON)
    until = first + timedelta(weeks=WEEKS)
    return {
        "title": row.title,
        "guest": guest,
        "email": email,
        "start": f"{datetime.combine(first, datetime.min.time()).replace(hour=10):%Y-%m-%dT%H:%M}",
        "every": engine.WEEK,
        "minutes": "30",
        "until": until.isoformat(),
        "review": standing.review_default(first, until).isoformat(),
    }


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A standing meeting for one of its guests (see web.confirm.Page): whether it goes on."""

    request: HttpRequest
    reader: Reader
    series: Series

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        series = self.series
        series.refresh_from_db()
        context = {
            "reader": self.reader,
            "by_link": True,
            "series": series,
            "rhythm": engine.rhythm(series).rstrip("，, "),
            "next_sitting": engine.coming(series) if series.ended_at is None else None,
            "requester": series.matter.requester,
            "own": series.guests.get(person=self.reader.person),
            "is_open": engine.is_to_review(series) and series.matter.closed_at is None,
            "typed": typed,
            "error": why_not(error) if error else "",
        }
        return render(self.request, "link/series.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        titles = {engine.GOES_ON: _("例会接着开：%(title)s"), engine.ENOUGH: _("例会可以停了：%(title)s")}
        if typed.get("do", "") not in titles:
            raise Incomplete("do", _("请选一项。"))
        return Summary(titles[typed["do"]] % {"title": self.series.title}, text_of(typed, "words", 2000))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        words = text_of(typed, "words", 2000)
        standing.answer(self.series, self.reader.person, answer=typed.get("do", ""), words=words, by_name=by_name)
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)
