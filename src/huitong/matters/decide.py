"""The leader's answer: recorded once, in their words, to the version that they saw; undone within ten minutes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import answer as answer_text
from huitong.coordination import commitments, meetings, talks
from huitong.delivery import outbox
from huitong.directory import links, people
from huitong.directory.wording import day_text, moment_text, number_text, speaking_to
from huitong.matters.brief import option_of
from huitong.matters.errors import (
    AlreadyDecided,
    AskAgain,
    Incomplete,
    NotAllowed,
    NotDone,
    NotNow,
    StaleVersion,
    TooLate,
)
from huitong.matters.request import current_request, hand_over, latest_version, remind_leader
from huitong.matters.stages import Action, Stage, move
from huitong.matters.timeline import lock, record
from huitong.method import Brief, Help
from huitong.records.models import Decision, Link, Matter, Outbox, Person, Request, Version

LINK, ACCOUNT, TOLD = "link", "account", "told"


class Verdict(StrEnum):
    AGREE = "agree"
    CHANGE = "change"
    ASK = "ask"
    LATER = "later"
    NO = "no"


ACTIONS: Final = {
    Verdict.AGREE: Action.AGREE,
    Verdict.CHANGE: Action.AGREE,
    Verdict.ASK: Action.ASK,
    Verdict.LATER: Action.POSTPONE,
    Verdict.NO: Action.DECLINE,
}
FINAL: Final = (Verdict.AGREE, Verdict.CHANGE, Verdict.NO)
TWO_ANSWERS_WITHIN: Final = timedelta(seconds=10)
MAX_WORDS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What the leader chose. `option` counts from 0; `version` is the number that their page showed."""

    verdict: Verdict
    version: int
    option: int | None = None
    words: str = ""
    later_until: date | None = None

    @property
    def mark(self) -> str:
        return f"{self.verdict}:{self.option}:{self.later_until}"


def standing_decision(request: Request) -> Decision | None:
    """The answer that stands now; None if there is none."""
    return request.decisions.select_related("version", "by").filter(undone_at=None, superseded_at=None).first()


def can_be_taken_back(matter: Matter) -> bool:
    """Whether the leader has answered and may still take it back: nothing is done over such an answer."""
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    return decision is not None and decision.effective_at > timezone.now()


def decide(
    request: Request, choice: Choice, *, by: Person, how: str, by_name: str = "", link: Link | None = None
) -> Decision:
    """Record the leader's answer and set in motion what it asks for.

    `how` is link or account; `by_name` is who answers in the leader's place, if it is not the leader. Raises NotAllowed
    unless `by` is the leader asked, StaleVersion, AlreadyDecided if someone was faster, AskAgain after two different
    answers by one link within ten seconds, Incomplete if the verdict needs an option, a day or words.
    Source: method 1.8, 2.7, 4.6 (the leader's opinion is respected).
    """
    if request.leader_id != by.pk:
        raise NotAllowed
    refusal: NotDone | None = None
    with transaction.atomic():
        request.matter = lock(request.matter)
        if link and _two_answers(link, choice):
            _undo_by_link(request, link)
            refusal = AskAgain()
        else:
            return _record(request, choice, by=by, how=how, by_name=by_name)
    raise refusal


