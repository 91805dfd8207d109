"""A commitment's whole life: asked, accepted, another date, another owner, done or not, and who hears of it when."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.coordination import commitments, reminders
from huitong.delivery import leases, outbox, ways
from huitong.directory.hours import working_moment
from huitong.matters import close, coordinate, decide, promises
from huitong.matters.errors import Incomplete, NotAllowed, NotNow, TooLate
from huitong.matters.verdicts import Choice, Verdict
from huitong.records.models import Commitment, CommitmentReminder, Matter, Outbox, Person, Request

from .conftest import FRIDAY, MONDAY, SHANGHAI, Clock, fresh


def waiting(kind: str) -> list[Outbox]:
    return list(Outbox.objects.filter(kind=kind, state="waiting").order_by("due_at", "id"))


def text_of(row: Outbox) -> str:
    return "\n".join([row.payload["title"], *row.payload["before"], row.payload.get("small", "")])


def rounds(commitment: Commitment) -> list[tuple[str, str, str]]:
    """(round, receiver, the receiver's own clock)."""
    rows = commitment.reminders.select_related("receiver").order_by("due_at")
    return [(r.round, r.receiver.name, f"{local(r.due_at, r.receiver):%m-%d %H:%M}") for r in rows]


def local(moment: datetime, person: Person) -> datetime:
    return moment.astimezone(ZoneInfo(person.time_zone))


# --- asked and accepted ---


def test_whoever_is_to_do_it_is_asked_first_and_it_is_no_promise_until_they_agree(proposed: Commitment) -> None:
    assert proposed.state == "proposed"
    [letter] = waiting("commitment_ask")
    assert letter.person == proposed.owner
    assert "收到盖章的交期单" in text_of(letter)
    assert [name for name, _who, _when in rounds(proposed)] == ["unanswered", "asked"]
    promises.accept_promise(proposed, by=proposed.owner)
    assert fresh(proposed).state == "open"
    assert [name for name, _who, _when in rounds(proposed)] == ["before", "after", "asked"]
    assert proposed.matter.events.filter(kind="promise_accepted").exists()


def test_what_is_for_the_requester_or_has_nobody_to_ask_is_simply_written_down(
    write_down: Callable[..., Commitment], requester: Person
) -> None:
    assert write_down(side="ours", owner_name=requester.name, owner_email=requester.email).state == "open"
    assert write_down(owner_name="赵师傅", owner_email="").state == "open"
    assert waiting("commitment_ask") == []


def test_what_the_other_side_said_in_its_answer_needs_no_second_yes(
    agreed: Matter, requester: Person, write_down: Callable[..., Commitment]
) -> None:
    note = coordinate.send_note(
        agreed, requester, name="王经理", email="wang@example.com", subject="请协助", text="您好"
    )
    with pytest.raises(Incomplete, match="还要问对方"):
        write_down(said_in=note)  # nothing was said yet
    coordinate.answer_note(note, answer="date", day=date(2026, 12, 2), who="", words="")
    note.refresh_from_db()
    with pytest.raises(Incomplete, match="12"):
        write_down(said_in=note)  # earlier than they said
    made = write_down(said_in=note, day=date(2026, 12, 2), owner_name="随便谁", owner_email="other@example.com")
    assert (made.state, made.owner) == ("open", note.person)
    assert "按您的答复" in text_of(waiting("commitment_ask")[-1])


def test_our_colleagues_named_in_the_request_are_asked_too(
    clock: Clock, asked: Request, leader: Person, requester: Person
) -> None:
    colleague = Person.objects.create(name="小周", email="zhou@example.com")
    version = asked.versions.get()
    version.brief["commitments"].append({"what": "核对图纸", "who": "小周", "by": "2026-11-30"})
    version.save()
    decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=leader, how="link")
    made = Commitment.objects.get(what="核对图纸")
    assert (made.owner, made.state) == (colleague, "proposed")
    [letter] = waiting("commitment_ask")
    assert letter.due_at >= MONDAY + timedelta(minutes=10)  # not before the leader can no longer take it back
    decide.undo(decide.standing_decision(asked), by=leader)
    assert waiting("commitment_ask") == []
    assert not Commitment.objects.exists()


