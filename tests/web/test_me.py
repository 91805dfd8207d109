"""What one sets for oneself: language, time zone and phrases."""

from collections.abc import Callable

import pytest
from django.test import Client

from huitong.directory import phrases
from huitong.records.models import Phrase

from .conftest import People

AsPerson = Callable[..., Client]


def test_language_zone_and_address_are_ones_own_to_set(as_: AsPerson, people: People) -> None:
    client, person = as_(people.leader), people.leader
    client.cookies["language"] = "zh-hans"

    response = client.post("/me", {"language": "en", "time_zone": "Europe/Berlin", "form_of_address": "高主任"})

    person.refresh_from_db()
    assert (person.language, person.time_zone, person.form_of_address) == ("en", "Europe/Berlin", "高主任")
    # What had been chosen for this browser gives way.
    assert response.cookies["language"]["max-age"] == 0
    del client.cookies["language"]
    assert client.get("/me")["Content-Language"] == "en"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Asia/Shanghai\x00"])
def test_a_zone_that_is_none_is_named_and_nothing_is_changed(as_: AsPerson, people: People, zone: str) -> None:
    response = as_(people.leader).post("/me", {"language": "en", "time_zone": zone})

    people.leader.refresh_from_db()
    assert response.status_code == 422
    assert 'id="time_zone-error"' in response.content.decode()
    assert (people.leader.time_zone, people.leader.language) == ("Asia/Shanghai", "zh")


def test_phrases_are_kept_and_dropped(as_: AsPerson, people: People) -> None:
    client = as_(people.leader)

    client.post("/me", {"do": "phrase", "text": "先小范围试一周"})
    assert phrases.phrases_of(people.leader)[0] == "先小范围试一周"
    client.post("/me", {"do": "drop", "text": "先小范围试一周"})

    assert not Phrase.objects.exists()


def test_a_phrase_too_long_is_refused_and_not_lost(as_: AsPerson, people: People) -> None:
    response = as_(people.leader).post("/me", {"do": "phrase", "text": "长" * 101})

    assert response.status_code == 422
    assert "长" * 101 in response.content.decode()