def tell(matter: Matter, by: Person, choice: Choice) -> Decision:
    """The requester writes down what the leader said; it counts as told until the leader confirms it by link."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        if request is None or can_be_taken_back(matter):
            raise NotNow("nothing was asked yet, or the leader has just answered")
        if request.delivered_at is None:
            hand_over(matter, by)
            request = current_request(matter)
            assert request is not None
        request.matter = lock(matter)
        decision = _record(request, choice, by=request.leader, how=TOLD)
        if request.leader.email:
            _ask_to_confirm(decision)
    return decision


def confirm(decision: Decision, *, by: Person, by_name: str = "") -> None:
    """The leader confirms what the requester had written down."""
    if decision.request.leader_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(decision.request.matter)
        decision = Decision.objects.select_related("request").get(pk=decision.pk)
        if decision.how != TOLD or decision.undone_at or decision.superseded_at:
            raise NotNow("it no longer stands")
        decision.request.matter = matter
        _confirm(decision, by_name)


def undo(decision: Decision, *, by: Person) -> None:
    """Take a slip back within ten minutes. Raises TooLate after that, NotNow if it no longer stands."""
    if by.pk not in (decision.by_id, decision.request.matter.requester_id if decision.how == TOLD else None):
        raise NotAllowed
    with transaction.atomic():
        decision.request.matter = lock(decision.request.matter)
        decision = Decision.objects.select_related("request__matter", "by").get(pk=decision.pk)
        if decision.undone_at or decision.superseded_at:
            raise NotNow("it no longer stands")
        if undo_until(decision) is None:
            raise TooLate
        _undo(decision)


def undo_until(decision: Decision) -> datetime | None:
    """Until when this decision can be taken back; None if it no longer can."""
    limit = decision.decided_at + timedelta(minutes=settings.UNDO_MINUTES)
    if decision.how != TOLD:
        limit = min(limit, decision.effective_at)
    stands = decision.undone_at is None and decision.superseded_at is None
    return limit if stands and timezone.now() < limit else None


def send_now(decision: Decision, *, by: Person) -> None:
    """The leader needs no ten minutes: what follows leaves now."""
    if decision.by_id != by.pk:
        raise NotAllowed
    now = timezone.now()
    with transaction.atomic():
        lock(decision.request.matter)
        standing = Decision.objects.get(pk=decision.pk)
        if standing.undone_at or standing.superseded_at:
            raise NotNow("it no longer stands")
        if standing.effective_at > now:
            Decision.objects.filter(pk=decision.pk).update(effective_at=now)
            _rows(standing).update(due_at=now)


def reply(matter: Matter, by: Person, text: str) -> None:
    """The requester answers the leader's question; the answer stands on the leader's page and goes out by mail."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not text.strip():
        raise Incomplete("answer", _("请写一句答复。"))
    now = timezone.now()
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        question = standing_decision(request) if request else None
        if request is None or question is None or question.verdict != Verdict.ASK:
            raise NotNow("no question is open")
        if question.effective_at > now:
            raise NotNow("the question has not been sent yet")
        move(matter, Action.ANSWER, at=now)
        question.answer, question.answered_at, question.superseded_at = text[:MAX_WORDS], now, now
        question.save()
        record(matter, "answered", by, at=now, words=text[:300])
        leader = request.leader
        if leader.email:
            made = answer_text(Brief.model_validate(latest_version(request).brief), question.words, text)
            with speaking_to(leader):
                letter = outbox.Letter(
                    title=made.subject, before=made.body.split("\n\n"), invite=_("请在这里批示，不用登录：")
                )
            link = links.issue("decide", leader, request=request)
            outbox.put("answer", leader, letter, key=f"answer:{question.pk}", matter=matter, link=link)
        remind_leader(request)


def _confirm(decision: Decision, by_name: str) -> None:
    if decision.confirmed_at is None:
        decision.confirmed_at, decision.by_name = timezone.now(), by_name
        decision.save(update_fields=["confirmed_at", "by_name"])
        leader = decision.by
        record(decision.request.matter, "confirmed", leader, leader=leader.address, by_name=by_name)


def _two_answers(link: Link, choice: Choice) -> bool:
    """Note the choice on the link; whether another one came by it within ten seconds."""
    now = timezone.now()
    link = Link.objects.select_for_update().get(pk=link.pk)
    differs = bool(link.last_choice) and link.last_choice != choice.mark
    recent = link.last_choice_at is not None and now - link.last_choice_at < TWO_ANSWERS_WITHIN
    link.last_choice, link.last_choice_at = choice.mark, now
    link.save(update_fields=["last_choice", "last_choice_at"])
    return differs and recent


def _undo_by_link(request: Request, link: Link) -> None:
    standing = standing_decision(request)
    if standing and standing.how == LINK and timezone.now() - standing.decided_at < TWO_ANSWERS_WITHIN:
        standing.request = request
        _undo(standing)


