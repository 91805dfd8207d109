"""After a matter is closed: both sides say in a minute how it went; a month later the requester looks back.

Asked once each, and never again. What somebody picked is shown to nobody else; from three answers on the requester sees
how many picked what. Words go to requester and leader if their writer wants it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import agreements
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import morning_of, working_moment
from huitong.directory.wording import speaking_to
from huitong.matters.brief import answers_of
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.timeline import lock, record
from huitong.records.models import Feedback, LookBack, Matter, Outbox, Person, Request

SETTLED: Final = ("yes", "partly", "no")
WORKING: Final = ("easy", "fair", "hard")
STATES: Final = ("kept", "partly", "not_yet")
AFTER: Final = timedelta(days=30)
LEAST: Final = 3  # answers, before any are counted up
LONGEST: Final = 2000
MOST_ITEMS: Final = 8


@dataclass(frozen=True, slots=True)
class Summary:
    """How many answered, and how many picked what; who let their words be read, with them."""

    answered: int
    settled: Mapping[str, int]
    working: Mapping[str, int]
    words: Sequence[tuple[str, str]]


def ask(matter: Matter, request: Request | None) -> None:
    """The matter has just been closed: ask leader and counterpart, and promise the look back. In its transaction."""
    people = _people(matter, request)
    now = timezone.now()
    if people:
        Feedback.objects.get_or_create(matter=matter, person=matter.requester, defaults={"asked_at": now})
    for person in people:
        row, new = Feedback.objects.get_or_create(matter=matter, person=person, defaults={"asked_at": now})
        if new or not row.given_at:
            _send(row)
    if request and matter.settled:
        _promise_look_back(matter)


def forget(matter: Matter) -> None:
    """The matter goes on: nobody is asked how it went, and nothing is looked back at."""
    keys = [f"feedback:{pk}" for pk in matter.feedback.values_list("pk", flat=True)]
    rows = Outbox.objects.filter(state__in=("waiting", "failed"))
    (rows.filter(key__in=keys) | rows.filter(key__startswith=f"look_back:{matter.pk}:")).update(state="withdrawn")
    LookBack.objects.filter(matter=matter, given_at=None).delete()


def give(
    feedback: Feedback, by: Person, *, settled: str, working: str, words: str, shared: bool, by_name: str = ""
) -> None:
    """What this person says; said again, it replaces what they said. Raises NotNow once the matter goes on."""
    if feedback.person_id != by.pk:
        raise NotAllowed
    if settled not in SETTLED:
        raise Incomplete("settled", _("请选一项：解决了吗。"))
    if working not in WORKING:
        raise Incomplete("working", _("请选一项：配合得怎样。"))
    if len(words) > LONGEST:
        raise Incomplete("words", _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST})
    with transaction.atomic():
        matter = lock(feedback.matter)
        if matter.closed_at is None:
            raise NotNow("the matter goes on")
        said = {
            "settled": settled,
            "working": working,
            "words": words.strip(),
            "shared": shared and bool(words.strip()),
        }
        Feedback.objects.filter(pk=feedback.pk).update(given_at=timezone.now(), given_by=by_name[:100], **said)


def shared_words(matter: Matter, reader: Person) -> list[tuple[str, str]]:
    """Who said what in their own words, of those who let requester and leader read it; not one's own."""
    rows = matter.feedback.filter(shared=True).exclude(given_at=None).exclude(person=reader)
    return [(row.person.address, row.words) for row in rows.select_related("person").order_by("given_at")]


def summary(matter: Matter) -> Summary | None:
    """For the requester; None as long as fewer than LEAST have answered and nobody has shared a word."""
    rows = list(matter.feedback.exclude(given_at=None))
    words = shared_words(matter, matter.requester)
    if len(rows) < LEAST:
        return Summary(len(rows), {}, {}, words) if words else None
    return Summary(len(rows), Counter(r.settled for r in rows), Counter(r.working for r in rows), words)


def look_back_due(matter: Matter) -> LookBack | None:
    """What is to be looked back at now, or was."""
    row = LookBack.objects.filter(matter=matter).first()
    return row if row and (row.given_at or row.due_on <= timezone.localdate()) else None


