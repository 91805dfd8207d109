"""A commitment that brought no word goes back to the leader as a second, short request, its owner being told first."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import Stuck, escalation, warning
from huitong.coordination import escalations, reminders
from huitong.coordination.commitments import UNSETTLED
from huitong.coordination.escalations import is_ready, open_escalation
from huitong.delivery import outbox
from huitong.directory.wording import speaking_to
from huitong.matters import close, write
from huitong.matters.brief import answers_of, brief_of, counterpart_of
from huitong.matters.decide import standing_decision
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.questions import new_row_id
from huitong.matters.request import current_request
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.method import Brief, Channel, Help
from huitong.records.models import Answer, Commitment, Matter, Person

LONGEST_WAIT: Final = timedelta(days=60)
KEPT_SHOWN: Final = 5


def may_warn(commitment: Commitment) -> bool:
    """Whether the owner can be told that the leader is to be asked: its day is over, or it was never answered."""
    owner = commitment.owner
    if owner is None or not owner.email or owner.pk == commitment.matter.requester_id:
        return False
    late = commitment.by is not None and commitment.by < timezone.localdate()
    return (commitment.state == "proposed" or (commitment.state == "open" and late)) and _was_asked(commitment.matter)


def _was_asked(matter: Matter) -> bool:
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    return decision is not None and decision.verdict in ("agree", "change") and not is_held(matter)


def warning_of(commitment: Commitment) -> outbox.Letter:
    """The letter to the owner, as it would go out."""
    made = warning(_asked(commitment.matter), stuck_of(commitment), house=house_of(commitment.matter))
    assert commitment.owner is not None
    with speaking_to(commitment.owner):
        return outbox.Letter(
            title=made.subject,
            before=outbox.paragraphs(made.body),
            invite=_("在这里说一声，不用登录："),
            small=_("打开链接不会通知任何人。由会同代%(requester)s送出。")
            % {"requester": commitment.matter.requester.name},
        )


def warn(commitment: Commitment, *, by: Person) -> None:
    """Tell the owner, in their working hours, that the leader is to be asked. Raises NotNow if there is no reason."""
    with transaction.atomic():
        matter, commitment = _locked(commitment, by)
        if open_escalation(commitment) or not may_warn(commitment):
            raise NotNow("its owner is told already, or its day is still to come")
        escalations.begin(commitment, warning_of(commitment))
        commitment.reminders.filter(round="asked").delete()
        record(matter, "escalation_warned", by, owner=commitment.owner_name, what=commitment.what[:200])


def call_off(commitment: Commitment, *, by: Person) -> None:
    """The requester asks the leader after all not."""
    with transaction.atomic():
        _matter, commitment = _locked(commitment, by)
        if escalations.withdraw(commitment):
            reminders.wait_for_a_word(commitment)


def ask_leader(commitment: Commitment, *, by: Person, answer_by: date | None) -> None:
    """Prepare the second request: a short one, with what has happened since; the requester sends it as any other.

    Raises NotNow unless the owner was told a working day ago and has not answered; Incomplete without a day to decide.
    """
    today = timezone.localdate()
    if answer_by is None or not today <= answer_by <= today + LONGEST_WAIT:
        raise Incomplete("answer_by", _("请写一个今天或以后、六十天以内的日子。"))
    with transaction.atomic():
        matter, commitment = _locked(commitment, by)
        begun = open_escalation(commitment)
        if begun is None or not is_ready(begun):
            raise NotNow("its owner has not had a working day to answer")
        stuck = stuck_of(commitment)
        close.ask_again(matter, by)
        matter = lock(matter)
        _answers(matter, commitment, stuck, answer_by)
        brief = brief_of(matter)
        made = escalation(brief, stuck, house=house_of(matter))
        composed = write.text_of(matter, Channel.EMAIL, brief).composed
        write.keep_draft(matter, Channel.EMAIL, subject=made.subject, text=made.body, composed=composed)
        matter.drafts.filter(channel=Channel.EMAIL).update(composed=composed)
        matter.drafts.exclude(channel=Channel.EMAIL).filter(channel__in=list(Channel)).delete()
        begun.asked_at = timezone.now()
        begun.save(update_fields=["asked_at"])
        record(matter, "escalated", by, owner=commitment.owner_name, what=commitment.what[:200])


def stuck_of(commitment: Commitment) -> Stuck:
    """What was agreed, what came and what did not, as the texts tell it."""
    matter = commitment.matter
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    begun = open_escalation(commitment)
    told = begun.letter.sent_at if begun and begun.letter else None
    kept = matter.commitments.filter(state="kept").order_by("-ended_at")[:KEPT_SHOWN]
    return Stuck(
        what=commitment.what,
        owner=commitment.owner_name,
        by=commitment.by if commitment.state == "open" else None,
        kept=tuple(c.what for c in kept),
        words=decision.words if decision else "",
        warned=timezone.localtime(told).date() if told else None,
    )


def _answers(matter: Matter, commitment: Commitment, stuck: Stuck, answer_by: date) -> None:
    """What is prepared now is about this commitment; what else was told of the matter stays."""
    say, told = _words(matter.language), answers_of(matter)
    facts = {"what": stuck.what.rstrip("。."), "owner": stuck.owner}
    kept = matter.commitments.filter(state="kept").order_by("ended_at")[:KEPT_SHOWN]
    came = [say["kept"].format(owner=c.owner_name, what=c.what.rstrip("。.")) for c in kept]
    head = counterpart_of(told)[0] or stuck.owner
    efforts = list(told.get("efforts") or [])
    if stuck.warned:
        row = {
            "date": stuck.warned.isoformat(),
            "channel": say["channel"],
            "with": stuck.owner,
            "result": say["result"],
        }
        efforts.append({"id": new_row_id(), **row})
    talk = {"title": say["talk"].format(head=head), "what_leader_does": say["talk_does"], "minutes": "5"}
    other = {"title": say["other"], "what_leader_does": say["other_does"], "minutes": "1"}
    now_told: dict[str, Any] = {
        "purpose": say["purpose"].format(**facts),
        "situation": "\n".join([say["open"].format(**facts), *came]),
        "deadline": answer_by.isoformat(),
        "efforts": efforts,
        "options": [
            {"id": new_row_id(), "kind": Help.TALK.value, **talk},
            {"id": new_row_id(), "kind": Help.GUIDANCE.value, **other},
        ],
    }
    for question, value in now_told.items():
        kept_as = {"value": value, "saved_at": timezone.now()}
        Answer.objects.update_or_create(matter=matter, question=question, defaults=kept_as)


def _asked(matter: Matter) -> Brief:
    request = current_request(matter)
    decision = standing_decision(request) if request else None
    return Brief.model_validate(decision.version.brief) if decision else brief_of(matter)


def _locked(commitment: Commitment, by: Person) -> tuple[Matter, Commitment]:
    matter = lock(commitment.matter)
    commitment = Commitment.objects.select_related("owner").get(pk=commitment.pk)
    commitment.matter = matter
    if by.pk != matter.requester_id:
        raise NotAllowed
    if commitment.state not in UNSETTLED or matter.closed_at:
        raise NotNow("it is not so any more")
    return matter, commitment


@cache
def _words(language: str) -> dict[str, str]:
    text = (files("huitong.matters") / "escalation.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return found.get(language, found["zh"])
