"""Past matters come back when a similar one is prepared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.recall import PastMatter, similar


def matter(number: int, title: str, department: str, purpose: str = "", situation: str = "") -> PastMatter:
    return PastMatter(number, title, department, purpose, situation, outcome="您出面协调后 3 天定标", days=3)


PAST = (
    matter(1, "春季展会物料采购", "采购部", "确认物料交期", "采购申请提交两周,仍在比价"),
    matter(2, "客服系统接口联调", "信息技术部", "按期上线工单接口", "接口文档未定稿,联调推迟两次"),
    matter(3, "新员工工位调整", "行政部", "入职前备好工位", "工位还缺 12 个"),
    matter(4, "办公用品采购", "采购部", "补齐办公椅", "库存不足"),
    matter(5, "Supplier contract review", "Legal", "Sign before the launch", "Contract reviews wait three weeks"),
    matter(6, "SAP 权限开通", "信息技术部", "月底前完成 SAP 切换", "权限申请未处理"),
)


@pytest.mark.points("2.9", "3.7")
def test_a_similar_matter_is_found_with_the_words_in_common() -> None:
    best = similar("秋季发布会物料采购 采购部 确认物料交期,赶上发布会 采购申请仍在比价", PAST)[0]
    assert best.past.id == 1
    assert best.shared == ("会物料采购", "确认物料交期", "采购申请", "比价")
    assert best.past.outcome == "您出面协调后 3 天定标"
    assert best.past.days == 3


def test_english_words_are_compared_by_their_stems() -> None:
    (match,) = similar("The legal team is reviewing our suppliers' contracts", PAST)
    assert match.past.id == 5
    assert match.shared == ("reviewing", "suppliers", "contracts")


def test_chinese_and_latin_in_one_text() -> None:
    match = similar("为新同事开通SAP权限", PAST)[0]
    assert match.past.id == 6
    assert set(match.shared) == {"开通", "权限", "sap"}


def test_a_part_of_a_word_is_not_the_word() -> None:
    past = (matter(1, "Update the planets", "IT", "plant updates"),)
    assert similar("date plan", past) == ()


def test_what_everybody_writes_counts_for_less_than_what_few_do() -> None:
    past = tuple(matter(n, f"项目进度协调{n}", "行政部", "项目进度") for n in range(20)) + (
        matter(99, "冷链温控协调", "仓储部"),
    )
    assert similar("冷链温控项目进度", past)[0].past.id == 99


def test_the_same_department_counts_for_more() -> None:
    past = (matter(1, "设备到货延期", "仓储部"), matter(2, "设备到货延期", "采购部"), matter(3, "会议室预订", "行政部"))
    first, second = similar("仓储部 设备到货延期", past)
    assert (first.past.id, second.past.id) == (1, 2)
    assert first.score > second.score


@pytest.mark.parametrize(
    "query", ["年会节目排练场地", "zoological expedition", "", "的了是", "2026 10 12", "采购部", "🙂"]
)
def test_nothing_similar_gives_nothing(query: str) -> None:
    assert similar(query, PAST[1:]) == ()


def test_without_a_past_there_is_no_precedent() -> None:
    assert similar("物料采购", ()) == ()


def test_the_newest_of_equals_comes_first_and_no_more_than_asked() -> None:
    past = tuple(matter(n, "物料采购交期", "采购部") for n in range(5))
    assert [m.past.id for m in similar("物料采购交期", past, limit=2)] == [4, 3]


words = st.text(alphabet="物料采购交期确认的了 abcdes,.。(*+?[\\", max_size=40)


@settings(max_examples=100, deadline=None)
@given(query=words, titles=st.lists(words, max_size=8), limit=st.integers(0, 4))
def test_what_always_holds(query: str, titles: list[str], limit: int) -> None:
    past = tuple(matter(n, t, "采购部") for n, t in enumerate(titles))
    matches = similar(query, past, limit=limit)
    assert len(matches) <= limit
    assert list(matches) == sorted(matches, key=lambda m: (-m.score, -m.past.id))
    for match in matches:
        assert 0 < match.score <= 1
        assert match.shared
        assert all(w in query.casefold() for w in match.shared)
