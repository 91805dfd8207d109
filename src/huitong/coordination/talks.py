"""The leader talks to the other head: points on one screen, and what came of it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import House, talking_points
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import speaking_to
from huitong.method import Brief, Option
from huitong.records.models import Decision, Matter, Outbox, Person, Talk

OUTCOMES = ("agreed", "partly", "not_yet")


def prepare(decision: Decision, brief: Brief, option: Option | None, house: House) -> Talk:
    """The talk that the decision asks for; the points go to the leader when the decision takes effect."""
    matter, leader = decision.request.matter, decision.by
    points = points_of(brief, option, decision.words, house)
    talk = Talk.objects.create(matter=matter, decision=decision, points=points)
    if leader.email:
        _send(talk, due_at=decision.effective_at)
    return talk


def points_of(brief: Brief, option: Option | None, words: str, house: House) -> list[str]:
    return list(talking_points(brief, option, words, house=house).points)


def send_anew(talk: Talk, points: list[str]) -> None:
    """Other points for a talk that is still to come: the leader gets them, and sees them from now on."""
    if points == talk.points:
        return
    talk.points = points
    talk.save(update_fields=["points"])
    assert talk.decision is not None
    Outbox.objects.filter(key__startswith=f"decision:{talk.decision.pk}:talk", state="waiting").update(
        state="withdrawn"
    )
    _send(talk)


def letter(matter: Matter, leader: Person, points: list[str]) -> outbox.Letter:
    """The mail of the points, in the language that is active."""
    return outbox.Letter(
        title=_("通话要点：%(matter)s") % {"matter": matter.title},
        before=[_("%(who)s，您好：") % {"who": leader.address}, "\n".join(f"· {p}" for p in points)],
        invite=_("谈过之后，在这里点一下结果："),
    )


def _send(talk: Talk, due_at: datetime | None = None) -> None:
    decision = talk.decision
    assert decision is not None
    leader = decision.by
    with speaking_to(leader):
        made = letter(talk.matter, leader, talk.points)
    link = links.issue("decide", leader, request=decision.request)
    begin = _key(decision)
    count = Outbox.objects.filter(key__startswith=begin).count()
    key = f"{begin}:{count}" if count else begin
    outbox.put("talk", leader, made, key=key, matter=talk.matter, link=link, due_at=due_at)


def held(talk: Talk, *, outcome: str, words: str) -> None:
    """Write down what came of the talk: agreed, partly or not_yet, and a sentence."""
    talk.outcome, talk.words, talk.held_at = outcome, words, timezone.now()
    talk.save()
    requester = talk.matter.requester
    with speaking_to(requester):
        said = {"agreed": _("谈妥了"), "partly": _("谈成一部分"), "not_yet": _("还没谈成")}[outcome]
        facts = {"matter": talk.matter.title, "said": said, "leader": talk.decision.by.address if talk.decision else ""}
        letter = outbox.Letter(
            title=_("%(leader)s谈过了：%(matter)s") % facts,
            before=[_("结果：%(said)s。") % facts, *([words] if words else [])],
            invite=_("在这里看："),
            page=f"/matters/{talk.matter_id}",
        )
    key = f"talk:{talk.pk}:{talk.held_at.isoformat()}"
    outbox.put("talk_outcome", requester, letter, key=key, matter=talk.matter)


def forget(decision: Decision) -> None:
    """The decision was undone."""
    Talk.objects.filter(decision=decision, held_at=None).delete()
    _withdraw(decision)


def _withdraw(decision: Decision) -> None:
    Outbox.objects.filter(key__startswith=_key(decision), state="waiting").update(state="withdrawn")


def _key(decision: Decision) -> str:
    return f"decision:{decision.pk}:talk"
