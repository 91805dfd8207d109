"""The house's own templates: organisers read, try, keep, undo and give them back; everybody's texts follow."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from huitong.compose.check import MAX_SOURCE
from huitong.compose.check import TEXTS as CHECKED
from huitong.compose.template import packaged_source
from huitong.matters import close, decide, templates
from huitong.matters.errors import Incomplete, NotAllowed
from huitong.matters.request import remind_leader
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.write import text_of
from huitong.method import Channel, Language
from huitong.records.models import HouseTemplate, Matter, Outbox, Person, Request
from huitong.web.pages.templates import TEXTS

from .conftest import People
from .pages import form_of

ZH = Language.ZH
EMAIL = packaged_source(ZH, "email")
OWN = EMAIL.replace("{address}，您好：", "尊敬的{address}：")
LOSES_DEADLINE = re.sub(r'\[[^]\n"[]*\{(due|due_before|deadline|deadline_day)\}[^]\n"[]*\]', "", EMAIL)
GREETING = EMAIL[: EMAIL.index("{address}，您好：")].count("\n") + 1
PAGE = "/templates/zh/email"


def send(client: Client, source: str, do: str = "save", path: str = PAGE, **more: str) -> object:
    """The page as it is now, with this in the field and this button."""
    form = form_of(client.get(path))
    return client.post(path, form | {"source": source.replace("\n", "\r\n"), "do": do} | more)


def undo(client: Client, was: str | None = None) -> object:
    """The button that goes back to the one before, on the page as it is now."""
    now = form_of(client.get(PAGE), 0)["was"] if was is None else was
    return client.post(PAGE, {"do": "undo", "was": now})


def own_templates() -> dict[str, str]:
    return dict(HouseTemplate.objects.values_list("name", "source"))


def test_the_list_names_every_text_that_has_a_template(as_: Callable[..., Client], people: People) -> None:
    assert set(TEXTS) == set(CHECKED)
    page = as_(people.organiser).get("/templates").content.decode()
    for language in Language:
        for name in TEXTS:
            assert f'href="/templates/{language}/{name}"' in page


def test_what_an_organiser_saves_is_how_everybodys_next_text_is_written(
    as_: Callable[..., Client], people: People, matter: Matter
) -> None:
    assert send(as_(people.organiser), OWN).status_code == 302
    row = HouseTemplate.objects.get()
    assert (row.source, row.changed_by) == (OWN, people.organiser)
    page = as_(people.requester).get(f"/matters/{matter.pk}/write/email")
    assert "尊敬的高总：" in page.content.decode()
    assert "高总您好" in text_of(matter, Channel.CHAT).text
    listed = as_(people.organiser).get("/templates").content.decode()
    assert listed.count("本单位的</p>") == 1


def test_a_sample_house_and_a_real_one_have_their_own(
    as_: Callable[..., Client], people: People, matter: Matter
) -> None:
    send(as_(people.organiser), OWN)
    Matter.objects.update(is_sample=True)
    matter.refresh_from_db()
    assert "尊敬的" not in text_of(matter, Channel.EMAIL).text


def test_nobody_but_an_organiser_sees_or_changes_a_template(as_: Callable[..., Client], people: People) -> None:
    for person in (people.requester, people.leader, people.counterpart, people.stranger):
        client = as_(person)
        assert client.get("/templates").status_code == 404
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"source": OWN, "do": "save"}).status_code == 404
        with pytest.raises(NotAllowed):
            templates.save_template(person, ZH, "email", OWN, was="")
        with pytest.raises(NotAllowed):
            templates.restore_template(person, ZH, "email")
        with pytest.raises(NotAllowed):
            templates.undo_template(person, ZH, "email", was="")
    assert own_templates() == {}


@pytest.mark.parametrize("path", ["/templates/zh/words", "/templates/fr/email", "/templates/zh/fax", "/templates/zh"])
def test_a_text_that_there_is_not_is_not_found(as_: Callable[..., Client], people: People, path: str) -> None:
    assert as_(people.organiser).get(path).status_code == 404


WRONG = {
    "TOML": (EMAIL.replace('text    = ["{address}，您好："]', 'text    = ["{address}，您好：]'), f"第 {GREETING} 行"),
    "a fact that there isn't": (EMAIL.replace("{address}，您好：", "{adress}，您好："), f"第 {GREETING} 行"),
    "a lost fact": (LOSES_DEADLINE, "丢了期限"),
    "hostile": ("[" * 19_000, "最多"),
    "long": ("长" * (MAX_SOURCE + 1), "最多"),
    "nul": (EMAIL + "\x00", "TOML"),
    "empty": ("", "[[part]]"),
}


@pytest.mark.parametrize(("source", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("do", ["save", "preview"])
def test_what_is_refused_says_where_and_keeps_what_was_typed(
    as_: Callable[..., Client], people: People, source: str, said: str, do: str
) -> None:
    page = send(as_(people.organiser), source, do)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert page.context["source"] == source
    assert form_of(page)["source"] == source.removeprefix("\n")
    assert page.context["previews"] == ()
    assert own_templates() == {}


def test_a_mistake_shows_the_line_that_it_is_on_and_in_english_too(as_: Callable[..., Client], people: People) -> None:
    client = as_(people.organiser)
    client.cookies["language"] = "en"
    page = send(client, EMAIL.replace("{address}，您好：", "<b>{adress}</b>")).content.decode()
    assert f"Line {GREETING}" in page
    assert "There is no fact {adress} here." in page
    assert "&lt;b&gt;{adress}&lt;/b&gt;" in page


def test_a_preview_keeps_nothing(as_: Callable[..., Client], people: People) -> None:
    page = send(as_(people.organiser), OWN, "preview", size="rich", style="formal")
    assert page.status_code == 200
    assert own_templates() == {}
    (shown,) = page.context["previews"]
    assert shown.body.startswith("尊敬的周总：\n\n")
    assert "恳请您" in shown.body
    assert "主持一次协调会" in shown.body
    assert page.context["source"] == OWN
    sparse = send(as_(people.organiser), OWN, "preview", size="sparse").context["previews"][0]
    assert "设备部" in sparse.body
    assert "协调会" not in sparse.body


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("language", Language)
def test_every_template_has_its_page_with_a_preview(
    as_: Callable[..., Client], people: People, language: Language, name: str
) -> None:
    page = as_(people.organiser).get(f"/templates/{language}/{name}")
    assert page.status_code == 200
    assert form_of(page)["source"] == packaged_source(language, name)
    assert all(p.body for p in page.context["previews"])
    assert page.context["previews"]


def test_odd_choices_of_a_sample_are_as_none(as_: Callable[..., Client], people: People) -> None:
    for wording in ("-1", "99", "²", "1e9", "1" * 5000):
        page = send(as_(people.organiser), EMAIL, "preview", size="huge", style="florid", wording=wording)
        assert page.status_code == 200


def test_restoring_and_undoing_lose_nothing(as_: Callable[..., Client], people: People, matter: Matter) -> None:
    client, second = as_(people.organiser), OWN.replace("尊敬的", "敬爱的")
    send(client, OWN)
    send(client, second)
    undo(client)
    assert own_templates() == {"email": OWN}
    undo(client)
    assert own_templates() == {"email": second}
    client.post(PAGE, {"do": "restore"})
    assert "高总，您好：" in text_of(matter, Channel.EMAIL).text
    assert form_of(client.get(PAGE))["source"] == EMAIL
    undo(client)
    assert "敬爱的高总：" in text_of(matter, Channel.EMAIL).text


def test_a_second_tap_of_undo_changes_nothing_and_a_colleagues_change_is_not_undone(
    as_: Callable[..., Client], people: People
) -> None:
    client, second = as_(people.organiser), OWN.replace("尊敬的", "敬爱的")
    send(client, OWN)
    send(client, second)
    tapped = form_of(client.get(PAGE), 1)["was"]
    assert undo(client, tapped).status_code == 302
    assert undo(client, tapped).status_code == 302
    assert own_templates() == {"email": OWN}
    send(client, OWN.replace("尊敬的", "亲爱的"))
    page = undo(client, tapped)
    assert page.status_code == 409
    assert "亲爱的" in form_of(page)["source"]
    assert "亲爱的" in own_templates()["email"]


def test_undoing_the_first_change_gives_the_packaged_one_back(as_: Callable[..., Client], people: People) -> None:
    client = as_(people.organiser)
    undo(client)
    assert form_of(client.get(PAGE))["source"] == EMAIL
    send(client, OWN)
    undo(client)
    assert form_of(client.get(PAGE))["source"] == EMAIL


def test_saving_the_packaged_text_is_restoring_it(as_: Callable[..., Client], people: People) -> None:
    client = as_(people.organiser)
    send(client, OWN)
    send(client, EMAIL)
    assert own_templates() == {"email": ""}


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(as_: Callable[..., Client], people: People) -> None:
    client = as_(people.organiser)
    mine = form_of(client.get(PAGE)) | {"source": OWN.replace("尊敬的", "亲爱的"), "do": "save"}
    send(client, OWN)
    page = client.post(PAGE, mine)
    assert page.status_code == 409
    assert own_templates() == {"email": OWN}
    assert form_of(page)["source"] == mine["source"]
    assert "尊敬的" in page.context["stored"]
    assert client.post(PAGE, form_of(page) | {"do": "save"}).status_code == 302
    assert own_templates() == {"email": mine["source"]}


def test_it_is_said_when_the_packaged_template_has_changed_since(as_: Callable[..., Client], people: People) -> None:
    client = as_(people.organiser)
    send(client, OWN)
    assert not client.get(PAGE).context["behind"]
    HouseTemplate.objects.update(based_on=EMAIL + "# before\n")
    assert client.get(PAGE).context["behind"]
    assert "自带的有更新" in client.get("/templates").content.decode()
    send(client, OWN)
    assert not client.get(PAGE).context["behind"]


def test_a_kept_template_that_can_no_longer_be_read_is_passed_over_and_said(
    as_: Callable[..., Client], people: People, matter: Matter
) -> None:
    send(as_(people.organiser), OWN)
    HouseTemplate.objects.update(source=OWN.replace("{address}", "{gone}"), previous="[[part]]")
    assert "高总，您好：" in text_of(matter, Channel.EMAIL).text
    page = as_(people.organiser).get(PAGE)
    assert page.status_code == 200
    assert "暂时照自带的写" in page.content.decode()
    assert undo(as_(people.organiser)).status_code == 409
    with pytest.raises(Incomplete):
        templates.undo_template(people.organiser, ZH, "email", was=form_of(page, 1)["was"])


def _own(organiser: Person, name: str, was: str, becomes: str) -> None:
    packaged = packaged_source(ZH, name)
    assert was in packaged
    row = templates.template_row(organiser, ZH, name)
    source = packaged.replace(was, becomes)
    templates.save_template(organiser, ZH, name, source, was=templates.mark(templates.in_force(row)))


def test_letters_and_pages_all_follow_the_house(as_: Callable[..., Client], people: People, asked: Request) -> None:
    for name, was, becomes in (
        ("reminder", "谢谢您。", "谢谢您，不急。"),
        ("headline", "{requester}想请您", "{requester}盼您"),
        ("answer", "您问：", "您的问题："),
        ("talk", "要谈的是", "这回要谈的是"),
        ("note", "感谢支持。", "有劳各位。"),
        ("agenda", "说明来意：", "开场："),
        ("report_back", "谢谢您的支持。", "谢谢您一直支持。"),
        ("thanks", "{thing}有结果了", "{thing}如愿了"),
    ):
        _own(people.organiser, name, was, becomes)
    matter, leader, requester = asked.matter, as_(people.leader), as_(people.requester)
    remind_leader(asked)
    assert "不急" in str(Outbox.objects.filter(kind="remind_leader").latest("pk").payload)
    assert "许宁盼您" in leader.get(f"/requests/{asked.pk}").content.decode()
    question = decide.decide(asked, Choice(Verdict.ASK, 1, words="多少钱？"), by=people.leader, how="account")
    decide.send_now(question, by=people.leader)
    decide.reply(matter, people.requester, "两万。")
    assert "您的问题：" in str(Outbox.objects.get(kind="answer").payload)
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=1), by=people.leader, how="account")
    assert "这回要谈的是" in str(matter.talks.get().points)
    decide.send_now(decision, by=people.leader)
    coordinate = requester.get(f"/matters/{matter.pk}/coordinate?meeting").content.decode()
    assert "有劳各位。" in coordinate
    assert "开场：" in coordinate
    assert "一直支持" in requester.get(f"/matters/{matter.pk}/report").content.decode()
    matter.refresh_from_db()
    close.close(matter, people.requester, outcome="日期定了", settled=True, days=3)
    assert "如愿了：日期定了" in requester.get(f"/matters/{matter.pk}/close").content.decode()


def test_the_speaking_card_and_its_questions_follow_the_house(
    as_: Callable[..., Client], people: People, matter: Matter
) -> None:
    _own(people.organiser, "spoken", "{address}，打扰您一分钟。", "{address}，耽误您一分钟。")
    _own(people.organiser, "questions", 'element  = "proposal"', 'element  = "gratitude"')
    page = as_(people.requester).get(f"/matters/{matter.pk}/speak")
    assert "耽误您一分钟" in page.content.decode()
    assert any(line.pause for line in page.context["card"].lines)
    assert [q.element for q, _ in page.context["questions"]][-1] == "gratitude"


@pytest.mark.parametrize("page", ["write/email", "write/chat", "speak"])
def test_a_page_asks_for_the_houses_templates_once(
    as_: Callable[..., Client], people: People, asked: Request, page: str, django_assert_max_num_queries: Callable
) -> None:
    client = as_(people.requester)
    for own in ((), ("email", "chat", "note")):
        for name in own:
            _own(people.organiser, name, "谢", "多谢")
        with django_assert_max_num_queries(80) as captured:
            assert client.get(f"/matters/{asked.matter.pk}/{page}").status_code == 200
        assert sum("housetemplate" in q["sql"] for q in captured.captured_queries) == 1


def test_the_pages_of_templates_take_few_queries(
    as_: Callable[..., Client], people: People, django_assert_max_num_queries: Callable
) -> None:
    client = as_(people.organiser)
    for name in ("email", "chat", "note"):
        _own(people.organiser, name, "谢", "多谢")
        for path in ("/templates", PAGE):
            with django_assert_max_num_queries(8) as captured:
                client.get(path)
            assert sum("housetemplate" in q["sql"] for q in captured.captured_queries) == 1
