"""A chat or a mail pasted in: the form is filled with what it says, and asks to confirm what was guessed."""

from collections.abc import Callable

import pytest
from django.test import Client

from huitong.matters.brief import answers_of
from huitong.records.models import Matter
from tests.web.conftest import People

TOLD = """高总，您好：
想请您帮忙把秋季发布会的物料交期定下来。
9 月 8 日提交采购申请，采购部目前仍在比价，未给出交期。
物料晚于 12 月 12 日到场，搭建顺延，场租每天 2.4 万元。
我已于 9 月 15 日与采购部的李工当面沟通，答复需排队。
想请您与王经理通个电话，最晚 12 月 12 日前定下来。
规格和三家报价由我负责备齐。谢谢您！
"""


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


def test_what_was_pasted_fills_the_answers(client: Client, people: People) -> None:
    page = client.post("/matters/new", {"title": "", "told": TOLD}, follow=True)
    matter = Matter.objects.latest("id")
    answers = answers_of(matter)
    assert page.status_code == 200
    assert answers["other_department.name"] == "采购部"
    assert answers["deadline"].endswith("-12-12")
    assert "定下来" in answers["purpose"]
    assert answers["leader.name"] == people.leader.name
    assert answers["efforts"][0]["result"] in TOLD
    assert matter.title
    assert matter.title in TOLD
    assert "请核对" in page.content.decode()


def test_a_name_given_beside_it_is_the_matters_name(client: Client) -> None:
    client.post("/matters/new", {"title": "物料交期", "told": TOLD})
    assert Matter.objects.latest("id").title == "物料交期"


def test_what_was_guessed_is_marked_until_it_is_passed(client: Client) -> None:
    client.post("/matters/new", {"title": "物料", "told": TOLD})
    matter = Matter.objects.latest("id")
    at = f"/matters/{matter.pk}/prepare/who"
    assert "推出。" in client.get(at).content.decode()
    client.post(at, {"do": "next"})
    assert "推出。" not in client.get(at).content.decode()


@pytest.mark.parametrize(("told", "title"), [("", ""), ("x" * 20_001, ""), ("\x00", ""), ("字" * 100, "名" * 301)])
def test_what_cannot_begin_a_matter_is_said_and_what_was_typed_stays(client: Client, told: str, title: str) -> None:
    before = Matter.objects.count()
    page = client.post("/matters/new", {"title": title, "told": told})
    assert page.status_code == 422
    assert told.replace("\x00", "")[:50] in page.content.decode()
    assert Matter.objects.count() == before
