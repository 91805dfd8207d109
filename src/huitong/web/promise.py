"""One commitment, answered by the link in a mail: taken on, another day, somebody else, done, or not possible."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.commitments import UNSETTLED, open_offer
from huitong.directory.wording import day_text
from huitong.matters import promises as actions
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Commitment, CommitmentOffer, Person
from huitong.web import mailed
from huitong.web.confirm import Reader, Summary
from huitong.web.desk import address_of, field_of, status_of, why_not
from huitong.web.fields import day_of, text_of

LONGEST: Final = 2000
# What an answer by mail fills in: of who is asked for it, and of who has taken it on.
_MEANT: Final = {"yes": "accept", "date": "moved", "hard": "broken"} | {m: m for m in ("kept", "moved", "broken")}


@dataclass(frozen=True, slots=True)
class PromisePage:
    """One commitment, for its owner, its requester, or whom it is offered to; see web.confirm.Page.

    Of the matter it shows nothing else. Whoever has handed it on sees to whom, and no more.
    """

    request: HttpRequest
    reader: Reader
    promise: Commitment

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        promise, person = self.promise, self.reader.person
        promise.refresh_from_db()
        unsettled = promise.state in UNSETTLED and promise.matter.closed_at is None
        by_mail = mailed.to_promise(self.reader, promise) if not typed and unsettled else None
        if by_mail:
            do = _MEANT.get(by_mail.meaning.value, "")
            typed = mailed.filled(by_mail, do=do, to=mailed.day_of(by_mail))
        offer = open_offer(promise)
        own, lender = promise.owner_id == person.pk, promise.returns is not None and promise.asker == person
        asks = lender or promise.matter.requester_id == person.pk
        slip = actions.undo_until(promise, person) if own or asks else None
        context = {
            "mailed": by_mail,
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "promise": promise,
            "requester": promise.matter.requester,
            "closed": promise.matter.closed_at is not None,
            "own": own,
            "may": own or asks,
            "lender": lender and not own,
            "unsettled": promise.state in UNSETTLED,
            "overdue": promise.state == "open" and promise.by is not None and promise.by < timezone.localdate(),
            "moves": promise.moves.order_by("at") if own or asks else [],
            "hands": [o for o in hands_of(promise) if own or asks or o.owner_before_id == person.pk],
            "offer": offer,
            "offered_to_me": offer is not None and _waits_for(offer, promise, person),
            "offered_by_me": offer is not None and offer.by_id == person.pk,
            "undo": slip,
            "choices": _choices(promise, own=own, lender=lender and not own),
            "typed": typed,
            "today": timezone.localdate().isoformat(),
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, "link/promise.html", context, status=status_of(error))

    def sum_up(self, typed: QueryDict) -> Summary:
        what, words = {"what": self.promise.what}, text_of(typed, "words", LONGEST)
        match typed.get("do"):
            case "accept":
                return Summary(_("答应：%(what)s") % what)
            case "agree":
                return Summary(_("同意：%(what)s") % what, words)
            case "disagree":
                return Summary(_("不同意：%(what)s") % what, words)
            case "withdraw":
                return Summary(_("收回提议：%(what)s") % what)
            case "kept":
                return Summary(_("办好了：%(what)s") % what, words)
            case "moved":
                day = day_of(typed.get("to"))
                if day is None:
                    raise Incomplete("to", _("请写一个今天或以后的日子。"))
                if not words.strip():
                    raise Incomplete("words", _("请写一句为什么改期。"))
                return Summary(_("改期，%(day)s前：%(what)s") % (what | {"day": day_text(day, weekday=True)}), words)
            case "hand":
                name = text_of(typed, "name", 100).strip()
                if not name:
                    raise Incomplete("name", _("请写明交给谁。"))
                if not address_of(typed.get("email", "")):
                    raise Incomplete("email", _("请写对方的邮箱，要问过本人才算。"))
                return Summary(_("请%(name)s来办：%(what)s") % (what | {"name": name}), words, typed.get("email", ""))
            case "broken":
                if not words.strip():
                    raise Incomplete("words", _("请写一句原因。"))
                return Summary(_("办不成：%(what)s") % what, words)
            case "let_go":
                return Summary(_("不用还了：%(what)s") % what, words)
            case "not_back":
                if not words.strip():
                    raise Incomplete("words", _("请写一句哪里不对。"))
                return Summary(_("还没有还好：%(what)s") % what, words)
            case "reopen" | "undo":
                return Summary(_("点错了，收回：%(what)s") % what)
        raise Incomplete("do", _("请选一项。"))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        promise, person, words = self.promise, self.reader.person, text_of(typed, "words", LONGEST)
        match typed.get("do"):
            case "accept":
                actions.accept_promise(promise, by=person, by_name=by_name)
            case "agree" | "disagree":
                agreed = typed["do"] == "agree"
                actions.answer_offer(promise, by=person, agreed=agreed, words=words, by_name=by_name)
            case "withdraw":
                actions.withdraw_offer(promise, by=person)
            case "kept":
                actions.keep_promise(promise, by=person, words=words, by_name=by_name)
            case "moved":
                to = day_of(typed.get("to"))
                actions.move_promise(promise, by=person, to=to, reason=words, by_name=by_name)
            case "hand":
                name, email = text_of(typed, "name", 100), address_of(typed.get("email", ""))
                actions.hand_promise(promise, by=person, name=name, email=email, reason=words, by_name=by_name)
            case "broken":
                actions.break_promise(promise, by=person, words=words, by_name=by_name)
            case "let_go":
                actions.let_go(promise, by=person, words=words)
            case "not_back":
                actions.reopen_promise(promise, by=person, words=words)
            case "reopen" | "undo":
                actions.undo_promise(promise, by=person)
            case _other:
                raise Incomplete("do", _("请选一项。"))
        messages.success(self.request, _("记下了，谢谢您。"))
        return redirect(self.reader.address)


def hands_of(promise: Commitment) -> list[CommitmentOffer]:
    """Through whose hands it went, first to last."""
    return list(promise.offers.filter(agreed=True, person__isnull=False).select_related("person").order_by("at"))


def _waits_for(offer: CommitmentOffer, promise: Commitment, person: Person) -> bool:
    if offer.person:
        return offer.person_id == person.pk
    both = (promise.owner_id, promise.asker.pk)
    return person.pk in both and offer.by_id != person.pk


def _choices(promise: Commitment, *, own: bool, lender: bool) -> list[tuple[str, str, str]]:
    """What can be said of it: code, name, hint."""
    if lender:
        return [
            ("kept", _("还回来了"), _("有要说的可写一句")),
            ("moved", _("想换个归还的日子"), _("填上日子，写一句原因")),
            ("let_go", _("不用还了"), ""),
        ]
    kept = ("kept", _("办好了"), _("有凭据可写一句，比如单号"))
    hand = ("hand", _("该由别人办"), _("写下姓名和邮箱，问过本人才算"))
    if promise.state == "proposed" and own:
        return [
            ("accept", _("可以，我来办"), ""),
            ("moved", _("可以，要换个日子"), _("填上日子，写一句原因")),
            hand,
            kept,
            ("broken", _("办不了"), _("写一句原因，我们另想办法")),
        ]
    moved = ("moved", _("还需要几天"), _("填上新日子，写一句原因"))
    return [kept, moved, hand, ("broken", _("办不成了"), _("写一句原因，我们另想办法"))]
