"""The write page: the text on paper, the review beside it, nothing overwritten unasked."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from time import monotonic

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, Route, expect

from huitong.matters.brief import answers_of
from huitong.matters.prepare import mark, open_matter
from huitong.matters.request import latest_version
from huitong.matters.write import text_of
from huitong.method import Channel, Element
from huitong.records.models import Draft, Matter, Request
from huitong.review import review
from tests.web.conftest import People

from .pages import fits

BLAME = "采购部一直推诿。"


@pytest.fixture
def client(as_: Callable[..., Client], people: People) -> Client:
    return as_(people.requester)


def sent(matter: Matter, text: str, channel: str = "email", **more: str) -> dict[str, str]:
    """What the page's form sends from the text as it is stored."""
    now = text_of(matter, Channel(channel))
    marks = {"was": mark(now.text), "was_subject": mark(now.subject)}
    return marks | {"subject": now.subject, "text": text} | more


def body_of(matter: Matter) -> str:
    return text_of(matter, Channel.EMAIL).text


@pytest.mark.points("2.2")
def test_each_channel_shows_its_text_with_the_length_of_all_four(client: Client, matter: Matter) -> None:
    for channel in Channel:
        page = client.get(f"/matters/{matter.pk}/write/{channel}")
        assert page.status_code == 200
        assert text_of(matter, channel).text.splitlines()[0] in page.content.decode()
        assert page.content.decode().count('class="meter') == 4


def test_a_tone_and_another_wording_change_the_composed_text_and_are_kept(client: Client, matter: Matter) -> None:
    here = f"/matters/{matter.pk}/write/email"
    plain = body_of(matter)
    client.post(here, sent(matter, plain, do="formal"))
    matter.refresh_from_db()
    formal = body_of(matter)
    assert "恳请您协调" in formal
    assert formal in unescape(client.get(here).content.decode())
    client.post(here, sent(matter, formal, do="plain"))
    matter.refresh_from_db()
    assert body_of(matter) == plain
    client.post(here, sent(matter, plain, do="another"))
    matter.refresh_from_db()
    assert body_of(matter) != plain
    assert not Draft.objects.exists()


def test_a_text_edited_by_hand_keeps_its_words_whatever_the_tone(client: Client, matter: Matter) -> None:
    here = f"/matters/{matter.pk}/write/email"
    client.post(here, sent(matter, "高总，物料卡在比价。", do="formal"))
    matter.refresh_from_db()
    assert matter.style == "formal"
    assert body_of(matter) == "高总，物料卡在比价。"
    assert 'value="formal"' not in client.get(here).content.decode()


def test_the_card_speaks_in_the_chosen_tone(client: Client, matter: Matter) -> None:
    client.post(
        f"/matters/{matter.pk}/write/spoken", sent(matter, text_of(matter, Channel.SPOKEN).text, "spoken", do="formal")
    )
    assert "恳请您" in client.get(f"/matters/{matter.pk}/speak").content.decode()


def test_looking_writes_nothing(client: Client, matter: Matter) -> None:
    client.get(f"/matters/{matter.pk}/write")
    before = Matter.objects.values().get(pk=matter.pk)
    client.get(f"/matters/{matter.pk}/write/chat?changes=1")
    assert Matter.objects.values().get(pk=matter.pk) == before
    assert not Draft.objects.exists()


def test_there_is_no_such_channel(client: Client, matter: Matter) -> None:
    assert client.get(f"/matters/{matter.pk}/write/telegram").status_code == 404


def test_missing_names_are_named_and_lead_to_their_questions(client: Client, people: People) -> None:
    matter = open_matter(people.requester)
    page = client.get(f"/matters/{matter.pk}/write").content.decode()
    assert f"/matters/{matter.pk}/prepare/who#other_department" in page
    assert f"/matters/{matter.pk}/prepare/who#matter" in page
    assert "prepare/who#leader" not in page  # the reporting line has filled that in
    assert "<textarea" not in page


