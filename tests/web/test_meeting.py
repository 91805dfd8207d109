"""The leader hosts a meeting: set, written down while it goes on, and what came of it done by both sides."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from huitong.records.models import Commitment, Meeting, Outbox

from .conftest import Decided, People
from .pages import LIVES, fits, link_to, path_of, say, second_look


@pytest.mark.points("2.5", "4.4")
@pytest.mark.parametrize(("language", "screen"), LIVES)
def test_a_meeting_is_hosted_and_what_came_of_it_is_done(
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
    matter = agreed_to("召开协调会" if zh else "Host a meeting with both departments")

    # The requester takes one of the times at which all can come.
    desk = browse(people.requester, f"/matters/{matter.pk}/coordinate", screen=screen, locale=locale)
    desk.locator("input[name=moment]").nth(1).check()
    if screen == "desktop":
        desk.locator("#times").scroll_into_view_if_needed()
        picture(desk, "meeting", language)
    assert fits(desk)
    desk.locator("form:has(#times) > .actions button:not([formnovalidate])").last.click()
    expect(desk.locator(".kept").first).to_be_visible()
    meeting = Meeting.objects.get()
    invited = {row.person for row in Outbox.objects.filter(kind="invitation").select_related("person")}
    assert invited == {people.leader, people.requester, people.counterpart}

    # Leader and counterpart come, each by their link.
    phones = {}
    for person in (people.leader, people.counterpart):
        phones[person] = open_page(screen, locale=locale)
        phones[person].goto(site + path_of(link_to(person, "meeting")))
        if person == people.counterpart and screen != "desktop":
            picture(phones[person], "invited", language)
        phones[person].check("input[name=do][value=come]")
        phones[person].locator("form:has(input[name=do]) .actions button").last.click()
        second_look(phones[person])
        expect(phones[person].locator("[role=status]").first).to_be_visible()

    # It goes on by now. The requester writes it down on one page.
    Meeting.objects.update(start=timezone.now() - timedelta(minutes=20))
    desk.goto(f"{site}/matters/{matter.pk}/minutes")
    for guest in meeting.attendees.all():
        desk.locator(f'label:has(input[name="came.{guest.pk}"][value="came"])').click()
    desk.locator("[name='point.0']").fill("分批交货" if zh else "Deliver in two parts")
    by = timezone.localdate() + timedelta(days=12)
    lines = (
        f"王经理 {by.month}月{by.day}日前 给出交期\n许宁 {by.month}月{by.day}日前 补齐规格"
        if zh
        else f"王经理 by {by:%-d %B}: send the delivery date\n许宁 by {by:%-d %B}: complete the specification"
    )
    desk.locator("#promises").fill(lines)
    expect(desk.locator("#read li")).to_have_count(2)
    expect(desk.locator("#read .error")).to_have_count(0)
    expect(desk.locator("#kept")).to_have_attribute("data-kind", "saved")
    desk.locator("button[value=over]").click()
    expect(desk.locator("#corrections")).to_be_visible()
    for person, page in phones.items():
        page.goto(site + path_of(link_to(person, "minutes")))
        page.locator("button[value=right]").click()
        second_look(page)
        expect(page.locator("[role=status]").first).to_be_visible()
    desk.reload()
    desk.locator("button[value=count]").click()
    expect(desk.locator("button[value=count]")).to_have_count(0)
    said = Commitment.objects.filter(matter=matter, decision=None)
    assert set(said.values_list("owner_name", "state")) == {("王经理", "open"), ("许宁", "open")}

    # Both sides do what they said: the other department by the link of its paper, which it needs no account for.
    paper = Outbox.objects.select_related("link").get(person=people.counterpart, kind="minutes")
    assert paper.link is not None
    other = phones[people.counterpart]
    other.goto(site + path_of(paper.link))
    say(other, "kept")
    for mine in Commitment.objects.filter(matter=matter, side="ours"):
        desk.goto(f"{site}/matters/{matter.pk}/commitments/{mine.pk}")
        say(desk, "kept")
    assert set(Commitment.objects.filter(matter=matter).values_list("state", flat=True)) == {"kept"}
