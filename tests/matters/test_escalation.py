"""What brought no word goes back to the leader, after its owner was told; an answer in between withdraws it."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from huitong.coordination import escalations, reminders
from huitong.delivery import leases
from huitong.matters import decide, escalate, promises
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.request import current_request, schedule
from huitong.matters.verdicts import Choice, Verdict
from huitong.matters.write import text_of as written
from huitong.method import Channel
from huitong.records.models import Commitment, Matter, Outbox, Person

from .conftest import SHANGHAI, Clock, fresh, send

MORNING_AFTER = datetime(2026, 12, 2, 9, 1, tzinfo=SHANGHAI)  # asked what now


def carry(row: Outbox, moment: datetime) -> None:
    """The worker sends this letter at that moment."""
    leases.claim("test", now=moment, limit=99)
    begun = leases.begin(row.pk, "test", now=moment)
    assert begun
    assert leases.settle_sent(begun, "test")


@pytest.fixture
def warned(taken: Commitment, requester: Person, clock: Clock) -> Commitment:
    """The owner has been told, on Wednesday morning."""
    clock(MORNING_AFTER)
    escalate.warn(fresh(taken), by=requester)
    carry(Outbox.objects.get(kind="commitment_warning"), MORNING_AFTER)
    return fresh(taken)


def test_the_owner_is_told_in_their_hours_by_a_letter_that_blames_nobody(
    taken: Commitment,
    requester: Person,
    clock: Clock,
) -> None:
    with pytest.raises(NotNow):
        escalate.warn(fresh(taken), by=requester)  # its day is still to come
    clock(datetime(2026, 12, 2, 20, 0, tzinfo=SHANGHAI))
    with pytest.raises(NotAllowed):
        escalate.warn(fresh(taken), by=taken.owner)
    escalate.warn(fresh(taken), by=requester)
    row = Outbox.objects.get(kind="commitment_warning")
    assert row.person == taken.owner
    assert row.due_at == datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI)
    text = "\n".join([row.payload["title"], *row.payload["before"]])
    assert "说一声" in text
    for internal in ("高总", "高翔", "场租", "比价", "召开协调会"):
        assert internal not in text
    with pytest.raises(NotNow):
        escalate.warn(fresh(taken), by=requester)  # once


def test_the_leader_is_not_asked_before_a_working_day_is_over_however_late_the_letter_went(
    taken: Commitment,
    requester: Person,
    clock: Clock,
) -> None:
    clock(datetime(2026, 12, 3, 15, 0, tzinfo=SHANGHAI))
    escalate.warn(fresh(taken), by=requester)
    day = date(2026, 12, 10)
    clock(datetime(2026, 12, 8, 10, 0, tzinfo=SHANGHAI))  # the worker was away
    with pytest.raises(NotNow):
        escalate.ask_leader(fresh(taken), by=requester, answer_by=day)
    carry(Outbox.objects.get(kind="commitment_warning"), timezone.now())
    clock(datetime(2026, 12, 9, 9, 59, tzinfo=SHANGHAI))
    with pytest.raises(NotNow):
        escalate.ask_leader(fresh(taken), by=requester, answer_by=day)
    clock(datetime(2026, 12, 9, 10, 1, tzinfo=SHANGHAI))
    assert [e.commitment_id for e in escalations.ready_for(requester)] == [taken.pk]
    escalate.ask_leader(fresh(taken), by=requester, answer_by=day)


@pytest.mark.parametrize("reply", ["kept", "moved", "hand", "broken"])
def test_an_answer_of_the_owner_in_between_withdraws_it(
    warned: Commitment,
    requester: Person,
    clock: Clock,
    reply: str,
) -> None:
    owner = warned.owner
    match reply:
        case "kept":
            promises.keep_promise(warned, by=owner, words="单号 1")
        case "moved":
            promises.move_promise(warned, by=owner, to=date(2026, 12, 9), reason="等样品")
        case "hand":
            promises.hand_promise(warned, by=owner, name="李工", email="li@example.com")
        case "broken":
            promises.break_promise(warned, by=owner, words="停产")
    assert escalations.open_escalation(warned) is None
    assert warned.matter.events.filter(kind="escalation_withdrawn").exists()
    clock(MORNING_AFTER + timedelta(days=2))
    with pytest.raises(NotNow):
        escalate.ask_leader(fresh(warned), by=requester, answer_by=date(2026, 12, 10))


def test_a_requester_who_asks_the_leader_after_all_not_is_asked_again_what_now(
    warned: Commitment, requester: Person, clock: Clock
) -> None:
    escalate.call_off(warned, by=requester)
    assert not reminders.asked_now(requester).exists()
    clock(datetime(2026, 12, 4, 9, 1, tzinfo=SHANGHAI))
    assert reminders.asked_now(requester).count() == 1


def test_an_answer_before_the_letter_has_gone_takes_the_letter_back(
    taken: Commitment,
    requester: Person,
    clock: Clock,
) -> None:
    clock(datetime(2026, 12, 2, 20, 0, tzinfo=SHANGHAI))
    escalate.warn(fresh(taken), by=requester)
    promises.keep_promise(fresh(taken), by=taken.owner)
    assert Outbox.objects.get(kind="commitment_warning").state == "withdrawn"


def test_the_second_request_is_short_tells_what_came_and_what_did_not_and_offers_a_choice(
    warned: Commitment,
    requester: Person,
    leader: Person,
    clock: Clock,
) -> None:
    clock(MORNING_AFTER + timedelta(days=1, minutes=2))
    with pytest.raises(Incomplete):
        escalate.ask_leader(warned, by=requester, answer_by=None)
    first = current_request(warned.matter)
    escalate.ask_leader(warned, by=requester, answer_by=date(2026, 12, 8))
    matter = Matter.objects.get(pk=warned.matter_id)
    text = written(matter, Channel.EMAIL)
    for told in ("给出交期", "王经理", "11 月 27 日", "12 月 2 日", "方案一", "方案二", "回复"):
        assert told in text.text.replace("\u00a0", " ")
    assert len(text.text) < 300
    schedule(matter, requester, way="mail", deliver_at=timezone.now())
    send("request")
    second = current_request(Matter.objects.get(pk=matter.pk))
    assert (second.number, second.answer_by) == (2, date(2026, 12, 8))
    assert [o["kind"] for o in second.versions.get().options] == ["talk", "guidance"]
    first.refresh_from_db()
    assert first.ended_at is not None
    decision = decide.decide(second, Choice(Verdict.AGREE, 1, option=0), by=leader, how="link")
    assert decision.talk_set.exists()  # and the leader is given points for the talk
    assert fresh(warned).state == "open"  # it stays a commitment of its owner


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_in_each_language_the_second_request_speaks_it(
    warned: Commitment,
    requester: Person,
    clock: Clock,
    language: str,
) -> None:
    Matter.objects.filter(pk=warned.matter_id).update(language=language)
    clock(MORNING_AFTER + timedelta(days=1, minutes=2))
    escalate.ask_leader(fresh(warned), by=requester, answer_by=date(2026, 12, 8))
    text = written(Matter.objects.get(pk=warned.matter_id), Channel.EMAIL).text
    assert {"zh": "接下来" not in text and "请您定一下", "zh-Hant": "請您決定", "en": "Could you decide?"}[
        language
    ] in text
