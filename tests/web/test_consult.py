"""Asking one person's view from the decide page, and answering it by link."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from huitong.matters import consult
from huitong.records.models import Consultation, Device, Link, Matter, Outbox, Request

from .conftest import People
from .pages import confirm, form_of, link_to, path_of

QUESTION = "插一单，会不会误了医院那批？"
VIEW = "插得进，医院那批周五已经发走。"


@pytest.fixture
def consulted(asked: Request, people: People) -> Consultation:
    return consult.consult(asked, by=people.leader, name="王经理", email="wang@example.com", question=QUESTION)


@pytest.fixture
def path(consulted: Consultation) -> str:
    return path_of(Link.objects.get(purpose="consult"))


def page_of(client: Client, path: str, **typed: str) -> str:
    return (client.post(path, typed, follow=True) if typed else client.get(path)).content.decode()


def test_the_leader_asks_from_the_page_and_sees_the_answer_beside_the_options(
    asked: Request, people: People, as_: Callable[..., Client]
) -> None:
    leader, here = as_(people.leader), f"/requests/{asked.pk}"
    form = form_of(leader.get(here)) | {"do": "consult", "consult_name": "王经理", "consult_question": QUESTION}
    page = leader.post(here, form, follow=True).content.decode()
    assert "在等王经理的意见" in page
    assert QUESTION in page
    row = Consultation.objects.get()
    assert row.person == people.counterpart  # found in the directory by the name alone
    consult.answer(row, by=row.person, text=VIEW)
    page = leader.get(here).content.decode()
    assert page.index(VIEW) < page.index("您可以这样帮")
    assert "在等王经理的意见" not in page


def test_what_is_missing_is_asked_for_beside_its_field_and_nothing_typed_is_lost(
    asked: Request, people: People, as_: Callable[..., Client]
) -> None:
    leader, here = as_(people.leader), f"/requests/{asked.pk}"
    typed = {"do": "consult", "consult_name": "无址", "consult_question": QUESTION, "words": "先想想"}
    refused = leader.post(here, form_of(leader.get(here)) | typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "还没有无址的邮箱" in page
    for kept in ("无址", QUESTION, "先想想"):
        assert kept in page
    assert '<details class="near" open>' in page
    assert not Consultation.objects.exists()


def test_asking_by_the_mails_link_on_an_unknown_device_is_repeated_first(
    asked: Request, people: People, client: Client
) -> None:
    here = path_of(link_to(people.leader))
    form = form_of(client.get(here)) | {"do": "consult", "consult_name": "王经理", "consult_question": QUESTION}
    first = client.post(here, form)
    assert not Consultation.objects.exists()
    assert QUESTION in first.content.decode()
    confirm(client, here, first)
    assert Consultation.objects.get().question == QUESTION


def test_the_leader_takes_the_question_back(
    consulted: Consultation, asked: Request, people: People, as_: Callable[..., Client], client: Client, path: str
) -> None:
    leader, here = as_(people.leader), f"/requests/{asked.pk}"
    page = leader.post(here, form_of(leader.get(here)) | {"do": "unconsult"}, follow=True).content.decode()
    assert "先听听一个人的意见" in page
    page = page_of(client, path)
    assert "已经不需要这条意见了" in page
    assert "<textarea" not in page


def test_the_one_asked_sees_the_question_and_nothing_of_the_request(client: Client, path: str) -> None:
    page = page_of(client, path)
    assert QUESTION in page
    assert "高总想听听您的意见" in page
    for inside in ("CG-2211", "2.4 万元", "召开协调会", "与王经理通个电话", "许宁"):
        assert inside not in page


def test_opening_the_link_changes_nothing_and_an_answer_is_confirmed_once(client: Client, path: str) -> None:
    page_of(client, path)
    first = client.post(path, form_of(client.get(path)) | {"text": VIEW})
    assert VIEW in first.content.decode()
    assert not Consultation.objects.get().answered_at
    confirm(client, path, first)
    row = Consultation.objects.get()
    assert (row.answer, row.answered_by) == (VIEW, "")
    assert VIEW in page_of(client, path)
    assert Outbox.objects.filter(kind="consult_answer").count() == 1


@pytest.mark.parametrize("text", ["", "收到，谢谢！"])
def test_an_answer_that_says_nothing_is_asked_for_again(client: Client, path: str, text: str) -> None:
    refused = client.post(path, form_of(client.get(path)) | {"text": text})
    assert refused.status_code == 422
    assert 'id="text_error"' in refused.content.decode()
    assert not Device.objects.exists()


def test_too_late_an_answer_is_told_so_and_kept_on_the_page(
    client: Client, path: str, consulted: Consultation, people: People
) -> None:
    form = form_of(client.get(path)) | {"text": VIEW}
    first = client.post(path, form)
    consult.withdraw(consulted, by=people.leader)
    said = confirm(client, path, first).content.decode()
    assert "已经不需要这条意见了" in said
    assert VIEW in said


def test_the_requesters_pages_name_neither_the_person_nor_the_words(
    consulted: Consultation, matter: Matter, people: People, as_: Callable[..., Client]
) -> None:
    consult.answer(consulted, by=consulted.person, text=VIEW)
    requester = as_(people.requester)
    page = requester.get(f"/matters/{matter.pk}").content.decode()
    assert "高总在征求别人的意见" in page
    for secret in (QUESTION, VIEW):
        assert secret not in page
        assert secret not in requester.get("/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_do_it_on_a_phone_without_a_script(
    browse: Callable[..., Page], people: People, asked: Request, language: str
) -> None:
    for person in (people.leader, people.counterpart):
        person.language = language
        person.save()
    words = {
        "zh": ("先听听一个人的意见", "问谁", "问什么", "去问", "您的意见", "送出", "是我本人", "已经转给高总"),
        "en": ("Hear one person’s view first", "Whom", "What", "Ask", "Your view", "Send", "", "Passed on"),
    }[language]
    page = browse(people.leader, f"/requests/{asked.pk}", screen="phone", java_script_enabled=False)
    page.get_by_text(words[0]).click()
    page.get_by_label(words[1], exact=True).fill("王经理")
    page.locator("#consult_question").fill(QUESTION)
    page.get_by_role("button", name=words[3], exact=True).click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    other = browse(None, path_of(Link.objects.get(purpose="consult")), screen="phone", java_script_enabled=False)
    other.locator("#text").fill(VIEW)
    other.get_by_role("button", name=words[5], exact=True).click()
    other.locator("input[name=who][value=self]").check()
    other.locator("form button").first.click()
    expect(other.get_by_role("status").first).to_contain_text(words[7])
    page.reload()
    expect(page.get_by_text(VIEW)).to_be_visible()
