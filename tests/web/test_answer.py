"""Answering the leader's question."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from huitong.matters.decide import decide, send_now
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Decision, Matter, Outbox, Request
from tests.web.conftest import People

QUESTION = "王经理自己怎么说？\n<有书面的吗>"


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


@pytest.fixture
def question(asked: Request, people: People) -> Decision:
    """The leader asks; it can still be taken back."""
    return decide(asked, Choice(Verdict.ASK, 1, words=QUESTION), by=people.leader, how="account")


def at(matter: Matter) -> str:
    return f"/matters/{matter.pk}/answer"


def test_the_question_is_shown_first_in_the_leaders_words(
    client: Client, matter: Matter, question: Decision, people: People
) -> None:
    send_now(question, by=people.leader)
    text = client.get(at(matter)).content.decode()
    assert "王经理自己怎么说？\n&lt;有书面的吗&gt;" in text
    assert text.index("王经理自己怎么说") < text.index('name="text"')


def test_a_question_that_can_still_be_taken_back_is_not_shown(
    client: Client, matter: Matter, question: Decision
) -> None:
    text = client.get(at(matter)).content.decode()
    assert "王经理自己怎么说" not in text
    assert "现在没有要你答的问题" in text
    page = client.post(at(matter), {"text": "他说要排队。"})
    assert page.status_code == 409
    assert "他说要排队。" in page.content.decode()
    assert "王经理自己怎么说" not in page.content.decode()


def test_the_answer_goes_to_the_leader_as_it_was_written(
    client: Client, matter: Matter, question: Decision, people: People
) -> None:
    send_now(question, by=people.leader)
    assert client.post(at(matter), {"text": "他同意，有邮件。"})["Location"] == f"/matters/{matter.pk}"
    question.refresh_from_db()
    assert question.answer == "他同意，有邮件。"
    assert question.answered_at <= timezone.now()
    assert Outbox.objects.filter(kind="answer", person=people.leader).exists()


def test_an_empty_answer_is_asked_for_beside_the_field(
    client: Client, matter: Matter, question: Decision, people: People
) -> None:
    send_now(question, by=people.leader)
    page = client.post(at(matter), {"text": "  "})
    assert page.status_code == 422
    assert 'aria-describedby="problem-answer"' in page.content.decode()


def test_an_answer_that_is_too_long_is_kept_on_the_page(
    client: Client, matter: Matter, question: Decision, people: People
) -> None:
    send_now(question, by=people.leader)
    page = client.post(at(matter), {"text": "很长" * 3000})
    assert page.status_code == 422
    assert "很长" * 3000 in page.content.decode()
    question.refresh_from_db()
    assert question.answer == ""
