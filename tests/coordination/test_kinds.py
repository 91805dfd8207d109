"""The kind of help is guessed from the option's words."""

import pytest

from huitong.coordination.kinds import kind_of
from huitong.method import Help


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
@pytest.mark.parametrize(
    ("title", "does", "kind"),
    [
        ("召开协调会", "", Help.MEETING),
        ("召开短会", "", Help.MEETING),
        ("开个会", "", Help.MEETING),
        ("三方碰头", "请郑科长约厂家", Help.MEETING),
        ("Host a short meeting", "", Help.MEETING),
        ("与王经理通个电话", "说明时间要求", Help.TALK),
        ("Talk to Ingrid", "", Help.TALK),
        ("临时调配", "向其他病区协调 5 台终端", Help.RESOURCE),
        ("每周例会", "", Help.STANDING),
        ("约定接口人", "", Help.AGREEMENT),
        ("约定沟通机制", "", Help.AGREEMENT),
        ("借用采购部的展架", "", Help.RESOURCE),
        ("请您指点", "", Help.GUIDANCE),
        ("", "打一个电话", Help.TALK),
    ],
)
def test_an_options_words_say_what_kind_of_help_it_is(title: str, does: str, kind: Help) -> None:
    assert kind_of(title, does) == kind
