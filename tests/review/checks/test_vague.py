"""A hedge is no fault beside the figure it hedges."""

import pytest

from huitong.review import review


@pytest.mark.points("1.2", "2.3")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我们说过好多遍了。", True),
        ("多次沟通（9 月 3 日、10 日），都有纪要。", False),
        ("麻烦尽快协调下。", True),
        ("麻烦尽快协调下，周四要发货。", False),
        ("They called several times.", True),
        ("They called several times, on 3 and 9 May.", False),
        ("They called several times on 3 and 9 May.", False),
        ("Please fix it as soon as possible, the truck leaves on Friday.", False),
    ],
)
def test_only_a_hedge_without_its_figure_is_vague(text: str, found: bool) -> None:
    assert [str(f.code) for f in review(text).faults if f.code == "vague"] == ["vague"] * found