def test_an_edit_is_kept_and_a_stale_page_overwrites_neither_text_nor_subject(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    stale = sent(matter, body_of(matter) + "\n另一份。")
    assert client.post(at, sent(matter, body_of(matter) + "\n这一份。") | {"subject": "新主题"}).status_code == 302
    answer = client.post(at, stale)
    assert answer.status_code == 409
    assert "另一份。" in answer.content.decode()
    assert "这一份。" in answer.content.decode()
    assert "新主题" in answer.content.decode()
    assert body_of(matter).endswith("这一份。")
    old_subject = sent(matter, body_of(matter)) | {"was_subject": stale["was_subject"], "subject": stale["subject"]}
    assert client.post(at, old_subject).status_code == 409
    assert text_of(matter, Channel.EMAIL).subject == "新主题"


def test_whoever_has_seen_both_texts_may_choose_their_own(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    stale = sent(matter, "我写的。")
    client.post(at, sent(matter, "存着的。"))
    now = text_of(matter, Channel.EMAIL)
    assert client.post(at, stale | {"mine": f"{mark(now.text)}.{mark(now.subject)}"}).status_code == 302
    assert body_of(matter) == "我写的。"


def test_without_a_script_a_finding_is_mended_by_its_button(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    text = body_of(matter) + "\n" + BLAME
    client.post(at, sent(matter, text))
    page = client.get(at)
    (mend,) = page.context["margin"].mend
    assert f'<mark data-n="1">{mend.clause}</mark>' in page.content.decode()
    form = sent(matter, "开头加了一行。\n" + text, mend="1")
    form |= {"start-1": mend.start, "clause-1": mend.clause, "wording-1": "11 月 13 日答复需排队"}
    assert client.post(at, form).status_code == 302
    assert body_of(matter) == "开头加了一行。\n" + text.replace(mend.clause, "11 月 13 日答复需排队")
    assert client.get(at).context["margin"].mend == ()


def test_what_is_put_aside_is_hidden_until_it_is_asked_for(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, body_of(matter) + BLAME))
    (mend,) = client.get(at).context["margin"].mend
    client.post(at, sent(matter, body_of(matter), aside=mend.key))
    assert client.get(at).context["margin"].mend == ()
    assert "再看看先不改的 1 处" in client.get(at).content.decode()
    client.post(at, sent(matter, body_of(matter), aside="*"))
    assert client.get(at).context["margin"].mend == (mend,)


def test_what_is_put_aside_stays_so_through_edits_elsewhere_and_ends_with_its_clause(
    client: Client, matter: Matter
) -> None:
    at = f"/matters/{matter.pk}/write/email"
    twice = f"{BLAME}{body_of(matter)}\n{BLAME}"
    client.post(at, sent(matter, twice))
    first, second = client.get(at).context["margin"].mend
    client.post(at, sent(matter, twice, aside=first.key))
    (left,) = client.get(at).context["margin"].mend
    assert (left.clause, left.start) == (second.clause, second.start)
    client.post(at, sent(matter, "打扰了。" + twice + "谢谢。"))
    (left,) = client.get(at).context["margin"].mend
    assert left.start == second.start + len("打扰了。")
    client.post(at, sent(matter, "打扰了。" + twice.replace("采购部一直", "采购部总是", 1)))
    assert len(client.get(at).context["margin"].mend) == 2


def test_what_was_put_aside_just_after_more_was_typed_is_the_one_that_was_meant(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, body_of(matter) + BLAME))
    (mend,) = client.get(at).context["margin"].mend
    client.post(at, sent(matter, "打扰了。" + body_of(matter), aside=mend.key))
    assert client.get(at).context["margin"].mend == ()


def test_what_is_missing_offers_a_sentence_of_ones_own_facts_and_leads_to_the_question(
    client: Client, matter: Matter
) -> None:
    at = f"/matters/{matter.pk}/write/email"
    text = body_of(matter)
    short = "".join(line for line in text.splitlines(keepends=True) if "2.4 万元" not in line)
    client.post(at, sent(matter, short))
    lack = next(x for x in client.get(at).context["margin"].lacking if x.code == "importance")
    assert "2.4 万元" in lack.sentence
    client.post(at, sent(matter, short, insert="importance"))
    assert "2.4 万元" in body_of(matter)
    page = client.get(at)
    effort = next(x for x in page.context["margin"].lacking if x.code == "effort")
    assert effort.sentence == ""  # an example's facts are never put in
    assert f"/matters/{matter.pk}/prepare/facts#efforts" in page.content.decode()


@pytest.mark.points("3.9", "4.8")
def test_the_sentence_for_what_is_missing_says_that_and_no_opening_again(
    client: Client, matter: Matter, answer: Callable[..., None]
) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, "高总，您好。会议室还没有定，晚一天多付 2 万元。想请您跟采购部王经理说一声。"))
    lacking = {x.code: x.sentence for x in client.get(at).context["margin"].lacking}
    for code, sentence in lacking.items():
        if sentence:
            says = review(sentence, channel="email", language="zh").elements
            assert code in says
            assert Element.GREETING not in says or code is Element.GREETING
            assert Element.PURPOSE not in says or code is Element.PURPOSE
    assert any(lacking.values())


