"""What someone promised, answered by the link in its reminder: done, another day, or not possible."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.directory.wording import day_text
from huitong.matters import coordinate
from huitong.matters.errors import Incomplete, NotDone, NotNow, TooLate
from huitong.records.models import Commitment
from huitong.web import mailed
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import why_not
from huitong.web.fields import day_of, text_of

LONGEST: Final = 2000
_MEANT: Final = ("kept", "moved", "broken")  # what an answer by mail can fill in


@dataclass(frozen=True, slots=True)
class PromisePage:
    """One commitment, seen by its owner (or, if they have no address, its requester); see web.confirm.Page."""

    request: HttpRequest
    reader: Reader
    promise: Commitment

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        status = 200 if error is None else 422 if isinstance(error, Incomplete) else 409
        self.promise.refresh_from_db()
        is_open = self.promise.state == "open" and self.promise.matter.closed_at is None
        by_mail = mailed.to_promise(self.reader, self.promise) if not typed and is_open else None
        if by_mail:
            understood = by_mail.meaning.value if by_mail.meaning.value in _MEANT else ""
            typed = mailed.filled(by_mail, do=understood, to=mailed.day_of(by_mail))
        context = {
            "mailed": by_mail,
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "promise": self.promise,
            "requester": self.promise.matter.requester,
            "closed": self.promise.matter.closed_at is not None,
            "own": self.promise.owner_id == self.reader.person.pk,
            "overdue": self.promise.by is not None and self.promise.by < timezone.localdate(),
            "moves": self.promise.moves.order_by("at"),
            "reopen_until": reopen_until(self.promise),
            "typed": typed,
            "today": timezone.localdate().isoformat(),
            "error": why_not(error) if error else "",
            "field": error.field if isinstance(error, Incomplete) else "",
        }
        return render(self.request, "link/promise.html", context, status=status)

    def sum_up(self, typed: QueryDict) -> Summary:
        what, words = {"what": self.promise.what}, text_of(typed, "words", LONGEST)
        match typed.get("do"):
            case "kept":
                return Summary(_("办好了：%(what)s") % what, words)
            case "moved":
                day = day_of(typed.get("to"))
                if day is None:
                    raise Incomplete("to", _("请写一个今天或以后的日子。"))
                if not words.strip():
                    raise Incomplete("words", _("请写一句为什么改期。"))
                return Summary(_("改期，%(day)s前：%(what)s") % (what | {"day": day_text(day, weekday=True)}), words)
            case "broken":
                if not words.strip():
                    raise Incomplete("words", _("请写一句原因。"))
                return Summary(_("办不成：%(what)s") % what, words)
            case "reopen":
                return Summary(_("点错了，还没有办完：%(what)s") % what)
        raise Incomplete("do", _("请选一项。"))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        promise, person, words = self.promise, self.reader.person, text_of(typed, "words", LONGEST)
        match typed.get("do"):
            case "kept":
                coordinate.keep_promise(promise, by=person, words=words, by_name=by_name)
            case "moved":
                to = day_of(typed.get("to"))
                coordinate.move_promise(promise, by=person, to=to, reason=words, by_name=by_name)
            case "broken":
                coordinate.break_promise(promise, by=person, words=words, by_name=by_name)
            case "reopen":
                if reopen_until(promise) is None:
                    raise TooLate if promise.state != "open" else NotNow("it is open")
                coordinate.reopen_promise(promise, by=person)
            case _other:
                raise Incomplete("do", _("请选一项。"))
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)


def reopen_until(promise: Commitment) -> datetime | None:
    """Until when a slip can be taken back by link; None if it is open or that time is over."""
    if promise.ended_at is None or promise.matter.closed_at:
        return None
    limit = promise.ended_at + timedelta(minutes=settings.UNDO_MINUTES)
    return limit if timezone.now() < limit else None
