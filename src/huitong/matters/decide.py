"""The leader's answer: recorded once, in their words, to the version that they saw; undone within ten minutes."""

from datetime import datetime, timedelta
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
from huitong.directory.wording import speaking_to
from huitong.matters import cards, reply_rows
from huitong.matters.brief import option_of
from huitong.matters.decision_letters import ask_to_confirm, send_receipt, tell_requester
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
from huitong.matters.holds import is_held
from huitong.matters.request import current_request, hand_over, latest_version, remind_leader
from huitong.matters.stages import Action, Stage, move
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.matters.verdicts import FINAL, LINK, MAIL, MAX_WORDS, TOLD, Choice, Verdict, check, is_the_same
from huitong.method import Brief, Help
from huitong.records.models import Decision, Link, Matter, Outbox, Person, Request

ACTIONS: Final = {
    Verdict.AGREE: Action.AGREE,
    Verdict.CHANGE: Action.AGREE,
    Verdict.ASK: Action.ASK,
    Verdict.LATER: Action.POSTPONE,
    Verdict.NO: Action.DECLINE,
}
TWO_ANSWERS_WITHIN: Final = timedelta(seconds=10)


def standing_decision(request: Request) -> Decision | None:
    """The answer that stands now; None if there is none."""
    return request.decisions.select_related("version", "by").filter(undone_at=None, superseded_at=None).first()


def decide(
    request: Request, choice: Choice, *, by: Person, how: str, by_name: str = "", link: Link | None = None
) -> Decision:
    """Record the leader's answer and set in motion what it asks for.

    `how` is link, account or mail; `by_name` is who answers in the leader's place, if it is not the leader. Raises
    NotAllowed
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
        if request is None or is_held(matter):
            raise NotNow("nothing was asked yet, or the leader has just answered")
        if request.delivered_at is None:
            hand_over(matter, by)
            request = current_request(matter)
            assert request is not None
        request.matter = lock(matter)
        decision = _record(request, choice, by=request.leader, how=TOLD)
        if request.leader.email:
            ask_to_confirm(decision)
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
        raise Incomplete("text", _("请写一句答复。"))
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
            with speaking_to(leader):
                letter = answer_letter(request, question, text)
            link = links.issue("decide", leader, request=request)
            outbox.put("answer", leader, letter, key=f"answer:{question.pk}", matter=matter, link=link)
        remind_leader(request)


def take_up_again(request: Request) -> None:
    """What the leader put off waits for them again from now on, before the day that they had named.

    Runs in the transaction of its cause; the matter is locked.
    """
    standing = standing_decision(request)
    if standing is None or standing.verdict != Verdict.LATER:
        return
    now = timezone.now()
    if standing.effective_at > now:
        _rows(standing).update(state="withdrawn")  # nobody was told yet that it was put off
    standing.superseded_at = now
    standing.save(update_fields=["superseded_at"])
    request.later_until = None
    request.save(update_fields=["later_until"])
    outbox.withdraw(request.matter, "remind_leader", "remind_deliver")
    remind_leader(request)
    cards.change(request)


def open_question(matter: Matter) -> Decision | None:
    """What the leader has asked and nobody has answered, once it can no longer be taken back."""
    request = current_request(matter)
    question = standing_decision(request) if request else None
    if question is None or question.verdict != Verdict.ASK or question.effective_at > timezone.now():
        return None
    return question


def answer_letter(request: Request, question: Decision, text: str) -> outbox.Letter:
    """The mail of an answer: the question as it was asked, then the answer as it was written."""
    brief = Brief.model_validate(latest_version(request).brief)
    made = answer_text(brief, question.words, text, house=house_of(request.matter))
    return outbox.Letter(title=made.subject, before=outbox.paragraphs(made.body), invite=_("请在这里批示，不用登录："))


def _confirm(decision: Decision, by_name: str) -> None:
    if decision.confirmed_at is None:
        decision.confirmed_at, decision.by_name = timezone.now(), by_name
        decision.save(update_fields=["confirmed_at", "by_name"])
        leader = decision.by
        record(decision.request.matter, "confirmed", leader, leader=leader.address, by_name=by_name)
        cards.change(decision.request)


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
    reply_rows.settle(request=request)
    if how != TOLD:
        tell_requester(decision)
    if how in (LINK, MAIL) and by.email:
        send_receipt(decision)
    if choice.verdict in (Verdict.AGREE, Verdict.CHANGE):
        _set_in_motion(decision)
    if choice.verdict == Verdict.LATER:
        remind_leader(request)
    cards.change(request)
    return decision


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
    cards.change(request)


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
        talks.prepare(decision, brief, option_of(option), house_of(matter))
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
            proposed=True,
        )
