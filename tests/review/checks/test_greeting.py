"""A greeting stands in the opening lines."""

import pytest

from huitong.method.words import Element
from huitong.review import review


@pytest.mark.parametrize(
    ("text", "greeting"),
    [
        ("主题：排期\n\n段长：\n天窗点有重叠。", "段长"),
        ("关于线路检修的请示\n\n局党组：\n现有两处缺口。", "局党组"),
        ("Subject: slots\n\nDear Ms Okafor,\nthe slot is gone.", "Dear Ms Okafor"),
        ("To: Plant Manager\nSubject: gauges\n\n46 gauges wait.", "To: Plant Manager"),
    ],
)
def test_the_line_that_calls_somebody_is_the_greeting(text: str, greeting: str) -> None:
    assert [s.text for s in review(text).elements[Element.GREETING]] == [greeting]


@pytest.mark.parametrize(
    "text",
    [
        "主题：王总好\n\n泵房于 3 月 2 日停机，备件未到，值班表已经改过，现场有人，王总",
        "自 3 月 2 日“您好服务月”启动以来，热水仅 38 ℃。",
        "提交对象：王总\n热水仅 38 ℃。",
    ],
)
def test_a_title_elsewhere_is_no_greeting(text: str) -> None:
    assert Element.GREETING not in review(text).elements
