"""A person, and servers to fetch calendars from."""

from collections.abc import Iterator

import pytest

from huitong.records.models import Person
from tests.feeds import Feed, serving


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(name="高岚", email="gao@huitong.example")


@pytest.fixture
def feed(settings, monkeypatch) -> Iterator[Feed]:
    with serving(settings, monkeypatch) as server:
        yield server
