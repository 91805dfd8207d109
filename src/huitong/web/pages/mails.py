"""The mails that were kept as files, until a mail server is set: one's own, and on this machine the sample's."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from huitong.delivery.transports.mail import file_name
from huitong.directory import sample
from huitong.directory.access import letters_for
from huitong.records.models import Outbox
from huitong.web.desk import DeskRequest

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Mail:
    """One file: what a mail program would show. `text` is the plain part."""

    to: str
    subject: str
    at: datetime | None
    text: str
    attached: bool


def mails(request: DeskRequest) -> HttpResponse:
    local = sample.is_local(request)
    if request.person is None and not local:
        raise Http404
    rows = letters_for(request.person, on_loopback=local).filter(pk__in=_kept()).order_by("-sent_at", "-id")
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    shown = [mail for mail in map(_read, page.object_list) if mail]
    return render(request, "mails.html", {"mails": shown, "page": page})


def _kept() -> list[int]:
    """The outbox rows of the newest files."""
    files = Path(settings.MAIL_FOLDER).glob("[0-9]*-*.eml")
    return sorted((int(f.name.partition("-")[0]) for f in files if f.name.partition("-")[0].isdigit()), reverse=True)[
        :500
    ]


def _read(row: Outbox) -> Mail | None:
    file = Path(settings.MAIL_FOLDER) / file_name(row)
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        return None
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    plain = message.get_body(("plain",))
    attached = any(part.get_content_type() == "text/calendar" for part in message.walk())
    text = plain.get_content() if plain else ""
    return Mail(str(message["To"] or ""), str(message["Subject"] or ""), row.sent_at, text, attached)


urlpatterns = [path("mails", mails, name="mails")]
