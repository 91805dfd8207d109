"""The list of one's own matters: open or closed, searched, leafed through."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huitong.matters import close, prepare
from huitong.records.models import Matter

from .conftest import People

AsPerson = Callable[..., Client]


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_only_ones_own_matters_are_listed(as_: AsPerson, people: People, matter: Matter) -> None:
    assert matter.title in text(as_(people.requester), "/matters")
    assert matter.title not in text(as_(people.stranger), "/matters")


def test_closed_matters_are_on_a_list_of_their_own(as_: AsPerson, people: People, matter: Matter) -> None:
    close.close(matter, people.requester, outcome="3 天定标。", settled=True, days=3)
    client = as_(people.requester)

    assert matter.title not in text(client, "/matters")
    closed = text(client, "/matters?state=closed")
    assert "3 天定标。" in closed
    assert f'href="/matters/new?from={matter.pk}"' in closed


@pytest.mark.parametrize("words", ["物料采购", "采购部", "物料 采购部", "高翔"])
def test_a_matter_is_found_by_title_department_or_leader(
    as_: AsPerson, people: People, matter: Matter, words: str
) -> None:
    prepare.open_matter(people.stranger, title="物料采购部高翔")

    page = text(as_(people.requester), f"/matters?q={words}")

    assert matter.title in page


def test_what_is_not_found_is_said_with_the_words(as_: AsPerson, people: People, matter: Matter) -> None:
    page = text(as_(people.requester), "/matters?q=电力<b>")

    assert matter.title not in page
    assert "没有找到“电力&lt;b&gt;”" in page


def test_a_long_list_has_pages(as_: AsPerson, people: People) -> None:
    for number in range(21):
        prepare.open_matter(people.requester, title=f"事项 {number:02}")
    client = as_(people.requester)

    first, second = text(client, "/matters"), text(client, "/matters?page=2")

    assert "事项 20" in first
    assert "事项 00" not in first
    assert "事项 00" in second
    assert "?page=2" in first


def test_more_matters_take_no_more_queries(as_: AsPerson, people: People, prepared: Callable[..., Matter]) -> None:
    client = as_(people.requester)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client, "/matters")
        return len(captured)

    prepared(people.requester)
    one = queries()
    prepared(people.requester, title="第二件")
    prepared(people.requester, title="第三件")
    assert queries() == one
