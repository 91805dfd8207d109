"""A letter as its receiver gets it: both texts, the language, the link, and no harm from what people type."""

import email
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32
from email.policy import default as policy
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone

from huitong.delivery.transports import mail
from huitong.delivery.transports.mail import letter
from huitong.directory import links
from huitong.records.models import Outbox, Person


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.SMTP_URL, settings.MAIL_FOLDER = "", tmp_path / "mail"
    return settings.MAIL_FOLDER


@pytest.fixture
def file_of(folder: Path) -> Callable[[Outbox], bytes]:
    """file_of(row): what sending it writes."""

    def file_of(row: Outbox) -> bytes:
        row = Outbox.objects.select_related("person", "matter__requester", "link").get(pk=row.pk)
        assert mail.send(row).outcome == "sent"
        return (folder / mail.file_name(row)).read_bytes()

    return file_of


@pytest.fixture
def sent(file_of: Callable[[Outbox], bytes]) -> Callable[[Outbox], EmailMessage]:
    """sent(row): the mail of this row as it is read again from its file."""
    return lambda row: email.message_from_bytes(file_of(row), policy=policy)


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """The tags and the visible text of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.language: str | None = None
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])
        if tag == "html":
            self.language = dict(attributes)["lang"]

    def handle_data(self, data: str) -> None:
        self.text += data


# --- what is in it ---

FULL = {
    "title": "请您定：搭建物料 12 月 1 日前下单",
    "before": ["高总，您好：", "采购申请 11 月 9 日提交，仍在比价。"],
    "rows": [["方案一　召开协调会", "一次定下交期", "30 分钟"], ["方案二　通个电话", "最快", ""]],
    "invite": "请在这里批示，不用登录：",
    "after": ["许宁\n市场部"],
    "small": "打开它不会作出任何决定。",
}


def test_text_and_html_say_the_same(promise, sent) -> None:
    message = sent(promise(**FULL))
    assert message.get_content_type() == "multipart/alternative"
    assert message["Subject"] == FULL["title"]
    for text in (text_of(message, "plain"), Page(text_of(message, "html")).text):
        for words in (
            *(FULL["title"], FULL["invite"], FULL["small"], *FULL["before"]),
            *("方案一　召开协调会", "一次定下交期", "30 分钟", "方案二　通个电话", "最快", "许宁", "市场部"),
        ):
            assert words in text


def test_the_plain_text_reads_as_a_letter(promise, sent, leader: Person) -> None:
    link = links.issue("decide", leader)
    assert text_of(sent(promise(link=link, **FULL)), "plain") == (
        "请您定：搭建物料 12 月 1 日前下单\n\n"
        "高总，您好：\n\n采购申请 11 月 9 日提交，仍在比价。\n\n"
        "- 方案一　召开协调会（30 分钟）\n  一次定下交期\n- 方案二　通个电话\n  最快\n\n"
        f"请在这里批示，不用登录：\n\n{links.address_of(link)}\n\n"
        "许宁\n市场部\n\n-- \n打开它不会作出任何决定。\n"
    )


def test_the_signed_link_stands_alone_on_its_line(promise, sent, leader: Person) -> None:
    link = links.issue("decide", leader)
    message = sent(promise(link=link, invite="请在这里批示：", after=["谢谢。"]))
    assert links.address_of(link) in text_of(message, "plain").splitlines()
    page = Page(text_of(message, "html"))
    assert page.links == [links.address_of(link)]


def test_a_page_of_the_desk_is_linked_to_by_its_full_address(promise, sent, settings) -> None:
    settings.ADDRESS = "https://desk.example"
    message = sent(promise(page="/matters/7/"))
    assert "https://desk.example/matters/7/" in text_of(message, "plain").splitlines()


def test_a_letter_without_a_link_has_none(promise, sent) -> None:
    message = sent(promise(before=["收到。"]))
    assert "http" not in text_of(message, "plain")
    assert Page(text_of(message, "html")).links == []


def test_no_mail_holds_a_form_a_script_or_a_picture(promise, sent, leader: Person) -> None:
    page = Page(text_of(sent(promise(link=links.issue("decide", leader), **FULL)), "html"))
    assert not {"form", "button", "input", "script", "img", "iframe", "link", "object"} & set(page.tags)


@pytest.mark.parametrize(
    ("language", "html_language", "sender"),
    [("zh", "zh-Hans", "会同"), ("zh-Hant", "zh-Hant", "會同"), ("en", "en", "Huitong"), ("fr", "zh-Hans", "会同")],
)
def test_what_the_mail_says_itself_is_in_the_receivers_language(
    promise, sent, leader: Person, settings, language: str, html_language: str, sender: str
) -> None:
    settings.MAIL_FROM = "desk@huitong.example"
    Person.objects.filter(pk=leader.pk).update(language=language)
    message = sent(promise())
    assert message["Content-Language"] == html_language
    assert Page(text_of(message, "html")).language == html_language
    assert message["From"] == f"{sender} <desk@huitong.example>"


def test_every_language_says_all_that_the_others_say() -> None:
    texts = tomllib.loads((Path(letter.__file__).with_name("texts.toml")).read_text(encoding="utf-8"))
    assert texts["zh"].keys() == texts["zh-Hant"].keys() == texts["en"].keys()


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_a_part_of_its_own_with_its_method(promise, sent, method: str) -> None:
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    message = sent(promise(calendar=calendar))
    plain, html, invitation = message.iter_parts()
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    assert invitation.get_content_type() == "text/calendar"
    assert invitation["Content-Type"].params["method"] == method
    assert invitation.get_payload(decode=True).decode() == calendar


def test_the_headers_are_those_of_an_automatic_mail_in_its_matters_thread(promise, sent) -> None:
    first, second = promise(), promise()
    one, two = sent(first), sent(second)
    assert (one["Message-ID"], two["Message-ID"]) == (first.message_id, second.message_id)
    assert one["References"] == two["References"] == one["In-Reply-To"]
    assert one["References"] not in (first.message_id, second.message_id)
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["X-Auto-Response-Suppress"] == "All"
    assert abs((one["Date"].datetime - timezone.now()).total_seconds()) < 60


def test_a_long_host_name_leaves_the_message_id_whole(promise, sent, settings) -> None:
    settings.ADDRESS = "https://" + "desk-of-a-very-long-name." * 3 + "example"
    row = promise()
    message = sent(row)
    assert message["Message-ID"] == row.message_id
    assert message["References"].endswith("example>")
    assert " " not in message["References"]


# --- what people type ---

HOSTILE = [
    "标题\r\nBcc: all@house.example",
    "a\n\n<script>alert(1)</script>",
    "{{x}} {% include 'x' %} {{ secret }}",
    'a, b <evil@x.example>" (c)',
    "\u2028Bcc: x@y.example\u2029\x0b\x0c\x85\x1c",
    "x\x00y\x1b[31m\u202egpj.exe",
    "\ud800",
    "=?utf-8?q?Bcc=3A_x?=",
    "很长的标题" * 80,
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(promise, sent, leader: Person, text: str) -> None:
    Person.objects.filter(pk=leader.pk).update(name=text.encode("utf-8", "replace").decode()[:100])
    link = links.issue("decide", leader)
    row = promise(
        title=text, before=[text], rows=[[text, text, text]], invite=text, after=[text], small=text, link=link
    )
    message = sent(row)
    assert message.keys() == sent(promise()).keys()
    assert [found.addr_spec for found in message["To"].addresses] == ["gao@huitong.example"]
    assert message.defects == []
    assert len(message["To"].addresses[0].display_name.splitlines()) <= 1
    page = Page(text_of(message, "html"))
    assert "script" not in page.tags
    assert page.links == [links.address_of(link)]
    assert links.address_of(link) in text_of(message, "plain").splitlines()
    for line in message.as_bytes().splitlines():
        assert len(line) < 998


def test_hostile_words_are_shown_as_typed(promise, sent) -> None:
    message = sent(promise(title="<b>{{x}}</b> &amp; “说”", before=["<script>{{x}}</script>"]))
    assert message["Subject"] == "<b>{{x}}</b> &amp; “说”"
    for text in (text_of(message, "plain"), Page(text_of(message, "html")).text):
        assert "<script>{{x}}</script>" in text
        assert "<b>{{x}}</b> &amp; “说”" in text


@pytest.mark.parametrize("name", ["高岚", "O'Brien, “Ann” (采购部)", "很长的名字" * 20, 'Anna "Æ" Müller; x', "高, 岚"])
def test_a_name_comes_back_as_it_was(promise, file_of, leader: Person, name: str) -> None:
    Person.objects.filter(pk=leader.pk).update(name=name)
    message = email.message_from_bytes(file_of(promise()), policy=compat32)
    # Python's newer reader puts blanks between the pieces of a long name (RFC 2047, 6.2, says to leave them out).
    display_name, address = parseaddr(message["To"])
    assert (str(make_header(decode_header(display_name))), address) == (name, "gao@huitong.example")


# --- addresses ---


@pytest.mark.parametrize(
    "address",
    ["gao", "gao@", "a@b@c.example", "gao@huitong.example\nBcc: x@y.example", "高@huitong.example", "a b@c.d"],
)
def test_an_address_that_is_none_is_refused_for_good(promise, folder: Path, leader: Person, address: str) -> None:
    Person.objects.filter(pk=leader.pk).update(email=address)
    row = promise()
    row.refresh_from_db()
    receipt = mail.send(row)
    assert receipt.outcome == "refused"
    assert "请改正" in receipt.words
    assert not folder.exists()


def test_a_domain_in_chinese_is_written_so_that_every_server_understands_it(promise, sent, leader: Person) -> None:
    Person.objects.filter(pk=leader.pk).update(email="gao@例子.example")
    assert sent(promise())["To"].addresses[0].addr_spec == "gao@xn--fsqu00a.example"


def test_a_wrong_sender_is_for_the_organiser_to_mend_and_tried_again(promise, folder: Path, settings) -> None:
    settings.MAIL_FROM = "desk"
    receipt = mail.send(promise())
    assert receipt.outcome == "later"
    assert "HUITONG_MAIL_FROM" in receipt.words


# --- files, until a server is set ---


def test_a_row_is_one_file_however_often_it_is_sent(promise, sent, folder: Path) -> None:
    row = promise("meeting_invitation")
    sent(row)
    sent(row)
    assert [path.name for path in folder.iterdir()] == [f"{row.pk:06}-meeting-invitation.eml"]


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(promise, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    receipt = mail.send(promise())
    assert receipt.outcome == "later"
    assert str(folder) in receipt.words


def test_the_date_is_that_of_sending(promise, sent) -> None:
    row = promise(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert sent(row)["Date"].datetime.year >= timezone.now().year


# --- how it looks: Outlook's Word engine, dark mode ---


@pytest.fixture
def html(promise, sent, leader: Person) -> str:
    """A letter with everything that one can have."""
    items = [{"title": "请您定：搭建物料", "line": "许宁请您定", "link": None, "page": "/me"}]
    link, stop = links.issue("decide", leader), links.issue("no_digest", leader)
    return text_of(sent(promise(link=link, items=items, stop=stop.pk, **FULL)), "html")


def test_the_way_on_is_a_padded_cell_of_a_table_with_its_own_colour(html: str) -> None:
    (cell,) = re.findall(r'<td class="go"[^>]*>\s*<a [^>]*>[^<]+</a>\s*</td>', html)
    assert 'bgcolor="#1f4b7c"' in cell
    assert re.search(r"padding:\d+px \d+px", cell)
    assert "padding" not in cell.partition("<a ")[2]  # Word ignores it on a link


def test_nothing_is_asked_of_a_mail_program_that_words_engine_lacks(html: str) -> None:
    inline = " ".join(re.findall(r'style="([^"]*)"', html))
    for word in ("flex", "grid", "float", "position", "background-image", "rem;", "vw;", "calc(", "var("):
        assert word not in inline
    assert "<!--[if mso]>" in html
    assert html.count("<!--[if") == html.count("<![endif]-->")
    assert html.count("<table") == html.count("</table>")
    assert html.count("<td") == html.count("</td>")
    assert "v:roundrect" not in html


def test_chinese_has_fonts_of_each_system(html: str) -> None:
    for font in ("PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei"):
        assert font in html


def lightness(colour: str, *, inverted: bool = False) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [1 - part for part in parts] if inverted else parts
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, **how: bool) -> float:
    low, high = sorted((lightness(one, **how), lightness(other, **how)))
    return (high + 0.05) / (low + 0.05)


LIGHT = [("#1c1e20", "#fefefe"), ("#4a4f53", "#fefefe"), ("#4a4f53", "#f5f5f2"), ("#1f4b7c", "#fefefe")]
LIGHT += [("#1f4b7c", "#f5f5f2"), ("#ffffff", "#1f4b7c")]
DARK = [("#e7e5e0", "#1c1f22"), ("#bcbdbb", "#141618"), ("#93c0ea", "#1c1f22"), ("#14181c", "#93c0ea")]


@pytest.mark.parametrize(("ink", "ground"), LIGHT + DARK)
def test_each_ink_stands_out_on_its_ground_also_where_a_program_turns_colours_over(
    ink: str, ground: str, html: str
) -> None:
    assert ink in html
    assert ground in html
    assert contrast(ink, ground) >= 4.5
    assert contrast(ink, ground, inverted=True) >= 4.5


def test_every_colour_of_the_letter_is_one_that_was_measured(html: str) -> None:
    known = {colour for pair in LIGHT + DARK for colour in pair}
    lines = {"#d8d9d5", "#a4a9ad", "#363b3f", "#5c6267"}
    assert set(re.findall(r"#[0-9a-f]{6}\b", html)) == known | lines


@pytest.mark.parametrize("width", [390, 700])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_and_its_colours_follow_the_scheme(browser, html: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.querySelector('.go')).backgroundColor")
    assert ground == {"light": "rgb(31, 75, 124)", "dark": "rgb(147, 192, 234)"}[scheme]
    box = page.locator(".go").bounding_box()
    assert box["height"] >= 44
    context.close()


@pytest.mark.parametrize("mark", ["\u202e", "\u2067", "\u200f", "\u061c"])
def test_a_mark_that_turns_the_direction_is_in_no_header_and_no_text(mark: str, promise, sent, leader: Person) -> None:
    Person.objects.filter(pk=leader.pk).update(name=f"高{mark}岚")
    message = sent(promise(title=f"请{mark}您定", before=[f"搭建{mark}物料"]))
    assert (message["Subject"], message["To"].addresses[0].display_name) == ("请您定", "高岚")
    assert mark not in text_of(message, "plain") + text_of(message, "html")
