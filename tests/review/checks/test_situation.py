"""Plain facts without a cue are how things stand; a heading or a greeting is not."""

import pytest

from huitong.method.words import Element
from huitong.review import review


def test_a_fact_without_a_cue_counts_when_nothing_else_does() -> None:
    assert [s.text for s in review("王总好。三号库的 12 个货位归电商部。").elements[Element.SITUATION]] == [
        "三号库的 12 个货位归电商部"
    ]


@pytest.mark.parametrize("text", ["王总好。", "主题：采购部 3 号合同\n王总好。", "关于三号库的报告\n王总好。"])
def test_a_heading_or_a_greeting_is_no_situation(text: str) -> None:
    assert Element.SITUATION not in review(text).elements
