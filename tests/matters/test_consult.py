"""The leader asks one person before deciding: answered by link, seen by the leader alone, the deadline stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huitong.matters import agenda, close, consult, decide
from huitong.matters.decide import standing_decision
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.whereabouts import whereabouts
from huitong.records.models import Consultation, Event, Outbox, Person, Request

QUESTION = "插一单，会不会误了医院那批？"
VIEW = "插得进，医院那批周五已经发走。"


@pytest.fixture
def asked_of_wang(asked: Request, leader: Person) -> Consultation:
    return consult.consult(asked, by=leader, name="王经理", email="wang@example.com", question=QUESTION)


def later(asked: Request, leader: Person, days: int = 3) -> None:
    day = timezone.localdate() + timedelta(days=days)
    decide.decide(asked, Choice(Verdict.LATER, 1, later_until=day), by=leader, how="account")


def test_the_question_goes_out_by_mail_word_for_word_and_nothing_of_the_request_with_it(
    asked_of_wang: Consultation, asked: Request
) -> None:
    row = Outbox.objects.get(kind="consult")
    assert row.person.name == "王经理"
    assert QUESTION in row.payload["before"]
    said = str(row.payload)
    for inside in ("CG-2211", "2.4 万元", "召开协调会", asked.versions.get().text):
        assert inside not in said


def test_the_requester_learns_that_views_are_asked_for_and_neither_from_whom_nor_what(
    asked_of_wang: Consultation, asked: Request
) -> None:
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    events = Event.objects.filter(matter=asked.matter, kind__startswith="consulted")
    assert [event.kind for event in events] == ["consulted", "consulted_answered"]
    told = str([(event.data, event.person) for event in events])
    for secret in ("王经理", QUESTION, VIEW):
        assert secret not in told
    assert not asked.matter.requester.outbox.filter(kind__startswith="consult").exists()


def test_the_answer_goes_to_the_leader_and_stands_with_the_question(
    asked_of_wang: Consultation, leader: Person
) -> None:
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    row = Outbox.objects.get(kind="consult_answer")
    assert (row.person, row.link.purpose) == (leader, "decide")
    assert row.payload["before"][1::2] == [QUESTION, VIEW]
    assert [c.answer for c in consult.consultations(asked_of_wang.request)] == [VIEW]


def test_the_deadline_stays_and_deciding_needs_not_wait(asked_of_wang: Consultation, leader: Person) -> None:
    asked = asked_of_wang.request
    before = asked.answer_by
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="account")
    asked.refresh_from_db()
    assert asked.answer_by == before
    assert not consult.is_open(asked_of_wang)
    with pytest.raises(NotNow):
        consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)


def test_an_undone_decision_lets_the_answer_count_again(asked_of_wang: Consultation, leader: Person) -> None:
    decision = decide.decide(asked_of_wang.request, Choice(Verdict.NO, 1), by=leader, how="account")
    decide.undo(decision, by=leader)
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    assert Outbox.objects.filter(kind="consult_answer", state="waiting").count() == 1


def test_what_was_put_off_comes_back_with_the_answer(asked_of_wang: Consultation, leader: Person) -> None:
    asked = asked_of_wang.request
    later(asked, leader)
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    asked = Request.objects.get(pk=asked.pk)
    assert (asked.later_until, standing_decision(asked)) == (None, None)
    assert whereabouts(asked.matter).code == "awaiting"
    # Within the ten minutes nobody had been told that it was put off: nobody is told afterwards.
    assert not Outbox.objects.filter(kind="decision", state="waiting").exists()


@pytest.mark.parametrize("text", ["收到，谢谢！", "好的，谢谢您", "OK, thanks", "Noted. Thank you!", "👍", "  "])
def test_thanks_are_no_answer_and_wake_nobody(asked_of_wang: Consultation, leader: Person, text: str) -> None:
    later(asked_of_wang.request, leader)
    with pytest.raises(Incomplete) as refused:
        consult.answer(asked_of_wang, by=asked_of_wang.person, text=text)
    assert refused.value.field == "text"
    assert Request.objects.get(pk=asked_of_wang.request_id).later_until
    assert not Outbox.objects.filter(kind="consult_answer").exists()


@pytest.mark.parametrize(
    "text", ["好的方案是先发一半，谢谢", "不行", "OK, but not before Friday", "收到，但周五前不行"]
)
def test_an_answer_that_also_thanks_is_an_answer(asked_of_wang: Consultation, text: str) -> None:
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=text)
    assert Consultation.objects.get().answer == text


def test_one_at_a_time_and_one_more_after_the_answer(asked_of_wang: Consultation, leader: Person) -> None:
    more = {"by": leader, "name": "李工", "email": "li@example.com", "question": "要几天？"}
    with pytest.raises(NotNow):
        consult.consult(asked_of_wang.request, **more)
    consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    consult.consult(asked_of_wang.request, **more)
    assert Consultation.objects.count() == 2


def test_taken_back_it_is_not_sent_and_no_answer_is_taken(asked_of_wang: Consultation, leader: Person) -> None:
    consult.withdraw(asked_of_wang, by=leader)
    assert Outbox.objects.get(kind="consult").state == "withdrawn"
    row = Consultation.objects.get()
    assert not consult.is_open(row)
    with pytest.raises(NotNow):
        consult.answer(row, by=row.person, text=VIEW)
    with pytest.raises(NotNow):
        consult.withdraw(row, by=leader)


def test_only_the_leader_asks_and_only_the_one_asked_answers(
    asked: Request, asked_of_wang: Consultation, requester: Person, leader: Person
) -> None:
    with pytest.raises(NotAllowed):
        consult.consult(asked, by=requester, name="李工", email="li@example.com", question="？")
    with pytest.raises(NotAllowed):
        consult.withdraw(asked_of_wang, by=requester)
    with pytest.raises(NotAllowed):
        consult.answer(asked_of_wang, by=leader, text=VIEW)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("consult_name", {"name": " "}),
        ("consult_name", {"name": "许宁", "email": "xu@example.com"}),
        ("consult_name", {"name": "高翔", "email": "gao@example.com"}),
        ("consult_email", {"name": "无址", "email": ""}),
        ("consult_question", {"question": "\n"}),
        ("consult_question", {"question": "长" * 5001}),
        ("consult_question", {"question": "a\x00b"}),
    ],
)
def test_what_is_missing_is_named(asked: Request, leader: Person, field: str, typed: dict[str, str]) -> None:
    whole = {"name": "王经理", "email": "wang@example.com", "question": QUESTION}
    with pytest.raises(Incomplete) as refused:
        consult.consult(asked, by=leader, **(whole | typed))
    assert refused.value.field == field
    assert not Consultation.objects.exists()
    assert not Outbox.objects.filter(kind="consult").exists()


def test_closing_the_matter_keeps_the_question_in(
    asked_of_wang: Consultation, requester: Person, leader: Person
) -> None:
    close.close(asked_of_wang.request.matter, requester, outcome="对方主动排上了", settled=True, days=3)
    assert Outbox.objects.get(kind="consult").state == "withdrawn"
    assert not consult.is_open(Consultation.objects.get())


def test_a_question_that_did_not_arrive_is_told_to_the_leader_and_not_to_the_requester(
    asked_of_wang: Consultation, requester: Person
) -> None:
    Outbox.objects.filter(kind="consult").update(state="failed", last_error="没有这个邮箱")
    assert consult.not_delivered(asked_of_wang) == "没有这个邮箱"
    assert not list(agenda.came_back(requester))


def test_two_taps_on_the_answer_make_one(asked_of_wang: Consultation) -> None:
    for _ in range(2):
        consult.answer(asked_of_wang, by=asked_of_wang.person, text=VIEW)
    assert Outbox.objects.filter(kind="consult_answer").count() == 1
