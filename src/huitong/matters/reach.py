"""By what a person wants to be reached, and when: chats, what goes where, quiet hours, everything at once."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import digest, outbox, transports, ways
from huitong.directory.wording import speaking_to
from huitong.matters.errors import Incomplete, NotNow
from huitong.records.models import ChatAddress, Person

_LONGEST_SECRET: Final = 200


def set_ways(person: Person, *, news: Mapping[str, str], quiet_from: str, quiet_until: str) -> None:
    """Choose a transport for each kind of news, and quiet hours by the person's own clock (both empty: none).

    Raises Incomplete; nothing is changed then.
    """
    chosen = {kind: name for kind, name in news.items() if kind in ways.NEWS and name != transports.MAIL}
    has = set(person.chat_addresses.values_list("transport", flat=True))
    for kind, name in chosen.items():
        if name not in has:
            raise Incomplete(f"news-{kind}", _("还没有这个去处的地址，请先加上。"))
    begin, end = _clock(quiet_from), _clock(quiet_until)
    if (begin is None) != (end is None):
        raise Incomplete("quiet", _("免打扰时段请写全：从几点到几点，例如 22:00 到 07:30；不要就两处都留空。"))
    if begin is not None and begin == end:
        raise Incomplete("quiet", _("开始和结束是同一时刻，请改一处；不要就两处都留空。"))
    person.news, person.quiet_from, person.quiet_until = chosen, begin, end
    if _is_quiet(person, person.digest_at):
        clock = {"clock": f"{person.digest_at:%H:%M}"}
        raise Incomplete("quiet", _("这样一来，%(clock)s 的汇总就送不出来了。先改汇总的时刻，或换一段。") % clock)
    with transaction.atomic():
        person.save(update_fields=["news", "quiet_from", "quiet_until"])
        digest.follow(person)


def set_digest(person: Person, *, at: str, news: Collection[str]) -> None:
    """From when on these kinds of news come in one mail a working day; an empty `at`: no more of that.

    Raises Incomplete; nothing is changed then.
    """
    clock, kinds = _clock(at, "digest"), [kind for kind in ways.NEWS if kind in news]
    if clock is not None:
        if not person.email:
            raise Incomplete("digest", _("汇总寄到邮箱，而您还没有邮箱地址。请管理员先补上。"))
        if _is_quiet(person, clock):
            raise Incomplete("digest", _("这个时刻在您的免打扰时段里，请换一个。"))
        if not kinds:
            raise Incomplete("digest", _("请至少选一类；不想汇总，就把时刻留空。"))
        person.digest_news = kinds
    person.digest_at = clock
    with transaction.atomic():
        person.save(update_fields=["digest_at", "digest_news"])
        digest.follow(person)


def _is_quiet(person: Person, clock: time | None) -> bool:
    """Whether quiet hours begin at or before this time of the day and have not ended by it."""
    noon = timezone.now().replace(tzinfo=ZoneInfo(person.time_zone))
    at = noon.replace(hour=clock.hour, minute=clock.minute) if clock else None
    return at is not None and ways.end_of_quiet(person, at) is not None


def add_chat(person: Person, transport: str, address: str, secret: str) -> None:
    """Keep where the person is reached in this chat, in place of an earlier address, and write there once to try it.

    Raises Incomplete, without repeating the address: it is a secret.
    """
    if person.is_sample:
        raise NotNow("sample people have no chats")
    chat = transports.chats().get(transport)
    if chat is None:
        raise Incomplete("chat", _("请选一个聊天软件。"))
    name = transports.called(transport, person.language)
    if not chat.is_address(address.strip()):
        raise Incomplete(
            "address",
            _("这不是%(name)s的地址。它的样子是：%(example)s") % {"name": name, "example": chat.EXAMPLE},
        )
    if len(secret.strip()) > _LONGEST_SECRET or not secret.isprintable():
        raise Incomplete("secret", _("签名密钥太长，或有看不见的字符。"))
    with transaction.atomic():
        ChatAddress.objects.filter(person=person, transport=transport).delete()
        kept = {"address": address.strip(), "secret": secret.strip() if chat.SECRET else ""}
        row = ChatAddress.objects.create(person=person, transport=transport, added_at=timezone.now(), **kept)
        with speaking_to(person):
            letter = outbox.Letter(
                title=_("会同以后可以把消息发到这里"),
                before=[_("收到这一条，就说明地址没有错。哪些消息发过来，在“我”的页面选。")],
                page="/me",
            )
        outbox.put("chat_added", person, letter, key=f"chat_added:{row.pk}", transport=transport)


def drop_chat(person: Person, transport: str) -> None:
    """Forget the address. What was to go there goes by mail."""
    with transaction.atomic():
        ChatAddress.objects.filter(person=person, transport=transport).delete()
        person.news = {kind: name for kind, name in person.news.items() if name != transport}
        person.save(update_fields=["news"])


def _clock(text: str, field: str = "quiet") -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Incomplete(field, _("“%(text)s”不是时刻，请写成 22:00 这样。") % {"text": text.strip()[:20]}) from None
