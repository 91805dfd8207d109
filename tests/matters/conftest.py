"""A small house for the tests of the actions: a requester, a leader, the other department's manager."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huitong.matters import coordinate, decide, prepare, promises
from huitong.matters.request import delivered_by_mail, latest_version, schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Commitment, Department, Matter, Outbox, Person, Request

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
FRIDAY = date(2026, 11, 27)

Clock = Callable[[datetime], None]
FACTS = {
    "matter": "新品发布会搭建物料采购",
    "leader.name": "高翔",
    "leader.form_of_address": "高总",
    "leader.email": "gao@example.com",
    "other_department.name": "采购部",
    "other_department.contact": "李工",
    "other_department.head": "王经理",
    "other_department.email": "wang@example.com",
    "purpose": "确定搭建物料交期，赶上发布会",
    "situation": "11 月 9 日提交采购申请（单号 CG-2211），目前仍在比价",
    "importance": "物料晚到，搭建顺延，场租每天 2.4 万元",
}


@pytest.fixture
def requester(db: None) -> Person:
    department = Department.objects.create(name="市场部")
    return Person.objects.create(name="许宁", department=department, email="xu@example.com")


@pytest.fixture
def leader(db: None) -> Person:
    return Person.objects.create(name="高翔", form_of_address="高总", email="gao@example.com")


@pytest.fixture
def answer(requester: Person) -> Callable[..., None]:
    """Answer questions of a matter as the page would: answer(matter, {field: text})."""

    def answer(matter: Matter, typed: dict[str, str]) -> prepare.Saved:
        return prepare.save_answers(matter, requester, {k: (v, prepare.mark("")) for k, v in typed.items()})

    return answer


@pytest.fixture
def matter(requester: Person, leader: Person, answer: Callable[..., None]) -> Matter:
    """Prepared: all the facts, two options, a commitment, a deadline in three weeks."""
    matter = prepare.open_matter(requester)
    day = timezone.localdate()
    answer(matter, FACTS | {"deadline": (day + timedelta(days=21)).isoformat()})
    answer(
        matter,
        {
            "options.a1.title": "召开协调会",
            "options.a1.minutes": "30",
            "options.a1.what_leader_does": "请王经理一起开会",
            "options.b2.title": "与王经理通个电话",
            "options.b2.minutes": "10",
            "options.b2.benefit": "最快",
            "efforts.c3.date": (day - timedelta(days=5)).isoformat(),
            "efforts.c3.channel": "邮件",
            "efforts.c3.with": "李工",
            "efforts.c3.result": "答复需排队",
            "commitments.d4.what": "提供完整规格",
            "commitments.d4.who": "许宁",
            "commitments.d4.by": (day + timedelta(days=5)).isoformat(),
        },
    )
    matter.refresh_from_db()
    return matter


@pytest.fixture
def asked(matter: Matter, requester: Person) -> Request:
    """The request has reached the leader by mail."""
    request = schedule(matter, requester, way="mail", deliver_at=timezone.now())
    send("request")
    request.refresh_from_db()
    request.matter.refresh_from_db()
    return request


def send(kind: str) -> list[Outbox]:
    """What the worker does for due rows of this kind, without a mail server."""
    rows = list(Outbox.objects.filter(kind=kind, state="waiting", due_at__lte=timezone.now()).select_related("link"))
    for row in rows:
        row.state = "sent"
        row.save()
        if kind == "request":
            delivered_by_mail(row)
    return rows


def version_number(request: Request) -> int:
    return latest_version(request).number


# --- commitments, on a Monday morning ---


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(MONDAY)
    return at


@pytest.fixture
def agreed(clock: Clock, asked: Request, leader: Person) -> Matter:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    decide.send_now(decision, by=leader)
    return Matter.objects.get(pk=asked.matter_id)


@pytest.fixture
def write_down(agreed: Matter, requester: Person) -> Callable[..., Commitment]:
    def write_down(**more: object) -> Commitment:
        told = {"side": "theirs", "owner_name": "王经理", "owner_email": "wang@example.com", "what": "给出交期"}
        return coordinate.promise(agreed, requester, **(told | {"day": FRIDAY} | more))

    return write_down


@pytest.fixture
def proposed(write_down: Callable[..., Commitment]) -> Commitment:
    return write_down(done_when="收到盖章的交期单")


@pytest.fixture
def taken(proposed: Commitment, clock: Clock) -> Commitment:
    """Accepted by its owner, an hour ago."""
    promises.accept_promise(proposed, by=proposed.owner)
    clock(MONDAY + timedelta(hours=1))
    return fresh(proposed)


def fresh(commitment: Commitment) -> Commitment:
    return Commitment.objects.select_related("owner", "matter__requester").get(pk=commitment.pk)
