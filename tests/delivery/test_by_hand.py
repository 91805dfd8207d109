"""Send now and cancel against a worker that is at the same row: nothing goes twice, and a cancel says the truth."""

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huitong.delivery import app, leases, outbox
from huitong.records.models import Event, Matter, Outbox

pytestmark = pytest.mark.django_db(transaction=True)


def hold(row: Outbox) -> Outbox:
    """The row as a worker has it right before sending."""
    leases.claim("w", now=timezone.now(), limit=1)
    held = leases.begin(row.pk, "w", now=timezone.now())
    assert held is not None
    return held


def test_send_now_brings_forward_what_waits(promise) -> None:
    row = promise(due_at=timezone.now() + timedelta(days=1))
    assert outbox.send_now(row)
    assert leases.claim("w", now=timezone.now(), limit=1) == [row]


def test_send_now_does_not_wait_for_quiet_hours(promise, settings, listen, inbox, leader) -> None:
    settings.SMTP_URL = listen()
    local = timezone.localtime()
    leader.quiet_from, leader.quiet_until = (local - timedelta(hours=1)).time(), (local + timedelta(hours=1)).time()
    leader.save()
    row = promise()
    leases.claim("w", now=timezone.now(), limit=1)
    app.carry(row.pk, "w")
    assert inbox.accepted == []
    assert outbox.send_now(row)
    leases.claim("w", now=timezone.now(), limit=1)
    app.carry(row.pk, "w")
    assert len(inbox.accepted) == 1


@pytest.mark.parametrize("action", [outbox.send_now, lambda row: outbox.cancel(row, "取消了。")])
@pytest.mark.parametrize("state", ["sent", "withdrawn", "failed"])
def test_what_does_not_wait_is_left_as_it_is(action, state: str, promise) -> None:
    row = promise()
    Outbox.objects.update(state=state)
    assert not action(row)
    row.refresh_from_db()
    assert (row.state, row.last_error) == (state, "")


def test_what_was_claimed_and_not_begun_can_still_be_cancelled(promise) -> None:
    row = promise()
    leases.claim("w", now=timezone.now(), limit=1)
    assert outbox.cancel(row, "取消了。")
    assert leases.begin(row.pk, "w", now=timezone.now()) is None
    row.refresh_from_db()
    assert (row.state, row.reason, row.last_error) == ("failed", "cancelled", "取消了。")
    assert Event.objects.get().data["error"] == "取消了。"


def test_a_cancel_that_came_too_late_says_so_and_what_happened_stays_true(promise) -> None:
    row = promise()
    held = hold(row)
    assert not outbox.cancel(row, "取消了。")
    assert not outbox.send_now(row)
    assert leases.settle_sent(held, "w")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("sent", "")


def test_what_a_dead_worker_had_begun_can_be_cancelled_when_its_lease_is_over(promise) -> None:
    row = promise()
    hold(row)
    assert not outbox.cancel(row, "取消了。")
    Outbox.objects.update(lease_until=timezone.now())
    assert outbox.cancel(row, "取消了。")


def test_a_cancelled_row_can_be_sent_again(promise) -> None:
    row = promise()
    outbox.cancel(row, "取消了。")
    assert outbox.send_again(row)
    row.refresh_from_db()
    assert (row.state, row.reason, row.last_error) == ("waiting", "", "")


def test_a_person_can_have_a_failed_row_sent_again(promise) -> None:
    row = hold(promise())
    leases.settle_failed(row, "w", "没有这个地址。", permanent=True)
    assert outbox.send_again(row)
    row.refresh_from_db()
    assert (row.state, row.tries, row.last_error) == ("waiting", 0, "")
    assert [again.pk for again in leases.claim("b", now=timezone.now(), limit=10)] == [row.pk]


def test_only_a_failed_row_can_be_sent_again(promise, matter: Matter) -> None:
    sent = hold(promise("note"))
    leases.settle_sent(sent, "w")
    withdrawn = promise("request")
    outbox.withdraw(matter, "request")
    assert [outbox.send_again(row) for row in (sent, withdrawn, promise())] == [False, False, False]


def test_hands_and_workers_at_the_same_rows_send_none_twice_and_none_that_was_cancelled(
    promise, settings, listen, inbox
) -> None:
    inbox.seconds = 0.02
    settings.SMTP_URL = listen()
    rows = [promise() for _ in range(40)]
    cancelled: set[str] = set()
    done = threading.Event()

    def work(owner: str) -> None:
        try:
            while not done.is_set():
                for row in leases.claim(owner, now=timezone.now(), limit=3):
                    app.carry(row.pk, owner)
        finally:
            connection.close()

    def meddle(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for row in dice.sample(rows, len(rows)):
                if dice.random() < 0.5:
                    outbox.send_now(row)
                elif outbox.cancel(row, "取消了。"):
                    cancelled.add(row.message_id)
                time.sleep(0.01)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    threads += [threading.Thread(target=meddle, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads[2:]:
        thread.join()
    while Outbox.objects.filter(state="waiting").exists():
        time.sleep(0.05)
    done.set()
    for thread in threads[:2]:
        thread.join()
    sent = inbox.message_ids
    assert len(sent) == len(set(sent))
    assert cancelled
    assert set(sent) == {row.message_id for row in rows} - cancelled
