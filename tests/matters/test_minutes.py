"""A meeting's minutes: lines as they are typed, the draft that everybody can correct, and when it counts."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from huitong.coordination import meetings
from huitong.delivery import leases, outbox
from huitong.matters import minutes, minutes_corrected, texts
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.minutes_lines import names_of, read_line, read_lines
from huitong.matters.prepare import mark
from huitong.records.models import (
    Commitment,
    Department,
    Event,
    Matter,
    Meeting,
    Minutes,
    MinutesItem,
    Outbox,
    Person,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
Clock = Callable[[datetime], None]
TODAY = date(2026, 9, 25)


@pytest.fixture
def people(requester: Person, leader: Person) -> dict[str, Person]:
    theirs = Department.objects.create(name="采购部")
    return {
        "许宁": requester,
        "高翔": leader,
        "王经理": Person.objects.create(name="王经理", email="wang@example.com", department=theirs),
        "李工": Person.objects.create(name="李工", email="li@example.com", department=theirs),
    }


@pytest.fixture
def meeting(agreed: Matter, people: dict[str, Person], clock: Clock) -> Meeting:
    """It was called, and its time has come."""
    start = timezone.now() + timedelta(hours=1)
    with transaction.atomic():
        made = meetings.call(
            agreed,
            title="物料交期协调会",
            start=start,
            minutes=30,
            place="三楼",
            agenda="1. 说明来意\n2. 商定办法",
            attendees=people.values(),
            decision=agreed.requests.get().decisions.get(),
        )
    Outbox.objects.filter(kind="invitation").update(state="sent")
    clock(start + timedelta(minutes=20))
    return made


def write(meeting: Meeting, requester: Person, **texts: str) -> None:
    typed = {name.replace("__", "."): text for name, text in texts.items()}
    stored = minutes.minutes_of(meeting).texts
    minutes.save(meeting, requester, {n: (t, mark(str(stored.get(n) or ""))) for n, t in typed.items()})


@pytest.fixture
def draft(meeting: Meeting, requester: Person) -> Minutes:
    """It was written, and the meeting is over."""
    minutes.all_came(meeting, requester)
    lines = "王经理 12月16日前 给出交期\n李工：12月14日前 交三家比价单\n许宁 12月11日前 提供规格"
    write(meeting, requester, point__1="先定两家，分批交货", point__other="每周五碰一次", promises=lines)
    return minutes.finish(meeting, requester)


def letters(kind: str, *states: str) -> dict[str, Outbox]:
    rows = Outbox.objects.filter(kind=kind, state__in=states or ("waiting",)).select_related("person")
    return {row.person.name: row for row in rows}


def begin(row: Outbox) -> Outbox | None:
    """What a worker does right before sending this row."""
    row.refresh_from_db()
    [claimed] = [r for r in leases.claim("w", now=timezone.now(), limit=50) if r.pk == row.pk]
    return leases.begin(row.pk, "w", now=timezone.now(), claimed=claimed)


@pytest.mark.parametrize(
    ("text", "owner", "what", "by"),
    [
        ("王经理 10月12日前 给出交期", "王经理", "给出交期", date(2026, 10, 12)),
        ("李工：下周三之前给出三家报价", "李工", "给出三家报价", date(2026, 9, 30)),
        ("王经理给出交期，10月12日", "王经理", "给出交期", date(2026, 10, 12)),
        ("王经理 10.12 给出交期", "王经理", "给出交期", date(2026, 10, 12)),
        ("10/12前，李工负责把清单给王经理", "李工", "把清单给王经理", date(2026, 10, 12)),
        ("高总 月底前同王总确认预算", "高翔", "同王总确认预算", date(2026, 9, 30)),
        ("Li Wei to send the schedule by 12 October", "Li Wei", "send the schedule", date(2026, 10, 12)),
        ("Wei by 12 October: send the price list", "Li Wei", "send the price list", date(2026, 10, 12)),
        ("王经理 by 12 October: send the price list", "王经理", "send the price list", date(2026, 10, 12)),
    ],
)
@pytest.mark.django_db
def test_a_line_says_who_what_and_by_when_in_any_order(text: str, owner: str, what: str, by: date) -> None:
    rows = [("王经理", ""), ("李工", ""), ("高翔", "高总"), ("Li Wei", "")]
    made = [Person.objects.create(name=name, form_of_address=called) for name, called in rows]
    line = read_line(text, names_of((p, []) for p in made), today=TODAY)
    assert (line.owner and line.owner.name, line.what, line.by, line.why) == (owner, what, by, "")


@pytest.mark.django_db
def test_a_line_that_lacks_something_says_what_and_which_line_it_is() -> None:
    names = names_of([(Person.objects.create(name="王经理"), [])])
    lines = read_lines("\n王经理 给出交期\n张三 10月12日前 给出交期\n王经理 10月12日前", names, today=TODAY)
    assert [line.number for line in lines] == [2, 3, 4]
    assert [line.why[:6] for line in lines] == ["没有看出哪天", "没有看出由谁", "没有看出办什"]


@pytest.mark.django_db
def test_a_name_that_two_people_have_is_nobodys() -> None:
    two = [Person.objects.create(name="李工"), Person.objects.create(name="李工")]
    assert read_line("李工 10月12日前 给出交期", names_of((p, []) for p in two), today=TODAY).owner is None


def test_what_is_typed_is_kept_and_nothing_is_overwritten(meeting: Meeting, requester: Person) -> None:
    write(meeting, requester, promises="王经理 12月16日前 给出交期")
    saved = minutes.save(meeting, requester, {"promises": ("别的", mark("旧的")), "nonsense": ("x", mark(""))})
    assert saved.conflicts == {"promises": "王经理 12月16日前 给出交期"}
    assert saved.kept == {}
    with pytest.raises(NotAllowed):
        minutes.save(meeting, Person.objects.get(name="王经理"), {"promises": ("x", mark(""))})


def test_the_meeting_is_not_over_while_a_person_or_a_line_is_not_clear(meeting: Meeting, requester: Person) -> None:
    with pytest.raises(Incomplete, match="到没到"):
        minutes.finish(meeting, requester)
    minutes.all_came(meeting, requester)
    with pytest.raises(Incomplete, match="请写下会上定了什么"):
        minutes.finish(meeting, requester)
    write(meeting, requester, promises="王经理 12月16日前 给出交期\n张三 给出交期")
    with pytest.raises(Incomplete, match="第 2 行") as refused:
        minutes.finish(meeting, requester)
    assert refused.value.field == "promises"
    assert letters("minutes_draft") == {}
    assert not MinutesItem.objects.exists()


def test_everybody_gets_the_draft_with_their_own_commitments_first(draft: Minutes, requester: Person) -> None:
    sent = letters("minutes_draft")
    assert set(sent) == {"高翔", "王经理", "李工"}
    before = sent["王经理"].payload["before"]
    assert before[2:4] == ["记在您名下的：", "· 给出交期（12\xa0月\xa016\xa0日前）"]
    assert "先定两家，分批交货" in "\n".join(before)
    assert "记在您名下的：" not in sent["高翔"].payload["before"]
    assert all(row.link and row.link.purpose == "minutes" for row in sent.values())
    # Nothing counts yet: no commitment but those of the request, no decision.
    draft.meeting.refresh_from_db()
    assert draft.meeting.decided == ""
    assert not Commitment.objects.filter(what="给出交期").exists()
    with pytest.raises(NotNow):
        minutes.finish(draft.meeting, requester)


def test_the_time_for_corrections_ends_with_everybodys_next_working_day(draft: Minutes) -> None:
    until = timezone.localtime(draft.until, SHANGHAI)
    assert (until.hour, until.minute) == (18, 0)
    assert until.date() == timezone.localdate() + timedelta(days=1)
    assert Outbox.objects.get(kind="minutes_due").due_at == draft.until


def test_a_stand_in_is_named_and_a_line_with_their_name_goes_to_whom_they_stood_in_for(
    meeting: Meeting, requester: Person, people: dict[str, Person]
) -> None:
    rows = {a.person.name: a.pk for a in meeting.attendees.select_related("person")}
    typed = {
        f"came.{rows['王经理']}": "stand_in",
        f"came.{rows['李工']}": "absent",
        "promises": "赵工 12月16日前 给出交期",
    }
    minutes.save(meeting, requester, {name: (text, mark("")) for name, text in typed.items()})
    minutes.all_came(meeting, requester)
    with pytest.raises(Incomplete, match="王经理由谁代"):
        minutes.finish(meeting, requester)
    write(meeting, requester, **{f"name__{rows['王经理']}": "赵工"})
    made = minutes.finish(meeting, requester)
    assert made.present == ["许宁（市场部）", "高翔", "赵工（代王经理）"]
    assert made.items.get().owner == people["王经理"]


def test_who_says_right_has_accepted_and_the_others_are_asked_by_their_paper(
    draft: Minutes, requester: Person, people: dict[str, Person]
) -> None:
    minutes_corrected.say_right(draft, by=people["王经理"])
    minutes_corrected.count(draft, requester)
    states = {c.owner_name: c.state for c in Commitment.objects.exclude(decision__isnull=False)}
    assert states == {"王经理": "open", "李工": "proposed", "许宁": "open"}
    assert set(Commitment.objects.filter(shared=True).values_list("side", flat=True)) == {"ours", "theirs"}
    papers = letters("minutes")
    assert set(papers) == {"许宁", "高翔", "王经理", "李工"}
    # Who has something to do says by a link how it goes; who has an account, or nothing to do, needs none.
    assert {n: p.link and p.link.purpose for n, p in papers.items() if n in states} == {
        "王经理": "commitment",
        "李工": "commitment",
        "许宁": None,
    }
    assert "没有点头" in papers["李工"].payload["small"]
    assert "small" not in papers["王经理"].payload
    # One letter each: the drafts that had not gone are withdrawn, and nobody is asked a second time.
    assert letters("minutes_draft") == letters("commitment_ask") == letters("minutes_due") == {}
    draft.meeting.refresh_from_db()
    assert draft.meeting.decided.splitlines() == ["先定两家，分批交货", "每周五碰一次"]
    assert Event.objects.filter(kind="meeting_held").count() == 1
    with pytest.raises(NotNow):
        minutes_corrected.count(draft, requester)
    assert Outbox.objects.filter(kind="minutes").count() == 4


def test_the_host_takes_a_correction_or_leaves_it(draft: Minutes, requester: Person, people: dict[str, Person]) -> None:
    wang, li = people["王经理"], people["李工"]
    own = draft.items.get(owner=wang)
    minutes_corrected.correct(draft, by=wang, items={own.pk: ("给出首批交期", date(2026, 12, 18))})
    minutes_corrected.correct(draft, by=li, items={}, words="比价单是四家")
    told = Outbox.objects.filter(kind="minutes_answer", person=requester)
    assert [row.payload["before"][1] for row in told.order_by("pk")] == [
        "改为：给出首批交期（12\xa0月\xa018\xa0日前）",
        "比价单是四家",
    ]
    with pytest.raises(Incomplete, match="还有 2 处更正没有定"):
        minutes_corrected.count(draft, requester)
    first, second = minutes_corrected.open_corrections(draft)
    minutes_corrected.answer_correction(draft, requester, correction=first.pk, taken=True)
    minutes_corrected.answer_correction(draft, requester, correction=second.pk, taken=False)
    with pytest.raises(NotNow):
        minutes_corrected.answer_correction(draft, requester, correction=first.pk, taken=False)
    minutes_corrected.count(draft, requester)
    made = Commitment.objects.get(what="给出首批交期")
    # They have said it themselves.
    assert (made.by, made.state) == (date(2026, 12, 18), "open")
    assert "比价单是四家" not in Outbox.objects.filter(kind="minutes").first().payload["before"][-1]


def test_a_sentence_that_is_taken_stands_in_the_minutes_with_its_name(
    draft: Minutes, requester: Person, people: dict[str, Person]
) -> None:
    minutes_corrected.correct(draft, by=people["李工"], items={}, words="比价单是四家")
    [only] = minutes_corrected.open_corrections(draft)
    minutes_corrected.answer_correction(draft, requester, correction=only.pk, taken=True)
    assert "李工更正：比价单是四家" in minutes.composed(draft).body
    assert "李工更正：比价单是四家" in texts.text_of(draft.meeting.matter, "minutes").text


def test_nobody_corrects_what_is_anothers_and_no_stranger_anything(draft: Minutes, people: dict[str, Person]) -> None:
    others = draft.items.get(owner=people["李工"])
    with pytest.raises(NotAllowed):
        minutes_corrected.correct(draft, by=people["王经理"], items={others.pk: ("不做", date(2026, 12, 18))})
    with pytest.raises(NotAllowed):
        minutes_corrected.say_right(draft, by=Person.objects.create(name="路远"))


def test_what_the_host_changes_of_somebodys_waits_for_their_yes(
    draft: Minutes, requester: Person, people: dict[str, Person]
) -> None:
    minutes_corrected.say_right(draft, by=people["王经理"])
    item = draft.items.get(owner=people["王经理"])
    minutes_corrected.correct(draft, by=requester, items={item.pk: ("给出交期", date(2026, 12, 9))})
    minutes_corrected.count(draft, requester)
    made = Commitment.objects.get(what="给出交期")
    assert (made.by, made.state) == (date(2026, 12, 9), "proposed")


def test_when_time_is_up_they_count_by_themselves_once(draft: Minutes, clock: Clock) -> None:
    row = Outbox.objects.get(kind="minutes_due")
    clock(draft.until + timedelta(seconds=1))
    assert begin(row) is None  # nothing to tell the host: their paper tells them
    row.refresh_from_db()
    assert row.state == "withdrawn"
    draft.refresh_from_db()
    assert draft.counted_at is not None
    assert Outbox.objects.filter(kind="minutes").count() == 4
    assert Commitment.objects.filter(what="给出交期").count() == 1


def test_while_a_correction_is_open_the_host_is_told_and_their_last_tap_makes_them_count(
    draft: Minutes, clock: Clock, requester: Person, people: dict[str, Person]
) -> None:
    minutes_corrected.correct(draft, by=people["李工"], items={}, words="比价单是四家")
    row = Outbox.objects.get(kind="minutes_due")
    clock(draft.until + timedelta(seconds=1))
    assert begin(row) is not None
    draft.refresh_from_db()
    assert draft.counted_at is None
    with pytest.raises(NotNow):  # the time is over for everybody but the host
        minutes_corrected.say_right(draft, by=people["王经理"])
    [only] = minutes_corrected.open_corrections(draft)
    assert minutes_corrected.answer_correction(draft, requester, correction=only.pk, taken=True)
    assert Outbox.objects.filter(kind="minutes").count() == 4


def test_a_worker_that_dies_between_beginning_and_looking_forgets_nothing(draft: Minutes, clock: Clock) -> None:
    row = Outbox.objects.get(kind="minutes_due")
    clock(draft.until + timedelta(seconds=1))
    Outbox.objects.filter(pk=row.pk).update(begun=1, tries=1)  # it died there
    [claimed] = [r for r in leases.claim("w", now=timezone.now(), limit=50) if r.pk == row.pk]
    begun = leases.begin(row.pk, "w", now=timezone.now(), claimed=claimed)
    assert begun is not None
    assert leases.settle_sent(begun, "w")
    draft.refresh_from_db()
    assert draft.counted_at is not None
    assert Outbox.objects.filter(kind="minutes").count() == 4


def test_a_death_in_the_middle_of_counting_leaves_nothing_half_done(
    draft: Minutes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    sent: list[object] = []
    real = outbox.put

    def put(*args: object, **more: object) -> Outbox:
        if len(sent) == 2:
            raise Killed
        sent.append(args)
        return real(*args, **more)

    clock(draft.until + timedelta(seconds=1))
    row = Outbox.objects.get(kind="minutes_due")
    monkeypatch.setattr(outbox, "put", put)
    with pytest.raises(Killed), transaction.atomic():
        begin(row)
    monkeypatch.undo()
    draft.refresh_from_db()
    assert draft.counted_at is None
    assert not Outbox.objects.filter(kind="minutes").exists()
    assert not Commitment.objects.filter(what="给出交期").exists()


def test_a_matter_that_was_closed_meanwhile_gets_no_minutes(draft: Minutes, clock: Clock) -> None:
    Matter.objects.update(closed_at=timezone.now(), stage="closed")
    clock(draft.until + timedelta(seconds=1))
    assert begin(Outbox.objects.get(kind="minutes_due")) is None
    assert not Outbox.objects.filter(kind="minutes").exists()
