"""Mail: to an SMTP server, or into files of `MAIL_FOLDER` until one is set."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from huitong.delivery import reply_address
from huitong.delivery.leases import Limit
from huitong.delivery.transports import Receipt
from huitong.delivery.transports.mail import letter, smtp
from huitong.records.models import Outbox

NAMES: Final = {"zh": "邮件", "zh-Hant": "電子郵件", "en": "Mail"}
REPEATS: Final = True  # by its Message-ID
CONFIRMS: Final = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Where mails go. All three are the desk's settings (docs/settings.md)."""

    smtp_url: str  # empty: files in `folder`
    sender: str
    folder: Path

    @classmethod
    def of_the_desk(cls) -> "Settings":
        return cls(settings.SMTP_URL, settings.MAIL_FROM, Path(settings.MAIL_FOLDER))


def send(row: Outbox) -> Receipt:
    """Send the row's letter to the address that its person has now. The words are in the language of the requester."""
    ours = Settings.of_the_desk()
    reader = row.matter.requester if row.matter else row.person
    facts = {"person": row.person.name, "address": row.person.email, "sender": ours.sender, "folder": ours.folder}

    def receipt(code: str, *, permanent: bool = False, **more: object) -> Receipt:
        said = letter.words(code, reader.language, **facts, **more)
        return Receipt("refused" if permanent else "later", said)

    if not row.person.email:
        return receipt("no_address", permanent=True)
    try:
        receiver = letter.address(row.person.name, row.person.email)
    except ValidationError:
        return receipt("bad_address", permanent=True)
    try:
        # Sample people have no mailboxes; their letters are files even where a server is set.
        by_smtp = ours.smtp_url and not row.person.is_sample
        server = smtp.Server.from_url(ours.smtp_url) if by_smtp else None
        sender = letter.address("", ours.sender)
    except (ValueError, ValidationError) as error:
        return receipt("settings", answer=str(error) if isinstance(error, ValueError) else ours.sender)

    content = letter.compose(row, ours.sender)
    if server is None:
        try:
            _keep(ours.folder / file_name(row), content)
        except OSError as error:
            return receipt("folder", answer=error.strerror)
        return Receipt("sent")
    name = urlsplit(settings.ADDRESS).hostname or ""
    # What can't be delivered further on comes back to the letter's own address, so that we know which one it is.
    returns_to = reply_address.address_of(row) or sender.addr_spec
    trouble = smtp.hand_over(server, returns_to, receiver.addr_spec, content, name=name)
    if trouble is None:
        return Receipt("sent")
    more = {"answer": trouble.answer, "server": server.host, "seconds": smtp.EXCHANGE_SECONDS}
    return receipt(trouble.code, permanent=trouble.permanent, **more)


def toward(row: Outbox) -> tuple[str, Limit]:
    """The receiving domain, where the desk's settings limit it."""
    limit = Limit(settings.MAIL_AT_ONCE, settings.MAIL_A_MINUTE)
    if limit == Limit() or not settings.SMTP_URL:
        return "", Limit()
    return f"mail:{row.person.email.rpartition('@')[2].lower()}"[:100], limit


def file_name(row: Outbox) -> str:
    """The file of this row in `MAIL_FOLDER`: 000012-request.eml."""
    return f"{row.pk:06}-{re.sub(r'[^a-z0-9-]', '-', row.kind)}.eml"


def _keep(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; a row that comes again replaces its own file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
