"""Evidence beside the options: what is taken and what is refused, who sees it, and that nothing hidden comes along."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from huitong.documents import evidence as reading
from huitong.documents import write_report
from huitong.keeping import export, retention, rows
from huitong.matters import coordinate, decide
from huitong.matters.brief import brief_of
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Evidence, EvidencePage, Matter, Note, Outbox, Request

from .conftest import People
from .pages import fits, link_to, path_of

PLACE = b"GPS-31.2304-121.4737"


def photo(size: tuple[int, int] = (900, 600), format: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#2a7").save(out, format, **more)
    return out.getvalue()


def photo_with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    sky = Image.linear_gradient("L").resize((900, 600))
    out = io.BytesIO()
    Image.merge("RGB", (sky, sky, Image.new("L", sky.size, 170))).save(out, "JPEG", exif=exif, comment=PLACE)
    return out.getvalue()


def pdf(pages: int = 2, size: tuple[int, int] = (595, 842)) -> bytes:
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(*names: str, size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, b"0" * size)
    return out.getvalue()


def address(matter: Matter) -> str:
    return f"/matters/{matter.pk}/evidence"


def add(client: Client, matter: Matter, name: str, content: bytes, audience: str = "leader") -> object:
    file = SimpleUploadedFile(name, content)
    return client.post(address(matter), {"do": "add", "file": file, "audience": audience})


@pytest.fixture
def own(people: People, as_: Callable[..., Client]) -> Client:
    return as_(people.requester)


def test_a_photo_is_made_anew_without_its_place_and_the_right_way_up(matter: Matter, own: Client) -> None:
    content = photo_with_a_place()
    assert PLACE in content
    assert add(own, matter, "现场.jpg", content).status_code == 302
    page = EvidencePage.objects.get()
    assert (page.width, page.height) == (600, 900)
    for picture in (bytes(page.picture), bytes(page.small)):
        with Image.open(io.BytesIO(picture)) as opened:
            assert not opened.getexif()
            assert "comment" not in opened.info
        assert PLACE not in picture
        assert b"Exif" not in picture


def test_a_pdf_becomes_pictures_of_its_pages_and_says_how_many_were_too_many(matter: Matter, own: Client) -> None:
    assert add(own, matter, "报价.pdf", pdf(32)).status_code == 302
    made = Evidence.objects.get()
    assert (made.kind, made.pages.count(), made.left_out) == ("pdf", 30, 2)
    assert made.pages.first().width == 1600
    shown = own.get(f"{address(matter)}?evidence={made.pk}").content.decode()
    assert "后面还有 2 页，没有放进来" in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_plain_text_is_shown_as_it_is_and_never_as_markup(encoding: str, matter: Matter, own: Client) -> None:
    assert add(own, matter, "说明.txt", "第一行\r\n然后 <script>alert(1)</script>".encode(encoding)).status_code == 302
    shown = own.get(f"{address(matter)}?evidence={Evidence.objects.get().pk}").content.decode()
    assert "第一行\n然后 &lt;script&gt;" in shown


REFUSED = {
    "空.png": (b"", "是空的"),
    "表.docx": (archive("[Content_Types].xml", "word/document.xml"), "Word 或 Excel"),
    "表.docm": (archive("[Content_Types].xml", "word/vbaProject.bin"), "带有宏"),
    "图.png": (archive("[Content_Types].xml", "xl/vbaProject.bin"), "带有宏"),
    "旧.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "Word 或 Excel"),
    "包.zip": (archive("a.txt"), "压缩包"),
    "炸弹.pdf": (archive("bomb", size=30_000_000), "压缩包"),
    "坏包.zip": (b"PK\x03\x04" + b"0" * 50, "压缩包"),
    "图.svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "矢量图"),
    "图.jpg": (b"\n <SVG onload=alert(1)>", "矢量图"),
    "页.txt": (b"<html><script>alert(1)</script>", "网页"),
    "图.pdf": (b"MZ\x90\x00" + b"0" * 500, "是程序"),
    "单.png": (b"\x7fELF" + b"0" * 500, "是程序"),
    "本.txt": (b"#!/bin/sh\nrm -rf /", "是程序"),
    "图.gif": (photo(), "对不上"),
    "字.txt": (photo(), "对不上"),
    "字.csv": (b"a\x00b\x01", "对不上"),
    "照.heic": (b"\x00\x00\x00\x18ftypheic", "不是能放的类型"),
    "无名": (b"text", "不是能放的类型"),
    "断.png": (photo(format="PNG")[:60], "打不开"),
    "断.pdf": (b"%PDF-1.7\nnothing", "打不开"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_named_with_the_reason(name: str, matter: Matter, own: Client) -> None:
    content, why = REFUSED[name]
    refused = add(own, matter, name, content)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f"“{name}”" in page
    assert why in page
    assert not Evidence.objects.exists()


def test_a_picture_of_endless_pixels_is_refused_unopened(matter: Matter, own: Client) -> None:
    huge = bytearray(photo((4, 4), "PNG"))
    huge[16:24] = (60_000).to_bytes(4) + (60_000).to_bytes(4)
    refused = add(own, matter, "大.png", bytes(huge))
    assert refused.status_code == 422
    assert not Evidence.objects.exists()


def test_a_file_that_never_ends_stops_its_own_process_and_no_other(
    matter: Matter, own: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.05)  # no process is as fast as that
    refused = add(own, matter, "慢.pdf", pdf())
    assert refused.status_code == 422
    assert "没能在限定的时间和内存里打开" in refused.content.decode()
    monkeypatch.undo()
    assert add(own, matter, "快.pdf", pdf()).status_code == 302


def test_size_and_number_are_bounded_by_the_setting(matter: Matter, own: Client, settings: object) -> None:
    settings.EVIDENCE_MB = 1
    large = add(own, matter, "大.txt", b"0" * 1_000_001)
    assert "“大.txt”太大了，最多 1 MB" in large.content.decode()
    for number in range(10):
        assert add(own, matter, f"{number}.txt", b"text").status_code == 302
    assert "一件事最多放 10 份" in add(own, matter, "再来.txt", b"text").content.decode()
    assert Evidence.objects.count() == 10


@pytest.fixture
def both(asked: Request, people: People, own: Client) -> tuple[Evidence, Evidence, Note]:
    """One for the leader only and one for both sides; the counterpart has the note."""
    add(own, asked.matter, "内部.png", photo(format="PNG"))
    add(own, asked.matter, "报价.pdf", pdf(), "both")
    decision = decide.decide(asked, Choice(Verdict.ASK, 1, words="单号？"), by=people.leader, how="account")
    decide.undo(decision, by=people.leader)
    internal, shared = Evidence.objects.order_by("pk")
    agreed = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(agreed, by=people.leader)
    who = {"name": "王经理", "email": "wang@example.com"}
    matter = Matter.objects.get(pk=asked.matter_id)
    note = coordinate.send_note(matter, people.requester, subject="请协助", text="王经理，您好", **who)
    return internal, shared, note


def test_each_reader_sees_what_is_for_them_and_gets_404_for_the_rest(
    both: tuple[Evidence, Evidence, Note], people: People, as_: Callable[..., Client], asked: Request
) -> None:
    internal, shared, note = both
    leader, theirs = path_of(link_to(people.leader)), path_of(link_to(people.counterpart, "answer"))
    pages = {
        (Client(), leader): (200, 200),
        (as_(people.leader), f"/requests/{asked.pk}"): (200, 200),
        (as_(people.requester), address(asked.matter)): (200, 200),
        (Client(), theirs): (404, 200),
        (as_(people.counterpart), f"/notes/{note.pk}"): (404, 200),
        (as_(people.counterpart), f"/requests/{asked.pk}"): (404, 404),
        (as_(people.counterpart), address(asked.matter)): (404, 404),
        (as_(people.stranger), f"/notes/{note.pk}"): (404, 404),
        (as_(people.stranger), address(asked.matter)): (404, 404),
        (as_(people.organiser), address(asked.matter)): (404, 404),
    }
    for (client, path), expected in pages.items():
        for row, status in zip((internal, shared), expected, strict=True):
            for query in ("", "&page=1", "&page=1&small=1"):
                assert client.get(f"{path}?evidence={row.pk}{query}").status_code == status, (path, row.name, query)
    assert "内部.png" not in Client().get(theirs).content.decode()
    assert "报价.pdf" in Client().get(theirs).content.decode()


def test_evidence_of_another_matter_is_not_there(
    both: tuple[Evidence, Evidence, Note], people: People, own: Client, prepared: Callable[..., Matter]
) -> None:
    other = prepared(people.requester, title="另一件")
    assert own.get(f"{address(other)}?evidence={both[1].pk}").status_code == 404
    assert own.post(address(other), {"do": "remove", "evidence": both[1].pk}).status_code == 409
    assert Evidence.objects.count() == 2


@pytest.mark.parametrize("query", ["?evidence=x", "?evidence=999999", "?evidence=1&page=0", "?evidence=1&page=-1"])
def test_what_is_not_there_is_404(query: str, both: object, own: Client, asked: Request) -> None:
    assert own.get(address(asked.matter) + query).status_code == 404


def test_a_picture_is_sent_so_that_it_can_run_nothing(both: tuple[Evidence, ...], own: Client, asked: Request) -> None:
    sent = own.get(f"{address(asked.matter)}?evidence={both[0].pk}&page=1")
    assert sent["Content-Type"] == "image/jpeg"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in sent["Content-Security-Policy"]
    assert "sandbox" in sent["Content-Security-Policy"]
    assert sent["Cache-Control"] == "no-store"


def test_the_audience_is_changed_and_a_file_is_taken_away(
    both: tuple[Evidence, ...], own: Client, asked: Request
) -> None:
    matter = asked.matter
    own.post(address(matter), {"do": "audience", "evidence": both[1].pk, "audience": "leader"})
    both[1].refresh_from_db()
    assert both[1].audience == "leader"
    own.post(address(matter), {"do": "remove", "evidence": both[1].pk})
    assert not EvidencePage.objects.filter(evidence=both[1].pk).exists()
    assert own.get(f"{address(matter)}?evidence={both[1].pk}").status_code == 404


def test_it_is_in_the_export_goes_with_the_matter_and_comes_back_from_a_backup(
    both: tuple[Evidence, ...], asked: Request, tmp_path: Path, settings: object
) -> None:
    number = asked.matter_id
    export.export_matter(number, tmp_path / "matter.zip")
    with zipfile.ZipFile(tmp_path / "matter.zip") as made:
        told = json.loads(made.read(f"matters/{number}/matter.json"))["evidence"]
        picture = made.read(f"matters/{number}/evidence/{both[0].pk}-1.jpg")
    assert [row["audience"] for row in told] == ["leader", "both"]
    assert picture == bytes(EvidencePage.objects.get(evidence=both[0]).picture)
    lines = list(rows.read(EvidencePage))
    EvidencePage.objects.all().delete()
    rows.write(EvidencePage, lines)
    assert bytes(EvidencePage.objects.get(evidence=both[0]).picture) == picture
    Outbox.objects.update(state="sent")
    Matter.objects.update(stage="closed", closed_at=timezone.now() - timedelta(days=40))
    settings.KEEP_DAYS = settings.KEEP_DAYS | {"matters": 30}
    retention.apply()
    assert not Evidence.objects.exists()
    assert not EvidencePage.objects.exists()


SCREENS = [("phone", "zh-CN"), ("desktop", "zh-CN"), ("phone", "en"), ("desktop", "en")]


@pytest.mark.points("1.2", "2.3")
@pytest.mark.parametrize(("screen", "locale"), SCREENS)
def test_a_requester_adds_a_photo_and_the_leader_reads_it_beside_the_options(
    screen: str,
    locale: str,
    asked: Request,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    picture: Callable[..., None],
) -> None:
    type(people.leader).objects.update(language=locale[:2])
    page = browse(people.requester, f"/matters/{asked.matter_id}/write/email", screen=screen, locale=locale)
    page.locator(f'a[href="{address(asked.matter)}"]').click()
    offer = write_report(brief_of(asked.matter), day=timezone.localdate(), format="pdf")
    for name, content, audience in (("现场.jpg", photo_with_a_place(), "leader"), ("说明.pdf", offer, "both")):
        page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})
        page.locator(f"label:has([value={audience}]):has([type=radio])").click()
        page.locator("button:not([name])").last.click()
        expect(page.locator(f"text={name}").first).to_be_visible()
    page.locator("#file").set_input_files({"name": "表.docx", "mimeType": "", "buffer": archive("[Content_Types].xml")})
    page.locator("button:not([name])").last.click()
    expect(page.locator("[role=alert]")).to_contain_text("表.docx")
    page.evaluate("scrollTo(0, 0)")
    picture(page, "evidence", locale[:2])
    leader = open_page(screen, locale=locale)
    leader.goto(live_server.url + path_of(link_to(people.leader)))
    tiles = leader.locator(".tiles img")
    expect(tiles).to_have_count(2)
    tiles.first.scroll_into_view_if_needed()
    for number in range(2):
        assert tiles.nth(number).evaluate("async i => { await i.decode(); return i.naturalWidth }") > 0
    picture(leader, "evidence-decide", locale[:2])
    leader.locator(".tiles a").first.click()
    assert leader.locator(".leaves img").evaluate("async i => { await i.decode(); return i.naturalWidth }") == 600
    wide = leader.locator(".leaves img").bounding_box()["width"]
    assert wide <= leader.viewport_size["width"]
    assert fits(leader)
    leader.locator(".over a").click()
    expect(leader.locator(".tiles")).to_be_visible()
