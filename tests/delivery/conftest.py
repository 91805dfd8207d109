"""A desk with people, real SMTP and HTTPS servers in the process, and scripted ones that misbehave."""

import asyncio
import email
import itertools
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default as policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.utils import timezone

from huitong.delivery import outbox
from huitong.records.models import ChatAddress, Matter, Outbox, Person

Promise = Callable[..., Outbox]
CERTIFICATE: Final = Path(__file__).parent / "transports" / "localhost.pem"  # for 127.0.0.1, signed by itself


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


class Robot(ThreadingHTTPServer):
    """A chat's robot over TLS. It answers `answer`, or does what `behaves` does with the handler of a request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.behaves: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.token: dict[str, Any] = {"code": 0, "msg": "ok", "tenant_access_token": "t-1", "expire": 7200}
        self.methods: list[str] = []
        self.tokens: list[str] = []  # with which each request came, "" for none
        self.logins: list[dict[str, Any]] = []  # what was said for a token
        self.host = f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the other side gave up, as it should

    def says(self, body: object, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


class _Handler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/tenant_access_token/internal"):
            self.server.logins.append(json.loads(content))
            self.answers(200, {}, json.dumps(self.server.token).encode())
            return
        self.server.got.append(json.loads(content))
        self.server.paths.append(self.path)
        self.server.methods.append(self.command)
        self.server.tokens.append(self.headers.get("Authorization", ""))
        if self.server.behaves:
            self.server.behaves(self)
            return
        self.answers(*self.server.answer)

    do_PATCH = do_POST

    def answers(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


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
def robot(settings, monkeypatch) -> Iterator[Robot]:
    """A robot on loopback that the desk is allowed to write to."""
    server = Robot()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.CHAT_HOSTS, settings.CHAT_NETWORKS = [server.host], [ip_network("127.0.0.0/8")]
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def chat(robot: Robot, leader: Person, settings) -> Callable[..., ChatAddress]:
    """chat("feishu", secret=""): the leader wants requests in this chat, at the robot."""
    settings.FEISHU_APP_ID, settings.FEISHU_APP_SECRET = f"cli_{uuid4().hex}", "very-secret"
    settings.FEISHU_ADDRESS = f"https://{robot.host}"

    def chat(name: str, *, secret: str = "", host: str = "") -> ChatAddress:
        Person.objects.filter(pk=leader.pk).update(news={"decide": name})
        address = f"https://{host or robot.host}/hook?token=very-secret"
        if name == "feishuapp":
            address, settings.FEISHU_ADDRESS = "gao@feishu.example", f"https://{host or robot.host}"
        kept = {"address": address, "secret": secret, "added_at": timezone.now()}
        return ChatAddress.objects.create(person=leader, transport=name, **kept)

    return chat


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
