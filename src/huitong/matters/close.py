"""Report back, close with an outcome, thank who helped; the closed matter becomes a possible precedent."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import Composed, Deed, Helper, Progress, after_no, decided_in_short, report_back, thanks
from huitong.coordination import commitments, loans, series
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import speaking_to
from huitong.matters import cards, consult, feedback, views
from huitong.matters.brief import answers_of, brief_of
from huitong.matters.coordinate import decision_in_force
from huitong.matters.deadlines import WARNING, warn_in_time
from huitong.matters.decide import standing_decision
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.request import current_request, latest_version, remind_leader
from huitong.matters.stages import Action, move
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.matters.understood import plan_of
from huitong.matters.verdicts import Verdict
from huitong.method import Brief
from huitong.recall import PastMatter, similar
from huitong.records.models import Decision, Matter, Outbox, Person, Request

_ANSWERED: Final = {"yes": Deed.AGREED, "date": Deed.DATED, "hard": Deed.OPEN}


@dataclass(frozen=True, slots=True)
class Thank:
    """One helper and the thanks composed for them. `key` names them on the page."""

    key: str
    person: Person
    what: str
    message: Composed


def progress_of(matter: Matter, *, outcome: str = "") -> Progress:
    """What happened since the decision, as the report to the leader tells it."""
    request = current_request(matter)
    decision = standing_decision(request) if request and not is_held(matter) else None
    open_ones = matter.commitments.filter(state="open").order_by("by", "id")
    kept = matter.commitments.filter(state="kept").order_by("ended_at")
    happened = [
        (timezone.localtime(e.at).date(), str(e.data.get("words") or ""))
        for e in matter.events.filter(kind__in=("progress", "talked", "note_answered"))
        if e.data.get("words")
    ]
    for meeting in matter.meetings.filter(cancelled_at=None).exclude(decided=""):
        line = decided_in_short(_asked_brief(matter), meeting.decided.splitlines())
        happened.append((timezone.localtime(meeting.start).date(), line))
    happened.sort(key=lambda pair: pair[0])
    plan = plan_of(decision) if decision else None
    return Progress(
        decision_words=plan.words if plan else "",
        decision_title=plan.title if plan else "",
        happened=tuple(happened),
        kept=tuple(c.what for c in kept),
        open=tuple((c.what, c.owner_name, c.by) for c in open_ones),
        outcome=outcome or matter.outcome,
    )


def report_of(matter: Matter) -> Composed:
    """The report back to the leader, composed from what happened."""
    return report_back(_asked_brief(matter), progress_of(matter), house=house_of(matter))


def _asked_brief(matter: Matter) -> Brief:
    """What the leader was last asked. The answers may have been emptied since."""
    request = matter.requests.order_by("-number").first()
    return Brief.model_validate(latest_version(request).brief) if request else brief_of(matter)


def send_report(matter: Matter, by: Person, *, subject: str, text: str) -> Person:
    """Send the report to the leader as the requester left it. Returns the leader."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not text.strip():
        raise Incomplete("text", _("请写下要汇报的话。"))
    with transaction.atomic():
        matter = lock(matter)
        move(matter, Action.REPORT, at=timezone.now())
        _refuse_if_pending(matter)
        request = current_request(matter)
        if request is None:
            raise Incomplete("leader", _("这件事还没有请示过领导。"))
        leader = request.leader
        if not leader.email:
            raise Incomplete("leader.email", _("还没有领导的邮箱。可以复制下来，自己发。"))
        link = links.issue("decide", leader, request=request)
        with speaking_to(leader):
            letter = report_letter(subject=subject.strip()[:300] or matter.title, text=text)
        count = Outbox.objects.filter(matter=matter, kind="report").count()
        outbox.put("report", leader, letter, key=f"report:{matter.pk}:{count}", matter=matter, link=link)
        record(matter, "reported", by, to=leader.address)
    return leader


def report_letter(*, subject: str, text: str) -> outbox.Letter:
    """The mail of a report, in the language that is active."""
    return outbox.Letter(title=subject, before=outbox.paragraphs(text), invite=_("经过都在这里："))


def after_no_of(matter: Matter) -> Composed | None:
    """Thanks and the next step after the leader's no; None where there is none, or it can still be taken back."""
    decision = decision_in_force(matter)
    if decision is None or decision.verdict != Verdict.NO:
        return None
    return after_no(Brief.model_validate(decision.version.brief), decision.words, house=house_of(matter))


