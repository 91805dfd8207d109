"""A meeting's minutes as all its people see them: the host while it goes on, then everybody by a link."""

import json
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from playwright.sync_api import Page, expect

from huitong.coordination import meetings
from huitong.keeping import export, retention
from huitong.matters import decide, minutes, minutes_corrected
from huitong.matters.prepare import mark
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import (
    Commitment,
    Department,
    Matter,
    Meeting,
    Minutes,
    MinutesCorrection,
    Outbox,
    Person,
    Request,
)

from .conftest import FACTS, People
from .pages import confirm, form_of, link_to, path_of

ADDRESS = "/matters/{}/minutes"
INTERNAL = (FACTS["situation"], FACTS["importance"], FACTS["options.b2.title"], "比价", "场租", "高总")


def hold(asked: Request, people: People, *, guests: list[Person], agenda: str = "1. 交期\n2. 分批") -> Meeting:
    """The leader has agreed, and the meeting goes on with these people."""
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    with transaction.atomic():
        return meetings.call(
            Matter.objects.get(pk=asked.matter_id),
            title="物料交期协调会",
            start=timezone.now() - timedelta(minutes=25),
            minutes=30,
            place="三楼小会议室",
            agenda=agenda,
            attendees=[people.leader, people.requester, *guests],
            decision=decision,
        )


@pytest.fixture
def meeting(asked: Request, people: People) -> Meeting:
    return hold(asked, people, guests=[people.counterpart, people.stranger])


def day(ahead: int = 12) -> str:
    that = timezone.localdate() + timedelta(days=ahead)
    return f"{that.month}月{that.day}日"


@pytest.fixture
def draft(meeting: Meeting, people: People) -> Minutes:
    minutes.all_came(meeting, people.requester)
    typed = {
        "point.0": "先定两家，分批交货",
        "promises": f"王经理 {day()}前 给出交期\n路远 {day(9)}前 交供应商名单\n许宁 {day(7)}前 提供规格",
    }
    minutes.save(meeting, people.requester, {name: (text, mark("")) for name, text in typed.items()})
    return minutes.finish(meeting, people.requester)


def page_of(person: Person) -> str:
    return path_of(link_to(person, "minutes"))


def test_what_is_typed_is_kept_as_one_types(meeting: Meeting, people: People, as_: Callable[[Person], Client]) -> None:
    client, address = as_(people.requester), ADDRESS.format(meeting.matter_id)
    typed = {"promises": "王经理 给出", "was:promises": mark("")}
    told = client.post(address, typed, headers={"accept": "application/json"}).json()
    assert told["marks"] == {"promises": mark("王经理 给出")}
    again = client.post(address, typed | {"promises": "别的"}, headers={"accept": "application/json"}).json()
    assert "这一处在别处也改过" in again["conflicts"]["promises"]
    assert "王经理 给出" in client.get(address).content.decode()


def test_without_a_script_everything_works_by_its_buttons(
    meeting: Meeting, people: People, as_: Callable[[Person], Client]
) -> None:
    client, address = as_(people.requester), ADDRESS.format(meeting.matter_id)
    client.post(address, form_of(client.get(address)) | {"point.0": "先定两家", "do": "all_came"})
    refused = client.post(
        address, form_of(client.get(address)) | {"promises": f"王经理 {day()}前 给出交期\n王经理 再说", "do": "over"}
    )
    assert refused.status_code == 422
    assert "第 2 行：没有看出哪天前" in refused.content.decode()
    assert "王经理 再说" in refused.content.decode()
    done = client.post(address, form_of(client.get(address)) | {"promises": f"王经理 {day()}前 给出交期", "do": "over"})
    assert done.status_code == 302
    assert Outbox.objects.filter(kind="minutes_draft").count() == 3
    assert "草稿在大家手里" in client.get(address).content.decode()


def test_a_stand_in_is_known_to_the_lines_before_their_name_is_kept(
    meeting: Meeting, people: People, as_: Callable[[Person], Client]
) -> None:
    typed = {"do": "read", "promises": f"赵工 {day()}前 交供应商名单"}
    name = f"name.{meeting.attendees.get(person=people.stranger).pk}"
    client, address = as_(people.requester), ADDRESS.format(meeting.matter_id)
    assert "error" in client.post(address, typed).content.decode()
    read = client.post(address, typed | {name: "赵工"}).content.decode()
    assert "error" not in read
    assert "交供应商名单" in read
    assert "赵工" not in client.get(address).content.decode()  # reading keeps nothing