def test_nobody_but_the_owner_accepts(proposed: Commitment, requester: Person, leader: Person) -> None:
    for other in (requester, leader):
        with pytest.raises(NotAllowed):
            promises.accept_promise(proposed, by=other)
    promises.accept_promise(proposed, by=proposed.owner)
    with pytest.raises(NotNow):
        promises.accept_promise(proposed, by=proposed.owner)


# --- another date ---


def test_another_date_holds_once_the_other_agrees_and_the_old_one_stands_until_then(
    taken: Commitment, requester: Person
) -> None:
    later = date(2026, 12, 4)
    promises.move_promise(taken, by=taken.owner, to=later, reason="等样品")
    assert fresh(taken).by == FRIDAY
    [ask] = [row for row in waiting("commitment_ask") if row.person == requester]
    assert "等样品" in text_of(ask)
    promises.answer_offer(taken, by=requester, agreed=True)
    assert fresh(taken).by == later
    assert taken.moves.get().reason == "等样品"
    assert set(taken.reminders.values_list("day", flat=True)) == {later}
    [news] = [row for row in waiting("commitment_news") if row.person == taken.owner]
    assert "12 月 4 日".replace(" ", "\u00a0") in news.payload["title"]


def test_a_no_to_another_date_leaves_the_old_one(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=taken.owner, to=date(2026, 12, 4), reason="等样品")
    promises.answer_offer(taken, by=requester, agreed=False, words="发布会等不了")
    assert (fresh(taken).by, taken.moves.count()) == (FRIDAY, 0)
    assert "发布会等不了" in text_of(waiting("commitment_news")[-1])


def test_the_requester_too_asks_before_a_date_is_changed(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=requester, to=date(2026, 11, 26), reason="展馆提前开放")
    assert fresh(taken).by == FRIDAY
    with pytest.raises(NotNow):
        promises.answer_offer(taken, by=requester, agreed=True)  # not one's own
    promises.answer_offer(taken, by=taken.owner, agreed=True)
    assert fresh(taken).by == date(2026, 11, 26)


def test_a_counter_proposal_answers_the_first(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=taken.owner, to=date(2026, 12, 9), reason="等样品")
    promises.move_promise(taken, by=requester, to=date(2026, 12, 2), reason="最晚这天")
    assert list(taken.offers.order_by("at").values_list("agreed", flat=True)) == [False, None]
    promises.answer_offer(taken, by=taken.owner, agreed=True)
    assert fresh(taken).by == date(2026, 12, 2)


def test_agreeing_to_an_owners_date_is_their_yes_to_what_was_only_proposed(
    proposed: Commitment, requester: Person
) -> None:
    promises.move_promise(proposed, by=proposed.owner, to=date(2026, 12, 4), reason="等样品")
    assert fresh(proposed).state == "proposed"
    promises.answer_offer(proposed, by=requester, agreed=True)
    assert fresh(proposed).state == "open"


def test_two_answers_to_one_offer_are_one_answer(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=taken.owner, to=date(2026, 12, 4), reason="等样品")
    promises.answer_offer(taken, by=requester, agreed=False)
    with pytest.raises(NotNow):
        promises.answer_offer(taken, by=requester, agreed=True)
    assert fresh(taken).by == FRIDAY


