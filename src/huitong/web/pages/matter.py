"""A matter's own page: where it is, the leader's words, the story, the promises, the papers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.commitments import overdue
from huitong.coordination.meetings import last_held
from huitong.delivery import digest
from huitong.directory.wording import spoken
from huitong.matters import close, coordinate, understood, views
from huitong.matters.brief import answers_of, counterpart_of
from huitong.matters.decide import TOLD, standing_decision
from huitong.matters.errors import NotDone
from huitong.matters.request import current_request, is_unanswered
from huitong.matters.stages import Action, can
from huitong.matters.texts import text_of as text_of_life
from huitong.matters.verdicts import verdict_text
from huitong.matters.whereabouts import whereabouts
from huitong.method import Help, help_name
from huitong.records.models import Commitment, Decision, Matter, Request, Version
from huitong.web.desk import DeskRequest, address_of, life, status_of, why_not
from huitong.web.fields import day_of, text_of
from huitong.web.timeline import Line, line_of


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that is to come, as the story's dashed part shows it."""

    at: datetime | None
    day: date | None
    text: str


def matter(request: DeskRequest, matter: int) -> HttpResponse:
    row = request.matter
    if request.method == "POST" and row.requester_id == request.person.pk:
        return _act(request, row)
    return render(request, "matter.html", _context(request, row))


