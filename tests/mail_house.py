"""The mail of a house on loopback: an SMTP server for everybody's mail, an IMAP server (pymap) with the desk's mailbox.

What people send to the desk gets the server's verdict on top, as RFC 8601 has it, and lies in the mailbox. A letter
to an address
that nobody has comes back to its envelope sender as a delivery report (RFC 3464).
"""

import asyncio
import email
import imaplib
import re
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.policy import default
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from huitong.delivery.transports.mail import letter
from huitong.records.models import Outbox

NAME: Final = "mx.example.com"
DESK: Final = "desk"
PASSWORD: Final = "of the house"
SECONDS: Final = 30


def mail_of(row: Outbox, sender: str = "huitong@example.com") -> EmailMessage:
    """The letter that a row would be now, as its receiver's program reads it."""
    return email.message_from_bytes(letter.compose(row, sender), policy=default)


class House(Controller):
    """`letters` are what people got, the newest last; `gone` are addresses that nobody has."""

    def __init__(self, imap_port: int) -> None:
        super().__init__(self, hostname="127.0.0.1", port=0)
        self.imap_port = imap_port
        self.letters: list[EmailMessage] = []
        self.gone: set[str] = set()

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        for receiver in envelope.rcpt_tos:
            if receiver.partition("@")[0].partition("+")[0] == DESK:
                await asyncio.to_thread(self.deliver, str(envelope.mail_from), content)
            elif receiver in self.gone:
                await asyncio.to_thread(self.deliver, "", _report(str(envelope.mail_from), receiver, content))
            else:
                self.letters.append(email.message_from_bytes(content, policy=default))
        return "250 OK"

    def deliver(self, sender: str, content: bytes) -> None:
        """Put a mail into the desk's mailbox. Who sends from example.com has signed it; others have not."""
        ours = sender.endswith("@example.com")
        verdict = f"dmarc={'pass' if ours else 'none'} header.from={sender.rpartition('@')[2] or 'example.com'}"
        head = f"Return-Path: <{sender}>\r\nAuthentication-Results: {NAME}; {verdict}\r\n"
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as line:
            line.login(DESK, PASSWORD)
            line.append("INBOX", "", "", head.encode() + content)

    def letter(self, to: str, title: str) -> EmailMessage:
        """The newest letter to this person whose subject holds this."""
        found = [m for m in self.letters if to in str(m["To"]) and title in str(m["Subject"])]
        assert found, [(str(m["To"]), str(m["Subject"])) for m in self.letters]
        return found[-1]

    def answer(self, letter: EmailMessage, says: str, sender: str, **headers: str) -> None:
        """Somebody answers a letter: to its Reply-To, with no threading header at all."""
        message = EmailMessage(policy=POLICY)
        message["From"], message["To"] = sender, str(letter["Reply-To"])
        message["Subject"], message["Message-ID"] = "答复", f"<{time.monotonic_ns()}@example.com>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(f"{says}\n\n发自我的 iPhone\n\n> 请您批示\n> 方案一\n", cte="base64")
        self.post(message, sender, letter["Reply-To"].addresses[0].addr_spec)

    def answer_calendar(self, calendar: str, sender: str) -> None:
        """Somebody's calendar program answers to the organiser's address of an invitation."""
        found = re.search(r"^ORGANIZER.*mailto:(\S+)", calendar, re.MULTILINE)
        method = re.search(r"^METHOD:(\w+)", calendar, re.MULTILINE)
        assert found
        assert method
        message = EmailMessage(policy=POLICY)
        message["From"], message["To"] = sender, found[1]
        message["Subject"], message["Message-ID"] = method[1], f"<{time.monotonic_ns()}@example.com>"
        message.set_content("")
        message.add_alternative(calendar, subtype="calendar", params={"method": method[1]})
        self.post(message, sender, str(message["To"]))

    def post(self, message: EmailMessage, sender: str, to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="[127.0.0.1]") as smtp:
            smtp.sendmail(sender, [to], message.as_bytes())


def _report(sender: str, receiver: str, content: bytes) -> bytes:
    head = content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return "\r\n".join(
        [
            f"From: MAILER-DAEMON@{NAME}",
            f"To: {sender}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Message-ID: <{time.monotonic_ns()}@{NAME}>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
            "",
            "--report",
            "Content-Type: text/plain",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "--report",
            "Content-Type: message/delivery-status",
            "",
            f"Reporting-MTA: dns; {NAME}",
            "",
            f"Final-Recipient: rfc822; {receiver}",
            "Action: failed",
            "Status: 5.1.1",
            f"Diagnostic-Code: smtp; 550 5.1.1 <{receiver}>: user unknown",
            "--report",
            "Content-Type: text/rfc822-headers",
            "",
            head,
            "--report--",
            "",
        ]
    ).encode()


def start_imap(port: int) -> "subprocess.Popen[bytes]":
    """pymap with one empty mailbox in memory, in a process of its own."""
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    arguments += ["--demo-user", DESK, "--demo-password", PASSWORD]
    program = "from pymap.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError("pymap did not start")
