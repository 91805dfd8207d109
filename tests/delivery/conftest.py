"""A desk with people, a real SMTP server in the process, and scripted ones that misbehave."""

import asyncio
import email
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default as policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.utils import timezone

from huitong.delivery import outbox
from huitong.records.models import Matter, Outbox, Person

Promise = Callable[..., Outbox]


class Inbox:
    """What a server accepted. `recipient` and `data` answer instead of "250 OK", if they return something."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.seconds = 0.0  # that accepting a letter takes
        self.recipient: Callable[[str], str | None] = lambda address: None
        self.data: Callable[[EmailMessage], str | None] = lambda message: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.seconds)
        message = email.message_from_bytes(envelope.content, policy=policy)
        if answer := self.data(message):
            return answer
        self.accepted.append(message)
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.accepted]


class Listening(Controller):
    """A server on a free loopback port."""

    def __init__(self, inbox: Inbox, **options: Any) -> None:
        super().__init__(inbox, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        """The controller would greet itself at the port it was given; ours is known only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def listen(inbox: Inbox) -> Iterator[Callable[..., str]]:
    """listen(**options): the URL of a new server whose mails go to `inbox`."""
    controllers = []

    def listen(**options: Any) -> str:
        controller = Listening(inbox, **options)
        controller.start()
        controllers.append(controller)
        return f"smtp://127.0.0.1:{controller.port}"

    yield listen
    for controller in controllers:
        controller.stop()


@pytest.fixture
def scripted() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """scripted(behaviour): the URL of a server that does what `behaviour(connection)` does, on each connection."""
    sockets, ending = [], threading.Event()

    def serve(listening: socket.socket, behaviour: Callable[[socket.socket], None]) -> None:
        while not ending.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # the other side gave up, as it should
                behaviour(connection)

    def scripted(behaviour: Callable[[socket.socket], None]) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)
        threading.Thread(target=serve, args=(listening, behaviour), daemon=True).start()
        return f"smtp://127.0.0.1:{listening.getsockname()[1]}"

    yield scripted
    ending.set()
    for listening in sockets:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


@pytest.fixture
def leader(db: None) -> Person:
    return Person.objects.create(name="高岚", form_of_address="高总", email="gao@huitong.example")


@pytest.fixture
def matter(db: None) -> Matter:
    requester = Person.objects.create(name="许宁", email="xu@huitong.example")
    now = timezone.now()
    return Matter.objects.create(requester=requester, title="搭建物料", opened_at=now, stage_since=now)


@pytest.fixture
def promise(leader: Person, matter: Matter) -> Promise:
    """promise(kind, title=..., before=..., person=..., due_at=...): a row of the outbox."""
    numbers = itertools.count()

    def promise(kind: str = "request", *, person: Person = leader, key: str = "", **more: Any) -> Outbox:
        options = {name: more.pop(name) for name in ("link", "due_at") if name in more}
        letter = outbox.Letter(**({"title": "请您定：搭建物料"} | more))
        with transaction.atomic():
            return outbox.put(kind, person, letter, key=key or f"test:{next(numbers)}", matter=matter, **options)

    return promise
