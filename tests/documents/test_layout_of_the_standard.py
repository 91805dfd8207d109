"""GB/T 9704-2012, measured: in millimetres and points from the PDF, in twips from the DOCX."""

import re
import zipfile
from io import BytesIO
from itertools import pairwise
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from huitong.documents import Heading, Paragraph, Table
from huitong.documents.formats import docx, pdf

POINT: Final = 72 / 25.4  # points a millimetre
HEIGHT: Final = 297 * POINT


def _characters(file: bytes, page: int = 0) -> list[tuple[str, float, float, float]]:
    """Each character of a page: what it is, its origin from the left and from the top, and its size, in points."""
    with pypdfium2.PdfDocument(file) as opened:
        text = opened[page].get_textpage()
        found = []
        for at in range(text.count_chars()):
            x, y = pdfium.c_double(), pdfium.c_double()
            pdfium.FPDFText_GetCharOrigin(text, at, x, y)
            character = chr(pdfium.FPDFText_GetUnicode(text, at))
            found.append((character, x.value, HEIGHT - y.value, pdfium.FPDFText_GetFontSize(text, at)))
        return found


def _right_edge(file: bytes, character: str) -> float:
    """Where the ink of the last such character of the first page ends, in points from the left."""
    with pypdfium2.PdfDocument(file) as opened:
        text = opened[0].get_textpage()
        return text.get_charbox(text.get_text_range().rindex(character))[2]


def _xml(file: bytes, part: str) -> str:
    return zipfile.ZipFile(BytesIO(file)).read(f"word/{part}.xml").decode()


@pytest.fixture(scope="module")
def full_pages():
    return Paragraph("国" * 28 * 60)


def test_a_page_holds_22_lines_of_28_characters(document, full_pages):
    second = [c for c in _characters(pdf.write(document(full_pages)), page=1) if c[0] == "国"]
    lines = sorted({round(y, 2) for _, _, y, _ in second})
    assert len(lines) == 22
    assert {sum(round(y, 2) == line for _, _, y, _ in second) for line in lines} == {28}
    assert [b - a for a, b in pairwise(lines)] == pytest.approx([225 * POINT / 22] * 21, abs=0.06)
    assert {round(size, 1) for *_, size in second} == {16.0}


def test_the_type_area_is_156_by_225_mm_inside_its_margins(document, full_pages):
    second = [c for c in _characters(pdf.write(document(full_pages)), page=1) if c[0] == "国"]
    left, right = min(x for _, x, *_ in second), max(x for _, x, *_ in second)
    assert left == pytest.approx(28 * POINT, abs=0.6)
    assert right + 156 * POINT / 28 == pytest.approx((210 - 26) * POINT, abs=0.6)
    first, last = min(y for _, _, y, _ in second), max(y for _, _, y, _ in second)
    # A baseline is 0.38 em under the middle of its line.
    assert first - 0.38 * 16 - 14.5 == pytest.approx(37 * POINT, abs=0.6)
    assert last - 0.38 * 16 + 14.5 == pytest.approx((297 - 35) * POINT, abs=0.6)


def test_the_page_number_stands_outside_one_character_in(document, full_pages):
    file = pdf.write(document(full_pages))
    for page, number in ((0, "1"), (1, "2")):
        footer = [c for c in _characters(file, page) if c[2] > (297 - 35) * POINT + 5 and not c[0].isspace()]
        assert "".join(c[0] for c in footer) == f"—{number}—"
        assert {round(size) for *_, size in footer} == {14}
        # 7 mm from the type area to the dash, which stands about 0.38 em above the baseline.
        assert footer[0][2] - 0.38 * 14 == pytest.approx((297 - 35 + 7) * POINT, abs=2)
        if page == 0:
            assert _right_edge(file, "—") == pytest.approx((210 - 26) * POINT - 14, abs=1)
        else:
            assert footer[0][1] == pytest.approx(28 * POINT + 14, abs=1)


def test_sizes_and_indents_of_the_parts(document):
    file = pdf.write(document(Heading(1, "一、基本情况"), Paragraph("正文。"), addressee="市局："))
    by_text = {c[0]: c for c in _characters(file)}
    assert by_text["测"][3] == pytest.approx(22)
    assert by_text["市"][1] == pytest.approx(28 * POINT, abs=0.6)
    assert by_text["一"][1] == pytest.approx(28 * POINT + 2 * 156 * POINT / 28, abs=0.6)
    assert by_text["正"][1] == pytest.approx(by_text["一"][1], abs=0.6)
    # The title, an empty line, the addressee.
    assert by_text["市"][2] - by_text["测"][2] == pytest.approx(2 * 28.99, abs=2.5)


