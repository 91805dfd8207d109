"""Documents made for the tests, and reading them back."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Final

import pypdfium2
import pytest

import huitong
from huitong.documents import Document, Paragraph
from huitong.documents.model import Block
from huitong.method import Brief, Language

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
DAY: Final = date(2026, 10, 12)


def _text_of_pdf(file: bytes) -> str:
    with pypdfium2.PdfDocument(file) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def _text_of_docx(file: bytes) -> str:
    xml = zipfile.ZipFile(BytesIO(file)).read("word/document.xml").decode()
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"</w:p>|<w:tab/>", "\n", xml)))


def _text_of_html(file: bytes) -> str:
    body = re.sub(r"(?s)<style>.*?</style>", "", file.decode())
    return unescape(re.sub(r"<[^>]+>", "\n", body))


@pytest.fixture(scope="session")
def read() -> Callable[[bytes, str], str]:
    """read(file, format): the text in it, without any space or line break."""
    readers = {"pdf": _text_of_pdf, "docx": _text_of_docx, "html": _text_of_html}
    return lambda file, format: re.sub(r"[\s\ufffe\u00ad]+", "", readers[format](file))


@pytest.fixture(scope="session")
def example() -> Callable[[str], Brief]:
    """example("zh-complex"): that brief of examples/."""
    return lambda name: huitong.load_brief((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def brief() -> Callable[..., Brief]:
    """brief(matter=...): the smallest brief, with these fields."""

    def make(**fields: object) -> Brief:
        least = {
            "requester": {"name": "陈晓", "department": "市场部"},
            "leader": {"name": "张建国"},
            "other_department": {"name": "采购部"},
            "matter": "物料采购",
        }
        return Brief.model_validate(least | fields)

    return make


@pytest.fixture
def document() -> Callable[..., Document]:
    """document(block, ...): a document of the standard's layout with nothing but these blocks."""

    def make(*blocks: Block, title: str = "关于测量版心的请示", **fields: object) -> Document:
        given = {"blocks": blocks or (Paragraph("正文。"),), "title": title}
        return Document(
            kind="qingshi",
            language=Language.ZH,
            official=True,
            date=DAY,
            date_text="2026年10月12日",
            **(given | fields),  # type: ignore[arg-type]
        )

    return make
