"""Everybody who helped is thanked by name for what they did; nobody for what they did not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huitong.matters import coordinate
from huitong.matters.close import close, thanks_of
from huitong.matters.decide import decide, send_now
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Matter, Meeting, Person, Request
from tests.matters.conftest import version_number


@pytest.fixture
def agreed(asked: Request, leader: Person) -> Matter:
    send_now(decide(asked, Choice(Verdict.AGREE, version_number(asked), option=0), by=leader, how="account"), by=leader)
    return Matter.objects.get(pk=asked.matter_id)


def said(matter: Matter, requester: Person) -> dict[str, str]:
    close(matter, requester, outcome="三天定标", settled=True, days=9)
    matter.refresh_from_db()
    return {thank.person.name: thank.message.body for thank in thanks_of(matter)}


@pytest.mark.points("1.5", "3.10", "4.10")
@pytest.mark.parametrize(
    ("reply", "thanked"),
    [("yes", "谢谢您答应配合。"), ("date", "也把日期给了我们。"), ("hard", "谢谢您把难处如实告诉我们。")],
)
def test_the_other_side_is_thanked_for_its_answer(agreed: Matter, requester: Person, reply: str, thanked: str) -> None:
    note = coordinate.send_note(
        agreed, requester, name="王经理", email="wang@example.com", subject="请协助", text="您好"
    )
    day = timezone.localdate() + timedelta(days=3)
    coordinate.answer_note(note, answer=reply, day=day, who="", words="排期满了")
    assert thanked in said(agreed, requester)["王经理"]


def test_who_came_to_the_meeting_is_thanked_for_coming_and_who_kept_a_promise_for_that(
    agreed: Matter, requester: Person
) -> None:
    guests = [("王经理", "wang@example.com"), ("赵工", "zhao@example.com")]
    when = {"start": timezone.now() + timedelta(hours=1), "minutes": 30}
    coordinate.call_meeting(agreed, requester, title="会", place="", agenda="", guests=guests, **when)
    Meeting.objects.update(start=timezone.now() - timedelta(hours=1))
    promised = {"owner_name": "王经理", "owner_email": "wang@example.com", "what": "先安排搭建物料的采购"}
    promise = coordinate.promise(agreed, requester, side="theirs", day=timezone.localdate(), **promised)
    coordinate.keep_promise(promise, by=requester)
    texts = said(agreed, requester)
    assert "谢谢您先安排搭建物料的采购。" in texts["王经理"]
    assert "谢谢您来开会，一起商量办法。" in texts["赵工"]
    assert "谢谢您请王经理一起开会。" in texts["高翔"]
    assert requester.name not in texts
