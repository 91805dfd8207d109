"""The matter as a document: downloaded, read on the phone, or refused with what to mend."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from playwright.sync_api import Page

from huitong.matters.brief import brief_of
from huitong.records.models import Matter
from tests.web.conftest import People

from .pages import fits


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


def at(matter: Matter) -> str:
    return f"/matters/{matter.pk}/document"


@pytest.mark.points("1.7", "4.9")
@pytest.mark.parametrize("kind", ["请示", "签报", "函", "纪要"])
def test_each_kind_can_be_had_as_word_pdf_and_page(client: Client, matter: Matter, kind: str) -> None:
    word = client.get(at(matter), {"kind": kind, "format": "docx"})
    assert word["Content-Disposition"].startswith("attachment")
    assert brief_of(matter).matter in zipfile.ZipFile(BytesIO(word.content)).read("word/document.xml").decode()
    assert client.get(at(matter), {"kind": kind, "format": "pdf"}).content.startswith(b"%PDF")
    page = client.get(at(matter), {"kind": kind, "format": "html"})
    assert brief_of(matter).matter in page.content.decode()
    assert "script" not in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]


def test_the_page_for_the_phone_keeps_its_looks(browse: Callable[..., Page], people: People, matter: Matter) -> None:
    page = browse(people.requester, f"/matters/{matter.pk}/document?kind=请示&format=html", screen="phone")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).textAlign") == "center"
    assert fits(page)


def test_the_report_offers_the_kinds_of_its_language(client: Client, matter: Matter) -> None:
    page = client.get(f"/matters/{matter.pk}/write/report").content.decode()
    kinds = [page.index(f"<option>{kind}</option>") for kind in ("请示", "函", "签报", "纪要")]
    assert min(kinds) == kinds[0]
    assert "<option>" not in client.get(f"/matters/{matter.pk}/write/email").content.decode()


def test_a_brief_that_breaks_a_rule_of_the_kind_is_told_which(
    client: Client, people: People, answer: Callable[..., None], prepared: Callable[..., Matter]
) -> None:
    matter = prepared(people.requester, title="采购物料；调整排期")
    page = client.get(at(matter), {"kind": "请示", "format": "docx"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/matters/{matter.pk}/write/report"
    assert "一文一事" in page.content.decode()


def test_a_kind_that_there_is_not_is_said_and_a_format_is_not_there(client: Client, matter: Matter) -> None:
    assert "公报" in client.get(at(matter), {"kind": "公报"}, follow=True).content.decode()
    assert client.get(at(matter), {"format": "exe"}).status_code == 404


def test_without_the_names_it_needs_it_leads_to_where_they_are_asked(client: Client, people: People) -> None:
    client.post("/matters/new", {"title": "场地"})
    matter = Matter.objects.latest("id")
    page = client.get(at(matter), follow=True).content.decode()
    assert f"/matters/{matter.pk}/prepare/who#other_department" in page
