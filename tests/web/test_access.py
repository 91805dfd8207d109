"""Every address as every kind of person: the table in directory/access.py is what happens, and nothing else is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from huitong.coordination import meetings
from huitong.directory import access, feeds, links
from huitong.matters import coordinate, decide
from huitong.matters.polish import switch
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Commitment, Heartbeat, Link, Matter, Note, Outbox, PolishSettings, Request
from tests.mail_house import mail_of

from .conftest import People

ROOT = Path(__file__).parents[2]

# Pages whose own rules go beyond the table: they look at more than who is asking.
OWN_RULES = {"mails", "demo", "metrics"}


@dataclass(frozen=True, slots=True)
class House:
    """One matter in which everybody has a role, and one of each row that an address can name."""

    matter: Matter
    request: Request
    note: Note
    commitment: Commitment
    link: Link
    arguments: dict[str, object]


@pytest.fixture(autouse=True)
def _every_page_is_there(people: People, settings: object) -> None:
    # A page that is there only where a language model is set; none is asked, since nothing is pressed.
    settings.POLISH_URL, settings.POLISH_MODEL = "http://127.0.0.1:9/v1", "small-7b"
    switch(people.organiser, on=True)


@pytest.fixture
def house(asked: Request, people: People) -> House:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    matter = Matter.objects.get(pk=asked.matter_id)
    note = coordinate.send_note(
        matter, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="王经理，您好"
    )
    with transaction.atomic():  # a meeting that goes on, with minutes to be written
        meetings.call(
            matter,
            title="物料交期协调会",
            start=timezone.now() - timedelta(minutes=20),
            minutes=30,
            place="",
            agenda="一、交期",
            attendees=[people.leader, people.requester, people.counterpart],
            decision=decision,
        )
    commitment = matter.commitments.get()
    Heartbeat.objects.create(worker="test", started_at=timezone.now(), seen_at=timezone.now())
    link = Link.objects.filter(purpose="decide").first()
    assert link is not None
    arguments: dict[str, object] = {
        "matter": matter.pk,
        "request": asked.pk,
        "request_id": asked.pk,
        "note": note.pk,
        "note_id": note.pk,
        "commitment": commitment.pk,
        "person": people.stranger.pk,
        "token": links.token_of(link),
        "stop": links.token_of(links.issue("no_digest", people.leader)),
        "group": "who",
        "channel": "email",
        "language": "zh",
        "text": "email",
        "code": "en",
        "name": "note",
        "uidb36": "1",
        "key": "abc",
        "feed": feeds.open_feed(people.counterpart),
    }
    return House(matter, asked, note, commitment, link, arguments)


def pages() -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern), f"{pattern} includes addresses that the table cannot name one by one"
        yield str(pattern.name), pattern


def address(pattern: URLPattern, house: House) -> str:
    known = pattern.pattern.converters or dict.fromkeys(pattern.pattern.regex.groupindex)
    return reverse(str(pattern.name), kwargs={name: house.arguments[name] for name in known})


def test_the_table_knows_every_page_and_no_other() -> None:
    assert {name for name, _ in pages()} == set(access.PAGES)


@pytest.fixture
def clients(people: People) -> dict[str, Client]:
    """A browser for each kind of person."""
    found = {}
    for role, person in (
        (access.REQUESTER, people.requester),
        (access.LEADER, people.leader),
        (access.COUNTERPART, people.counterpart),
        (access.ORGANISER, people.organiser),
        (access.SIGNED_IN, people.stranger),
    ):
        found[role] = Client()
        found[role].force_login(person.user)
    return found | {access.NOBODY: Client()}


@pytest.mark.parametrize("role", access.ROLES)
def test_every_page_answers_as_the_table_says(role: str, house: House, clients: dict[str, Client]) -> None:
    client = clients[role]
    for name, pattern in pages():
        if name in OWN_RULES:
            continue
        where = address(pattern, house)
        for method in (client.get, client.post):
            if method == client.post and name in ("account_logout", "account_login"):
                continue  # they would end the walk
            status = method(where).status_code
            answer = f"{role} {where}: {status}"
            if role in access.PAGES[name]:
                assert status in (200, 302, 400, 405, 409, 410, 422), answer
            elif role == access.NOBODY:
                response = client.get(where)
                assert response.status_code == 302, answer
                assert response.url.startswith("/account/sign-in"), answer
            else:
                assert status == 404, answer


@pytest.mark.parametrize("role", [r for r in access.ROLES if r != access.NOBODY])
def test_what_is_not_there_answers_like_what_is_not_ones_own(
    role: str, house: House, clients: dict[str, Client]
) -> None:
    there = clients[access.SIGNED_IN].get(f"/matters/{house.matter.pk}")
    missing = clients[role].get("/matters/999999")
    assert (there.status_code, missing.status_code) == (404, 404)


def test_reading_writes_nothing(
    house: House, clients: dict[str, Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    for role, client in clients.items():
        for name, pattern in pages():
            for method in (client.get, client.head, client.options):
                with django_assert_max_num_queries(60) as captured:
                    method(address(pattern, house))
                written = [
                    q["sql"]
                    for q in captured.captured_queries
                    if q["sql"].lstrip('"').startswith(("INSERT", "UPDATE", "DELETE"))
                ]
                assert written == [], f"{role} {name}: {written[:2]}"


@pytest.mark.parametrize("state", ["expired", "revoked", "foreign"])
def test_a_link_that_is_no_longer_good_shows_nothing_and_changes_nothing(state: str, house: House) -> None:
    client, token = Client(), links.token_of(house.link)
    if state == "expired":
        Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif state == "revoked":
        Link.objects.update(revoked_at=timezone.now())
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    for method in (client.get, client.post):
        response = method(f"/{token}", {"verdict": "agree", "option": "0", "version": "1"})
        assert response.status_code == (404 if state == "foreign" else 410)
        assert house.matter.title not in response.content.decode()
    assert house.request.decisions.count() == 1


def test_a_counterpart_sees_nothing_of_the_request(house: House, clients: dict[str, Client]) -> None:
    page = clients[access.COUNTERPART].get(f"/notes/{house.note.pk}").content.decode()
    for internal in ("召开协调会", "场租每天", "仍在比价", "高总", "最快"):
        assert internal not in page


def test_a_policy_forbids_inline_and_foreign_content(house: House, clients: dict[str, Client]) -> None:
    for name, pattern in pages():
        response = clients[access.REQUESTER].get(address(pattern, house))
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        page = response.content.decode(errors="replace")  # a document may be a file of another kind
        for forbidden in (" style=", " onclick=", "<style", 'src="http', "<script>"):
            assert forbidden not in page, f"{name}: {forbidden}"


# The name of the page itself stands in its address, which the language links repeat.
A_MODEL = re.compile(
    r"润色|语言模型|人工智能|polish(?!/)|language model|openai|chat/completions|\bLLM\b|\bAI\b", re.IGNORECASE
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_where_no_language_model_is_set_no_page_mail_or_help_speaks_of_one(
    language: str, house: House, clients: dict[str, Client], settings: object
) -> None:
    settings.POLISH_URL = ""
    assert PolishSettings.objects.get().on  # left from when there was one
    read = 0
    for role, client in clients.items():
        client.cookies["language"] = language
        for name, pattern in pages():
            if name == "document":
                continue  # a file; what is in it is the brief's
            response = client.get(address(pattern, house))
            page = response.content.decode()
            assert not A_MODEL.search(page), f"{role} {name}: {A_MODEL.search(page)}"
            read += response.status_code == 200
    assert read > 60
    assert clients[access.REQUESTER].get(f"/matters/{house.matter.pk}/polish/email").status_code == 404
    assert clients[access.ORGANISER].post("/rules", {"do": "polish-on"}).status_code == 404
    mails = [mail_of(row) for row in Outbox.objects.filter(transport="mail")]
    letters = [p.get_content() for mail in mails for p in mail.walk() if p.get_content_maintype() == "text"]
    assert len(letters) > len(mails)
    help_texts = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")  # the commands' own help
    assert not A_MODEL.search("".join((*letters, help_texts)))
