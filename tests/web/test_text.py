"""The texts of the life at their places: edited and kept, copied, downloaded, seen as their receiver will, sent."""

import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Page, expect

from huitong.directory import access
from huitong.matters import close, coordinate, decide, texts
from huitong.matters.prepare import mark
from huitong.matters.request import hand_over, schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Draft, Matter, Meeting, Outbox, Person, Request
from huitong.web.texts import NAMES, place_of
from tests.web.conftest import FACTS, People
from tests.web.pages import form_of

from .pages import fits

WORDS = "可以。会我来开，半小时够了。"
DECIDED = "搭建物料排进本周比价\n规格有变动，当天互相告知"


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


@pytest.fixture
def agreed(asked: Request, people: People) -> Matter:
    """The leader has agreed to the meeting; it is in force."""
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0, words=WORDS), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    return Matter.objects.get(pk=asked.matter_id)


@pytest.fixture
def talking(asked: Request, people: People) -> Matter:
    """The leader has agreed to talk to the other head."""
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=1, words=WORDS), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    return Matter.objects.get(pk=asked.matter_id)


@pytest.fixture
def met(agreed: Matter, people: People) -> Matter:
    """The meeting was held, its decisions are written down, the other side has promised something."""
    coordinate.call_meeting(
        agreed,
        people.requester,
        title="物料采购协调会",
        start=timezone.now() + timedelta(days=1),
        minutes=30,
        place="三楼小会议室",
        agenda="说明来意",
        guests=[("王经理", "wang@example.com")],
    )
    Meeting.objects.update(start=timezone.now() - timedelta(hours=2))
    coordinate.tell_meeting(agreed, people.requester, DECIDED)
    day = timezone.localdate() + timedelta(days=5)
    promised = {"owner_name": "王经理", "owner_email": "wang@example.com", "what": "给出交期", "day": day}
    coordinate.promise(agreed, people.requester, side="theirs", **promised)
    return agreed


def at(matter: Matter, name: str) -> str:
    return f"/matters/{matter.pk}/texts/{name}"


def type_into(client: Client, matter: Matter, name: str, text: str, **more: str) -> object:
    """Send the text as its page's fields would, from what is stored now."""
    shown = texts.text_of(matter, name)
    assert shown is not None
    fields = {"subject": shown.subject, "was": mark(shown.text), "was_subject": mark(shown.subject)}
    return client.post(at(matter, name), fields | {"text": text} | more)


# --- every text has the four, at its place ---


@pytest.mark.parametrize("name", ["note", "agenda", "progress", "minutes", "spoken", "chat", "email", "report"])
def test_a_text_can_be_edited_copied_downloaded_and_previewed_where_it_stands(
    client: Client, met: Matter, name: str
) -> None:
    page = client.get(place_of(met, name).replace("#meeting", "")).content.decode()
    shown = texts.text_of(met, name)
    assert escape(shown.text.split("\n")[0]) in page
    assert "data-copy=" in page
    assert f'formaction="{at(met, name)}"' in page
    for format in ("docx", "pdf") if name in texts.DOCUMENTS else ("txt",):
        file = client.get(at(met, name), {"as": format})
        assert file["Content-Disposition"].startswith("attachment")
        if format == "txt":
            assert shown.text in file.content.decode()
        else:
            assert file.content[:2] in (b"PK", b"%P")
    preview = client.get(at(met, name), {"as": "preview"}).content.decode()
    last = re.split(r"[\n。]", shown.text.strip("。\n"))[-1]
    assert escape(last) in preview


@pytest.mark.parametrize("name", ["note", "progress", "minutes", "agenda"])
def test_what_is_edited_is_what_is_downloaded_previewed_and_shown_again(client: Client, met: Matter, name: str) -> None:
    answer = type_into(client, met, name, "我改过的一句。\n\n还有一句 <b>。", **{"as": "preview"})
    assert answer["Location"] == f"{at(met, name)}?as=preview"
    preview = client.get(answer["Location"]).content.decode()
    assert "我改过的一句。" in preview
    assert "<b>" not in preview.replace("<b>王", "").replace("<b>高", "")
    assert "我改过的一句。" in client.get(place_of(met, name)).content.decode()
    if name in texts.DOCUMENTS:
        word = zipfile.ZipFile(BytesIO(client.get(at(met, name), {"as": "docx"}).content)).read("word/document.xml")
        assert "我改过的一句。" in word.decode()
    else:
        assert "我改过的一句。" in client.get(at(met, name), {"as": "txt"}).content.decode()