def test_one_offer_at_a_time_is_kept_by_the_database(taken: Commitment) -> None:
    commitments.offer_date(taken, by=taken.owner, day=date(2026, 12, 4), reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        commitments.offer_date(taken, by=taken.owner, day=date(2026, 12, 5), reason="")


# --- another owner ---


def test_it_goes_to_another_owner_once_that_one_accepts_and_the_chain_is_kept(
    taken: Commitment, requester: Person
) -> None:
    first = taken.owner
    promises.hand_promise(taken, by=first, name="李工", email="li@example.com", reason="比价由他负责")
    second = Person.objects.get(email="li@example.com")
    assert fresh(taken).owner == first
    assert {r.receiver for r in taken.reminders.filter(round="before")} == {first}
    promises.answer_offer(taken, by=second, agreed=True)
    assert (fresh(taken).owner, fresh(taken).owner_name) == (second, "李工")
    assert {r.receiver for r in taken.reminders.filter(round="before")} == {second}
    assert {row.person for row in waiting("commitment_news")} >= {first, requester}
    promises.hand_promise(fresh(taken), by=second, name="孙工", email="sun@example.com")
    promises.answer_offer(taken, by=Person.objects.get(email="sun@example.com"), agreed=True)
    hands = list(taken.offers.order_by("at").values_list("before", "person__name"))
    assert hands == [("王经理", "李工"), ("李工", "孙工")]
    with pytest.raises(NotAllowed):
        promises.keep_promise(fresh(taken), by=first)


def test_who_does_not_take_it_leaves_it_where_it_was(taken: Commitment) -> None:
    first = taken.owner
    promises.hand_promise(taken, by=first, name="李工", email="li@example.com")
    second = Person.objects.get(email="li@example.com")
    promises.answer_offer(taken, by=second, agreed=False, words="这批不归我")
    assert fresh(taken).owner == first
    [news] = [row for row in waiting("commitment_news") if row.person == first]
    assert "这批不归我" in text_of(news)


@pytest.mark.parametrize(("name", "email", "field"), [("", "li@example.com", "name"), ("李工", "不是邮箱", "email")])
def test_another_owner_needs_a_name_and_an_address(taken: Commitment, name: str, email: str, field: str) -> None:
    with pytest.raises(Incomplete) as error:
        promises.hand_promise(taken, by=taken.owner, name=name, email=email)
    assert error.value.field == field
    assert not taken.offers.exists()


# --- done, broken, let go; slips ---


def test_done_and_broken_are_told_once_they_can_no_longer_be_a_slip(
    taken: Commitment, requester: Person, clock: Clock
) -> None:
    promises.keep_promise(taken, by=taken.owner, words="CG-2211 已下单")
    [news] = [row for row in waiting("commitment_news") if "办好" in row.payload["title"]]
    assert news.person == requester
    assert news.due_at == timezone.now() + timedelta(minutes=10)
    promises.undo_promise(fresh(taken), by=taken.owner)
    assert fresh(taken).state == "open"
    assert not [row for row in waiting("commitment_news") if "办好" in row.payload["title"]]
    promises.break_promise(fresh(taken), by=taken.owner, words="供应商停产")
    clock(timezone.now() + timedelta(minutes=11))
    with pytest.raises(TooLate):
        promises.undo_promise(fresh(taken), by=taken.owner)
    assert not taken.reminders.exists()


def test_accepting_agreeing_and_taking_over_are_taken_back_within_ten_minutes(
    proposed: Commitment, requester: Person, clock: Clock
) -> None:
    owner = proposed.owner
    promises.accept_promise(proposed, by=owner)
    promises.undo_promise(fresh(proposed), by=owner)
    assert fresh(proposed).state == "proposed"
    promises.accept_promise(fresh(proposed), by=owner)
    promises.move_promise(fresh(proposed), by=owner, to=date(2026, 12, 4), reason="等样品")
    promises.answer_offer(fresh(proposed), by=requester, agreed=True)
    promises.undo_promise(fresh(proposed), by=requester)
    assert (fresh(proposed).by, proposed.moves.count()) == (FRIDAY, 0)
    promises.answer_offer(fresh(proposed), by=requester, agreed=False)
    promises.hand_promise(fresh(proposed), by=owner, name="李工", email="li@example.com")
    second = Person.objects.get(email="li@example.com")
    promises.answer_offer(fresh(proposed), by=second, agreed=True)
    promises.undo_promise(fresh(proposed), by=second)
    assert fresh(proposed).owner == owner
    assert commitments.open_offer(fresh(proposed)).person == second


def test_an_offer_is_taken_back_by_whoever_made_it(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=taken.owner, to=date(2026, 12, 4), reason="等样品")
    with pytest.raises(NotAllowed):
        promises.withdraw_offer(taken, by=requester)
    promises.withdraw_offer(taken, by=taken.owner)
    assert not [row for row in waiting("commitment_ask") if row.person == requester]
    with pytest.raises(NotNow):
        promises.answer_offer(taken, by=requester, agreed=True)


def test_what_the_requester_lets_go_is_told_to_its_owner(taken: Commitment, requester: Person) -> None:
    with pytest.raises(NotAllowed):
        promises.let_go(taken, by=taken.owner)
    promises.let_go(taken, by=requester, words="改用现货")
    assert fresh(taken).state == "dropped"
    [news] = [row for row in waiting("commitment_news") if row.person == taken.owner]
    assert "不用办了" in news.payload["title"]


def test_every_step_is_a_line_of_the_timeline(taken: Commitment, requester: Person) -> None:
    owner = taken.owner
    promises.move_promise(taken, by=owner, to=date(2026, 12, 4), reason="等样品")
    promises.answer_offer(taken, by=requester, agreed=True)
    promises.hand_promise(fresh(taken), by=owner, name="李工", email="li@example.com")
    promises.answer_offer(taken, by=Person.objects.get(email="li@example.com"), agreed=True)
    promises.keep_promise(fresh(taken), by=fresh(taken).owner, words="单号 1")
    kinds = [kind for kind in taken.matter.events.values_list("kind", flat=True) if kind.startswith("promise")]
    assert kinds == [
        "promise_proposed",
        "promise_accepted",
        "promise_date_offered",
        "promise_moved",
        "promise_hand_offered",
        "promise_handed",
        "promise_kept",
    ]


def test_a_closed_matter_asks_and_reminds_nobody(taken: Commitment, requester: Person) -> None:
    promises.move_promise(taken, by=taken.owner, to=date(2026, 12, 4), reason="等样品")
    matter = Matter.objects.get(pk=taken.matter_id)
    close.close(matter, requester, outcome="办成了", settled=True, days=3)
    assert waiting("remind_commitment") == []
    assert waiting("commitment_ask") == []
    with pytest.raises(NotNow):
        promises.answer_offer(fresh(taken), by=requester, agreed=True)


# --- reminders ---


def test_an_owner_is_reminded_before_and_after_and_then_the_requester_is_asked(taken: Commitment) -> None:
    assert rounds(taken) == [
        ("before", "王经理", "11-26 09:00"),
        ("after", "王经理", "11-30 09:00"),  # the day after is a Saturday
        ("asked", "许宁", "12-02 09:00"),
    ]


def test_each_new_date_reminds_once_and_an_old_one_never_again(
    taken: Commitment, requester: Person, clock: Clock
) -> None:
    clock(datetime(2026, 11, 26, 9, 5, tzinfo=SHANGHAI))
    sent = CommitmentReminder.objects.get(commitment=taken, round="before").letter
    Outbox.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())
    for day in (date(2026, 12, 4), FRIDAY):
        promises.move_promise(fresh(taken), by=taken.owner, to=day, reason="样品")
        promises.answer_offer(fresh(taken), by=requester, agreed=True)
    before = taken.reminders.filter(round="before", day=FRIDAY)
    assert [r.letter_id for r in before] == [sent.pk]
    assert not taken.reminders.filter(day=date(2026, 12, 4)).exists()
    assert taken.reminders.filter(round="after", day=FRIDAY, letter__state="waiting").count() == 1


