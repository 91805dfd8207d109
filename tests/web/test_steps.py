"""What a leader advises becomes next steps, done by both sides and seen by the leader."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from huitong.records.models import Commitment, Person

from .conftest import Decided, People
from .pages import LIVES, asking, day, fits, say


def test_the_leaders_sentences_are_offered_as_steps_and_only_what_is_ticked_counts(
    agreed_to: Decided, as_: Callable[[Person], Client], people: People
) -> None:
    matter = agreed_to("请您指点", "先把规格写清楚。再约老王当面谈一次；别发群里。好。")
    client, where = as_(people.requester), f"/matters/{matter.pk}/coordinate"
    shown = client.get(where).content.decode()
    for text in ("先把规格写清楚", "再约老王当面谈一次", "别发群里"):
        assert f"\n{text}</textarea>" in shown
    typed = {"do": "steps", "on-0": "1", "what-0": "把规格写清楚", "side-0": "ours", "owner-0": "许宁", "by-0": day(2)}
    typed |= {"what-1": "再约老王当面谈一次", "owner-1": "许宁", "by-1": day(3)}
    assert client.post(where, typed).status_code == 302
    assert [c.what for c in matter.commitments.exclude(what="提供完整规格")] == ["把规格写清楚"]


def test_of_several_steps_all_are_written_down_or_none(
    agreed_to: Decided, as_: Callable[[Person], Client], people: People
) -> None:
    matter = agreed_to("请您指点", "先把规格写清楚。")
    before = matter.commitments.count()
    typed = {"do": "steps", "on-0": "1", "what-0": "把规格写清楚", "owner-0": "许宁", "by-0": day(2)}
    typed |= {"on-1": "1", "what-1": "约老王谈一次", "owner-1": "许宁", "by-1": ""}
    response = as_(people.requester).post(f"/matters/{matter.pk}/coordinate", typed)
    assert response.status_code == 422
    assert "第 2 步" in response.content.decode().replace("\u00a0", " ")
    assert "约老王谈一次" in response.content.decode()
    assert matter.commitments.count() == before


@pytest.mark.points("1.8", "2.7", "4.6")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_guidance_becomes_steps_that_are_done_and_seen_by_the_leader(
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
    words = (
        "先把规格写清楚。再请采购部看一遍。"
        if zh
        else "First write the specification down. Then let purchasing look at it."
    )
    matter = agreed_to("请您指点" if zh else "Your advice", words)
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    assert desk.locator("fieldset.step").count() == 3  # two sentences, and one row more
    desk.select_option("#s-side-1", "theirs")
    desk.fill("#s-owner-1", "王经理")
    desk.fill("#s-email-1", "wang@example.com")
    if zh == (screen != "desktop"):
        picture(desk, "steps", language)
    assert fits(desk)
    desk.locator("form:has(fieldset.step) > .actions button").click()
    expect(desk.locator(".kept").first).to_be_visible()
    ours, theirs = matter.commitments.exclude(what="提供完整规格").order_by("pk")
    assert (ours.state, theirs.state) == ("open", "proposed")

    phone = open_page(screen, locale=locale)
    phone.goto(site + asking(people.counterpart))
    say(phone, "accept")
    phone.goto(site + asking(people.counterpart))
    say(phone, "kept", words="OK")
    desk.goto(f"{site}/matters/{matter.pk}/commitments/{ours.pk}")
    say(desk, "kept")
    assert {c.state for c in (Commitment.objects.get(pk=ours.pk), Commitment.objects.get(pk=theirs.pk))} == {"kept"}
    leader = browse(people.leader, "/followed", screen=screen, locale=locale)
    expect(leader.get_by_text(ours.what).first).to_be_attached()