def test_typing_that_was_on_its_way_when_the_draft_went_out_is_refused_in_words(
    draft: Minutes, people: People, as_: Callable[[Person], Client]
) -> None:
    address = ADDRESS.format(draft.meeting.matter_id)
    late = {"promises": "x", "was:promises": mark("")}
    told = as_(people.requester).post(address, late, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["refused"][:8]) == (409, "草稿已经发给大家")


def test_in_an_unknown_browser_right_is_asked_once_more(draft: Minutes, people: People) -> None:
    client, path = Client(), page_of(people.counterpart)
    response = client.post(path, {"do": "right"})
    assert not draft.right.exists()
    assert "也就算您答应了" in response.content.decode()
    confirm(client, path, response)
    assert list(draft.right.all()) == [people.counterpart]
    assert draft.items.get(owner=people.counterpart).accepted_at is not None
    assert draft.items.get(owner=people.stranger).accepted_at is None


def test_until_when_it_can_be_corrected_stands_in_its_sentence_without_a_gap(draft: Minutes, people: People) -> None:
    zone = ZoneInfo(people.counterpart.time_zone)
    tomorrow = timezone.localdate(timezone=zone) + timedelta(days=1)
    draft.until = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 18, tzinfo=zone)
    draft.save()
    page = strip_tags(Client().get(page_of(people.counterpart)).content.decode())
    assert f"哪里不准，请在明天 18:00 之前告诉{people.requester.name}。" in page


def test_a_correction_comes_to_the_host_who_takes_it_with_one_tap(
    draft: Minutes, people: People, as_: Callable[[Person], Client]
) -> None:
    client, path = Client(), page_of(people.counterpart)
    item = draft.items.get(owner=people.counterpart)
    form = {"do": "correct", f"what.{item.pk}": "给出首批交期", f"by.{item.pk}": item.by.isoformat(), "words": "分三批"}
    confirm(client, path, client.post(path, form))
    page = client.get(path).content.decode()
    assert page.count("等定") == 2
    host, address = as_(people.requester), ADDRESS.format(draft.meeting.matter_id)
    shown = host.get(address).content.decode()
    assert "给出首批交期" in shown
    assert "分三批" in shown
    of_item, of_words = MinutesCorrection.objects.order_by("pk")
    host.post(address, {"take": str(of_item.pk)})
    host.post(address, {"leave": str(of_words.pk)})
    assert host.post(address, {"do": "count"}).status_code == 302
    page = client.get(path).content.decode()
    assert "已经定稿" in page
    assert "已照此改好" in page
    assert "没有改" in page
    assert Commitment.objects.get(what="给出首批交期").state == "open"


def test_a_form_that_lacks_something_keeps_what_was_typed(draft: Minutes, people: People) -> None:
    client, path = Client(), page_of(people.counterpart)
    item = draft.items.get(owner=people.counterpart)
    refused = client.post(path, {"do": "correct", f"what.{item.pk}": item.what, f"by.{item.pk}": item.by.isoformat()})
    assert refused.status_code == 422
    assert "请改一处，或写一句哪里不准" in refused.content.decode()
    typed = {"do": "correct", f"what.{item.pk}": "别的事", f"by.{item.pk}": "", "words": "请看"}
    response = client.post(path, typed)
    refused = confirm(client, path, response) if "sealed" in response.content.decode() else response
    assert refused.status_code == 422
    assert "别的事" in refused.content.decode()
    assert not MinutesCorrection.objects.exists()


def test_a_participant_sees_nothing_internal_and_nobody_elses_answer(draft: Minutes, people: People) -> None:
    minutes_corrected.correct(draft, by=people.stranger, items={}, words="只给主持人看的更正")
    minutes_corrected.say_right(draft, by=people.leader)
    page = Client().get(page_of(people.counterpart)).content.decode()
    for hidden in (*INTERNAL, "只给主持人看的更正", "说没有出入的"):
        assert hidden not in page
    letters = str([row.payload for row in Outbox.objects.filter(kind="minutes_draft", person=people.counterpart)])
    assert not [word for word in INTERNAL if word in letters]


