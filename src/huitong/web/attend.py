"""The invitation to a meeting, answered by its link: coming, not coming, or another time. Its host sees all answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.coordination import attendance
from huitong.directory.wording import moment_text
from huitong.matters import attend
from huitong.matters.errors import Incomplete, NotAllowed, NotDone
from huitong.records.models import Attendee, Meeting
from huitong.web.clock import moment_of
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not
from huitong.web.fields import number_of, text_of

# What the form's choices mean as an answer.
CHOICES = {"come": "accepted", "perhaps": "tentative", "not": "declined", "propose": "tentative"}


@dataclass(frozen=True, slots=True)
class AttendPage:
    """One invitation, seen by the invitee; see web.confirm.Page."""

    request: HttpRequest
    reader: Reader
    meeting: Meeting

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        self.meeting.refresh_from_db()
        attendee = self._attendee()
        open_now = attend.is_open(self.meeting)
        host = attend.hosts(self.reader.person, self.meeting)
        context = {
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "meeting": self.meeting,
            "when": attendance.when_text(self.meeting),
            "zone": attendance.zones_differ(self.meeting, self.meeting.start),
            "requester": self.meeting.matter.requester,
            "others": [a.person for a in self._others()],
            "open": open_now,
            "own": guest_row(self.meeting, attendee),
            "guests": guest_rows(self.meeting, leave_out=self.reader.person.pk) if host else [],
            "typed": typed,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/meeting.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        facts = {"title": self.meeting.title, "when": attendance.when_text(self.meeting)}
        words = text_of(typed, "words", attendance.LONGEST)
        if number_of(typed.get("accept")) is not None:
            return Summary(_("会议改到对方提的时间，并通知大家：%(title)s") % facts)
        match typed.get("do"):
            case "come":
                return Summary(_("能来：%(title)s，%(when)s") % facts, words)
            case "perhaps":
                return Summary(_("还说不定：%(title)s，%(when)s") % facts, words)
            case "not":
                return Summary(_("来不了：%(title)s，%(when)s") % facts, words)
            case "propose":
                start = self._start(typed)
                when = attendance.when_text(self.meeting, start)
                return Summary(_("想改到%(other)s：%(title)s") % (facts | {"other": when}), words)
        raise Incomplete("do", _("请选一项。"))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        accept = number_of(typed.get("accept"))
        if accept is not None:
            attend.accept_time(self.meeting, by=self.reader.person, attendee=accept)
            messages.success(self.request, _("改好了，正在通知大家。"))
            return redirect(self.reader.address)
        do = typed.get("do", "")
        attend.answer_meeting(
            self.meeting,
            by=self.reader.person,
            answer=CHOICES.get(do, ""),
            seen=number_of(typed.get("seen")) or 0,
            proposed=self._start(typed) if do == "propose" else None,
            words=text_of(typed, "words", attendance.LONGEST),
            by_name=by_name,
        )
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)

    def _start(self, typed: QueryDict) -> datetime:
        return moment_of(typed.get("start", ""), self.reader.person.time_zone, field="start")

    def _attendee(self) -> Attendee:
        found = self.meeting.attendees.select_related("person").filter(person=self.reader.person).first()
        if found is None:
            raise NotAllowed
        return found

    def _others(self) -> list[Attendee]:
        rows = self.meeting.attendees.select_related("person__department").order_by("pk")
        return [row for row in rows if row.person_id != self.reader.person.pk]


def guest_row(meeting: Meeting, attendee: Attendee) -> dict[str, Any]:
    """What a page shows of one invitee: their answer, to which time, and what else they propose."""
    proposed = attendance.proposal(meeting, attendee)
    old = attendee.answered_sequence is not None and not attendance.is_current(meeting, attendee)
    return {
        "pk": attendee.pk,
        "person": attendee.person,
        "required": attendee.required,
        "answer": attendance.standing(meeting, attendee),
        "said": attendance.answer_text(attendee.answer, old=old),
        "old": old,
        "asked": attendance.must_answer(meeting, attendee),
        "answered_at": attendee.answered_at,
        "answered_by": attendee.answered_by,
        "words": attendee.words,
        "proposed": attendance.when_text(meeting, proposed[0]) if proposed else "",
        "short": moment_text(proposed[0], weekday=True) if proposed else "",
    }


def guest_rows(meeting: Meeting, *, leave_out: int) -> list[dict[str, Any]]:
    rows = meeting.attendees.select_related("person").order_by("pk")
    return [guest_row(meeting, row) for row in rows if row.person_id != leave_out]
