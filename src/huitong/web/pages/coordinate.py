"""What the decision sets in motion: the talk, the meeting, the note to the other department, the promises."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import meetings
from huitong.coordination.attendance import when_text
from huitong.directory.people import find
from huitong.directory.wording import day_text, moment_text
from huitong.matters import attend
from huitong.matters import coordinate as actions
from huitong.matters.brief import answers_of, counterpart_of
from huitong.matters.errors import Incomplete, NotDone, NotNow
from huitong.matters.kinds import called
from huitong.matters.texts import LONGEST, forget_text
from huitong.matters.understood import plan_of, understanding_of
from huitong.matters.verdicts import MAX_WORDS, verdict_text
from huitong.method import Help
from huitong.records.models import Decision, Matter, Meeting, Note, Person
from huitong.timing import MeetingTime
from huitong.web import plan, week
from huitong.web.attend import guest_rows
from huitong.web.clock import moment_of
from huitong.web.desk import DeskRequest, address_of, field_of, life, status_of, why_not
from huitong.web.fields import day_of, number_of, text_of
from huitong.web.texts import keep_if_possible, sheet

LOCAL = "%Y-%m-%dT%H:%M"
MOST_OTHERS: Final = 30
# What a form that carries a text sends it as.
SHEETS: Final = {"note": "note", "meeting": "agenda", "times": "agenda", "points": "talk"}


def coordinate(request: DeskRequest, matter: int) -> HttpResponse:
    row = request.matter
    decision = actions.decision_in_force(row)
    if decision is None or decision.verdict == "no" or row.closed_at:
        return redirect("matter", matter=row.pk)
    if request.method != "POST":
        return render(request, "coordinate.html", _context(request, row, decision))
    if name := SHEETS.get(request.POST.get("do", "")):
        keep_if_possible(row, request.person, name, request.POST)
    if request.POST.get("do") == "times":  # of those who are typed in by now
        return render(
            request, "coordinate.html", _context(request, row, decision) | {"typed": {"meeting": request.POST}}
        )
    try:
        done = _act(request, row)
    except NotDone as error:
        what = request.POST.get("do", "")
        context = _context(request, row, decision) | {
            "errors": {what: why_not(error)},
            "field": field_of(error),
            "typed": {what: request.POST},
        }
        return render(request, "coordinate.html", context, status=status_of(error))
    messages.success(request, done)
    return redirect("coordinate", matter=row.pk)


def _act(request: DeskRequest, row: Matter) -> str:
    post, person = request.POST, request.person
    if (done := plan.act(row, person, post)) is not None:
        return done
    match post.get("do"):
        case "note":
            email = address_of(post.get("email", ""))
            made = actions.send_note(
                row,
                person,
                name=text_of(post, "name", 200),
                email=email,
                subject=text_of(post, "subject", 300),
                text=text_of(post, "text", LONGEST),
            )
            forget_text(row, "note")
            return _("给%(name)s的说明正在送出。") % {"name": made.person.name}
        case "meeting":
            actions.call_meeting(
                row,
                person,
                title=text_of(post, "title", 300),
                start=_start(post, person.time_zone),
                minutes=_minutes(post.get("minutes", "")),
                place=text_of(post, "place", 200),
                agenda=text_of(post, "text", MAX_WORDS),
                guests=[(text_of(post, "guest", 200).strip(), address_of(post.get("guest_email", "")))],
                also=_others(text_of(post, "also", MAX_WORDS), field="also"),
                optional=_others(text_of(post, "others", MAX_WORDS), field="others"),
            )
            forget_text(row, "agenda")
            return _("会议定好了，邀请正在送出。")
        case "accept_time":
            meeting = meetings.to_come(row)
            if meeting is None:
                raise NotNow("there is no meeting")
            attend.accept_time(meeting, by=person, attendee=number_of(post.get("attendee")) or 0)
            return _("改好了，正在通知大家。")
        case "cancel_meeting":
            actions.cancel_meeting(row, person)
            return _("会议取消了，会通知大家。")
        case "held":
            actions.tell_meeting(row, person, text_of(post, "decided", MAX_WORDS))
            return _("记下了，可以看会议纪要了。")
        case "points":
            leader = actions.send_points(row, person, text_of(post, "text", LONGEST))
            forget_text(row, "talk")
            return _("要点正在送给%(leader)s。") % {"leader": leader.address}
        case "talk":
            talk = row.talks.order_by("-pk").first()
            if talk is None:
                raise Incomplete("outcome", _("没有要记的谈话。"))
            actions.tell_talk(talk, by=person, outcome=post.get("outcome", ""), words=text_of(post, "words", MAX_WORDS))
            return _("记下了。")
        case "promise":
            said = number_of(post.get("said"))
            made = actions.promise(
                row,
                person,
                side=post.get("side", ""),
                owner_name=text_of(post, "owner", 200),
                owner_email=address_of(post.get("owner_email", "")),
                what=text_of(post, "what", 2000),
                day=day_of(post.get("by")),
                done_when=text_of(post, "done_when", 2000),
                shared=bool(post.get("shared")),
                said_in=row.notes.select_related("person").filter(pk=said).first() if said else None,
            )
            if made.state == "proposed":
                return _("记下了，正在问%(name)s；点头之后才算答应。") % {"name": made.owner_name}
            return _("记下了，到日子会提醒。")
    raise Incomplete("do", _("请再点一次。"))


def _minutes(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 5):
        raise Incomplete("minutes", _("“%(text)s”不是分钟数，请写 30。") % {"text": text[:20]})
    return int(text)


def _start(post: QueryDict, zone: str) -> datetime:
    """The suggested time that was picked, else the one that was typed."""
    picked = post.get("moment", "")
    if picked and picked != "own":
        return moment_of(picked, zone, field="start")
    if not post.get("start", "").strip():
        raise Incomplete("start", _("请选会议的日子和钟点。"))
    return moment_of(post.get("start", ""), zone, field="start")


def _others(text: str, *, field: str) -> list[tuple[str, str]]:
    """A person or a room a line: a name, then an address if there is one. Raises Incomplete, naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, _space, last = line.strip().rpartition(" ")
        if "@" not in last:
            name, last = line.strip(), ""
        try:
            email = address_of(last)
        except Incomplete as error:
            raise Incomplete(field, _("第 %(n)s 行：%(why)s") % {"n": number, "why": error.message}) from None
        if email and not name.strip():
            raise Incomplete(field, _("第 %(n)s 行：先写姓名，再写邮箱。") % {"n": number})
        if name.strip():
            found.append((name.strip(), email))
    if len(found) > MOST_OTHERS:
        raise Incomplete(field, _("最多写 %(most)s 位。") % {"most": MOST_OTHERS})
    return found


