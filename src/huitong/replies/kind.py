"""Whether a person wrote a mail, or a machine did, by what standards and common servers say.

Source: RFC 3834 (automatic responses), RFC 3464 (delivery reports), RFC 8098 (receipts), RFC 2919 (lists), RFC 5546
(calendars).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from huitong.replies.mail import Mail


class Kind(StrEnum):
    HUMAN = "human"
    AUTOMATIC = "automatic"  # out of office, or another answer that no person wrote
    BOUNCE = "bounce"
    RECEIPT = "receipt"  # that it was displayed: nobody is told
    LIST = "list"
    CALENDAR = "calendar"


_MACHINES: Final = re.compile(
    r"(mailer-?daemon|postmaster|mail-?delivery|no-?reply|do-?not-?reply|bounces?)([+@-].*|$)", re.I
)
_RETURNED: Final = re.compile(
    r"undeliver|delivery (status|failure|has failed|notification)|returned mail|mail delivery failed|failure notice"
    r"|退信|退回|无法投递|無法投遞|无法送达|無法傳遞|未传递|未能送达|投递失败",
    re.IGNORECASE,
)
_AUTOMATIC: Final = re.compile(
    r"\s*(\[?(自动回复|自動回覆|自動回復|自动答复|自動答覆|自动应答|外出回复|休假回复)"
    r"|(automatic|auto)[ -]?(reply|response|answer|responder)|auto\s*:"
    r"|out[ -]of[ -](the[ -])?office|(abwesenheits|autoreply))",
    re.IGNORECASE,
)
_BULK: Final = ("bulk", "junk", "auto_reply", "auto-reply")


def kind_of(mail: Mail) -> Kind:
    """What the mail's headers and parts say it is; a person's, where they say nothing."""
    content = mail.first("content-type").lower()
    if "multipart/report" in content and "disposition-notification" in content:
        return Kind.RECEIPT
    if any(report.startswith("message/disposition-notification") for report in mail.reports):
        return Kind.RECEIPT
    if _is_bounce(mail, content):
        return Kind.BOUNCE
    if mail.calendars:
        return Kind.CALENDAR
    if _is_automatic(mail):
        return Kind.AUTOMATIC
    if mail.all("list-id") or mail.all("list-post") or "list" in _words(mail, "precedence"):
        return Kind.LIST
    return Kind.HUMAN


def _is_bounce(mail: Mail, content: str) -> bool:
    if any(report.startswith("message/delivery-status") for report in mail.reports):
        return True
    if "multipart/report" in content and "delivery-status" in content:
        return True
    machine = bool(_MACHINES.match(mail.sender)) or mail.first("return-path").strip() == "<>"
    return (machine and bool(_RETURNED.search(mail.subject))) or bool(mail.all("x-failed-recipients"))


def _is_automatic(mail: Mail) -> bool:
    submitted = _words(mail, "auto-submitted")
    if submitted and submitted[0] != "no":
        return True
    if any(mail.all(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")):
        return True
    if mail.first("return-path").strip() == "<>" or any(word in _BULK for word in _words(mail, "precedence")):
        return True
    return bool(_AUTOMATIC.match(mail.subject)) or bool(_MACHINES.match(mail.sender))


def _words(mail: Mail, name: str) -> list[str]:
    return [word for value in mail.all(name) for word in re.split(r"[\s;,]+", value.lower()) if word]


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says. `final`: the letter is not coming; else it is only late. `said` is the server's
    line.
    """

    final: bool
    status: str
    said: str
    message_ids: tuple[str, ...]


def bounce_of(mail: Mail) -> Bounce:
    """The report's facts; where a server writes none, its subject is what it said."""
    fields = "\n".join(report for report in mail.reports if report.startswith("message/delivery-status"))
    fields = re.sub(r"\n[ \t]+", " ", fields)
    action = re.search(r"^Action\s*:\s*([a-z]+)", fields, re.IGNORECASE | re.MULTILINE)
    status = re.search(r"^Status\s*:\s*(\d\.\d{1,3}\.\d{1,3})", fields, re.IGNORECASE | re.MULTILINE)
    said = re.search(r"^Diagnostic-Code\s*:\s*(?:[\w-]+\s*;)?\s*(.{1,300})", fields, re.IGNORECASE | re.MULTILINE)
    actions = {word.lower() for word in re.findall(r"^Action\s*:\s*([a-z]+)", fields, re.IGNORECASE | re.MULTILINE)}
    original = "\n".join(report for report in mail.reports if not report.startswith("message/delivery-status"))
    texts = "\n".join(filter(None, (original, mail.plain)))[:200_000]
    numbers = re.findall(r"^>?[ \t]*Message-ID[ \t]*:[ \t]*(<[^<>\s]{1,300}>)", texts, re.IGNORECASE | re.MULTILINE)
    words = " ".join((said[1] if said else "").split()) or (status[1] if status else "") or mail.subject
    return Bounce(
        final="failed" in actions if action else True,
        status=status[1] if status else "",
        said=re.sub(r"[^ -~\u00a1-\uffff]", " ", words)[:200],
        message_ids=tuple(dict.fromkeys([*numbers[:10], *mail.answers])),
    )