@pytest.mark.parametrize(
    ("zone", "quiet", "by", "expected"),
    [
        # China works on Saturday 10 October 2026, after the holidays.
        ("Asia/Shanghai", None, date(2026, 10, 12), "10-10 09:00"),
        ("Asia/Shanghai", None, date(2026, 10, 8), "09-30 09:00"),
        # Thanksgiving in the United States.
        ("America/New_York", None, date(2026, 11, 27), "11-25 09:00"),
        # Clocks change in Berlin on 25 October 2026; its day of unity is no working day.
        ("Europe/Berlin", None, date(2026, 10, 27), "10-26 09:00"),
        ("Asia/Shanghai", ("08:00", "10:30"), date(2026, 11, 27), "11-26 10:30"),
        ("Asia/Shanghai", ("17:00", "09:30"), date(2026, 11, 27), "11-26 09:30"),
    ],
)
def test_no_reminder_falls_outside_its_receivers_hours(
    zone: str,
    quiet: tuple[str, str] | None,
    by: date,
    expected: str,
    clock: Clock,
    agreed: Matter,
) -> None:
    clock(datetime(2026, 9, 1, 10, 0, tzinfo=SHANGHAI))
    owner = Person.objects.create(name="Kim", email="kim@example.com", time_zone=zone)
    if quiet:
        owner.quiet_from, owner.quiet_until = quiet
        owner.save()
        owner.refresh_from_db()
    made = commitments.make(agreed, side="theirs", owner=owner, owner_name="Kim", what="下单", by=by)
    first = made.reminders.get(round="before")
    assert f"{local(first.due_at, owner):%m-%d %H:%M}" == expected


