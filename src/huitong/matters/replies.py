"""Taking in one mail: which letter it answers, whether a person wrote it, what they mean, and what follows.

Only one thing counts at once: exactly an option's number, by the leader's own address, proven by the house's own mail
server, to
the letter's own address. All else is written back to be confirmed, passed on, or shown; what a machine wrote is never
answered.
Source: RFC 3834, 3464, 8601.
"""

import logging
from datetime import date
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong import replies
from huitong.coordination import itip
from huitong.delivery import mailbox, outbox, reply_address
from huitong.delivery.transports.mail import letter as mail_letter
from huitong.directory.wording import speaking_to
from huitong.matters import decide, reply_letters, reply_rows, write
from huitong.matters.coordinate import is_note_open
from huitong.matters.errors import AlreadyDecided, NotDone, StaleVersion
from huitong.matters.timeline import record
from huitong.matters.verdicts import FINAL, MAIL, Choice, Verdict
from huitong.method import Language
from huitong.records.models import Outbox, Reply, Version
from huitong.replies import Asks, Bounce, Kind, Mail, Meaning, Written, kind_of
from huitong.review.extract.days import days
from huitong.review.page import Page

logger = logging.getLogger(__name__)

MANY: Final = 20  # answers to one letter in a day: more are left unread
LONGEST: Final = 5_000  # characters of an answer that are kept
# To these an option's number is an answer that counts.
_OFFERS: Final = ("request", "remind_leader", "answer", "reply_confirm")
_QUIET: Final = (Kind.RECEIPT, Kind.LIST)


@mailbox.receiver
def take_in(content: bytes) -> str:
    """Do once what this mail asks for, in one transaction. Returns the outcome (see Reply), or "repeat"."""
    mail = replies.read_mail(content)
    with transaction.atomic():
        reply, new = Reply.objects.get_or_create(mark=mail.mark, defaults={"taken_at": timezone.now()})
        if not new:
            return "repeat"
        reply.sender = mail.sender[:320]
        reply.outcome = _act(mail, reply)
        if reply.outcome == "ignored":
            reply.sender = ""  # of who has nothing to do with the desk, nothing is kept
        reply.save()
    return reply.outcome


def _act(mail: Mail, reply: Reply) -> str:
    kind = kind_of(mail)
    row, named = _letter(mail)
    if reply_address.is_ours(mail.sender):
        return "ignored"
    if kind is Kind.BOUNCE:
        return _came_back(row, replies.bounce_of(mail))
    if kind is Kind.CALENDAR and _by_calendar(mail):
        return "calendar"
    if row is None or kind in _QUIET or _is_flood(row):
        return "ignored"
    # A reminder may be of several matters, so it is of none; if it is about one commitment, its link says which.
    about = row.link.commitment if row.link else None
    matter = row.matter or (about.matter if about else None)
    if matter is None:
        return "ignored"
    reply.letter, reply.person, reply.matter = row, row.person, matter
    if row.link:
        reply.request, reply.note, reply.commitment = row.link.request, row.link.note, row.link.commitment
    written = replies.newly_written(mail, (row.person.name, row.person.address, mail.sender_name))
    reply.text = written.text.replace("\x00", "")[:LONGEST]
    reply.attachments = [[a.name, a.size] for a in mail.attachments[:50]]
    if kind is Kind.AUTOMATIC:
        return _away(row, reply)
    if kind is Kind.CALENDAR:
        record(matter, "calendar_answered", row.person, words=reply.text[:300])
        return "calendar"
    own = bool(row.person.email) and mail.sender == row.person.email.lower()
    reply.proven = own and named and replies.is_proven(mail, settings.AUTHSERV_ID)
    if reply.request:
        return _of_leader(row, reply, written)
    if reply.note and is_note_open(reply.note):
        return _ask(reply, Asks.COUNTERPART)
    if reply.commitment and reply.commitment.state == "proposed" and reply.commitment.owner_id == row.person_id:
        return _ask(reply, Asks.COUNTERPART)  # as to a note: yes, another day, hard
    if reply.commitment and reply.commitment.state == "open":
        return _ask(reply, Asks.COMMITMENT)
    if row.person_id == matter.requester_id:
        return _answer_of_requester(row, reply, own=own)
    return _pass_on(reply)


def _letter(mail: Mail) -> tuple[Outbox | None, bool]:
    """The letter that is answered, and whether the mail came to its own address: who merely knows its number proves
    less.
    """
    known = Outbox.objects.select_related(
        "person", "matter__requester", "link__request__leader", "link__request__matter", "link__note__person",
        "link__note__matter", "link__commitment__matter__requester",
    )  # fmt: skip
    if not settings.REPLY_ADDRESS:
        return None, False
    digests = [reply_address.digest(token) for token in reply_address.tokens_in(mail.receivers)[:5]]
    if row := known.filter(reply_digest__in=digests).exclude(reply_digest="").first():
        return row, True
    numbers = mail.answers[-5:]
    return (known.filter(message_id__in=numbers).first() if numbers else None), False


def _is_flood(row: Outbox) -> bool:
    lately = timezone.now() - reply_rows.ONE_MAIL_WITHIN
    return Reply.objects.filter(letter=row, taken_at__gt=lately).count() >= MANY


