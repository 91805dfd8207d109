"""Speaking to mail servers: real ones, and ones that refuse, hang, trickle, greet late or drop the line."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, Envelope, Session

from huitong.delivery.transports import Receipt, mail
from huitong.delivery.transports.mail import smtp
from huitong.records.models import Outbox

CERTIFICATE = Path(__file__).with_name("localhost.pem")  # for 127.0.0.1, signed by itself, until 2126


@pytest.fixture
def send(settings, promise):
    """send(url): the receipt for one new row."""

    def send(url: str) -> Receipt:
        settings.SMTP_URL = url
        row = promise(before=["您好。"])
        return mail.send(Outbox.objects.select_related("person", "matter__requester", "link").get(pk=row.pk))

    return send


@pytest.fixture
def hurried(monkeypatch) -> None:
    monkeypatch.setattr(smtp, "EXCHANGE_SECONDS", 1)


def answer(connection: socket.socket, *lines: str) -> None:
    connection.sendall("".join(f"{line}\r\n" for line in lines).encode())


def until_data(connection: socket.socket) -> None:
    """A plain dialogue up to the end of the letter."""
    reader = connection.makefile("rb")
    answer(connection, "220 ready")
    for command in (b"EHLO", b"MAIL", b"RCPT", b"DATA"):
        assert reader.readline().upper().startswith(command)
        answer(connection, "354 go on" if command == b"DATA" else "250 ok")
    while reader.readline() != b".\r\n":
        pass


# --- accepted ---


def test_a_server_gets_the_letter_once(send, listen, inbox) -> None:
    assert send(listen()) == Receipt("sent")
    assert [message["Subject"] for message in inbox.accepted] == ["请您定：搭建物料"]
    assert inbox.envelopes[0].rcpt_tos == ["gao@huitong.example"]
    assert inbox.envelopes[0].mail_from == "huitong@localhost"


def test_a_late_greeting_is_waited_for(send, scripted, monkeypatch) -> None:
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.3)

    def greets_late(connection: socket.socket) -> None:
        time.sleep(0.8)
        until_data(connection)
        answer(connection, "250 accepted")

    assert send(scripted(greets_late)) == Receipt("sent")


def test_a_server_that_never_says_goodbye_has_still_accepted(send, scripted) -> None:
    def hangs_after_accepting(connection: socket.socket) -> None:
        until_data(connection)
        answer(connection, "250 accepted")
        connection.recv(100)
        time.sleep(1)

    began = time.monotonic()
    assert send(scripted(hangs_after_accepting)) == Receipt("sent")
    assert time.monotonic() - began < 1


# --- refused for good ---


@pytest.mark.parametrize("said", ["550 5.1.1 No such user", "553 5.1.3 Bad address"])
def test_an_unknown_address_is_refused_for_good_with_what_to_do(send, listen, inbox, said: str) -> None:
    inbox.recipient = lambda address: said
    receipt = send(listen())
    assert receipt.outcome == "refused"
    for words in ("高岚", "gao@huitong.example", said, "请核对地址"):
        assert words in receipt.words


def test_a_letter_that_the_server_will_not_have_is_refused_for_good(send, listen, inbox) -> None:
    inbox.data = lambda message: "554 5.7.1 Looks like spam"
    receipt = send(listen())
    assert receipt.outcome == "refused"
    assert "554 5.7.1 Looks like spam" in receipt.words


def test_what_a_server_says_is_one_short_line_without_controls(send, scripted) -> None:
    def shouts(connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        answer(connection, "220 ready")
        for reply in ("250 ok", "250 ok"):
            reader.readline()
            answer(connection, reply)
        reader.readline()
        answer(connection, "550-\x1b[31mno\x07", "550 " + "never " * 80)
        reader.readline()

    receipt = send(scripted(shouts))
    assert receipt.outcome == "refused"
    assert receipt.words.isprintable()
    assert len(receipt.words) < 400


# --- later ---


def test_a_busy_server_is_tried_again(send, listen, inbox) -> None:
    inbox.recipient = lambda address: "451 4.7.1 Greylisted"
    assert send(listen()).outcome == "later"
    inbox.recipient = lambda address: None
    inbox.data = lambda message: "452 4.3.1 Disk full"
    receipt = send(listen())
    assert receipt.outcome == "later"
    assert "452 4.3.1 Disk full" in receipt.words


@pytest.mark.parametrize("greeting", ["421 too busy", "554 go away"])
def test_a_server_that_turns_us_away_at_the_door_is_tried_again(send, scripted, greeting: str) -> None:
    receipt = send(scripted(lambda connection: answer(connection, greeting)))
    assert receipt.outcome == "later"
    assert greeting in receipt.words


def test_a_server_that_is_not_there_is_tried_again(send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    receipt = send(f"smtp://127.0.0.1:{port}")
    assert receipt.outcome == "later"
    assert "连不上" in receipt.words


def test_a_name_that_nobody_has_is_tried_again(send) -> None:
    assert send("smtp://mail.huitong.invalid").outcome == "later"


def test_a_server_that_hangs_is_left_in_time(send, scripted, hurried) -> None:
    began = time.monotonic()
    receipt = send(scripted(lambda connection: time.sleep(3)))
    assert receipt.outcome == "later"
    assert "秒没有答复" in receipt.words
    assert time.monotonic() - began < 2.5


def test_a_server_that_trickles_its_answer_is_left_in_time(send, scripted, hurried) -> None:
    def trickles(connection: socket.socket) -> None:
        for _ in range(40):
            connection.sendall(b"2")
            time.sleep(0.1)

    began = time.monotonic()
    receipt = send(scripted(trickles))
    assert receipt.outcome == "later"
    assert "秒没有答复" in receipt.words
    assert time.monotonic() - began < 3


def test_a_line_that_drops_after_the_letter_is_tried_again(send, scripted) -> None:
    receipt = send(scripted(until_data))
    assert receipt.outcome == "later"
    assert "断开" in receipt.words


def test_a_line_that_drops_at_once_is_tried_again(send, scripted) -> None:
    receipt = send(scripted(lambda connection: None))
    assert receipt.outcome == "later"


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:port"])
def test_a_setting_that_cannot_be_read_is_named(send, url: str) -> None:
    receipt = send(url)
    assert receipt.outcome == "later"
    assert "HUITONG_SMTP_URL" in receipt.words


# --- signing in, and encryption ---


def knows_the_password(server, session: Session, envelope: Envelope, mechanism: str, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"desk@house", b"p@ss/word"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_name_and_password_of_the_address_are_used(send, listen, inbox) -> None:
    url = listen(authenticator=knows_the_password, auth_required=True, auth_require_tls=False)
    assert send(url.replace("smtp://", "smtp://desk%40house:p%40ss%2Fword@")) == Receipt("sent")
    assert len(inbox.accepted) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_for_the_organiser_to_mend_and_tried_again(send, listen, inbox) -> None:
    url = listen(authenticator=knows_the_password, auth_required=True, auth_require_tls=False)
    receipt = send(url.replace("smtp://", "smtp://desk:secret-word@"))
    assert receipt.outcome == "later"
    assert "HUITONG_SMTP_URL" in receipt.words
    assert "secret-word" not in receipt.words
    assert inbox.accepted == []


@pytest.fixture
def encrypted() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_encryption_is_taken_where_it_is_offered(send, listen, inbox, encrypted) -> None:
    assert send(listen(tls_context=encrypted, require_starttls=True)) == Receipt("sent")
    assert len(inbox.accepted) == 1


def test_no_password_is_given_to_a_server_that_cannot_prove_its_name(send, listen, inbox, encrypted) -> None:
    seen = []

    def listens_in(server, session: Session, envelope: Envelope, mechanism: str, data) -> AuthResult:
        seen.append(data)
        return AuthResult(success=True)

    url = listen(tls_context=encrypted, authenticator=listens_in)
    receipt = send(url.replace("smtp://", "smtp://desk:password@"))
    assert receipt.outcome == "later"
    assert "证书" in receipt.words
    assert (seen, inbox.accepted) == ([], [])


@pytest.fixture
def trusted(monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.usefixtures("trusted")
def test_a_server_that_proves_its_name_gets_the_password(send, listen, inbox, encrypted) -> None:
    url = listen(tls_context=encrypted, authenticator=knows_the_password, auth_required=True)
    assert send(url.replace("smtp://", "smtp://desk%40house:p%40ss%2Fword@")) == Receipt("sent")
    assert len(inbox.accepted) == 1


@pytest.mark.usefixtures("trusted")
def test_smtps_speaks_tls_from_the_beginning(send, listen, inbox, encrypted) -> None:
    assert send(listen(ssl_context=encrypted).replace("smtp://", "smtps://")) == Receipt("sent")
    assert len(inbox.accepted) == 1


def test_smtps_with_a_server_that_cannot_prove_its_name_gives_nothing_away(send, listen, inbox, encrypted) -> None:
    receipt = send(listen(ssl_context=encrypted).replace("smtp://", "smtps://"))
    assert receipt.outcome == "later"
    assert "证书" in receipt.words
    assert inbox.accepted == []


# --- one line for several letters ---


class Counting:
    """A server of a plain dialogue that counts its lines; `after(n)` is what it does once a letter was taken."""

    def __init__(self, after: Callable[[socket.socket, int], None], letters: int = 100) -> None:
        self.lines, self.letters, self.after, self.most = 0, 0, after, letters

    def __call__(self, connection: socket.socket) -> None:
        self.lines += 1
        reader = connection.makefile("rb")
        answer(connection, "220 ready")
        for _ in range(self.most):
            while not (command := reader.readline().upper()).startswith(b"DATA"):
                if not command or command.startswith(b"QUIT"):
                    return
                answer(connection, "250 ok")
            answer(connection, "354 go on")
            while reader.readline() != b".\r\n":
                pass
            self.letters += 1
            answer(connection, "250 accepted")
            self.after(connection, self.letters)


def nothing(connection: socket.socket, letters: int) -> None:
    pass


def test_letters_of_one_sweep_go_over_one_line(send, scripted) -> None:
    server = Counting(nothing)
    url = scripted(server)
    with smtp.line_kept():
        assert [send(url) for _ in range(3)] == [Receipt("sent")] * 3
    assert (server.lines, server.letters) == (1, 3)


def test_a_line_carries_no_more_letters_than_servers_like(send, scripted, monkeypatch) -> None:
    monkeypatch.setattr(smtp, "LETTERS", 2)
    server = Counting(nothing)
    url = scripted(server)
    with smtp.line_kept():
        assert [send(url) for _ in range(5)] == [Receipt("sent")] * 5
    assert (server.lines, server.letters) == (3, 5)


def test_a_line_that_was_dropped_meanwhile_costs_no_try(send, scripted) -> None:
    server = Counting(nothing, letters=1)  # then the server hangs up
    url = scripted(server)
    with smtp.line_kept():
        assert [send(url) for _ in range(3)] == [Receipt("sent")] * 3
    assert (server.lines, server.letters) == (3, 3)


def test_a_server_that_has_had_enough_of_a_line_gets_the_letter_over_a_new_one(send, scripted) -> None:
    def has_had_enough(connection: socket.socket, letters: int) -> None:
        if letters > 1:
            return
        assert connection.recv(100).upper().startswith(b"RSET")
        answer(connection, "250 ok")
        assert connection.recv(100).upper().startswith(b"MAIL")
        answer(connection, "421 too many letters, closing")
        connection.shutdown(socket.SHUT_RDWR)

    server = Counting(has_had_enough)
    url = scripted(server)
    with smtp.line_kept():
        assert [send(url) for _ in range(2)] == [Receipt("sent")] * 2
    assert (server.lines, server.letters) == (2, 2)


def test_a_letter_that_was_cut_off_over_a_kept_line_is_not_given_twice_at_once(send, scripted) -> None:
    def dies_over_the_next(connection: socket.socket, letters: int) -> None:
        reader = connection.makefile("rb")
        while not reader.readline().upper().startswith(b"DATA"):
            answer(connection, "250 ok")
        answer(connection, "354 go on")
        while reader.readline() != b".\r\n":
            pass
        connection.shutdown(socket.SHUT_RDWR)

    server = Counting(dies_over_the_next)
    url = scripted(server)
    with smtp.line_kept():
        assert send(url) == Receipt("sent")
        assert send(url).outcome == "later"  # it may have been taken: it comes again by the outbox, under its own name
    assert server.lines == 1
