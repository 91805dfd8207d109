"""The leader's page: one screen, five answers, and nothing recorded that the leader did not mean."""

import time
from collections.abc import Callable
from datetime import timedelta
from html import escape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page

from huitong.directory import phrases
from huitong.matters import close, coordinate, decide, prepare, write
from huitong.matters.request import is_unanswered, revise, schedule, take_back
from huitong.matters.verdicts import Choice, Verdict
from huitong.method import Channel
from huitong.records.models import Decision, Device, Matter, Outbox, Phrase, Request

from .conftest import People, send
from .pages import answer, confirm, form_of, later, link_to, path_of, title_of


def nothing_is_decided() -> bool:
    """What a scanner or a slip can never change."""
    return not Decision.objects.exists() and not Device.objects.exists()


@pytest.fixture
def path(asked: Request, people: People) -> str:
    return path_of(link_to(people.leader))


@pytest.fixture
def phone(client: Client, path: str, asked: Request, people: People) -> Client:
    """A browser in which the leader has confirmed an answer before: one tap is enough."""
    answer(client, path, verdict="ask", words="第一次用")
    decide.undo(decide.standing_decision(asked), by=people.leader)
    # The rule of ten seconds looks at what came by this link before.
    link = link_to(people.leader)
    type(link).objects.update(last_choice="", last_choice_at=None)
    Decision.objects.all().delete()
    Outbox.objects.filter(kind__in=("decision", "receipt")).delete()
    asked.matter.refresh_from_db()
    return client


# --- one screen ---


@pytest.mark.points("1.3", "1.4", "2.2", "2.3", "3.4", "3.8", "4.3", "4.4")
def test_the_page_says_who_asks_what_and_the_ways_to_help_with_their_minutes(client: Client, path: str) -> None:
    response = client.get(path)
    text = response.content.decode()
    assert response.status_code == 200
    assert "许宁" in title_of(response)
    assert "<b>30</b> 分钟" in text
    assert "<b>10</b> 分钟" in text
    assert "您正以<b>高总</b>的身份批示" in text
    for verdict in Verdict:
        assert f'name="verdict" value="{verdict}"' in text
    assert "场租每天 2.4 万元" in text  # why now
    assert "请王经理一起开会" in text  # what the leader would do
    assert "CG-2211" in text  # the facts, and the full text, are one tap away


def test_what_the_requester_leans_to_is_picked_beforehand(client: Client, path: str) -> None:
    assert form_of(client.get(path))["option"] == "1"
    assert client.get(path).content.decode().count("许宁建议") == 1


def test_a_link_to_an_option_picks_it_and_answers_nothing(client: Client, path: str) -> None:
    assert form_of(client.get(path + "?option=2"))["option"] == "2"
    assert form_of(client.get(path + "?option=77"))["option"] == "1"
    assert nothing_is_decided()


def test_a_leader_with_an_account_decides_with_one_tap(
    asked: Request, people: People, as_: Callable[..., Client]
) -> None:
    browser, page = as_(people.leader), f"/requests/{asked.pk}"
    response = browser.post(page, form_of(browser.get(page)) | {"verdict": "agree", "words": "可以。"})
    assert response.status_code == 302
    decision = Decision.objects.get()
    assert (decision.how, decision.option, decision.words) == ("account", 0, "可以。")
    assert "登录后" in browser.get(page).content.decode()


def test_a_request_of_another_leader_is_not_there(asked: Request, people: People, as_: Callable[..., Client]) -> None:
    page = f"/requests/{asked.pk}"
    for person in (people.requester, people.counterpart, people.organiser, people.stranger):
        assert as_(person).get(page).status_code == 404
        assert as_(person).post(page, {"verdict": "agree", "version": "1", "option": "1"}).status_code == 404
    assert nothing_is_decided()


