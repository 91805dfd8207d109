"""A meeting's minutes on one screen: who came, what was decided, who does what; then everybody's corrections."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.attendance import when_text
from huitong.coordination.minutes import correction_text
from huitong.matters import minutes as actions
from huitong.matters import minutes_corrected as corrections
from huitong.matters.acting import decision_in_force
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.holds import is_held
from huitong.matters.prepare import mark
from huitong.records.models import Attendee, Meeting, Minutes, MinutesCorrection
from huitong.web.desk import DeskRequest, field_of, life, status_of, why_not
from huitong.web.fields import number_of, text_of
from huitong.web.kept import Typed, kept_as_json, typed_in
from huitong.web.minutes import changed_items, item_row


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the page: what it shows, the mark of what that began from, and what is stored if that is another."""

    name: str
    text: str
    was: str
    stored: str | None = None
    now: str = ""


def minutes(request: DeskRequest, matter: int) -> HttpResponse:
    """POST keeps the fields that come with their mark, while it is written; `do`: save, read, all_came, over,
    mine:FIELD or stored:FIELD, then take, leave, correct or count. `Accept: application/json` is typing being kept.
    """
    row = request.matter
    meeting = actions.meeting_of(row)
    if meeting is None or decision_in_force(row) is None or is_held(row):
        return redirect("coordinate" if row.closed_at is None else "matter", matter=row.pk)
    meeting.matter = row
    written = actions.minutes_of(meeting)
    if written.sent_at:
        return _sent(request, written)
    if request.method != "POST":
        return _page(request, written)
    action = request.POST.get("do", "")
    if action == "read":
        names = (name for name in actions.fields_of(written) if name in request.POST)
        typed = {name: text_of(request.POST, name, actions.LONGEST) for name in names}
        return render(request, "minutes/_read.html", {"lines": actions.lines_of(written, typed)})
    return _write(request, written, action)


def _write(request: DeskRequest, written: Minutes, action: str) -> HttpResponse:
    meeting, person, typed = written.meeting, request.person, typed_in(request.POST, action)
    try:
        saved = actions.save(meeting, person, typed)
        if not request.accepts("text/html"):
            return kept_as_json(typed, saved, longest=actions.LONGEST, problems={})
        if saved.conflicts:
            return _page(request, actions.minutes_of(meeting), typed, saved.conflicts, status=409)
        if action == "all_came":
            actions.all_came(meeting, person)
        elif action == "over":
            actions.finish(meeting, person)
            messages.success(request, _("草稿正在送给大家。"))
    except NotDone as error:
        if not request.accepts("text/html"):
            return JsonResponse({"refused": why_not(error)}, status=409)
        # Everything typed is kept already, or stands in the page again.
        return _page(request, actions.minutes_of(meeting), typed, error=error, status=status_of(error))
    return redirect("minutes", matter=meeting.matter_id)


def _page(
    request: DeskRequest,
    written: Minutes,
    typed: Typed | None = None,
    conflicts: dict[str, str] | None = None,
    *,
    error: NotDone | None = None,
    status: int = 200,
) -> HttpResponse:
    shown, apart = typed or {}, conflicts or {}

    def cell(name: str) -> Cell:
        stored = str(written.texts.get(name) or "")
        text, was = shown.get(name, (stored, mark(stored)))
        if name in apart:
            return Cell(name, text, was, stored, mark(stored))
        return Cell(name, text, mark(stored) if text == stored else was)

    meeting = written.meeting
    guests = actions.guests_of(meeting)
    context = {
        "matter": meeting.matter,
        "life": life(meeting.matter, page="coordinate"),
        "meeting": meeting,
        "when": when_text(meeting),
        "saved_at": written.saved_at,
        "guests": [_guest(guest, cell) for guest in guests],
        "unmarked": any(not cell(f"came.{guest.pk}").text for guest in guests),
        "points": [(title, cell(f"point.{n}")) for n, title in enumerate(written.points)],
        "other": cell(actions.OTHER),
        "promises": cell(actions.PROMISES),
        "lines": actions.lines_of(written, {name: text for name, (text, _was) in shown.items()}),
        "error": why_not(error) if error else "",
        "field": field_of(error),
        "conflict": bool(apart),
        "longest": actions.LONGEST,
    }
    return render(request, "minutes.html", context, status=status)


def _guest(guest: Attendee, cell: Any) -> dict[str, Any]:
    came = cell(f"came.{guest.pk}")
    return {
        "person": guest.person,
        "came": came,
        "name": cell(f"name.{guest.pk}"),
        "choices": [
            (code, label, came.text == code)
            for code, label in (
                (actions.CAME, _("到了")),
                (actions.ABSENT, _("没到")),
                (actions.STAND_IN, _("由人代")),
            )
        ],
    }


# --- the draft is out ---


def _sent(request: DeskRequest, written: Minutes) -> HttpResponse:
    if request.method != "POST":
        return _sent_page(request, written)
    if not request.accepts("text/html"):  # typing that was on its way when the draft went out
        return JsonResponse({"refused": _("草稿已经发给大家，刚才这几个字没有记进去。请在下面更正。")}, status=409)
    try:
        done = _act(request, written)
    except NotDone as error:
        written = actions.minutes_of(written.meeting)
        return _sent_page(request, written, request.POST, error=error)
    messages.success(request, done)
    return redirect("minutes", matter=written.meeting.matter_id)


def _act(request: DeskRequest, written: Minutes) -> str:
    post, person = request.POST, request.person
    for verb in ("take", "leave"):
        if (number := number_of(post.get(verb))) is not None:
            if corrections.answer_correction(written, person, correction=number, taken=verb == "take"):
                return _("定好了。更正的时间已过，纪要定稿，正在发给大家。")
            return _("改好了。") if verb == "take" else _("照原样不改。")
    match post.get("do"):
        case "correct":
            changed = changed_items(corrections.items_for(written, person), post)
            words = text_of(post, "words", corrections.LONGEST)
            corrections.correct(written, by=person, items=changed, words=words)
            return _("改好了。")
        case "count":
            corrections.count(written, person)
            return _("纪要定稿，正在发给大家。")
    raise Incomplete("do", _("请再点一次。"))


def _sent_page(
    request: DeskRequest,
    written: Minutes,
    typed: QueryDict | None = None,
    *,
    error: NotDone | None = None,
) -> HttpResponse:
    meeting: Meeting = written.meeting
    typed = typed or QueryDict()
    context = {
        "matter": meeting.matter,
        "life": life(meeting.matter, page="coordinate"),
        "meeting": meeting,
        "when": when_text(meeting),
        "written": written,
        "over": written.until is not None and written.until <= timezone.now(),
        "text": actions.composed(written).body,
        "open_corrections": [_correction(c) for c in corrections.open_corrections(written)],
        "right": [person.name for person in written.right.order_by("pk")],
        "items": [item_row(item, typed) for item in corrections.items_for(written, request.person)],
        "typed": typed,
        "error": why_not(error) if error else "",
        "field": field_of(error),
    }
    return render(request, "minutes/sent.html", context, status=status_of(error))


def _correction(correction: MinutesCorrection) -> dict[str, Any]:
    return {
        "pk": correction.pk,
        "person": correction.person,
        "by_name": correction.by_name,
        "at": correction.at,
        "item": correction.item,
        "text": correction_text(correction),
    }


urlpatterns = [path("matters/<int:matter>/minutes", minutes, name="minutes")]
