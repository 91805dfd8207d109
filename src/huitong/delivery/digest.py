"""Everything at once: what a person wants gathered comes in one mail a working day, at the time they chose.

A row that is due is hung onto the digest row of the next such moment in one transaction; no worker takes it by itself
from then on. Nothing is hung onto a digest that was ever begun: what its mail brings can't grow between two tries. With
the digest's receipt all that it brought is sent, in one transaction (leases.settle_sent); if it fails, each goes by
itself.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import leases, outbox, ways
from huitong.delivery.outbox import Item, Letter, Reason
from huitong.directory import links
from huitong.directory.hours import works_on
from huitong.directory.wording import day_text, spaced, speaking_to
from huitong.records.models import Outbox, Person

KIND: Final = leases.DIGEST
SHOWN: Final = 20  # things in one mail; its link leads to all
ALONE: Final = ("receipt",)  # by which an answer is taken back, within ten minutes
_TO_DECIDE: Final = ("request", "remind_leader", "answer", "confirm")
_LONGEST_GAP: Final = 60  # days without a working day
_LIST_DAYS, _STOP_DAYS = 90, 365  # that the links work


def moments(person: Person, after: datetime) -> Iterator[tuple[date, datetime]]:
    """The days and moments of this person's digests after this one, soonest first; none if they want none.

    By their own clock, on days on which they work, outside their quiet hours.
    """
    if person.digest_at is None:
        return
    zone = ZoneInfo(person.time_zone)
    first = timezone.localtime(after, zone).date() - timedelta(days=1)  # its quiet hours may end today
    for day in (first + timedelta(days=n) for n in range(_LONGEST_GAP)):
        at = datetime.combine(day, person.digest_at, tzinfo=zone)
        at = ways.end_of_quiet(person, at) or at
        # A clock time that a day skips is the same moment later by the clock.
        moment = at.astimezone(UTC)
        local = timezone.localtime(moment, zone).date()
        if moment > after and works_on(person, local):
            yield local, moment


def gathers(person: Person, kind: str) -> bool:
    """Whether rows of this kind wait for this person's digest."""
    news = ways.news_of(kind)
    return bool(person.digest_at and person.email and news in person.digest_news and kind not in ALONE)


def expected(person: Person, kind: str, due_at: datetime, last_day: date | None = None) -> datetime:
    """When a row that is due then will go, as things are now. `last_day` is that on which it must be answered."""
    if not gathers(person, kind):
        return due_at
    found = next(moments(person, due_at), None)
    return due_at if found is None or _too_late(last_day, found[0]) else found[1]


def goes_at(row: Outbox) -> datetime:
    """When a row that waits will go, as things are now."""
    if row.reason == Reason.DIGEST or row.due_at <= timezone.now():
        return row.due_at
    return expected(row.person, row.kind, row.due_at, _last_day(row))


def wait(row: Outbox, owner: str) -> bool:
    """Hang a row that is due onto the next digest, if its person wants that. False: it goes by itself."""
    if row.digest_id or row.reason == Reason.NOW or row.first_transport or row.tries > 1:
        return False
    if not gathers(row.person, row.kind):
        return False
    with transaction.atomic():
        # Who changes what is gathered holds the same row (follow).
        person = Person.objects.select_for_update().get(pk=row.person_id)
        if not gathers(person, row.kind):
            return False
        for day, at in moments(person, timezone.now()):
            if _too_late(_last_day(row), day):
                _say_why_alone(row)
                return False
            if digest := _of_the_day(person, day, at):
                leases.put_off(row, owner, at, Reason.DIGEST, digest=digest)
                return True
    return False


def _too_late(last_day: date | None, day: date) -> bool:
    return last_day is not None and last_day < day


def _last_day(row: Outbox) -> date | None:
    return row.link.request.answer_by if row.link and row.link.request else None


def _say_why_alone(row: Outbox) -> None:
    with speaking_to(row.person):
        said = _("这件等不到下一次汇总就到最晚要定的日子了，所以单独送来。")
    if row.payload.get("alone") != said:
        row.payload["alone"] = said
        row.save(update_fields=["payload"])


def _of_the_day(person: Person, day: date, at: datetime) -> Outbox | None:
    """The digest of that day, made if need be; None if it was begun already: one mail a day."""
    key = _key(person, day)
    found = Outbox.objects.select_for_update().filter(key=key).first()
    if found is None:
        listed = links.issue("digest", person, days=_LIST_DAYS)
        stop = links.issue("no_digest", person, days=_STOP_DAYS)
        return outbox.put("digest", person, Letter(stop=stop.pk), key=key, link=listed, due_at=at)
    if found.tries or found.state not in ("waiting", "withdrawn"):
        return None
    if (found.state, found.due_at) != ("waiting", at):
        found.state, found.due_at = "waiting", at
        found.save(update_fields=["state", "due_at"])
    return found


