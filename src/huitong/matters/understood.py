"""The leader thinks differently: what the requester understood of it, and the plan that later texts agree with.

An answer that differs from what was asked is the leader's words first. The requester says how they understand them;
from then on every text tells of that, and no longer of the options that were offered. The leader need not answer, and
can correct it by the link in their mail; then it no longer holds until the requester says it anew.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import talks
from huitong.coordination.kinds import kind_of
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import day_text, speaking_to
from huitong.matters.acting import decision_in_force
from huitong.matters.brief import option_of
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.matters.verdicts import MAX_WORDS, Verdict
from huitong.method import Brief, Help
from huitong.records.models import Decision, Matter, Outbox, Person, Understanding

LONGEST: Final = 300
LATEST: Final = timedelta(days=366)
# A kind of help that the leader does not want says nothing of the one that they do.
_NOT_WANTED: Final = re.compile(
    r"(不用|不必|先不|别|\b(no|not|without|instead of|rather than)\b)[^，,。；;.]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a decision: the brief as it is now, the chosen option's row, and the leader's own words."""

    brief: Brief
    option: dict[str, Any] | None
    words: str

    @property
    def kind(self) -> Help:
        return Help(self.option["kind"]) if self.option else Help.GUIDANCE

    @property
    def title(self) -> str:
        return str(self.option["title"]) if self.option else ""


def differs(decision: Decision) -> bool:
    """Whether the leader wants something else than what was asked."""
    return decision.verdict == Verdict.CHANGE


def understanding_of(decision: Decision) -> Understanding | None:
    return getattr(decision, "understanding", None)


def is_to_say(decision: Decision) -> bool:
    """Whether the requester has still to say how they understand it: not yet said, or corrected."""
    said = understanding_of(decision)
    return differs(decision) and (said is None or bool(said.correction))


def plan_of(decision: Decision) -> Plan:
    """The decision as texts tell it: as it was understood, if it differs; as it was asked for otherwise."""
    brief = Brief.model_validate(decision.version.brief)
    option = decision.version.options[decision.option] if decision.option is not None else None
    said = understanding_of(decision)
    if said is None:
        return Plan(brief, option, decision.words)
    if said.correction:
        words = "\n".join(part for part in (decision.words, said.correction) if part)
        return Plan(brief, None, words)
    row = {"title": said.title, "what_leader_does": "", "benefit": "", "kind": said.kind}
    row["minutes"] = (option or {}).get("minutes")
    wanted = {"options": (option_of(row),), "preferred": None, "deadline": said.day or brief.deadline}
    return Plan(brief.model_copy(update=wanted), row, decision.words)


def suggested(decision: Decision) -> dict[str, str]:
    """What the page offers to be confirmed with one tap: the leader's own words, and the kind of help they speak of."""
    said = understanding_of(decision)
    if said and not said.correction:
        return {"title": said.title, "kind": said.kind, "day": said.day.isoformat() if said.day else ""}
    option = decision.version.options[decision.option] if decision.option is not None else None
    words = " ".join((said.correction if said else decision.words).split())
    kind = kind_of(_NOT_WANTED.sub("", words))
    if kind == Help.GUIDANCE and option and not said:
        kind = Help(option["kind"])
    deadline = str(decision.version.brief.get("deadline") or "")
    return {"title": words[:LONGEST], "kind": kind.value, "day": deadline}


def say(matter: Matter, by: Person, *, title: str, kind: str, day: date | None) -> Understanding:
    """The requester says how they understand the leader's answer; the plan follows, and the leader is shown it."""
    title = " ".join(title.split())
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not title:
        raise Incomplete("title", _("请写下你怎么理解。"))
    if len(title) > LONGEST:
        raise Incomplete("title", _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST})
    if kind not in list(Help):
        raise Incomplete("kind", _("请选一类。"))
    if day and not timezone.localdate() <= day <= timezone.localdate() + LATEST:
        raise Incomplete("day", _("请写一个今天或以后、一年以内的日子。"))
    with transaction.atomic():
        matter = lock(matter)
        decision = decision_in_force(matter)
        if decision is None or not differs(decision) or matter.closed_at:
            raise NotNow("no such answer stands")
        decision.request.matter = matter
        kept = {"title": title, "kind": kind, "day": day, "said_at": timezone.now()}
        kept |= {"correction": "", "corrected_by": "", "corrected_at": None}
        said, _new = Understanding.objects.update_or_create(decision=decision, defaults=kept)
        decision.understanding = said
        _follow(decision)
        _show_leader(decision, said)
        record(matter, "understood", by, words=title, day=day.isoformat() if day else "")
    return said


