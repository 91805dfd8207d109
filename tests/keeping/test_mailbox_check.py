"""The doctor looks at the mailbox for answers: with a real IMAP server, and with what can be wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from huitong.delivery import imap
from huitong.keeping.doctor import mailbox
from huitong.records.models import Mailbox
from tests.conftest import free_port
from tests.mail_house import DESK, start_imap

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    process = start_imap(port)
    yield f"imap://{DESK}:of%20the%20house@127.0.0.1:{port}/INBOX"
    process.terminate()
    process.wait(10)


def codes() -> list[tuple[str, str]]:
    return [(f.level, f.code) for f in mailbox.check()]


def test_where_nothing_is_set_up_nothing_is_said() -> None:
    assert codes() == []


def test_a_mailbox_that_opens_and_is_read(settings: Any, address: str) -> None:
    settings.REPLY_ADDRESS, settings.IMAP_URL, settings.AUTHSERV_ID = "desk@example.com", address, "mx.example.com"
    assert codes() == [("ok", "mailbox.opens"), ("warning", "mailbox.not_read")]
    Mailbox.objects.create(name=imap.Server.from_url(address).name, read_at=timezone.now())
    assert codes() == [("ok", "mailbox.opens")]


@pytest.mark.parametrize(
    ("reply", "url", "expected"),
    [
        ("", "imaps://a:b@127.0.0.1/INBOX", ("failure", "mailbox.no_address")),
        ("desk@example.com", "", ("ok", "mailbox.pipe")),
        ("desk@example.com", "https://example.com", ("failure", "mailbox.unusable")),
        ("desk@example.com", "imap://a:b@127.0.0.1:1/INBOX", ("failure", "mailbox.closed")),
    ],
)
def test_what_is_wrong_is_named(settings: Any, reply: str, url: str, expected: tuple[str, str]) -> None:
    settings.REPLY_ADDRESS, settings.IMAP_URL, settings.AUTHSERV_ID = reply, url, "mx.example.com"
    assert codes() == [expected]


def test_a_wrong_password_is_told_without_it(settings: Any, address: str) -> None:
    settings.REPLY_ADDRESS, settings.AUTHSERV_ID = "desk@example.com", ""
    settings.IMAP_URL = address.replace("of%20the%20house", "secretive")
    found = list(mailbox.check())
    assert [f.code for f in found] == ["mailbox.no_authserv", "mailbox.closed"]
    assert "secretive" not in found[1].en + found[1].zh
