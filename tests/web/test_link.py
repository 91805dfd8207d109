"""The link in a mail: opening it changes nothing, whoever opens it, and never uses it up."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import dj_database_url
import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.directory import devices, links
from huitong.matters import coordinate, decide
from huitong.matters.request import schedule
from huitong.records.models import Decision, Link, Matter, Note, Outbox, Person, Request

from .conftest import People, send
from .pages import confirm, form_of, link_to, path_of

PURPOSES = ("decide", "answer", "commitment", "commitments", "invite")


@pytest.fixture
def paths(asked: Request, people: People) -> dict[str, str]:
    """A link for each purpose."""
    by_account = decide.Choice(decide.Verdict.AGREE, 1, option=0)
    decision = decide.decide(asked, by_account, by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    coordinate.send_note(
        asked.matter, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="您好"
    )
    day = timezone.localdate() + timedelta(days=9)
    coordinate.promise(
        asked.matter,
        people.requester,
        side="theirs",
        owner_name="王经理",
        owner_email="wang@example.com",
        what="下单",
        day=day,
    )
    newcomer = Person.objects.create(name="方可", email="fang@example.com")
    links.issue("invite", newcomer)
    links.issue("commitments", Person.objects.get(email="wang@example.com"))
    return {purpose: path_of(Link.objects.filter(purpose=purpose).order_by("id")[0]) for purpose in PURPOSES}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_opening_a_link_writes_nothing_and_never_uses_it_up(
    client: Client, paths: dict[str, str], purpose: str
) -> None:
    before = Link.objects.values().get(digest=links.digest(paths[purpose][1:]))
    for method in (client.get, client.head, client.options) * 2:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = method(paths[purpose])
        assert response.status_code in (200, 405)
        written = [q["sql"] for q in queries if re.match(r"\W*(INSERT|UPDATE|DELETE)", q["sql"])]
        assert written == []
    assert Link.objects.values().get(digest=links.digest(paths[purpose][1:])) == before


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_page_behind_a_link_has_no_script_and_tells_nobody(
    client: Client, paths: dict[str, str], purpose: str
) -> None:
    response = client.get(paths[purpose])
    assert "<script" not in response.content.decode()
    assert "script-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("glued", ["", ".", "。", ",", "，", ")", "）", ">", ";", "；", "。）", "/"])
def test_what_a_mail_program_glues_on_is_forgiven(client: Client, paths: dict[str, str], glued: str) -> None:
    for path in paths.values():
        assert client.get(path + glued).status_code == 200


def test_the_link_stands_alone_on_its_line_and_its_path_is_short(asked: Request, people: People) -> None:
    path = path_of(link_to(people.leader))
    assert len(path) <= 40
    assert re.fullmatch(r"/[0-9A-Za-z]+", path)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("change", ["expired", "revoked"])
def test_a_link_that_is_over_says_what_to_do_and_shows_nothing(
    client: Client, paths: dict[str, str], purpose: str, change: str
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Link.objects.update(**{"expired": {"expires_at": past}, "revoked": {"revoked_at": past}}[change])
    for method in (client.get, client.post):
        response = method(paths[purpose])
        assert response.status_code == 410
        page = response.content.decode()
        assert "这个链接已经失效" in page
        assert not re.search("新品发布会|许宁|王经理|高总|请协助|下单|方可", page)


@pytest.mark.parametrize("token", ["0" * 24, "A" * 23, "A" * 25, "%00" * 8, "a" * 23 + "-"])
def test_an_unknown_link_is_not_there(client: Client, db: None, token: str) -> None:
    assert client.get(f"/{token}").status_code == 404


def test_a_link_with_a_purpose_that_has_no_page_is_not_there(client: Client, people: People) -> None:
    assert client.get(path_of(links.issue("whatever", people.leader))).status_code == 404


def test_a_link_that_names_no_row_is_not_there(client: Client, people: People) -> None:
    for purpose, status in (("answer", 404), ("commitment", 404), ("decide", 410)):
        assert client.get(path_of(links.issue(purpose, people.leader))).status_code == status


def test_the_link_of_a_leader_who_is_no_longer_asked_is_over(
    client: Client, matter: Matter, people: People, answer: Callable[..., None]
) -> None:
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now() + timedelta(hours=1))
    first = path_of(link_to(people.leader))
    Request.objects.update(leader=people.stranger)
    assert client.get(first).status_code == 410
    assert client.post(first, {"verdict": "agree", "option": "1", "version": "1"}).status_code == 410


def test_a_link_answers_only_for_its_own_person(client: Client, paths: dict[str, str], people: People) -> None:
    """The counterpart's link shows nothing of the request, and posts of a leader's form to it record nothing."""
    page = client.get(paths["answer"]).content.decode()
    assert "批示" not in page
    response = client.post(paths["answer"], {"do": "undo", "verdict": "no", "version": "1"})
    assert response.status_code == 422
    assert Decision.objects.get().undone_at is None


def test_other_methods_are_refused(client: Client, paths: dict[str, str]) -> None:
    for method in (client.put, client.patch, client.delete):
        assert method(paths["decide"]).status_code == 405


def test_a_form_from_elsewhere_is_refused(asked: Request, people: People) -> None:
    path = path_of(link_to(people.leader))
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"verdict": "agree", "option": "1", "version": "1"}).status_code == 403
    assert not Decision.objects.exists()


# --- page, second tab and phone within a second ---


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[None]:
    """The desk on SQLite, then on PostgreSQL; its threads have connections of their own."""
    if request.param == "sqlite":
        yield
        return
    url, name = request.getfixturevalue("postgres"), f"of_the_links_{time.time_ns()}"
    with closing(psycopg.connect(url, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name}")
    before = connections.settings["default"]
    other = {"default": dict(dj_database_url.parse(url.rpartition("/")[0] + "/" + name))}
    connections.close_all()
    connections.settings["default"] = connections.configure_settings(other)["default"]
    del connections["default"]
    assert connection.vendor == "postgresql"
    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        connections.close_all()
        connections.settings["default"] = before
        del connections["default"]


def _at_once(jobs: list[Callable[[], int]]) -> list[int]:
    """Run them together, as far as two cores do; what each answered."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], int]) -> int:
        gate.wait()
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.parametrize("verdicts", [("agree", "agree", "agree"), ("agree", "no", "ask")])
def test_page_second_tab_and_phone_within_a_second_make_one_decision(
    each_database: None, asked: Request, people: People, verdicts: tuple[str, ...]
) -> None:
    """Each by a link of its own (the mail, a reminder, a receipt), so that the rule of ten seconds plays no part."""
    known = devices.remember(people.leader)
    jobs = []
    for verdict in verdicts:
        browser, path = Client(), path_of(links.issue("decide", people.leader, request=asked))
        browser.cookies["device"] = known
        form = form_of(browser.get(path)) | {"verdict": verdict, "words": "一句"}
        jobs.append(lambda browser=browser, path=path, form=form: browser.post(path, form).status_code)
    answers = _at_once(jobs)
    standing = Decision.objects.filter(undone_at=None, superseded_at=None)
    assert standing.count() == 1
    finals = Decision.objects.filter(verdict__in=("agree", "no"))
    assert finals.count() == 1
    assert Outbox.objects.filter(kind="receipt").count() == Decision.objects.count()
    assert set(answers) <= {302, 409}
    if len(set(verdicts)) == 1:
        assert Decision.objects.count() == 1