def send_after_no(matter: Matter, by: Person, *, subject: str, text: str) -> Person:
    """Thank the leader who said no, and say what comes next; once. Returns the leader."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not text.strip():
        raise Incomplete("text", _("请写下要说的话。"))
    with transaction.atomic():
        matter = lock(matter)
        decision = decision_in_force(matter)
        if decision is None or decision.verdict != Verdict.NO:
            raise NotNow("no such answer stands")
        leader = decision.by
        if not leader.email:
            raise Incomplete("text", _("还没有领导的邮箱。可以复制下来，自己发。"))
        key = after_no_key(decision)
        if not Outbox.objects.filter(key=key).exists():
            letter = outbox.Letter(title=subject.strip()[:300] or matter.title, before=outbox.paragraphs(text))
            outbox.put("after_no", leader, letter, key=key, matter=matter)
            record(matter, "thanked", by, to=leader.address)
    return leader


def after_no_key(decision: Decision) -> str:
    return f"after_no:{decision.pk}"


def _refuse_if_pending(matter: Matter) -> None:
    if is_held(matter):
        raise NotNow("the answer can still be taken back")


def days_so_far(matter: Matter) -> int:
    """Days from the first effort (else from opening the matter) to today."""
    days = [timezone.localtime(matter.opened_at).date()]
    for row in answers_of(matter).get("efforts") or []:
        try:
            days.append(date.fromisoformat(str(row.get("date") or "").strip()))
        except ValueError:
            continue
    return max((timezone.localdate() - min(days)).days, 0)


def close(matter: Matter, by: Person, *, outcome: str, settled: bool, days: int) -> None:
    """Close with the outcome in a sentence and a number of days. What is still open is no longer reminded."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not outcome.strip():
        raise Incomplete("outcome", _("用一句话写下结果，以后查得到。"))
    if not 0 <= days <= 3660:
        raise Incomplete("days", _("请写天数，从 0 到 3660。"))
    now = timezone.now()
    with transaction.atomic():
        matter = lock(matter)
        move(matter, Action.CLOSE, at=now)
        _refuse_if_pending(matter)
        if lent := loans.out(matter).first():
            raise Incomplete(
                "outcome", _("还有借来的没有还：%(what)s。还了，或对方说不用还了，再办结。") % {"what": lent.what}
            )
        outbox.withdraw(matter, "request", "remind_deliver", "remind_leader", WARNING)
        commitments.stop(matter)
        if standing := series.current(matter):
            standing.matter = matter
            series.dissolve(standing)
        consult.forget(matter)
        views.forget(matter)
        matter.outcome, matter.settled, matter.days, matter.closed_at = outcome.strip(), settled, days, now
        matter.save(update_fields=["outcome", "settled", "days", "closed_at"])
        feedback.ask(matter, _coordinated(matter))
        record(matter, "closed", by, at=now, outcome=outcome.strip()[:300], days=days)
        _change_cards(matter, current_request(matter))


def _coordinated(matter: Matter) -> Request | None:
    """The request that set the matter in motion; None where no leader agreed."""
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    return request if decision and decision.verdict in (Verdict.AGREE, Verdict.CHANGE) else None


def reopen(matter: Matter, by: Person) -> None:
    """Closing was a slip, or it came up again: it goes on where it was, and who was waited for is reminded again."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        action = _reopening(request)
        move(matter, action, at=timezone.now())
        matter.closed_at = None
        matter.save(update_fields=["closed_at"])
        feedback.forget(matter)
        record(matter, "reopened", by)
        warn_in_time(matter)
        commitments.remind_again(matter)
        if request and action == Action.REOPEN_UNANSWERED:
            request.matter = matter
            remind_leader(request)
        _change_cards(matter, request)


def _reopening(request: Request | None) -> Action:
    """To which stage a closed matter comes back: silence was no yes, and a no is none either."""
    if request is None:
        return Action.REOPEN_UNSENT
    decision = standing_decision(request)
    if decision is None or decision.verdict == Verdict.LATER:
        return Action.REOPEN_UNANSWERED
    return {Verdict.ASK: Action.REOPEN_QUESTION, Verdict.NO: Action.REOPEN_DECLINED}.get(
        Verdict(decision.verdict), Action.REOPEN
    )


def ask_again(matter: Matter, by: Person) -> None:
    """Another request about the same matter: the earlier one and its answer stay on the timeline."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    now = timezone.now()
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        move(matter, Action.ASK_AGAIN, at=now)
        _refuse_if_pending(matter)
        if request:
            request.ended_at = now
            request.save(update_fields=["ended_at"])
        record(matter, "asked_again", by)
        _change_cards(matter, request)
        warn_in_time(matter)


