"""The leader talks to the other head: points on the phone, the outcome in one tap, and what it becomes."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from huitong.records.models import Commitment, Matter, Person

from .conftest import Decided, People
from .pages import LIVES, asking, day, fits, form_of, link_to, path_of, say, second_look
from .pages import answer as reply


def talked(people: People, **fields: str) -> None:
    """The leader says by their link how the talk went."""
    reply(Client(), path_of(link_to(people.leader)), do="talked", **fields)


@pytest.fixture
def talking(agreed_to: Decided) -> Matter:
    return agreed_to("请您跟王经理通个电话")


def offered(client: Client, matter: Matter) -> dict[str, str]:
    """The form of the steps, as the page fills it."""
    page = client.get(f"/matters/{matter.pk}/coordinate")
    forms = (form_of(page, number) for number in range(page.content.decode().count("<form")))
    return next((form for form in forms if form.get("do") == "steps"), {})


def test_what_the_leader_says_of_the_talk_is_offered_as_what_is_agreed(
    talking: Matter, as_: Callable[[Person], Client], people: People
) -> None:
    client = as_(people.requester)
    assert not offered(client, talking)
    talked(people, outcome="partly", talk_words="老王答应先比价两家。许宁后天前补齐规格。费用再说；好。")
    form = offered(client, talking)
    assert [form[f"what-{n}"] for n in range(4)] == ["老王答应先比价两家", "补齐规格", "费用再说", ""]
    assert (form["owner-0"], form["email-0"], form["owner-1"], form["by-1"]) == (
        "王经理",
        "wang@example.com",
        "许宁",
        day(2),
    )


def test_what_did_not_come_about_is_offered_to_nobody(
    talking: Matter, as_: Callable[[Person], Client], people: People
) -> None:
    talked(people, outcome="not_yet", talk_words="老王说月底再看。")
    assert not offered(as_(people.requester), talking)


def test_an_outcome_without_words_leaves_a_line_to_write_on(
    talking: Matter, as_: Callable[[Person], Client], people: People
) -> None:
    talked(people, outcome="agreed")
    assert offered(as_(people.requester), talking)["what-0"] == ""


@pytest.mark.points("1.6", "2.5")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_the_leader_talks_to_the_other_head_and_what_they_agreed_is_done(
    agreed_to: Decided,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    speaking: Callable[[str], None],
    picture: Callable[..., None],
    language: str,
    screen: str,
) -> None:
    speaking(language)
    zh = language == "zh"
    locale, site = "zh-CN" if zh else "en-GB", str(live_server)
    matter = agreed_to("请您跟王经理通个电话" if zh else "A word with 王经理 on the phone")

    # The points on the leader's phone; afterwards one tap and a sentence.
    phone = open_page(screen, locale=locale)
    phone.goto(site + path_of(link_to(people.leader)))
    phone.locator("summary").filter(has_text="30").click()
    expect(phone.locator("ol.story ul li").first).to_be_visible()
    if screen != "desktop":
        picture(phone, "talk", language)
    assert fits(phone)
    phone.check("input[name=outcome][value=agreed]")
    phone.fill("#talk_words", "王经理答应本周先比价两家。" if zh else "王经理 will compare two offers this week.")
    phone.locator("form:has(#talk_words) button.button").click()
    second_look(phone)
    expect(phone.locator("#talk_words")).to_have_count(1)

    # It is offered as what is agreed; the other side is asked whether it is so.
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    expect(desk.locator("fieldset.step")).to_have_count(2)
    if screen == "desktop":
        picture(desk, "talked", language)
    assert fits(desk)
    desk.locator("form:has(fieldset.step) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    theirs = matter.commitments.get(side="theirs")
    assert (theirs.owner_name, theirs.state) == ("王经理", "proposed")

    # Both sides do what is theirs.
    other = open_page(screen, locale=locale)
    for do in ("accept", "kept"):
        other.goto(site + asking(people.counterpart))
        say(other, do)
    ours = matter.commitments.get(side="ours")
    desk.goto(f"{site}/matters/{matter.pk}/commitments/{ours.pk}")
    say(desk, "kept")
    assert set(Commitment.objects.filter(matter=matter).values_list("state", flat=True)) == {"kept"}
    leader = browse(people.leader, "/followed", screen=screen, locale=locale)
    expect(leader.get_by_text(theirs.what).first).to_be_attached()
