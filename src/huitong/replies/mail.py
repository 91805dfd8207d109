"""A mail's bytes taken apart: headers, what there is to read, what is attached. Every size is bounded, no part
recurses.

Source: RFC 5322 (form), RFC 2045 and 2046 (parts), RFC 2047 (words in headers). The standard library's parser goes into
nested parts by recursion and into addresses by backtracking; a hostile mail stops it. So the walk is our own.
"""

import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import Message
from typing import Final

from huitong.replies.charsets import decode
from huitong.replies.html import text_of_html

MAX_BYTES: Final = 2_000_000  # what is read of a mail; what is longer is attachments
MAX_HEADER_BYTES: Final = 128_000
MAX_HEADERS: Final = 500
MAX_VALUE: Final = 4_000  # characters of one header
MAX_DEPTH: Final = 10
MAX_PARTS: Final = 200
MAX_TEXT: Final = 200_000  # characters of one text
MAX_ADDRESSES: Final = 50

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Attachment:
    """What was attached. Its content is not kept; `size` is in bytes, as far as the mail was read."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `headers` are in their order, the topmost first, names in lower case.

    `sender` is the one address of From, "" if there is none or more than one. `plain` and `html` are the texts of both
    alternatives, None where there is none. `reports` are the parts of a delivery report. `whole`: nothing was cut.
    """

    headers: Headers
    sender: str
    sender_name: str
    receivers: tuple[str, ...]
    message_id: str
    answers: tuple[str, ...]
    subject: str
    plain: str | None
    html: str | None
    calendars: tuple[str, ...]
    reports: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    whole: bool
    mark: str

    def all(self, name: str) -> list[str]:
        """The values of every header of this name, the topmost first."""
        return [value for key, value in self.headers if key == name]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")


@dataclass(slots=True)
class _Found:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    parts: int = 0
    whole: bool = True


def read_mail(content: bytes) -> Mail:
    """Any bytes make a mail; what can't be read is missing from it. Takes time in proportion to the size, at most
    MAX_BYTES.
    """
    found = _Found(whole=len(content) <= MAX_BYTES)
    content = content[:MAX_BYTES]
    headers, body, complete = _split(content)
    found.whole = found.whole and complete
    _walk(headers, body, found)
    senders = _addresses(headers, "from")
    sender_name, sender = senders[0] if len(senders) == 1 else ("", "")
    receivers = [
        address
        for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
        for _, address in _addresses(headers, name)
    ]
    references = " ".join(value for key, value in headers if key in ("in-reply-to", "references"))
    first = dict(reversed(headers))
    kept = "\0".join(first.get(name, "") for name in ("message-id", "date", "from", "subject"))
    return Mail(
        headers=headers,
        sender=sender,
        sender_name=sender_name,
        receivers=tuple(dict.fromkeys(filter(None, receivers))),
        message_id=first.get("message-id", "").strip()[:300],
        answers=tuple(re.findall(r"<[^<>\s]{1,300}>", references)[-20:]),
        subject=decoded(first.get("subject", "")),
        plain="\n".join(found.plain) if found.plain else None,
        html="\n".join(found.html) if found.html else None,
        calendars=tuple(found.calendars),
        reports=tuple(found.reports),
        attachments=tuple(found.attachments),
        whole=found.whole,
        # The same mail taken up twice is recognised, whatever the servers on the way have written above it.
        mark=hashlib.sha256(kept.encode("utf-8", "surrogateescape") + b"\0" + body).hexdigest(),
    )


def decoded(value: str) -> str:
    """A header's text with its encoded words read (RFC 2047), in one line."""
    try:
        parts = decode_header(re.sub(r"\s+", " ", value[:MAX_VALUE]))
    except (ValueError, binascii.Error):
        return " ".join(value.split())
    text = "".join(part if isinstance(part, str) else decode(part, charset or "") for part, charset in parts)
    return " ".join(text.replace("\x00", "").split())


def _split(content: bytes) -> tuple[Headers, bytes, bool]:
    """Headers and body. The last value is whether all headers were read."""
    end = re.search(rb"\r?\n\r?\n", content[:MAX_HEADER_BYTES])
    if content[:2] == b"\r\n" or content[:1] == b"\n":
        return [], content, True
    if end:
        head, body, complete = content[: end.start()], content[end.end() :], True
    elif len(content) <= MAX_HEADER_BYTES:
        head, body, complete = content, b"", True
    else:
        head, body, complete = content[:MAX_HEADER_BYTES], b"", False
    headers: Headers = []
    current: list[str] = []
    for line in _ascii_or_decoded(head).splitlines():
        if line[:1] in (" ", "\t") and current:
            current.append(line)
            continue
        if current:
            _add(headers, current)
            if len(headers) >= MAX_HEADERS:
                return headers, body, False
        current = [line]
    if current:
        _add(headers, current)
    return headers, body, complete


