"""The sample organisation: four departments, 14 plainly invented people (demo_people), six matters in different stages.

The matters are carried by the desk's own actions, then moved back in time. Nothing of it is ever mailed by a server.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import models
from django.utils import timezone

from huitong.cli.demo_people import ZONE, address, make_calendars, make_people
from huitong.delivery.transports import mail
from huitong.matters import close, coordinate, decide, prepare
from huitong.matters.request import current_request, delivered_by_mail, latest_version, schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import (
    Answer,
    Commitment,
    CommitmentMove,
    Decision,
    Draft,
    Event,
    Feedback,
    Matter,
    Meeting,
    Note,
    Outbox,
    Person,
    Request,
    Talk,
    Version,
)


def load(now: datetime) -> None:
    """Write the sample as of `now`, inside the caller's transaction."""
    people = make_people()
    make_calendars(people, now)
    for make in (_closed, _following_up, _coordinating, _awaiting, _english, _preparing):
        make(people, timezone.localtime(now, ZONE).date())


def _open(requester: Person, answers: dict[str, Any]) -> Matter:
    matter = prepare.open_matter(requester)
    logs = {k: v for k, v in answers.items() if isinstance(v, list)}
    typed = {k: (v, prepare.mark(_now(matter, k))) for k, v in answers.items() if k not in logs}
    prepare.save_answers(matter, requester, typed)
    for log, rows in logs.items():
        for row in rows:
            prepare.add_row(matter, requester, log, row)
    matter.refresh_from_db()
    return matter


def _now(matter: Matter, question: str) -> str:
    row = Answer.objects.filter(matter=matter, question=question).first()
    return str(row.value) if row else ""


def _carry(matter: Matter, *, keep_files: bool = False) -> None:
    """Settle the letters that are due, as a worker would; with `keep_files` as files that the mail page shows."""
    for row in Outbox.objects.select_related("person", "link", "matter").filter(
        matter=matter, state="waiting", due_at__lte=timezone.now()
    ):
        row.state, row.sent_at = "sent", timezone.now()
        row.save()
        if keep_files:
            mail.send(row)
        if row.kind == "request":
            delivered_by_mail(row)


def _ask(matter: Matter, *, keep_files: bool = False) -> Request:
    schedule(matter, matter.requester, way="mail", deliver_at=timezone.now())
    _carry(matter, keep_files=keep_files)
    matter.refresh_from_db()
    request = current_request(matter)
    assert request is not None
    return request


def _decide(request: Request, verdict: Verdict, *, option: int | None = None, words: str = "") -> Decision:
    choice = Choice(verdict, latest_version(request).number, option=option, words=words)
    decision = decide.decide(request, choice, by=request.leader, how="link")
    decide.send_now(decision, by=request.leader)
    _carry(request.matter)
    return decision


def _back(matter: Matter, days: int) -> None:
    """Move all that this matter has so far back by so many days; dates that people chose stay as they are."""
    rows: tuple[tuple[type[models.Model], dict[str, Any]], ...] = (
        (Matter, {"pk": matter.pk}),
        (Answer, {"matter": matter}),
        (Draft, {"matter": matter}),
        (Request, {"matter": matter}),
        (Version, {"request__matter": matter}),
        (Decision, {"request__matter": matter}),
        (Event, {"matter": matter}),
        (Note, {"matter": matter}),
        (Feedback, {"matter": matter}),
        (Meeting, {"matter": matter}),
        (Talk, {"matter": matter}),
        (Commitment, {"matter": matter}),
        (CommitmentMove, {"commitment__matter": matter}),
        (Outbox, {"matter": matter, "state": "sent"}),
    )
    chosen = {"start", "due_at", "effective_at"}
    for table, where in rows:
        times = [f.name for f in table._meta.fields if isinstance(f, models.DateTimeField) and f.name not in chosen]
        moved: dict[str, Any] = {name: models.F(name) - timedelta(days=days) for name in times}
        if table is Decision:
            moved["effective_at"] = models.F("effective_at") - timedelta(days=days)
        table._default_manager.filter(**where).update(**moved)
    for event in Event.objects.filter(matter=matter, data__has_key="deliver_at"):
        said = datetime.fromisoformat(event.data["deliver_at"]) - timedelta(days=days)
        Event.objects.filter(pk=event.pk).update(data=event.data | {"deliver_at": said.isoformat()})
    matter.refresh_from_db()


def _day(today: date, offset: int) -> str:
    return (today + timedelta(days=offset)).isoformat()


def _zh(today: date, offset: int) -> str:
    day = today + timedelta(days=offset)
    return f"{day.month} 月 {day.day} 日"


