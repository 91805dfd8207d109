"""From an outbox row to a mail: plain text, HTML and, for a meeting, the invitation."""

import re
import tomllib
from collections.abc import Mapping
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template import Context, Engine
from django.utils import timezone

from huitong.delivery import reply_address, transports
from huitong.directory import links
from huitong.method import Language
from huitong.records.models import Link, Outbox, Person

FOLDER: Final = files("huitong.delivery.transports.mail")
TEXTS: Final = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))
LONGEST_LINE: Final = 990  # octets; RFC 5322, section 2.1.1, allows 998
LONGEST_TITLE: Final = 200  # characters; the longest that common clients show is far shorter
FONTS: Final = {
    "zh": (
        "'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif",
        "'Songti SC','Noto Serif CJK SC','Microsoft YaHei',serif",
    ),
    "zh-Hant": (
        "'PingFang TC','Noto Sans CJK TC','Microsoft JhengHei',sans-serif",
        "'Songti TC','Noto Serif CJK TC','Microsoft JhengHei',serif",
    ),
    "en": (
        "-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif",
        "'Iowan Old Style',Charter,Georgia,'Noto Serif',serif",
    ),
}

_ENGINE: Final = Engine(builtins=["django.template.defaultfilters"])
_TEMPLATES: Final = {
    name: _ENGINE.from_string((FOLDER / name).read_text(encoding="utf-8")) for name in ("letter.txt", "letter.html")
}
_BREAKS: Final = re.compile(r"[ \t\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+")  # not the wide and the unbroken space
# Controls, and the marks that turn the direction of what follows: a name could show as another one.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class _Written(EmailPolicy):
    """Headers are written as RFC 2047 and 5322 have them when they are set, and never parsed again.

    The parser behind the email package's own policies took two thirds of the making of a letter.
    """

    def header_store_parse(self, name: str, value: object) -> tuple[str, str]:
        if not isinstance(value, Address):
            written = _encoded(str(value), name)
        elif value.display_name.isascii():
            written = formataddr((value.display_name, value.addr_spec))
        else:
            written = f"{_encoded(value.display_name, name)} <{value.addr_spec}>"
        if re.search(r"[\r\n](?![ \t])", written):
            raise ValueError(f"{name} would begin another header")
        return name, written

    def header_max_count(self, name: str) -> int:
        return 1

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


def _encoded(text: str, name: str) -> str:
    if text.isascii() and len(name) + len(text) < LONGEST_LINE:
        return text  # unfolded: what mail programs make of a name alone on the first line differs
    return Header(text, None if text.isascii() else "utf-8", header_name=name).encode()


# 7bit: a relay that lacks 8BITMIME would otherwise have to change the letter.
POLICY: Final = _Written(linesep="\r\n", cte_type="7bit", refold_source="none")


def words(code: str, language: str, /, **facts: object) -> str:
    """What the transport says itself, from texts.toml."""
    return str(TEXTS.get(language, TEXTS["zh"])[code]).format(**facts)


def compose(row: Outbox, sender: str) -> bytes:
    """The row's letter in its receiver's language, as it goes to the server.

    Raises ValidationError if an address is not well formed.

    The link is derived here, at the moment of sending; it is stored nowhere.
    """
    person, letter = row.person, row.payload
    language = person.language if person.language in TEXTS else "zh"
    title = _line(letter.get("title", ""))[:LONGEST_TITLE]

    message = EmailMessage(policy=POLICY)
    message["From"] = address(words("sender", language), sender)
    message["To"] = address(person.name, person.email)
    here = reply_address.address_of(row) if reply_address.is_answered_here(row) else ""
    if here:
        message["Reply-To"] = address(words("sender", language), here)
    elif row.matter and row.matter.requester_id != person.pk and (answers_to := _own_address(row.matter.requester)):
        # Who answers by mail instead of the link reaches the person who asked, not the desk.
        message["Reply-To"] = answers_to
    message["Subject"] = title
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = row.message_id
    if row.matter_id:
        # A matter's mails stand together, below a root that is never sent.
        root = f"<matter-{row.matter_id}@{urlsplit(settings.ADDRESS).hostname}>"
        message["In-Reply-To"] = root
        message["References"] = root
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # Exchange answers what it takes for a person's letter

    facts = _facts(row, title, language)
    if stop := facts["stop"]:
        by_mail = f", <mailto:{settings.MAIL_UNSUBSCRIBE}>" if settings.MAIL_UNSUBSCRIBE else ""
        message["List-Unsubscribe"] = f"<{stop}>{by_mail}"
        if stop.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 asks for https
    context = Context(facts)
    message.set_content(re.sub(r"\n{3,}", "\n\n", _TEMPLATES["letter.txt"].render(context)).strip() + "\n")
    html = re.sub(r"\n\s*\n", "\n", _TEMPLATES["letter.html"].render(context))
    message.add_alternative(html, subtype="html")
    if calendar := letter.get("calendar"):
        method = re.search(r"^METHOD:([A-Z]+)\s*$", calendar, re.MULTILINE)
        parameters = {"method": method[1] if method else "REQUEST"}
        message.add_alternative(calendar, subtype="calendar", params=parameters, cte="base64")
    message["Content-Language"] = Language(language).html
    return message.as_bytes()


def _own_address(person: Person) -> Address | None:
    try:
        return address(person.name, person.email)
    except ValidationError:
        return None


def address(name: str, email: str) -> Address:
    """Raises ValidationError unless `email` is an address that every mail server understands."""
    validate_email(email)
    user, _, domain = email.rpartition("@")
    try:
        return Address(_line(name), user, domain.encode("idna").decode("ascii"))
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _facts(row: Outbox, title: str, language: str) -> dict[str, Any]:
    letter: Mapping[str, Any] = row.payload
    sans, serif = FONTS[language]
    page = settings.ADDRESS + letter["page"] if letter.get("page") else ""
    here = links.address_of(row.link) if row.link else page
    items, stop = letter.get("items", []), letter.get("stop")
    known = Link.objects.in_bulk([n for n in (stop, *(item["link"] for item in items)) if n])

    def where(item: Mapping[str, Any]) -> str:
        if link := known.get(item["link"]):
            return links.address_of(link)
        return settings.ADDRESS + item["page"] if item["page"] else here

    return {
        "title": title,
        "before": [_paragraph(text) for text in letter.get("before", []) if text],
        "rows": [[_line(cell) for cell in row] for row in letter.get("rows", [])],
        "invite": _paragraph(letter.get("invite", "")),
        "items": [(_line(item["title"]), _line(item["line"]), where(item)) for item in items],
        "address": here,
        "button": TEXTS[language]["button"],
        "after": [_paragraph(text) for text in (*letter.get("after", []), letter.get("alone")) if text],
        "stop": links.address_of(known[stop]) if stop in known else "",
        "small": _paragraph("\n".join(filter(None, (letter.get("small", ""), _why_by_mail(row, language))))),
        "brackets": TEXTS[language]["brackets"],
        "html_language": Language(language).html,
        "sans": sans,
        "serif": serif,
    }


def _why_by_mail(row: Outbox, language: str) -> str:
    """To who had wanted it in a chat: why it comes by mail, and whether it may have come there too."""
    if not row.first_transport:
        return ""
    code = "instead_unsure" if row.first_outcome == "unsure" else "instead"
    return words(code, language, service=transports.called(row.first_transport, language))


def _line(text: str) -> str:
    """One line, whatever people typed: no header can be begun in a title or a name."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text)).strip()


def _paragraph(text: str) -> str:
    return _UNSEEN.sub("", "\n".join(text.strip().splitlines()))
