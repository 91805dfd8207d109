"""An export holds one matter or one person, and of others what that person could see."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from docx import Document

from huitong.delivery import outbox
from huitong.directory import links
from huitong.keeping.errors import Refused
from huitong.keeping.export import export_matter, export_person
from huitong.matters import agree, consult, coordinate, decide, prepare, standing
from huitong.matters.request import delivered_by_mail, schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Calendar, Commitment, Link, Matter, Outbox, Person, Phrase, Request, User
from tests.busy import keep_busy

FACTS = {
    "matter": "新品发布会搭建物料采购",
    "leader.name": "高翔",
    "leader.email": "gao@example.com",
    "other_department.name": "采购部",
    "other_department.head": "王经理",
    "other_department.email": "wang@example.com",
    "purpose": "确定搭建物料交期，赶上发布会",
    "situation": "11 月 9 日提交采购申请，目前仍在比价",
    "importance": "物料晚到，搭建顺延，场租每天 2.4 万元",
    "options.a1.title": "召开协调会",
    "options.a1.what_leader_does": "请王经理一起开会",
    "commitments.d4.what": "提供完整规格",
    "commitments.d4.who": "许宁",
}

Read = Callable[..., tuple[dict[str, Any], dict[str, bytes]]]


@pytest.fixture
def of_matter(tmp_path: Path) -> Read:
    """of_matter(number): the matter's JSON, and every file of the ZIP."""

    def read(number: int) -> tuple[dict[str, Any], dict[str, bytes]]:
        file = tmp_path / "matter.zip"
        export_matter(number, file, force=True)
        files = _files(file)
        return json.loads(files[f"matters/{number}/matter.json"]), files

    return read


