"""Everything at once: one mail a working day, at the person's time, of bounded size; nothing lost and nothing twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.delivery import app, digest, leases, outbox, ways
from huitong.delivery.transports import mail
from huitong.directory import links
from huitong.records.models import Event, Matter, Outbox, Person, Request

pytestmark = pytest.mark.django_db(transaction=True)  # tasks close old connections

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEFORE = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
AT = datetime(2026, 11, 25, 16, 30, tzinfo=SHANGHAI)


@pytest.fixture
def clock(monkeypatch) -> Callable[[datetime], None]:
    """clock(moment): it is that moment now."""

    def clock(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    clock(BEFORE)
    return clock


@pytest.fixture
def gathering(clock, leader: Person) -> Person:
    """The leader wants what is to be decided and reminders at 16:30."""
    leader.digest_at, leader.digest_news = time(16, 30), ["decide", "reminders"]
    leader.save()
    return leader


@pytest.fixture
def mails(settings, listen, inbox):
    settings.SMTP_URL = listen()
    return inbox


def work() -> None:
    """What a worker does with all that is due now."""
    leases.doubt(now=timezone.now())
    for _ in range(1000):
        rows = leases.claim("worker", now=timezone.now(), limit=100)
        if not rows:
            return
        for row in rows:
            app.carry(row.pk, "worker")
    raise AssertionError("it never ends")


def the_digest() -> Outbox:
    return Outbox.objects.get(kind="digest")


def state_of(*rows: Outbox) -> list[str]:
    return [Outbox.objects.get(pk=row.pk).state for row in rows]


# --- when ---


def moments(person: Person, after: str, count: int = 3) -> list[str]:
    zone = ZoneInfo(person.time_zone)
    found = digest.moments(person, datetime.fromisoformat(after).replace(tzinfo=zone))
    return [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for _, (_day, at) in zip(range(count), found, strict=False)]


def test_it_comes_on_working_days_alone_also_on_moved_ones() -> None:
    person = Person(digest_at=time(16, 30))
    assert moments(person, "2026-11-27 16:30") == ["2026-11-30 16:30", "2026-12-01 16:30", "2026-12-02 16:30"]
    # China's National Day of 2026: free from the 1st to the 7th; Saturday the 10th is worked.
    assert moments(person, "2026-09-30 17:00") == ["2026-10-08 16:30", "2026-10-09 16:30", "2026-10-10 16:30"]


def test_it_never_comes_in_quiet_hours() -> None:
    person = Person(digest_at=time(12, 30), quiet_from=time(12), quiet_until=time(14))
    assert moments(person, "2026-11-25 09:00", 1) == ["2026-11-25 14:00"]
    over_night = Person(digest_at=time(23), quiet_from=time(22), quiet_until=time(7, 30))
    assert moments(over_night, "2026-11-27 09:00", 2) == ["2026-11-30 07:30", "2026-12-01 07:30"]
    assert moments(over_night, "2026-11-30 06:00", 1) == ["2026-11-30 07:30"]


def test_its_clock_is_the_persons_own_when_clocks_change() -> None:
    person = Person(digest_at=time(16, 30), time_zone="Europe/Paris")
    found = digest.moments(person, datetime(2026, 3, 26, 20, tzinfo=UTC))
    friday, monday = (at for _, (_day, at) in zip(range(2), found, strict=False))
    assert (friday.hour, monday.hour) == (15, 14)  # in UTC


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # a time that the day skips
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # one that comes twice
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_is_one_moment(day, clock, utc, monkeypatch) -> None:
    monkeypatch.setattr(digest, "works_on", lambda person, day: True)  # both are Sundays
    person = Person(digest_at=clock, time_zone="America/New_York")
    found = [at for d, (_, at) in zip(range(3), digest.moments(person, utc - timedelta(hours=9)), strict=False)]
    assert found[0] == utc
    assert found[1] - found[0] > timedelta(hours=22)
    assert day == utc.astimezone(ZoneInfo("America/New_York")).date()


# --- what waits, and what comes ---


def test_what_was_chosen_comes_in_one_mail_and_each_row_is_sent_with_it(promise, mails, gathering, clock) -> None:
    rows = [promise(title="请您定：搭建物料"), promise("remind_leader", title="提醒：搭建物料")]
    work()
    assert mails.accepted == []
    clock(AT - timedelta(seconds=1))
    work()
    assert mails.accepted == []
    clock(AT)
    work()
    (letter,) = mails.accepted
    assert letter["Subject"] == "11\u00a0月\u00a025\u00a0日汇总：2 件"
    for kind in ("plain", "html"):
        text = letter.get_body((kind,)).get_content()
        assert "请您定：搭建物料" in text
        assert "提醒：搭建物料" in text
        assert "许宁请您定" in text
    assert state_of(*rows, the_digest()) == ["sent"] * 3
    clock(AT + timedelta(days=3))
    work()
    assert len(mails.accepted) == 1


def test_what_was_not_chosen_comes_by_itself(promise, mails, gathering) -> None:
    rows = [promise("thanks"), promise("receipt"), promise("password")]
    work()
    assert (state_of(*rows), len(mails.accepted)) == (["sent"] * 3, 3)


def test_with_nothing_to_say_nothing_comes(promise, mails, gathering, clock, matter) -> None:
    promise()
    work()
    outbox.withdraw(matter, "request")
    clock(AT)
    work()
    assert (mails.accepted, the_digest().state) == ([], "withdrawn")


def test_what_comes_after_the_days_digest_waits_for_the_next(promise, mails, gathering, clock) -> None:
    promise()
    work()
    clock(AT)
    work()
    late = promise()
    work()
    late.refresh_from_db()
    assert late.due_at == AT + timedelta(days=1)
    # Another time is chosen: still one mail a day.
    gathering.digest_at = time(18, 0)
    gathering.save()
    digest.follow(gathering)
    work()
    late.refresh_from_db()
    assert late.due_at == datetime(2026, 11, 26, 18, 0, tzinfo=SHANGHAI)
    assert len(mails.accepted) == 1


def request_for(leader: Person, matter: Matter, last: date) -> Request:
    now = timezone.now()
    return Request.objects.create(matter=matter, number=1, leader=leader, way="mail", deliver_at=now, answer_by=last)


@pytest.mark.parametrize(("last", "waits"), [(date(2026, 11, 25), True), (date(2026, 11, 24), False)])
def test_what_must_be_answered_before_comes_at_once_and_says_so(
    last: date, waits: bool, promise, mails, gathering, matter
) -> None:
    link = links.issue("decide", gathering, request=request_for(gathering, matter, last))
    promise(link=link)
    work()
    assert bool(mails.accepted) is not waits
    if not waits:
        assert "等不到下一次汇总" in mails.accepted[0].get_body(("plain",)).get_content()


def test_what_is_to_be_decided_first_stands_first_with_its_own_link(promise, mails, gathering, clock, matter) -> None:
    request = request_for(gathering, matter, date(2026, 12, 3))
    promise("note", title="一件协商")
    link = links.issue("decide", gathering, request=request)
    promise(title="请您定：一件急事", link=link)
    work()
    clock(AT)
    work()
    text = mails.accepted[0].get_body(("plain",)).get_content()
    assert text.index("一件急事") < text.index("一件协商")
    assert "许宁请您定，最晚 12\u00a0月\u00a03\u00a0日" in text
    assert links.address_of(link) in text.splitlines()[4].strip()


def test_ten_thousand_things_make_one_mail_of_bounded_size_and_queries(promise, mails, gathering, clock) -> None:
    def gather(count: int) -> Outbox:
        promise("note")
        work()
        held = the_digest()
        first = Outbox.objects.get(digest=held)
        more = [
            {f.attname: getattr(first, f.attname) for f in Outbox._meta.concrete_fields if f.attname != "id"}
        ] * count
        Outbox.objects.bulk_create(
            [Outbox(**(fields | {"key": f"many:{n}", "message_id": f"<{n}@x>"})) for n, fields in enumerate(more)]
        )
        return held

    held = gather(9_999)
    clock(AT)
    (row,) = leases.claim("worker", now=timezone.now(), limit=100)
    assert row == held
    with CaptureQueriesContext(
        connection,
    ) as captured:
        app.carry(held.pk, "worker")
    assert len(captured) < 40
    (letter,) = mails.accepted
    assert letter["Subject"].endswith("汇总：10000 件")
    text = letter.get_body(("plain",)).get_content()
    assert "另有 9980 件" in text
    assert len(letter.as_bytes()) < 60_000
    assert not Outbox.objects.exclude(state="sent").exists()


# --- nothing lost, nothing twice ---


@pytest.mark.parametrize("accepted", [False, True])
def test_a_worker_that_dies_over_a_digest_loses_nothing_and_repeats_only_what_was_accepted(
    accepted: bool, promise, mails, gathering, clock
) -> None:
    row = promise()
    work()
    clock(AT)
    held = the_digest()
    leases.claim("dead", now=timezone.now(), limit=10)
    begun = leases.begin(held.pk, "dead", now=timezone.now())
    assert begun is not None
    assert digest.fill(begun)
    if accepted:
        assert mail.send(begun).outcome == "sent"
    # What falls due meanwhile is not hung onto it: its mail may be out.
    late = promise()
    for minutes in (10, 12):  # whose lease is over is doubted first
        clock(AT + timedelta(minutes=minutes))
        work()
    assert state_of(row, late, held) == ["sent", "waiting", "sent"]
    assert set(mails.message_ids) == {held.message_id}
    assert len(mails.accepted) == 1 + accepted
    assert Outbox.objects.get(pk=late.pk).due_at == AT + timedelta(days=1)


def test_a_row_is_hung_and_its_digest_made_in_one_transaction(promise, gathering, monkeypatch) -> None:
    row = promise()

    def die(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    leases.claim("worker", now=timezone.now(), limit=10)
    monkeypatch.setattr(leases, "put_off", die)
    with pytest.raises(KeyboardInterrupt):
        app.carry(row.pk, "worker")
    assert not Outbox.objects.filter(kind="digest").exists()
    monkeypatch.undo()


def test_a_digest_that_fails_lets_each_thing_go_by_itself(promise, mails, gathering, clock) -> None:
    mails.recipient = lambda address: "550 5.1.1 No such user"
    row = promise()
    work()
    clock(AT)
    work()
    assert state_of(row, the_digest()) == ["failed", "failed"]
    assert Event.objects.filter(kind="mail_failed", matter=row.matter).count() == 1


def test_a_server_that_is_away_keeps_it_all_together(promise, mails, gathering, clock) -> None:
    mails.recipient = lambda address: "451 4.3.0 Later"
    row = promise()
    work()
    clock(AT)
    work()
    assert state_of(row, the_digest()) == ["waiting", "waiting"]
    mails.recipient = lambda address: None
    clock(AT + timedelta(minutes=2))
    work()
    assert (state_of(row), len(mails.accepted)) == (["sent"], 1)


def test_a_retry_keeps_out_of_quiet_hours_and_free_days(promise, mails, gathering, clock) -> None:
    gathering.quiet_from, gathering.quiet_until = time(18), time(8)
    gathering.save()
    mails.recipient = lambda address: "451 4.3.0 Later"
    promise()
    work()
    clock(AT)
    work()
    mails.recipient = lambda address: None
    clock(AT.replace(hour=20))
    work()
    assert mails.accepted == []
    assert the_digest().due_at == datetime(2026, 11, 26, 8, 0, tzinfo=SHANGHAI)
    Outbox.objects.filter(kind="digest").update(due_at=datetime(2026, 11, 28, 9, 0, tzinfo=SHANGHAI))
    clock(datetime(2026, 11, 28, 9, 0, tzinfo=SHANGHAI))  # Saturday
    work()
    assert mails.accepted == []
    assert the_digest().due_at == datetime(2026, 11, 30, 16, 30, tzinfo=SHANGHAI)


def test_what_follows_from_a_request_follows_when_its_digest_is_sent(
    promise, mails, gathering, clock, monkeypatch
) -> None:
    followed = []
    monkeypatch.setitem(outbox.AFTER_SENT, "request", lambda row: followed.append(row.pk))
    row = promise()
    work()
    clock(AT)
    work()
    assert (followed, state_of(row), len(mails.accepted)) == ([row.pk], ["sent"], 1)


def test_what_has_lost_its_digest_goes_by_itself(promise, mails, gathering) -> None:
    row = promise()
    work()
    the_digest().delete()
    Outbox.objects.filter(pk=row.pk).update(due_at=timezone.now())
    Person.objects.update(digest_at=None)
    work()
    assert state_of(row) == ["sent"]


# --- by hand, and chosen anew ---


def test_an_organiser_sends_one_thing_now_and_the_digest_does_not_bring_it_again(
    promise, mails, gathering, clock
) -> None:
    row, other = promise(title="甲"), promise(title="乙")
    work()
    assert outbox.send_now(Outbox.objects.get(pk=row.pk))
    work()
    assert (state_of(row, other), len(mails.accepted)) == (["sent", "waiting"], 1)
    clock(AT)
    work()
    assert "甲" not in mails.accepted[1].get_body(("plain",)).get_content()


def test_what_is_going_out_with_a_digest_can_be_neither_cancelled_nor_hurried(promise, mails, gathering, clock) -> None:
    row = promise()
    work()
    clock(AT)
    leases.claim("worker", now=timezone.now(), limit=10)
    leases.begin(the_digest().pk, "worker", now=timezone.now())
    row.refresh_from_db()
    assert not outbox.cancel(row, "nein")
    assert not outbox.send_now(row)


def test_who_ends_it_gets_each_thing_by_itself_at_once(promise, mails, gathering, clock) -> None:
    rows = [promise(), promise()]
    work()
    digest.end(gathering)
    work()
    assert (state_of(*rows), len(mails.accepted)) == (["sent", "sent"], 2)
    clock(AT)
    work()
    assert (len(mails.accepted), the_digest().state) == (2, "withdrawn")


def test_who_begins_again_the_same_day_gets_that_days_digest(promise, mails, gathering, clock) -> None:
    promise()
    work()
    digest.end(gathering)
    Person.objects.filter(pk=gathering.pk).update(digest_at=time(16, 30))
    row = promise()
    Outbox.objects.exclude(pk=row.pk).filter(state="waiting").update(state="withdrawn")
    work()
    clock(AT)
    work()
    assert (state_of(row), len(mails.accepted)) == (["sent"], 1)


def test_a_kind_that_is_no_longer_gathered_goes_at_once(promise, mails, gathering) -> None:
    rows = [promise(), promise("remind_leader")]
    work()
    gathering.digest_news = ["reminders"]
    gathering.save()
    digest.follow(gathering)
    work()
    assert state_of(*rows) == ["sent", "waiting"]


def test_another_zone_moves_what_waits(promise, mails, gathering) -> None:
    row = promise()
    work()
    gathering.time_zone = "Europe/Paris"
    gathering.save()
    digest.follow(gathering)
    row.refresh_from_db()
    assert row.due_at == the_digest().due_at == datetime(2026, 11, 25, 16, 30, tzinfo=ZoneInfo("Europe/Paris"))


# --- its headers ---


def stop_link(letter: EmailMessage) -> str:
    return letter["List-Unsubscribe"].split(">")[0].removeprefix("<")


@pytest.mark.parametrize("address", ["https://desk.example", "https://" + "long." * 30 + "example"])
def test_a_mail_program_can_end_it_with_one_click(address, promise, mails, gathering, clock, settings) -> None:
    settings.ADDRESS, settings.MAIL_UNSUBSCRIBE = address, "stop@desk.example"
    promise()
    work()
    clock(AT)
    work()
    (letter,) = mails.accepted
    link = links.find(stop_link(letter).rpartition("/")[2])
    assert link is not None
    assert (link.purpose, link.person) == ("no_digest", gathering)
    assert letter["List-Unsubscribe"] == f"<{address}/stop/{links.token_of(link)}>, <mailto:stop@desk.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_link(letter) in letter.get_body(("plain",)).get_content()


def test_without_https_there_is_no_one_click_and_without_a_mailbox_no_mailto(
    promise, mails, gathering, clock, settings
) -> None:
    promise()
    work()
    clock(AT)
    work()
    (letter,) = mails.accepted
    assert "List-Unsubscribe-Post" not in letter
    assert "mailto" not in letter["List-Unsubscribe"]


def test_no_other_letter_can_be_unsubscribed_from(promise, mails, gathering) -> None:
    promise("thanks")
    work()
    assert "List-Unsubscribe" not in mails.accepted[0]


@pytest.mark.parametrize("kind", sorted(kind for kinds in ways.NEWS.values() for kind in kinds))
def test_when_it_goes_is_known_before(kind: str, gathering) -> None:
    tomorrow = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
    waits = kind in ways.NEWS["decide"] + ways.NEWS["reminders"]
    expected = datetime(2026, 11, 26, 16, 30, tzinfo=SHANGHAI) if waits else tomorrow
    assert digest.expected(gathering, kind, tomorrow) == expected