def _record(request: Request, choice: Choice, *, by: Person, how: str, by_name: str = "") -> Decision:
    """Check, change, event, outbox rows; the matter is locked."""
    now, matter = timezone.now(), request.matter
    request = Request.objects.select_related("leader", "matter__requester").get(pk=request.pk)
    request.matter = matter
    version = latest_version(request)
    standing = standing_decision(request)
    if request.ended_at or request.delivered_at is None:
        raise NotNow("this request is no longer open")
    if standing and how != TOLD and is_the_same(standing, choice):
        return standing  # a second tap
    told_only = standing is not None and standing.how == TOLD and standing.confirmed_at is None
    if standing and standing.verdict in FINAL and not (told_only and how != TOLD):
        raise AlreadyDecided(standing)
    if matter.closed_at:
        raise NotNow("the matter is closed")
    if choice.version != version.number:
        raise StaleVersion(request.versions.filter(number=choice.version).first(), version)
    check(choice, version)
    if standing and standing.how == TOLD and standing.verdict in FINAL:
        if how != TOLD and choice.verdict == standing.verdict and choice.option == standing.option and not choice.words:
            _confirm(standing, by_name)
            return standing
        _forget(standing)
        matter.stage = Stage.AWAITING.value  # the leader's own answer replaces what was told of them
    if standing:
        if standing.effective_at > now:
            _rows(standing).update(state="withdrawn")  # replaced before it had left the house
        standing.superseded_at = now
        standing.save(update_fields=["superseded_at"])
    move(matter, ACTIONS[choice.verdict], at=now)
    held_back = timedelta(0) if how == TOLD else timedelta(minutes=settings.UNDO_MINUTES)
    decision = Decision.objects.create(
        request=request,
        version=version,
        verdict=choice.verdict.value,
        option=choice.option,
        words=choice.words,
        later_until=choice.later_until,
        by=by,
        by_name=by_name,
        how=how,
        decided_at=now,
        effective_at=now + held_back,
    )
    if standing:
        if choice.verdict in (Verdict.AGREE, Verdict.CHANGE):
            standing.meeting_set.update(decision=decision)
        else:
            _call_off(standing, matter)
    request.later_until = choice.later_until
    request.save(update_fields=["later_until"])
    record(
        matter,
        "decided",
        by,
        at=now,
        verdict=choice.verdict.value,
        leader=by.address,
        by_name=by_name,
        how=how,
        version=version.number,
        option=version.options[choice.option]["title"] if choice.option is not None else "",
    )
    outbox.withdraw(matter, "remind_leader", "remind_deliver", "request")
    if how != TOLD:
        _tell_requester(decision)
    if how == LINK and by.email:
        _receipt(decision)
    if choice.verdict in (Verdict.AGREE, Verdict.CHANGE):
        _set_in_motion(decision)
    if choice.verdict == Verdict.LATER:
        remind_leader(request)
    return decision


def check(choice: Choice, version: Version) -> None:
    """Raises Incomplete if the choice lacks something, or its words can't be kept byte for byte."""
    options = len(version.options)
    if "\x00" in choice.words:
        raise Incomplete("words", _("这段话里有一个看不见的控制字符，存不下。请删掉重写那一处。"))
    if len(choice.words) > MAX_WORDS:
        raise Incomplete("words", _("请控制在 %(limit)s 字以内，您的话会一字不改地转达。") % {"limit": MAX_WORDS})
    if choice.option is not None and not 0 <= choice.option < options:
        raise Incomplete("option", _("请选一个方案。"))
    if choice.verdict == Verdict.AGREE and options and choice.option is None:
        raise Incomplete("option", _("请选一个方案。"))
    if choice.verdict == Verdict.ASK and not choice.words.strip():
        raise Incomplete("words", _("请写下要问的话。"))
    if choice.verdict == Verdict.CHANGE and not choice.words.strip():
        raise Incomplete("words", _("请写下怎样调整。"))
    if choice.verdict == Verdict.LATER:
        if choice.later_until is None:
            raise Incomplete("later_until", _("请选一个日子，到时再请您定。"))
        if not timezone.localdate() < choice.later_until <= timezone.localdate() + timedelta(days=366):
            raise Incomplete("later_until", _("请选明天以后、一年以内的日子。"))


def is_the_same(decision: Decision, choice: Choice) -> bool:
    """Whether this choice is what the leader has answered already, to the same version and in the same words."""
    return decision.how != TOLD and choice == Choice(
        verdict=Verdict(decision.verdict),
        version=decision.version.number,
        option=decision.option,
        words=decision.words,
        later_until=decision.later_until,
    )


def _undo(decision: Decision) -> None:
    now, matter = timezone.now(), decision.request.matter
    Decision.objects.filter(pk=decision.pk).update(undone_at=now)
    _forget(decision)
    _call_off(decision, matter)
    move(matter, Action.UNDO, at=now)
    Request.objects.filter(pk=decision.request_id).update(later_until=None)
    record(matter, "undone", decision.by, at=now, leader=decision.by.address)
    request = decision.request
    request.later_until = None
    remind_leader(request)


def _forget(decision: Decision) -> None:
    """Nothing of what this decision set in motion happens."""
    _rows(decision).update(state="withdrawn")
    outbox.withdraw(decision.request.matter, "remind_leader", "remind_deliver")
    talks.forget(decision)
    commitments.forget(decision)


def _call_off(decision: Decision, matter: Matter) -> None:
    if meetings.forget(decision):
        record(matter, "meeting_cancelled")


def _rows(decision: Decision) -> "QuerySet[Outbox]":
    return Outbox.objects.filter(Q(key__startswith=f"decision:{decision.pk}:") & ~Q(kind="receipt"), state="waiting")


