"""A meeting's invitation answered by its link: coming, not coming, another time; and what its host makes of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from huitong.coordination import meetings
from huitong.coordination.attendance import must_answer, proposal, standing
from huitong.directory import calendars, devices, links
from huitong.matters import coordinate, decide
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Attendee, Event, Link, Matter, Meeting, Outbox, Person, Request

from .conftest import People

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def decided(asked: Request, people: People) -> Matter:
    """The leader has agreed to host a meeting; it stands."""
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    return Matter.objects.get(pk=asked.matter_id)


def weekday(clock: str, ahead: int = 3) -> datetime:
    """A moment on a working day some days from now."""
    day = timezone.localdate() + timedelta(days=ahead)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def meeting(decided: Matter, people: People) -> Meeting:
    return coordinate.call_meeting(
        decided,
        people.requester,
        title="物料交期协调会",
        start=weekday("15:00"),
        minutes=30,
        place="三楼小会议室",
        agenda="一、交期",
        guests=[("王经理", "wang@example.com")],
        optional=[("路远", "lu@example.com")],
    )


def row(meeting: Meeting, person: Person) -> Attendee:
    return meeting.attendees.get(person=person)


def letter_to(person: Person) -> Outbox:
    return Outbox.objects.filter(kind="invitation", person=person).order_by("-pk").first()


def page_of(person: Person) -> str:
    return f"/{links.token_of(Link.objects.filter(purpose='meeting', person=person).order_by('-pk').first())}"


def browser(person: Person) -> Client:
    """One in which this person has answered before."""
    client = Client()
    client.cookies["device"] = devices.remember(person, "")
    return client


def say(person: Person, **typed: str) -> object:
    found = Meeting.objects.get()
    return browser(person).post(page_of(person), {"seen": str(found.sequence)} | typed)


def at(moment: datetime, zone: str = "Asia/Shanghai") -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


@pytest.mark.points("1.4", "2.5")
def test_who_can_come_says_so_and_the_requester_is_told(meeting: Meeting, people: People) -> None:
    assert say(people.counterpart, do="come", words="我带上排期").status_code == 302
    assert standing(meeting, row(meeting, people.counterpart)) == "accepted"
    told = Outbox.objects.get(kind="meeting_answer")
    assert told.person == people.requester
    assert told.payload["title"] == "王经理答复了会议邀请：物料交期协调会"
    assert "我带上排期" in told.payload["before"]
    assert Event.objects.filter(kind="meeting_answered", person=people.counterpart).exists()


def test_in_an_unknown_browser_nothing_is_recorded_before_it_is_confirmed(meeting: Meeting, people: People) -> None:
    client = Client()
    answer = client.post(page_of(people.counterpart), {"do": "come", "seen": "0"})
    assert "请再确认一次" in answer.content.decode()
    assert standing(meeting, row(meeting, people.counterpart)) == ""
    sealed = answer.context["sealed"]
    client.post(page_of(people.counterpart), {"sealed": sealed, "who": "self", "step": "confirm"})
    assert standing(meeting, row(meeting, people.counterpart)) == "accepted"


def test_another_time_is_proposed_and_taken_by_one_tap(meeting: Meeting, people: People, as_) -> None:
    other = weekday("10:00", ahead=4)
    say(people.leader, do="come")
    assert say(people.counterpart, do="propose", start=at(other), words="那天下午出差").status_code == 302
    assert proposal(meeting, row(meeting, people.counterpart)) == (other, 30)
    address = f"/matters/{meeting.matter_id}/coordinate"
    assert "王经理想换个时间开会" in as_(people.requester).get(f"/matters/{meeting.matter_id}").content.decode()
    page = as_(people.requester).get(address).content.decode()
    assert "那天下午出差" in page
    before = Outbox.objects.filter(kind="invitation").count()
    Outbox.objects.filter(kind="invitation").update(state="sent")
    done = as_(people.requester).post(
        address, {"do": "accept_time", "attendee": str(row(meeting, people.counterpart).pk)}
    )
    assert done.status_code == 302
    meeting.refresh_from_db()
    assert meeting.start == other
    assert Outbox.objects.filter(kind="invitation").count() == before + 4
    assert standing(meeting, row(meeting, people.counterpart)) == "accepted"
    assert standing(meeting, row(meeting, people.requester)) == "accepted"
    # The leader said yes to the old time and is asked again; who proposed the new one, and who need not come, are not.
    assert [a.person for a in meeting.attendees.all() if must_answer(meeting, a)] == [people.leader]
    assert "请在这里答复" in letter_to(people.leader).payload["invite"]
    assert "已答应来" in letter_to(people.counterpart).payload["invite"]
    assert "RSVP=FALSE" in letter_to(people.stranger).payload["calendar"].replace("\r\n ", "")
    page = as_(people.requester).get(address).content.decode()
    assert "会来（答的是原来的时间）" in page


def test_the_leader_as_host_sees_all_answers_and_takes_a_proposal(meeting: Meeting, people: People) -> None:
    other = weekday("10:00", ahead=4)
    say(people.counterpart, do="propose", start=at(other))
    client = browser(people.leader)
    page = client.get(page_of(people.leader)).content.decode()
    assert "大家的答复" in page
    assert "还没有答复" in page
    assert client.post(page_of(people.leader), {"accept": str(row(meeting, people.counterpart).pk)}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.start == other


def test_no_other_invitee_sees_the_answers_or_moves_the_meeting(meeting: Meeting, people: People) -> None:
    say(people.leader, do="not", words="那天在外地")
    client = browser(people.counterpart)
    page = client.get(page_of(people.counterpart)).content.decode()
    assert "大家的答复" not in page
    assert "那天在外地" not in page
    say(people.leader, do="propose", start=at(weekday("10:00", ahead=4)))
    assert client.post(page_of(people.counterpart), {"accept": str(row(meeting, people.leader).pk)}).status_code == 409
    meeting.refresh_from_db()
    assert meeting.start == weekday("15:00")


def test_an_answer_to_a_time_that_was_changed_meanwhile_is_not_taken_for_the_new_one(
    meeting: Meeting, people: People
) -> None:
    client, address = browser(people.counterpart), page_of(people.counterpart)
    coordinate.call_meeting(
        meeting.matter,
        people.requester,
        title="",
        start=weekday("16:00"),
        minutes=30,
        place="",
        agenda="",
        guests=[],
    )
    refused = client.post(address, {"do": "come", "seen": "0", "words": "没问题"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "会议时间刚刚改过" in text
    assert "没问题" in text
    meeting.refresh_from_db()
    assert standing(meeting, row(meeting, people.counterpart)) == ""


def test_another_place_asks_nobody_again(meeting: Meeting, people: People) -> None:
    say(people.counterpart, do="come")
    Outbox.objects.filter(kind="invitation").update(state="sent")
    coordinate.call_meeting(
        meeting.matter,
        people.requester,
        title="",
        start=meeting.start,
        minutes=30,
        place="五楼",
        agenda="",
        guests=[],
    )
    meeting.refresh_from_db()
    assert standing(meeting, row(meeting, people.counterpart)) == "accepted"
    assert letter_to(people.counterpart).payload["title"].startswith("会议有变动")
    assert "时间不变" in letter_to(people.counterpart).payload["before"][1]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "请选一项"),
        ({"do": "propose"}, "请写明日子和钟点"),
        ({"do": "propose", "start": "2020-01-01T10:00"}, "以后的"),
        ({"do": "propose", "start": "2190-01-01T10:00"}, "以后的"),
        ({"do": "propose", "start": "soon"}, "请写明日子和钟点"),
        ({"do": "sing"}, "请选一项"),
        ({"do": "come", "words": "x" * 3000}, "2000"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(
    meeting: Meeting, people: People, typed: dict[str, str], field: str
) -> None:
    refused = say(people.counterpart, **typed)
    assert refused.status_code == 422
    assert field in refused.content.decode()
    assert row(meeting, people.counterpart).answered_at is None
    assert not Outbox.objects.filter(kind="meeting_answer").exists()


def test_the_present_time_is_no_other_time(meeting: Meeting, people: People) -> None:
    refused = say(people.counterpart, do="propose", start=at(meeting.start))
    assert refused.status_code == 422
    assert "这就是现在定的时间" in refused.content.decode()


def test_a_cancelled_meeting_tells_all_and_takes_no_answer(meeting: Meeting, people: People) -> None:
    Outbox.objects.filter(kind="invitation").update(state="sent")
    address = page_of(people.counterpart)
    coordinate.cancel_meeting(meeting.matter, people.requester)
    told = Outbox.objects.filter(kind="invitation", state="waiting")
    assert {r.person for r in told if r.payload["title"].startswith("会议取消")} == {
        people.leader,
        people.requester,
        people.counterpart,
        people.stranger,
    }
    client = browser(people.counterpart)
    page = client.get(address).content.decode()
    assert "会议取消了" in page
    assert "<form" not in page
    assert client.post(address, {"do": "come", "seen": "1"}).status_code == 409


def test_each_reads_the_time_on_their_own_clock_with_the_zone_named(meeting: Meeting, people: People) -> None:
    people.counterpart.time_zone = "Europe/Berlin"
    people.counterpart.save()
    with transaction.atomic():
        meetings.move(meeting, start=weekday("16:00"), minutes=30, place="", agenda="")
    told = "\n".join(letter_to(people.counterpart).payload["before"])
    local = weekday("16:00").astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{local:%H:%M}（Europe/Berlin）" in told
    assert "16:00（Asia/Shanghai）" in "\n".join(letter_to(people.leader).payload["before"])
    page = browser(people.counterpart).get(page_of(people.counterpart)).content.decode()
    assert f"{local:%H:%M}（Europe/Berlin）" in page
    say(people.counterpart, do="propose", start=at(weekday("17:00"), "Europe/Berlin"))
    assert proposal(meeting, row(meeting, people.counterpart)) == (weekday("17:00"), 30)


def test_where_all_clocks_agree_no_zone_is_named(meeting: Meeting, people: People) -> None:
    assert "Asia/Shanghai" not in "\n".join(letter_to(people.counterpart).payload["before"])


# --- the requester's page ---


def busy_file(*spans: tuple[datetime, datetime]) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:Secret\r\nDTSTART:{s.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{e.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        for n, (s, e) in enumerate(spans)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def test_times_are_found_with_everybodys_busy_time_and_picked_by_one_tap(
    decided: Matter, people: People, as_, django_assert_max_num_queries
) -> None:
    now = timezone.now()
    for person, hours in ((people.leader, (9, 15)), (people.counterpart, (16, 18))):
        days = [timezone.localdate() + timedelta(days=n) for n in range(22)]
        spans = [
            tuple(datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=SHANGHAI) for hour in hours)
            for day in days
        ]
        calendars.take(person, "x.ics", busy_file(*spans))
    client, address = as_(people.requester), f"/matters/{decided.pk}/coordinate"
    with django_assert_max_num_queries(60):
        page = client.get(address)
    moments = page.context["moments"]
    assert len(moments) == 3
    for each in moments:
        start = datetime.fromisoformat(each["value"]).astimezone(SHANGHAI)
        assert start > now
        assert 15 <= start.hour < 16
        assert "3 位都有空" in each["reasons"][0]
    assert "Secret" not in page.content.decode()
    typed = {"do": "meeting", "title": "协调会", "minutes": "30", "guest": "王经理", "guest_email": "wang@example.com"}
    assert client.post(address, typed | {"moment": moments[1]["value"], "text": "一、交期"}).status_code == 302
    assert Meeting.objects.get().start == datetime.fromisoformat(moments[1]["value"])


def test_other_people_or_another_length_find_other_times_and_keep_what_was_typed(
    decided: Matter, people: People, as_
) -> None:
    day = [timezone.localdate() + timedelta(days=n) for n in range(22)]
    spans = [(datetime.fromisoformat(f"{d}T09:00").replace(tzinfo=SHANGHAI), timedelta(hours=6)) for d in day]
    calendars.take(people.stranger, "x.ics", busy_file(*((s, s + length) for s, length in spans)))
    typed = {
        "do": "times",
        "minutes": "60",
        "guest": "路远",
        "guest_email": "lu@example.com",
        "others": "管梅 guan@example.com\n小白",
        "place": "四楼",
        "text": "一、新的议程",
    }
    page = as_(people.requester).post(f"/matters/{decided.pk}/coordinate", typed)
    assert page.status_code == 200
    assert not Meeting.objects.exists()
    text = page.content.decode()
    for kept in ("路远", "管梅 guan@example.com\n小白", "四楼", "一、新的议程"):
        assert kept in text
    for each in page.context["moments"]:
        assert datetime.fromisoformat(each["value"]).astimezone(SHANGHAI).hour >= 15
        assert "没有" in "".join(each["reasons"])  # the others have no calendar here


def test_who_need_not_come_is_invited_as_such(meeting: Meeting, people: People) -> None:
    assert not row(meeting, people.stranger).required
    told = letter_to(people.stranger).payload
    assert "可来可不来" in told["before"][1]
    assert "ROLE=OPT-PARTICIPANT" in told["calendar"].replace("\r\n ", "")


def test_more_than_one_must_come_and_a_room_is_one_of_them(decided: Matter, people: People, as_) -> None:
    day = [timezone.localdate() + timedelta(days=n) for n in range(22)]
    room = Person.objects.create(name="三号会议室", email="room3@example.com")
    spans = [(datetime.fromisoformat(f"{d}T09:00").replace(tzinfo=SHANGHAI), timedelta(hours=6)) for d in day]
    calendars.take(room, "x.ics", busy_file(*((s, s + length) for s, length in spans)))
    typed = {"do": "times", "minutes": "60", "guest": "王经理", "guest_email": "wang@example.com"}
    typed |= {"also": "管梅 guan@example.com\n三号会议室 room3@example.com", "title": "协调会", "text": "一、交期"}
    client, where = as_(people.requester), f"/matters/{decided.pk}/coordinate"
    moments = client.post(where, typed).context["moments"]
    assert all(datetime.fromisoformat(m["value"]).astimezone(SHANGHAI).hour >= 15 for m in moments)
    assert client.post(where, typed | {"do": "meeting", "moment": moments[0]["value"]}).status_code == 302
    meeting = Meeting.objects.get()
    assert row(meeting, room).required
    assert row(meeting, people.organiser).required
    assert room.department is None


@pytest.mark.parametrize("field", ["also", "others"])
@pytest.mark.parametrize("others", ["管梅 guan@", "lu@example.com", "\n".join(f"人{n}" for n in range(31))])
def test_a_line_that_names_nobody_is_refused_with_all_else_kept(
    decided: Matter, people: People, as_, field: str, others: str
) -> None:
    typed = {"do": "meeting", "minutes": "30", "start": at(weekday("15:00")), field: others, "place": "四楼"}
    refused = as_(people.requester).post(f"/matters/{decided.pk}/coordinate", typed)
    assert refused.status_code == 422
    assert "四楼" in refused.content.decode()
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(("language", "screen"), [("zh", "phone"), ("en", "desktop")])
def test_from_the_invitation_to_the_new_time_in_a_browser(
    decided: Matter, people: People, browse, language: str, screen: str
) -> None:
    Person.objects.update(language=language)
    said = {
        "zh": ("定下并发邀请", "想换个时间", "送出答复", "我是王经理", "确认", "改到"),
        "en": (
            "Set it and send invitations",
            "I would like another time",
            "Send answer",
            "I am 王经理",
            "Confirm",
            "Move",
        ),
    }[language]
    page = browse(people.requester, f"/matters/{decided.pk}/coordinate", screen=screen)
    page.locator("input[name=moment]").nth(1).check()
    page.get_by_role("button", name=said[0]).click()
    first = Meeting.objects.get().start
    # Sent, as the worker would; the link's page loads no script.
    Outbox.objects.filter(kind="invitation").update(state="sent")
    guest = browse(None, page_of(people.counterpart), screen=screen, java_script_enabled=False)
    other = weekday("10:00", ahead=6)
    guest.get_by_label(said[1]).check()
    guest.locator("input[name=start]").fill(at(other))
    guest.get_by_role("button", name=said[2]).click()
    guest.get_by_text(said[3]).click()
    guest.get_by_role("button", name=said[4], exact=True).click()
    guest.locator("[role=status]").first.wait_for()
    page.reload()
    page.get_by_role("button", name=said[5]).filter(has_text="10:00").click()
    page.locator(".rows li").first.wait_for()
    meeting = Meeting.objects.get()
    assert first != meeting.start == other
    assert standing(meeting, row(meeting, people.counterpart)) == "accepted"
