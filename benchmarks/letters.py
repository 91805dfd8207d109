"""Letters in a desk's outbox, as an action writes them. Only after `House.open`."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from huitong.delivery import outbox
from huitong.records.models import Heartbeat, Matter, Outbox, Person

BEFORE = [
    "高总，您好。开放日的展板卡在采购那里了，想请您帮我们定一下怎么往前走。",
    "8 天前提交了采购申请（单号 CG-2307），目前仍在比价；供应商还要做 9 天。展板误期，开放日 3 个展区没有说明。",
]
ROWS = [
    ["与王经理通个电话", "说明时间要求，请他同意插单", "10 分钟"],
    ["召开协调会", "请王经理一起定下交期", "30 分钟"],
]
LETTER = outbox.Letter(
    title="请您定：开放日展板采购", before=BEFORE, rows=ROWS, invite="请在这里定：", page="/", after=["谢谢您。"]
)


def people(count: int, *, gone: int = 0) -> list[Person]:
    """Receivers; the last `gone` of them have an address that the mail server refuses for good."""
    hosts = ["works.example"] * (count - gone) + ["gone.example"] * gone
    return Person.objects.bulk_create(Person(name="高岚", email=f"r{n}@{host}") for n, host in enumerate(hosts))


def matter() -> Matter:
    now = timezone.now()
    requester, _ = Person.objects.get_or_create(name="许宁", email="xu@works.example")
    return Matter.objects.create(requester=requester, title="开放日展板采购", opened_at=now, stage_since=now)


def promise(receivers: list[Person], matter: Matter, *, due_at: datetime | None = None, name: str = "") -> set[str]:
    """A letter to each, written in transactions of twenty. Returns their Message-IDs."""
    promised = set()
    for first in range(0, len(receivers), 20):
        with transaction.atomic():
            for person in receivers[first : first + 20]:
                key = f"bench:{matter.pk}:{person.pk}:{name}"
                row = outbox.put("request", person, LETTER, key=key, matter=matter, due_at=due_at)
                promised.add(row.message_id)
    return promised


def waiting() -> int:
    return Outbox.objects.filter(state="waiting", due_at__lte=timezone.now()).count()


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def all_due() -> None:
    """Let time pass: what waits for its moment, or for its next try, is due now."""
    now = timezone.now()
    Outbox.objects.filter(state="waiting", due_at__gt=now).update(due_at=now)


def alive() -> int:
    """Workers that have looked at the outbox."""
    return Heartbeat.objects.exclude(swept_at=None).count()


def rows(*columns: str) -> list[tuple[Any, ...]]:
    return list(Outbox.objects.values_list(*columns))


def away() -> None:
    """Forget the connection: the database was restarted."""
    connection.close()