def _act(request: DeskRequest, row: Matter, status: int = 302) -> HttpResponse:
    action = request.POST.get("do", "")
    try:
        if action == "progress":
            coordinate.log_progress(row, request.person, text_of(request.POST, "words", 2000))
            messages.success(request, _("记下了。"))
        elif action == "understood":
            title, kind = text_of(request.POST, "title", 2000), request.POST.get("kind", "")
            understood.say(row, request.person, title=title, kind=kind, day=day_of(request.POST.get("day")))
            messages.success(request, _("记下了。往后的说明、要点和汇报都照这个意思；也会请领导过目。"))
        elif action == "ask_view":
            name, email = text_of(request.POST, "view_name", 100), address_of(request.POST.get("view_email", ""))
            asked = views.ask(row, request.person, name=name, email=email)
            messages.success(request, _("已经去问%(name)s。写了就放在这里。") % {"name": asked.person.name})
        elif action == "follow_up":
            coordinate.follow_up(row, request.person)
            messages.success(request, _("开始跟进，到日子会提醒。"))
        elif action == "ask_again":
            close.ask_again(row, request.person)
            return redirect("prepare", matter=row.pk)
        elif action == "reopen":
            close.reopen(row, request.person)
            messages.success(request, _("重新打开了。"))
        elif action == "send_again":
            row_id, email = _number(request.POST.get("row")), address_of(request.POST.get("email", ""))
            coordinate.send_again(row, request.person, row_id=row_id, email=email)
            messages.success(request, _("马上再送一次。"))
    except NotDone as error:
        context = _context(request, row) | {"error": why_not(error), "words": request.POST.get("words", "")}
        if action == "understood":
            context["suggested"] = request.POST
        if action == "ask_view":
            context |= {"view_typed": True} | {n: request.POST.get(n, "") for n in ("view_name", "view_email")}
        return render(request, "matter.html", context, status=status_of(error))
    return redirect("matter", matter=row.pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def _context(request: DeskRequest, row: Matter) -> dict[str, object]:
    mine = row.requester_id == request.person.pk
    asked = current_request(row)
    decision = standing_decision(asked) if asked else None
    pending = decision if mine and decision and decision.effective_at > timezone.now() else None
    promises = list(row.commitments.select_related("owner").prefetch_related("moves").order_by("by", "id"))
    if pending:
        promises = [c for c in promises if c.decision_id != pending.pk]
    late = {c.pk for c in overdue(promises, on=timezone.localdate())}
    return {
        "matter": row,
        "mine": mine,
        "life": life(row) if mine else [],
        "whereabouts": whereabouts(row, request.person),
        "asked": asked,
        "decision": None if pending else decision,
        "verdict": verdict_text(decision) if decision and not pending else "",
        **(_understanding(decision) if decision and not pending else {}),
        "pending": pending,
        **_views(row, asked, mine),
        "unanswered": asked is not None and is_unanswered(asked),
        "story": _story(row, mine),
        "coming": _coming(row, promises),
        "ours": [c for c in promises if c.side != "theirs"],
        "theirs": [c for c in promises if c.side == "theirs"],
        "late": late,
        "today": timezone.localdate(),
        "versions": _versions(row) if mine or asked else [],
        "notes": list(row.notes.select_related("person").order_by("sent_at")) if mine else [],
        "failed": list(row.outbox.filter(state="failed").select_related("person")) if mine else [],
        "held": last_held(row) if mine and not pending else None,
        "minutes_sent": row.outbox.filter(kind="minutes").exists(),
        "can_remind": mine and text_of_life(row, "reminder") is not None,
        "can": {a.value: can(row, a) for a in Action} if mine else {},
    }


def _views(row: Matter, asked: Request | None, mine: bool) -> dict[str, object]:
    if not mine or asked is None:
        return {}
    name, email = counterpart_of(answers_of(row))
    return {
        "views": views.views(asked),
        "may_ask_view": views.may_ask(row),
        "view_name": name,
        "view_email": email,
    }


def _understanding(decision: Decision) -> dict[str, object]:
    """For an answer that differs: what was understood of it, what is offered to be confirmed, what was asked before."""
    if not understood.differs(decision) or decision.effective_at > timezone.now():
        return {}
    return {
        "differs": True,
        "understanding": understood.understanding_of(decision),
        "to_say": understood.is_to_say(decision),
        "suggested": understood.suggested(decision),
        "kinds": [(kind.value, help_name(kind, spoken())) for kind in Help],
        "faded": decision.version.options,
    }


def _story(row: Matter, mine: bool) -> list[Line]:
    """What happened, oldest first. The requester is not told what the leader may take back, or did in time."""
    events = list(row.events.select_related("person").order_by("at", "id")[:500])
    if mine:
        answers = Decision.objects.filter(request__matter=row).exclude(how=TOLD)
        slips = Q(undone_at__isnull=False) | Q(superseded_at__lt=F("effective_at"))
        held = answers.filter(slips | Q(effective_at__gt=timezone.now())).values_list("decided_at", flat=True)
        hidden = set(held)
        events = [e for e in events if not (e.kind == "decided" and e.at in hidden)]
    return [line_of(e) for e in events]


def _coming(row: Matter, promises: list[Commitment]) -> list[Coming]:
    """What is to come, soonest first: letters that wait, promises that are due, the deadline."""
    if row.closed_at:
        return []
    coming: list[Coming] = []
    meeting = row.meetings.filter(cancelled_at=None, start__gte=timezone.now()).first()
    if meeting:
        coming.append(Coming(meeting.start, None, _("会议：%(title)s") % {"title": meeting.title}))
    names = {"request": _("请示送达"), "remind_deliver": _("提醒你去说"), "remind_leader": _("委婉提醒领导一次")}
    waiting = row.outbox.filter(state="waiting", kind__in=names).select_related("person", "link__request")
    for letter in waiting.order_by("due_at")[:5]:
        coming.append(Coming(digest.goes_at(letter), None, names[letter.kind]))
    for promise in promises:
        if promise.state == "open" and promise.by:
            facts = {"owner": promise.owner_name, "what": promise.what}
            coming.append(Coming(None, promise.by, _("%(owner)s：%(what)s") % facts))
    return sorted(coming, key=lambda c: c.day or timezone.localtime(c.at).date())


def _versions(row: Matter) -> list[Version]:
    latest = row.requests.order_by("-number").first()
    return list(latest.versions.order_by("-number")) if latest else []


urlpatterns = [path("matters/<int:matter>", matter, name="matter")]