def test_who_is_no_longer_invited_has_no_page(draft: Minutes, people: People) -> None:
    draft.meeting.attendees.filter(person=people.stranger).delete()
    assert Client().get(page_of(people.stranger)).status_code == 404


def test_the_page_of_the_matter_leads_there(meeting: Meeting, people: People, as_: Callable[[Person], Client]) -> None:
    page = as_(people.requester).get(f"/matters/{meeting.matter_id}/coordinate").content.decode()
    assert ADDRESS.format(meeting.matter_id) in page


def test_the_export_of_the_matter_and_of_a_person_holds_them(draft: Minutes, people: People, tmp_path: Path) -> None:
    minutes_corrected.correct(draft, by=people.stranger, items={}, words="是四家")
    minutes_corrected.say_right(draft, by=people.counterpart)
    export.export_matter(draft.meeting.matter_id, tmp_path / "matter.zip")
    with zipfile.ZipFile(tmp_path / "matter.zip") as archive:
        told = json.loads(archive.read(f"matters/{draft.meeting.matter_id}/matter.json"))["meetings"][0]["minutes"]
    assert [item["owner"] for item in told["items"]] == ["王经理", "路远", "许宁"]
    assert (told["right"], told["corrections"][0]["words"]) == (["王经理"], "是四家")
    export.export_person("lu@example.com", tmp_path / "person.zip")
    with zipfile.ZipFile(tmp_path / "person.zip") as archive:
        person = json.loads(archive.read("person.json"))[0]
    assert person["corrections_of_minutes"][0]["words"] == "是四家"


def test_they_go_with_the_matter_when_it_is_kept_no_longer(draft: Minutes, people: People, settings: object) -> None:
    minutes_corrected.count(draft, people.requester)
    Outbox.objects.update(state="sent")
    Matter.objects.update(stage="closed", closed_at=timezone.now() - timedelta(days=40))
    settings.KEEP_DAYS = settings.KEEP_DAYS | {"matters": 30}
    retention.apply()
    assert not Minutes.objects.exists()
    assert not Matter.objects.exists()


# --- in a browser ---

TWELVE = ["李工", "赵敏", "钱进", "孙立", "周正", "吴越", "郑和平", "冯远", "陈默"]
SCREENS = [("phone", "zh-CN"), ("desktop", "zh-CN"), ("phone", "en"), ("desktop", "en")]


def others(people: People) -> list[Person]:
    """Nine more people of the other department."""
    theirs, _new = Department.objects.get_or_create(name="采购部")
    return [
        Person.objects.create(name=name, email=f"p{n}@example.com", department=theirs) for n, name in enumerate(TWELVE)
    ]


def speak(page: Page, language: str) -> None:
    if language == "en":
        page.context.set_extra_http_headers({"Accept-Language": "en"})


