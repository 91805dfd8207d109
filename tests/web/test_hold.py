"""Until the leader's ten minutes are over, the requester's pages know only that there is an answer."""

import re
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from huitong.matters import close, decide
from huitong.matters.prepare import mark
from huitong.matters.request import schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Person, Request

from .conftest import People, send

ANSWERS = (
    Choice(Verdict.AGREE, 1, option=0, words="就照这个办"),
    Choice(Verdict.AGREE, 1, option=1, words="我给老王打电话"),
    Choice(Verdict.NO, 1, words="这次先不动"),
    Choice(Verdict.ASK, 1, words="去年是谁批的"),
)
PAGES = ("", "/prepare", "/write/email", "/time", "/speak", "/told", "/answer", "/coordinate", "/report", "/close")


@pytest.mark.points("4.6")
@pytest.mark.parametrize("page", PAGES)
def test_pages_do_not_tell_answers_apart_while_they_can_be_taken_back(
    asked: Request, people: People, as_: Callable[[Person], Client], page: str
) -> None:
    shown = []
    for choice in ANSWERS:
        with transaction.atomic():
            decide.decide(asked, choice, by=people.leader, how="account")
            response = as_(people.requester).get(f"/matters/{asked.matter.pk}{page}", follow=True)
            transaction.set_rollback(True)
        assert response.status_code == 200
        shown.append(_without_chance(response.content.decode()))
    for text in shown:
        assert not any(choice.words in text for choice in ANSWERS)
        assert text.splitlines() == shown[0].splitlines()


def test_saving_is_refused_the_same_way_whatever_was_answered(
    asked: Request, people: People, as_: Callable[[Person], Client]
) -> None:
    page = f"/matters/{asked.matter.pk}/prepare/who"
    typed = {"purpose": "新的目的", "was:purpose": mark("确定搭建物料交期，赶上发布会"), "do": "save"}
    said = []
    for choice in ANSWERS:
        with transaction.atomic():
            decide.decide(asked, choice, by=people.leader, how="account")
            said.append(as_(people.requester).post(page, typed).status_code)
            transaction.set_rollback(True)
    assert said == [409] * len(ANSWERS)


def _without_chance(text: str) -> str:
    """The page without its form tokens, the names of blank rows, and the minute."""
    text = re.sub(r'"[A-Za-z0-9]{64}"', "", text)
    return re.sub(r"\d\d:\d\d", "", re.sub(r"\.[0-9a-f]{8}\b", ".", text))


def test_a_leader_does_not_see_how_somebody_else_was_asked_after_them(
    asked: Request, people: People, as_: Callable[[Person], Client]
) -> None:
    matter, client = asked.matter, as_(people.leader)
    decision = decide.decide(asked, Choice(Verdict.NO, 1, words="不行"), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    assert client.get(f"/matters/{matter.pk}").status_code == 200
    close.ask_again(matter, people.requester)
    matter.answers.filter(question="leader.name").update(value="路远")
    matter.answers.filter(question="leader.email").update(value="lu@example.com")
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    send("request")
    assert as_(people.stranger).get(f"/matters/{matter.pk}").status_code == 200
    assert client.get(f"/matters/{matter.pk}").status_code == 404
    assert "路远" not in client.get("/").content.decode()