def test_a_wording_that_is_known_is_shown_and_put_in_at_once(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    text = body_of(matter) + "\n" + BLAME
    client.post(at, sent(matter, text))
    page = client.get(at)
    (mend,) = page.context["margin"].mend
    assert f"<del>{mend.clause}</del> <ins>目前还没有答复</ins>" in page.content.decode()
    form = sent(matter, text, mend="1")
    form |= {"start-1": mend.start, "clause-1": mend.clause, "wording-1": mend.wording}
    client.post(at, form)
    assert body_of(matter).endswith("采购部目前还没有答复。")


def test_what_can_only_be_left_out_is_struck_and_goes_with_its_comma(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    text = body_of(matter) + "\n物料 9 月 8 日报的，我真的受够了。"
    client.post(at, sent(matter, text))
    page = client.get(at)
    mend = next(m for m in page.context["margin"].mend if m.wording == "")
    assert "<ins>" not in page.content.decode().split(f"<del>{mend.clause}</del>")[1].split("</article>")[0]
    form = sent(matter, text, mend=str(mend.number))
    n = mend.number
    client.post(at, form | {f"start-{n}": mend.start, f"clause-{n}": mend.clause, f"wording-{n}": ""})
    assert body_of(matter).endswith("物料 9 月 8 日报的。")


def test_where_no_wording_is_honest_a_question_and_a_field_wait(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, body_of(matter) + "\n采购部的人素质太差。"))
    page = client.get(at)
    (mend,) = page.context["margin"].mend
    assert mend.wording is None
    assert mend.hint in page.content.decode()
    assert f'id="wording-1" name="wording-1" form="writing" value="{mend.clause}"' in page.content.decode()


def test_soon_becomes_the_matters_own_day(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/chat"
    client.post(at, sent(matter, "高总，您好。麻烦您尽快协调。", "chat"))
    client.post(at, sent(matter, "高总，您好。麻烦您尽快协调。", "chat", aside="importance"))
    (soon,) = client.get(at).context["margin"].mend
    assert soon.wording is not None
    day = date.fromisoformat(answers_of(matter)["deadline"])
    assert f"{day.month} 月 {day.day} 日" in soon.wording
    assert "尽快" not in soon.wording


def test_at_most_five_things_at_once_what_harms_most_first(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, "最近有点问题。他们一直推诿。"))
    margin = client.get(at).context["margin"]
    assert len(margin.mend) + len(margin.lacking) == 5
    assert [m.name for m in margin.mend] == ["指责"]
    assert margin.lacking[0].code == "ask"
    assert margin.more > 0


def test_going_back_to_the_composed_text_can_be_undone(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    composed = body_of(matter)
    client.post(at, sent(matter, composed + "\n我改的。", do="composed"))
    assert body_of(matter) == composed
    assert "撤销" in client.get(at).content.decode()
    client.post(at, {"do": "restore"})
    assert body_of(matter) == composed + "\n我改的。"
    assert "撤销" not in client.get(at).content.decode()


def test_changed_facts_leave_the_edited_text_and_are_shown(
    client: Client, matter: Matter, answer: Callable[..., None]
) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, body_of(matter) + "\n我改的。"))
    answer(matter, {"efforts.e9.result": "需排队", "efforts.e9.with": "李工"})
    page = client.get(at + "?changes=1")
    assert body_of(matter).endswith("我改的。")
    assert "用新的成文稿" in page.content.decode()
    pieces = page.context["changes"]
    assert "".join(p.text for p in pieces if p.kind != "old") == body_of(matter)
    assert any(p.kind == "old" and "需排队" in p.text for p in pieces)
    client.post(at, sent(matter, body_of(matter), do="keep"))
    assert "用新的成文稿" not in client.get(at).content.decode()


