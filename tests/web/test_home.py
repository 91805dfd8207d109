"""The first page: what wants one, in order; then what is with others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.matters import coordinate, decide
from huitong.matters.request import schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Commitment, Decision, Matter, Outbox, Request

from .conftest import People, send

AsPerson = Callable[..., Client]


def text(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def in_force(request: Request, verdict: Verdict, words: str = "", option: int | None = None) -> None:
    decide.decide(request, Choice(verdict, 1, option=option, words=words), by=request.leader, how="account")
    Decision.objects.update(effective_at=timezone.now() - timedelta(seconds=1))


def test_nobody_is_led_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in")


def test_an_empty_home_teaches_in_four_lines(as_: AsPerson, people: People) -> None:
    page = text(as_(people.stranger))

    assert "还没有事项" in page
    assert page.count('<li class="next">') == 4


def test_a_draft_wants_its_requester_and_one_button_is_primary(as_: AsPerson, people: People, matter: Matter) -> None:
    page = text(as_(people.requester))

    assert "今天有 1 件事等你" in page
    assert f'href="/matters/{matter.pk}/prepare"' in page
    assert page.count('<a class="button" ') == 1


def test_what_was_asked_is_with_the_leader_and_wants_the_leader(as_: AsPerson, people: People, asked: Request) -> None:
    requester, leader = text(as_(people.requester)), text(as_(people.leader))

    assert "在别人手上" in requester
    assert "邮件已送达，等批示" in requester
    assert "许宁请您批示" in leader
    assert f'href="/requests/{asked.pk}"' in leader


def test_before_the_ten_minutes_are_over_nothing_of_the_decision_is_told(
    as_: AsPerson, people: People, asked: Request
) -> None:
    Commitment.objects.all().delete()
    choice = Choice(Verdict.CHANGE, 1, option=0, words="先不要惊动王经理。")
    decide.decide(asked, choice, by=asked.leader, how="account")

    page = text(as_(people.requester))

    assert "高总已经答复" in page
    assert "惊动" not in page
    assert "提供完整规格" not in page
    assert "许宁请您批示" not in text(as_(people.leader))


def test_a_question_comes_before_a_draft(
    as_: AsPerson, people: People, asked: Request, prepared: Callable[..., Matter]
) -> None:
    prepared(people.requester, title="会员短信模板报备")
    in_force(asked, Verdict.ASK, "去年同期的场租是多少？")

    page = text(as_(people.requester))

    assert page.index("去年同期的场租是多少？") < page.index("会员短信模板报备")
    assert f'<a class="button" href="/matters/{asked.matter_id}/answer">' in page


def test_a_no_is_shown_in_the_leaders_words(as_: AsPerson, people: People, asked: Request) -> None:
    in_force(asked, Verdict.NO, "今年先不动。")

    assert "高总暂不同意：“今年先不动。”" in text(as_(people.requester))


def test_a_letter_that_came_back_says_why_once(as_: AsPerson, people: People, matter: Matter) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    Outbox.objects.update(state="failed", last_error="没有这个邮箱")

    page = text(as_(people.requester))

    assert page.count("给高总的邮件没有送到") == 1
    assert "没有这个邮箱" in page


def test_a_letter_sent_anew_is_no_longer_shown_as_come_back(as_: AsPerson, people: People, matter: Matter) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    Outbox.objects.update(state="failed", last_error="没有这个邮箱")
    schedule(Matter.objects.get(pk=matter.pk), people.requester, way="mail", deliver_at=timezone.now())

    assert "没有送到" not in text(as_(people.requester))


@pytest.mark.points("2.8", "3.9", "4.8")
def test_promises_due_are_told_once_and_others_promises_stand_below(
    as_: AsPerson, people: People, asked: Request
) -> None:
    in_force(asked, Verdict.AGREE, option=1)
    row = Matter.objects.get(pk=asked.matter_id)
    day = timezone.localdate()
    coordinate.promise(
        row, people.requester, side="theirs", owner_name="王经理", owner_email="", what="确认交期", day=day
    )
    Commitment.objects.filter(side="ours").update(by=day - timedelta(days=2), owner=people.requester)

    page = text(as_(people.requester))

    assert page.count("提供完整规格") == 1
    assert "逾期 2 天" in page
    assert page.index("提供完整规格") < page.index('id="theirs"') < page.index("确认交期")


def test_past_the_last_day_it_says_unanswered(as_: AsPerson, people: People, asked: Request) -> None:
    Request.objects.update(answer_by=timezone.localdate() - timedelta(days=1))

    page = text(as_(people.requester))

    assert "未答复" in page
    assert page.index("等你的") < page.index("未答复")


def test_a_counterpart_sees_the_note_and_nothing_of_the_matter(as_: AsPerson, people: People, asked: Request) -> None:
    in_force(asked, Verdict.AGREE, "可以。", option=1)
    note = coordinate.send_note(
        Matter.objects.get(pk=asked.matter_id),
        people.requester,
        name="王经理",
        email="wang@example.com",
        subject="想与您商量物料交期",
        text="您好",
    )
    send("note")

    page = text(as_(people.counterpart))

    assert "想与您商量物料交期" in page
    assert f'href="/notes/{note.pk}"' in page
    assert "新品发布会搭建物料采购" not in page


def test_someone_who_promised_in_anothers_matter_sees_only_the_promise(
    as_: AsPerson, people: People, asked: Request
) -> None:
    in_force(asked, Verdict.AGREE, option=1)
    coordinate.promise(
        Matter.objects.get(pk=asked.matter_id),
        people.requester,
        side="theirs",
        owner_name="王经理",
        owner_email="wang@example.com",
        what="确认交期",
        day=timezone.localdate(),
    )

    page = text(as_(people.counterpart))

    assert "确认交期" in page
    assert "新品发布会搭建物料采购" not in page


def test_more_matters_take_no_more_queries(
    as_: AsPerson, people: People, asked: Request, prepared: Callable[..., Matter]
) -> None:
    client = as_(people.requester)
    in_force(asked, Verdict.AGREE, option=1)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            text(client)
        return len(captured)

    one = queries()
    for number in range(2):
        matter = prepared(people.requester, title=f"第 {number} 件事")
        request = schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
        send("request")
        in_force(Request.objects.get(pk=request.pk), Verdict.AGREE, option=1)
    assert queries() == one


def test_a_title_is_escaped(as_: AsPerson, people: People, prepared: Callable[..., Matter]) -> None:
    prepared(people.requester, title="<script>alert(1)</script>")

    assert "<script>alert" not in text(as_(people.requester))
