"""Fetching the house's mail: each one is taken in once, in one transaction with how far the mailbox was read.

What a mail does in the desk is decided above (matters/replies.py), which registers itself here. Killed anywhere, the
number that
was reached and the effect are both there or both not. Marking as read comes last and is for people's eyes alone.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from huitong import logs
from huitong.delivery import imap
from huitong.records.models import Mailbox

logger = logging.getLogger(__name__)

AT_ONCE: Final = 100  # mails in one look
LEASE: Final = timedelta(seconds=3 * imap.EXCHANGE_SECONDS)
FIRST_LOOK: Final = timedelta(days=30)  # how far back a mailbox is read that we don't know yet

Receive = Callable[[bytes], str]
_receivers: Final[list[Receive]] = []


def receiver(function: Receive) -> Receive:
    """Register what takes a mail in: bytes to what came of it. It must do nothing twice with the same bytes."""
    _receivers[:] = [function]
    return function


def receive(content: bytes) -> str:
    """Take in one mail. Returns what came of it (records.Reply.outcome), or "repeat"."""
    return _receivers[0](content)


def fetch() -> int:
    """Take in what is new in the mailbox of HUITONG_IMAP_URL. Returns how many. Trouble is noted and comes to
    nothing.
    """
    if not (settings.IMAP_URL and settings.REPLY_ADDRESS):
        return 0
    try:
        server = imap.Server.from_url(settings.IMAP_URL)
    except ValueError:
        return 0  # the doctor says so
    box, _ = Mailbox.objects.get_or_create(name=server.name)
    now = timezone.now()
    free = Mailbox.objects.filter(Q(busy_until=None) | Q(busy_until__lte=now), pk=box.pk)
    if not free.update(busy_until=now + LEASE):
        return 0  # another worker is reading it
    trouble = ""
    try:
        with imap.opened(server) as opened:
            return _take_new(box.pk, opened)
    except imap.Unreadable as error:
        trouble = imap.said(error)
        logs.event(logger, "mailbox", outcome="unreadable", error=type(error).__name__)
        return 0
    finally:
        seen = {"trouble": trouble[:200], "busy_until": None} | ({} if trouble else {"read_at": timezone.now()})
        Mailbox.objects.filter(pk=box.pk).update(**seen)


def _take_new(box_id: int, opened: imap.Opened) -> int:
    box = Mailbox.objects.get(pk=box_id)
    since = None
    if box.uidvalidity != opened.uidvalidity:
        # Unknown, or numbered anew. What was taken before is recognised by what it is (Reply.mark).
        since = (timezone.now() - FIRST_LOOK).date()
        Mailbox.objects.filter(pk=box_id).update(uidvalidity=opened.uidvalidity, uid=0)
        box.uid = 0
    taken = 0
    for number in opened.numbers(box.uid, since)[:AT_ONCE]:
        content = opened.read(number)
        if _take(box_id, opened.uidvalidity, number, content):
            taken += 1
            with suppress(*imap.Unreadable):
                opened.mark_read(number)
    return taken


def _take(box_id: int, uidvalidity: int, number: int, content: bytes | None) -> bool:
    """Whether this mail was one for the desk. It counts as taken, whatever came of it."""
    try:
        with transaction.atomic():
            box = Mailbox.objects.select_for_update().get(pk=box_id)
            if box.uidvalidity != uidvalidity or box.uid >= number:
                return False
            outcome = receive(content) if content is not None else "ignored"
            Mailbox.objects.filter(pk=box_id).update(uid=number)
    except DatabaseError:
        raise
    except Exception:
        # A fault of ours: it stays in the mailbox, unread, and doesn't hold up those behind it.
        logger.exception("a mail could not be taken in")
        Mailbox.objects.filter(pk=box_id, uidvalidity=uidvalidity, uid__lt=number).update(uid=number)
        return False
    logs.event(logger, "mail_taken", outcome=outcome)
    return outcome not in ("ignored", "repeat")