def _people(
    request: DeskRequest, row: Matter, decision: Decision, meeting: Meeting | None
) -> list[tuple[Person, bool]]:
    """Who would come, each with whether they must: those invited, else leader, requester and who is typed in so far."""
    if meeting:
        rows = meeting.attendees.select_related("person").order_by("pk")
        return [(attendee.person, attendee.required) for attendee in rows]
    post = request.POST
    typed = post.get("do") in ("meeting", "times")
    guest = (post.get("guest", ""), post.get("guest_email", "")) if typed else counterpart_of(answers_of(row))
    named = [(guest[0].strip(), guest[1].strip(), True)]
    for field, required in (("also", True), ("others", False)):
        try:
            named += [(*each, required) for each in _others(post.get(field, "") if typed else "", field=field)]
        except Incomplete:
            continue
    people = [(decision.by, True), (row.requester, True)]
    for name, email, required in named:
        person = find(name=name, email=email, by=row.requester) if name else None
        if name and person not in [known for known, _required in people]:
            people.append((person or Person(name=name, time_zone=row.requester.time_zone), required))
    return people


def _context(request: DeskRequest, row: Matter, decision: Decision) -> dict[str, Any]:
    wanted = plan_of(decision)
    option, kind = wanted.option, wanted.kind
    meeting, met = meetings.to_come(row), meetings.last_held(row)
    minutes = meeting.minutes if meeting else (option or {}).get("minutes") or 30
    counterpart, email = counterpart_of(answers_of(row))
    asked_for = kind == Help.MEETING or "meeting" in request.GET
    wants_meeting = asked_for or meeting is not None or met is not None
    people = _people(request, row, decision, meeting if meeting and meeting != met else None) if wants_meeting else []
    typed = request.POST if request.POST.get("do") in ("meeting", "times") else None
    asked_minutes = (number_of(typed.get("minutes")) if typed else None) or int(minutes)
    now = timezone.now()
    guests = attend.guests_of(people, now=now)
    moments = attend.times(guests, minutes=asked_minutes, zone=request.person.time_zone, now=now) if guests else ()
    begins = meeting.start if meeting and meeting != met else None
    start = timezone.localtime(begins) if begins else None
    together = attend.busy_together(guests)
    return {
        "matter": row,
        "life": life(row, page="coordinate"),
        "decision": decision,
        "verdict": verdict_text(decision),
        "understanding": understanding_of(decision),
        "kind": kind.value,
        "kind_name": called(option, kind),
        "talk": row.talks.order_by("-pk").first(),
        "wants_meeting": wants_meeting,
        "meeting": meeting,
        "moments": [_moment(m, typed.get("moment") if typed else "", n) for n, m in enumerate(moments)],
        "own": bool(typed and typed.get("moment") == "own") or not moments or bool(meeting and meeting != met),
        "week": week.picture(together, moments, zone=request.person.time_zone, now=now, deadline=None)
        if together
        else None,
        "zone": request.person.time_zone if len({person.time_zone for person, _required in people}) > 1 else "",
        "guests": guest_rows(meeting, leave_out=row.requester_id) if meeting and meeting != met else [],
        "when": when_text(meeting) if meeting else "",
        "start": start.strftime(LOCAL) if start else "",
        "minutes": minutes,
        "met": met,
        "sheets": {name: sheet(row, name, _typed(request, name)) for name in SHEETS.values()},
        "notes": list(row.notes.select_related("person").order_by("sent_at")),
        "said": [_said(n) for n in row.notes.select_related("person") if n.answer in ("yes", "date")],
        "counterpart": counterpart,
        "email": email,
        **plan.context(row, decision, request.POST),
        "errors": {},
        "typed": {},
        "field": "",
    }


def _said(note: Note) -> dict[str, object]:
    """An answer in which its writer has said something themselves, as the form of a commitment offers it."""
    how = day_text(note.day, weekday=True) if note.day else _("照说明里的日子")
    return {"pk": note.pk, "mark": str(note.pk), "name": note.person.name, "how": how}


def _moment(time: MeetingTime, picked: str | None, place: int) -> dict[str, Any]:
    value = time.start.isoformat()
    return {
        "value": value,
        "when": moment_text(time.start, weekday=True),
        "reasons": time.reasons,
        "picked": value == picked or (not picked and place == 0),
    }


def _typed(request: DeskRequest, name: str) -> QueryDict | None:
    """What was just sent of this text, where it was not taken."""
    return request.POST if SHEETS.get(request.POST.get("do", "")) == name else None


urlpatterns = [path("matters/<int:matter>/coordinate", coordinate, name="coordinate")]
