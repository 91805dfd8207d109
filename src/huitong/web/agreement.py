"""An agreed way of communicating, for the two heads: by the link in a mail, one page, one tap."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.coordination import agreements
from huitong.matters import agree
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Agreement
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import field_of, status_of, why_not
from huitong.web.fields import text_of


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One version, seen by a head (see web.confirm.Page). Of the matter it shows the title alone."""

    request: HttpRequest
    reader: Reader
    agreement: Agreement

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        agreement, person = self.agreement, self.reader.person
        agreement.refresh_from_db()
        to_review = agreements.is_to_review(agreement)
        other = agreement.head if person.pk == agreement.leader_id else agreement.leader
        context = {
            "reader": self.reader,
            "by_link": True,
            "agreement": agreement,
            "sides": agreements.sides(agreement),
            "requester": agreement.matter.requester,
            "other": other,
            "own": agreements.answer_of(agreement, person),
            "others": agreements.answer_of(agreement, other),
            "reviewed": agreements.answer_of(agreement, person, is_review=True),
            "to_review": to_review,
            "figures": agreements.figures(agreement) if to_review else None,
            "is_open": not (agreement.ended_at or agreement.holds_at or agreement.matter.closed_at),
            "typed": typed,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/agreement.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        words, facts = text_of(typed, "words", agree.LONGEST_WHERE), {"matter": self.agreement.matter.title}
        if typed.get("do") == "change" and not words.strip():
            raise Incomplete("words", _("请写一句想改哪里。"))
        titles = {
            "yes": _("同意这份沟通约定：%(matter)s"),
            "change": _("想改沟通约定：%(matter)s"),
            "keeps": _("沟通约定照旧：%(matter)s"),
            "ends": _("沟通约定不用了：%(matter)s"),
        }
        if typed.get("do", "") not in titles:
            raise Incomplete("do", _("请选一项。"))
        return Summary(titles[typed["do"]] % facts, words)

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        do, words = typed.get("do", ""), text_of(typed, "words", agree.LONGEST_WHERE)
        if agreements.is_to_review(self.agreement):
            agree.review(self.agreement, self.reader.person, outcome=do, words=words, by_name=by_name)
        elif do in ("yes", "change"):
            agree.answer(self.agreement, self.reader.person, agreed=do == "yes", words=words, by_name=by_name)
        else:
            raise Incomplete("do", _("请选一项。"))
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)
