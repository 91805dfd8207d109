"""Three or more other matters are too many; two, or a list about the matter itself, are not."""

import pytest

from huitong.review import review


@pytest.mark.points("1.4")
@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("货还没放单。另外补贴是不是漏发了；另外我想换个工位；另外我想请假三天。", "另外我想请假三天"),
        ("煩請協商。另請批核：血壓計六部；更表軟件；停車位續租。", "停車位續租"),
        (
            "Pallets are stuck. Also my expenses are late. Also I need a laptop. Also a parking space.",
            "Also a parking space",
        ),
    ],
)
def test_the_last_of_many_other_matters_is_underlined(text: str, last: str) -> None:
    assert [f.text for f in review(text).faults if f.code == "overload"] == [last]


@pytest.mark.parametrize(
    "text",
    [
        "货还没放单。另外，材料已附上。还有，周五前要定。",
        "培训室的事：1. 时间 6 月 3 日；2. 人数 40 人；3. 设备已备；4. 培训师已约。",
        "另外想请您看一眼补贴。",
        "Also, the training list is attached. Also, the badge reader is fixed.",
    ],
)
def test_a_list_about_the_matter_itself_is_no_overload(text: str) -> None:
    assert [f.text for f in review(text).faults] == []