def _key(person: Person, day: date) -> str:
    return f"digest:{person.pk}:{day.isoformat()}"


# --- its mail ---


def hold_until(digest: Outbox, now: datetime) -> datetime | None:
    """When to come again, if this is no moment for a digest: a worker was late, or its person has chosen anew."""
    if digest.reason == Reason.NOW:
        return None
    person = digest.person
    if until := ways.end_of_quiet(person, now):
        return until
    if works_on(person, timezone.localtime(now, ZoneInfo(person.time_zone)).date()):
        return None
    found = next(moments(person, now), None)
    return found[1] if found else None


def fill(digest: Outbox) -> bool:
    """Write into the row what its mail says now. False if there is nothing to say."""
    rows = _first(Outbox.objects.filter(digest=digest, state="waiting", reason=Reason.DIGEST))
    items = [_item(row) for row in rows[:SHOWN]]
    count = len(items) if len(items) < SHOWN else rows.count()
    if not count:
        return False
    with speaking_to(digest.person):
        day = day_text(timezone.localdate(), relative=False)
        more = _("另有 %(count)s 件，都在这里：") % {"count": count - SHOWN}
        letter = Letter(
            title=_("%(day)s汇总：%(count)s 件") % {"day": day, "count": count},
            items=items,
            invite=more if count > SHOWN else _("每件的全文在这里："),
            small=_("您选了每个工作日把消息合成这一封。不想合了，打开下面的链接停掉，不用登录；以后每件照旧单独送来。"),
            stop=digest.payload["stop"],
        )
    digest.payload = dict(letter)
    digest.save(update_fields=["payload"])
    return True


def things(digest: Outbox) -> "QuerySet[Outbox]":
    """All that went with this digest, as its mail orders them."""
    return _first(Outbox.objects.filter(digest=digest, state__in=("waiting", "sent")))


def _first(rows: "QuerySet[Outbox]") -> "QuerySet[Outbox]":
    """What is to be decided first, by the day until which."""
    later = Case(When(kind__in=_TO_DECIDE, then=Value(0)), default=Value(1), output_field=IntegerField())
    last = F("link__request__answer_by").asc(nulls_last=True)
    return rows.select_related("person", "matter__requester", "link__request").order_by(later, last, "created_at", "id")


def line_of(row: Outbox) -> str:
    """Of whom it is, what they ask and until when, in the active language."""
    by = row.matter.requester.name if row.matter and row.matter.requester_id != row.person_id else ""
    if not by or row.kind not in _TO_DECIDE:
        return by
    if last := _last_day(row):
        until = spaced(_("最晚%(day)s") % {"day": day_text(last, relative=False)})
        return _("%(name)s请您定，%(until)s") % {"name": by, "until": until}
    return _("%(name)s请您定") % {"name": by}


def _item(row: Outbox) -> Item:
    with speaking_to(row.person):
        page = str(row.payload.get("page", "")) if row.link_id is None else ""
        return Item(title=str(row.payload.get("title", "")), line=line_of(row), link=row.link_id, page=page)


# --- chosen anew ---


@transaction.atomic
def follow(person: Person) -> None:
    """What waits keeps to what the person has chosen by now. Called in the transaction that changed it."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    now = timezone.now()
    held = Outbox.objects.filter(person=person, state="waiting", reason=Reason.DIGEST)
    held = held.exclude(pk__in=outbox.going(held, now))
    kinds = [kind for news in ways.NEWS.values() for kind in news if gathers(person, kind)]
    held.exclude(kind__in=kinds).update(digest=None, reason="", due_at=now)
    digests = Outbox.objects.filter(person=person, kind=KIND, state="waiting", tries=0)
    if person.digest_at is None:
        digests.update(state="withdrawn")
        return
    for digest in digests.order_by("due_at"):
        for day, at in moments(person, now):
            taken = Outbox.objects.filter(key=_key(person, day)).exclude(pk=digest.pk)
            if not taken.exists():
                digest.key, digest.due_at = _key(person, day), at
                digest.save(update_fields=["key", "due_at"])
                held.filter(digest=digest).update(due_at=at)
                break


def end(person: Person) -> None:
    """No digest any more; what waits for one goes by itself, now."""
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(digest_at=None)
        follow(person)
