"""Whether the process answers: without the database, also for who is signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from huitong.records.models import Person

from .conftest import People


def test_it_asks_no_database(people: People, as_: Callable[[Person], Client], django_assert_num_queries) -> None:
    client = as_(people.requester)
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_only_read() -> None:
    assert Client().post("/healthz").status_code == 405