def test_a_preview_is_the_letter_that_then_goes_out(client: Client, met: Matter, people: People) -> None:
    for name, kind, form in (
        ("note", "note", {"do": "note", "name": "王经理", "email": "wang@example.com"}),
        ("progress", "report", {}),
        ("minutes", "minutes", {"as": "send"}),
    ):
        preview = client.get(at(met, name), {"as": "preview"}).content.decode()
        shown = texts.text_of(met, name)
        page = {"note": f"/matters/{met.pk}/coordinate", "progress": f"/matters/{met.pk}/report"}
        sent = client.post(page.get(name, at(met, name)), form | {"subject": shown.subject, "text": shown.text})
        assert sent.status_code == 302
        letter = Outbox.objects.filter(kind=kind).order_by("-pk")[0].payload
        for paragraph in [letter["title"], letter.get("invite", ""), letter.get("small", ""), *letter["before"]]:
            for line in paragraph.split("\n"):
                assert escape(line) in preview


# --- nothing typed is lost ---


def test_what_happened_since_is_said_and_the_edited_text_is_left_alone(
    client: Client, met: Matter, people: People
) -> None:
    type_into(client, met, "progress", "我自己写的汇报。")
    page = client.get(f"/matters/{met.pk}/report").content.decode()
    assert "事情又有了变化" not in page
    coordinate.log_progress(met, people.requester, "比价已经开始")
    page = client.get(f"/matters/{met.pk}/report").content.decode()
    assert "事情又有了变化" in page
    assert "我自己写的汇报。" in page
    assert "比价已经开始" in page  # in what is different
    client.post(at(met, "progress"), form_of(client.get(f"/matters/{met.pk}/report")) | {"as": "keep"})
    page = client.get(f"/matters/{met.pk}/report").content.decode()
    assert "事情又有了变化" not in page
    assert "我自己写的汇报。" in page
    client.post(at(met, "progress"), {"as": "composed"})
    assert "比价已经开始" in texts.text_of(met, "progress").text


def test_a_text_that_was_changed_elsewhere_is_not_written_over(client: Client, met: Matter) -> None:
    first = form_of(client.get(at(met, "minutes")))
    client.post(at(met, "minutes"), first | {"text": "另一个窗口写的"})
    page = client.post(at(met, "minutes"), first | {"text": "这个窗口写的", "as": "send"})
    assert page.status_code == 409
    shown = page.content.decode()
    assert "另一个窗口写的" in shown
    assert "这个窗口写的" in shown
    assert not Outbox.objects.filter(kind="minutes").exists()
    mine = form_of(page) | {"mine": shown.split('name="mine" value="')[1].split('"')[0]}
    client.post(at(met, "minutes"), mine)
    assert texts.text_of(met, "minutes").text == "这个窗口写的"


@pytest.mark.parametrize("text", ["长" * 20_001, "a\x00b" + "写了很多" * 9])
def test_what_cannot_be_kept_stays_on_the_page(client: Client, met: Matter, text: str) -> None:
    page = type_into(client, met, "minutes", text)
    assert page.status_code == 409
    assert text.replace("\x00", "") in page.content.decode().replace("\x00", "").replace("\ufffd", "")
    assert not Draft.objects.exists()


def test_what_the_sending_refuses_is_kept(client: Client, agreed: Matter) -> None:
    typed = {"do": "note", "name": "王经理", "email": "不是邮箱", "subject": "请协助", "text": "写了很久的说明"}
    page = client.post(f"/matters/{agreed.pk}/coordinate", typed)
    assert page.status_code == 422
    assert "写了很久的说明" in page.content.decode()
    assert "写了很久的说明" in client.get(f"/matters/{agreed.pk}/coordinate").content.decode()


def test_a_text_whose_time_is_over_can_still_be_copied(client: Client, agreed: Matter, people: People) -> None:
    page = client.post(at(agreed, "reminder"), {"text": "正写着的提醒"})
    assert page.status_code == 409
    assert "正写着的提醒" in page.content.decode()
    assert client.get(at(agreed, "reminder")).status_code == 302


# --- to whom it belongs ---


