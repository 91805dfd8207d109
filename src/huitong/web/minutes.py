"""The draft of a meeting's minutes, answered by its link: right, or what is not; one's own commitments come first."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.coordination.minutes import correction_text
from huitong.matters import minutes_corrected as actions
from huitong.matters.acting import decision_in_force
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.holds import is_held
from huitong.matters.minutes import composed
from huitong.records.models import Link, Minutes, MinutesItem
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not
from huitong.web.fields import day_of, text_of


def minutes_for(link: Link) -> Minutes | None:
    """The minutes that this link opens: they went out, and the person was invited."""
    meeting = link.meeting
    if meeting is None or not meeting.attendees.filter(person_id=link.person_id).exists():
        return None
    return (
        Minutes.objects.select_related("meeting__matter__requester")
        .filter(meeting=meeting, sent_at__isnull=False)
        .first()
    )


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """The draft, for one who was invited; see web.confirm.Page. Nobody's corrections are shown to anybody else."""

    request: HttpRequest
    reader: Reader
    written: Minutes

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        written, person, matter = self.written, self.reader.person, self.written.meeting.matter
        stands = decision_in_force(matter) is not None and not is_held(matter)
        mine = written.corrections.filter(person=person).select_related("item", "person").order_by("at", "pk")
        context = {
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "written": written,
            "meeting": written.meeting,
            "requester": matter.requester,
            "text": composed(written).body if stands else "",
            "items": [item_row(item, typed) for item in actions.items_for(written, person)],
            "mine": [{"text": correction_text(c), "taken": c.taken, "at": c.at, "by_name": c.by_name} for c in mine],
            "said_right": written.right.filter(pk=person.pk).exists(),
            "open": stands and actions.is_open(written),
            "typed": typed,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/minutes.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        title = {"title": self.written.meeting.title}
        match typed.get("do"):
            case "right":
                own = actions.items_for(self.written, self.reader.person)
                small = _("记在您名下的事，也就算您答应了。") if own else ""
                return Summary(_("纪要没有出入：%(title)s") % title, small=small)
            case "correct":
                changed, words = self._changed(typed), text_of(typed, "words", actions.LONGEST)
                if not changed and not words.strip():
                    raise Incomplete("words", _("请改一处，或写一句哪里不准。"))
                lines = [f"{what} {day.isoformat() if day else ''}".strip() for what, day in changed.values()]
                return Summary(_("更正纪要：%(title)s") % title, "\n".join([*lines, words]).strip())
        raise Incomplete("do", _("请选一项。"))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        person = self.reader.person
        match typed.get("do"):
            case "right":
                actions.say_right(self.written, by=person)
            case "correct":
                words = text_of(typed, "words", actions.LONGEST)
                actions.correct(self.written, by=person, items=self._changed(typed), words=words, by_name=by_name)
            case _other:
                raise Incomplete("do", _("请选一项。"))
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)

    def _changed(self, typed: QueryDict) -> dict[int, tuple[str, date | None]]:
        return changed_items(actions.items_for(self.written, self.reader.person), typed)


def changed_items(items: list[MinutesItem], typed: QueryDict) -> dict[int, tuple[str, date | None]]:
    """The items that the form says otherwise. Raises Incomplete for a field that can't be kept."""
    found: dict[int, tuple[str, date | None]] = {}
    for item in items:
        if f"what.{item.pk}" not in typed:
            continue
        what = text_of(typed, f"what.{item.pk}", actions.LONGEST)
        day = day_of(typed.get(f"by.{item.pk}"))
        if (what.strip(), day) != (item.what, item.by):
            found[item.pk] = (what, day)
    return found


def item_row(item: MinutesItem, typed: QueryDict) -> dict[str, object]:
    """An item with what its form shows: what was typed, else what stands."""
    return {
        "pk": item.pk,
        "owner": item.owner,
        "what": item.what,
        "by": item.by,
        "accepted": item.accepted_at is not None,
        "what_name": f"what.{item.pk}",
        "by_name": f"by.{item.pk}",
        "typed_what": typed.get(f"what.{item.pk}", item.what),
        "typed_by": typed.get(f"by.{item.pk}", item.by.isoformat()),
    }
