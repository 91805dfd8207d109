"""What people write may hold anything: it is shown as they wrote it, and never does anything."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

import pypdfium2
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import huitong
from huitong.documents import format_names
from huitong.documents.formats import pdf
from huitong.documents.wording import clean, fill, trimmed, when, width
from huitong.method import Language, chinese_number

DAY: Final = date(2026, 10, 12)
AWKWARD: Final = {
    "markup": "<script>alert(1)</script>&amp;",
    "template": "{{x}} {matter} [可选] {0}",
    "typst": '#[typst] #panic("x") $x^2$ *粗* _斜_ `代码` @引用 \\ = 标题 // 注释',
    "quotes": "\"引号\"与'单引号'——破折号……",
    "formula": "=1+1",
}


@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_text_stays_text(brief, read, format, text):
    whole = brief(situation=[text, "第二条"], options=[{"title": text}, {"title": "二"}], matter=text)
    shown = read(huitong.write_report(whole, format=format, day=DAY), format)
    wanted = "".join(trimmed(clean(text, Language.ZH)).split())
    assert shown.count(wanted) >= 3
    assert format != "html" or b"<script" not in huitong.write_report(whole, format=format, day=DAY)


@pytest.mark.parametrize("format", format_names())
def test_new_lines_and_control_characters_are_dropped(brief, read, format):
    whole = brief(situation=["第一\r\n行\x00\x07\x0b\x1b[31m红\ufffe", "二"])
    shown = read(huitong.write_report(whole, format=format, day=DAY), format)
    assert "第一行[31m红。" in shown


@pytest.mark.parametrize("format", format_names())
def test_a_thousand_characters_in_every_field_are_all_there(brief, read, format):
    long = "很长的说明文字" * 143
    whole = brief(
        purpose=long,
        situation=[long, long],
        options=[{"title": long, "what_leader_does": long, "benefit": long}, {"title": "短"}],
        commitments=[{"what": long, "who": long}],
        requester={"name": "陈晓", "department": "部" * 1000},
        improvement="改" * 1000,
    )
    shown = read(huitong.write_report(whole, format=format, day=DAY), format)
    assert shown.replace("—", "").count("很长的说明文字") >= 143 * 8 - 20  # a page number may stand in one
    assert shown.count("改") >= 1000
    assert shown.count("部") >= 2000


def test_a_character_that_no_font_has_is_named_and_never_a_box(brief, read):
    whole = brief(situation=["表情\U0001fae8与\U0010fffd和\ue123", "二"])
    shown = read(huitong.write_report(whole, format="pdf", day=DAY), "pdf")
    assert "表情" in shown
    assert "[U+10FFFD]" in shown
    assert "[U+E123]" in shown


def test_every_character_comes_back_from_the_pdf(example, read):
    brief = example("zh-complex")
    html = read(huitong.write_report(brief, format="html", day=DAY), "html").removeprefix(
        "客户服务部关于退货入库时限的请示"
    )
    shown = read(huitong.write_report(brief, format="pdf", day=DAY), "pdf")
    assert sorted(shown.replace("—1—", "").replace("—2—", "").replace("—3—", "")) == sorted(html)
    assert "\ufffd" not in shown


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_makes_a_document_that_opens(brief, text):
    whole = brief(situation=[text, "二"], improvement=text, benefit=[text])
    parts = zipfile.ZipFile(BytesIO(huitong.write_report(whole, format="docx", day=DAY)))
    ElementTree.fromstring(parts.read("word/document.xml"))
    pypdfium2.PdfDocument(huitong.write_report(whole, format="pdf", day=DAY)).close()
    huitong.write_report(whole, format="html", day=DAY).decode()


def test_a_machine_without_a_chinese_font_refuses_and_says_what_to_install(brief, monkeypatch):
    press = pdf._press(())
    monkeypatch.setattr(press, "families", ("Libertinus Serif", "DejaVu Sans Mono"))
    with pytest.raises(huitong.ReportError, match=r"没有中文字体.*apt-get install fonts-noto-cjk"):
        huitong.write_report(brief(), format="pdf", day=DAY)


def test_chinese_in_an_english_memo_needs_a_chinese_font_too(brief, monkeypatch):
    whole = brief(lang="en", matter="The lift", situation=["It is called 电梯"])
    assert huitong.write_report(whole, kind="memo", format="pdf", day=DAY).startswith(b"%PDF")
    bare = pdf._Press(())
    bare.fonts = typst.Fonts(include_system_fonts=False)
    bare.families = tuple(bare.fonts.families())
    bare._compiler = typst.Compiler(font_paths=bare.fonts)
    monkeypatch.setattr(pdf, "_press", lambda folders: bare)
    with pytest.raises(huitong.ReportError, match=r"no Chinese font on this machine.*apt-get install"):
        huitong.write_report(whole, kind="memo", format="pdf", day=DAY)


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("10 月 18 日前到货", Language.ZH, "10月18日前到货"),
        ("确认交期,赶上发布会", Language.ZH, "确认交期，赶上发布会"),
        ("共 1,260 件,其中 318 件", Language.ZH, "共1,260件，其中318件"),
        ("at 16:00, then  go", Language.EN, "at 16:00, then go"),
        ("用 Excel 2021 表", Language.ZH, "用Excel 2021表"),
        ("a\u202eb\ud800\ufdd0", Language.EN, "ab"),
    ],
)
def test_chinese_is_set_without_spaces_and_with_full_width_punctuation(text, language, shown):
    assert clean(text, language) == shown


def test_patterns_take_what_is_there_and_never_look_at_what_was_filled_in():
    assert fill(["{a}和{b}", "{a}"], {"a": "甲", "b": ""}) == "甲"
    assert fill("{a}[（{b}[，{c}]）]", {"a": "甲", "b": "乙"}) == "甲（乙）"
    assert fill("{a}", {"a": "{b}[x]", "b": "不"}) == "{b}[x]"
    assert fill("{a}", {}) == ""


def test_dates_numerals_and_widths():
    assert [chinese_number(n) for n in (1, 10, 11, 20, 35, 100)] == ["一", "十", "十一", "二十", "三十五", "100"]
    assert when("2026-03", Language.ZH) == "2026年3月"
    assert when("2026-03", Language.EN) == "March 2026"
    assert when("2026-13", Language.EN) == "2026-13"
    assert when("去年", Language.ZH) == "去年"
    assert width("2026年10月12日") == 7