def test_no_text_is_offered_to_anybody_but_the_requester(
    met: Matter, people: People, as_: Callable[[Person], Client]
) -> None:
    close.close(met, people.requester, outcome="办成了", settled=True, days=3)
    names = [n for n in NAMES if n != "thanks"] + [f"thanks-{people.leader.pk}"]
    assert "text" in access.PAGES
    for person in (people.leader, people.counterpart, people.organiser, people.stranger):
        for name in names:
            for query in ({}, {"as": "txt"}, {"as": "docx"}, {"as": "html"}, {"as": "preview"}):
                assert as_(person).get(at(met, name), query).status_code == 404
            assert as_(person).post(at(met, name), {"text": "x", "as": "send"}).status_code == 404
    assert Client().get(at(met, "note")).url.startswith("/account/sign-in")
    assert not Draft.objects.exists()


def test_a_name_that_there_is_not_is_not_there(client: Client, met: Matter) -> None:
    assert client.get(at(met, "gossip")).status_code == 404
    assert client.get(at(met, "thanks-99999")).status_code == 302
    assert client.get(at(met, "thanks-x"), {"as": "txt"}).status_code == 302


@pytest.mark.points("2.10")
def test_what_the_other_side_gets_holds_nothing_of_the_request(client: Client, met: Matter) -> None:
    inside = [FACTS["situation"][:8], FACTS["importance"][:6], FACTS["options.b2.title"], "请王经理一起开会", WORDS]
    for name in ("note", "minutes", "agenda"):
        text = texts.text_of(met, name).text + client.get(at(met, name), {"as": "preview"}).content.decode()
        assert [line for line in inside if line in text] == []


# --- the minutes ---


@pytest.mark.points("2.8", "3.9", "4.8")
def test_the_minutes_of_a_meeting_tell_what_was_decided_and_promised(client: Client, met: Matter) -> None:
    text = texts.text_of(met, "minutes").text
    for said in ("三楼小会议室", "高翔（市场部）", "王经理（采购部）", "1. 搭建物料排进本周比价。", "王经理：给出交期"):
        assert said in text
    word = client.get(f"/matters/{met.pk}/document", {"kind": "纪要", "format": "docx"}, follow=True)
    assert "搭建物料排进本周比价" in zipfile.ZipFile(BytesIO(word.content)).read("word/document.xml").decode()
    assert "会议纪要" in client.get(f"/matters/{met.pk}").content.decode()


def test_minutes_go_to_those_who_were_invited_once_for_each_wording(
    client: Client, met: Matter, people: People
) -> None:
    form = form_of(client.get(at(met, "minutes"))) | {"as": "send"}
    for _ in range(2):
        client.post(at(met, "minutes"), form)
    rows = Outbox.objects.filter(kind="minutes")
    assert sorted(r.person.name for r in rows) == ["王经理", "高翔"]
    client.post(at(met, "minutes"), form | {"text": form["text"] + "\n补充一句。"})
    assert rows.all().count() == 4


def test_before_the_meeting_there_are_no_minutes_and_no_decisions(
    client: Client, agreed: Matter, people: People
) -> None:
    start = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    form = {"do": "meeting", "title": "会", "start": start, "minutes": "30", "text": "一、说明来意", "guest": ""}
    assert client.post(f"/matters/{agreed.pk}/coordinate", form).status_code == 302
    assert texts.text_of(agreed, "minutes") is None
    page = client.post(f"/matters/{agreed.pk}/coordinate", {"do": "held", "decided": "先办"})
    assert page.status_code == 422
    assert "会还没有开" in page.content.decode()
    assert "一、说明来意" in Outbox.objects.filter(kind="invitation")[0].payload["before"][-1]


def test_after_a_meeting_with_a_record_another_can_be_held(client: Client, met: Matter) -> None:
    start = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    form = {"do": "meeting", "title": "第二次会", "start": start, "minutes": "30", "text": "看进度", "guest": ""}
    assert client.post(f"/matters/{met.pk}/coordinate", form).status_code == 302
    assert Meeting.objects.filter(cancelled_at=None).count() == 2
    assert DECIDED.splitlines()[0] in texts.text_of(met, "minutes").text
    page = client.get(f"/matters/{met.pk}/coordinate").content.decode()
    assert "第二次会" in page
    assert "搭建物料排进本周比价" in page


def test_the_report_tells_what_the_meeting_decided(met: Matter) -> None:
    assert "会上定下：搭建物料排进本周比价；规格有变动，当天互相告知。" in texts.text_of(met, "progress").text