@pytest.mark.points("1.8")
def test_a_text_that_differs_from_what_was_sent_is_revised_only_when_asked(
    client: Client, asked: Request, matter: Matter
) -> None:
    at = f"/matters/{matter.pk}/write/email"
    assert "送出的是第" not in client.get(at).content.decode()
    client.post(at, sent(matter, body_of(matter) + "\n补一句。"))
    assert "送出的是第 1 版" in client.get(at).content.decode()
    assert latest_version(asked).number == 1
    client.post(at, sent(matter, body_of(matter), do="revise"))
    assert latest_version(asked).number == 2
    assert latest_version(asked).text.endswith("补一句。")
    assert "送出的是第" not in client.get(at).content.decode()


def test_peoples_words_are_escaped(client: Client, matter: Matter) -> None:
    at = f"/matters/{matter.pk}/write/email"
    client.post(at, sent(matter, "</textarea><script>alert(1)</script>采购部一直<b>推诿</b>。"))
    page = client.get(at).content.decode()
    assert "<script>alert" not in page
    assert "<b>推诿" not in page


def test_the_number_of_queries_does_not_grow_with_the_answers(
    client: Client, matter: Matter, answer: Callable[..., None]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(f"/matters/{matter.pk}/write")
        return len(seen)

    client.get(f"/matters/{matter.pk}/write")
    one = queries()
    answer(matter, {f"efforts.{n}.result": f"第 {n} 次" for n in ("a1", "b2", "c3")})
    assert queries() == one


# --- in a real browser ---


@pytest.fixture
def desk(browse: Callable[..., Page], matter: Matter, people: People) -> Page:
    return browse(people.requester, f"/matters/{matter.pk}/write/email")


def write_at_end(page: Page, text: str) -> None:
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def lines_up(page: Page) -> bool:
    """The underlined copy is exactly as wide and high as the textarea, and holds the same text."""
    return page.evaluate(
        """() => {
            const [a, b] = ["under", "text"].map((id) => document.getElementById(id));
            const [p, q] = [a, b].map((e) => e.getBoundingClientRect());
            return p.width === q.width && p.height === q.height && b.scrollHeight <= Math.ceil(q.height)
                && a.textContent === b.value + "\\n";
        }"""
    )


@pytest.mark.points("2.10")
def test_the_review_follows_what_is_typed_and_it_is_kept(desk: Page, matter: Matter) -> None:
    expect(desk.locator("#review .finding .n")).to_have_count(0)
    write_at_end(desk, "\n采购部一直推诿。😀")
    expect(desk.locator("#review .finding .n")).to_have_count(1)
    expect(desk.locator("#under mark")).to_have_text("一直推诿")
    expect(desk.locator("#kept")).to_contain_text("已保存")
    assert lines_up(desk)
    assert body_of(matter).endswith("采购部一直推诿。😀")
    expect(desk.locator("#edited")).to_contain_text("用回成文稿")


def test_what_is_typed_before_the_script_is_there_is_reviewed_and_kept(desk: Page, matter: Matter) -> None:
    held: list[Route] = []
    desk.route("**/write.js", lambda route: held.append(route))
    desk.reload(wait_until="commit")
    desk.locator("#text").wait_for()
    desk.evaluate("document.getElementById('text').value += '\\n采购部一直推诿。'")
    desk.wait_for_timeout(100)
    held[0].continue_()
    expect(desk.locator("#under mark")).to_have_text("一直推诿")
    assert body_of(matter).endswith("采购部一直推诿。")


def test_better_wording_is_put_in_where_the_clause_stands_and_the_caret_stays(desk: Page, matter: Matter) -> None:
    write_at_end(desk, "\n😀采购部一直推诿。")
    expect(desk.locator("#review .finding .n")).to_have_count(1)
    caret = desk.evaluate("document.getElementById('text').setSelectionRange(3, 3)")
    expect(desk.locator("#review .finding ins").first).to_have_text("目前还没有答复")
    desk.get_by_role("button", name="改成这样").click()
    expect(desk.locator("#review .finding .n")).to_have_count(0)
    caret = desk.evaluate("document.getElementById('text').selectionStart")
    assert caret == 3
    assert desk.locator("#text").input_value().endswith("😀采购部目前还没有答复。")
    assert body_of(matter).endswith("😀采购部目前还没有答复。")
    assert lines_up(desk)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_underlines_line_up_with_the_text(
    browse: Callable[..., Page], matter: Matter, people: People, screen: str
) -> None:
    page = browse(people.requester, f"/matters/{matter.pk}/write/email", screen=screen)
    assert lines_up(page)
    for typed in ("\n", "\n\n采购部一直推诿，尽快。", "一个很长的单词 " + "w" * 90, "\n"):
        write_at_end(page, typed)
        assert lines_up(page)
    expect(page.locator("#kept")).to_contain_text("已保存")
    expect(page.locator("#under mark").first).to_be_visible()
    assert lines_up(page)
    assert fits(page)


def test_a_second_tab_overwrites_nothing(desk: Page, matter: Matter) -> None:
    other = desk.context.new_page()
    other.goto(desk.url)
    write_at_end(desk, "\n第一页写的。")
    expect(desk.locator("#kept")).to_contain_text("已保存")
    write_at_end(other, "\n第二页写的。")
    expect(other.get_by_role("alert")).to_contain_text("第一页写的。")
    expect(other.locator("#text")).to_have_value(body_of(matter).replace("第一页写的。", "第二页写的。"))
    assert body_of(matter).endswith("第一页写的。")
    other.get_by_role("button", name="用我写的").click()
    expect(other.locator("#text")).to_have_value(body_of(matter))
    assert body_of(matter).endswith("第二页写的。")


def test_back_to_the_composed_text_and_undone(desk: Page, matter: Matter) -> None:
    composed = body_of(matter)
    write_at_end(desk, "\n我改的。")
    desk.get_by_role("button", name="用回成文稿").click()
    expect(desk.locator("#text")).to_have_value(composed)
    desk.get_by_role("button", name="撤销").click()
    expect(desk.locator("#text")).to_have_value(composed + "\n我改的。")


def test_what_is_typed_without_a_connection_survives_and_is_kept_later(desk: Page, matter: Matter) -> None:
    desk.context.set_offline(True)
    write_at_end(desk, "\n断网时写的。")
    expect(desk.locator("#kept")).to_contain_text("没有连上")
    assert "断网时写的" not in body_of(matter)
    desk.context.set_offline(False)
    desk.reload()
    expect(desk.locator("#text")).to_have_value(body_of(matter).replace("\n断网时写的。", "") + "\n断网时写的。")
    expect(desk.locator("#kept")).to_contain_text("已保存")
    assert body_of(matter).endswith("断网时写的。")


def test_a_page_made_before_the_last_save_shows_what_was_saved_after_it(desk: Page, matter: Matter) -> None:
    def hand_out_late(route: Route) -> None:
        if route.request.method != "GET":
            return route.fallback()
        made_before = route.fetch()
        until = monotonic() + 10
        while not body_of(matter).endswith("翻页时才存下的。") and monotonic() < until:
            desk.wait_for_timeout(100)
        desk.wait_for_timeout(300)  # the old page hears of it too
        return route.fulfill(response=made_before)

    desk.route("**/write**", hand_out_late)
    write_at_end(desk, "\n翻页时才存下的。")
    desk.evaluate("location.reload()")
    expect(desk.locator("#text")).to_have_value(re.compile("翻页时才存下的。$"))
    expect(desk.locator("#kept")).to_contain_text("已保存")
    desk.unroute("**/write**")
    assert body_of(matter).endswith("翻页时才存下的。")
    desk.reload()
    assert desk.evaluate("localStorage.length") == 0


def test_turning_the_page_at_once_loses_nothing(desk: Page, matter: Matter) -> None:
    write_at_end(desk, "\n刚写的。")
    desk.get_by_role("link", name="聊天").click()
    expect(desk.locator(".tabs [aria-current]")).to_contain_text("聊天")
    desk.get_by_role("link", name="邮件").click()
    expect(desk.locator("#text")).to_have_value(re.compile("刚写的。$"))
    assert body_of(matter).endswith("刚写的。")


def test_a_finding_is_put_aside_and_the_keyboard_goes_on_from_there(desk: Page) -> None:
    write_at_end(desk, "\n采购部一直推诿。")
    desk.get_by_role("button", name="先不改").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#review .finding .n")).to_have_count(0)
    expect(desk.locator("#review button").first).to_be_focused()
    desk.get_by_role("button", name="再看看先不改的 1 处").click()
    expect(desk.locator("#under mark")).to_have_text("一直推诿")


def test_a_missing_element_is_put_in_by_one_press(desk: Page, matter: Matter) -> None:
    text = desk.locator("#text")
    text.fill("\n".join(x for x in body_of(matter).splitlines() if "谢谢" not in x))
    thanks = desk.locator(".finding.lack", has_text="感谢")
    thanks.get_by_role("button", name="插入").click()
    expect(thanks).to_have_count(0)
    assert "谢" in text.input_value()
