"""The database cannot be read or written: a page says so, and nothing is half-done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from huitong.records.models import Matter, Person

from .conftest import People

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def refusing(*beginnings: str) -> Iterator[None]:
    """Statements that begin like this fail as they do on a full disk or a server that is gone."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(beginnings):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "什么都没有改动"), ("en", "nothing has been changed")])
def test_what_cannot_be_written_is_said_and_can_be_sent_again(
    people: People, as_: Callable[[Person], Client], language: str, words: str
) -> None:
    client = as_(people.requester)
    client.cookies["language"] = language
    client.raise_request_exception = False
    with refusing("INSERT", "UPDATE"):
        answer = client.post("/matters/new", {"title": "展板采购"})
    assert answer.status_code == 503
    assert words in answer.content.decode()
    assert not Matter.objects.exists()
    assert client.post("/matters/new", {"title": "展板采购"}).status_code == 302
    assert Matter.objects.count() == 1


def test_a_database_that_is_gone_is_said_without_asking_it(people: People, as_: Callable[[Person], Client]) -> None:
    client = as_(people.requester)
    client.raise_request_exception = False
    with refusing("SELECT", "INSERT", "UPDATE"):
        answer = client.get("/")
    assert answer.status_code == 503
    assert "什么都没有改动" in answer.content.decode()
    assert "X-Request-ID" in answer.headers
    assert client.get("/").status_code == 200


def test_an_error_of_ours_is_still_called_one(
    people: People, as_: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.requester)
    client.raise_request_exception = False
    monkeypatch.setattr("huitong.web.pages.matter_new.open_matter", lambda *_, **__: 1 / 0)
    answer = client.post("/matters/new", {"title": "展板采购"})
    assert answer.status_code == 500
    assert "会同出了差错" in answer.content.decode()