def test_other_requests_are_named_to_who_signed_in_and_never_by_link(
    asked: Request,
    people: People,
    phone: Client,
    path: str,
    as_: Callable[..., Client],
    prepared: Callable[..., Matter],
) -> None:
    second = prepared(people.requester, title="展厅电力扩容")
    request = schedule(second, people.requester, way="person", deliver_at=timezone.now())
    decide.tell(
        second, people.requester, Choice(Verdict.LATER, 1, later_until=timezone.localdate() + timedelta(days=2))
    )
    answer(phone, path, verdict="no")
    assert "展厅电力扩容" not in phone.get(path).content.decode()
    page = as_(people.leader).get(f"/requests/{asked.pk}").content.decode()
    assert "展厅电力扩容" in page
    assert f"/requests/{request.pk}" in page


def test_more_requests_that_wait_take_no_more_queries(
    asked: Request, people: People, as_: Callable[..., Client], prepared: Callable[..., Matter]
) -> None:
    browser, page = as_(people.leader), f"/requests/{asked.pk}"
    browser.post(page, form_of(browser.get(page)) | {"verdict": "no"})

    def wait(title: str) -> int:
        schedule(prepared(people.requester, title=title), people.requester, way="mail", deliver_at=timezone.now())
        send("request")
        with CaptureQueriesContext(connection) as queries:
            assert title in browser.get(page).content.decode()
        return len(queries)

    counts = [wait(title) for title in ("第一件", "第二件", "第三件")]
    assert counts[0] == counts[2]


# --- once more, on a device that has not decided here before ---


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "agree", "option": "2"},
        {"verdict": "change", "option": "1", "words": "改到周四"},
        {"verdict": "ask", "words": "去年多少？"},
        {"verdict": "later"},
        {"verdict": "no"},
    ],
)
def test_a_tap_on_an_unknown_device_records_nothing_and_repeats_the_choice(
    client: Client, path: str, asked: Request, fields: dict[str, str]
) -> None:
    response = client.post(path, form_of(client.get(path)) | fields)
    assert response.status_code == 200
    assert "还没有记下" in response.content.decode()
    expected = {"agree": "同意方案二：与王经理通个电话", "change": "同意方案一（召开协调会），有调整", "no": "暂不同意"}
    assert title_of(response).startswith(expected.get(fields["verdict"], ""))
    assert fields.get("words", "") in response.content.decode()
    assert nothing_is_decided()
    assert not Outbox.objects.filter(kind="receipt").exists()

    assert confirm(client, path, response).status_code == 302
    assert Decision.objects.get().verdict == fields["verdict"]


def test_without_saying_who_decides_nothing_is_recorded(client: Client, path: str) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree", "words": "行"})
    assert "who" not in form_of(response)
    for fields in ({}, {"who": ""}, {"who": "robot"}, {"who": "other", "by_name": " "}):
        again = client.post(path, form_of(response) | {"step": "confirm"} | fields)
        assert again.status_code == 422
        assert "行" in again.content.decode()
        assert "sealed" in form_of(again)
    assert "什么都没有记下" in confirm(client, path, response, who="neither").content.decode()
    assert nothing_is_decided()


def test_thinking_again_leads_back_with_everything_kept(client: Client, path: str) -> None:
    typed = {"verdict": "agree", "option": "2", "words": "  先这样\n再看", "phrase": "办完告诉我", "keep": "1"}
    response = client.post(path, form_of(client.get(path)) | typed)
    back = client.post(path, form_of(response) | {"step": "back"})
    kept = form_of(back)
    assert (kept["option"], kept["words"], kept["phrase"], kept["keep"]) == ("2", "  先这样\n再看", "办完告诉我", "1")
    assert nothing_is_decided()


def test_the_second_step_counts_only_in_the_browser_of_the_first(client: Client, path: str) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree"})
    other = confirm(Client(), path, response)
    assert other.status_code == 422
    assert "没有记下" in other.content.decode()
    changed = form_of(response) | {"sealed": form_of(response)["sealed"][:-2] + "xx", "who": "self"}
    assert client.post(path, changed).status_code == 422
    assert nothing_is_decided()


def test_the_second_step_of_one_link_does_not_count_for_another(
    client: Client, path: str, people: People, prepared: Callable[..., Matter]
) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree"})
    second = prepared(people.requester, title="另一件")
    schedule(second, people.requester, way="mail", deliver_at=timezone.now())
    assert confirm(client, path_of(link_to(people.leader)), response).status_code == 422
    assert nothing_is_decided()


