"""The organiser's directory: seen by organisers alone, searched, added to."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huitong.records.models import Person

from .conftest import People

AsPerson = Callable[..., Client]


def text(client: Client, path: str = "/people") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", ["requester", "leader", "counterpart", "stranger"])
def test_nobody_but_organisers_opens_it(as_: AsPerson, people: People, who: str) -> None:
    client = as_(getattr(people, who))

    assert client.get("/people").status_code == 404
    assert client.post("/people", {"name": "新人"}).status_code == 404
    assert not Person.objects.filter(name="新人").exists()


def test_everyone_is_listed_with_whom_they_report_to(as_: AsPerson, people: People) -> None:
    page = text(as_(people.organiser))

    assert all(name in page for name in ("许宁", "高翔", "王经理", "路远"))
    assert "领导：高翔" in page


@pytest.mark.parametrize("words", ["高总", "总监", "gao@example", "高翔"])
def test_a_person_is_found_by_any_of_their_words(as_: AsPerson, people: People, words: str) -> None:
    page = text(as_(people.organiser), f"/people?q={words}")

    assert f'href="/people/{people.leader.pk}"' in page
    assert f'href="/people/{people.stranger.pk}"' not in page


def test_sample_people_and_real_ones_never_meet(as_: AsPerson, people: People) -> None:
    sample = Person.objects.create(name="样例人", is_sample=True)
    client = as_(people.organiser)

    assert "样例人" not in text(client)
    assert client.get(f"/people/{sample.pk}").status_code == 404
    Person.objects.filter(pk=people.organiser.pk).update(is_sample=True)
    page = text(client)
    assert "样例人" in page
    assert "高翔" not in page


def test_a_new_entry_leads_to_the_rest_of_its_details(as_: AsPerson, people: People) -> None:
    response = as_(people.organiser).post("/people", {"name": "吴律师", "department": "法务部", "email": ""})

    person = Person.objects.get(name="吴律师")
    assert response["Location"] == f"/people/{person.pk}"
    assert str(person.department) == "法务部"


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": " "}, "name"), ({"name": "吴", "email": "吴律师"}, "email")], ids=["name", "email"]
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    as_: AsPerson, people: People, typed: dict[str, str], field: str
) -> None:
    count = Person.objects.count()

    response = as_(people.organiser).post("/people", typed | {"department": "法务部"})

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="{field}-error"' in page
    assert 'value="法务部"' in page
    assert Person.objects.count() == count


def test_a_long_list_has_pages_and_no_more_queries(as_: AsPerson, people: People) -> None:
    client = as_(people.organiser)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client)
        return len(captured)

    few = queries()
    Person.objects.bulk_create(
        [Person(name=f"同事 {n:02}", department=people.leader.department, leader=people.leader) for n in range(40)]
    )
    assert queries() == few
    assert "?page=2" in text(client)
