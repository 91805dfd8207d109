"""Free text into a brief: each field with the words it came from, what is not there left out."""

from datetime import date

import pytest

from huitong import extract, load_brief
from huitong.method.brief import read_brief
from huitong.review import House

TODAY = date(2026, 11, 25)
MAIL = """主题：物料交期

张总，您好：
想请您帮忙把秋季发布会的物料交期定下来。
9 月 8 日提交采购申请，采购部目前仍在比价，未给出交期。
物料晚于 12 月 12 日到场，搭建顺延，场租每天 2.4 万元。
我已于 9 月 15 日与采购部的李工当面沟通，答复需排队。
可以开一次 30 分钟的协调会，或者由您与王经理通个电话，哪一种合适，请您定。最晚要在 12 月 12 日前定下来。
规格和三家报价由我负责，12 月 1 日前备齐。
定下来当天我向您汇报。
谢谢您！
陈晓
"""


def test_a_mail_fills_the_fields_of_a_brief() -> None:
    found = extract(MAIL, today=TODAY).to_dict()
    assert found["lang"] == "zh"
    assert found["leader"]["form_of_address"] == "张总"
    assert found["other_department"]["name"] == "采购部"
    assert found["deadline"] == "2026-12-12"
    assert "定下来" in found["purpose"]
    assert any("2.4 万元" in line for line in found["importance"])
    assert len(found["options"]) >= 2
    assert found["efforts"][0]["date"] == "2026-09-15"
    assert found["requester"]["name"] == "陈晓"
    assert "requester.name" in found["uncertain"]


def test_every_quote_stands_in_the_text_and_every_uncertain_path_has_one() -> None:
    found = extract(MAIL, today=TODAY)
    assert all(words in MAIL for words in found.quotes.values())
    assert set(found.uncertain) <= set(found.quotes)


def test_what_was_found_is_a_brief_once_the_names_are_there() -> None:
    fields = dict(extract(MAIL, today=TODAY).fields)
    fields["leader"] = {"name": "张建国"} | fields["leader"]
    brief = read_brief(fields)
    assert brief.deadline == date(2026, 12, 12)
    assert brief.matter in MAIL


@pytest.mark.parametrize(("today", "day"), [(date(2026, 11, 25), "2026-12-01"), (date(2027, 1, 4), "2027-01-12")])
def test_next_tuesday_is_counted_from_today(today: date, day: str) -> None:
    found = extract("王总，仓库的交接时间下周二之前要定下来，想请您和仓储部沟通一下。", today=today).to_dict()
    assert found.get("deadline") == day


def test_what_is_not_there_is_left_out() -> None:
    found = extract("王总，仓库的单子还没批。", today=TODAY).to_dict()
    assert not {"efforts", "precedents", "commitments", "deadline", "followup", "requester"} & set(found)
    assert extract("", today=TODAY).to_dict() == {"lang": "zh", "quotes": {}, "uncertain": []}


def test_an_english_chat_is_read_too() -> None:
    text = (
        "Hi Helen, I'd like us to settle who signs off the gauges by Friday. Metrology has 46 gauges waiting and two "
        "technicians. I asked Jonas in Metrology on Monday. Could you speak with the head of Metrology?"
    )
    found = extract(text, today=TODAY).to_dict()
    assert (found["lang"], found["leader"]["form_of_address"]) == ("en", "Helen")
    assert found["other_department"]["name"] == "Metrology"
    assert found["deadline"] == "2026-11-27"


def test_a_department_that_the_house_knows_is_found() -> None:
    house = House(departments=("星火组",))
    found = extract("王总，接口的事星火组还没有排期，想请您过问一下。", today=TODAY, house=house).to_dict()
    assert found["other_department"]["name"] == "星火组"


def test_the_fields_go_back_through_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    found = extract(MAIL, today=TODAY).to_dict()
    assert yaml.safe_load(yaml.safe_dump(found, allow_unicode=True)) == found
    with pytest.raises(Exception, match="quotes"):
        load_brief(yaml.safe_dump(found, allow_unicode=True))
