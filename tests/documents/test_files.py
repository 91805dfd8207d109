"""What is in the files beside the text: metadata, bookmarks, tags, fonts; and a page that asks nobody for anything."""

import re
import shutil
import zipfile
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Final

import pypdfium2
import pytest

import huitong
from huitong.documents.fonts import choose
from huitong.documents.formats import pdf
from huitong.method import Language

DAY: Final = date(2026, 10, 12)


def test_a_pdf_has_its_metadata_bookmarks_and_tags(example):
    file = huitong.write_report(example("zh-complex"), format="pdf", day=DAY)
    with pypdfium2.PdfDocument(file) as opened:
        metadata = opened.get_metadata_dict()
        bookmarks = [bookmark.get_title() for bookmark in opened.get_toc()]
        assert opened.is_tagged()
    assert metadata["Title"] == "客户服务部关于退货入库时限的请示"
    assert metadata["Author"] == "方亦舟"
    assert metadata["CreationDate"].startswith("D:20261012")
    assert bookmarks[0] == "一、涉及部门"
    assert bookmarks[-1] == "十、改进措施"
    assert b"pdfuaid:part" in file
    assert b"pdfaid:part" in file


def test_a_pdf_carries_all_its_fonts(example):
    file = huitong.write_report(example("zh-complex"), format="pdf", day=DAY)
    with pypdfium2.PdfDocument(file) as opened:
        for page in opened:
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
                font = pypdfium2.raw.FPDFTextObj_GetFont(item)
                assert pypdfium2.raw.FPDFFont_GetIsEmbedded(font) == 1


def test_a_docx_says_who_and_what_and_holds_no_time_but_its_own_day(example):
    archive = zipfile.ZipFile(BytesIO(huitong.write_report(example("zh-complex"), day=DAY)))
    core = archive.read("docProps/core.xml").decode()
    assert "<dc:title>客户服务部关于退货入库时限的请示</dc:title>" in core
    assert "<dc:creator>方亦舟</dc:creator>" in core
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-10-12T00:00:00Z"}
    assert "python-docx" not in core
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [name for name in archive.namelist() if "thumbnail" in name or "numbering" in name]
    settings = archive.read("word/settings.xml").decode()
    assert re.search(r'<w:compatSetting w:name="compatibilityMode" [^>]*w:val="15"/>', settings)
    assert 'w:eastAsia="zh-CN"' in settings


class _Addresses(HTMLParser):
    """Every tag, and every attribute that could fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "style") or name[:2] == "on"
        ]


@pytest.mark.parametrize("name", ["zh-complex", "en-complex"])
def test_a_page_is_one_file_without_an_outside_address(example, name):
    page = huitong.write_report(example(name), format="html", day=DAY).decode()
    found = _Addresses(page)
    assert found.fetched == []
    assert not found.tags & {"script", "link", "iframe", "img"}
    assert not re.search(r"https?:|url\(|@import", page)
    assert "prefers-color-scheme: dark" in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["zh-complex", "en-complex"])
def test_a_page_is_read_on_a_phone_without_scrolling_sideways(open_page, example, name, scheme):
    page = open_page("phone", locale="en")
    page.emulate_media(color_scheme=scheme)
    page.set_content(huitong.write_report(example(name), format="html", day=DAY).decode())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert _contrast(ink, paper) > 7
    assert (_light(paper) > 0.5) == (scheme == "light")
    assert page.locator("td").first.bounding_box()["width"] > 250


def _light(colour: str) -> float:
    """The relative luminance of WCAG, 0 to 1."""
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_fonts_of_the_standard_come_first_and_free_ones_of_their_kind_next():
    there = ["Noto Serif CJK SC", "Noto Sans CJK SC", "FandolFang R", "AR PL UKai", "FangSong", "SimHei"]
    chosen = choose(there, Language.ZH)
    assert chosen["body"][:3] == ["FangSong", "FandolFang R", "Noto Serif CJK SC"]
    assert chosen["kai"][:2] == ["AR PL UKai", "Noto Serif CJK SC"]
    assert chosen["hei"][:2] == ["SimHei", "Noto Sans CJK SC"]
    assert chosen["title"][0] == chosen["song"][0] == "Noto Serif CJK SC"
    assert choose(there, Language.EN)["body"][0] == "Noto Serif CJK SC"
    assert choose([*there, "Libertinus Serif"], Language.EN)["body"][0] == "Libertinus Serif"


def test_a_folder_of_fonts_is_looked_into(tmp_path, example):
    there = min(
        (font.path for font in pdf._press(()).fonts.fonts() if font.path), key=lambda path: Path(path).stat().st_size
    )
    shutil.copy(there, tmp_path)
    found = pdf._press((str(tmp_path),)).fonts.fonts()
    assert any(font.path and Path(font.path).is_relative_to(tmp_path) for font in found)
    assert huitong.write_report(example("zh-simple"), format="pdf", day=DAY, fonts=[tmp_path]).startswith(b"%PDF")
