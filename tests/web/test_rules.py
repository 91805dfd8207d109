"""The house's review: what an organiser switches off and names holds for everybody's texts, and for nobody else's."""

from collections.abc import Callable

import pytest
from django.test import Client

from huitong.matters.prepare import mark
from huitong.matters.write import text_of
from huitong.method import Channel, Element, Fault
from huitong.records.models import Matter, ReviewSettings
from tests.web.conftest import People

BLAME = "高总，您好。采购部一直推诿。"
ALL_ON = [str(code) for code in (*Fault, *Element)]


def found(client: Client, matter: Matter, text: str) -> set[str]:
    now = text_of(matter, Channel.CHAT)
    marks = {"was": mark(now.text), "was_subject": mark(now.subject), "subject": now.subject}
    client.post(f"/matters/{matter.pk}/write/chat", marks | {"text": text})
    margin = client.get(f"/matters/{matter.pk}/write/chat").context["margin"]
    return {m.key.partition(":")[0] for m in margin.mend}


def test_a_rule_switched_off_is_off_for_everybody_until_it_is_on_again(
    as_: Callable[..., Client], people: People, matter: Matter
) -> None:
    organiser, requester = as_(people.organiser), as_(people.requester)
    assert "blame" in found(requester, matter, BLAME)
    page = organiser.post("/rules", {"on": [c for c in ALL_ON if c != "blame"]}, follow=True)
    assert page.status_code == 200
    assert "blame" not in found(requester, matter, BLAME)
    organiser.post("/rules", {"on": ALL_ON})
    assert "blame" in found(requester, matter, BLAME)


def test_a_name_of_the_house_is_no_fault(as_: Callable[..., Client], people: People, matter: Matter) -> None:
    text = "高总，您好。推诿整治办 5 月 8 日搬到三楼。"
    as_(people.organiser).post(
        "/rules", {"on": ALL_ON, "departments": "推诿整治办\r\n\r\n", "products": "", "titles": ""}
    )
    assert ReviewSettings.objects.get().departments == ["推诿整治办"]
    assert "blame" not in found(as_(people.requester), matter, text)


@pytest.mark.parametrize("names", ["长" * 81, "\n".join(f"名{n}" for n in range(5001))])
def test_a_name_that_cannot_be_kept_is_said_and_what_was_typed_stays(
    as_: Callable[..., Client], people: People, names: str
) -> None:
    page = as_(people.organiser).post("/rules", {"on": ALL_ON, "products": names})
    assert page.status_code == 422
    assert names.splitlines()[0] in page.content.decode()
    assert "products" in page.context["errors"]
    assert not ReviewSettings.objects.exists()


def test_nobody_but_an_organiser_sees_the_rules(as_: Callable[..., Client], people: People) -> None:
    assert as_(people.requester).get("/rules").status_code == 404
    assert as_(people.requester).post("/rules", {"on": []}).status_code == 404
    assert not ReviewSettings.objects.exists()
