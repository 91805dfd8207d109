"""Rows are claimed by one, begun once at a time, settled once; what a dead worker held comes back."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huitong.delivery import leases, outbox
from huitong.records.models import Event, Matter, Outbox


def hold(row: Outbox, owner: str = "worker") -> Outbox:
    """The row as a worker has it right before sending."""
    now = timezone.now()
    Outbox.objects.filter(pk=row.pk).update(due_at=now)
    assert [claimed.pk for claimed in leases.claim(owner, now=now, limit=10)] == [row.pk]
    held = leases.begin(row.pk, owner, now=now)
    assert held is not None
    return held


# --- claiming ---


def test_what_is_due_is_claimed_the_longest_due_first(promise) -> None:
    now = timezone.now()
    late, later = promise(due_at=now - timedelta(hours=1)), promise(due_at=now - timedelta(minutes=1))
    promise(due_at=now + timedelta(minutes=1))
    assert leases.claim("a", now=now, limit=10) == [late, later]


def test_no_more_is_claimed_than_wanted(promise) -> None:
    first, second = promise(), promise()
    now = timezone.now()
    assert leases.claim("a", now=now, limit=1) == [first]
    assert leases.claim("b", now=now, limit=1) == [second]


def test_a_leased_row_is_claimed_again_only_when_the_lease_has_run_out(promise) -> None:
    row = promise()
    now = timezone.now()
    leases.claim("dead", now=now, limit=10)
    assert leases.claim("alive", now=now + leases.CLAIM - timedelta(seconds=1), limit=10) == []
    assert leases.claim("alive", now=now + leases.CLAIM, limit=10) == [row]


def test_a_row_whose_sending_began_is_claimed_again_only_after_a_time_of_doubt(promise) -> None:
    row = hold(promise(), "dead")
    over = timezone.now() + leases.LEASE
    assert leases.claim("alive", now=over, limit=10) == []
    assert leases.doubt(now=over) == 1
    assert leases.doubt(now=over) == 0
    assert leases.claim("alive", now=over + leases.DOUBT - timedelta(seconds=1), limit=10) == []
    assert leases.claim("alive", now=over + leases.DOUBT, limit=10) == [row]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_moved_sends_nothing_twice_and_holds_nothing_up(promise, hours: int) -> None:
    alive, dead = hold(promise(), "alive"), hold(promise(), "dead")
    waiting = promise(due_at=timezone.now() - timedelta(hours=2))
    leases.claim("dead", now=timezone.now(), limit=1)  # and not begun
    moved = timezone.now() + timedelta(hours=hours)
    Outbox.objects.filter(pk=dead.pk).update(due_at=moved)
    leases.doubt(now=moved)
    assert leases.claim("other", now=moved, limit=10) == [waiting]
    assert leases.settle_sent(alive, "alive")
    assert leases.claim("other", now=moved + leases.DOUBT, limit=1) == [waiting]
    assert dead in leases.claim("another", now=moved + leases.DOUBT, limit=10)


def take_over(row: Outbox, owner: str) -> None:
    """The row as another worker claims it when its holder has been silent for too long."""
    over = timezone.now() + leases.LEASE
    leases.doubt(now=over)
    assert leases.claim(owner, now=over + leases.DOUBT, limit=10) == [row]


def test_who_lost_the_lease_neither_sends_nor_settles(promise) -> None:
    row = promise()
    slow = hold(row, "slow")
    take_over(row, "quick")
    assert leases.begin(row.pk, "slow", now=timezone.now()) is None
    assert not leases.settle_sent(slow, "slow")
    assert not leases.settle_failed(slow, "slow", "too late", permanent=True)
    row.refresh_from_db()
    assert (row.state, row.last_error, row.lease_owner) == ("waiting", "", "quick")


def test_beginning_to_send_renews_the_lease_and_counts_a_try(promise) -> None:
    row = promise()
    now = timezone.now()
    leases.claim("a", now=now, limit=10)
    held = leases.begin(row.pk, "a", now=now + timedelta(seconds=90))
    assert held is not None
    assert (held.tries, held.lease_until) == (1, now + timedelta(seconds=90) + leases.LEASE)


@pytest.mark.django_db(transaction=True)
def test_threads_that_claim_at_once_share_the_rows_without_overlap(promise) -> None:
    rows = [promise().pk for _ in range(60)]

    def claim_all(owner: str) -> list[int]:
        mine: list[int] = []
        try:
            while claimed := leases.claim(owner, now=timezone.now(), limit=3):
                mine += [row.pk for row in claimed]
        finally:
            connection.close()
        return mine

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(claim_all, "abcd"))
    assert Counter(pk for share in shares for pk in share) == Counter(rows)


# --- settling ---


def test_a_sent_row_is_done_and_never_claimed_again(promise) -> None:
    row = hold(promise())
    assert leases.settle_sent(row, "worker")
    row.refresh_from_db()
    assert row.state == "sent"
    assert row.sent_at is not None
    assert leases.claim("b", now=timezone.now() + timedelta(days=9), limit=10) == []
    assert not leases.settle_sent(row, "worker")


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(outbox, "AFTER_SENT", {})
    return outbox.after_sent


def test_what_follows_from_sending_happens_once_and_for_its_kind_only(promise, registered) -> None:
    followed = []
    registered("request")(followed.append)
    request = hold(promise("request"))
    leases.settle_sent(request, "worker")
    leases.settle_sent(request, "worker")
    leases.settle_sent(hold(promise("note")), "worker")
    assert followed == [request]


def test_a_fault_in_what_follows_does_not_send_the_letter_again(promise, registered, matter: Matter, caplog) -> None:
    @registered("request")
    def faulty(row: Outbox) -> None:
        Matter.objects.update(title="half done")
        raise ValueError("a bug")

    row = hold(promise())
    assert leases.settle_sent(row, "worker")
    row.refresh_from_db()
    matter.refresh_from_db()
    assert (row.state, matter.title) == ("sent", "搭建物料")
    assert "a bug" in caplog.text


def test_a_withdrawn_row_is_not_begun(promise, matter: Matter) -> None:
    row = promise()
    now = timezone.now()
    leases.claim("a", now=now, limit=10)
    assert outbox.withdraw(matter, "request") == 1
    assert leases.begin(row.pk, "a", now=now) is None


def test_a_row_withdrawn_while_it_is_sent_stays_withdrawn(promise, matter: Matter) -> None:
    row = hold(promise())
    outbox.withdraw(matter, "request")
    assert not leases.settle_sent(row, "worker")
    assert not leases.settle_failed(row, "worker", "no", permanent=True)
    row.refresh_from_db()
    assert row.state == "withdrawn"


def fail_until_it_is_final(row: Outbox) -> list[timedelta]:
    pauses = []
    while row.state == "waiting":
        held = hold(row)
        before: datetime = timezone.now()
        leases.settle_failed(held, "worker", "服务器没有答复。", permanent=False)
        row.refresh_from_db()
        pauses.append(row.due_at - before)
    return pauses[:-1]


def test_pauses_grow_to_an_hour_and_end_after_two_days(promise) -> None:
    row = promise()
    pauses = fail_until_it_is_final(row)
    assert row.tries == len(leases.PAUSES) + 1
    assert max(pauses) < timedelta(minutes=61)
    assert (minutes := [pause // timedelta(minutes=1) for pause in pauses]) == sorted(minutes)
    assert timedelta(minutes=1) <= pauses[0] < timedelta(minutes=2)
    assert timedelta(hours=47) < sum(pauses, timedelta()) < timedelta(hours=49)


def test_the_last_failure_is_told_once_in_the_timeline(promise, matter: Matter) -> None:
    row = promise()
    fail_until_it_is_final(row)
    assert (row.state, row.last_error) == ("failed", "服务器没有答复。")
    event = Event.objects.get(matter=matter)
    assert (event.kind, event.data) == (
        "mail_failed",
        {"kind": "request", "person": "高岚", "error": "服务器没有答复。"},
    )


def test_a_refusal_for_good_fails_at_once(promise) -> None:
    row = hold(promise())
    leases.settle_failed(row, "worker", "没有这个地址。", permanent=True)
    row.refresh_from_db()
    assert (row.state, row.tries, row.last_error) == ("failed", 1, "没有这个地址。")
    assert Event.objects.count() == 1


def test_releasing_frees_the_rows_of_one_worker_only(promise) -> None:
    first, second = promise(), promise()
    now = timezone.now()
    leases.claim("here:1:a", now=now, limit=1)
    leases.claim("here:12:b", now=now, limit=1)
    assert leases.owners(now=now) == {"here:1:a", "here:12:b"}
    assert leases.release("here:1:") == 1
    assert leases.claim("new", now=now, limit=10) == [first]
    assert second.pk != first.pk


def test_a_doubted_worker_that_has_ended_frees_its_rows_too(promise) -> None:
    row = hold(promise(), "here:1:a")
    leases.doubt(now=timezone.now() + leases.LEASE)
    assert leases.owners(now=timezone.now()) == {"here:1:a"}
    assert leases.release("here:1:") == 1
    assert leases.claim("new", now=timezone.now(), limit=10) == [row]
