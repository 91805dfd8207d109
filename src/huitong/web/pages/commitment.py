"""One commitment, seen by the requester: done, another day, somebody else; and what now, where no word has come."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.commitments import UNSETTLED, open_offer
from huitong.coordination.escalations import is_ready, open_escalation
from huitong.coordination.reminders import asked_now
from huitong.directory.hours import working_day_after
from huitong.matters import coordinate, escalate, promises
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Commitment
from huitong.web.desk import DeskRequest, field_of, status_of, why_not
from huitong.web.fields import day_of, text_of
from huitong.web.promise import hands_of


def commitment(request: DeskRequest, matter: int, commitment: int) -> HttpResponse:
    row = request.matter.commitments.select_related("matter__requester", "owner").filter(pk=commitment).first()
    if row is None:
        raise Http404
    if request.method != "POST":
        return render(request, "commitment.html", _context(request, row))
    try:
        done = _act(request, row)
    except NotDone as error:
        row.refresh_from_db()
        context = _context(request, row) | {"error": why_not(error), "field": field_of(error)}
        return render(request, "commitment.html", context, status=status_of(error))
    if request.POST.get("do") == "ask_leader":
        return redirect("write", matter=row.matter_id, channel="email")
    messages.success(request, done)
    return redirect("matter", matter=row.matter_id)


def _act(request: DeskRequest, row: Commitment) -> str:
    post, person = request.POST, request.person
    words = text_of(post, "words", 2000)
    match post.get("do"):
        case "kept":
            coordinate.keep_promise(row, by=person, words=words)
        case "moved":
            coordinate.move_promise(row, by=person, to=day_of(post.get("to")), reason=words)
            if open_offer(row):
                return _("问了%(name)s，点头之前仍是原来的日子。") % {"name": _other_name(request, row)}
        case "broken":
            coordinate.break_promise(row, by=person, words=words)
        case "agree" | "disagree":
            promises.answer_offer(row, by=person, agreed=post["do"] == "agree", words=words)
        case "withdraw":
            promises.withdraw_offer(row, by=person)
        case "undo":
            promises.undo_promise(row, by=person)
        case "reopen":
            coordinate.reopen_promise(row, by=person)
        case "spoken":
            promises.speak_again(row, by=person)
            return _("记下了，过两个工作日再问你一次。")
        case "let_go":
            promises.let_go(row, by=person, words=words)
        case "warn":
            escalate.warn(row, by=person)
            return _("正在告诉%(name)s；过一个工作日没有回音，就可以请示领导。") % {"name": row.owner_name}
        case "call_off":
            escalate.call_off(row, by=person)
        case "ask_leader":
            escalate.ask_leader(row, by=person, answer_by=day_of(post.get("answer_by")))
        case "share" | "unshare":
            promises.share_promise(row, by=person, shared=post["do"] == "share")
        case _other:
            raise Incomplete("do", _("请选一项。"))
    return _("记下了。")


def _context(request: DeskRequest, row: Commitment) -> dict[str, object]:
    person, today = request.person, timezone.localdate()
    row.matter = request.matter
    offer, begun = open_offer(row), open_escalation(row)
    others = row.owner is not None and row.owner.pk != person.pk and bool(row.owner.email)
    warnable = begun is None and escalate.may_warn(row)
    stuck = asked_now(person).filter(commitment=row).first()
    return {
        "matter": request.matter,
        "promise": row,
        "unsettled": row.state in UNSETTLED,
        "others": others,
        "asks_other": others or (row.returns is not None and bool(row.asker.email)),
        "other_name": _other_name(request, row),
        "offer": offer,
        "offered_to_me": offer is not None and offer.person is None and offer.by_id != person.pk,
        "undo": promises.undo_until(row, person),
        "hands": hands_of(row),
        "moves": row.moves.order_by("at"),
        "stuck": stuck,
        "undelivered": stuck is not None and _nothing_arrived(row),
        "warnable": warnable,
        "warning": escalate.warning_of(row) if warnable else None,
        "begun": begun,
        "ready": begun is not None and is_ready(begun),
        "answer_by": working_day_after(person, today, 3).isoformat(),
        "typed": request.POST,
        "today": today.isoformat(),
        "latest": (today + timedelta(days=60)).isoformat(),
    }


def _other_name(request: DeskRequest, row: Commitment) -> str:
    """Who has to agree beside the requester: its owner, or who lent what is given back."""
    return row.asker.name if row.owner_id == request.person.pk else row.owner_name


def _nothing_arrived(row: Commitment) -> bool:
    """Whether the reminders did not reach the owner: then silence says nothing."""
    letters = [r.letter for r in row.reminders.select_related("letter") if r.receiver_id == row.owner_id and r.letter]
    return bool(letters) and all(letter.state == "failed" for letter in letters)


urlpatterns = [path("matters/<int:matter>/commitments/<int:commitment>", commitment, name="commitment")]
