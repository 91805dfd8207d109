"""Signing in: by invitation only, limited against guessing; a forgotten password goes through the outbox."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from huitong.records.models import Outbox, Person, User

from .conftest import People

PASSWORD = "a long one of ours"
AsPerson = Callable[..., Client]


@pytest.fixture
def requester(people: People) -> Person:
    people.requester.user.set_password(PASSWORD)
    people.requester.user.save()
    return people.requester


def sign_in(client: Client, password: str, email: str = "xu@example.com") -> str:
    response = client.post("/account/sign-in", {"login": email, "password": password})
    return response.content.decode() if response.status_code == 200 else f"to {response.headers.get('Location')}"


def test_address_and_password_lead_home(client: Client, requester: Person) -> None:
    assert sign_in(client, PASSWORD, "XU@example.com") == "to /"
    assert "许宁" in client.get("/").content.decode()


def test_after_signing_in_one_is_where_one_wanted_to_be(client: Client, requester: Person) -> None:
    asked = client.get("/matters/new")
    page = client.get(asked["Location"]).content.decode()
    assert 'value="/matters/new"' in page

    response = client.post(
        "/account/sign-in", {"login": "xu@example.com", "password": PASSWORD, "next": "/matters/new"}
    )

    assert response["Location"] == "/matters/new"


def test_a_wrong_password_is_told_kindly_and_the_address_stays(client: Client, requester: Person) -> None:
    page = sign_in(client, "not-this-one")

    assert "邮箱或密码不对" in page
    assert 'value="xu@example.com"' in page
    assert "not-this-one" not in page


def test_guessing_is_limited_with_a_clear_sentence(client: Client, requester: Person) -> None:
    pages = [sign_in(client, f"guess {n}") for n in range(6)]

    assert "试错太多次了" in pages[-1]
    # Then not even the right one is taken, by whichever browser.
    assert "试错太多次了" in sign_in(Client(), PASSWORD)


def test_a_wrong_address_tells_nothing_about_accounts(client: Client, requester: Person) -> None:
    assert "邮箱或密码不对" in sign_in(client, "wrong", "nobody@example.com")


def test_there_is_no_address_to_sign_up(client: Client, db: None) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    page = client.get("/account/sign-in").content.decode()
    assert "由管理员邀请" in page
    assert client.get("/account/signup").status_code == 404


@pytest.mark.parametrize("password", ["", "!", "None"])
def test_nobody_without_a_password_of_their_own_signs_in(client: Client, people: People, password: str) -> None:
    sign_in(client, password)

    assert client.get("/").status_code == 302


def test_a_forgotten_password_goes_through_the_outbox_and_is_set_anew(client: Client, requester: Person) -> None:
    response = client.post("/account/forgotten", {"email": "xu@example.com"})

    letter = Outbox.objects.get()
    assert response["Location"] == "/account/forgotten/sent"
    assert (letter.kind, letter.person, letter.state) == ("password", requester, "waiting")
    page = client.get(letter.payload["page"], follow=True)
    assert "设新密码" in page.content.decode()
    new = "another long one of ours"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(Client(), new) == "to /"
    assert "链接不能用了" in Client().get(letter.payload["page"], follow=True).content.decode()


def test_a_strangers_address_gets_no_mail_and_the_same_answer(client: Client, requester: Person) -> None:
    known = client.post("/account/forgotten", {"email": "xu@example.com"})
    unknown = client.post("/account/forgotten", {"email": "nobody@example.com"})

    assert known["Location"] == unknown["Location"]
    assert [row.person for row in Outbox.objects.all()] == [requester]


def test_the_password_is_changed_with_the_old_one(client: Client, requester: Person) -> None:
    sign_in(client, PASSWORD)
    new = "another long one of ours"

    wrong = client.post("/account/password", {"oldpassword": "wrong", "password1": new, "password2": new})
    assert "现在的密码不对" in wrong.content.decode()
    client.post("/account/password", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert User.objects.get(pk=requester.user_id).check_password(new)


def test_who_has_no_password_yet_sets_the_first_one(as_: AsPerson, people: People) -> None:
    client = as_(people.requester)

    page = client.get("/account/password", follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert "现在的密码" not in page.content.decode()
    assert User.objects.get(pk=people.requester.user_id).check_password(PASSWORD)


def test_signing_out_asks_first(as_: AsPerson, people: People) -> None:
    client = as_(people.requester)

    assert "退出登录" in client.get("/account/sign-out").content.decode()
    assert client.get("/").status_code == 200
    client.post("/account/sign-out")

    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/account/sign-in", "/account/forgotten", "/account/forgotten/sent", "/account/inactive"]
)
def test_every_page_is_in_our_looks_and_language(client: Client, db: None, path: str) -> None:
    page = client.get(path).content.decode()

    assert page.count("<h1") == 1
    assert "looks.css" in page
    english = client.get(path, headers={"accept-language": "en"})
    assert english["Content-Language"] == "en"