def test_a_worker_that_comes_late_waits_for_the_next_working_morning(taken: Commitment) -> None:
    row = CommitmentReminder.objects.get(commitment=taken, round="before").letter
    evening = datetime(2026, 11, 26, 21, 0, tzinfo=SHANGHAI)
    until = ways.quiet_until(row, evening)
    assert until == datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
    assert ways.quiet_until(row, until) is None
    assert working_moment(row.person, datetime(2026, 11, 28, 11, 0, tzinfo=SHANGHAI)) == datetime(
        2026, 11, 30, 9, 0, tzinfo=SHANGHAI
    )


def test_the_reminders_of_one_morning_are_one_letter_that_says_what_still_holds(
    write_down: Callable[..., Commitment], clock: Clock
) -> None:
    made = [write_down(what=f"第 {n} 件") for n in range(1, 4)]
    for each in made:
        promises.accept_promise(each, by=each.owner)
    [letter] = {r.letter for r in CommitmentReminder.objects.filter(commitment__in=made, round="before")}
    assert letter.link.purpose == "commitments"
    assert all(f"第 {n} 件" in text_of(letter) for n in (1, 2, 3))
    promises.keep_promise(fresh(made[0]), by=made[0].owner)
    promises.keep_promise(fresh(made[1]), by=made[1].owner)
    letter.refresh_from_db()
    assert "第 1 件" not in text_of(letter)
    assert letter.link.commitment_id == made[2].pk  # one is left: the link leads straight to it
    promises.keep_promise(fresh(made[2]), by=made[2].owner)
    letter.refresh_from_db()
    assert letter.state == "withdrawn"


def test_ten_thousand_commitments_make_one_letter_of_bounded_size_in_a_bounded_number_of_queries(
    taken: Commitment,
) -> None:
    first = taken.reminders.get(round="before")
    same = {"matter": taken.matter, "side": "theirs", "owner": taken.owner, "owner_name": "王经理", "by": FRIDAY}
    moment = {"made_at": MONDAY, "accepted_at": MONDAY}
    Commitment.objects.bulk_create([Commitment(what=f"第 {n} 项", **same, **moment) for n in range(9_999)], 500)
    rows = Commitment.objects.exclude(reminders__round="before").filter(by=FRIDAY, owner=taken.owner)
    CommitmentReminder.objects.bulk_create(
        [
            CommitmentReminder(
                commitment_id=pk,
                day=FRIDAY,
                round="before",
                receiver=taken.owner,
                due_at=first.due_at,
                letter=first.letter,
            )
            for pk in rows.values_list("pk", flat=True)
        ],
        500,
    )
    assert first.letter.reminders.count() == 10_000
    owned = leases.claim("test", now=first.due_at, limit=9)
    assert first.letter in owned
    with CaptureQueriesContext(connection) as queries:
        row = leases.begin(first.letter.pk, "test", now=first.due_at)
    assert len(queries) < 15
    assert "10000" in row.payload["title"].replace(",", "")
    assert len(text_of(row)) < 2_000