@pytest.mark.points("2.8", "4.8")
@pytest.mark.parametrize(("screen", "locale"), SCREENS)
def test_a_meeting_is_written_down_corrected_and_counts_as_all_people(
    screen: str,
    locale: str,
    asked: Request,
    people: People,
    browse: Callable[..., Page],
    open_page: Callable[..., Page],
    live_server: object,
    picture: Callable[..., None],
) -> None:
    language = locale[:2]
    Person.objects.update(language=language)
    meeting = hold(asked, people, guests=[people.counterpart, people.stranger])
    page = browse(people.requester, ADDRESS.format(meeting.matter_id), screen=screen, locale=locale)
    # Who came: a tap each.
    for guest in meeting.attendees.select_related("person"):
        choice = "stand_in" if guest.person == people.stranger else "came"
        page.locator(f'label:has(input[name="came.{guest.pk}"][value="{choice}"])').click()
        if choice == "stand_in":
            page.locator(f'[name="name.{guest.pk}"]').fill("赵工")
    page.locator("[name='point.0']").fill("先定两家，分批交货")
    field = page.locator("#promises")
    field.click()
    page.keyboard.type(f"王经理 {day()}前 给出交期")
    page.keyboard.press("Enter")
    page.keyboard.type("赵工 交供应商名单")
    expect(page.locator("#read li")).to_have_count(2)
    expect(page.locator("#read .error")).to_have_count(1)
    page.keyboard.type(f" {day(9)}前")
    expect(page.locator("#read .error")).to_have_count(0)
    expect(page.locator("#kept")).to_have_attribute("data-kind", "saved")
    page.reload()  # nothing is lost
    expect(field).to_have_value(f"王经理 {day()}前 给出交期\n赵工 交供应商名单 {day(9)}前")
    page.evaluate("scrollTo(0, 0)")
    picture(page, "minutes-writing", language)
    page.locator("button[value=over]").click()
    page.wait_for_selector("h1")
    expect(page.locator("#corrections")).to_be_visible()
    # The other department's head corrects their own, by the link and without an account.
    theirs = open_page(screen, locale=locale)
    theirs.goto(f"{live_server.url}{page_of(people.counterpart)}")
    theirs.locator("summary").click()
    own = meeting.record.items.get(owner=people.counterpart)
    theirs.locator(f'[name="what.{own.pk}"]').fill("给出首批交期")
    theirs.evaluate("scrollTo(0, 0)")
    picture(theirs, "minutes-draft", language)
    theirs.locator("details form button").click()
    theirs.locator("input[name=who][value=self]").check()
    theirs.locator("button[value=confirm]").click()
    expect(theirs.locator("h1")).to_be_visible()
    assert MinutesCorrection.objects.get().what == "给出首批交期"
    # The other one says that it is right.
    right = open_page(screen, locale=locale)
    right.goto(f"{live_server.url}{page_of(people.stranger)}")
    right.locator("button[value=right]").click()
    right.locator("input[name=who][value=self]").check()
    right.locator("button[value=confirm]").click()
    expect(right.locator("[role=status]").first).to_be_visible()
    # The host takes the correction with one tap, and lets the minutes count.
    page.reload()
    picture(page, "minutes-corrections", language)
    page.locator("button[name=take]").click()
    expect(page.locator("button[name=take]")).to_have_count(0)
    page.locator("button[value=count]").click()
    expect(page.locator("button[value=count]")).to_have_count(0)
    states = dict(Commitment.objects.filter(decision=None).values_list("owner_name", "state"))
    assert states == {"王经理": "open", "路远": "open"}
    papers = Outbox.objects.filter(kind="minutes")
    assert sorted(row.person.name for row in papers) == ["王经理", "许宁", "路远", "高翔"]
    assert all("给出首批交期" in str(row.payload) for row in papers)


def test_from_meeting_over_to_everybodys_papers_in_a_minute_of_the_hosts_work(
    asked: Request, people: People, browse: Callable[..., Page], capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve people, ten commitments, two corrections. Three seconds are counted for each tap, and what pages take."""
    nine = others(people)
    meeting = hold(asked, people, guests=[people.counterpart, *nine])
    assert meeting.attendees.count() == 12
    minutes.all_came(meeting, people.requester)
    lines = "\n".join(f"{p.name} {day(9 + n)}前 交第 {n + 1} 份材料" for n, p in enumerate([people.counterpart, *nine]))
    typed = {"point.0": "先定两家", "point.1": "分批交货", "promises": lines}
    minutes.save(meeting, people.requester, {name: (text, mark("")) for name, text in typed.items()})
    page = browse(people.requester, ADDRESS.format(meeting.matter_id))
    taps, waited = 0, 0.0

    def tap(selector: str, gone: str) -> None:
        nonlocal taps, waited
        began = time.monotonic()
        page.locator(selector).first.click()
        expect(page.locator(gone)).to_have_count(0)
        taps, waited = taps + 1, waited + time.monotonic() - began

    tap("button[value=over]", "#promises")
    written = Minutes.objects.get()
    assert Outbox.objects.filter(kind="minutes_draft").count() == 11
    for person in nine:
        minutes_corrected.say_right(written, by=person)
    own = written.items.get(owner=people.counterpart)
    minutes_corrected.correct(written, by=people.counterpart, items={own.pk: ("交首批材料", own.by)})
    minutes_corrected.correct(written, by=people.leader, items={}, words="分批交货，先交一半")
    page.reload()
    tap("button[name=take]", "button[name=take] >> nth=1")
    tap("button[name=take]", "button[name=take]")
    tap("button[value=count]", "button[value=count]")
    assert Outbox.objects.filter(kind="minutes").count() == 12
    assert Commitment.objects.filter(decision=None, state="open").count() == 10
    seconds = 3 * taps + waited
    with capsys.disabled():
        print(f"\nhost: {taps} taps, {waited:.1f} s for the pages, {seconds:.0f} s in all")
    assert taps == 4
