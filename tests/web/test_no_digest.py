"""Everything at once, from one's own page to the link that ends it and the list behind the mail."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from huitong.delivery import digest, leases, outbox
from huitong.directory import links
from huitong.matters.request import schedule
from huitong.records.models import Link, Matter, Outbox, Person

from .conftest import People

AsPerson = Callable[..., Client]


@pytest.fixture
def me(as_: AsPerson, people: People) -> Client:
    return as_(people.leader)


def choose(client: Client, at: str = "16:30", news: tuple[str, ...] = ("decide",), **more: str) -> object:
    return client.post("/me", {"do": "digest", "digest_at": at, "digest_news": list(news)} | more)


@pytest.fixture
def held(me: Client, people: People, matter: Matter) -> Outbox:
    """A digest that holds a request and twenty other things."""
    choose(me)
    schedule(matter, people.requester, way="mail", deliver_at=timezone.now())
    for n in range(60):
        with transaction.atomic():
            letter = outbox.Letter(title=f"第 {n} 件", before=["全文在此"], page="/me")
            outbox.put("note", people.leader, letter, key=f"n:{n}", matter=matter)
    for row in leases.claim("w", now=timezone.now(), limit=100):
        begun = leases.begin(row.pk, "w", now=timezone.now())
        assert begun is not None
        assert digest.wait(begun, "w")
    return Outbox.objects.get(kind="digest")


# --- one's own page ---


def test_it_is_off_until_it_is_chosen(me: Client, people: People) -> None:
    assert people.leader.digest_at is None
    assert 'name="digest_at" type="time" value=""' in me.get("/me").content.decode()


def test_time_and_kinds_are_kept_and_taken_back(me: Client, people: People) -> None:
    choose(me, news=("decide", "reminders", "pigeons"))
    people.leader.refresh_from_db()
    assert (people.leader.digest_at, people.leader.digest_news) == (time(16, 30), ["decide", "reminders"])
    page = me.get("/me").content.decode()
    assert 'value="16:30"' in page
    assert 'name="digest_news" value="decide" checked' in page
    assert 'name="digest_news" value="answers">' in page
    choose(me, at="", news=())
    people.leader.refresh_from_db()
    assert people.leader.digest_at is None


@pytest.mark.parametrize(("at", "news"), [("25:00", ("decide",)), ("four", ("decide",)), ("16:30", ())])
def test_what_cannot_be_kept_is_named_and_changes_nothing(at: str, news, me: Client, people: People) -> None:
    response = choose(me, at, news)
    assert response.status_code == 422
    assert 'id="digest-error"' in response.content.decode()
    assert f'value="{at}"' in response.content.decode()
    people.leader.refresh_from_db()
    assert people.leader.digest_at is None


def test_it_and_quiet_hours_keep_out_of_each_others_way(me: Client, people: People) -> None:
    quiet = {"do": "ways", "quiet_from": "16:00", "quiet_until": "18:00"}
    me.post("/me", quiet)
    assert choose(me).status_code == 422
    me.post("/me", {"do": "ways", "quiet_from": "", "quiet_until": ""})
    choose(me)
    response = me.post("/me", quiet)
    assert response.status_code == 422
    assert "16:30 的汇总就送不出来了" in response.content.decode()
    people.leader.refresh_from_db()
    assert people.leader.quiet_from is None


def test_who_has_no_address_cannot_have_it(me: Client, people: People) -> None:
    Person.objects.filter(pk=people.leader.pk).update(email="")
    assert choose(me).status_code == 422


# --- what the requester sees ---


@pytest.mark.parametrize("due", ["later", "now"])
def test_the_requester_sees_the_new_time_and_nothing_of_why(
    due: str, me: Client, people: People, matter: Matter, as_: AsPerson
) -> None:
    choose(me)
    at = timezone.now() + timedelta(days=2 if due == "later" else 0)
    request = schedule(matter, people.requester, way="mail", deliver_at=at)
    if due == "now":
        (row,) = leases.claim("w", now=timezone.now(), limit=10)
        assert digest.wait(leases.begin(row.pk, "w", now=timezone.now()), "w")
    people.leader.refresh_from_db()
    expected = next(digest.moments(people.leader, request.deliver_at))[1]
    page = as_(people.requester).get(f"/matters/{matter.pk}").content.decode()
    local = timezone.localtime(expected, timezone=timezone.get_default_timezone())
    assert "16:30" in page
    assert f"{local.day}" in page
    assert "邮件定在" in page
    assert "汇总" not in page


def test_who_sends_at_once_is_told_when_it_goes(me: Client, people: People, matter: Matter, as_: AsPerson) -> None:
    choose(me)
    sent = {"go": "now", "way": "mail"}
    page = as_(people.requester).post(f"/matters/{matter.pk}/time", sent, follow=True).content.decode()
    assert "16:30" in page
    assert "马上就送" not in page


# --- the list behind the mail ---


def test_the_list_shows_everything_with_its_own_link_and_whole_text(
    held: Outbox, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(12):
        page = Client().get(f"/{links.token_of(held.link)}").content.decode()
    assert "一共 61 件" in page
    request = Outbox.objects.get(kind="request")
    assert f'href="/{links.token_of(request.link)}"' in page
    assert "全文在此" in page
    assert page.count("<details>") == 50
    assert "第 59 件" in Client().get(f"/{links.token_of(held.link)}?page=2").content.decode()


def test_the_list_is_closed_when_its_link_is(held: Outbox) -> None:
    Link.objects.update(expires_at=timezone.now())
    response = Client().get(f"/{links.token_of(held.link)}")
    assert response.status_code == 410
    assert "全文在此" not in response.content.decode()


# --- the link that ends it ---


def stop_of(held: Outbox) -> str:
    return links.address_of(Link.objects.get(pk=held.payload["stop"]))


def test_opening_the_link_changes_nothing(held: Outbox, people: People) -> None:
    for method in (Client().get, Client().head, Client().options):
        method(stop_of(held))
    people.leader.refresh_from_db()
    assert people.leader.digest_at == time(16, 30)
    assert Client().get(stop_of(held)).content.decode().count("<button") == 1


@pytest.mark.parametrize(
    "post",
    [{"data": {"List-Unsubscribe": "One-Click"}}, {"data": "x", "content_type": "text/plain"}, {}],
    ids=["mail program", "odd", "button"],
)
def test_posting_to_it_without_sign_in_or_token_ends_the_digest(post, held: Outbox, people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(stop_of(held), **post)
    assert response.status_code == 200
    assert "汇总停掉了" in response.content.decode()
    people.leader.refresh_from_db()
    assert people.leader.digest_at is None
    assert not Outbox.objects.filter(reason="digest").exists()
    assert Outbox.objects.filter(state="waiting", due_at__lte=timezone.now()).count() == 61
    assert client.post(stop_of(held)).status_code == 200
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("purpose", ["decide", "digest", "invite"])
def test_no_other_link_ends_it(purpose: str, held: Outbox, people: People) -> None:
    token = links.token_of(links.issue(purpose, people.leader))
    assert Client().post(f"/stop/{token}").status_code == 404
    people.leader.refresh_from_db()
    assert people.leader.digest_at is not None


def test_it_opens_nothing_else(held: Outbox) -> None:
    token = stop_of(held).rpartition("/")[2]
    assert Client().get(f"/{token}").status_code == 404


def test_one_that_has_expired_says_so(held: Outbox, people: People) -> None:
    Link.objects.filter(purpose="no_digest").update(expires_at=timezone.now())
    assert Client().post(stop_of(held)).status_code == 410
    people.leader.refresh_from_db()
    assert people.leader.digest_at is not None


def test_another_zone_on_ones_page_moves_what_waits(held: Outbox, me: Client) -> None:
    before = held.due_at
    me.post("/me", {"do": "save", "time_zone": "Europe/Paris"})
    held.refresh_from_db()
    assert held.due_at != before
    assert Outbox.objects.filter(reason="digest", due_at=held.due_at).count() == 61
