"""The regulation on official documents: what a kind must have, and what a brief that breaks it is told."""

from datetime import date
from typing import Final

import pytest

import huitong
from huitong.method import HuitongError

DAY: Final = date(2026, 10, 12)


def _html(brief, kind: str, **more: object) -> str:
    return huitong.write_report(brief, kind=kind, format="html", day=DAY, **more).decode()


@pytest.mark.parametrize(
    "matter", ["物料采购；会场布置", "一是采购物料，二是布置会场", "1. 物料采购 2. 会场布置", "物料采购\n会场布置"]
)
@pytest.mark.parametrize("kind", ["请示", "签报"])
def test_a_request_about_two_matters_is_refused_with_the_article(brief, matter, kind):
    with pytest.raises(huitong.ReportError, match=r"(?s)matter: .*一文一事（.*条例》第十五条）.*另写") as caught:
        _html(brief(matter=matter), kind)
    assert "article 15" in caught.value.problem.en
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, HuitongError)


@pytest.mark.parametrize(
    "matter", ["物料采购", "采购、仓储交接", "培训场地(6月8日至10日)", "1.2万件物料的交期", "A组和B组的排期"]
)
def test_a_request_about_one_matter_is_written(brief, matter):
    assert "妥否，请批示。" in _html(brief(matter=matter), "请示")


@pytest.mark.parametrize("name", ["张建国、李明", "张建国和李明", "张建国,李明", "张建国；李明"])
def test_a_request_to_two_addressees_is_refused_with_the_article(brief, name):
    with pytest.raises(huitong.ReportError, match=r"leader\.name: .*只主送一个上级（.*第十五条）.*只写一位"):
        _html(brief(leader={"name": name}), "请示")


@pytest.mark.parametrize("name", ["王和平", "张建国", "和平", "欧阳和", "Ann Li"])
def test_a_name_is_one_addressee(brief, name):
    assert f"{name}：" in _html(brief(leader={"name": name}), "请示")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"purpose": "恳请尽快定下交期"}, "purpose"),
        ({"situation": ["已比价", "妥否，请批示"]}, r"situation\[1\]"),
        ({"followup": ["请领导批准后执行"]}, r"followup\[0\]"),
        ({"options": [{"title": "召开协调会", "what_leader_does": "请您主持会议"}]}, r"options\[0\]\.what_leader_does"),
    ],
)
def test_a_report_that_carries_an_ask_is_refused_with_the_article(brief, fields, path):
    with pytest.raises(huitong.ReportError, match=f"{path}: 报告不得夹带请示事项（.*第十五条）.*改用请示"):
        _html(brief(**fields), "报告")
    assert _html(brief(**fields), "请示")


def test_a_report_tells_the_ways_there_are_and_asks_for_nothing(example):
    text = _html(example("zh-complex"), "报告")
    assert "特此报告。" in text
    assert "主持一次协调会" in text
    for ask in ("请批示", "拟请", "妥否", "请示"):
        assert ask not in text


@pytest.mark.parametrize(
    ("kind", "closing"),
    [
        ("请示", "妥否，请批示。"),
        ("签报", "妥否，请批示。"),
        ("报告", "特此报告。"),
        ("函", "请研究，并于2026年9月25日前函复为盼。"),
    ],
)
def test_each_kind_closes_in_its_own_way(example, kind, closing):
    assert f"<p>{closing}</p>" in _html(example("zh-complex"), kind)


def test_a_request_has_title_addressee_signature_date_and_contact(example):
    text = _html(example("zh-complex"), "请示")
    assert "<h1>客户服务部关于退货入库时限的请示</h1>" in text
    assert '<p class="flush">运营总监陆明：</p>' in text
    assert '客户服务部<br><time datetime="2026-10-12">2026年10月12日</time>' in text
    assert "<p>（联系人：方亦舟，服务主管）</p>" in text


def test_a_letter_goes_to_the_other_department_and_shows_it_nothing_internal(example):
    text = _html(example("zh-complex"), "函")
    assert '<p class="flush">物流部：</p>' in text
    for internal in ("陆明", "人手不够", "临时调两名客服", "抄送"):
        assert internal not in text


def test_minutes_hold_who_was_there_what_was_decided_and_who_does_what_by_when(example):
    text = _html(example("zh-complex"), "纪要", decisions=["十月起试行"], attendees=["邹经理", "方亦舟"])
    assert "<strong>出席</strong>：邹经理、方亦舟" in text
    assert "议定事项</h2>\n<p>十月起试行。</p>" in text
    cells = {"事项": "提供9至10月退货单量预测", "责任人": "方亦舟", "完成时限": "2026年9月18日"}
    row = "".join(f'<td data-name="{name}">{cell}</td>' for name, cell in cells.items())
    assert row in text
    assert "议定事项" not in _html(example("zh-complex"), "纪要")


def test_minutes_in_english_hold_the_same(example):
    text = _html(
        example("en-complex"), "minutes", decisions=["Order the board."], attendees=["Greta Holm", "Maya Castellan"]
    )
    assert "<strong>Present</strong>: Greta Holm, Maya Castellan" in text
    assert "Decisions</h2>\n<p>Order the board.</p>" in text
    assert '<td data-name="By">16 October 2026</td>' in text


def test_annexes_are_numbered_only_when_there_are_several(example, read):
    one = _html(example("zh-complex"), "请示", annexes=["单量预测表。"])
    assert "<li>单量预测表</li>" in one
    for annexes, shown in ((["甲表"], "附件：甲表"), (["甲表", "乙表"], "附件：1.甲表2.乙表")):
        for format in ("docx", "pdf"):
            file = huitong.write_report(example("zh-complex"), format=format, day=DAY, annexes=annexes)
            assert shown in read(file, format)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("zh-simple", "memo", "“memo”是另一种语言的文种.*请写.*请示"),
        ("en-complex", "请示", r'"请示" is a kind of the other language; .*Write .*report'),
        ("zh-simple", "通知", "没有“通知”这个文种。请写"),
        ("en-complex", "letter", 'There is no kind "letter"'),
    ],
)
def test_a_kind_of_the_other_language_or_of_none_is_refused(example, name, kind, message):
    with pytest.raises(huitong.ReportError, match=message):
        _html(example(name), kind)


def test_a_format_that_there_is_not_is_refused(brief):
    with pytest.raises(huitong.ReportError, match="没有“odt”这种格式。请从docx、html、pdf中选一种"):
        huitong.write_report(brief(), format="odt", day=DAY)


@pytest.mark.parametrize("kind", ["請示", "请示", "qingshi", ""])
def test_traditional_characters_have_their_own_words(brief, kind):
    text = _html(brief(lang="zh-Hant", matter="物料採購"), kind)
    assert "<h1>市場部關於" not in text
    assert "關於物料採購的請示</h1>" in text
    assert "妥否，請批示。" in text
    assert "（聯絡人：陳" not in text
