"""The leader asks one person one question before deciding; the answer stands beside the options, the deadline stays."""

import re
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import speaking_to
from huitong.matters.decide import standing_decision, take_up_again
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.named import named
from huitong.matters.timeline import lock, record
from huitong.matters.verdicts import FINAL, MAX_WORDS
from huitong.records.models import Consultation, Link, Matter, Outbox, Person, Request

# Whoever only says that they have read it has not answered yet.
_ACKNOWLEDGED: Final = re.compile(
    r"好的|收到|知道了|明白了?|已阅|多谢|谢谢|感谢|您|[嗯好谢]|okay|ok|thank you|thanks|got it|received|noted|\W",
    re.IGNORECASE,
)


def consultations(request: Request) -> list[Consultation]:
    """What the leader has asked of others about this request and not taken back, in the order in which it was asked."""
    return list(request.consultations.filter(withdrawn_at=None).select_related("person").order_by("asked_at"))


def is_open(consultation: Consultation) -> bool:
    """Whether an answer still helps: not taken back, the request waits for its leader, nothing final is decided."""
    request = consultation.request
    if consultation.withdrawn_at or request.ended_at or request.matter.closed_at:
        return False
    standing = standing_decision(request)
    return standing is None or standing.verdict not in FINAL


def check_question(name: str, question: str) -> None:
    """Raises Incomplete with consult_name or consult_question."""
    if not name.strip():
        raise Incomplete("consult_name", _("请写下想问谁。"))
    if not question.strip():
        raise Incomplete("consult_question", _("请写下要问的话。"))
    _check_length("consult_question", question)


def consult(request: Request, *, by: Person, name: str, email: str, question: str) -> Consultation:
    """Ask this person this question by mail. `name` alone is enough for someone of the directory.

    Raises NotAllowed unless `by` is the leader asked, NotNow once it is decided or while another answer is awaited,
    Incomplete with consult_name, consult_email or consult_question.
    """
    if request.leader_id != by.pk:
        raise NotAllowed
    check_question(name, question)
    with transaction.atomic():
        matter = lock(request.matter)
        request = Request.objects.select_related("leader").get(pk=request.pk)
        request.matter = matter
        standing = standing_decision(request)
        if request.delivered_at is None or request.ended_at or matter.closed_at:
            raise NotNow("this request is no longer open")
        if standing and standing.verdict in FINAL:
            raise NotNow("it is decided")
        if request.consultations.filter(withdrawn_at=None, answered_at=None).exists():
            raise NotNow("one answer is awaited already")
        person = named(name.strip(), email=email.strip(), by=by, field="consult_name")
        if person.pk == matter.requester_id:
            raise Incomplete("consult_name", _("要问%(name)s，请用下面的“先问一句”。") % {"name": person.name})
        if person.pk == by.pk:
            raise Incomplete("consult_name", _("这是您自己，请写想问的人。"))
        if not person.email:
            raise Incomplete("consult_email", _("还没有%(name)s的邮箱，请填一下。") % {"name": person.name})
        now = timezone.now()
        row = Consultation.objects.create(request=request, person=person, question=question, asked_at=now)
        with speaking_to(person):
            facts = {"leader": by.address, "who": person.address, "matter": matter.title}
            letter = outbox.Letter(
                title=_("%(leader)s想听听您的意见：%(matter)s") % facts,
                before=[_("%(who)s，您好：") % facts, _("%(leader)s有一句话想问您：") % facts, question],
                invite=_("在这里答一句就行，不用登录："),
                small=_("您的答复只给%(leader)s看。") % facts,
            )
        link = links.issue("consult", person, consultation=row)
        # Of no matter: what becomes of its letters is told to the requester, and this one is not theirs to know.
        outbox.put("consult", person, letter, key=_key(row), link=link)
        record(matter, "consulted", by, leader=by.address)
    return row


def withdraw(consultation: Consultation, *, by: Person) -> None:
    """The leader needs no answer any more. Raises NotNow if there is one."""
    if consultation.request.leader_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        lock(consultation.request.matter)
        open_rows = Consultation.objects.filter(pk=consultation.pk, answered_at=None, withdrawn_at=None)
        if not open_rows.update(withdrawn_at=timezone.now()):
            raise NotNow("it has been answered, or taken back")
        _withdraw_letter(consultation)


def forget(matter: Matter) -> None:
    """The matter is closed: questions that have not gone out stay here. Runs in the transaction of its cause."""
    for row in Consultation.objects.filter(request__matter=matter, answered_at=None, withdrawn_at=None):
        _withdraw_letter(row)


def not_delivered(consultation: Consultation) -> str:
    """Why the question did not reach the person; "" as long as it may."""
    letter = Outbox.objects.filter(key=_key(consultation), state="failed").first()
    return letter.last_error if letter else ""


def _withdraw_letter(consultation: Consultation) -> None:
    unsent = Outbox.objects.filter(key=_key(consultation), state__in=("waiting", "failed"))
    unsent.update(state="withdrawn")


def _key(consultation: Consultation) -> str:
    return f"consult:{consultation.pk}"


def check_answer(text: str) -> None:
    """Raises Incomplete for an answer that is empty, too long, or only acknowledges."""
    if not text.strip():
        raise Incomplete("text", _("请写一句您的意见。"))
    if not _ACKNOWLEDGED.sub("", text):
        raise Incomplete("text", _("请写上您的意见；还要想想的话，关掉就好，什么都不会发生。"))
    _check_length("text", text)


def _check_length(field: str, text: str) -> None:
    if len(text) > MAX_WORDS:
        raise Incomplete(field, _("请控制在 %(limit)s 字以内。") % {"limit": MAX_WORDS})
    if "\x00" in text:
        raise Incomplete(field, _("这段话里有一个看不见的控制字符，存不下。请删掉重写那一处。"))


def answer(consultation: Consultation, *, by: Person, text: str, by_name: str = "") -> None:
    """What the person says. It goes to the leader alone, and brings back at once what they had put off.

    Raises NotNow when it is no longer needed, Incomplete as `check_answer`.
    """
    if consultation.person_id != by.pk:
        raise NotAllowed
    check_answer(text)
    with transaction.atomic():
        matter = lock(consultation.request.matter)
        row = Consultation.objects.select_related("request__leader", "person").get(pk=consultation.pk)
        row.request.matter = matter
        if row.answer == text and row.answered_by == by_name:
            return  # a second tap
        if row.answered_at or not is_open(row):
            raise NotNow("it is answered, or no longer needed")
        row.answer, row.answered_by, row.answered_at = text, by_name[:100], timezone.now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        record(matter, "consulted_answered", leader=row.request.leader.address)
        take_up_again(row.request)
        _tell_leader(row)


def _tell_leader(row: Consultation) -> None:
    leader, matter = row.request.leader, row.request.matter
    if not leader.email:
        return
    link: Link = links.issue("decide", leader, request=row.request)
    with speaking_to(leader):
        facts = {"who": row.person.address, "matter": matter.title}
        letter = outbox.Letter(
            title=_("%(who)s答复了：%(matter)s") % facts,
            before=[_("您问%(who)s：") % facts, row.question, _("%(who)s说：") % facts, row.answer],
            invite=_("请在这里批示，不用登录："),
        )
    outbox.put("consult_answer", leader, letter, key=f"{_key(row)}:answer", link=link)
