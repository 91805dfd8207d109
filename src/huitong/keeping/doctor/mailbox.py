"""The mailbox that answers come to: it opens, was read lately, and our server's word on senders is known. It is not
changed.
"""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import Error
from django.utils import timezone

from huitong.delivery import imap
from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.state import database_is_there
from huitong.records.models import Mailbox

SECONDS: Final = 4  # for the whole talk; the check has 5
_STALE: Final = timedelta(minutes=10)


def check() -> Iterator[Finding]:
    """Nothing is said where answers by mail are not set up."""
    if not (settings.REPLY_ADDRESS or settings.IMAP_URL):
        return
    if not settings.REPLY_ADDRESS:
        yield finding(FAILURE, "mailbox.no_address")
        return
    if not settings.AUTHSERV_ID:
        yield finding(WARNING, "mailbox.no_authserv", address=settings.REPLY_ADDRESS)
    if not settings.IMAP_URL:
        yield finding(OK, "mailbox.pipe", address=settings.REPLY_ADDRESS)
        return
    try:
        server = imap.Server.from_url(settings.IMAP_URL)
    except ValueError:
        yield finding(FAILURE, "mailbox.unusable")
        return
    try:
        with imap.opened(server, seconds=SECONDS, read_only=True):
            yield finding(OK, "mailbox.opens", mailbox=server.name)
    except TimeoutError:
        yield finding(FAILURE, "mailbox.slow", mailbox=server.name, seconds=SECONDS)
    except ssl.SSLCertVerificationError:
        yield finding(FAILURE, "mailbox.certificate", mailbox=server.name)
    except imap.Unreadable as error:
        yield finding(FAILURE, "mailbox.closed", mailbox=server.name, error=imap.said(error))
    else:
        yield from _read_lately(server.name)


def _read_lately(name: str) -> Iterator[Finding]:
    try:
        box = Mailbox.objects.filter(name=name).first() if database_is_there() else None
    except Error:
        return
    if box is None or box.read_at is None or box.read_at < timezone.now() - _STALE:
        yield finding(WARNING, "mailbox.not_read", mailbox=name)
