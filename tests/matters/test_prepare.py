"""What is answered is kept as it is typed, field by field."""

import pytest

from huitong.matters import prepare
from huitong.matters.brief import answers_of
from huitong.records.models import Matter, Person


def test_begun_from_an_earlier_matter_people_and_facts_come_along_but_no_dates_amounts_or_decisions(
    matter: Matter, requester: Person, answer
) -> None:
    facts = (
        "对方的申请按提交顺序排队\n11 月 9 日提交\n要等三天\nTheir queue is first come, first served\nAsked on Monday"
    )
    prepare.save_answers(matter, requester, {"situation": (facts, prepare.mark(answers_of(matter)["situation"]))})
    later = prepare.open_matter(requester, begin_from=matter)
    told = answers_of(later)
    assert told["leader.name"] == "高翔"
    assert told["other_department.name"] == "采购部"
    assert told["situation"].splitlines() == ["对方的申请按提交顺序排队", "Their queue is first come, first served"]
    assert [(o.get("title"), o.get("minutes")) for o in told["options"]] == [
        ("召开协调会", None),
        ("与王经理通个电话", None),
    ]
    assert not {"deadline", "efforts", "commitments", "matter"} & set(told)


def test_a_field_that_a_stale_page_did_not_change_keeps_what_is_stored(matter: Matter, requester: Person) -> None:
    old = prepare.mark(answers_of(matter)["purpose"])
    prepare.save_answers(matter, requester, {"purpose": ("新的目的", old)})
    saved = prepare.save_answers(matter, requester, {"purpose": ("确定搭建物料交期，赶上发布会", old)})
    assert (saved.kept, saved.conflicts) == ({}, {})
    assert answers_of(matter)["purpose"] == "新的目的"


def test_a_field_changed_on_both_sides_is_not_overwritten(matter: Matter, requester: Person) -> None:
    old = prepare.mark(answers_of(matter)["purpose"])
    prepare.save_answers(matter, requester, {"purpose": ("甲", old)})
    saved = prepare.save_answers(matter, requester, {"purpose": ("乙", old)})
    assert saved.conflicts == {"purpose": "甲"}
    assert answers_of(matter)["purpose"] == "甲"


@pytest.mark.parametrize("name", ["nothing", "efforts.x", "efforts.a/b.date", "options.a1.preferred", "requester.name"])
def test_a_field_that_no_question_has_is_left_out(matter: Matter, requester: Person, name: str) -> None:
    before = answers_of(matter)
    saved = prepare.save_answers(matter, requester, {name: ("x", prepare.mark(""))})
    assert saved.kept == {}
    assert answers_of(matter) == before


def test_a_row_that_was_removed_can_be_put_back(matter: Matter, requester: Person) -> None:
    row = prepare.remove_row(matter, requester, "efforts", "c3")
    assert answers_of(matter)["efforts"] == []
    prepare.add_row(matter, requester, "efforts", row)
    prepare.add_row(matter, requester, "efforts", row)
    assert [r["result"] for r in answers_of(matter)["efforts"]] == ["答复需排队"]