def test_the_second_step_counts_for_half_an_hour(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree"})
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 31 * 60)
    assert confirm(client, path, response).status_code == 422
    assert nothing_is_decided()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 29 * 60)
    assert confirm(client, path, response).status_code == 302


def test_who_decides_in_the_leaders_place_is_named_and_asked_again_the_next_time(
    client: Client, path: str, people: People
) -> None:
    answer(client, path, who="other", by_name=" 秘书  小周 ", verdict="no", words="今年不办")
    decision = Decision.objects.get()
    assert (decision.by, decision.by_name) == (people.leader, "秘书 小周")
    page = client.get(path).content.decode()
    assert "秘书 小周代高总" in page
    assert not Device.objects.exists()
    assert "还没有记下" in client.post(path, {"do": "undo"}).content.decode()


def test_not_you_leads_to_a_page_where_another_person_names_themselves(phone: Client, path: str) -> None:
    page = phone.get(path + "?who=other")
    assert "这个链接是发给高总的" in page.content.decode()
    nameless = phone.post(path, form_of(page) | {"verdict": "no"})
    assert nameless.status_code == 422
    assert not Decision.objects.exists()
    phone.post(path, form_of(page) | {"verdict": "no", "by_name": "小周"})
    assert Decision.objects.get().by_name == "小周"


def test_a_device_is_known_to_the_leader_who_confirmed_and_to_nobody_else(
    client: Client, path: str, people: People
) -> None:
    answer(client, path, verdict="no")
    value = client.cookies["device"]
    assert value["httponly"]
    assert value["samesite"] == "Lax"
    device = Device.objects.get()
    assert device.person == people.leader
    assert value.value not in device.digest
    assert client.post(path, {"do": "undo"}).status_code == 302  # one tap from now on


def test_a_made_up_device_is_not_known(client: Client, path: str) -> None:
    for value in ("", "x", "0" * 64):
        client.cookies["device"] = value
        assert "还没有记下" in client.post(path, form_of(client.get(path)) | {"verdict": "no"}).content.decode()
    assert nothing_is_decided()


# --- the leader's own words ---

WORDS = [
    "可以。我下班前给老王打电话。",
    "  前面空两格\r\n第二行\r\n\r\n  尾空格  ",
    "\r\n\r\n先空两行",
    "👍🏽 同意 👨‍👩‍👧 ᠠ é",
    "<b>不是粗体</b> & \"引号\" '单引号' {{ 花括号 }} %(name)s",
    "\u202e反向\u3000全角\tTab",
    "字" * 5000,
]


@pytest.mark.points("1.8", "2.7", "4.6")
@pytest.mark.parametrize("words", WORDS)
def test_the_leaders_words_are_kept_and_shown_byte_for_byte(client: Client, path: str, words: str) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree", "words": words})
    confirm(client, path, response)
    assert Decision.objects.get().words == words
    shown = client.get(path).content.decode()
    assert escape(words) in shown


@pytest.mark.parametrize("words", ["a\x00b", "字" * 5001])
def test_words_that_cannot_be_kept_whole_are_refused_and_stay_on_the_page(phone: Client, path: str, words: str) -> None:
    response = phone.post(path, form_of(phone.get(path)) | {"verdict": "agree", "words": words})
    assert response.status_code == 422
    assert 'id="words_error"' in response.content.decode()
    assert form_of(response)["words"].replace("\ufffd", "\x00") == words
    assert not Decision.objects.exists()


