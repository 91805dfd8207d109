"""What is older than it is kept is shown before it goes; nothing that is still needed goes, and by default nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from huitong.delivery import outbox
from huitong.delivery.transports.mail import file_name
from huitong.directory import links
from huitong.keeping import retention
from huitong.matters import house
from huitong.records.models import Decision, Event, Link, Matter, Outbox, Person, Request, Version

# Files of mails go with their rows, once those are gone for certain.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """keep(matters=30): what is set, everything else for ever."""
    monkeypatch.setattr(settings, "MAIL_FOLDER", tmp_path)

    def keep(**days: int) -> None:
        monkeypatch.setattr(settings, "KEEP_DAYS", dict.fromkeys(settings.KEEP_DAYS) | days)

    keep()
    return keep


@pytest.fixture
def closed(keep: Callable[..., None]) -> Callable[..., Matter]:
    """closed(days=40): a matter closed so long ago, with a row of everything that hangs on it."""
    requester = Person.objects.create(name="许宁", email="xu@example.com")
    leader = Person.objects.create(name="高翔", email="gao@example.com")

    def make(days: int, *, stage: str = "closed") -> Matter:
        at = timezone.now() - timedelta(days=days)
        ended = at if stage == "closed" else None
        matter = Matter.objects.create(
            requester=requester, title="搭建物料", stage=stage, opened_at=at, stage_since=at, closed_at=ended
        )
        request = Request.objects.create(matter=matter, number=1, leader=leader, way="mail", deliver_at=at)
        version = Version.objects.create(request=request, number=1, brief={}, channel="email", text="x", created_at=at)
        Decision.objects.create(
            request=request, version=version, verdict="agree", by=leader, how="link", decided_at=at, effective_at=at
        )
        Event.objects.create(matter=matter, at=at, kind="opened")
        with transaction.atomic():
            row = outbox.put("request", leader, {"title": "x"}, key=f"x:{matter.pk}", matter=matter, due_at=at)
        Outbox.objects.filter(pk=row.pk).update(state="sent", sent_at=at)
        (Path(settings.MAIL_FOLDER) / file_name(row)).write_text("x")
        return matter

    return make


def shown() -> dict[str, int]:
    return {old.name: old.count for old in retention.preview(now=timezone.now()) if old.count}


def test_by_default_everything_is_kept(closed: Callable[..., Matter]) -> None:
    closed(4_000)
    assert shown() == {}
    assert all(old.days is None and old.count == 0 for old in retention.apply())
    assert Matter.objects.count() == Outbox.objects.count() == 1


def test_closed_matters_go_with_all_that_hangs_on_them_after_their_time(closed, keep, tmp_path: Path) -> None:
    old, young = closed(40), closed(20)
    open_ = closed(400, stage="awaiting")
    keep(matters=30)
    assert shown() == {"closed matters": 1}
    assert Matter.objects.count() == 3  # a preview takes nothing out
    retention.apply()
    assert set(Matter.objects.values_list("pk", flat=True)) == {young.pk, open_.pk}
    assert Outbox.objects.count() == Decision.objects.count() == Event.objects.count() == 2
    assert len(list(tmp_path.glob("*.eml"))) == 2
    assert not list(tmp_path.glob(f"*{old.pk:06}-request.eml"))
    assert shown() == {}


def test_the_preview_tells_count_and_age(closed, keep) -> None:
    closed(40), closed(50)
    keep(matters=30)
    (old,) = [each for each in retention.preview(now=timezone.now()) if each.count]
    ages = [(timezone.now() - moment).days for moment in (old.first, old.last)]
    assert (old.days, old.count, ages) == (30, 2, [50, 40])


def test_a_matter_whose_thanks_have_not_gone_out_yet_stays(closed, keep) -> None:
    matter = closed(40)
    with transaction.atomic():
        outbox.put("thanks", matter.requester, {"title": "谢谢"}, key="thanks", matter=matter)
    keep(matters=30, letters=30)
    retention.apply()
    assert Matter.objects.filter(pk=matter.pk).exists()
    assert Outbox.objects.get().kind == "thanks"


def test_mails_of_open_matters_stay_since_their_pages_tell_of_them(closed, keep) -> None:
    closed(400, stage="awaiting")
    closed(400)
    keep(letters=30)
    assert shown() == {"settled mails": 1}
    retention.apply()
    assert Outbox.objects.get().matter.stage == "awaiting"


def test_timelines_of_closed_matters_alone_go(closed, keep) -> None:
    closed(400, stage="awaiting")
    closed(400)
    keep(timeline=30)
    retention.apply()
    assert Event.objects.get().matter.stage == "awaiting"


def test_links_and_sign_ins_go_once_they_have_ended_so_long_ago(closed, keep) -> None:
    now, person = timezone.now(), closed(1).requester
    for expires, revoked in ((-40, None), (30, -40), (-20, None), (30, None)):
        link = links.issue("decide", person)
        revoked_at = now + timedelta(days=revoked) if revoked else None
        Link.objects.filter(pk=link.pk).update(expires_at=now + timedelta(days=expires), revoked_at=revoked_at)
    for number, days in enumerate((-40, 5)):
        Session.objects.create(session_key=str(number), session_data="x", expire_date=now + timedelta(days=days))
    keep(links=30)
    assert shown() == {"links that have ended": 2, "sign-ins that have ended": 1}
    retention.apply()
    assert (Link.objects.count(), Session.objects.count()) == (2, 1)


def test_a_person_whose_invitation_has_ended_can_still_be_opened_and_invited(closed, keep) -> None:
    organiser = Person.objects.create(name="管梅", email="guan@example.com", is_organiser=True)
    person = closed(1).requester
    link = house.invite(person, organiser)
    Outbox.objects.filter(link=link).update(state="sent", sent_at=timezone.now())
    Link.objects.update(expires_at=timezone.now() - timedelta(days=40))
    keep(links=30)
    retention.apply()
    assert house.last_invitation(person) is None
    assert house.invite(person, organiser).pk > link.pk
    assert house.last_invitation(person).state == "waiting"


def test_many_rows_go_in_short_transactions(closed, keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    matter, then = closed(400), timezone.now() - timedelta(days=400)
    Event.objects.bulk_create(Event(matter=matter, at=then, kind="progress") for _ in range(7))
    sizes: list[int] = []
    kinds = [
        retention.Kind(k.name, k.setting, k.old, lambda n, k=k: (sizes.append(len(n)), k.remove(n)))
        for k in retention.KINDS
    ]
    monkeypatch.setattr(retention, "KINDS", kinds)
    keep(timeline=30)
    retention.apply()
    assert sizes == [3, 3, 2]
    assert Event.objects.count() == 0


def test_the_command_shows_first_and_takes_out_when_told(new_desk: Callable[..., object]) -> None:
    desk = new_desk()
    desk.huitong("demo")
    assert set(desk.huitong("retention").stdout.splitlines()) == {f"{k.name}: kept for ever" for k in retention.KINDS}
    days = {"HUITONG_KEEP_MATTERS_DAYS": "5"}
    preview = desk.huitong("retention", **days).stdout
    assert preview.startswith("closed matters: 1 older than 5 days, from 20")
    assert desk.run("answer = Matter.objects.count()") == 6
    assert desk.huitong("retention", "--apply", **days).stdout.startswith("closed matters: 1 taken out")
    assert desk.run("answer = Matter.objects.count()") == 5
    wrong = desk.huitong("retention", code=1, HUITONG_KEEP_MATTERS_DAYS="-5").stderr
    assert wrong.startswith('HUITONG_KEEP_MATTERS_DAYS is "-5"; write a number of days')
