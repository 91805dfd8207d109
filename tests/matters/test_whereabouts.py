"""One line says with whom a matter is, since when, what became of our message, and what comes next."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from huitong.matters import close, coordinate, decide, prepare
from huitong.matters.request import schedule
from huitong.matters.said import COUNTERPART, LEADER, ME, NOBODY
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.whereabouts import whereabouts, whereabouts_of
from huitong.records.models import Decision, Matter, Outbox, Person, Request

from .conftest import send


def later(matter: Matter) -> Matter:
    """The ten minutes are over."""
    Decision.objects.filter(request__matter=matter).update(effective_at=timezone.now() - timedelta(seconds=1))
    return Matter.objects.get(pk=matter.pk)


def answered(request: Request, verdict: Verdict, words: str = "", **more: object) -> Matter:
    decide.decide(request, Choice(verdict, 1, words=words, **more), by=request.leader, how="account")
    return later(request.matter)


def agreed(request: Request) -> Matter:
    return answered(request, Verdict.AGREE, "可以，我下班前打电话。", option=1)


def test_a_matter_in_preparation_is_with_the_requester(matter: Matter) -> None:
    where = whereabouts(matter)

    assert (where.code, where.with_whom, where.action_page) == ("unsent", ME, "prepare")
    assert where.sentence.startswith("在你处，自今天")
    assert "最晚" in where.next


def test_a_set_moment_is_told_and_nobody_has_to_act(matter: Matter, requester: Person) -> None:
    schedule(matter, requester, way="mail", deliver_at=timezone.now() + timedelta(days=3))
    matter.refresh_from_db()

    where = whereabouts(matter)

    assert (where.with_whom, where.action_page) == (NOBODY, "time")
    assert "送给高总" in where.line


def test_when_the_moment_to_speak_has_come_it_is_the_requesters_turn(matter: Matter, requester: Person) -> None:
    schedule(matter, requester, way="person", deliver_at=timezone.now())
    matter.refresh_from_db()

    where = whereabouts(matter)

    assert (where.code, where.with_whom, where.action_page) == ("moment", ME, "speak")


def test_a_delivered_mail_is_with_the_leader_with_the_last_day(asked: Request) -> None:
    where = whereabouts(asked.matter)

    assert (where.with_whom, where.who) == (LEADER, "高总")
    assert where.sentence.startswith("在高总处，自今天")
    assert "；邮件已送达，等批示；" in where.sentence
    assert "再提醒一次，最晚" in where.sentence


def test_a_letter_that_came_back_is_the_requesters_to_mend(matter: Matter, requester: Person) -> None:
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    Outbox.objects.filter(kind="request").update(state="failed")
    matter.refresh_from_db()

    where = whereabouts(matter)

    assert (where.code, where.with_whom, where.late) == ("came_back", ME, True)
    assert where.line == "给高总的邮件没有送到"


@pytest.mark.points("1.8", "4.6")
def test_a_decision_is_not_told_before_it_is_in_force(asked: Request) -> None:
    words = "不行，今年没有预算。"
    decide.decide(asked, Choice(Verdict.NO, 1, words=words), by=asked.leader, how="account")
    matter = Matter.objects.get(pk=asked.matter_id)

    early = whereabouts(matter)

    assert (early.code, early.with_whom) == ("decided_not_yet", LEADER)
    assert words not in early.sentence
    assert "不同意" not in early.sentence
    assert whereabouts(later(matter)).line == f"高总暂不同意：“{words}”"


@pytest.mark.parametrize("verdict", [Verdict.AGREE, Verdict.NO, Verdict.ASK, Verdict.CHANGE, Verdict.LATER])
def test_before_it_is_in_force_every_answer_reads_the_same(asked: Request, verdict: Verdict) -> None:
    day = timezone.localdate() + timedelta(days=2)
    choice = Choice(
        verdict, 1, option=0 if verdict in (Verdict.AGREE, Verdict.CHANGE) else None, words="好", later_until=day
    )
    decide.decide(asked, choice, by=asked.leader, how="account")

    where = whereabouts(Matter.objects.get(pk=asked.matter_id))

    assert (where.code, where.line, where.action) == ("decided_not_yet", "高总已经答复", "")


def test_a_question_is_with_the_requester_in_the_leaders_words(asked: Request) -> None:
    where = whereabouts(answered(asked, Verdict.ASK, "去年同期的场租是多少？"))

    assert (where.with_whom, where.action_page) == (ME, "answer")
    assert where.line == "高总问：“去年同期的场租是多少？”"


def test_a_day_that_the_leader_named_is_said(asked: Request) -> None:
    day = timezone.localdate() + timedelta(days=4)

    where = whereabouts(answered(asked, Verdict.LATER, later_until=day))

    assert where.with_whom == LEADER
    assert "再定" in where.line


def test_silence_past_the_last_day_is_unanswered_and_never_a_yes(asked: Request) -> None:
    Request.objects.filter(pk=asked.pk).update(answer_by=timezone.localdate() - timedelta(days=1))

    where = whereabouts(asked.matter)

    assert (where.line, where.late, where.wants_me) == ("未答复", True, True)
    assert "同意" not in where.sentence


def test_a_decision_in_force_is_to_be_carried_on(asked: Request) -> None:
    where = whereabouts(agreed(asked))

    assert (where.code, where.with_whom, where.action_page) == ("in_force", ME, "coordinate")
    assert "可以，我下班前打电话。" in where.line


def test_a_note_that_was_sent_is_with_the_counterpart_until_they_answer(asked: Request, requester: Person) -> None:
    matter = agreed(asked)
    note = coordinate.send_note(
        matter, requester, name="王经理", email="wang@example.com", subject="想商量交期", text="您好"
    )
    assert whereabouts(Matter.objects.get(pk=matter.pk)).line == "说明正在送出"
    send("note")

    sent = whereabouts(Matter.objects.get(pk=matter.pk))
    coordinate.answer_note(note, answer="hard", day=None, who="", words="排期满了")
    back = whereabouts(Matter.objects.get(pk=matter.pk))

    assert (sent.with_whom, sent.who) == (COUNTERPART, "采购部王经理")
    assert sent.line == "说明已送达，等对方答复"
    assert (back.code, back.with_whom) == ("note_answered", ME)


@pytest.mark.points("2.8", "3.9", "4.8")
def test_a_promise_of_ones_own_that_is_due_comes_before_all(asked: Request, requester: Person) -> None:
    matter = agreed(asked)
    coordinate.promise(
        matter,
        requester,
        side="theirs",
        owner_name="李工",
        owner_email="",
        what="确认交期",
        day=timezone.localdate() + timedelta(days=1),
    )
    coordinate.send_note(matter, requester, name="王经理", email="wang@example.com", subject="商量", text="您好")
    matter.commitments.filter(owner=requester).update(by=timezone.localdate() - timedelta(days=2))

    where = whereabouts(Matter.objects.get(pk=matter.pk))

    assert (where.code, where.with_whom, where.late) == ("promise", ME, True)
    assert where.label == "逾期 2 天"


def test_a_closed_matter_says_how_it_turned_out(asked: Request, requester: Person) -> None:
    matter = agreed(asked)
    close.close(matter, requester, outcome="3 天定标。", settled=True, days=3)

    where = whereabouts(Matter.objects.get(pk=matter.pk))

    assert (where.code, where.with_whom) == ("closed", NOBODY)
    assert where.sentence.startswith("已办结，今天；3 天定标。")


def test_the_leader_reads_it_from_their_own_side(asked: Request, leader: Person) -> None:
    assert whereabouts(asked.matter, leader).place.startswith("在您处")


def test_many_matters_take_no_more_questions_to_the_database(
    requester: Person, leader: Person, answer: Callable[..., None], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = count(1)

    def one() -> Matter:
        matter = prepare.open_matter(requester, title=f"第 {next(numbers)} 件事")
        answer(matter, {"leader.name": "高翔", "leader.email": "gao@example.com", "other_department.name": "采购部"})
        request = schedule(matter, requester, way="mail", deliver_at=timezone.now())
        send("request")
        answered(request, Verdict.AGREE)
        coordinate.send_note(matter, requester, name="王经理", email="w@example.com", subject="商量", text="您好")
        return matter

    one()
    with django_assert_num_queries(10):
        assert len(whereabouts_of(Matter.objects.all())) == 1
    one(), one()
    with django_assert_num_queries(10):
        assert len(whereabouts_of(Matter.objects.all())) == 3


def test_peoples_words_keep_their_own_full_stops(asked: Request, requester: Person) -> None:
    matter = answered(asked, Verdict.NO, "今年先不动。")
    assert whereabouts(matter).sentence.count("”；可以照") == 1

    close.close(matter, requester, outcome="等明年再议。", settled=False, days=2)

    assert whereabouts(Matter.objects.get(pk=matter.pk)).sentence == "未办成，今天；等明年再议。用了 2 天。"