def test_a_letter_that_is_being_sent_is_not_joined_and_nothing_is_lost_or_sent_twice(
    write_down: Callable[..., Commitment], taken: Commitment, clock: Clock
) -> None:
    first = taken.reminders.get(round="before").letter
    clock(first.due_at - timedelta(minutes=1))
    leases.claim("dead", now=first.due_at, limit=9)
    begun = leases.begin(first.pk, "dead", now=first.due_at)  # and here the worker dies
    late = write_down(what="后来的一件")
    promises.accept_promise(late, by=late.owner)
    second = late.reminders.get(round="before").letter
    assert second != first
    assert "后来的一件" not in text_of(begun)
    leases.doubt(now=first.due_at + leases.LEASE + timedelta(seconds=1))
    lease_over = first.due_at + leases.LEASE + leases.DOUBT + timedelta(seconds=2)
    assert {row.pk for row in leases.claim("next", now=lease_over, limit=9)} >= {first.pk, second.pk}
    again = leases.begin(first.pk, "next", now=lease_over)
    assert again.payload == begun.payload  # what may be out is repeated as it was, under the same message id
    assert again.message_id == begun.message_id


def test_a_requester_who_is_reminded_for_somebody_without_an_address_is_led_to_the_desk(
    write_down: Callable[..., Commitment],
) -> None:
    for n in (1, 2):
        write_down(owner_name="赵师傅", owner_email="", what=f"第 {n} 车")
    [letter] = {r.letter for r in CommitmentReminder.objects.filter(round="before", day=FRIDAY)}
    assert (letter.link, letter.payload["page"]) == (None, "/")
    assert "赵师傅" in text_of(letter)


def test_the_asking_letter_does_not_go_out_after_the_answer(proposed: Commitment) -> None:
    promises.accept_promise(proposed, by=proposed.owner)
    assert waiting("commitment_ask") == []


def test_a_letter_with_nothing_left_to_say_is_not_sent(taken: Commitment) -> None:
    letter = taken.reminders.get(round="before").letter
    leases.claim("test", now=letter.due_at, limit=9)
    CommitmentReminder.objects.filter(letter=letter).delete()
    assert leases.begin(letter.pk, "test", now=letter.due_at) is None
    letter.refresh_from_db()
    assert letter.state == "withdrawn"


def test_after_two_reminders_the_requester_is_asked_and_their_choice_ends_the_question(
    taken: Commitment, requester: Person, clock: Clock
) -> None:
    assert not reminders.asked_now(requester).exists()
    clock(datetime(2026, 12, 2, 9, 1, tzinfo=SHANGHAI))
    assert [r.commitment_id for r in reminders.asked_now(requester)] == [taken.pk]
    owners = CommitmentReminder.objects.filter(commitment=taken, receiver=taken.owner)
    assert owners.count() == 2
    promises.speak_again(fresh(taken), by=requester)
    assert not reminders.asked_now(requester).exists()
    assert owners.count() == 2  # a word of the requester's own is no third reminder
    clock(datetime(2026, 12, 4, 9, 1, tzinfo=SHANGHAI))
    assert reminders.asked_now(requester).count() == 1
    promises.let_go(fresh(taken), by=requester)
    assert not reminders.asked_now(requester).exists()


def test_an_offer_that_waits_for_the_requester_is_the_question_instead(
    taken: Commitment, requester: Person, clock: Clock
) -> None:
    clock(datetime(2026, 12, 2, 9, 1, tzinfo=SHANGHAI))
    promises.move_promise(fresh(taken), by=taken.owner, to=date(2026, 12, 9), reason="等样品")
    assert not reminders.asked_now(requester).exists()
    assert [o.commitment_id for o in commitments.offers_for(requester)] == [taken.pk]


def test_reminders_that_were_written_singly_before_an_upgrade_still_go_or_are_taken_back(taken: Commitment) -> None:
    with transaction.atomic():
        old = outbox.put(
            "remind_commitment",
            taken.owner,
            outbox.Letter(title="旧的", before=["旧的"]),
            key=f"commitment:{taken.pk}:0:0:before",
            matter=taken.matter,
        )
    leases.claim("test", now=timezone.now(), limit=99)
    assert leases.begin(old.pk, "test", now=timezone.now()).payload["title"] == "旧的"
    Outbox.objects.filter(pk=old.pk).update(begun=0, lease_until=None)
    promises.keep_promise(fresh(taken), by=taken.owner)
    old.refresh_from_db()
    assert old.state == "withdrawn"
