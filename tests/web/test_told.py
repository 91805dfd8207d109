"""Writing down what the leader said, in the leader's words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huitong.matters.decide import standing_decision
from huitong.matters.request import current_request, revise, schedule
from huitong.records.models import Decision, Matter, Outbox, Request
from tests.web.conftest import People


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


@pytest.fixture
def in_person(matter: Matter, people: People) -> Request:
    return schedule(matter, people.requester, way="person", deliver_at=timezone.now())


def at(matter: Matter) -> str:
    return f"/matters/{matter.pk}/told"


@pytest.mark.points("1.8", "2.7", "4.6")
def test_the_leaders_words_are_kept_as_they_are_and_count_as_told(
    client: Client, matter: Matter, in_person: Request
) -> None:
    words = "  行，<b>先</b>打电话。\u3000不行再开会😀 "
    form = {"version": "1", "verdict": "change", "option": "2", "words": words}
    assert client.post(at(matter), form)["Location"] == f"/matters/{matter.pk}"
    decision = standing_decision(current_request(matter))
    assert (decision.how, decision.verdict, decision.option, decision.words) == ("told", "change", 1, words)
    assert decision.confirmed_at is None
    assert Outbox.objects.filter(kind="confirm", person=decision.by).exists()


def test_it_says_that_it_counts_as_told_until_the_leader_confirms(
    client: Client, matter: Matter, in_person: Request
) -> None:
    text = client.get(at(matter)).content.decode()
    assert "这是你代记的" in text
    assert "点一下链接才算确认" in text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "verdict-error"),
        ({"verdict": "perhaps"}, "verdict-error"),
        ({"verdict": "agree", "option": "9"}, "option-error"),
        ({"verdict": "later"}, "later-error"),
        ({"verdict": "later", "later_until": "2020-01-01"}, "later-error"),
        ({"verdict": "ask", "words": " "}, "words-error"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: Client, matter: Matter, in_person: Request, form: dict[str, str], field: str
) -> None:
    page = client.post(at(matter), {"version": "1", "words": "下周三再来，我想想。"} | form)
    assert page.status_code == 422
    text = page.content.decode()
    assert f'id="{field}"' in text
    assert "下周三再来，我想想。" in text or form.get("words") == " "
    assert not Decision.objects.exists()


def test_later_keeps_the_day(client: Client, matter: Matter, in_person: Request) -> None:
    day = timezone.localdate() + timedelta(days=5)
    client.post(at(matter), {"version": "1", "verdict": "later", "later_until": day.isoformat()})
    assert standing_decision(current_request(matter)).later_until == day


def test_an_answer_to_an_older_version_is_not_recorded(
    client: Client, matter: Matter, in_person: Request, people: People
) -> None:
    revise(matter, people.requester)
    page = client.post(at(matter), {"version": "1", "verdict": "no", "words": "先放一放"})
    assert page.status_code == 409
    assert "先放一放" in page.content.decode()
    assert not Decision.objects.exists()


def test_before_anything_was_asked_it_leads_to_the_time(client: Client, matter: Matter) -> None:
    assert f"/matters/{matter.pk}/time" in client.get(at(matter)).content.decode()
    assert client.post(at(matter), {"version": "1", "verdict": "no"}).status_code == 409


def test_a_letter_that_waits_is_not_passed_over(client: Client, matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now() + timedelta(days=1))
    assert "邮件还没有送出" in client.get(at(matter)).content.decode()
    assert client.post(at(matter), {"version": "1", "verdict": "no"}).status_code == 409
    assert not Decision.objects.exists()


def test_a_second_answer_is_refused(client: Client, matter: Matter, in_person: Request) -> None:
    form = {"version": "1", "verdict": "agree", "option": "1"}
    client.post(at(matter), form)
    assert client.post(at(matter), form | {"verdict": "no"}).status_code == 409
    assert Decision.objects.get().verdict == "agree"
    assert "已经有了批示" in client.get(at(matter)).content.decode()
