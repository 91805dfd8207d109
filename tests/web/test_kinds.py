"""A house's further kinds of help: named by its organisers as data, and carried out by their steps."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from huitong.matters import kinds
from huitong.matters.errors import Incomplete
from huitong.records.models import HelpKind, Matter, Person

from .conftest import Decided, People
from .pages import fits

SURVEY = {
    "name": "现场踏勘",
    "name_en": "Site visit",
    "cues": "踏勘\nsite visit",
    "steps": "我方 2 约好时间\n对方 4 派人到场\n我方 6 写出纪要",
}


@pytest.fixture
def survey(people: People) -> HelpKind:
    return kinds.save_kind(people.organiser, None, **SURVEY)


def test_an_option_that_speaks_of_it_is_carried_out_by_its_steps(
    survey: HelpKind, agreed_to: Decided, people: People, as_: Callable[[Person], Client]
) -> None:
    matter = agreed_to("请领导带队踏勘一次", "好，下周去。")
    page = as_(people.requester).get(f"/matters/{matter.pk}/coordinate").content.decode()
    assert re.search(r'<h2[^>]*id="steps">现场踏勘</h2>', page)
    for step in ("约好时间", "派人到场", "写出纪要"):
        assert f"\n{step}</textarea>" in page
    assert page.count('<option value="theirs" selected>') == 1
    assert 'value="王经理"' in page


def test_deleting_it_leaves_the_matters_that_use_it_as_they_are(
    survey: HelpKind, agreed_to: Decided, people: People, as_: Callable[[Person], Client]
) -> None:
    matter = agreed_to("请领导带队踏勘一次")
    assert as_(people.organiser).post("/kinds", {"kind": str(survey.pk), "do": "delete"}).status_code == 302
    assert not HelpKind.objects.exists()
    page = as_(people.requester).get(f"/matters/{matter.pk}/coordinate").content.decode()
    assert "派人到场" in page


def test_it_can_be_picked_where_an_option_is_written(
    survey: HelpKind, matter: Matter, people: People, as_: Callable[[Person], Client]
) -> None:
    picked = kinds.of_option(f"house:{survey.pk}", "开个会", "", kinds.kinds_of(people.requester))
    assert (picked["kind"], picked["house_kind"]["en"]) == ("guidance", "Site visit")
    assert f"house:{survey.pk}" in [value for value, _name in kinds.choices(people.requester)]
    page = as_(people.requester).get(f"/matters/{matter.pk}/prepare/ways").content.decode()
    assert "现场踏勘" in page


@pytest.mark.parametrize("value", ["house:0", "house:x", "nonsense"])
def test_a_kind_that_nobody_knows_is_guessed_from_the_words(people: People, value: str) -> None:
    assert kinds.of_option(value, "与王经理通个电话", "", kinds.kinds_of(people.requester)) == {"kind": "talk"}


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": " "}, "name", "请写名称"),
        ({"name_en": "x" * 41}, "name_en", "40"),
        ({"cues": "踏"}, "cues", "2 到 40"),
        ({"steps": ""}, "steps", "至少写一步"),
        ({"steps": "我方 2 约好时间\n谁都行 3 到场"}, "steps", "第 2 行"),
        ({"steps": "我方 0 约好时间"}, "steps", "第 1 行"),
        ({"steps": "\n".join(["我方 1 做"] * 9)}, "steps", "最多 8 步"),
    ],
)
def test_what_cannot_be_a_kind_is_named_and_kept(
    people: People, as_: Callable[[Person], Client], change: dict[str, str], field: str, said: str
) -> None:
    response = as_(people.organiser).post("/kinds", SURVEY | {"cues": "踏勘\n看现场"} | change)
    assert response.status_code == 422
    page = response.content.decode().replace("\u00a0", " ")
    assert said in page
    assert re.search(rf'id="k-{field}-new"[^>]*aria-invalid="true"', page)
    assert change.get("steps", SURVEY["steps"]) in page
    assert not HelpKind.objects.exists()


def test_two_kinds_of_one_name_are_one_too_many(survey: HelpKind, people: People) -> None:
    with pytest.raises(Incomplete, match="已经有这一类了"):
        kinds.save_kind(people.organiser, None, **SURVEY)
    assert kinds.save_kind(people.organiser, survey, **(SURVEY | {"name_en": "Survey"})).name_en == "Survey"


def test_only_an_organiser_names_them(people: People, as_: Callable[[Person], Client]) -> None:
    assert as_(people.requester).post("/kinds", SURVEY).status_code in (403, 404)
    assert not HelpKind.objects.exists()


@pytest.mark.parametrize(("language", "screen"), [("zh", "large phone"), ("en", "desktop")])
def test_an_organiser_names_one_and_a_matter_is_carried_out_by_it(
    agreed_to: Decided,
    people: People,
    browse: Callable[..., Page],
    speaking: Callable[[str], None],
    picture: Callable[..., None],
    language: str,
    screen: str,
) -> None:
    speaking(language)
    zh = language == "zh"
    locale = "zh-CN" if zh else "en-GB"
    page = browse(people.organiser, "/kinds", screen=screen, locale=locale)
    page.fill("#k-name-new", "现场踏勘")
    page.fill("#k-name_en-new", "Site visit")
    page.fill("#k-cues-new", "踏勘\nsite visit")
    page.fill(
        "#k-steps-new", "我方 2 约好时间\n对方 4 派人到场" if zh else "ours 2 Agree on a day\ntheirs 4 Send somebody"
    )
    picture(page, "kinds", language)
    assert fits(page)
    page.locator("form:has(#k-name-new) button.button").last.click()
    expect(page.locator(".kept").first).to_be_visible()
    matter = agreed_to("请您带队踏勘" if zh else "Lead a site visit")
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    expect(desk.locator("#steps")).to_have_text("现场踏勘" if zh else "Site visit")
    desk.fill("#s-email-1", "wang@example.com")
    desk.locator("form:has(fieldset.step) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    made = matter.commitments.exclude(what="提供完整规格").order_by("pk")
    assert [(c.side, c.state) for c in made] == [("ours", "open"), ("theirs", "proposed")]
