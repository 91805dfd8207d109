"""What comes from stale pages, broken browsers and hostile hands: a clear answer, and nothing done by half."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huitong.matters import close, decide
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Department, Event, Matter, Outbox, Person, Request

from .conftest import People

NUL = "好\x00的"


@pytest.fixture
def agreed(asked: Request, people: People) -> Matter:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0, words="可以"), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    return Matter.objects.get(pk=asked.matter.pk)


def test_closing_twice_a_matter_that_was_never_prepared_says_so(
    people: People, as_: Callable[[Person], Client], answer: Callable[..., None]
) -> None:
    client = as_(people.requester)
    client.post("/matters/new", {"title": "白开一件"})
    row = Matter.objects.get()
    form = {"outcome": "不办了", "settled": "no", "days": "0"}
    assert client.post(f"/matters/{row.pk}/close", form).status_code == 302
    again = client.post(f"/matters/{row.pk}/close", form)
    assert again.status_code == 302
    assert again.headers["Location"] == f"/matters/{row.pk}/close"
    assert Event.objects.filter(matter=row, kind="closed").count() == 1


def test_names_that_were_emptied_after_the_request_was_sent_stop_neither_report_nor_thanks(
    asked: Request, people: People, as_: Callable[[Person], Client]
) -> None:
    row, client = asked.matter, as_(people.requester)
    row.answers.filter(question__in=("leader.name", "other_department.name", "matter")).update(value="")
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    assert "高总" in client.get(f"/matters/{row.pk}/report").content.decode()
    close.close(row, people.requester, outcome="办成了", settled=True, days=3)
    assert "高总" in client.get(f"/matters/{row.pk}/close").content.decode()


FORMS = (
    ("", {"do": "progress", "words": NUL}),
    ("/coordinate", {"do": "note", "name": "王经理", "email": "w@example.com", "subject": NUL, "text": "您好"}),
    ("/coordinate", {"do": "note", "name": "王经理", "email": "w@example.com", "subject": "请协助", "text": NUL}),
    ("/coordinate", {"do": "note", "name": NUL, "email": "w@example.com", "subject": "请协助", "text": "您好"}),
    ("/coordinate", {"do": "note", "name": "王" * 101, "email": "w@example.com", "subject": "请协助", "text": "您好"}),
    ("/coordinate", {"do": "meeting", "start": "SOON", "minutes": "30", "guest": "王" * 101, "title": "会"}),
    ("/coordinate", {"do": "meeting", "start": "SOON", "minutes": "30", "text": NUL, "title": "会"}),
    ("/coordinate", {"do": "meeting", "start": "9999-12-31T23:59", "minutes": "30", "title": "会"}),
    ("/coordinate", {"do": "meeting", "start": "0001-01-01T00:00", "minutes": "30", "title": "会"}),
    ("/coordinate", {"do": "meeting", "start": "SOON", "minutes": "半小时", "title": "会"}),
    ("/coordinate", {"do": "promise", "owner": "王" * 101, "what": "下单", "by": "SOON"}),
    ("/coordinate", {"do": "promise", "owner": "王经理", "what": NUL, "by": "SOON"}),
    ("/coordinate", {"do": "promise", "owner": "王经理", "what": "下单", "by": "9999-12-31"}),
    ("/report", {"subject": NUL, "text": "办好了"}),
    ("/report", {"subject": "汇报", "text": NUL}),
    ("/close", {"outcome": NUL, "settled": "yes", "days": "3"}),
    ("/close", {"outcome": "好" * 2001, "settled": "yes", "days": "3"}),
)


@pytest.mark.parametrize(("page", "form"), FORMS)
def test_what_cannot_be_kept_is_refused_and_stays_on_the_page(
    agreed: Matter, people: People, as_: Callable[[Person], Client], page: str, form: dict[str, str]
) -> None:
    soon = timezone.localtime() + timedelta(days=2)
    form = {
        k: soon.strftime("%Y-%m-%dT10:00" if k == "start" else "%Y-%m-%d") if v == "SOON" else v
        for k, v in form.items()
    }
    events, letters, persons = Event.objects.count(), Outbox.objects.count(), Person.objects.count()
    response = as_(people.requester).post(f"/matters/{agreed.pk}{page}", form)
    assert response.status_code in (409, 422)
    assert (Event.objects.count(), Outbox.objects.count(), Person.objects.count()) == (events, letters, persons)
    for text in form.values():
        if text != NUL and len(text) > 6:
            assert text in response.content.decode()
    agreed.refresh_from_db()
    assert agreed.closed_at is None


def test_a_department_that_a_requester_typed_in_is_not_shown_to_others(
    agreed: Matter, people: People, as_: Callable[[Person], Client]
) -> None:
    Department.objects.get_or_create(name="收购筹备组")
    Person.objects.create(name="某人", department=Department.objects.get(name="收购筹备组"), added_by=people.requester)
    for reader in (people.leader, people.counterpart, people.stranger):
        for page in ("/", "/matters", "/me", "/matters/new"):
            assert "收购筹备组" not in as_(reader).get(page).content.decode()


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00"])
@pytest.mark.parametrize("field", ["moment", "at"])
def test_a_moment_that_no_clock_shows_is_refused(
    matter: Matter, people: People, as_: Callable[[Person], Client], moment: str, field: str
) -> None:
    form = {"go": "set", "way": "mail", "moment": moment} | ({"moment": "own", "at": moment} if field == "at" else {})
    response = as_(people.requester).post(f"/matters/{matter.pk}/time", form)
    assert response.status_code == 422
    assert not matter.requests.exists()