def _came_back(row: Outbox | None, bounce: Bounce) -> str:
    row = row or Outbox.objects.select_related("person", "matter__requester").filter(
        message_id__in=bounce.message_ids[:5]
    ).first()  # fmt: skip
    if row is None or not bounce.final:
        return "ignored"
    reader = row.matter.requester if row.matter else row.person
    facts = {"person": row.person.name, "address": row.person.email, "answer": bounce.said}
    outbox.came_back(row.pk, mail_letter.words("returned", reader.language, **facts))
    return "came_back"


def _away(row: Outbox, reply: Reply) -> str:
    """Shown to who asked, once for a letter; never answered."""
    assert reply.matter is not None
    shown = Reply.objects.filter(letter=row, outcome="away").exclude(pk=reply.pk).exists()
    if not shown and row.person_id != reply.matter.requester_id:
        record(reply.matter, "auto_replied", row.person, words=reply.text[:300])
    return "away"


def _by_calendar(mail: Mail) -> bool:
    """Whether a calendar's answer (iTIP) from a proven address was taken in, or is known; else a person looks."""
    if not replies.is_proven(mail, settings.AUTHSERV_ID):
        return False
    known = (None, itip.Left.REPEATED, itip.Left.OUTDATED)
    return any(itip.take_in(text, sender=mail.sender).left in known for text in mail.calendars[:3])


def _of_leader(row: Outbox, reply: Reply, written: Written) -> str:
    request, person = reply.request, reply.person
    assert request is not None
    assert person is not None
    request.matter = reply.matter
    standing = decide.standing_decision(request)
    settled = standing is not None and standing.verdict in FINAL and standing.effective_at <= timezone.now()
    if request.leader_id != person.pk or request.ended_at or request.delivered_at is None or settled:
        return _pass_on(reply)
    # What they had before them as they wrote: an answer names the version that it answers.
    version = request.versions.filter(created_at__lte=row.created_at).order_by("-number").first()
    if version is None:
        return _pass_on(reply)
    sense = replies.understand(reply.text, Asks.LEADER, options=len(version.options))
    reply.version = version.number
    counts = sense.exact and written.sure and reply.proven and not reply.attachments and row.kind in _OFFERS
    reason = ""
    if counts:
        choice = Choice(Verdict.AGREE, version.number, option=sense.option)
        try:
            with transaction.atomic():
                decide.decide(request, choice, by=person, how=MAIL)
            return "counted"
        except NotDone as error:
            reason = _why_not(error, reply)
    elif sense.exact and not reply.proven:
        with speaking_to(person):
            reason = _("没能验明这封信是您本人发的，所以请您再点一下。")
    return _ask(reply, Asks.LEADER, reason=reason, version=version)


def _why_not(error: NotDone, reply: Reply) -> str:
    assert reply.person is not None
    with speaking_to(reply.person):
        if isinstance(error, StaleVersion):
            return _("您答的那一版之后，内容改过了。")
        if isinstance(error, AlreadyDecided):
            return _("这件事您已经批示过，还没有发出。要改的话，请先撤回。")
        return _("现在记不下来。")


def _ask(reply: Reply, asks: Asks, *, reason: str = "", version: Version | None = None) -> str:
    """Keep what was understood and write it back; at most one mail a day about the same thing until they react."""
    matter, person = reply.matter, reply.person
    assert matter is not None
    assert person is not None
    sense = replies.understand(reply.text, asks, options=len(version.options) if version else 0)
    reply.meaning, reply.option = sense.meaning.value, sense.option
    if sense.meaning in (Meaning.LATER, Meaning.DATE, Meaning.MOVED):
        reply.day = _day(reply.text, person.language)
    now = timezone.now()
    if not reply_rows.was_written_to(reply, "asked", now=now) and person.email:
        reply_letters.ask_to_confirm(reply, reason=reason, version=version)
        if person.pk != matter.requester_id:
            record(matter, "reply_to_confirm", person)
    return "asked"


def _day(text: str, language: str) -> date | None:
    """The one day to come that the words name; None if there is none, or more than one."""
    today = timezone.localdate()
    page = Page.of(text[:1000], Language.EN if language == "en" and text.isascii() else Language.ZH)
    found = {named.day for named in days(page, today) if named.sure and named.day and named.day > today}
    return found.pop() if len(found) == 1 else None


def _answer_of_requester(row: Outbox, reply: Reply, *, own: bool) -> str:
    """The requester answers the leader's question: their words wait in its page, and are sent from there."""
    matter = reply.matter
    assert matter is not None
    question = decide.open_question(matter)
    if row.kind != "decision" or question is None or not own or not reply.text:
        return "ignored"
    if matter.drafts.filter(channel="answer").exists():
        return "ignored"  # what was typed in the page is not replaced; the mail is still in the mailbox
    write.keep_draft(matter, "answer", subject="", text=reply.text, composed="")
    if not reply_rows.was_written_to(reply, "passed_on", now=timezone.now()):
        reply_letters.show_draft(reply, matter)
    return "passed_on"


def _pass_on(reply: Reply) -> str:
    """The words go to who asked, as they would have without the desk in between; at most one mail a day."""
    matter, person = reply.matter, reply.person
    assert matter is not None
    if not reply_rows.was_written_to(reply, "passed_on", now=timezone.now()):
        reply_letters.pass_on(reply)
        reply.asked_at = timezone.now()
    record(matter, "replied", person, words=reply.text[:2000])
    return "passed_on"