@pytest.fixture
def of_person(tmp_path: Path) -> Read:
    def read(email: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        file = tmp_path / "person.zip"
        export_person(email, file, force=True)
        files = _files(file)
        (person,) = json.loads(files["person.json"])
        return person, files

    return read


@dataclass(frozen=True, slots=True)
class People:
    requester: Person
    leader: Person
    counterpart: Person


@pytest.fixture
def people(db: None) -> People:
    """Each with an account."""
    names = (("许宁", "xu@example.com"), ("高翔", "gao@example.com"), ("王经理", "wang@example.com"))
    return People(*(Person.objects.create(name=n, email=e, user=User.objects.create_user(e)) for n, e in names))


@pytest.fixture
def matter(people: People) -> Matter:
    """Prepared, nothing sent."""
    matter = prepare.open_matter(people.requester)
    day = (timezone.localdate() + timedelta(days=21)).isoformat()
    typed = {k: (v, prepare.mark("")) for k, v in (FACTS | {"deadline": day}).items()}
    prepare.save_answers(matter, people.requester, typed)
    matter.refresh_from_db()
    return matter


@pytest.fixture
def asked(matter: Matter, people: People) -> Request:
    """The request has reached the leader by mail."""
    request = schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    Outbox.objects.filter(kind="request").update(state="sent", sent_at=timezone.now())
    with transaction.atomic():
        delivered_by_mail(Outbox.objects.get(kind="request"))
    request.refresh_from_db()
    return request


def _files(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def all_of(files: dict[str, bytes]) -> str:
    return "\n".join(content.decode(errors="replace") for content in files.values())


@pytest.fixture
def coordinated(asked: Request, people: People) -> Matter:
    """Decided, in force, and the note has gone out."""
    choice = Choice(Verdict.AGREE, 1, option=0, words="可以，我来约王经理。")
    decision = decide.decide(asked, choice, by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    row = Matter.objects.get(pk=asked.matter_id)
    coordinate.send_note(
        row, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="王经理，您好"
    )
    Outbox.objects.filter(kind="note").update(state="sent", sent_at=timezone.now())
    return row


def test_a_matter_holds_its_whole_story_and_its_documents(coordinated: Matter, of_matter: Read) -> None:
    told, files = of_matter(coordinated.pk)
    assert told["title"] == FACTS["matter"]
    assert told["answers"]["purpose"] == FACTS["purpose"]
    assert told["requests"][0]["decisions"][0]["words"] == "可以，我来约王经理。"
    assert told["notes"][0]["text"] == "王经理，您好"
    assert told["commitments"][0]["what"] == "提供完整规格"
    assert {"opened", "delivered", "decided", "note_sent"} <= {event["kind"] for event in told["timeline"]}
    assert FACTS["matter"] in files[f"matters/{coordinated.pk}/texts/email.txt"].decode()
    report = Document(io.BytesIO(files[f"matters/{coordinated.pk}/report.docx"]))
    assert FACTS["matter"] in "\n".join(paragraph.text for paragraph in report.paragraphs)


def test_what_was_agreed_and_what_was_held_is_in_it(coordinated: Matter, of_matter: Read) -> None:
    requester = coordinated.requester
    parts = {"ours": "许宁", "theirs": "李工", "channel": "邮件", "within": "一个工作日"}
    agree.propose(coordinated, requester, head="王经理", email="wang@example.com", parts=parts)
    first = timezone.now() + timedelta(days=3)
    day = timezone.localdate(first)
    times = {"until": day + timedelta(days=21), "review_on": day + timedelta(days=7), "minutes": 30}
    guests = [("王经理", "wang@example.com")]
    standing.start(coordinated, requester, title="碰头", first=first, every="week", place="", guests=guests, **times)
    told, _files = of_matter(coordinated.pk)
    assert told["agreements"][0]["within"] == "一个工作日"
    assert "王经理" in told["agreements"][0]["heads"]
    assert [guest["name"] for guest in told["series"][0]["guests"]][-1] == "王经理"
    assert len(told["series"][0]["sittings"]) == 4


def test_an_answer_that_can_be_taken_back_is_not_in_it(asked: Request, people: People, of_matter: Read) -> None:
    decide.decide(asked, Choice(Verdict.NO, 1, words="先缓一缓"), by=people.leader, how="account")
    told, files = of_matter(asked.matter_id)
    assert told["requests"][0]["decisions"] == []
    assert told["stage"] == "awaiting"
    assert "先缓一缓" not in all_of(files)
    for event in told["timeline"]:
        assert event["kind"] != "decided"


def test_letters_to_others_are_told_by_their_way_alone(coordinated: Matter, of_matter: Read) -> None:
    told, _ = of_matter(coordinated.pk)
    to_others = [letter for letter in told["letters"] if letter["to"] != "许宁"]
    assert to_others
    assert all("letter" not in letter for letter in to_others)


def test_a_view_that_the_leader_asked_for_is_for_the_two_of_them(
    asked: Request, people: People, of_matter: Read, of_person: Read
) -> None:
    row = consult.consult(asked, by=people.leader, name="王经理", email="wang@example.com", question="插得进吗？")
    consult.answer(row, by=people.counterpart, text="插得进，周五发走。")
    Outbox.objects.filter(kind__startswith="consult").update(state="sent", sent_at=timezone.now())
    told, files = of_matter(asked.matter_id)
    assert not {"王经理"} & {letter["to"] for letter in told["letters"]}
    assert "插得进" not in all_of(files) + all_of(of_person("xu@example.com")[1])
    for email in ("gao@example.com", "wang@example.com"):
        (seen,) = of_person(email)[0]["consultations"]
        assert (seen["question"], seen["answer"]) == ("插得进吗？", "插得进，周五发走。")


def test_no_link_token_or_password_is_in_any(
    coordinated: Matter, people: People, of_matter: Read, of_person: Read
) -> None:
    people.leader.user.set_password("a-long-password")
    people.leader.user.save()
    with transaction.atomic():
        letter = outbox.Letter(title="重设", page="/account/forgotten/1-secret-key")
        outbox.put("password", people.leader, letter, key="password:x")
    Outbox.objects.filter(kind="password").update(state="sent")
    everything = all_of(of_matter(coordinated.pk)[1]) + "".join(
        all_of(of_person(p.email)[1]) for p in (people.requester, people.leader, people.counterpart)
    )
    for link in Link.objects.all():
        for secret in (links.token_of(link), link.nonce, link.digest):
            assert secret not in everything
    assert people.leader.user.password not in everything
    assert "secret-key" not in everything


def test_a_requester_gets_themselves_and_their_matters(coordinated: Matter, people: People, of_person: Read) -> None:
    Phrase.objects.create(person=people.requester, text="可以")
    told, files = of_person("XU@example.com")
    assert (told["name"], told["account"]["email"], told["phrases"]) == ("许宁", "xu@example.com", ["可以"])
    assert told["matters"] == [coordinated.pk]
    assert f"matters/{coordinated.pk}/matter.json" in files


def test_a_leader_gets_what_reached_them_and_nothing_behind_it(
    coordinated: Matter, people: People, of_person: Read
) -> None:
    calendar = keep_busy(people.leader, (timezone.now(), timezone.now() + timedelta(hours=1)))
    Calendar.objects.filter(pk=calendar.pk).update(sealed="secret-address", state={"etag": "secret-tag"})
    told, files = of_person("gao@example.com")
    (asked_,) = told["asked"]
    assert asked_["versions"][0]["text"]
    assert asked_["decisions"][0]["words"] == "可以，我来约王经理。"
    assert "brief" not in asked_["versions"][0]
    assert [len(each["busy"]) for each in told["calendars"]] == [1]
    assert "secret-" not in all_of(files)
    assert (told["matters"], told["notes"]) == ([], [])
    for others in ("wang@example.com", "王经理，您好", "xu@example.com"):
        assert others not in all_of(files)


def test_a_request_that_has_not_reached_the_leader_is_not_theirs(
    matter: Matter, people: People, of_person: Read
) -> None:
    now = timezone.now()
    Request.objects.create(
        matter=matter, number=1, leader=people.leader, way="mail", deliver_at=now + timedelta(days=1)
    )
    told, files = of_person("gao@example.com")
    assert told["asked"] == []
    assert FACTS["matter"] not in all_of(files)


def test_a_counterpart_gets_the_note_and_nothing_of_the_request(
    coordinated: Matter, people: People, of_person: Read
) -> None:
    Commitment.objects.create(
        matter=coordinated,
        side="theirs",
        owner=people.counterpart,
        owner_name="王经理",
        what="给出交期",
        made_at=timezone.now(),
    )
    told, files = of_person("wang@example.com")
    assert told["notes"][0]["text"] == "王经理，您好"
    assert [each["what"] for each in told["commitments"]] == ["给出交期"]
    for internal in ("召开协调会", "场租每天", "仍在比价", "我来约王经理", "gao@example.com"):
        assert internal not in all_of(files)


def test_it_is_for_its_owner_alone_and_over_no_other_file(matter: Matter, tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    export_matter(matter.pk, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="is there already"):
        export_matter(matter.pk, file)


@pytest.mark.django_db
def test_who_or_what_is_not_there_is_told_and_no_file_is_made(tmp_path: Path) -> None:
    Person.objects.create(name="无址")
    for nothing in (
        lambda: export_matter(99, tmp_path / "x"),
        lambda: export_person("no@example.com", tmp_path / "x"),
        lambda: export_person("", tmp_path / "x"),
    ):
        with pytest.raises(Refused, match="There is no"):
            nothing()
    assert list(tmp_path.iterdir()) == []


def test_the_command_exports_each_matter_and_person_of_the_sample(new_desk: Callable[..., Any]) -> None:
    desk = new_desk()
    desk.huitong("demo")
    for number in range(1, 7):
        assert "Exported" in desk.huitong("export", "--matter", number, "--output", f"{number}.zip").stdout
    email = desk.run("answer = Person.objects.get(name='许小样').email")
    desk.huitong("export", "--person", email, "-o", "person.zip")
    assert "Say what to export" in desk.huitong("export", "-o", "x.zip", code=2).stderr
    assert "There is no matter 99." in desk.huitong("export", "--matter", 99, "-o", "x.zip", code=1).stderr