def test_phrases_go_with_the_words_and_new_ones_are_kept(phone: Client, path: str, people: People) -> None:
    phrases.keep(people.leader, "请财务一起看")
    assert 'value="请财务一起看"' in phone.get(path).content.decode()
    form = form_of(phone.get(path)) | {"verdict": "agree", "words": "抓紧", "keep": "1"}
    phone.post(path, form | {"phrase": ["请财务一起看", "办完告诉我"]})
    assert Decision.objects.get().words == "抓紧\n请财务一起看\n办完告诉我"
    assert set(Phrase.objects.values_list("text", flat=True)) == {"请财务一起看", "抓紧"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"verdict": "ask"}, "words"),
        ({"verdict": "change", "words": "  "}, "words"),
        ({"verdict": "later", "later_until": ""}, "later_until"),
        ({"verdict": "later", "later_until": "2020-01-01"}, "later_until"),
    ],
)
def test_what_is_missing_is_asked_for_beside_its_field_on_any_device(
    client: Client, path: str, fields: dict[str, str], field: str
) -> None:
    response = client.post(path, form_of(client.get(path)) | {"option": "2"} | fields)
    assert response.status_code == 422
    assert f'name="{field}"' in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()
    assert form_of(response)["option"] == "2"


@pytest.mark.parametrize("fields", [{}, {"verdict": "yes"}, {"do": "nothing"}, {"do": "whatever"}])
def test_a_form_without_one_of_the_five_answers_decides_nothing(
    phone: Client, path: str, fields: dict[str, str]
) -> None:
    response = phone.post(path, form_of(phone.get(path)) | {"words": "写了一半"} | fields)
    assert response.status_code == 422
    assert form_of(response)["words"] == "写了一半"
    assert not Decision.objects.exists()


# --- one decision ---


