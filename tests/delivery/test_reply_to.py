"""Who answers a letter by mail reaches the person who asked."""

import pytest
from django.db import transaction

from huitong.delivery import outbox
from huitong.matters.prepare import open_matter
from huitong.records.models import Outbox, Person
from tests.mail_house import mail_of

pytestmark = pytest.mark.django_db


def letter_to(person: Person, requester: Person) -> Outbox:
    with transaction.atomic():
        matter = open_matter(requester)
        return outbox.put("note", person, outbox.Letter(title="请协助"), key="k", matter=matter)


def test_an_answer_goes_to_the_requester() -> None:
    requester = Person.objects.create(name="许宁", email="xu@example.com")
    leader = Person.objects.create(name="高翔", email="gao@example.com")
    message = mail_of(letter_to(leader, requester))
    assert message["Reply-To"].addresses[0].addr_spec == "xu@example.com"


@pytest.mark.parametrize("email", ["", "not an address"])
def test_a_requester_without_an_address_is_left_out(email: str) -> None:
    requester = Person.objects.create(name="许宁", email=email)
    leader = Person.objects.create(name="高翔", email="gao@example.com")
    assert mail_of(letter_to(leader, requester))["Reply-To"] is None


def test_the_requesters_own_letters_need_none() -> None:
    requester = Person.objects.create(name="许宁", email="xu@example.com")
    assert mail_of(letter_to(requester, requester))["Reply-To"] is None
