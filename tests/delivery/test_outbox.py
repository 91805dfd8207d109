"""The row is the promise: written with its cause, once, and withdrawn by its kind."""

import pytest
from django.db import transaction
from django.utils import timezone

from huitong.delivery import leases, outbox
from huitong.records.models import Matter, Outbox, Person

LETTER = outbox.Letter(title="请您定")


@pytest.mark.django_db(transaction=True)
def test_a_promise_outside_its_causes_transaction_is_refused(leader: Person) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.put("request", leader, LETTER, key="once")
    assert not Outbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cause_that_is_rolled_back_leaves_no_row(leader: Person) -> None:
    def cause() -> None:
        with transaction.atomic():
            outbox.put("request", leader, LETTER, key="once")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        cause()
    assert not Outbox.objects.exists()


def test_the_same_key_is_one_row_and_keeps_the_first_letter(promise) -> None:
    first, second = promise(key="once", title="first"), promise(key="once", title="second")
    assert first == second
    assert Outbox.objects.get().payload["title"] == "first"


def test_a_requester_without_an_address_is_not_written_to(leader: Person, matter: Matter) -> None:
    Person.objects.filter(pk=matter.requester_id).update(email="")
    matter.requester.refresh_from_db()
    with transaction.atomic():
        row = outbox.put("decision", matter.requester, outbox.Letter(title="x"), key="to-nowhere", matter=matter)
    assert row.state == "withdrawn"


def test_only_the_kinds_named_are_withdrawn(promise, matter: Matter) -> None:
    promise("reminder")
    note = promise("note")
    assert outbox.withdraw(matter, "reminder", "request") == 1
    assert leases.claim("a", now=timezone.now(), limit=10) == [note]