def correct(decision: Decision, *, by: Person, words: str, by_name: str = "") -> None:
    """The leader says that it was not meant so; their words are shown first until the requester says it anew."""
    if decision.by_id != by.pk:
        raise NotAllowed
    if not words.strip():
        raise Incomplete("correction", _("请写一句您的意思。"))
    if "\x00" in words or len(words) > MAX_WORDS:
        raise Incomplete("correction", _("请控制在 %(limit)s 字以内。") % {"limit": MAX_WORDS})
    with transaction.atomic():
        matter = lock(decision.request.matter)
        said = Understanding.objects.filter(decision=decision).first()
        if said is None or matter.closed_at or decision.undone_at or decision.superseded_at:
            raise NotNow("nothing was understood, or it no longer stands")
        said.correction, said.corrected_by, said.corrected_at = words, by_name, timezone.now()
        said.save(update_fields=["correction", "corrected_by", "corrected_at"])
        _withdraw(decision)
        requester = matter.requester
        with speaking_to(requester):
            facts = {"leader": by.address, "matter": matter.title}
            letter = outbox.Letter(
                title=_("%(leader)s说意思不是这样：%(matter)s") % facts,
                before=[words, _("请照这句话再写一次你的理解。")],
                invite=_("在这里写："),
                page=f"/matters/{matter.pk}",
            )
        key = f"corrected:{decision.pk}:{said.corrected_at.isoformat()}"
        outbox.put("corrected", requester, letter, key=key, matter=matter)
        record(matter, "corrected", by, leader=by.address, words=words[:MAX_WORDS], by_name=by_name)


def _follow(decision: Decision) -> None:
    """The talk, if there is one to come or one is wanted now, has points that agree with it."""
    plan = plan_of(decision)
    talk = decision.talk_set.select_related("matter", "decision__by", "decision__request").order_by("-pk").first()
    if talk and talk.held_at:
        return
    if plan.kind != Help.TALK:
        talks.forget(decision)
    elif talk is None:
        talks.prepare(decision, plan.brief, option_of(plan.option or {}), house_of(decision.request.matter))
    else:
        made = talks.points_of(plan.brief, option_of(plan.option or {}), plan.words, house_of(talk.matter))
        talks.send_anew(talk, made)


def _show_leader(decision: Decision, said: Understanding) -> None:
    leader, matter = decision.by, decision.request.matter
    _withdraw(decision)
    if not leader.email:
        return
    with speaking_to(leader):
        facts = {"leader": leader.address, "name": matter.requester.name, "matter": matter.title, "title": said.title}
        facts["day"] = day_text(said.day, weekday=True, relative=False) if said.day else ""
        line = _("%(name)s的理解是：%(title)s（%(day)s前）") if said.day else _("%(name)s的理解是：%(title)s")
        letter = outbox.Letter(
            title=_("您的意思是这样吗：%(matter)s") % facts,
            before=[_("%(leader)s，您好：") % facts, line % facts, _("您的原话："), decision.words],
            invite=_("对的话不用回；不对，在这里写一句就行，不用登录："),
        )
    link = links.issue("decide", leader, request=decision.request)
    begin = _key(decision)
    key = f"{begin}{Outbox.objects.filter(key__startswith=begin).count()}"
    due_at = timezone.now() + timedelta(minutes=settings.UNDO_MINUTES)
    outbox.put("understood", leader, letter, key=key, matter=matter, link=link, due_at=due_at)


def _withdraw(decision: Decision) -> None:
    Outbox.objects.filter(key__startswith=_key(decision), state="waiting").update(state="withdrawn")


def _key(decision: Decision) -> str:
    return f"decision:{decision.pk}:understood:"
