"""What a view gets from the door, and the few things that several pages need."""

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.middleware import HtmxDetails

from huitong.matters.errors import (
    AlreadyDecided,
    AskAgain,
    Incomplete,
    NotAllowed,
    NotDone,
    NotNow,
    StaleVersion,
    TooLate,
)
from huitong.matters.stages import Stage
from huitong.method import Channel
from huitong.records.models import Matter, Note, Person, Request

CHANNEL_NAMES: Final = {
    Channel.SPOKEN: gettext_lazy("口头"),
    Channel.CHAT: gettext_lazy("聊天"),
    Channel.EMAIL: gettext_lazy("邮件"),
    Channel.REPORT: gettext_lazy("报告"),
}


class DeskRequest(HttpRequest):
    """A request that has passed the door: `person` is who is signed in, `matter` the row of a matter's page.

    `asked` is the row of the leader's page (a request for a decision), `note` that of the counterpart's.
    """

    person: Person
    matter: Matter
    asked: Request
    note: Note
    htmx: HtmxDetails


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a matter's life, as the line under the title shows it."""

    name: str
    url: str
    current: bool


def life(matter: Matter, *, page: str = "") -> list[Step]:
    """The eight steps, the current one marked: that of `page`, else that of the matter's stage."""
    steps = (
        (_("准备"), "prepare", (Stage.PREPARING,)),
        (_("成文"), "write", (Stage.COMPOSING,)),
        (_("择时"), "time", (Stage.TIMING,)),
        (_("送达"), "speak", (Stage.DELIVERING,)),
        (_("批示"), "matter", (Stage.AWAITING, Stage.ANSWERING, Stage.DECLINED)),
        (_("协调"), "coordinate", (Stage.COORDINATING,)),
        (_("跟进"), "matter", (Stage.FOLLOWING_UP,)),
        (_("办结"), "close", (Stage.CLOSED,)),
    )
    stages = [stages for _name, _page, stages in steps]
    now = next(i for i, s in enumerate(stages) if Stage(matter.stage) in s)
    names = [p for _name, p, _stages in steps]
    shown = names.index(page) if page in names and page != "matter" else now
    early = Stage(matter.stage) in (Stage.PREPARING, Stage.COMPOSING, Stage.TIMING, Stage.DELIVERING)
    result = []
    for index, (name, target, _stages) in enumerate(steps):
        open_now = index <= 2 and (early or index < 2) if target in ("prepare", "write", "time") else index <= now
        url = reverse(target, args=[matter.pk]) if open_now and matter.closed_at is None else ""
        result.append(Step(name, url, index == shown))
    return result


def why_not(error: NotDone) -> str:
    """What to tell someone whose action was refused, and what to do."""
    if isinstance(error, Incomplete):
        return error.message
    if isinstance(error, StaleVersion):
        return _("这份请示刚刚改过，刚才答的是旧的一版，没有记下。请看过新的一版再定。")
    if isinstance(error, AlreadyDecided):
        return _("已经批示过了，没有再记。")
    if isinstance(error, AskAgain):
        return _("十秒之内收到两个不同的答复，两个都没有记下。请再选一次。")
    if isinstance(error, TooLate):
        return _("可以撤回的十分钟已经过去了。请直接告诉请示人。")
    if isinstance(error, NotAllowed):
        return _("这一步不由您来做。")
    if isinstance(error, NotNow):
        return _("事情已经往前走了，这一步现在做不了。请刷新看看最新的情形。")
    return _("没有做成，什么都没有改动。")


def status_of(error: NotDone | None) -> int:
    """The HTTP status of a page that shows `error`: 422 if it can be mended there, 409 if things have moved on."""
    return 200 if error is None else 422 if isinstance(error, Incomplete) else 409


def field_of(error: NotDone | None) -> str:
    """The field that `error` names, or ""."""
    return error.field if isinstance(error, Incomplete) else ""


def address_of(text: str) -> str:
    """A mail address as typed, or "". Raises Incomplete for what is none."""
    if text.strip():
        try:
            validate_email(text.strip())
        except ValidationError:
            raise Incomplete("email", _("“%(text)s”不是邮箱地址。") % {"text": text.strip()[:80]}) from None
    return text.strip()
