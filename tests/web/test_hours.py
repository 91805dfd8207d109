"""When one wants to be asked, what was learned of one's answers, and what one says of today: all on one's own pages."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from huitong.keeping.export import export_matter, export_person
from huitong.matters.habits import habits_of, row_of, working_of
from huitong.matters.learning import learned_of
from huitong.matters.request import schedule
from huitong.records.models import Decision, Habits, Matter, Mood, Outbox, Person, Request, Version, Welcome

from .conftest import People
from .pages import answer, form_of, link_to, path_of

AsPerson = Callable[..., Client]

HOURS = {
    "do": "hours",
    "work_from": "08:30",
    "noon_from": "12:00",
    "noon_until": "14:00",
    "work_until": "17:30",
    "notice": "120",
    "gap": "60",
    "a_day": "2",
    "report_days": "5、25",
    "leave_first": "2027-02-01",
    "leave_last": "2027-02-05",
    "welcome-0-weekday": "1",
    "welcome-0-start": "16:00",
    "welcome-0-end": "17:30",
    "welcome-0-longest": "15",
}


def test_the_hours_are_kept_and_the_form_shows_them_again(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)

    assert client.post("/me", HOURS).status_code == 302

    habits = habits_of(people.leader)
    assert (habits.notice, habits.gap, habits.a_day, habits.report_days) == (120, 60, 2, (5, 25))
    assert [(w.weekday, w.start.hour, w.longest) for w in habits.welcome] == [(1, 16, 15)]
    assert habits.away[0][0].isoformat() == "2027-02-01"
    assert working_of(people.leader).end.isoformat() == "17:30:00"
    shown = form_of(client.get("/me"), 1)
    assert {k: v for k, v in shown.items() if k in HOURS and k != "welcome-0-weekday"} == {
        k: v for k, v in HOURS.items() if k not in ("do", "welcome-0-weekday")
    }


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("work_from", "13:00", "hours"),
        ("work_until", "later", "hours"),
        ("notice", "-5", "notice"),
        ("gap", "9999", "gap"),
        ("a_day", "many", "a_day"),
        ("report_days", "5、32", "report_days"),
        ("leave_last", "2027-01-01", "leave"),
        ("welcome-0-end", "15:00", "welcome"),
    ],
)
def test_what_makes_no_sense_is_named_kept_in_the_form_and_changes_nothing(
    as_: AsPerson, people: People, field: str, value: str, place: str
) -> None:
    client = as_(people.leader)
    client.post("/me", HOURS)

    response = client.post("/me", HOURS | {field: value})

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="{place}-error"' in page
    assert f'value="{value}"' in page
    assert habits_of(people.leader).notice == 120
    assert Welcome.objects.get().end.hour == 17


def _answered(leader: Person, matter: Matter, count: int, minutes: int = 5) -> None:
    for n in range(count):
        asked = timezone.now() - timedelta(days=7 * n + 7)
        own = Matter.objects.create(requester=matter.requester, opened_at=asked, stage_since=asked)
        request = Request.objects.create(
            matter=own, number=1, leader=leader, way="mail", deliver_at=asked, delivered_at=asked, ended_at=asked
        )
        version = Version.objects.create(
            request=request, number=1, brief={}, channel="email", text="x", created_at=asked
        )
        at = asked + timedelta(minutes=minutes)
        Decision.objects.create(
            request=request, version=version, verdict="agree", by=leader, how="link", decided_at=at, effective_at=at
        )


def test_what_was_learned_is_told_to_the_leader_alone(
    as_: AsPerson, people: People, matter: Matter, tmp_path: Path
) -> None:
    _answered(people.leader, matter, 12)
    assert "学了您最近 12 次答复" in as_(people.leader).get("/me").content.decode().replace("\u00a0", " ")

    for other in (people.requester, people.organiser, people.stranger, people.counterpart):
        client = as_(other)
        for page in ("/", "/me", "/matters", f"/matters/{matter.pk}", f"/matters/{matter.pk}/time", "/people"):
            text = client.get(page).content.decode().replace("\u00a0", " ")
            assert "学了您最近 12 次" not in text
        assert client.get(f"/people/{people.leader.pk}").content.decode().count("学了") == 0

    export_matter(matter.pk, tmp_path / "matter.zip")
    export_person(people.requester.email, tmp_path / "requester.zip")
    for name in ("matter.zip", "requester.zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            whole = b"".join(archive.read(member) for member in archive.namelist() if member.endswith(".json"))
        assert b'"answers": 12' not in whole
    export_person(people.leader.email, tmp_path / "leader.zip")
    with zipfile.ZipFile(tmp_path / "leader.zip") as archive:
        [own] = json.loads(archive.read("person.json"))
    assert own["hours"]["learned"]["answers"] == 12


def test_learning_is_switched_off_and_forgotten_for_good(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.leader)
    _answered(people.leader, matter, 12)

    client.post("/me", {"do": "learn_not"})
    assert learned_of(people.leader, working_of(people.leader)) is None
    assert habits_of(people.leader).learned == ()
    client.post("/me", {"do": "learn"})
    assert habits_of(people.leader).learned
    client.post("/me", {"do": "forget"})
    client.post("/me", HOURS)  # other settings don't bring them back

    learned = learned_of(people.leader, working_of(people.leader))
    assert learned is not None
    assert learned.answers == 0
    assert row_of(people.leader).forgotten_at is not None
    # Nor do they speak for the house.
    assert set(sum(learned_of(people.requester, working_of(None)).table, ())) == {0.0}  # type: ignore[union-attr]


def test_one_tap_holds_back_what_is_set_and_can_be_taken_back(as_: AsPerson, people: People, matter: Matter) -> None:
    moment = timezone.now() + timedelta(minutes=1)
    schedule(matter, people.requester, way="mail", deliver_at=moment)
    client = as_(people.leader)
    assert "今天不太方便" in client.get("/").content.decode()

    client.post("/mood", {"do": "bad_day"})

    row = Outbox.objects.get(kind="request", state="waiting")
    page = client.get("/").content.decode()
    assert Mood.objects.get().kind == "bad_day"
    assert "撤回刚才说的" in page
    client.post("/mood", {"do": "mood_undo"})
    row = Outbox.objects.get(kind="request", state="waiting")
    assert row.due_at == moment


def test_who_was_never_asked_is_offered_no_taps(as_: AsPerson, people: People) -> None:
    assert "今天不太方便" not in as_(people.stranger).get("/").content.decode()


def test_by_the_link_of_a_mail_the_leader_says_it_and_nobody_in_their_place(
    client: Client, asked: Request, people: People
) -> None:
    path = path_of(link_to(people.leader))

    refused = answer(client, path, who="other", by_name="秦简", do="bad_day")
    assert not Mood.objects.exists()
    assert refused.status_code == 422
    answer(client, path, do="bad_day")
    assert Mood.objects.get().person == people.leader


def test_habits_are_the_persons_own(as_: AsPerson, people: People) -> None:
    as_(people.stranger).post("/me", HOURS)

    assert [row.person for row in Habits.objects.all()] == [people.stranger]
