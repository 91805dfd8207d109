"""A text that a person has finished, as a file: their words unchanged, its parts where a reader looks for them."""

from datetime import date

import pytest

from huitong.documents import ReportError, format_names, write_text
from huitong.documents.model import Heading, Labelled, Paragraph
from huitong.documents.plain import document_of
from huitong.method import Language

DAY = date(2026, 12, 3)
MINUTES = """时间：12 月 3 日（周四）14:00，约 30 分钟
出席：高翔（市场部）、王经理（采购部）

市场部与采购部开会商量物料采购，目标是赶上发布会。

一、议定事项
1. 王总说 : "先办 ,再说!!"

二、分工和期限
1. 许宁：把规格发给李工，12 月 4 日前办好。

市场部　许宁"""
ENGLISH = """When: Thursday 3 December, 14:00
Present: Kim, Ann

Marketing and Purchasing met about the order.

Decisions
1. The order goes first.

Please tell me
if anything is wrong.

Ann Lee
Marketing"""


@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize(("text", "language"), [(MINUTES, Language.ZH), (ENGLISH, Language.EN)])
def test_every_line_is_in_the_file_as_it_was_written(text, language, format, read):
    signers = ("市场部", "许宁") if language is Language.ZH else ("Ann Lee", "Marketing")
    file = write_text(text, title="协调会纪要", language=language, day=DAY, format=format, signed_by=signers)
    shown = read(file, format)
    for line in text.splitlines():
        assert "".join(line.split()) in shown or line.startswith(signers)
    for name in signers:
        assert name.replace(" ", "") in shown


def test_headings_labels_and_signature_stand_where_a_document_has_them():
    document = document_of(MINUTES, title="纪要", language=Language.ZH, day=DAY, signed_by=("市场部", "许宁"))
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Labelled, Labelled, Paragraph, Heading, Paragraph, Heading, Paragraph]
    assert document.signature == "市场部　许宁"
    english = document_of(ENGLISH, title="Minutes", language=Language.EN, day=DAY, signed_by=("Ann Lee", "Marketing"))
    assert [b.text for b in english.blocks if isinstance(b, Heading)] == ["Decisions"]
    assert english.signature == "Ann Lee, Marketing"


@pytest.mark.parametrize("text", ["", "\n\n", "一、", "：", "a\x00b\ud800\u202e", "长" * 20_000, "x: y\n" * 300])
def test_whatever_is_typed_becomes_a_file(text):
    for format in ("docx", "html"):
        assert write_text(text, title=text[:50], language=Language.ZH, day=DAY, format=format)


def test_a_format_that_there_is_not_is_said():
    with pytest.raises(ReportError, match="exe"):
        write_text("好", title="好", language=Language.ZH, day=DAY, format="exe")


def test_the_same_text_gives_the_same_bytes():
    files = {write_text(MINUTES, title="纪要", language=Language.ZH, day=DAY) for _ in range(2)}
    assert len(files) == 1