PURCHASING: Final = {
    "other_department.name": "采购部",
    "other_department.contact": "李工",
    "other_department.head": "王示范",
    "other_department.email": "wang@sample.example",
}
IT: Final = {
    "other_department.name": "信息部",
    "other_department.contact": "小周",
    "other_department.head": "郑演示",
    "other_department.email": "zheng@sample.example",
}


def _closed(people: dict[str, Person], today: date) -> None:
    matter = _open(
        people["xu"],
        PURCHASING
        | {
            "matter": "春季展会展架采购",
            "purpose": "确定展架交期，赶上春季展会",
            "situation": "展架申请（单号 CG-1107）提交 8 天，仍在比价\n供应商生产周期 9 天",
            "importance": "展架误期，展位空置，场租每天 1.2 万元",
            "options": [
                {"title": "与王经理沟通", "minutes": "10", "what_leader_does": "请他同意插单", "benefit": "最快"},
                {"title": "召开协调会", "minutes": "30", "what_leader_does": "请王经理一起定下交期"},
            ],
            "efforts": [{"date": _day(today, -70), "channel": "邮件", "with": "李工", "result": "答复需排队"}],
            "followup": "下单当天向您汇报",
        },
    )
    request = _ask(matter)
    _back(matter, 2)
    _decide(request, Verdict.AGREE, option=0, words="我给王经理打个电话。")
    talk = matter.talks.get()
    coordinate.tell_talk(talk, by=people["gao"], outcome="agreed", words="同意插单，三天内定标。")
    note = coordinate.send_note(
        matter,
        people["xu"],
        name="王示范",
        email=address("wang"),
        subject="请采购部协助：春季展会展架",
        text=(
            "王经理，您好：\n\n春季展会的展架想请贵部帮忙安排下单，申请单号是 CG-1107。"
            "规格和报价随时补上。\n\n市场部 许小样"
        ),
    )
    coordinate.answer_note(note, answer="yes", day=None, who="李试用", words="三天内定标。")
    _carry(matter)
    _back(matter, 6)
    coordinate.follow_up(matter, people["xu"])
    close.close(matter, people["xu"], outcome="三天定标，展架提前一天到场", settled=True, days=12)
    for thank in close.thanks_of(Matter.objects.get(pk=matter.pk)):
        message = thank.message
        close.send_thanks(matter, people["xu"], to=thank.person, subject=message.subject, text=message.body)
    Outbox.objects.filter(matter=matter, state="waiting").update(due_at=timezone.now())  # how it went was asked then
    _carry(matter)
    _back(matter, 55)


def _following_up(people: dict[str, Person], today: date) -> None:
    matter = _open(
        people["xu"],
        IT
        | {
            "matter": "展厅三层电力扩容",
            "purpose": "展厅三层增加两路供电，满足新展项",
            "situation": "三层现有供电 20 千瓦，新展项需要 34 千瓦",
            "importance": "供电不到位，新展项推迟开放，已有 3 个参观团约好日子",
            "deadline": _day(today, 12),
            "options": [
                {
                    "title": "请郑部长安排评估",
                    "kind": "resource",
                    "minutes": "15",
                    "what_leader_does": "请他派一名工程师",
                },
            ],
            "efforts": [{"date": _day(today, -20), "channel": "当面", "with": "小周", "result": "需要部长同意派人"}],
            "commitments": [{"what": "提供用电清单", "who": "许小样", "by": _day(today, 0)}],
        },
    )
    request = _ask(matter)
    _back(matter, 2)
    _decide(request, Verdict.CHANGE, option=0, words="先做评估，费用另报。")
    note = coordinate.send_note(
        matter,
        people["xu"],
        name="郑演示",
        email=address("zheng"),
        subject="请信息部协助：展厅三层电力评估",
        text=(
            "郑部长，您好：\n\n展厅三层要上新展项，想请贵部派一位工程师评估供电。"
            "用电清单我们马上备齐。\n\n市场部 许小样"
        ),
    )
    coordinate.answer_note(note, answer="yes", day=None, who="周测试", words="派周测试来看。")
    _carry(matter)
    _back(matter, 3)
    promised = coordinate.promise(
        matter,
        people["xu"],
        side="theirs",
        owner_name="周测试",
        owner_email=address("zhou"),
        what="现场评估供电",
        day=today - timedelta(days=3),
    )
    coordinate.promise(
        matter,
        people["xu"],
        side="theirs",
        owner_name="周测试",
        owner_email=address("zhou"),
        what="给出扩容方案和报价",
        day=today - timedelta(days=1),
    )
    coordinate.follow_up(matter, people["xu"])
    coordinate.keep_promise(promised, by=people["zhou"], words="已到现场，主线够用，缺两个回路。")
    _carry(matter)
    _back(matter, 4)


