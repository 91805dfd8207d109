"""The part of one's own page that says where news go: what it shows, and what its forms do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.delivery import transports
from huitong.directory.wording import spoken
from huitong.matters import reach
from huitong.records.models import ChatAddress
from huitong.web.desk import DeskRequest

ACTIONS: Final = ("ways", "digest", "add_chat", "drop_chat")
NEWS: Final = {
    "decide": gettext_lazy("请我定、请我答的"),
    "answers": gettext_lazy("别人给我的答复"),
    "reminders": gettext_lazy("提醒"),
    "promises": gettext_lazy("承诺到期"),
    "reports": gettext_lazy("汇报、纪要和感谢"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A chat address, as much of it as is shown again: enough to know which robot it is."""

    name: str
    called: str
    shown: str


def act(request: DeskRequest) -> None:
    """Raises Incomplete; nothing has changed then."""
    data, person = request.POST, request.person
    action, chat = data.get("do"), data.get("chat", "")
    if action == "ways":
        news = {kind: data.get(f"news-{kind}", person.news.get(kind, transports.MAIL)) for kind in NEWS}
        begin, end = data.get("quiet_from", ""), data.get("quiet_until", "")
        reach.set_ways(person, news=news, quiet_from=begin, quiet_until=end)
        messages.success(request, _("已保存。"))
    elif action == "digest":
        reach.set_digest(person, at=data.get("digest_at", ""), news=data.getlist("digest_news"))
        said = _("已保存，以后每个工作日 %(clock)s 一封。") if person.digest_at else _("已保存，每件单独送来。")
        messages.success(request, said % {"clock": f"{person.digest_at:%H:%M}" if person.digest_at else ""})
    elif action == "drop_chat":
        reach.drop_chat(person, chat)
        messages.success(request, _("删掉了，要发到那里的改走邮件。"))
    else:
        reach.add_chat(person, chat, data.get("address", ""), data.get("secret", ""))
        messages.success(request, _("加上了，正发一条试试。没有收到的话，原因会寄到邮箱。"))


def context(request: DeskRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    person, data = request.person, request.POST
    typed = data if errors else {}
    kept = {row.transport: row for row in person.chat_addresses.all()}
    names = {name: transports.called(name, spoken()) for name in transports.chats()}
    return {
        "news": [
            (kind, label, typed.get(f"news-{kind}", person.news.get(kind, "")), errors.get(f"news-{kind}", ""))
            for kind, label in NEWS.items()
        ],
        "chats": [Shown(name, names[name], _shown(kept[name])) for name in names if name in kept],
        "services": list(names.items()),
        "personal": [names[name] for name, chat in transports.chats().items() if chat.PERSONAL],
        "quiet_from": typed.get("quiet_from", _clock(person.quiet_from)),
        "quiet_until": typed.get("quiet_until", _clock(person.quiet_until)),
        "digest_at": typed.get("digest_at", _clock(person.digest_at)),
        "digest_news": [
            (kind, label, kind in (data.getlist("digest_news") if "digest_at" in typed else person.digest_news))
            for kind, label in NEWS.items()
        ],
        "typed": {"chat": typed.get("chat", ""), "address": typed.get("address", "")},
    }


def _clock(value: time | None) -> str:
    return f"{value:%H:%M}" if value else ""


def _shown(row: ChatAddress) -> str:
    return f"{urlsplit(row.address).hostname or ''} …{row.address[-4:]}".strip()
