"""What goes to the leader, at the moment it goes: the card, the text, or the letter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Page, expect

from huitong.compose import likely_questions, speaking_card
from huitong.matters.brief import brief_of
from huitong.matters.prepare import mark, open_matter
from huitong.matters.request import current_request, schedule
from huitong.matters.write import save_text, text_of
from huitong.method import Channel
from huitong.records.models import Matter, Request
from tests.web.conftest import People

from .pages import fits


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


def at(matter: Matter) -> str:
    return f"/matters/{matter.pk}/speak"


@pytest.mark.points("1.8", "2.7", "4.6")
def test_the_card_says_where_to_pause_and_where_to_listen(client: Client, matter: Matter) -> None:
    page = client.get(at(matter))
    text = page.content.decode()
    for line in speaking_card(brief_of(matter)).lines:
        assert line.text in text
    assert 'class="listen"' in text
    assert "停下，听高总说" in text
    assert "可以先练一遍" in text
    assert "说过了" not in text


def test_under_the_card_stand_the_likely_questions_with_the_briefs_answers(client: Client, matter: Matter) -> None:
    page = client.get(at(matter)).content.decode()
    asked = likely_questions(brief_of(matter))
    assert len(asked) == 4
    for question in asked:
        assert question.question in page
        assert escape(question.answer) in page
    assert page.count("现在还答不上。") == sum(not q.answer for q in asked)


def test_a_question_that_cannot_be_answered_yet_leads_to_where_it_is_asked(
    client: Client, people: People, answer: Callable[..., None]
) -> None:
    matter = open_matter(people.requester)
    answer(matter, {"matter": "秋季物料", "other_department.name": "采购部", "leader.name": "高翔"})
    page = client.get(at(matter)).content.decode()
    assert page.count("现在还答不上。") == 4
    for question in ("efforts", "importance", "options"):
        assert f"#{question}" in page


def test_a_spoken_text_edited_by_hand_is_what_the_card_says(client: Client, matter: Matter, people: People) -> None:
    now = text_of(matter, Channel.SPOKEN).text
    words = "高总，占您一分钟。场租每天 2.4 万元。您看怎么办好？"
    save_text(matter, people.requester, Channel.SPOKEN, subject="", text=words, was=mark(now))
    card = client.get(at(matter)).context["card"]
    assert [line.text for line in card.lines] == ["高总，占您一分钟。", "场租每天 2.4 万元。", "您看怎么办好？"]
    assert [line.listen for line in card.lines] == [False, False, True]


def test_saying_it_brings_it_to_the_leader(client: Client, matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    assert "是时候了" in client.get(at(matter)).content.decode()
    assert current_request(matter).delivered_at is None
    assert client.post(at(matter))["Location"] == f"/matters/{matter.pk}"
    assert current_request(matter).delivered_at is not None
    text = client.get(at(matter)).content.decode()
    assert "说过了，等回话" not in text
    assert f"/matters/{matter.pk}/told" in text


def test_before_the_moment_it_is_a_rehearsal_with_the_time(client: Client, matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="chat", deliver_at=timezone.now() + timedelta(days=2))
    text = client.get(at(matter)).content.decode()
    assert "到时提醒你" in text
    assert text_of(matter, Channel.CHAT).text.splitlines()[0] in text


def test_a_letter_is_shown_with_the_moment_it_leaves_and_leaves_by_itself(
    client: Client, matter: Matter, people: People
) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now() + timedelta(days=2))
    text = client.get(at(matter)).content.decode()
    assert "由会同送出" in text
    assert text_of(matter, Channel.EMAIL).subject in text
    assert "说过了" not in text
    assert client.post(at(matter)).status_code == 409
    assert current_request(matter).delivered_at is None


def test_what_has_changed_since_the_moment_was_set_is_said(client: Client, matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    now = text_of(matter, Channel.SPOKEN).text
    save_text(matter, people.requester, Channel.SPOKEN, subject="", text=now + "谢谢。", was=mark(now))
    text = client.get(at(matter)).content.decode()
    assert "和现在写的不一样" in text
    assert f"/matters/{matter.pk}/write/spoken" in text


def test_missing_names_are_named(client: Client, people: People) -> None:
    matter = open_matter(people.requester)
    assert "prepare/who#matter" in client.get(at(matter)).content.decode()
    assert client.post(at(matter)).status_code == 200
    assert not Request.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_answers(
    client: Client, matter: Matter, answer: Callable[..., None]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(at(matter))
        return len(seen)

    client.get(at(matter))
    one = queries()
    answer(matter, {f"efforts.{n}.result": f"第 {n} 次" for n in ("a1", "b2", "c3")})
    assert queries() == one


@pytest.mark.points("2.2")
def test_the_card_is_one_phone_screen_and_has_a_clock(
    browse: Callable[..., Page], matter: Matter, people: People
) -> None:
    schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    page = browse(people.requester, at(matter), screen="phone")
    assert page.locator(".card ol").bounding_box()["height"] <= 740
    assert fits(page)
    page.get_by_role("button", name="开始计时").click()
    expect(page.locator("output")).to_have_text("0:01")
    page.get_by_role("button", name="停").click()
    expect(page.get_by_role("button", name="开始计时")).to_be_visible()


def test_the_text_to_send_is_copied_by_one_press(browse: Callable[..., Page], matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="chat", deliver_at=timezone.now())
    page = browse(people.requester, at(matter), screen="phone", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text_of(matter, Channel.CHAT).text
