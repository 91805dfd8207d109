"""A new matter: a name, or people and facts of an earlier one."""

from collections.abc import Callable

from django.test import Client

from huitong.matters.brief import answers_of
from huitong.records.models import Matter

from .conftest import People

AsPerson = Callable[..., Client]


def test_a_name_opens_a_matter_and_leads_to_its_questions(as_: AsPerson, people: People) -> None:
    response = as_(people.requester).post("/matters/new", {"title": " 展厅电力扩容 "})

    matter = Matter.objects.get()
    assert response["Location"] == f"/matters/{matter.pk}/prepare"
    assert (matter.title, matter.requester) == ("展厅电力扩容", people.requester)
    assert answers_of(matter)["leader.name"] == "高翔"


def test_without_a_name_nothing_is_opened_and_the_reason_stands_beside_the_field(as_: AsPerson, people: People) -> None:
    response = as_(people.requester).post("/matters/new", {"title": "  "})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Matter.objects.exists()


def test_an_earlier_matter_gives_people_but_no_dates(as_: AsPerson, people: People, matter: Matter) -> None:
    as_(people.requester).post("/matters/new", {"title": "春季物料", "from": matter.pk})

    new = answers_of(Matter.objects.latest("pk"))
    assert new["other_department.name"] == "采购部"
    assert "deadline" not in new
    assert "situation" not in new


def test_a_strangers_matter_is_neither_offered_nor_taken(as_: AsPerson, people: People, matter: Matter) -> None:
    client = as_(people.stranger)

    assert "<select" not in client.get(f"/matters/new?from={matter.pk}").content.decode()
    client.post("/matters/new", {"title": "另一件", "from": matter.pk})

    assert "other_department.name" not in answers_of(Matter.objects.latest("pk"))


def test_looking_at_the_page_opens_nothing(as_: AsPerson, people: People) -> None:
    as_(people.requester).get("/matters/new?title=展厅")

    assert not Matter.objects.exists()
