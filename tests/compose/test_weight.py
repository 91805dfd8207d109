"""Which of a brief's facts is told where there is room for one."""

import pytest

from huitong.compose import compose, leader_headline
from huitong.method import Brief


def _brief(lang: str, situation: list[str], **fields: object) -> Brief:
    zh = lang == "zh"
    people = {
        "requester": {"name": "A"},
        "leader": {"name": "罗敏" if zh else "Rowan"},
        "other_department": {"name": "设备科" if zh else "Estates", "head": "秦科长" if zh else "Greta Hale"},
    }
    told = {"lang": lang, "matter": "6 台输液泵" if zh else "The lift", "deadline": "2027-01-25"}
    return Brief.model_validate({**people, **told, "situation": situation, **fields})


@pytest.mark.points("2.2", "2.3", "3.3")
@pytest.mark.parametrize(
    ("lang", "situation", "told"),
    [
        (
            "zh",
            [
                "这批泵是 2025 年采购的，型号 SP-620，一共 24 台，分布在 ICU 和急诊，说明书和合格证都在",
                "1 月 6 日送修 6 台，厂家 1 月 15 日已修好送回，外观检查没有问题，附了厂家的维修记录",
                "设备科说库房等计量检测，检测员只有 1 名，排到 2 月 3 日，前面还有别的科室的 14 台",
            ],
            2,
        ),
        (
            "en",
            [
                "The lift was put in in 2019 and is serviced every six months by an outside firm under a contract",
                "Job EST-20714 was raised on 4 January 2027, with photos of the control board and of the two doors",
                "Estates are still waiting for the board; the supplier gives 12 February as the earliest date",
            ],
            2,
        ),
    ],
)
def test_how_it_stands_comes_before_how_it_began(lang, situation, told):
    assert leader_headline(_brief(lang, situation)).why.startswith(situation[told][:12])


def test_facts_are_told_in_the_order_in_which_they_were_typed():
    situation = ["1 月 6 日报修", "设备科说检测排到 2 月 3 日"]
    email = str(compose(_brief("zh", situation), channel="email"))
    assert email.index(situation[0]) < email.index("检测排到")


def test_a_day_that_there_is_not_and_a_missing_deadline_do_no_harm():
    situation = ["2 月 31 日到期", "13/45 前要交", "2 月 30 日"]
    for deadline in ("2027-02-28", None):
        assert compose(_brief("zh", situation, deadline=deadline), channel="report").left_out == ()
