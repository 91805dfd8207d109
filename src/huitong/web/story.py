"""What follows from a leader's answer, in the order of time, as the leader's page tells it."""

from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.directory.wording import day_text, moment_text
from huitong.matters.understood import plan_of
from huitong.matters.verdicts import Verdict
from huitong.method import Help
from huitong.records.models import Decision, Talk

PROMISES_SHOWN: Final = 4
PLANS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when (in words, "" if no day is known), what, and whether it has happened."""

    when: str
    text: str
    done: bool = False
    points: tuple[str, ...] = ()


def story(decision: Decision, talk: Talk | None) -> list[Line]:
    """What has left, or will, and what comes after it."""
    requester, verdict = decision.request.matter.requester.name, Verdict(decision.verdict)
    first = moment_text(decision.effective_at)
    sent = decision.effective_at <= timezone.now()
    if verdict == Verdict.ASK:
        asked = _("%(name)s收到您的问题。答复会写在这一页，也发到您的邮箱。")
        return [Line(first, asked % {"name": requester}, sent)]
    told = Line(first, _("%(name)s收到您的批示。") % {"name": requester}, sent, tuple(talk.points) if talk else ())
    if verdict == Verdict.LATER and decision.later_until:
        return [told, Line(day_text(decision.later_until, weekday=True), _("再请您定。没有批示，不会当作同意。"))]
    if verdict == Verdict.NO:
        return [told, Line("", _("%(name)s照您的意思另作安排。") % {"name": requester})]
    return [told, *_agreed(decision, talk)]


def _agreed(decision: Decision, talk: Talk | None) -> list[Line]:
    matter, plan = decision.request.matter, plan_of(decision)
    brief, option = plan.brief, plan.option or {}
    facts = {
        "name": matter.requester.name,
        "head": brief.other_department.counterpart,
        "minutes": option.get("minutes"),
    }
    lines = []
    meeting = matter.meetings.filter(cancelled_at=None).order_by("-pk").first()
    if talk:
        text = _("您与%(head)s商量，约 %(minutes)s 分钟。") if facts["minutes"] else _("您与%(head)s商量。")
        lines.append(Line("", text % facts + _("谈过之后，在这一页点一下结果。"), talk.held_at is not None))
    elif meeting:
        lines.append(Line(moment_text(meeting.start), _("您主持会议，邀请和议程发到您的邮箱。")))
    elif option.get("kind") == Help.MEETING:
        lines.append(Line("", _("%(name)s约好时间，会议邀请和议程发到您的邮箱。") % facts))
    lines.append(Line("", _("%(name)s把请对方配合的事写成一份中性的说明，发给对方。") % facts, matter.notes.exists()))
    promises = matter.commitments.filter(side="ours", state__in=("open", "kept")).order_by("by", "id")
    for promise in promises[:PROMISES_SHOWN]:
        day = day_text(promise.by) if promise.by else ""
        text = _("%(owner)s：%(what)s") % {"owner": promise.owner_name, "what": promise.what}
        lines.append(Line(day, text, promise.state == "kept"))
    lines += [Line("", text) for text in brief.followup[:PLANS_SHOWN]]
    return lines