def test_two_different_answers_by_one_link_at_the_same_moment_count_for_nothing(
    each_database: None, asked: Request, people: People
) -> None:
    path, known = path_of(link_to(people.leader)), devices.remember(people.leader)
    jobs = []
    for verdict in ("agree", "no"):
        browser = Client()
        browser.cookies["device"] = known
        form = form_of(browser.get(path)) | {"verdict": verdict}
        jobs.append(lambda browser=browser, form=form: browser.post(path, form).status_code)
    assert sorted(_at_once(jobs)) == [302, 409]
    assert decide.standing_decision(asked) is None
    Outbox.objects.filter(kind="receipt").delete()
    assert not Outbox.objects.filter(kind="decision", state="waiting").exists()


def test_a_note_answered_at_once_by_two_is_one_answer_after_the_other(
    each_database: None, paths: dict[str, str], people: People
) -> None:
    known, path = devices.remember(people.counterpart), paths["answer"]
    jobs = []
    for words in ("甲", "乙"):
        browser = Client()
        browser.cookies["device"] = known
        form = form_of(browser.get(path)) | {"answer": "hard", "words": words}
        jobs.append(lambda browser=browser, form=form: browser.post(path, form).status_code)
    assert _at_once(jobs) == [302, 302]
    assert Note.objects.get().words in ("甲", "乙")


def test_send_is_what_reaches_the_leader(matter: Matter, people: People, client: Client) -> None:
    """Before the mail is noted as accepted its link shows the page, but takes no answer yet."""
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    path = path_of(link_to(people.leader))
    form = form_of(client.get(path)) | {"verdict": "no"}
    assert confirm(client, path, client.post(path, form)).status_code == 409
    send("request")
    assert confirm(client, path, client.post(path, form)).status_code == 302
