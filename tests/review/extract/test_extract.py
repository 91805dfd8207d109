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


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("孙主任好。门禁的事卡在信息中心，想请您跟他们沟通。", "孙主任"),
        ("陳協理您好，清關文件還在報關組，可否請您與林組長談一下？", "陳協理"),
        ("Dear Ms Okafor, the licence is stuck with Procurement. Would you ask them to sign it?", "Ms Okafor"),
        ("Hi Martin, Transport has the loading bay. Could you speak to their manager?", "Martin"),
    ],
)
def test_the_form_of_address_comes_without_the_greeting(text: str, address: str) -> None:
    assert extract(text, today=TODAY).fields["leader"]["form_of_address"] == address


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("孙主任好。想请您帮忙，把三号冷库的温控改造在12月10日前定下来。设备科目前还没排期。", "三号冷库的温控改造"),
        ("主任，宿舍熱水管線更換一事，總務處說要排到明年，想請您在月底前跟總務處協調。", "宿舍熱水管線更換"),
        (
            "Hi Rana, the badge readers on floor 3 still fail. Could you speak to Facilities?",
            "badge readers on floor 3",
        ),
    ],
)
def test_the_matter_is_named_in_a_few_words_not_a_sentence(text: str, matter: str) -> None:
    assert extract(text, today=TODAY).fields["matter"] == matter


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            "孙主任好。想请您帮忙，把三号冷库的温控改造在12月10日前定下来。设备科11月3日收到申请，目前还没排期。"
            "能否请您本周五前跟设备科郑科长通个电话？",
            "2026-12-10",
        ),
        (
            "Hi Martin, I need the loading bay roster settled by the end of next week. Transport has it for two crews "
            "and we have three. Could you speak to Transport's manager by Tuesday?",
            "2026-12-04",
        ),
    ],
)
def test_the_day_by_which_the_matter_is_settled_goes_before_that_of_the_talk(text: str, day: str) -> None:
    found = extract(text, today=TODAY)
    assert found.fields["deadline"] == day


def test_a_deadline_that_is_no_day_of_the_calendar_is_quoted_for_a_person_to_date() -> None:
    found = extract("田经理，想在开业前把门禁系统接好，现在卡在信息中心。麻烦您出面协调一下。", today=TODAY)
    assert "deadline" not in found.fields
    assert (found.quotes["deadline"], "deadline" in found.uncertain) == ("开业前", True)


def test_an_hour_alone_is_no_day_on_which_something_was_done() -> None:
    text = "王总，排期的事我21:40给采购部李工打过电话，他说还要等。想请您12月3日前跟采购部定下来。"
    assert all("date" not in effort for effort in extract(text, today=TODAY).fields.get("efforts", []))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王总，我们品控部和仓储部在抽检口径上没谈拢，仓储部要按批。想请您跟仓储部刘经理碰一下。", "仓储部"),
        ("主任，總務處說管線要排到明年，本課想請您跟總務處協調。", "總務處"),
        ("Boss, our design team waits for IT. IT says two weeks. Could you call the head of IT?", "IT"),
    ],
)
def test_the_other_department_is_not_the_writers_own(text: str, name: str) -> None:
    assert extract(text, today=TODAY).fields["other_department"]["name"] == name


def test_a_long_text_takes_time_in_proportion() -> None:
    assert extract("下" * 100_000, language="zh", today=TODAY).fields["lang"] == "zh"
    assert extract("at the team " * 50_000, language="en", today=TODAY).fields["lang"] == "en"
