"""Where one's news go, on one's own page: chats whose addresses stay secret, a choice for each kind, quiet hours."""

from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client

from huitong.delivery import leases, transports, ways
from huitong.records.models import ChatAddress, Outbox, Person
from huitong.web import reach

from .conftest import People

AsPerson = Callable[..., Client]
ADDRESS = "https://open.feishu.cn/open-apis/bot/v2/hook/0f1e2d3c-secret-a1b2"


@pytest.fixture
def me(as_: AsPerson, people: People) -> Client:
    return as_(people.leader)


def add(client: Client, chat: str = "feishu", address: str = ADDRESS, secret: str = "SEC-key") -> object:
    return client.post("/me", {"do": "add_chat", "chat": chat, "address": address, "secret": secret})


def test_every_kind_of_news_can_be_chosen() -> None:
    assert set(reach.NEWS) == set(ways.NEWS)


def test_without_a_chat_everything_goes_by_mail_and_nothing_is_asked(me: Client) -> None:
    page = me.get("/me").content.decode()
    assert "现在都寄到邮箱" in page
    assert 'name="news-decide"' not in page


def test_a_chat_is_added_and_tried_and_its_address_never_shown_whole_again(me: Client, people: People) -> None:
    add(me)
    kept = ChatAddress.objects.get(person=people.leader)
    assert (kept.transport, kept.address, kept.secret) == ("feishu", ADDRESS, "SEC-key")
    row = Outbox.objects.get(kind="chat_added")
    assert (row.transport, row.person) == ("feishu", people.leader)
    page = me.get("/me").content.decode()
    assert "open.feishu.cn …a1b2" in page
    assert "0f1e2d3c" not in page
    assert "SEC-key" not in page
    assert "0f1e2d3c" not in str(row.payload)


def test_an_address_that_is_none_is_refused_and_kept_in_its_field_alone(me: Client) -> None:
    response = add(me, address="https://evil.example/hook")
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("https://evil.example/hook") == 1
    assert "这不是飞书的地址" in page
    assert "SEC-key" not in page
    assert not ChatAddress.objects.exists()
    assert not Outbox.objects.exists()


@pytest.mark.parametrize(
    ("chat", "address", "secret"),
    [("pigeon", ADDRESS, ""), ("mail", ADDRESS, ""), ("", "", ""), ("wecom", ADDRESS, ""), ("feishu", "", "")]
    + [("feishu", ADDRESS, "x" * 201), ("feishu", ADDRESS, "a\x00b"), ("feishu", "http" + ADDRESS[5:], "")],
)
def test_what_cannot_be_an_address_changes_nothing(chat: str, address: str, secret: str, me: Client) -> None:
    assert add(me, chat, address, secret).status_code == 422
    assert not ChatAddress.objects.exists()


def test_a_new_address_takes_the_place_of_the_old_one(me: Client, people: People) -> None:
    add(me)
    add(me, address=ADDRESS + "c3")
    assert [row.address for row in people.leader.chat_addresses.all()] == [ADDRESS + "c3"]


def test_news_and_quiet_hours_are_kept(me: Client, people: People) -> None:
    add(me)
    choice = {
        "do": "ways",
        "news-decide": "feishu",
        "news-answers": "mail",
        "quiet_from": "22:00",
        "quiet_until": "07:30",
    }
    me.post("/me", choice)
    people.leader.refresh_from_db()
    assert people.leader.news == {"decide": "feishu"}
    assert (people.leader.quiet_from, people.leader.quiet_until) == (time(22), time(7, 30))
    page = me.get("/me").content.decode()
    assert '<option value="feishu" selected>飞书</option>' in page
    assert 'value="22:00"' in page
    me.post("/me", {"do": "ways", "quiet_from": "", "quiet_until": ""})
    people.leader.refresh_from_db()
    assert (people.leader.quiet_from, people.leader.news) == (None, {"decide": "feishu"})


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"quiet_from": "22:00", "quiet_until": ""}, "quiet"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet"),
        ({"quiet_from": "abc", "quiet_until": "07:00"}, "quiet"),
        ({"quiet_from": "07:00", "quiet_until": "07:00"}, "quiet"),
        ({"news-decide": "wecom"}, "news-decide"),
        ({"news-decide": "../x"}, "news-decide"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_named_and_changes_nothing(
    choice: dict[str, str], field: str, me: Client, people: People
) -> None:
    add(me)
    before = Person.objects.values("news", "quiet_from", "quiet_until").get(pk=people.leader.pk)
    response = me.post("/me", {"do": "ways"} | choice)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.content.decode()
    assert Person.objects.values("news", "quiet_from", "quiet_until").get(pk=people.leader.pk) == before


def test_a_chat_that_is_removed_leaves_its_news_to_mail(me: Client, people: People) -> None:
    add(me)
    me.post("/me", {"do": "ways", "news-decide": "feishu"})
    me.post("/me", {"do": "drop_chat", "chat": "feishu"})
    people.leader.refresh_from_db()
    assert people.leader.news == {}
    assert not ChatAddress.objects.exists()


def test_nobody_changes_another_persons_news(as_: AsPerson, people: People) -> None:
    add(as_(people.leader))
    stranger = as_(people.stranger)
    assert "飞书 <" not in stranger.get("/me").content.decode()
    stranger.post("/me", {"do": "drop_chat", "chat": "feishu"})
    assert ChatAddress.objects.filter(person=people.leader).exists()
    assert stranger.post("/me", {"do": "ways", "news-decide": "feishu"}).status_code == 422


def test_a_sample_person_has_no_chat(me: Client) -> None:
    Person.objects.update(is_sample=True)
    assert "样例里的人只收邮件" in me.get("/me").content.decode()
    assert add(me).status_code == 422
    assert not ChatAddress.objects.exists()


def test_a_request_that_came_by_chat_is_told_so_in_the_story(asked, as_: AsPerson, people: People) -> None:
    row = Outbox.objects.get(kind="request")
    Outbox.objects.filter(pk=row.pk).update(state="waiting", transport="feishu", lease_owner="w")
    row.refresh_from_db()
    leases.settle_sent(row, "w")
    page = as_(people.requester).get(f"/matters/{asked.matter_id}").content.decode().replace("\u00a0", " ")
    assert "送达高总的飞书" in page


def test_what_a_transport_is_called_is_known_in_each_language() -> None:
    for name in transports.names():
        assert len({transports.called(name, language) for language in ("zh", "en")}) == 2