def _change_cards(matter: Matter, request: Request | None) -> None:
    if request:
        request.matter = matter
        cards.change(request)


def thanks_of(matter: Matter) -> list[Thank]:
    """Everyone who helped, by what they did: the leader, the counterpart, owners of kept promises; not oneself."""
    request = matter.requests.order_by("-number").first()
    if request is None:
        return []
    brief = _asked_brief(matter)
    did: dict[Person, list[str]] = {}
    deeds: dict[Person, Deed] = {}
    decision = standing_decision(request)
    if decision and decision.verdict in ("agree", "change"):
        option = decision.version.options[decision.option] if decision.option is not None else None
        did.setdefault(decision.by, []).append(str(option["what_leader_does"] or option["title"]) if option else "")
    for meeting in matter.meetings.filter(cancelled_at=None, start__lte=timezone.now()):
        for attendee in meeting.attendees.exclude(person=matter.requester).select_related("person"):
            did.setdefault(attendee.person, [])
            deeds[attendee.person] = Deed.MET
    for note in matter.notes.exclude(answer="").select_related("person"):
        did.setdefault(note.person, [])
        deeds[note.person] = _ANSWERED[note.answer]
    for commitment in matter.commitments.filter(state="kept").select_related("owner"):
        if commitment.owner and commitment.owner_id != matter.requester_id:
            did.setdefault(commitment.owner, []).append(commitment.what)
    result, house = [], house_of(matter)
    for person, done in did.items():
        what = ("；" if brief.lang != "en" else " and ").join(d.rstrip("。.") for d in done if d)
        helper = Helper(person.name, person.form_of_address, what_they_did=what, deed=deeds.get(person))
        message = thanks(brief, helper, matter.outcome, matter.days, house=house)
        result.append(Thank(str(person.pk), person, what, message))
    return result


def send_thanks(matter: Matter, by: Person, *, to: Person, subject: str, text: str) -> None:
    """Send one helper the thanks, as the requester left them; once."""
    if matter.requester_id != by.pk or to.pk not in {t.person.pk for t in thanks_of(matter)}:
        raise NotAllowed
    if not to.email:
        raise Incomplete("email", _("没有%(name)s的邮箱。可以复制下来，自己发。") % {"name": to.name})
    with transaction.atomic():
        matter = lock(matter)
        key = f"thanks:{matter.pk}:{to.pk}"
        if Outbox.objects.filter(key=key).exists():
            return
        letter = outbox.Letter(title=subject.strip()[:300], before=outbox.paragraphs(text))
        outbox.put("thanks", to, letter, key=key, matter=matter)
        record(matter, "thanked", by, to=to.name)


def _outcome(matter: Matter) -> str:
    """The outcome, with what was learned a month later."""
    looked = getattr(matter, "look_back", None)
    return "\n".join(text for text in (matter.outcome, looked.words if looked else "") if text)


def precedents_for(matter: Matter) -> list[tuple[Matter, float]]:
    """The requester's own settled matters that resemble this one, most alike first."""
    answers = answers_of(matter)
    query = "\n".join(str(answers.get(k) or "") for k in ("matter", "other_department.name", "purpose", "situation"))
    past = {
        m.pk: m
        for m in Matter.objects.filter(requester=matter.requester, closed_at__isnull=False, settled=True)
        .exclude(pk=matter.pk)
        .select_related("look_back")
        .prefetch_related("answers")
        .order_by("-closed_at")[:500]
    }
    rows = []
    for m in past.values():
        told = answers_of(m)
        rows.append(
            PastMatter(
                id=m.pk,
                title=m.title,
                other_department=str(told.get("other_department.name") or ""),
                purpose=str(told.get("purpose") or ""),
                situation=str(told.get("situation") or ""),
                outcome=_outcome(m),
                days=m.days,
            )
        )
    return [(past[match.past.id], match.score) for match in similar(query, rows)]
