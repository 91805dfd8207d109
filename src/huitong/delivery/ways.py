"""By what a person's news goes, and when: the kinds of news, what was chosen for each, quiet hours, back to mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from huitong.delivery import transports
from huitong.delivery.outbox import Reason
from huitong.directory.hours import end_of_quiet, working_moment
from huitong.records.models import Outbox

# The kinds of news that a person can send different ways, with the kinds of rows in each.
NEWS: Final[dict[str, tuple[str, ...]]] = {
    "decide": (
        "request",
        "confirm",
        "answer",
        "note",
        "talk",
        "consult",
        "understood",
        "agreement_ask",
        "view_ask",
        "minutes_draft",
    ),
    "answers": (
        "decision",
        "receipt",
        "note_answer",
        "talk_outcome",
        "consult_answer",
        "meeting_answer",
        "reply_words",
        "corrected",
        "agreement_news",
        "minutes_answer",
        "view_given",
    ),
    "reminders": (
        "remind_leader",
        "remind_deliver",
        "moved",
        "warn_moment",
        "agreement_review",
        "sitting_agenda",
        "series_review",
        "feedback_ask",
        "look_back",
    ),
    "promises": ("remind_commitment", "commitment_ask", "commitment_news", "commitment_warning"),
    "reports": ("report", "after_no", "minutes", "thanks"),
}
# What is asked for at that moment, or carries a file that only mail can: it goes as it was written, quiet hours or not.
AS_WRITTEN: Final = ("invite", "password", "invitation", "chat_added", "digest", "card", "reply_confirm", "minutes_due")
CARD: Final = "card"  # what was sent is to say something else
# A reminder is for working hours only, also where the worker comes late.
IN_WORKING_HOURS: Final = (
    "remind_commitment",
    "commitment_warning",
    "agreement_review",
    "series_review",
    "feedback_ask",
    "look_back",
)
CHAT_TRIES: Final = 3  # after as many failures, seven minutes in all, mail is the quicker way


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    reason: Reason


def news_of(kind: str) -> str | None:
    """The kind of news that rows of this kind are; None if they go as they were written."""
    return next((news for news, kinds in NEWS.items() if kind in kinds), None)


def transport_of(row: Outbox) -> str:
    """The name of the transport by which the row goes now."""
    if row.first_transport:
        return row.transport
    news = news_of(row.kind)
    if news is None:
        return row.transport
    person = row.person
    chosen = str(person.news.get(news, transports.MAIL)) if isinstance(person.news, dict) else transports.MAIL
    if chosen == transports.MAIL or person.is_sample or chosen not in transports.names():
        return transports.MAIL
    return chosen if person.chat_addresses.filter(transport=chosen).exists() else transports.MAIL


def quiet_until(row: Outbox, now: datetime) -> datetime | None:
    """When this person's quiet hours end, or for a reminder their working hours begin, if the row has to wait."""
    if row.reason == Reason.NOW or news_of(row.kind) is None:
        return None
    if row.kind in IN_WORKING_HOURS:
        moment = working_moment(row.person, now)
        return moment if moment > now else None
    return end_of_quiet(row.person, now)


def may_repeat(row: Outbox, transport: transports.Transport) -> bool:
    """Whether nobody notices if the row goes a second time. A card that is changed twice is what it was changed to."""
    return transport.REPEATS or row.kind == CARD


def goes_by_mail_instead(row: Outbox, outcome: str) -> bool:
    """Whether the row leaves its chat for mail after this outcome. Once, and only where there is a mail address.

    What a chat may have shown already is not sent there again: the mail is the copy that is sure, and says so.
    """
    if row.kind == CARD or row.transport == transports.MAIL or row.first_transport or not row.person.email:
        return False
    return outcome in ("refused", "unsure") or row.tries >= CHAT_TRIES
