"""The link of an invitation: a password of one's own, once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huitong.directory import accounts, links
from huitong.records.models import Link, Person, User

from .conftest import People
from .pages import path_of

GOOD = "hen-nan-cai-2026"


@pytest.fixture
def newcomer(people: People) -> Person:
    return Person.objects.create(name="方可", email="fang@example.com")


@pytest.fixture
def invitation(newcomer: Person) -> Link:
    return links.issue("invite", newcomer)


def take_up(client: Client, link: Link, password: str = GOOD, again: str | None = None) -> object:
    return client.post(path_of(link), {"password": password, "again": password if again is None else again})


def test_who_is_invited_sets_a_password_and_is_signed_in(client: Client, invitation: Link, newcomer: Person) -> None:
    assert "方可" in client.get(path_of(invitation)).content.decode()
    response = take_up(client, invitation)
    assert (response.status_code, response.url) == (302, "/")
    newcomer.refresh_from_db()
    assert newcomer.user.email == "fang@example.com"
    assert newcomer.user.check_password(GOOD)
    assert client.session["_auth_user_id"] == str(newcomer.user.pk)


def test_an_account_that_waits_for_its_password_is_used(client: Client, invitation: Link, newcomer: Person) -> None:
    newcomer.user = User.objects.create_user("fang@example.com")
    newcomer.save()
    assert take_up(client, invitation).status_code == 302
    assert User.objects.get(pk=newcomer.user.pk).check_password(GOOD)


def test_an_invitation_works_once_and_takes_the_others_with_it(client: Client, invitation: Link) -> None:
    second = links.issue("invite", invitation.person)
    take_up(client, invitation)
    for link in (invitation, second):
        response = take_up(Client(), link, "another-password-1")
        assert response.status_code == 410
        assert "登录" in response.content.decode()
    assert User.objects.get(email="fang@example.com").check_password(GOOD)


@pytest.mark.parametrize("password", ["", "short", "password123", "1234567890", "fang@example.com"])
def test_a_password_that_is_easy_to_guess_is_refused(client: Client, invitation: Link, password: str) -> None:
    response = take_up(client, invitation, password)
    assert response.status_code == 422
    assert 'aria-describedby="password_error"' in response.content.decode()
    assert not User.objects.filter(email="fang@example.com").exists()
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_a_password_that_is_written_differently_twice_is_refused(client: Client, invitation: Link) -> None:
    response = take_up(client, invitation, GOOD, GOOD + "x")
    assert response.status_code == 422
    assert GOOD not in response.content.decode()
    assert not User.objects.filter(email="fang@example.com").exists()


def test_an_invitation_never_changes_a_password_that_is_set(client: Client, people: People) -> None:
    people.stranger.user.set_password("was-there-before")
    people.stranger.user.save()
    link = links.issue("invite", people.stranger)
    assert client.get(path_of(link)).status_code == 410
    assert take_up(client, link).status_code == 410
    assert User.objects.get(pk=people.stranger.user.pk).check_password("was-there-before")


def test_an_invitation_to_an_address_that_has_an_account_leads_nowhere(client: Client, people: People) -> None:
    double = Person.objects.create(name="同名", email="XU@example.com")
    assert take_up(client, links.issue("invite", double)).status_code == 410


def test_an_account_that_was_closed_is_not_opened_by_an_old_invitation(client: Client, people: People) -> None:
    link = links.issue("invite", people.stranger)
    User.objects.filter(pk=people.stranger.user.pk).update(is_active=False)
    assert take_up(client, link).status_code == 410


def test_an_expired_invitation_says_whom_to_ask(client: Client, invitation: Link) -> None:
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.get(path_of(invitation))
    assert response.status_code == 410
    assert "请管理员再发一封" in response.content.decode()
    assert accounts.take_up(invitation, GOOD) is None