def _coordinating(people: dict[str, Person], today: date) -> None:
    matter = _open(
        people["xu"],
        IT
        | {
            "matter": "会员短信模板报备",
            "purpose": "短信模板在活动前完成报备",
            "situation": "5 条模板提交 6 天，技术校验还没有排上",
            "importance": "未报备的短信发不出去，活动要通知会员 1.8 万人",
            "deadline": _day(today, 9),
            "options": [
                {"title": "召开短会", "minutes": "20", "what_leader_does": "请郑部长一起定下校验时间"},
                {"title": "与郑部长沟通", "minutes": "10", "what_leader_does": "请他本周安排一人校验"},
            ],
            "commitments": [{"what": "把 5 条模板合并成一份清单", "who": "许小样", "by": _day(today, 2)}],
        },
    )
    request = _ask(matter)
    _decide(request, Verdict.AGREE, option=0, words="开个短会，把以后的报备流程也定下来。")
    _carry(matter)
    _back(matter, 1)


def _awaiting(people: dict[str, Person], today: date) -> None:
    matter = _open(
        people["xu"],
        PURCHASING
        | {
            "matter": "新品发布会搭建物料采购",
            "purpose": f"确定搭建物料交期，赶上 {_zh(today, 24)}的发布会",
            "situation": (
                f"{_zh(today, -15)}提交采购申请（单号 CG-2211），目前仍在比价\n"
                "采购部现有 14 张待处理申请，按提交顺序排队\n"
                f"供应商生产周期 12 天，最晚 {_zh(today, 7)}要下单"
            ),
            "importance": (
                f"物料晚于 {_zh(today, 20)}到场，搭建顺延，场租每天 2.4 万元\n已邀请媒体 32 家、渠道客户 60 人"
            ),
            "deadline": _day(today, 7),
            "benefit": "以后大型活动可提前进采购部月度排期",
            "efforts": [
                {"date": _day(today, -11), "channel": "邮件", "with": "李工", "result": "答复需排队，暂不能给出日期"},
                {"date": _day(today, -5), "channel": "当面", "with": "李工", "result": "愿意优先，但需经理同意插单"},
            ],
            "options": [
                {
                    "title": "与王经理通个电话",
                    "minutes": "10",
                    "what_leader_does": "说明时间要求，请他同意插单",
                    "benefit": "最快",
                },
                {
                    "title": "召开协调会",
                    "minutes": "30",
                    "what_leader_does": "请王经理一起开会",
                    "benefit": "一次定下交期和责任人",
                },
            ],
            "precedents": [{"when": "今年春天", "what": "展会展架也卡在比价", "result": "您与王经理沟通后 3 天定标"}],
            "commitments": [{"what": "提供完整规格和三家报价", "who": "许小样", "by": _day(today, 2)}],
            "improvement": "下次大型活动，提前一个月把需求排进采购部的月度计划",
            "followup": "下单当天向您汇报\n之后每周五更新到货进度",
        },
    )
    _ask(matter, keep_files=True)


def _english(people: dict[str, Person], today: date) -> None:
    deadline = today + timedelta(days=14)
    matter = _open(
        people["sam"],
        {
            "matter": "Login events on the new schema",
            "other_department.name": "信息部",
            "other_department.contact": "周测试",
            "other_department.head": "郑演示",
            "other_department.email": "zheng@sample.example",
            "purpose": "Agree who moves the last 14 login events, so that the release keeps its report",
            "situation": (
                "The old schema is switched off in eight weeks\nOur 41 events are still on it; the tool covers 27"
            ),
            "importance": "Without the other 14 the sign-in report goes blank during the sale",
            "deadline": deadline.isoformat(),
            "efforts": [
                {"date": _day(today, -8), "channel": "chat", "with": "周测试", "result": "No capacity before spring"}
            ],
            "options": [
                {
                    "title": "Talk to 郑演示",
                    "minutes": "15",
                    "what_leader_does": "Ask for one engineer for two weeks",
                    "benefit": "Keeps the date",
                },
                {
                    "title": "Ask for a later switch-off",
                    "minutes": "15",
                    "what_leader_does": "Agree on four more weeks for our 14 events",
                    "benefit": "No one has to be moved",
                },
            ],
            "commitments": [{"what": "Write the event mappings", "who": "Sam Sample", "by": _day(today, 6)}],
            "followup": "A short note to you each Friday until the switch",
        },
    )
    request = _ask(matter, keep_files=True)
    _decide(request, Verdict.ASK, words="What does one engineer for two weeks cost them?")
    _back(matter, 1)


def _preparing(people: dict[str, Person], today: date) -> None:
    _open(
        people["xu"],
        {
            "matter": "年会场地改期",
            "other_department.name": "采购部",
            "other_department.contact": "赵样单",
            "purpose": "把年会场地从周五改到周六",
            "situation": "场地合同由采购部签，改期要他们出函",
            "efforts": [{"date": _day(today, -1), "channel": "电话", "with": "赵样单", "result": "要看合同再说"}],
        },
    )