# --- the talk, the answer, the no ---


def test_changed_points_go_to_the_leader_and_are_what_they_see(
    client: Client, talking: Matter, as_: Callable[[Person], Client], people: People
) -> None:
    form = {"do": "points", "text": "先谢谢他们\n\n再谈交期"}
    assert client.post(f"/matters/{talking.pk}/coordinate", form).status_code == 302
    letter = Outbox.objects.filter(kind="talk", state="waiting").get()
    assert "· 先谢谢他们\n· 再谈交期" in letter.payload["before"][1]
    asked = talking.requests.get()
    page = as_(people.leader).get(f"/requests/{asked.pk}").content.decode()
    assert "再谈交期" in page
    assert client.post(f"/matters/{talking.pk}/coordinate", {"do": "points", "text": " \n"}).status_code == 422


def test_an_answer_is_previewed_with_the_question_as_it_was_asked(
    client: Client, asked: Request, people: People
) -> None:
    question = decide.decide(asked, Choice(Verdict.ASK, 1, words="他们怎么说？"), by=people.leader, how="account")
    decide.send_now(question, by=people.leader)
    matter = Matter.objects.get(pk=asked.matter_id)
    answer = client.post(at(matter, "answer"), {"text": "要排队到月底。", "as": "preview"}, follow=True)
    page = answer.content.decode()
    assert page.index("他们怎么说？") < page.index("要排队到月底。")
    file = client.get(at(matter, "answer"), {"as": "txt"}).content.decode()
    assert file.index("他们怎么说？") < file.index("要排队到月底。")
    assert "要排队到月底。" in client.get(f"/matters/{matter.pk}/answer").content.decode()
    client.post(f"/matters/{matter.pk}/answer", {"text": "要排队到月底。"})
    sent = Outbox.objects.get(kind="answer").payload["before"]
    assert [line for part in sent for line in part.split("\n") if escape(line) not in page] == []


@pytest.mark.points("1.8", "3.10")
def test_after_a_no_thanks_and_the_next_step_go_out_once(client: Client, asked: Request, people: People) -> None:
    no = decide.decide(asked, Choice(Verdict.NO, 1, words="先别急，月底再看。"), by=people.leader, how="account")
    matter = Matter.objects.get(pk=asked.matter_id)
    assert client.get(at(matter, "declined")).status_code == 302  # the leader may still take it back
    decide.send_now(no, by=people.leader)
    assert at(matter, "declined") in client.get(f"/matters/{matter.pk}").content.decode()
    page = client.get(at(matter, "declined"))
    assert "先别急，月底再看。" in page.content.decode()
    form = form_of(page) | {"as": "send"}
    for _ in range(2):
        assert client.post(at(matter, "declined"), form).status_code == 302
    assert Outbox.objects.filter(kind="after_no").count() == 1
    assert "已经发过了" in client.get(at(matter, "declined")).content.decode()


# --- the reminder ---


@pytest.mark.points("3.6")
def test_a_reminder_goes_out_as_it_was_edited_and_the_next_has_its_own_words(
    client: Client, asked: Request, people: People
) -> None:
    matter = Matter.objects.get(pk=asked.matter_id)
    assert at(matter, "reminder") in client.get(f"/matters/{matter.pk}").content.decode()
    type_into(client, matter, "reminder", "高总，搭建物料的事，您得空时看一眼就好。")
    first, second = Outbox.objects.filter(kind="remind_leader", state="waiting").order_by("due_at")
    assert first.payload["before"] == ["高总，搭建物料的事，您得空时看一眼就好。"]
    assert "看一眼就好" not in str(second.payload)
    client.post(at(matter, "reminder"), {"as": "composed"})
    first.refresh_from_db()
    assert "看一眼就好" not in str(first.payload)


@pytest.mark.points("3.6")
def test_who_was_asked_in_person_is_reminded_by_hand_twice_at_most(
    client: Client, matter: Matter, people: People
) -> None:
    request = schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    hand_over(request.matter, people.requester)
    for _ in range(2):
        page = client.get(at(matter, "reminder"))
        assert "最多两次" in page.content.decode()
        assert client.post(at(matter, "reminder"), form_of(page) | {"as": "handed"}).status_code == 302
    assert client.get(at(matter, "reminder")).status_code == 302
    assert client.post(at(matter, "reminder"), {"text": "x", "as": "handed"}).status_code == 409
    assert at(matter, "reminder") not in client.get(f"/matters/{matter.pk}").content.decode()