def _ascii_or_decoded(head: bytes) -> str:
    # Some programs write their own charset into headers as it is.
    return decode(head, "").replace("\x00", "").replace("\x85", " ").replace("\u2028", " ").replace("\u2029", " ")


def _add(headers: Headers, lines: list[str]) -> None:
    name, colon, value = " ".join(line.strip() for line in lines[:100]).partition(":")
    if colon and re.fullmatch(r"[!-9;-~]+", name.strip()):
        headers.append((name.strip().lower(), value.strip()[:MAX_VALUE]))


def _addresses(headers: Headers, name: str) -> list[tuple[str, str]]:
    """Names and addresses, in lower case. The standard library's reader recurses; these headers are rarely
    intricate.
    """
    values = [value for key, value in headers if key == name][:5]
    found = []
    for piece in _comma_apart(", ".join(values)[:MAX_VALUE])[:MAX_ADDRESSES]:
        shown, bracket, rest = piece.rpartition("<")
        address = rest.partition(">")[0].strip() if bracket else piece.strip()
        if re.fullmatch(r"[^\s<>@\"(),;:]{1,64}@[^\s<>@\"(),;:]{1,255}", address):
            found.append((decoded(shown.strip(' "\t')), address.lower()))
        elif piece.strip():
            found.append(("", ""))  # something that is no address: then there is not just the one
    return found


def _comma_apart(value: str) -> list[str]:
    pieces, piece, quoted = [], "", False
    for character in value:
        quoted ^= character == '"'
        if character == "," and not quoted:
            pieces.append(piece)
            piece = ""
        else:
            piece += character
    return [*pieces, piece]


def _walk(headers: Headers, body: bytes, found: _Found) -> None:
    """Go through all parts in their order, with a stack of our own."""
    waiting: list[tuple[Headers, bytes, int]] = [(headers, body, 0)]
    while waiting:
        head, content, depth = waiting.pop()
        found.parts += 1
        if found.parts > MAX_PARTS or depth > MAX_DEPTH:
            found.whole = False
            return
        about = _about(head)
        kind = about.get_content_type()
        if kind.startswith("multipart/"):
            boundary = str(about.get_param("boundary") or "")[:200]
            pieces = [_split(piece) for piece in _pieces(content, boundary.encode("utf-8", "surrogateescape"))]
            waiting += [(inner_head, inner, depth + 1) for inner_head, inner, _ in reversed(pieces)]
        else:
            _take(kind, about, content, found)


def _about(headers: Headers) -> Message:
    about = Message()
    for name in ("content-type", "content-transfer-encoding", "content-disposition"):
        if value := next((value for key, value in headers if key == name), ""):
            about[name] = value
    return about


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    if not boundary:
        return
    line = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)")
    begin, count = -1, 0
    for mark in line.finditer(body):
        if begin >= 0:
            yield _below_its_line(body[begin : mark.start()])
            count += 1
        begin = mark.end()
        if mark[1] or count > MAX_PARTS:
            return
    if begin >= 0:
        yield _below_its_line(body[begin:])


def _below_its_line(piece: bytes) -> bytes:
    return piece.removeprefix(b"\r").removeprefix(b"\n")


def _take(kind: str, about: Message, content: bytes, found: _Found) -> None:
    name = about.get_filename("")
    attached = str(about.get_content_disposition() or "") == "attachment"
    if kind in ("message/delivery-status", "text/rfc822-headers", "message/rfc822", "message/disposition-notification"):
        found.reports.append(f"{kind}\n{decode(_bytes_of(about, content)[:50_000], '')}")
    elif kind == "text/calendar":
        found.calendars.append(_text_of(about, content))
    elif kind in ("text/plain", "text/html") and not attached and not name:
        text = _text_of(about, content)
        (found.plain if kind == "text/plain" else found.html).append(
            text if kind == "text/plain" else text_of_html(text)
        )
    else:
        inline_picture = kind.startswith("image/") and not attached
        if not inline_picture:  # pictures of a signature are no answer
            found.attachments.append(Attachment(decoded(name)[:200] or kind, len(_bytes_of(about, content))))


def _text_of(about: Message, content: bytes) -> str:
    text = decode(_bytes_of(about, content)[: 4 * MAX_TEXT], str(about.get_param("charset") or ""))
    return text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _bytes_of(about: Message, content: bytes) -> bytes:
    match str(about.get("content-transfer-encoding", "")).strip().lower():
        case "base64":
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
            return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _padded(letters[len(letters) // 4 * 4 :]))
        case "quoted-printable":
            return quopri.decodestring(content)
        case _:
            return content


def _padded(rest: bytes) -> bytes:
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