def _set_in_motion(decision: Decision) -> None:
    """What the option asks for: the talk's points; our own commitments with their reminders."""
    matter, version = decision.request.matter, decision.version
    brief = Brief.model_validate(version.brief)
    option = version.options[decision.option] if decision.option is not None else None
    if option and option["kind"] == Help.TALK:
        talks.prepare(decision, brief, option_of(option))
    for promise in brief.commitments:
        if not promise.what or matter.commitments.filter(what=promise.what).exists():
            continue
        name = promise.who or matter.requester.name
        owner = matter.requester if name == matter.requester.name else people.find(name=name, by=matter.requester)
        commitments.make(
            matter,
            decision=decision,
            side="ours",
            owner=owner,
            owner_name=name,
            what=promise.what,
            by=promise.by,
            remind_from=decision.effective_at,
        )


def verdict_text(decision: Decision) -> str:
    """The choice in words, as a title would say it: 按方案二“…”办."""
    option = decision.version.options[decision.option] if decision.option is not None else None
    return choice_text(Verdict(decision.verdict), option, decision.option, decision.later_until)


def choice_text(
    verdict: Verdict, option: dict[str, object] | None, number: int | None, later_until: date | None
) -> str:
    if verdict == Verdict.AGREE:
        if option is None:
            return _("同意")
        return _("同意方案%(number)s：%(title)s") % {"number": number_text((number or 0) + 1), "title": option["title"]}
    if verdict == Verdict.CHANGE:
        if option is None:
            return _("同意，有调整")
        facts = {"number": number_text((number or 0) + 1), "title": option["title"]}
        return _("同意方案%(number)s（%(title)s），有调整") % facts
    if verdict == Verdict.ASK:
        return _("先问一句")
    if verdict == Verdict.LATER:
        day = day_text(later_until, weekday=True) if later_until else ""
        return _("稍后再定，%(day)s再看") % {"day": day}
    return _("暂不同意")


def _tell_requester(decision: Decision) -> None:
    matter, requester = decision.request.matter, decision.request.matter.requester
    with speaking_to(requester):
        facts = {"leader": decision.by.address, "matter": matter.title, "verdict": verdict_text(decision)}
        page = f"/matters/{matter.pk}/answer" if decision.verdict == Verdict.ASK else f"/matters/{matter.pk}"
        before = [_("%(leader)s的批示：%(verdict)s。") % facts]
        if decision.words:
            before.append(decision.words)
        if decision.by_name:
            before.append(_("由%(name)s代为批示。") % {"name": decision.by_name})
        letter = outbox.Letter(
            title=_("%(leader)s批示了：%(matter)s") % facts, before=before, invite=_("在这里接着办："), page=page
        )
    key = f"decision:{decision.pk}:requester"
    outbox.put("decision", requester, letter, key=key, matter=matter, due_at=decision.effective_at)


def _receipt(decision: Decision) -> None:
    matter, leader = decision.request.matter, decision.by
    with speaking_to(leader):
        facts = {
            "verdict": verdict_text(decision),
            "matter": matter.title,
            "time": moment_text(decision.effective_at, relative=False),
            "version": decision.version.number,
            "leader": leader.address,
            "name": decision.by_name,
        }
        before = [_("%(leader)s，您好：") % facts, _("记下了您对“%(matter)s”的批示：%(verdict)s。") % facts]
        if decision.words:
            before.append(decision.words)
        before.append(_("%(time)s 以前可以撤回，在那之前什么都不会发出。") % facts)
        who = _("记录：%(leader)s，经链接，第 %(version)s 版。")
        if decision.by_name:
            who = _("记录：%(name)s代%(leader)s，经链接，第 %(version)s 版。")
        letter = outbox.Letter(
            title=_("回执：%(verdict)s") % facts,
            before=before,
            invite=_("要撤回，或马上发出，请点这里："),
            small=who % facts + _("如果不是您批的，请在这里撤回，并告诉请示人。"),
        )
    link = links.issue("decide", leader, request=decision.request)
    outbox.put("receipt", leader, letter, key=f"decision:{decision.pk}:receipt", matter=matter, link=link)


def _ask_to_confirm(decision: Decision) -> None:
    matter, leader = decision.request.matter, decision.by
    with speaking_to(leader):
        facts = {
            "name": matter.requester.name,
            "matter": matter.title,
            "verdict": verdict_text(decision),
            "leader": leader.address,
        }
        before = [
            _("%(leader)s，您好：") % facts,
            _("%(name)s记下了您对“%(matter)s”的意见：%(verdict)s。") % facts,
            *([decision.words] if decision.words else []),
        ]
        letter = outbox.Letter(
            title=_("请您过目：%(matter)s") % facts,
            before=before,
            invite=_("记得对不对，请在这里点一下；不点也不耽误："),
        )
    link = links.issue("decide", leader, request=decision.request)
    outbox.put("confirm", leader, letter, key=f"decision:{decision.pk}:confirm", matter=matter, link=link)