def test_two_taps_make_one_decision(phone: Client, path: str) -> None:
    form = form_of(phone.get(path)) | {"verdict": "agree", "words": "好"}
    assert [phone.post(path, form).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1
    assert Outbox.objects.filter(kind="receipt").count() == 1


def test_two_taps_on_a_question_ask_it_once(phone: Client, path: str) -> None:
    form = form_of(phone.get(path)) | {"verdict": "ask", "words": "去年多少？"}
    assert [phone.post(path, form).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_two_different_answers_within_ten_seconds_count_for_nothing_and_the_page_asks_again(
    phone: Client, path: str, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(phone.get(path))
    assert phone.post(path, form | {"verdict": "agree", "option": "1"}).status_code == 302
    later(monkeypatch, seconds=8)
    response = phone.post(path, form | {"verdict": "no", "words": "等等"})
    assert response.status_code == 409
    assert "两个都没有记下" in response.content.decode()
    assert title_of(response) == "暂不同意"
    assert decide.standing_decision(asked) is None
    assert not Outbox.objects.filter(kind="decision", state="waiting").exists()
    assert confirm(phone, path, response).status_code == 302
    assert decide.standing_decision(asked).verdict == "no"


def test_who_comes_second_is_told_who_decided_and_when(
    phone: Client, path: str, asked: Request, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(phone.get(path))
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=people.leader, how="account", by_name="小周")
    later(monkeypatch, minutes=1)
    response = phone.post(path, form | {"verdict": "no"})
    assert response.status_code == 409
    assert "已经批示过了" in response.content.decode()
    assert "由小周代高总批示" in response.content.decode()
    assert Decision.objects.count() == 1


# --- versions ---


def changed(matter: Matter) -> None:
    text = write.text_of(matter, Channel.EMAIL)
    new = text.text.replace("2.4 万元", "2.6 万元")
    assert new != text.text
    mark = prepare.mark(text.text)
    write.save_text(matter, matter.requester, Channel.EMAIL, subject=text.subject, text=new, was=mark)
    revise(matter, matter.requester)


@pytest.mark.parametrize("known", [True, False])
def test_an_answer_to_an_older_version_records_nothing_and_shows_the_difference(
    request: pytest.FixtureRequest, client: Client, path: str, asked: Request, known: bool
) -> None:
    browser = request.getfixturevalue("phone") if known else client
    form = form_of(browser.get(path)) | {"verdict": "agree", "option": "2", "words": "我写了很久的话"}
    changed(asked.matter)
    response = browser.post(path, form)
    page = response.content.decode()
    assert response.status_code == 409
    assert "旧的一版" in page
    assert "<del>" in page
    assert "<ins>" in page
    assert "2.6 万元" in page
    assert not Decision.objects.exists()
    kept = form_of(response)
    assert (kept["words"], kept["option"], kept["version"]) == ("我写了很久的话", "2", "2")
    again = browser.post(path, kept | {"verdict": "agree"})
    if not known:
        again = confirm(browser, path, again)
    assert again.status_code == 302
    assert Decision.objects.get().version.number == 2


def test_a_version_revised_between_the_two_steps_is_noticed(client: Client, path: str, asked: Request) -> None:
    response = client.post(path, form_of(client.get(path)) | {"verdict": "agree", "words": "好"})
    changed(asked.matter)
    late = confirm(client, path, response)
    assert late.status_code == 409
    assert form_of(late)["words"] == "好"
    assert nothing_is_decided()


def test_a_version_that_never_was_is_refused_without_a_difference(phone: Client, path: str) -> None:
    response = phone.post(path, form_of(phone.get(path)) | {"verdict": "agree", "version": "9"})
    assert response.status_code == 409
    assert not Decision.objects.exists()


# --- afterwards ---


def test_afterwards_the_page_says_what_was_understood_and_until_when_it_can_be_undone(phone: Client, path: str) -> None:
    answer(phone, path, verdict="agree", option="2", words="可以。")
    page = phone.get(path)
    decision = Decision.objects.get()
    clock = timezone.localtime(decision.effective_at).strftime("%H:%M")
    text = page.content.decode()
    assert title_of(page) == "记下了：同意方案二：与王经理通个电话"
    assert text.index("可以。") < text.index("接下来")
    assert f"{clock}</time> 以前可以撤回，在那之前什么都不会发出。" in text
    assert "许宁收到您的批示" in text
    assert "您与王经理商量，约 10 分钟" in text
    assert "提供完整规格" in text
    assert "通话要点" in text
    assert "记录：高翔，经链接，第 1 版" in text


@pytest.mark.parametrize(("minutes", "undone"), [(9.9, True), (10.1, False)])
def test_a_slip_can_be_undone_for_ten_minutes(
    phone: Client, path: str, asked: Request, minutes: float, undone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(phone, path, verdict="no")
    later(monkeypatch, minutes=minutes)
    assert ("撤回这次批示" in phone.get(path).content.decode()) is undone
    response = phone.post(path, {"do": "undo"})
    assert response.status_code == (302 if undone else 409)
    assert (decide.standing_decision(asked) is None) is undone
    if undone:
        assert "已经撤回" in phone.get(path).content.decode()
        assert 'value="agree"' in phone.get(path).content.decode()


def test_nothing_leaves_before_the_ten_minutes_unless_the_leader_says_so(
    phone: Client, path: str, asked: Request
) -> None:
    answer(phone, path, verdict="agree", option="2")
    held = Outbox.objects.filter(key__startswith="decision:", state="waiting").exclude(kind="receipt")
    assert held.count() == 2
    assert not held.filter(due_at__lte=timezone.now()).exists()
    assert phone.post(path, {"do": "now"}).status_code == 302
    assert held.filter(due_at__lte=timezone.now()).count() == 2
    assert "撤回这次批示" not in phone.get(path).content.decode()


@pytest.mark.parametrize("do", ["undo", "now"])
def test_undo_and_send_now_ask_once_more_on_an_unknown_device(
    client: Client, path: str, asked: Request, people: People, do: str
) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    response = client.post(path, {"do": do})
    assert "还没有记下" in response.content.decode()
    decision.refresh_from_db()
    assert decision.undone_at is None
    assert decision.effective_at > timezone.now()
    assert confirm(client, path, response).status_code == 302
    decision.refresh_from_db()
    assert (decision.undone_at is not None) is (do == "undo")
    assert (decision.effective_at <= timezone.now()) is (do == "now")


def test_the_receipt_leads_to_the_same_page_with_undo(phone: Client, path: str, people: People) -> None:
    answer(phone, path, verdict="agree", option="1")
    receipt = path_of(link_to(people.leader))
    assert receipt != path
    assert "撤回这次批示" in Client().get(receipt).content.decode()


def test_a_question_comes_back_answered_on_the_same_page_and_is_then_decided(
    phone: Client, path: str, asked: Request, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(phone, path, verdict="ask", words="去年场租多少？")
    waiting = phone.get(path).content.decode()
    assert "去年场租多少？" in waiting
    assert "现在就批示" in waiting
    assert 'value="agree"' in phone.get(path + "?again=1").content.decode()
    later(monkeypatch, minutes=11)
    decide.reply(asked.matter, people.requester, "每天 2.1 万元。\n合同在附件里。")
    page = phone.get(path).content.decode()
    assert "去年场租多少？" in page
    assert "每天 2.1 万元。\n合同在附件里。" in page
    assert answer(phone, path, verdict="agree", option="1").status_code == 302
    assert decide.standing_decision(asked).verdict == "agree"


def test_later_is_asked_again_on_the_day(
    phone: Client, path: str, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = timezone.localdate() + timedelta(days=3)
    answer(phone, path, verdict="later", later_until=day.isoformat())
    assert title_of(phone.get(path)).startswith("记下了：稍后再定")
    later(monkeypatch, days=3)
    page = phone.get(path).content.decode()
    assert 'value="agree"' in page
    assert "没有批示，不会当作同意" not in page
    assert answer(phone, path, verdict="no").status_code == 302


@pytest.fixture
def told(matter: Matter, people: People) -> Decision:
    schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    return decide.tell(matter, people.requester, Choice(Verdict.AGREE, 1, option=0, words="行，下周开会"))


def test_what_the_requester_wrote_down_is_confirmed_with_a_tap(client: Client, told: Decision, people: People) -> None:
    path = path_of(link_to(people.leader))
    page = client.get(path).content.decode()
    assert "许宁记下了您的意见" in page
    assert "行，下周开会" in page
    assert "是这样" in page
    told.refresh_from_db()
    assert told.confirmed_at is None
    answer(client, path, do="confirm")
    told.refresh_from_db()
    assert told.confirmed_at is not None
    assert "您已确认" in client.get(path).content.decode()


def test_who_confirms_in_the_leaders_place_is_named(client: Client, told: Decision, people: People) -> None:
    answer(client, path_of(link_to(people.leader)), do="confirm", who="other", by_name="小周")
    told.refresh_from_db()
    assert (told.by_name, told.by, told.how) == ("小周", people.leader, "told")
    assert told.confirmed_at is not None


def test_what_the_requester_wrote_down_gives_way_to_the_leaders_own_answer(
    client: Client, told: Decision, people: People
) -> None:
    path = path_of(link_to(people.leader))
    answer(client, path, verdict="no", words="我没这么说")
    told.refresh_from_db()
    assert told.superseded_at is not None
    assert decide.standing_decision(told.request).words == "我没这么说"


def test_the_outcome_of_the_talk_is_told_on_the_same_page(
    phone: Client, path: str, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(phone, path, verdict="agree", option="2")
    assert "谈得怎样" not in phone.get(path).content.decode()
    assert phone.post(path, {"do": "talked", "outcome": "agreed"}).status_code == 409
    later(monkeypatch, minutes=11)
    assert "谈得怎样" in phone.get(path).content.decode()
    assert phone.post(path, {"do": "talked", "talk_words": "写了一半"}).status_code == 422
    assert phone.post(path, {"do": "talked", "outcome": "partly", "talk_words": "同意插单"}).status_code == 302
    talk = asked.matter.talks.get()
    assert (talk.outcome, talk.words) == ("partly", "同意插单")
    assert "谈成一部分" in phone.get(path).content.decode()


def test_the_outcome_of_the_talk_asks_once_more_on_an_unknown_device(
    client: Client, path: str, asked: Request, people: People
) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    response = client.post(path, {"do": "talked", "outcome": "agreed", "talk_words": "成了"})
    assert asked.matter.talks.get().held_at is None
    confirm(client, path, response)
    assert asked.matter.talks.get().outcome == "agreed"


def test_a_closed_matter_says_so_and_takes_no_answer(phone: Client, path: str, asked: Request) -> None:
    form = form_of(phone.get(path))
    close.close(asked.matter, asked.matter.requester, outcome="自己谈成了", settled=True, days=3)
    page = phone.get(path).content.decode()
    assert "已经办结" in page
    assert 'name="verdict"' not in page
    assert phone.post(path, form | {"verdict": "agree"}).status_code == 409
    assert not Decision.objects.exists()


def test_a_request_that_was_taken_back_says_so(client: Client, matter: Matter, people: People) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now() + timedelta(hours=2))
    path = path_of(link_to(people.leader))
    take_back(matter, people.requester)
    assert "收回了这份请示" in client.get(path).content.decode()


def test_from_silence_there_is_no_path_to_a_yes(
    client: Client, path: str, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, days=25)
    assert is_unanswered(asked)
    page = client.get(path).content.decode()
    assert "没有批示，不会当作同意" in page
    assert decide.standing_decision(asked) is None
    with pytest.raises(decide.NotNow):
        coordinate.follow_up(asked.matter, asked.matter.requester)
    asked.matter.refresh_from_db()
    assert asked.matter.stage == "awaiting"


@pytest.mark.parametrize("fields", [{"verdict": "ask", "words": "多少？"}, {"verdict": "later"}])
def test_a_question_or_a_later_is_no_answer_when_the_day_has_passed(
    phone: Client, path: str, asked: Request, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(phone, path, **fields)
    assert "不会当作同意；" not in phone.get(path).content.decode()
    later(monkeypatch, days=25)
    assert is_unanswered(asked)
    assert "没有批示，不会当作同意；您现在批示仍然有效" in phone.get(path).content.decode()


def test_the_page_speaks_the_leaders_language_and_clock(client: Client, path: str, people: People) -> None:
    people.leader.language, people.leader.time_zone = "en", "America/New_York"
    people.leader.save()
    response = client.get(path)
    assert response["Content-Language"] == "en"
    assert 'lang="en"' in response.content.decode()
    client.cookies["language"] = "zh-hans"
    assert client.get(path)["Content-Language"] == "zh-hans"


# --- in a real browser ---


def test_the_buttons_stay_in_view_at_360_pixels_however_far_one_scrolls(browse: Callable[..., Page], path: str) -> None:
    page = browse(None, path, screen="phone")
    page.locator("summary").first.click()
    page.get_by_text("看全文").click()
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height > 740 * 1.5
    seen = """() => [...document.querySelectorAll(".bar button")].map(button => {
        const box = button.getBoundingClientRect();
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return box.top >= 0 && box.bottom <= innerHeight && box.height >= 44 && button.contains(at);
    })"""
    for top in (*range(0, height, 150), height):
        page.evaluate("top => scrollTo({top, behavior: 'instant'})", top)
        assert page.evaluate(seen) == [True] * 5, top


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_a_link_scrolls_sideways_at_320_pixels(
    browse: Callable[..., Page], path: str, people: People, language: str
) -> None:
    people.leader.language = language
    people.leader.save()
    page = browse(None, path + "?who=other", screen="phone")
    page.set_viewport_size({"width": 320, "height": 640})

    def fits() -> bool:
        page.wait_for_load_state()  # what a tap leads to may not be there yet
        return bool(page.evaluate("document.documentElement.scrollWidth <= 320"))

    page.reload()
    assert fits()
    page.goto(page.url.partition("?")[0])
    assert fits()
    page.locator("[name=words]").fill("可以" * 40 + " " + "x" * 80)
    page.locator("button[value=agree]").click()
    assert fits()
    page.locator("[name=who][value=self]").check()
    page.locator("button[value=confirm]").click()
    page.locator("button[value=undo]").wait_for()
    assert fits()


def test_the_main_button_names_the_option_that_is_picked(browse: Callable[..., Page], path: str) -> None:
    page = browse(None, path, screen="phone")
    assert page.locator("button[value=agree]").inner_text() == "按方案一办"
    page.get_by_role("radio", name="与王经理通个电话").check()
    assert page.locator("button[value=agree]").inner_text() == "按方案二办"


def test_the_enter_key_decides_nothing(browse: Callable[..., Page], path: str) -> None:
    page = browse(None, path + "?who=other", screen="phone")
    page.locator("[name=by_name]").fill("小周")
    page.locator("[name=by_name]").press("Enter")
    page.get_by_text("还没有选").first.wait_for()
    assert page.locator("[name=by_name]").input_value() == "小周"
    assert nothing_is_decided()
