"""How it went, said in a minute at the link in a mail: two taps and, if one likes, a sentence."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.matters import feedback as actions
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Feedback
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not
from huitong.web.fields import text_of


def choices() -> dict[str, list[tuple[str, str]]]:
    """What can be picked, by field: value and text."""
    return {
        "settled": [("yes", _("解决了")), ("partly", _("解决了一些")), ("no", _("没有"))],
        "working": [("easy", _("顺")), ("fair", _("还行")), ("hard", _("不容易"))],
    }


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """One person's feedback (see web.confirm.Page)."""

    request: HttpRequest
    reader: Reader
    feedback: Feedback

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        row = self.feedback
        row.refresh_from_db()
        row.matter.refresh_from_db()
        kept = {"settled": row.settled, "working": row.working, "words": row.words, "shared": row.shared}
        context = {
            "reader": self.reader,
            "by_link": True,
            "feedback": row,
            "matter": row.matter,
            "requester": row.matter.requester,
            "is_open": row.matter.closed_at is not None,
            "value": typed if typed else kept,
            **choices(),
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/feedback.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        known = choices()
        said = [dict(known[name]).get(typed.get(name, "")) for name in ("settled", "working")]
        if said[0] is None:
            raise Incomplete("settled", _("请选一项：解决了吗。"))
        if said[1] is None:
            raise Incomplete("working", _("请选一项：配合得怎样。"))
        small = _("这句话给%(name)s和领导看") if typed.get("shared") else _("不给别人看")
        return Summary(
            _("解决了吗：%(settled)s；配合：%(working)s") % {"settled": said[0], "working": said[1]},
            text_of(typed, "words", actions.LONGEST),
            small % {"name": self.feedback.matter.requester.name},
        )

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        actions.give(
            self.feedback,
            self.reader.person,
            settled=typed.get("settled", ""),
            working=typed.get("working", ""),
            words=text_of(typed, "words", actions.LONGEST),
            shared=bool(typed.get("shared")),
            by_name=by_name,
        )
        messages.success(self.request, _("收到了，谢谢您。"))
        return redirect(self.reader.address)
