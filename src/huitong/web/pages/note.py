"""The counterpart's page: the neutral note as a letter, three honest answers, and what they have promised."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.coordination import notes
from huitong.directory import access
from huitong.directory.wording import day_text
from huitong.matters import coordinate
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Note
from huitong.web import evidence, mailed
from huitong.web.confirm import Reader, Summary, respond
from huitong.web.desk import DeskRequest, field_of, status_of, why_not
from huitong.web.fields import day_of, number_of, text_of
from huitong.web.promise import PromisePage

SHOWN: Final = 20  # commitments of a kind


@dataclass(frozen=True, slots=True)
class NotePage:
    """A note to this reader, by link or signed in (see web.confirm.Page). Of the request itself it shows nothing."""

    request: HttpRequest
    reader: Reader
    note: Note

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        note = self.note
        note.refresh_from_db()
        by_mail = mailed.to_note(self.reader, note) if not typed and coordinate.is_note_open(note) else None
        if by_mail:
            understood = by_mail.meaning.value if by_mail.meaning.value in notes.ANSWERS else note.answer
            typed = mailed.filled(by_mail, answer=understood, day=mailed.day_of(by_mail), who=note.who)
        promises = access.commitments_of(self.reader.person).filter(matter=note.matter)
        context = {
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "other": self.reader.link is not None and "other" in (self.request.GET.get("who"), typed.get("as")),
            "note": note,
            "requester": note.matter.requester,
            "evidence": evidence.tiles(note.matter, self.reader.address, both=True),
            "answers": [(code, answer_text(code), hint_text(code)) for code in notes.ANSWERS],
            "answer": typed.get("answer", note.answer if not typed else ""),
            "mailed": by_mail,
            "fields": self._kept(typed),
            "answered": answer_text(note.answer) if note.answer else "",
            "is_open": coordinate.is_note_open(note),
            "promises": list(promises.filter(state__in=("open", "proposed")).order_by("by", "id")),
            "kept": list(promises.filter(state="kept").order_by("-ended_at")[:SHOWN]),
            "shared": list(access.shared_commitments(note).order_by("by", "id")[:SHOWN]),
            "typed": typed,
            "today": timezone.localdate().isoformat(),
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "note.html", context, status=status_of(error))

    def _kept(self, typed: QueryDict) -> dict[str, str]:
        """What stands in the fields: what was typed, else the answer so far, so that a change of it erases nothing."""
        if typed:
            return {name: typed.get(name, "") for name in ("day", "who", "words")}
        note = self.note
        return {"day": note.day.isoformat() if note.day else "", "who": note.who, "words": note.words}

    def sum_up(self, typed: QueryDict) -> Summary:
        answer = typed.get("answer", "")
        if answer not in notes.ANSWERS:
            raise Incomplete("answer", _("请选一项。"))
        words, day, who = text_of(typed, "words", 5000), day_of(typed.get("day")), text_of(typed, "who", 100)
        if answer == "date" and day is None:
            raise Incomplete("day", _("请填上方便的日期。"))
        if answer == "hard" and not words.strip():
            raise Incomplete("words", _("请写一句难处在哪里，我们再想办法。"))
        said = [answer_text(answer)]
        said += [_("日期：%(day)s") % {"day": day_text(day, weekday=True)}] if day else []
        said += [_("经办：%(who)s") % {"who": who}] if who else []
        return Summary(_("；").join(said), words, _("答复“%(subject)s”") % {"subject": self.note.subject})

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        coordinate.answer_note(
            self.note,
            answer=typed.get("answer", ""),
            day=day_of(typed.get("day")),
            who=text_of(typed, "who", 100),
            words=text_of(typed, "words", 5000),
            by_name=by_name,
        )
        messages.success(self.request, _("收到您的答复了，谢谢您。"))
        return redirect(self.reader.address)


def answer_text(answer: str) -> str:
    return {"yes": _("可以，照此办理"), "date": _("可以，但要换个日子"), "hard": _("眼下有难处")}[answer]


def hint_text(answer: str) -> str:
    return {"yes": "", "date": _("在下面填上您方便的日期"), "hard": _("写上一句，我们再想办法")}[answer]


def answer(request: HttpRequest, reader: Reader, note: Note) -> HttpResponse:
    """The page of a note; with ?promise= that of one of the reader's own commitments in the same matter."""
    if "evidence" in request.GET:
        return evidence.serve(request, note.matter, reader.address, both=True)
    if "promise" not in request.GET:
        return respond(request, reader, NotePage(request, reader, note))
    own = access.commitments_of(reader.person).filter(matter=note.matter)
    promise = own.filter(pk=number_of(request.GET["promise"])).first()
    if promise is None:
        raise Http404
    reader = Reader(person=reader.person, address=f"{reader.address}?promise={promise.pk}", link=reader.link)
    return respond(request, reader, PromisePage(request, reader, promise))


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: DeskRequest, note_id: int) -> HttpResponse:
    return answer(request, Reader(person=request.person, address=reverse("note", args=[note_id])), request.note)


urlpatterns = [path("notes/<int:note_id>", note, name="note")]