@pytest.mark.parametrize("signature", ["办", "市场部", "集团公司市场与品牌管理部"])
def test_the_date_begins_two_characters_right_of_the_signature(document, signature):
    file = pdf.write(document(signature=signature, contact="（联系人：甲）"))
    characters = _characters(file)
    signed = next(c for c in characters if c[0] == signature[0])
    dated = next(c for c in characters if c[0] == "2")
    contact = next(c for c in characters if c[0] == "联")
    unit = 156 * POINT / 28
    assert dated[1] - signed[1] == pytest.approx(2 * unit, abs=1)
    assert dated[2] - signed[2] == pytest.approx(28.99, abs=0.5)
    assert contact[2] - dated[2] == pytest.approx(28.99, abs=0.5)
    last = (
        characters[[c[0] for c in characters].index("日")]
        if len(signature) < 7
        else [c for c in characters if c[0] == signature[-1]][-1]
    )
    assert last[1] + unit == pytest.approx((210 - 26) * POINT - 2 * unit, abs=1.5)


def test_the_docx_has_the_page_and_the_grid(document):
    xml = _xml(docx.write(document()), "document")
    margins = dict(re.findall(r'w:(\w+)="(\d+)"', re.search(r"<w:pgMar[^>]*>", xml)[0]))
    millimetres = {side: round(int(margins[side]) * 25.4 / 1440, 1) for side in ("top", "bottom", "left", "right")}
    assert millimetres == {"top": 37.0, "bottom": 35.0, "left": 28.0, "right": 26.0}
    assert re.search(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', xml).groups() == ("11906", "16838")
    pitch = int(re.search(r'w:type="lines" w:linePitch="(\d+)"', xml)[1])
    assert int((16838 - int(margins["top"]) - int(margins["bottom"])) / pitch) == 22
    body = re.search(r'(?s)<w:style [^>]*w:styleId="BodyText".*?</w:style>', _xml(docx.write(document()), "styles"))[0]
    size, spacing = int(re.search(r'w:sz w:val="(\d+)"', body)[1]), int(re.search(r'spacing w:val="(-?\d+)"', body)[1])
    assert (11906 - int(margins["left"]) - int(margins["right"])) // (size * 10 + spacing) == 28
    assert re.search(r'w:line="(\d+)" w:lineRule="exact"', body)[1] == str(pitch)


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", 44),
        ("BodyText", "仿宋_GB2312", 32),
        ("Heading1", "黑体", 32),
        ("Heading2", "楷体_GB2312", 32),
        ("Heading3", "仿宋_GB2312", 32),
        ("Heading4", "仿宋_GB2312", 32),
        ("Footer", "宋体", 28),
    ],
)
def test_the_docx_names_the_fonts_of_the_standard_in_styles(document, style, font, half_points):
    xml = _xml(docx.write(document()), "styles")
    found = re.search(rf'(?s)<w:style [^>]*w:styleId="{style}".*?</w:style>', xml)[0]
    assert f'w:eastAsia="{font}"' in found
    assert f'<w:sz w:val="{half_points}"/>' in found


def test_the_docx_leaves_all_looks_to_styles(document):
    xml = _xml(
        docx.write(document(Heading(1, "一、基本"), Paragraph("正文。"), addressee="甲：", signature="乙")), "document"
    )
    assert set(re.findall(r'<w:pStyle w:val="(\w+)"', xml)) >= {
        "Title",
        "Addressee",
        "Heading1",
        "BodyText",
        "Signature",
        "Date",
    }
    assert "w:rFonts" not in xml
    assert "w:sz " not in xml


def test_the_docx_numbers_its_pages_outside(document):
    file = docx.write(document())
    assert "<w:evenAndOddHeaders/>" in _xml(file, "settings")
    footers = [_xml(file, name) for name in ("footer1", "footer2")]
    assert all('w:instr=" PAGE "' in f and f.count("—") == 2 for f in footers)
    assert {re.search(r'w:(left|right)Chars="100"', f)[1] for f in footers} == {"left", "right"}


TABLE: Final = Table(("方案", "用时"), tuple((f"方案{n}", "十分钟") for n in range(60)), (3, 1))


def test_rows_of_a_table_are_not_split_and_its_header_comes_again(document):
    xml = _xml(docx.write(document(Paragraph("如下。", keep=True), TABLE)), "document")
    rows = re.findall(r"(?s)<w:tr>.*?</w:tr>", xml)
    assert len(rows) == 61
    assert all("<w:cantSplit/>" in row for row in rows)
    assert ["<w:tblHeader/>" in row for row in rows] == [True] + [False] * 60
    assert all("<w:keepNext/>" in row for row in rows[:-1])
    assert "<w:keepNext/>" not in rows[-1]
    file = pdf.write(document(TABLE))
    with pypdfium2.PdfDocument(file) as opened:
        texts = [page.get_textpage().get_text_range() for page in opened]
    assert len(texts) > 2
    assert all("用时" in text for text in texts)
