"""Apprise in a process of its own: handed over and not confirmed, within bounds, and only to where it may go."""

import json
import os
import time

import pytest
from django.utils import timezone

from huitong.delivery import transports
from huitong.delivery.transports import Receipt
from huitong.records.models import ChatAddress, Outbox, Person

from .test_chats import drip, drop, hang

transport = transports.get("apprise")
installed = pytest.mark.skipif(not transport.AVAILABLE, reason="the extra apprise is not installed")


@pytest.fixture
def send(robot, leader: Person, promise, monkeypatch):
    """send(): the receipt for a row to a Teams workflow at the robot."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", os.environ["SSL_CERT_FILE"])

    def send(address: str = "") -> Receipt:
        address = address or f"workflows://{robot.host}/very-secret/signature/"
        ChatAddress.objects.create(person=leader, transport="apprise", address=address, added_at=timezone.now())
        row = promise(before=["高总，您好。"])
        return transport.send(Outbox.objects.select_related("person", "matter__requester", "link").get(pk=row.pk))

    return send


@installed
def test_a_message_is_handed_over_and_nobody_says_it_is_confirmed(robot, send) -> None:
    assert send() == Receipt("sent")
    assert "高总，您好。" in json.dumps(robot.got, ensure_ascii=False)
    assert not transport.CONFIRMS


@installed
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 302])
def test_what_apprise_says_no_to_may_have_arrived(status: int, robot, send) -> None:
    robot.says({}, status, Location=f"https://{robot.host}/elsewhere")
    receipt = send()
    assert receipt.outcome == "unsure"
    assert "very-secret" not in receipt.words
    assert not any(path.startswith("/elsewhere") for path in robot.paths)


@installed
@pytest.mark.parametrize("behaves", [hang, drop, drip])
def test_it_ends_in_time(behaves, robot, send, monkeypatch) -> None:
    monkeypatch.setattr(transport, "SECONDS", 3)
    robot.behaves = behaves
    began = time.monotonic()
    assert send().outcome == "unsure"
    assert time.monotonic() - began < 5


@installed
def test_it_connects_to_no_private_number_unless_it_is_allowed(robot, send, settings) -> None:
    settings.CHAT_NETWORKS = []
    receipt = send()
    assert (receipt.outcome, robot.got) == ("refused", [])
    assert "HUITONG_CHAT_NETWORKS" in receipt.words


def test_without_the_extra_it_is_not_offered_and_what_was_kept_goes_by_mail(send, monkeypatch) -> None:
    monkeypatch.setattr(transport, "AVAILABLE", False)
    transports.chats.cache_clear()
    assert "apprise" not in transports.chats()
    transports.chats.cache_clear()
    assert send().outcome == "refused"


@pytest.mark.parametrize(
    ("address", "good"),
    [("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", True), ("discord://4174216298/JHMHI8qBe7", True)]
    + [
        ("workflows://prod-1.westus.logic.azure.com:443/643e/1234/", True),
        ("workflows://evil.example/643e/1234/", False),
    ]
    + [("workflows://logic.azure.com.evil.example/6/1/", False), ("workflows://x.logic.azure.com:8443/6/1/", False)]
    + [("json://localhost/", False), ("file:///etc/passwd", False), ("mailto://a:b@example.com", False), ("", False)]
    + [("slack://a/b/c/?verify=no", False), ("slack://a/b/c/,json://x", False), ("slack://a/b/c/ json://x", False)]
    + [
        ("slack://", False),
        ("https://hooks.slack.com/services/a/b/c", False),
        ("tgram://1:a/1?template=/etc/x", False),
    ],
)
def test_only_services_with_a_fixed_host_and_no_options_are_addresses(address: str, good: bool) -> None:
    assert transport.is_address(address) is good
