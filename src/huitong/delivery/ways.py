"""By what a person's news goes, and when: the kinds of news, what was chosen for each, quiet hours, back to mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from huitong.delivery import transports
from huitong.delivery.outbox import Reason
from huitong.records.models import Outbox, Person

# The kinds of news that a person can send different ways, with the kinds of rows in each.
NEWS: Final[dict[str, tuple[str, ...]]] = {
    "decide": ("request", "confirm", "answer", "note", "talk"),
    "answers": ("decision", "receipt", "note_answer", "talk_outcome", "meeting_answer"),
    "reminders": ("remind_leader", "remind_deliver"),
    "promises": ("remind_commitment",),
    "reports": ("report", "after_no", "minutes", "thanks"),
}
# What is asked for at that moment, or carries a file that only mail can: it goes as it was written, quiet hours or not.
AS_WRITTEN: Final = ("invite", "password", "invitation", "chat_added")
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
    """When this person's quiet hours end, if the row has to wait for that."""
    if row.reason == Reason.NOW or news_of(row.kind) is None:
        return None
    return end_of_quiet(row.person, now)


def end_of_quiet(person: Person, now: datetime) -> datetime | None:
    """The end of the quiet hours in which `now` is, by the person's own clock; None outside them."""
    begin, end = person.quiet_from, person.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = timezone.localtime(now, ZoneInfo(person.time_zone))
    clock = local.time()
    quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=int(clock >= end))
    return datetime.combine(day, end, tzinfo=local.tzinfo)


def goes_by_mail_instead(row: Outbox, outcome: str) -> bool:
    """Whether the row leaves its chat for mail after this outcome. Once, and only where there is a mail address.

    What a chat may have shown already is not sent there again: the mail is the copy that is sure, and says so.
    """
    if row.transport == transports.MAIL or row.first_transport or not row.person.email:
        return False
    return outcome in ("refused", "unsure") or row.tries >= CHAT_TRIES
