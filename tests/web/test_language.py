"""The language of the pages, chosen for this browser."""

import pytest
from django.test import Client


@pytest.mark.parametrize("code", ["en", "zh-hans"])
def test_the_choice_is_kept_a_year_and_leads_back(client: Client, db: None, code: str) -> None:
    response = client.get(f"/language/{code}?next=/help")

    assert response["Location"] == "/help"
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == (code, 365 * 24 * 3600, "Lax")
    assert client.get("/help")["Content-Language"] == code


def test_only_languages_that_are_there_can_be_chosen(client: Client, db: None) -> None:
    assert client.get("/language/fr").status_code == 404


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\x"])
def test_it_never_leads_to_another_house(client: Client, db: None, place: str) -> None:
    assert client.get("/language/en", {"next": place})["Location"] == "/"
