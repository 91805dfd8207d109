"""A whole life through the actions alone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from huitong.matters import close, coordinate, decide, prepare, write
from huitong.matters.request import current_request, revise, schedule
from huitong.matters.stages import Stage
from huitong.matters.verdicts import Choice, Verdict
from huitong.method import Channel
from huitong.records.models import Decision, Matter, Outbox, Person, Request

from .conftest import send, version_number


@pytest.mark.points("2.8", "3.9", "4.8", "2.9", "3.10")
def test_a_matter_goes_from_worry_to_thanks(
    asked: Request, requester: Person, leader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = asked.matter
    assert matter.stage == Stage.AWAITING
    decision = decide.decide(
        asked, Choice(Verdict.AGREE, version_number(asked), option=1, words="可以。"), by=leader, how="link"
    )
    matter.refresh_from_db()
    assert matter.stage == Stage.COORDINATING
    decide.send_now(decision, by=leader)
    assert Outbox.objects.filter(kind__in=("decision", "talk"), due_at__lte=timezone.now()).count() == 2

    talk = matter.talks.get()
    coordinate.tell_talk(talk, by=leader, outcome="agreed", words="同意插单")
    note = coordinate.send_note(
        matter, requester, name="王经理", email="wang@example.com", subject="请协助", text="王经理，您好"
    )
    coordinate.answer_note(note, answer="yes", day=None, who="李工", words="周五前下单")
    promised = coordinate.promise(
        matter,
        requester,
        side="theirs",
        owner_name="王经理",
        owner_email="wang@example.com",
        what="周五前下单",
        day=timezone.localdate() + timedelta(days=3),
    )
    coordinate.follow_up(matter, requester)
    coordinate.keep_promise(promised, by=note.person, words="已下单")
    report = close.report_of(matter)
    assert "可以。" in report.body
    close.send_report(matter, requester, subject=report.subject, text=report.body)
    close.close(matter, requester, outcome="12 月 1 日下单，14 日到货", settled=True, days=12)
    thanks = close.thanks_of(Matter.objects.get(pk=matter.pk))
    assert {t.person.name for t in thanks} == {"高翔", "王经理"}
    for thank in thanks:
        close.send_thanks(matter, requester, to=thank.person, subject=thank.message.subject, text=thank.message.body)
        close.send_thanks(matter, requester, to=thank.person, subject="again", text="again")
    assert Outbox.objects.filter(kind="thanks").count() == 2

    later = prepare.open_matter(requester)
    prepare.save_answers(
        later,
        requester,
        {
            "matter": ("年会物料采购", prepare.mark("")),
            "other_department.name": ("采购部", prepare.mark("")),
        },
    )
    assert [m.pk for m, _score in close.precedents_for(later)] == [matter.pk]
    kinds = list(matter.events.values_list("kind", flat=True))
    assert kinds == [
        "opened",
        "scheduled",
        "delivered",
        "decided",
        "talked",
        "note_sent",
        "note_answered",
        "promise_proposed",
        "follow_up",
        "promise_kept",
        "reported",
        "closed",
        "thanked",
        "thanked",
    ]


def test_a_second_answer_is_told_who_was_faster(asked: Request, leader: Person) -> None:
    first = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    with pytest.raises(decide.AlreadyDecided) as error:
        decide.decide(asked, Choice(Verdict.NO, 1), by=leader, how="account")
    assert error.value.decision == first
    assert Decision.objects.count() == 1


def test_an_answer_to_an_older_version_records_nothing(
    asked: Request, matter: Matter, requester: Person, leader: Person
) -> None:
    text = write.text_of(matter, Channel.EMAIL)
    write.save_text(
        matter,
        requester,
        Channel.EMAIL,
        subject=text.subject,
        text=text.text + "\n补一句。",
        was=prepare.mark(text.text),
    )
    version = revise(matter, requester)
    assert version.number == 2
    with pytest.raises(decide.StaleVersion) as error:
        decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    assert error.value.latest.text != error.value.answered.text
    assert not Decision.objects.exists()


def test_two_different_answers_by_one_link_within_ten_seconds_count_for_nothing(asked: Request, leader: Person) -> None:
    link = Outbox.objects.get(kind="request").link
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="link", link=link)
    with pytest.raises(decide.AskAgain):
        decide.decide(asked, Choice(Verdict.NO, 1), by=leader, how="link", link=link)
    with pytest.raises(decide.AskAgain):
        decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=leader, how="link", link=link)
    assert decide.standing_decision(asked) is None
    asked.matter.refresh_from_db()
    assert asked.matter.stage == Stage.AWAITING


def test_an_undone_decision_sends_nothing_but_the_receipt(asked: Request, leader: Person) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=leader, how="link")
    decide.undo(decision, by=leader)
    waiting = set(Outbox.objects.filter(state="waiting").values_list("kind", flat=True))
    assert waiting == {"receipt", "remind_leader"}
    assert not asked.matter.commitments.exists()
    assert not asked.matter.talks.exists()
    asked.matter.refresh_from_db()
    assert asked.matter.stage == Stage.AWAITING


def test_a_question_is_answered_and_then_decided(asked: Request, requester: Person, leader: Person) -> None:
    asked_back = decide.decide(asked, Choice(Verdict.ASK, 1, words="去年场租多少？"), by=leader, how="link")
    decide.send_now(asked_back, by=leader)
    decide.reply(asked.matter, requester, "每天 2.1 万元。")
    asked_back.refresh_from_db()
    assert asked_back.answer == "每天 2.1 万元。"
    decision = decide.decide(asked, Choice(Verdict.NO, 1, words="先等等"), by=leader, how="link")
    asked.matter.refresh_from_db()
    assert (asked.matter.stage, decision.words) == (Stage.DECLINED, "先等等")


def test_what_was_told_counts_until_the_leader_says_otherwise(
    matter: Matter, requester: Person, leader: Person
) -> None:
    schedule(matter, requester, way="person", deliver_at=timezone.now())
    told = decide.tell(matter, requester, Choice(Verdict.AGREE, 1, option=0, words="行，下周开会"))
    assert told.how == "told"
    assert told.confirmed_at is None
    request = current_request(matter)
    own = decide.decide(request, Choice(Verdict.CHANGE, 1, option=1, words="我先打电话"), by=leader, how="link")
    told.refresh_from_db()
    assert told.superseded_at is not None
    assert decide.standing_decision(request) == own
    matter.refresh_from_db()
    assert matter.stage == Stage.COORDINATING


def test_the_leader_confirms_what_was_told(matter: Matter, requester: Person, leader: Person) -> None:
    schedule(matter, requester, way="person", deliver_at=timezone.now())
    told = decide.tell(matter, requester, Choice(Verdict.NO, 1, words="今年不办"))
    decide.confirm(told, by=leader)
    told.refresh_from_db()
    assert told.confirmed_at is not None


def test_later_is_asked_again_on_the_day_and_never_becomes_a_yes(asked: Request, leader: Person) -> None:
    day = timezone.localdate() + timedelta(days=9)
    decide.decide(asked, Choice(Verdict.LATER, 1, later_until=day), by=leader, how="link")
    due = Outbox.objects.filter(kind="remind_leader", state="waiting").order_by("due_at").first().due_at
    assert timezone.localtime(due).date() == day
    asked.matter.refresh_from_db()
    assert asked.matter.stage == Stage.AWAITING


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (Choice(Verdict.AGREE, 1), "option"),
        (Choice(Verdict.AGREE, 1, option=7), "option"),
        (Choice(Verdict.ASK, 1, words="  "), "words"),
        (Choice(Verdict.LATER, 1), "later_until"),
        (Choice(Verdict.LATER, 1, later_until=date(2020, 1, 1)), "later_until"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_with_its_field(
    asked: Request, leader: Person, choice: Choice, field: str
) -> None:
    with pytest.raises(decide.Incomplete) as error:
        decide.decide(asked, choice, by=leader, how="link")
    assert error.value.field == field
    assert not Decision.objects.exists()


def test_send_is_only_for_due_rows(asked: Request) -> None:
    assert send("remind_leader") == []
