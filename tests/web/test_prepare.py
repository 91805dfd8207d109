"""The questions: kept as they are typed, never erased by what the page does not show, never blocking."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from huitong.matters import close
from huitong.matters.brief import answers_of
from huitong.matters.prepare import mark
from huitong.matters.questions import GROUPS
from huitong.records.models import Matter

from .conftest import FACTS, People

AsPerson = Callable[..., Client]
Browse = Callable[..., Page]


def url(matter: Matter, group: str = "facts") -> str:
    return f"/matters/{matter.pk}/prepare/{group}"


def fields(html: str) -> dict[str, str]:
    """What a browser would send back from this page: every field with its mark."""
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', html)
    return {name: unescape(value) for name, value in [*areas, *inputs] if name != "csrfmiddlewaretoken"}


def page_of(client: Client, matter: Matter, group: str = "facts") -> str:
    response = client.get(url(matter, group))
    assert response.status_code == 200
    return response.content.decode()


def typed(name: str, text: str, before: str = "") -> dict[str, str]:
    return {name: text, f"was:{name}": mark(before)}


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.key)
def test_every_question_has_its_element_why_example_and_field(
    as_: AsPerson, people: People, matter: Matter, group: object
) -> None:
    page = page_of(as_(people.requester), matter, group.key)

    for question in group.questions:
        assert str(question.label) in page
        assert str(question.example) in page
        assert f'id="{question.key}"' in page
    assert page.count("<h1>") == 1
    labels, ids = (
        re.findall(r'<label for="([^"]+)"', page),
        re.findall(r'<(?:input|textarea|select) id="([^"]+)"', page),
    )
    assert set(ids) <= set(labels)


def test_what_is_typed_is_kept_and_leads_on(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)

    response = client.post(url(matter), typed("benefit", "共用一份排期表") | {"do": "next"})

    assert response["Location"] == url(matter, "ways")
    assert answers_of(matter)["benefit"] == "共用一份排期表"


def test_sending_the_page_back_unchanged_changes_nothing(as_: AsPerson, people: People, matter: Matter) -> None:
    client, before = as_(people.requester), answers_of(matter)

    for group in GROUPS:
        client.post(url(matter, group.key), fields(page_of(client, matter, group.key)))

    assert answers_of(matter) == before


def test_a_field_that_did_not_come_is_not_touched(as_: AsPerson, people: People, matter: Matter) -> None:
    as_(people.requester).post(url(matter), typed("benefit", "好"))

    answers = answers_of(matter)
    assert answers["situation"] == FACTS["situation"]
    assert len(answers["options"]) == 2


def test_a_date_that_is_none_is_shown_as_text_so_that_no_browser_empties_it(
    as_: AsPerson, people: People, matter: Matter
) -> None:
    client = as_(people.requester)
    before = answers_of(matter)["deadline"]
    client.post(url(matter, "who"), typed("deadline", "下周三", before))

    page = page_of(client, matter, "who")

    assert re.search(r'<input id="deadline"[^>]*value="下周三"(?![^>]*type="date")', page)
    assert "“下周三”不是日期。请写成 2026-10-12。" in page


@pytest.mark.points("1.5", "2.6")
def test_an_unusable_answer_is_kept_and_what_to_write_stands_beside_it(
    as_: AsPerson, people: People, matter: Matter
) -> None:
    client = as_(people.requester)

    response = client.post(url(matter, "ways"), typed("options.a1.minutes", "半小时", "30") | {"do": "next"})

    assert response.status_code == 302
    page = page_of(client, matter, "ways")
    assert 'value="半小时"' in page
    assert "“半小时”不是分钟数。请写 30。" in page
    assert 'id="options.a1.minutes-error"' in page


def test_the_reader_gets_the_problem_in_their_language(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)
    client.cookies["language"] = "en"
    client.post(url(matter, "ways"), typed("options.a1.minutes", "半小时", "30"))

    assert "is not a number of minutes. Write 30." in page_of(client, matter, "ways")


def test_efforts_are_a_log_with_a_blank_row_at_the_end(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)
    blank = re.search(r'name="efforts\.(\w+)\.date"', page_of(client, matter))
    assert blank is not None
    row = f"efforts.{blank[1]}"

    response = client.post(
        url(matter),
        typed(f"{row}.date", "2026-11-13") | typed(f"{row}.result", "答复需排队") | {"do": "row:efforts"},
    )

    assert response["Location"].endswith("#efforts")
    assert answers_of(matter)["efforts"] == [{"id": blank[1], "date": "2026-11-13", "result": "答复需排队"}]
    page = page_of(client, matter)
    assert "答复需排队" in page
    assert len(set(re.findall(r'name="efforts\.(\w+)\.date"', page))) == 2


def test_a_row_that_was_removed_can_be_put_back_in_its_place(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)
    before = answers_of(matter)["options"]

    client.post(url(matter, "ways"), {"do": "remove:options.a1"})
    assert [r["id"] for r in answers_of(matter)["options"]] == ["b2"]
    assert 'value="restore"' in page_of(client, matter, "ways")
    client.post(url(matter, "ways"), {"do": "restore"})

    assert answers_of(matter)["options"] == before
    assert 'value="restore"' not in page_of(client, matter, "ways")


def test_a_stale_tab_erases_nothing_and_both_texts_are_shown(as_: AsPerson, people: People, matter: Matter) -> None:
    client, stored = as_(people.requester), FACTS["situation"]
    client.post(url(matter), typed("situation", "甲标签写的", stored))

    stale = client.post(url(matter), typed("situation", "乙标签写的", stored) | {"do": "next"})

    page = stale.content.decode()
    assert stale.status_code == 409
    assert answers_of(matter)["situation"] == "甲标签写的"
    assert ">\n乙标签写的</textarea>" in page
    assert "甲标签写的" in page


@pytest.mark.parametrize(("choice", "kept"), [("mine", "乙标签写的"), ("stored", "甲标签写的")])
def test_of_two_texts_one_is_chosen(as_: AsPerson, people: People, matter: Matter, choice: str, kept: str) -> None:
    client, stored = as_(people.requester), FACTS["situation"]
    client.post(url(matter), typed("situation", "甲标签写的", stored))
    page = client.post(url(matter), typed("situation", "乙标签写的", stored)).content.decode()

    response = client.post(url(matter), fields(page) | {"do": f"{choice}:situation"})

    assert response.status_code == 302
    assert answers_of(matter)["situation"] == kept


def test_typing_is_kept_without_a_new_page(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)

    response = client.post(url(matter), typed("benefit", "好处"), headers={"accept": "application/json"})

    told = response.json()
    assert told["marks"] == {"benefit": mark("好处")}
    assert (told["conflicts"], told["problems"]) == ({}, {"benefit": ""})
    assert re.fullmatch(r"\d\d:\d\d", told["at"])


def test_once_the_leader_has_decided_nothing_is_changed_and_nothing_typed_is_lost(
    as_: AsPerson, people: People, matter: Matter
) -> None:
    close.close(matter, people.requester, outcome="办好了", settled=True, days=3)
    client = as_(people.requester)

    response = client.post(url(matter), typed("situation", "后来写的", FACTS["situation"]))

    assert response.status_code == 409
    assert "后来写的" in response.content.decode()
    assert answers_of(matter)["situation"] == FACTS["situation"]


@pytest.mark.points("2.9", "3.7")
def test_a_similar_matter_becomes_a_precedent_with_one_click(
    as_: AsPerson, people: People, prepared: Callable[..., Matter]
) -> None:
    past = prepared(people.requester, title="春季展会展架物料采购")
    close.close(past, people.requester, outcome="高总沟通后定标。", settled=True, days=3)
    matter, client = prepared(people.requester), as_(people.requester)
    assert "春季展会展架物料采购" in page_of(client, matter)

    client.post(url(matter), {"do": f"precedent:{past.pk}"})

    (row,) = answers_of(matter)["precedents"]
    assert (row["what"], row["result"]) == ("春季展会展架物料采购", "高总沟通后定标。（3 天）")
    assert "已经写在先例里" in page_of(client, matter)


def test_a_strangers_past_matter_is_no_precedent(
    as_: AsPerson, people: People, matter: Matter, prepared: Callable[..., Matter]
) -> None:
    past = prepared(people.stranger, title="春季展会展架物料采购")
    close.close(past, people.stranger, outcome="定标。", settled=True, days=3)

    as_(people.requester).post(url(matter), {"do": f"precedent:{past.pk}"})

    assert "precedents" not in answers_of(matter)


def test_the_language_of_the_request_can_be_chosen(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.requester)

    client.post(url(matter), {"do": "language", "language": "zh-Hant"})
    client.post(url(matter), {"do": "language", "language": "fr"})

    matter.refresh_from_db()
    assert matter.language == "zh-Hant"


def test_only_the_requester_opens_it_and_reading_writes_nothing(as_: AsPerson, people: People, matter: Matter) -> None:
    before = answers_of(matter)

    assert as_(people.leader).get(url(matter)).status_code == 404
    assert as_(people.requester).get(url(matter, "nowhere")).status_code == 404
    as_(people.requester).get(url(matter), typed("situation", "改", FACTS["situation"]))

    assert answers_of(matter) == before


# --- in a browser ---


@pytest.fixture
def browser_matter(transactional_db: None, people: People, prepared: Callable[..., Matter]) -> Matter:
    return prepared(people.requester)


def test_typing_survives_a_reload(browse: Browse, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter), screen="phone")

    page.get_by_label("解决了有什么好处？").fill("共用一份排期表")
    expect(page.locator("#kept")).to_contain_text("已保存")
    page.reload()

    expect(page.get_by_label("解决了有什么好处？")).to_have_value("共用一份排期表")
    assert answers_of(browser_matter)["benefit"] == "共用一份排期表"


def test_leaving_the_page_at_once_loses_no_word(browse: Browse, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter))

    page.get_by_label("解决了有什么好处？").fill("话音刚落就走")
    page.goto(page.url.replace("/facts", "/ways"))
    page.goto(page.url.replace("/ways", "/facts"))

    expect(page.get_by_label("解决了有什么好处？")).to_have_value("话音刚落就走")
    expect(page.locator("#kept")).to_contain_text("已保存")
    assert answers_of(browser_matter)["benefit"] == "话音刚落就走"


def test_a_lost_connection_loses_no_word(browse: Browse, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter))
    page.context.set_offline(True)

    page.get_by_label("解决了有什么好处？").fill("断网时写的")
    expect(page.locator("#kept")).to_contain_text("你写的都还在这一页")
    assert "benefit" not in answers_of(browser_matter)
    page.context.set_offline(False)

    expect(page.locator("#kept")).to_contain_text("已保存")
    assert answers_of(browser_matter)["benefit"] == "断网时写的"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_was_typed_offline_comes_back_with_the_page(
    browse: Browse, people: People, browser_matter: Matter
) -> None:
    page = browse(people.requester, url(browser_matter))
    page.context.set_offline(True)
    page.locator('[name^="efforts."][name$=".result"]').fill("断网时记的一行")
    expect(page.locator("#kept")).to_contain_text("你写的都还在这一页")
    address = page.url
    page.goto("about:blank")
    page.context.set_offline(False)

    page.goto(address)

    expect(page.locator('[name^="efforts."][name$=".result"]').first).to_have_value("断网时记的一行")
    expect(page.locator("#kept")).to_contain_text("已保存")
    assert [r["result"] for r in answers_of(browser_matter)["efforts"]] == ["断网时记的一行"]


def test_a_stale_second_tab_erases_nothing(browse: Browse, people: People, browser_matter: Matter) -> None:
    first = browse(people.requester, url(browser_matter))
    second = first.context.new_page()
    second.goto(first.url)
    label = "卡在哪里？"

    first.get_by_label(label).fill("第一页写的")
    expect(first.locator("#kept")).to_contain_text("已保存")
    second.get_by_label("解决了有什么好处？").fill("第二页写的好处")
    second.get_by_role("button", name="下一组：办法").click()
    second.wait_for_url("**/ways")

    assert answers_of(browser_matter)["situation"] == "第一页写的"
    assert answers_of(browser_matter)["benefit"] == "第二页写的好处"

    third = first.context.new_page()
    third.goto(first.url)
    first.get_by_label(label).fill("第一页又写的")
    expect(first.locator("#kept")).to_contain_text("已保存")
    third.get_by_label(label).fill("第三页写的")
    box = third.locator('[data-conflict="situation"]')
    expect(box).to_contain_text("第一页又写的")
    assert answers_of(browser_matter)["situation"] == "第一页又写的"
    box.get_by_role("button", name="用我在这里写的").click()
    expect(third.get_by_label(label)).to_have_value("第三页写的")
    expect(box).to_have_count(0)
    assert answers_of(browser_matter)["situation"] == "第三页写的"


@pytest.mark.parametrize("how", ["element.remove()", "element.disabled = true", "element.closest('.q').hidden = true"])
def test_a_field_that_is_hidden_or_gone_erases_nothing(
    browse: Browse, people: People, browser_matter: Matter, how: str
) -> None:
    page = browse(people.requester, url(browser_matter))
    page.evaluate(f"const element = document.getElementById('situation'); {how}")

    page.get_by_role("button", name="下一组：办法").click()
    page.wait_for_url("**/ways")

    assert answers_of(browser_matter)["situation"] == FACTS["situation"]


def test_without_scripts_a_group_is_kept_by_its_button(browse: Browse, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter), java_script_enabled=False)

    page.get_by_label("解决了有什么好处？").fill("没有脚本也行")
    page.get_by_role("button", name="下一组：办法").click()

    assert answers_of(browser_matter)["benefit"] == "没有脚本也行"


def test_what_to_write_instead_appears_while_typing(browse: Browse, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter, "ways"))
    minutes = page.get_by_label("占领导几分钟").first

    minutes.fill("半小时")
    error = page.locator("[id='options.a1.minutes-error']")
    expect(error).to_have_text("“半小时”不是分钟数。请写 30。")
    expect(minutes).to_have_attribute("aria-invalid", "true")
    minutes.fill("30")

    expect(error).to_have_count(0)


def test_an_ended_session_loses_no_word(browse: Browse, as_: AsPerson, people: People, browser_matter: Matter) -> None:
    page = browse(people.requester, url(browser_matter))
    (session,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    page.context.clear_cookies(name="sessionid")

    page.get_by_label("解决了有什么好处？").fill("登录过期后写的")
    expect(page.locator("#kept")).to_contain_text("登录过期了")
    assert "benefit" not in answers_of(browser_matter)
    session["value"] = as_(people.requester).cookies["sessionid"].value
    page.context.add_cookies([session])
    page.get_by_role("button", name="现在再试").click()

    expect(page.locator("#kept")).to_contain_text("已保存")
    assert answers_of(browser_matter)["benefit"] == "登录过期后写的"


def test_a_row_taken_away_does_not_come_back_from_this_browser(
    browse: Browse, people: People, browser_matter: Matter
) -> None:
    page = browse(people.requester, url(browser_matter, "ways"))
    page.get_by_label("好在哪里").first.fill("正在写")

    page.get_by_role("button", name="删去这一行").first.click()
    expect(page.get_by_role("button", name="放回去")).to_be_visible()
    page.reload()
    assert [row["id"] for row in answers_of(browser_matter)["options"]] == ["b2"]
    page.get_by_role("button", name="放回去").click()

    expect(page.get_by_label("好在哪里").first).to_have_value("正在写")