# --- in a browser ---


def test_it_is_kept_as_it_is_typed_and_copied_with_one_click(
    browse: Callable[..., Page], people: People, met: Matter
) -> None:
    page = browse(people.requester, f"/matters/{met.pk}/coordinate", permissions=["clipboard-write", "clipboard-read"])
    page.fill("#text-note", "王经理，您好：\n\n改过的说明。")
    expect(page.locator("#kept-note time")).to_be_visible()
    page.click("[data-copy=text-note]")
    expect(page.locator("[data-copy=text-note]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "王经理，您好：\n\n改过的说明。"
    page.fill("#n-name", "王主任")
    page.reload()
    expect(page.locator("#text-note")).to_have_value("王经理，您好：\n\n改过的说明。")


def test_going_back_to_the_composed_text_leaves_the_other_fields_as_they_are(
    browse: Callable[..., Page], people: People, agreed: Matter
) -> None:
    page = browse(people.requester, f"/matters/{agreed.pk}/coordinate", screen="phone")
    composed = page.input_value("#text-note")
    page.fill("#text-note", "改过的说明。")
    expect(page.locator("#kept-note time")).to_be_visible()
    page.reload()
    page.fill("#n-name", "王主任")
    page.locator(".text:has(#text-note) button[value=composed]").click()
    expect(page.locator("#text-note")).to_have_value(composed)
    expect(page.locator("#n-name")).to_have_value("王主任")
    page.fill("#text-note", "再改一次。")
    expect(page.locator("#kept-note time")).to_be_visible()
    assert texts.text_of(agreed, "note").text == "再改一次。"


def test_what_is_typed_in_the_blink_before_a_new_sheet_listens_is_kept_too(
    browse: Callable[..., Page], people: People, agreed: Matter
) -> None:
    page = browse(people.requester, f"/matters/{agreed.pk}/coordinate", screen="phone")
    page.fill("#text-note", "改过的说明。")
    expect(page.locator("#kept-note time")).to_be_visible()
    page.reload()
    page.evaluate("""() => document.addEventListener("htmx:afterSwap", () => {
        const field = document.getElementById("text-note");
        field.value = "再改一次。";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }, { once: true })""")
    page.locator(".text:has(#text-note) button[value=composed]").click()
    expect(page.locator("#text-note")).to_have_value("再改一次。")
    expect(page.locator("#kept-note time")).to_be_visible()
    assert texts.text_of(agreed, "note").text == "再改一次。"


def test_who_types_and_leaves_at_once_has_it_kept(browse: Callable[..., Page], people: People, met: Matter) -> None:
    page = browse(people.requester, at(met, "minutes"))
    page.fill("#text-minutes", "匆匆写的一句。")
    page.click("a:has-text('返回')")
    page.wait_for_url(f"**/matters/{met.pk}")
    page.wait_for_timeout(300)
    assert texts.text_of(met, "minutes").text == "匆匆写的一句。"


@pytest.mark.parametrize("name", ["minutes", "note"])
def test_a_preview_opens_beside_the_page_and_a_file_comes_without_leaving_it(
    browse: Callable[..., Page], people: People, met: Matter, name: str
) -> None:
    page = browse(people.requester, place_of(met, name), screen="phone")
    page.fill(f"#text-{name}", "看得见的一句。")
    with page.expect_popup() as opened:
        page.locator(f".text:has(#text-{name}) button[value=preview]").click()
    expect(opened.value.locator("main")).to_contain_text("看得见的一句。")
    assert fits(opened.value)
    format = "docx" if name == "minutes" else "txt"
    with page.expect_download() as fetched:
        page.locator(f".text:has(#text-{name}) button[value={format}]").click()
    assert fetched.value.suggested_filename.endswith(f".{format}")
    expect(page.locator(f"#text-{name}")).to_have_value("看得见的一句。")
    assert fits(page)


def test_without_scripts_the_same_buttons_work(browse: Callable[..., Page], people: People, met: Matter) -> None:
    page = browse(people.requester, at(met, "minutes"), java_script_enabled=False)
    page.fill("#text-minutes", "没有脚本也行。")
    page.click("button[value=save]")
    expect(page.locator("#text-minutes")).to_have_value("没有脚本也行。")
    assert texts.text_of(met, "minutes").text == "没有脚本也行。"
