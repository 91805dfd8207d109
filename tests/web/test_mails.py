"""The mails that were kept as files."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from huitong.delivery.transports import mail
from huitong.records.models import Outbox, Person, Request

from .conftest import People


@pytest.fixture
def letter(asked: Request, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """The request to the leader, in the mail folder."""
    monkeypatch.setattr(settings, "MAIL_FOLDER", tmp_path)
    row = Outbox.objects.select_related("person", "matter__requester", "link").get(kind="request")
    assert mail.send(row).outcome == "sent"
    return row


def test_a_mail_is_shown_to_the_one_it_is_for(letter: Outbox, people: People, as_: Callable[[Person], Client]) -> None:
    page = as_(people.leader).get("/mails").content.decode()
    assert letter.payload["title"] in page


def test_nobody_reads_other_peoples_mail(letter: Outbox, people: People, as_: Callable[[Person], Client]) -> None:
    for person in (people.requester, people.counterpart, people.organiser, people.stranger):
        page = as_(person).get("/mails").content.decode()
        assert letter.payload["title"] not in page


def test_the_samples_mails_are_open_on_this_machine_only(letter: Outbox, people: People) -> None:
    Person.objects.update(is_sample=True)
    here = Client(HTTP_HOST="127.0.0.1")
    assert letter.payload["title"] in here.get("/mails").content.decode()
    for elsewhere in ({"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}):
        assert here.get("/mails", **elsewhere).status_code == 404


def test_what_a_letter_says_is_escaped(letter: Outbox, people: People, as_: Callable[[Person], Client]) -> None:
    Outbox.objects.filter(pk=letter.pk).update(payload=letter.payload | {"before": ["<script>alert(1)</script>"]})
    letter.refresh_from_db()
    mail.send(letter)
    page = as_(people.leader).get("/mails").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
