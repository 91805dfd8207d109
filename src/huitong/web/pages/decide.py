"""The leader's page: who asks what and why now, the ways to help, five answers, and what was understood."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.compose import leader_headline
from huitong.coordination import talks
from huitong.directory import access, phrases
from huitong.directory.hours import working_day_after
from huitong.matters import consult as consulting
from huitong.matters import coordinate, feedback, reply_rows, views
from huitong.matters import decide as actions
from huitong.matters.errors import AlreadyDecided, Incomplete, NotDone, NotNow, StaleVersion
from huitong.matters.request import is_unanswered, latest_version
from huitong.matters.templates import house_of
from huitong.matters.understood import correct, understanding_of
from huitong.matters.verdicts import (
    FINAL,
    LINK,
    MAX_WORDS,
    TOLD,
    Choice,
    Verdict,
    check,
    choice_text,
    is_the_same,
    verdict_text,
)
from huitong.method import Brief
from huitong.records.models import Consultation, Decision, Request, Talk
from huitong.web import evidence, mailed, mood
from huitong.web.confirm import Reader, Summary, respond
from huitong.web.desk import DeskRequest, field_of, status_of, why_not
from huitong.web.difference import between
from huitong.web.fields import day_of, number_of, text_of
from huitong.web.story import story

DOES: Final = ("undo", "now", "confirm", "talked", "correct")  # what can be done beside answering
CONSULT, UNCONSULT = "consult", "unconsult"
LATEST: Final = timedelta(days=366)
OTHERS_SHOWN: Final = 5
QUESTIONS_SHOWN: Final = 3
NAMED_BUTTONS: Final = 9  # how many options looks.css can name on the main button


@dataclass(frozen=True, slots=True)
class DecidePage:
    """The request that waits for this reader, asked by link or signed in (see web.confirm.Page)."""

    request: HttpRequest
    reader: Reader
    asked: Request

    def show(self, typed: QueryDict, error: NotDone | None = None) -> HttpResponse:
        asked = self.asked
        asked.matter.refresh_from_db()
        standing = actions.standing_decision(asked)
        told = standing is not None and _is_told(standing)
        if asked.ended_at or asked.matter.closed_at:
            return self._done(standing, typed, error)
        if standing is None or told or self._answers_anew(standing, typed, error):
            return self._form(standing, typed, error)
        return self._done(standing, typed, error)

    def sum_up(self, typed: QueryDict) -> Summary:
        decision = actions.standing_decision(self.asked)
        match typed.get("do"):
            case "consult":
                name, question = typed.get("consult_name", ""), typed.get("consult_question", "")
                consulting.check_question(name, question)
                return Summary(_("问%(name)s一句") % {"name": name.strip()}, question)
            case "unconsult":
                return Summary(_("不用再问%(name)s了") % {"name": self._awaited().person.name})
            case "undo" | "now" | "confirm" if decision is None:
                raise NotNow("no decision stands")
            case "undo":
                return Summary(_("撤回这次批示：%(verdict)s") % {"verdict": verdict_text(decision)})
            case "now":
                return Summary(_("不用等，现在就发出：%(verdict)s") % {"verdict": verdict_text(decision)})
            case "confirm":
                said = {"name": self.asked.matter.requester.name, "verdict": verdict_text(decision)}
                return Summary(_("%(name)s记得对：%(verdict)s") % said, decision.words)
            case "correct":
                if not typed.get("correction", "").strip():
                    raise Incomplete("correction", _("请写一句您的意思。"))
                return Summary(_("意思不是这样"), typed.get("correction", ""))
            case do if do in mood.ACTIONS:
                return Summary(mood.summary(do))
            case "talked":
                outcome = typed.get("outcome", "")
                if outcome not in talks.OUTCOMES:
                    raise Incomplete("outcome", _("请选一项。"))
                return Summary(
                    _("谈话的结果：%(outcome)s") % {"outcome": outcome_text(outcome)}, typed.get("talk_words", "")
                )
            case None:
                choice = self._choice(typed)
                version = latest_version(self.asked)
                if choice.version != version.number:
                    raise StaleVersion(self.asked.versions.filter(number=choice.version).first(), version)
                check(choice, version)
                if decision and _is_settled(decision) and not is_the_same(decision, choice):
                    raise AlreadyDecided(decision)
                option = version.options[choice.option] if choice.option is not None else None
                title = choice_text(choice.verdict, option, choice.option, choice.later_until)
                small = _("对“%(matter)s”的请示，第 %(version)s 版")
                return Summary(
                    title, choice.words, small % {"matter": self.asked.matter.title, "version": version.number}
                )
        raise Incomplete("verdict", _("还没有选。请点下面五个按钮之一。"))

    def act(self, typed: QueryDict, by_name: str) -> HttpResponse:
        person, do = self.reader.person, typed.get("do")
        if do is None:
            choice = self._choice(typed)
            actions.decide(self.asked, choice, by=person, how=self.reader.how, by_name=by_name, link=self.reader.link)
            if typed.get("keep") and not by_name:
                phrases.keep(person, typed.get("words", ""))
            return redirect(self.reader.address)
        if do == CONSULT:
            name, email = text_of(typed, "consult_name", 100), text_of(typed, "consult_email", 254)
            question = typed.get("consult_question", "").replace("\r\n", "\n")
            row = consulting.consult(self.asked, by=person, name=name, email=email, question=question)
            messages.success(self.request, _("已经去问%(name)s。答了就放在这里。") % {"name": row.person.address})
            return redirect(self.reader.address)
        if do == UNCONSULT:
            consulting.withdraw(self._awaited(), by=person)
            return redirect(self.reader.address)
        if do in mood.ACTIONS:
            mood.act(self.request, person, do, by_name)
            return redirect(self.reader.address)
        if do not in DOES:
            raise Incomplete("verdict", _("还没有选。请点下面五个按钮之一。"))
        decision = actions.standing_decision(self.asked)
        if decision is None:
            raise NotNow("no decision stands")
        if do == "undo":
            actions.undo(decision, by=person)
            messages.success(self.request, _("已经撤回，什么都没有发出。您可以重新批示。"))
        elif do == "now":
            actions.send_now(decision, by=person)
            messages.success(self.request, _("已经发出。"))
        elif do == "confirm":
            actions.confirm(decision, by=person, by_name=by_name)
            messages.success(self.request, _("记下了，谢谢您。"))
        elif do == "correct":
            correct(decision, by=person, words=text_of(typed, "correction", MAX_WORDS), by_name=by_name)
            messages.success(self.request, _("记下了，已经告诉%(name)s。") % {"name": self.asked.matter.requester.name})
        else:
            talk = talk_of(decision)
            if talk is None:
                raise NotNow("no talk was asked for")
            words = text_of(typed, "talk_words", MAX_WORDS)
            coordinate.tell_talk(talk, by=person, outcome=typed.get("outcome", ""), words=words)
            messages.success(self.request, _("记下了，已经告诉%(name)s。") % {"name": self.asked.matter.requester.name})
        return redirect(self.reader.address)

    def _awaited(self) -> Consultation:
        """The question to somebody else that has no answer yet. Raises NotNow if there is none."""
        row = next((c for c in consulting.consultations(self.asked) if c.answered_at is None), None)
        if row is None:
            raise NotNow("nobody is asked")
        return row

    def _choice(self, typed: QueryDict) -> Choice:
        try:
            verdict = Verdict(typed.get("verdict", ""))
        except ValueError:
            raise Incomplete("verdict", _("还没有选。请点下面五个按钮之一。")) from None
        option = number_of(typed.get("option"))
        picks = verdict in (Verdict.AGREE, Verdict.CHANGE) and option is not None
        said = [typed.get("words", "")] if typed.get("words") else []
        return Choice(
            verdict=verdict,
            version=number_of(typed.get("version")) or 0,
            option=(option or 0) - 1 if picks else None,
            words="\n".join(said + typed.getlist("phrase")),
            later_until=day_of(typed.get("later_until")) if verdict == Verdict.LATER else None,
        )

    def _answers_anew(self, standing: Decision, typed: QueryDict, error: NotDone | None) -> bool:
        """A question or a "later" can be followed by an answer at any time, but is shown as recorded at first."""
        if standing.verdict in FINAL:
            return False
        if not typed and reply_rows.waiting(self.reader.person, request=self.asked):
            return True
        due = standing.later_until is not None and standing.later_until <= timezone.localdate()
        by_form = not {"verdict", "consult_name"}.isdisjoint(typed)
        return due or by_form or "again" in self.request.GET or (error is not None and "do" not in typed)

    def _form(self, standing: Decision | None, typed: QueryDict, error: NotDone | None) -> HttpResponse:
        asked, matter, get = self.asked, self.asked.matter, self.request.GET
        version = latest_version(asked)
        brief = Brief.model_validate(version.brief)
        by_mail = mailed.to_request(self.reader, asked, version) if not typed else None
        if by_mail:
            typed = mailed.filled(by_mail, option=str(by_mail.option or ""), later_until=mailed.day_of(by_mail))
        wanted = number_of(typed.get("option")) or number_of(get.get("option"))
        preferred = (brief.preferred or 0) + 1
        picked = wanted if wanted and wanted <= len(version.options) else preferred
        stale = error if isinstance(error, StaleVersion) else None
        chosen = typed.getlist("phrase")
        consulted = consulting.consultations(asked)
        awaited = next((row for row in consulted if row.answered_at is None), None)
        wrong = field_of(error)
        offered, both = phrases.phrases_of(self.reader.person), views.views(asked)
        next_day = working_day_after(self.asked.leader, timezone.localdate())
        return self._render(
            "decide.html",
            error,
            {
                "brief": brief,
                "version": version,
                "headline": leader_headline(brief, house=house_of(self.asked.matter)),
                "content_language": brief.lang.html,
                "efforts": brief.efforts,
                "options": [_option(row, n, n == picked, n == preferred) for n, row in enumerate(version.options, 1)],
                "named_buttons": len(version.options) <= NAMED_BUTTONS,
                "mailed": by_mail,
                "views": [view for view in both if view.given_at],
                "views_asked": [view for view in both if not view.given_at],
                "words": typed.get("words", ""),
                "keep": typed.get("keep", ""),
                "phrases": [(text, text in chosen) for text in dict.fromkeys(offered + chosen)],
                "by_name": typed.get("by_name", ""),
                "other": self.reader.link is not None and "other" in (get.get("who"), typed.get("as")),
                "later_until": typed.get("later_until", next_day.isoformat()),
                "earliest": (timezone.localdate() + timedelta(days=1)).isoformat(),
                "latest": (timezone.localdate() + LATEST).isoformat(),
                "answered": stale.answered if stale else None,
                "difference": between(stale.answered, stale.latest) if stale and stale.answered else [],
                "told": standing if standing and standing.how == TOLD else None,
                "waiting": standing if standing and standing.how != TOLD else None,
                "verdict_text": verdict_text(standing) if standing else "",
                "questions": reversed(
                    asked.decisions.filter(verdict=Verdict.ASK, undone_at=None)
                    .exclude(answer="")
                    .order_by("-decided_at")[:QUESTIONS_SHOWN]
                ),
                "evidence": evidence.tiles(matter, self.reader.address),
                "consulted": [row for row in consulted if row.answered_at],
                "awaited": awaited,
                "not_delivered": consulting.not_delivered(awaited) if awaited else "",
                "consult": {key: typed.get(f"consult_{key}", "") for key in ("name", "email", "question")},
                "consulting": wrong.startswith("consult_") or typed.get("do") == CONSULT,
                "unanswered": is_unanswered(asked),
                "matter": matter,
            },
        )

    def _done(self, standing: Decision | None, typed: QueryDict, error: NotDone | None) -> HttpResponse:
        asked, matter = self.asked, self.asked.matter
        decision = error.decision if isinstance(error, AlreadyDecided) else standing
        talk = talk_of(decision) if decision else None
        others = []
        if self.reader.link is None:
            waiting = access.requests_to(self.reader.person).filter(matter__stage="awaiting").exclude(pk=asked.pk)
            others = list(waiting.order_by("delivered_at")[:OTHERS_SHOWN])
        open_now = asked.ended_at is None and matter.closed_at is None
        sent = decision is not None and decision.effective_at <= timezone.now()
        return self._render(
            "decide/done.html",
            error,
            {
                "matter": matter,
                "decision": decision,
                "verdict_text": verdict_text(decision) if decision else "",
                "undo_until": actions.undo_until(decision) if decision and open_now else None,
                "sent": sent,
                "unsent": decision is not None and not sent,
                "story": story(decision, talk) if decision and open_now else [],
                "understanding": understanding_of(decision) if decision else None,
                "correction": typed.get("correction", ""),
                "talk": talk,
                "outcomes": [(code, outcome_text(code)) for code in talks.OUTCOMES],
                "outcome": typed.get("outcome", ""),
                "talk_outcome": outcome_text(talk.outcome) if talk and talk.outcome else "",
                "talk_words": typed.get("talk_words", ""),
                "may_tell": talk is not None and sent and open_now,
                "may_decide": decision is not None and decision.verdict not in FINAL and open_now,
                "open_now": open_now,
                "unanswered": open_now and is_unanswered(asked),
                "others": others,
                "shared": feedback.shared_words(matter, self.reader.person) if matter.closed_at else [],
                "mailed": mailed.to_request(self.reader, asked, latest_version(asked)) if open_now else None,
            },
        )

    def _render(self, template: str, error: NotDone | None, context: dict[str, Any]) -> HttpResponse:
        common = {
            "reader": self.reader,
            "by_link": self.reader.link is not None,
            "mood": mood.shown(self.reader.person, self.reader.address),
            "requester": self.asked.matter.requester,
            "error": why_not(error) if error else "",
            "field": field_of(error),
        }
        return render(self.request, template, common | context, status=status_of(error))


def _is_told(decision: Decision) -> bool:
    """Written down by the requester, and the leader has not said yet whether it is right."""
    return decision.how == TOLD and decision.confirmed_at is None


def _is_settled(decision: Decision) -> bool:
    """Whether another answer can no longer change it. One that comes within ten seconds by the same link still does."""
    just_now = decision.how == LINK and timezone.now() - decision.decided_at < actions.TWO_ANSWERS_WITHIN
    return decision.verdict in FINAL and not _is_told(decision) and not just_now


def outcome_text(outcome: str) -> str:
    return {"agreed": _("谈妥了"), "partly": _("谈成一部分"), "not_yet": _("还没谈成")}[outcome]


def talk_of(decision: Decision) -> Talk | None:
    return Talk.objects.select_related("matter").filter(decision=decision).order_by("-id").first()


def _option(row: dict[str, Any], number: int, picked: bool, preferred: bool) -> dict[str, Any]:
    how = [row[k] for k in ("what_leader_does", "benefit") if row.get(k) and row[k] != row["title"]]
    return {
        "row": row,
        "number": number,
        "picked": picked,
        "preferred": preferred,
        "how": _("%(how)s，%(benefit)s") % {"how": how[0], "benefit": how[1]} if len(how) == 2 else "".join(how),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: DeskRequest, request_id: int) -> HttpResponse:
    address = reverse("decide", args=[request_id])
    if "evidence" in request.GET:
        return evidence.serve(request, request.asked.matter, address)
    reader = Reader(person=request.person, address=address)
    return respond(request, reader, DecidePage(request, reader, request.asked))


urlpatterns = [path("requests/<int:request_id>", decide, name="decide")]
