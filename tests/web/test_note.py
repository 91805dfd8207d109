"""The counterpart's page: a letter, three honest answers, nothing internal; and what they have promised."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.matters import close, coordinate, decide, promises
from huitong.records.models import Commitment, Link, Note, Outbox, Person, Request

from .conftest import FACTS, People
from .pages import answer, confirm, form_of, later, link_to, path_of

LETTER = "王经理，您好：\n\n市场部 12 月 18 日办发布会，想请您看看 CG-2211 能否提前。\n\n市场部　许宁"


@pytest.fixture
def note(asked: Request, people: People) -> Note:
    choice = decide.Choice(decide.Verdict.AGREE, 1, option=0, words="领导的原话")
    decide.send_now(decide.decide(asked, choice, by=people.leader, how="account"), by=people.leader)
    return coordinate.send_note(
        asked.matter,
        people.requester,
        name="王经理",
        email="wang@example.com",
        subject="请采购部协助：物料能否 12 月 1 日前下单",
        text=LETTER,
    )


@pytest.fixture
def path(note: Note) -> str:
    return path_of(link_to(note.person, "answer"))


@pytest.fixture
def promised(note: Note, people: People) -> Commitment:
    made = coordinate.promise(
        note.matter,
        people.requester,
        side="theirs",
        owner_name="王经理",
        owner_email="wang@example.com",
        what="周五前下单",
        day=timezone.localdate() + timedelta(days=3),
    )
    promises.accept_promise(made, by=people.counterpart)
    made.refresh_from_db()
    return made


@pytest.fixture
def promise_path(promised: Commitment) -> str:
    return path_of(Link.objects.filter(commitment=promised).order_by("-id")[0])


def test_the_note_is_a_letter_with_three_answers_and_none_is_picked(client: Client, path: str, note: Note) -> None:
    response = client.get(path)
    page = response.content.decode()
    assert note.subject in page
    assert "想请您看看 CG-2211 能否提前。" in page
    assert page.count('type="radio" name="answer"') == 3
    assert "checked" not in page
    assert "answer" not in form_of(response)


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_counterpart_sees_nothing_internal(
    client: Client, path: str, note: Note, people: People, as_: Callable[[Person], Client], signed_in: bool
) -> None:
    others = coordinate.promise(
        note.matter,
        people.requester,
        side="ours",
        owner_name="许宁",
        owner_email="",
        what="内部的安排",
        day=timezone.localdate(),
    )
    browser, where = (as_(people.counterpart), f"/notes/{note.pk}") if signed_in else (client, path)
    page = browser.get(where).content.decode()
    internal = [FACTS[k] for k in ("matter", "purpose", "situation", "importance", "options.a1.title")]
    internal += [FACTS["options.b2.title"], "排队", "高总", "高翔", "领导的原话", others.what, "场租", "比价"]
    for text in internal:
        assert text not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "yes", "who": "李工"},
        {"answer": "date", "day": "2099-12-05"},
        {"answer": "hard", "words": "  排到月底了\r\n人手不够 🙏"},
    ],
)
def test_an_answer_on_an_unknown_device_is_repeated_and_asked_once_more(
    client: Client, path: str, note: Note, fields: dict[str, str]
) -> None:
    response = client.post(path, form_of(client.get(path)) | fields)
    note.refresh_from_db()
    assert "还没有记下" in response.content.decode()
    assert note.answer == ""
    assert not Outbox.objects.filter(kind="note_answer").exists()
    assert confirm(client, path, response).status_code == 302
    note.refresh_from_db()
    assert (note.answer, note.words, note.answered_by) == (fields["answer"], fields.get("words", ""), "")
    assert Outbox.objects.filter(kind="note_answer").count() == 1
    assert client.post(path, form_of(client.get(path)) | fields).status_code == 302  # known from now on


def test_a_colleague_who_answers_is_named(client: Client, path: str, note: Note) -> None:
    answer(client, path, answer="yes", who="other", by_name="李工")
    note.refresh_from_db()
    assert note.answered_by == "李工"
    assert "由李工代为答复" in client.get(path).content.decode()
    assert 'name="by_name"' in client.get(path + "?who=other").content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "answer"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": "date"}, "day"),
        ({"answer": "hard"}, "words"),
        ({"answer": "yes", "words": "a\x00b"}, "words"),
        ({"answer": "yes", "who": "名" * 101}, "who"),
    ],
)
def test_what_is_missing_is_asked_for_and_the_rest_is_kept(
    client: Client, path: str, note: Note, fields: dict[str, str], field: str
) -> None:
    response = client.post(path, {"who": "李工", "words": ""} | fields)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert form_of(response)["who"] == ({"who": "李工"} | fields)["who"]
    note.refresh_from_db()
    assert note.answer == ""


def test_an_answer_can_be_changed_for_three_days(
    client: Client, path: str, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(client, path, answer="yes")
    later(monkeypatch, days=2.9)
    assert answer(client, path, answer="hard", words="变了").status_code == 302
    later(monkeypatch, days=3.1)
    assert 'name="answer"' not in client.get(path).content.decode()
    assert client.post(path, {"answer": "yes"}).status_code == 409
    note.refresh_from_db()
    assert note.answer == "hard"


def test_changing_an_answer_erases_nothing_of_it(client: Client, path: str, note: Note) -> None:
    fields = {"answer": "date", "day": "2099-12-05", "who": "李工", "words": "\n  先排到五号"}
    confirm(client, path, client.post(path, fields))
    stands = form_of(client.get(path))
    assert stands == fields
    client.post(path, stands | {"answer": "yes"})
    note.refresh_from_db()
    assert (note.answer, str(note.day), note.who, note.words) == ("yes", "2099-12-05", "李工", "\n  先排到五号")


def test_a_longer_list_of_promises_takes_no_more_queries(
    client: Client, path: str, promised: Commitment, people: People
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    one = queries()
    for _ in range(2):
        promised.pk = None
        promised.save()
    assert client.get(path).content.decode().count("?promise=") == 3
    assert queries() == one


def test_a_closed_matter_takes_no_answer(client: Client, path: str, note: Note) -> None:
    close.close(note.matter, note.matter.requester, outcome="办好了", settled=True, days=3)
    page = client.get(path).content.decode()
    assert "不用再答复" in page
    assert "办好了" not in page
    assert confirm(client, path, client.post(path, {"answer": "yes"})).status_code == 409
    note.refresh_from_db()
    assert note.answer == ""


def test_a_counterpart_with_an_account_answers_with_one_tap(
    note: Note, people: People, as_: Callable[[Person], Client]
) -> None:
    browser, page = as_(people.counterpart), f"/notes/{note.pk}"
    assert browser.post(page, {"answer": "yes"}).status_code == 302
    note.refresh_from_db()
    assert note.answer == "yes"
    for person in (people.requester, people.leader, people.organiser, people.stranger):
        assert as_(person).get(page).status_code == 404
        assert as_(person).post(page, {"answer": "hard", "words": "x"}).status_code == 404


def test_ones_own_promises_stand_below_the_note_and_are_answered_there(
    client: Client, path: str, promised: Commitment
) -> None:
    page = client.get(path).content.decode()
    own = re.search(r'href="([^"]+\?promise=\d+)"', page)
    assert own
    assert "周五前下单" in page
    answer(client, own[1], do="kept", words="PO-3318")
    promised.refresh_from_db()
    assert (promised.state, promised.words) == ("kept", "PO-3318")


def test_a_promise_of_somebody_else_is_not_behind_the_note(client: Client, path: str, note: Note) -> None:
    ours = note.matter.commitments.get(side="ours")
    for number in (str(ours.pk), "999", "x", ""):
        assert client.get(f"{path}?promise={number}").status_code == 404


# --- a commitment's own link ---


def test_a_promise_is_shown_with_its_day_and_nothing_is_picked(client: Client, promise_path: str) -> None:
    response = client.get(promise_path)
    assert "周五前下单" in response.content.decode()
    assert "do" not in form_of(response)
    assert client.post(promise_path, form_of(response)).status_code == 422
    assert FACTS["matter"] not in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"do": "kept", "words": "PO-3318"}, "kept"),
        ({"do": "broken", "words": "供应商停产"}, "broken"),
        ({"do": "moved", "to": "2099-01-02", "words": "等样品"}, "open"),
    ],
)
def test_a_promise_is_kept_moved_or_broken_after_a_second_look(
    client: Client, promise_path: str, promised: Commitment, fields: dict[str, str], state: str
) -> None:
    before = promised.by
    response = client.post(promise_path, form_of(client.get(promise_path)) | fields)
    promised.refresh_from_db()
    assert (promised.state, promised.by, promised.moves.count()) == ("open", before, 0)
    assert confirm(client, promise_path, response, who="other", by_name="李工").status_code == 302
    promised.refresh_from_db()
    assert promised.state == state
    if fields["do"] == "moved":
        offer = promised.offers.get()  # until the requester agrees, the old day stands
        assert (promised.by, promised.moves.count()) == (before, 0)
        assert (str(offer.day), offer.reason) == ("2099-01-02", "等样品")
    else:
        assert promised.words == fields["words"]


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "moved", "words": "等样品"},
        {"do": "moved", "to": "2020-01-01", "words": "等样品"},
        {"do": "moved", "to": "2099-01-02"},
        {"do": "broken"},
        {"do": "kept", "words": "\x00"},
        {"do": "whatever"},
    ],
)
def test_a_promise_is_not_changed_by_half_an_answer(
    client: Client, promise_path: str, promised: Commitment, fields: dict[str, str]
) -> None:
    response = answer(client, promise_path, **fields)
    assert response.status_code == 422
    promised.refresh_from_db()
    assert (promised.state, promised.moves.count()) == ("open", 0)


@pytest.mark.parametrize(("minutes", "possible"), [(9, True), (11, False)])
def test_a_slip_is_taken_back_for_ten_minutes(
    client: Client,
    promise_path: str,
    promised: Commitment,
    minutes: int,
    possible: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(client, promise_path, do="kept")
    later(monkeypatch, minutes=minutes)
    assert ('value="undo"' in client.get(promise_path).content.decode()) is possible
    assert client.post(promise_path, {"do": "undo"}).status_code == (302 if possible else 409)
    promised.refresh_from_db()
    assert promised.state == ("open" if possible else "kept")