def look_back(matter: Matter, by: Person, *, states: Sequence[str], words: str) -> None:
    """What became of what the requester wanted to do better. Raises Incomplete with the item's number."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        row = look_back_due(matter)
        if row is None or matter.closed_at is None:
            raise NotNow("there is nothing to look back at")
        for number, _item in enumerate(row.items):
            if number >= len(states) or states[number] not in STATES:
                raise Incomplete(f"state-{number}", _("每一项选一个：做到了、做到一些、还没有。"))
        row.items = [item | {"state": state} for item, state in zip(row.items, states, strict=False)]
        row.words, row.given_at = words.strip()[:LONGEST], timezone.now()
        row.save()
        record(matter, "looked_back", by, words=row.words[:300])


def _people(matter: Matter, request: Request | None) -> list[Person]:
    """The leader who was asked, and whoever the other department was: each once, with an address."""
    if request is None or request.delivered_at is None:
        return []
    found = [request.leader]
    found += [note.person for note in matter.notes.select_related("person").order_by("pk")]
    theirs = matter.commitments.filter(side="theirs", state="kept", owner__isnull=False).select_related("owner")
    found += [commitment.owner for commitment in theirs.order_by("pk") if commitment.owner]
    return [p for p in dict.fromkeys(found) if p.email and p.pk != matter.requester_id]


def _send(feedback: Feedback) -> None:
    matter, person, key = feedback.matter, feedback.person, f"feedback:{feedback.pk}"
    # Closing can be a slip too: it goes out once the time for taking things back is over.
    due_at = working_moment(person, timezone.now() + timedelta(minutes=settings.UNDO_MINUTES))
    rows = Outbox.objects.filter(key=key)
    if rows.exists():
        rows.filter(state="withdrawn").update(state="waiting", due_at=due_at)
        return
    with speaking_to(person):
        facts = {"who": person.address, "matter": matter.title, "name": matter.requester.name}
        letter = outbox.Letter(
            title=_("办结了，想听您一句：%(matter)s") % facts,
            before=[_("%(who)s，您好：") % facts, _("“%(matter)s”办结了，谢谢您。办得怎样，点两下就行。") % facts],
            invite=_("在这里，不用登录："),
            small=_("您选了什么，不会给别人看。只问这一次。由会同代%(name)s送出。") % facts,
        )
    link = links.issue("feedback", person, feedback=feedback, days=60)
    outbox.put("feedback_ask", person, letter, key=key, matter=matter, link=link, due_at=due_at)


def _promise_look_back(matter: Matter) -> None:
    requester = matter.requester
    items = [{"what": what, "state": ""} for what in _promised(matter)]
    if not items:
        return
    day = timezone.localdate() + AFTER
    LookBack.objects.update_or_create(matter=matter, defaults={"due_on": day, "items": items, "given_at": None})
    with speaking_to(requester):
        facts = {"who": requester.address, "matter": matter.title}
        letter = outbox.Letter(
            title=_("一个月了，回看一下：%(matter)s") % facts,
            before=[
                _("%(who)s，您好：") % facts,
                _("办结时说过以后这样做："),
                "\n".join(f"· {item['what']}" for item in items),
                _("做到了多少，点一下；下次遇到相近的事，会一起出现。"),
            ],
            invite=_("在这里："),
            page=f"/matters/{matter.pk}/close",
        )
    begin = f"look_back:{matter.pk}:"
    key = f"{begin}{Outbox.objects.filter(key__startswith=begin).count()}"
    outbox.put("look_back", requester, letter, key=key, matter=matter, due_at=morning_of(requester, day))


def _promised(matter: Matter) -> list[str]:
    """What the requester said they would do better, and the way of communicating that holds."""
    lines = str(answers_of(matter).get("improvement") or "").splitlines()
    found = [line.strip() for line in lines if line.strip()]
    agreement: Any = agreements.current(matter)
    if agreement and agreement.holds_at:
        agreement.matter = matter
        with speaking_to(matter.requester):
            found.append(_("沟通约定：%(channel)s，%(within)s") % agreements.spoken_of(agreement))
    return found[:MOST_ITEMS]
