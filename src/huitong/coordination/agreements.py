"""An agreed way of communicating: proposed to both heads, holding once both said yes, looked at again after a month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import morning_of, working_day_after, working_of
from huitong.directory.wording import speaking_to
from huitong.records.models import (
    Agreement,
    AgreementAnswer,
    Commitment,
    Decision,
    Link,
    Matter,
    Note,
    Outbox,
    Person,
)
from huitong.timing import working_minutes

YES, CHANGE = "yes", "change"
KEEPS, ENDS = "keeps", "ends"
OUTCOMES: Final = (KEEPS, CHANGE, ENDS)
REVIEW_AFTER: Final = timedelta(days=30)
REMIND_AFTER: Final = 2  # working days without an answer; once
_LINK_DAYS: Final = 90
PARTS: Final = ("ours", "theirs", "channel", "within", "where")


@dataclass(frozen=True, slots=True)
class Figures:
    """What has passed between the two sides since it holds. Kept and due are (ours, theirs)."""

    notes: int
    answered: int
    hours: float | None  # the median working hours to an answer; None where there is none
    due: tuple[int, int]
    kept: tuple[int, int]


def current(matter: Matter) -> Agreement | None:
    """The version that is proposed, or holds; None if there is none, or it was ended."""
    return matter.agreements.select_related("head", "leader", "matter__requester").filter(ended_at=None).first()


def heads(agreement: Agreement) -> tuple[Person, Person]:
    return agreement.leader, agreement.head


def answer_of(agreement: Agreement, person: Person, *, is_review: bool = False) -> AgreementAnswer | None:
    return agreement.answers.filter(person=person, is_review=is_review).first()


def is_to_review(agreement: Agreement) -> bool:
    due = agreement.review_on is not None and agreement.review_on <= timezone.localdate()
    return due and agreement.holds_at is not None and agreement.ended_at is None and agreement.reviewed_at is None


def propose(matter: Matter, decision: Decision, head: Person, parts: dict[str, str]) -> Agreement:
    """A first or a new version. Whoever said yes to an earlier one is asked again: that was another text."""
    now = timezone.now()
    if before := current(matter):
        _end(before, now)
    number = matter.agreements.count() + 1
    agreement = Agreement.objects.create(
        matter=matter, decision=decision, leader=decision.by, head=head, number=number, made_at=now, **parts
    )
    for person in heads(agreement):
        for is_reminder in (False, True):
            _ask(agreement, person, is_reminder=is_reminder)
    return agreement


def answer(agreement: Agreement, person: Person, *, agreed: bool, words: str, by_name: str) -> None:
    """A head says yes, or what they would change; said again, it replaces what they said."""
    said = {"answer": YES if agreed else CHANGE, "words": words, "by_name": by_name, "at": timezone.now()}
    AgreementAnswer.objects.update_or_create(agreement=agreement, person=person, is_review=False, defaults=said)
    _withdraw(agreement, f"remind:{person.pk}")
    yes = agreement.answers.filter(is_review=False, answer=YES).values_list("person_id", flat=True)
    if agreed and {head.pk for head in heads(agreement)} <= set(yes):
        _hold(agreement)
    else:
        title = N_("%(name)s同意沟通约定：%(matter)s") if agreed else N_("%(name)s想改沟通约定：%(matter)s")
        _tell(agreement, agreement.matter.requester, f"said:{person.pk}", title, person, words)


def review(agreement: Agreement, person: Person, *, outcome: str, words: str, by_name: str) -> None:
    """A head's word of how it works out; the requester is told, and settles it."""
    said = {"answer": outcome, "words": words, "by_name": by_name, "at": timezone.now()}
    AgreementAnswer.objects.update_or_create(agreement=agreement, person=person, is_review=True, defaults=said)
    title = {
        KEEPS: N_("%(name)s说沟通约定照旧：%(matter)s"),
        CHANGE: N_("%(name)s想改沟通约定：%(matter)s"),
        ENDS: N_("%(name)s说沟通约定不用了：%(matter)s"),
    }[outcome]
    _tell(agreement, agreement.matter.requester, f"review:{person.pk}", title, person, words)


def settle(agreement: Agreement, *, outcome: str) -> None:
    """What the review comes to. It goes on, is to be written anew, or ends; both heads are told."""
    agreement.outcome, agreement.reviewed_at = outcome, timezone.now()
    agreement.save(update_fields=["outcome", "reviewed_at"])
    _withdraw(agreement, "")
    if outcome == ENDS:
        _end(agreement, agreement.reviewed_at)
    title = {
        KEEPS: N_("沟通约定照旧：%(matter)s"),
        CHANGE: N_("沟通约定要改一改，改好再请您看：%(matter)s"),
        ENDS: N_("沟通约定不用了，谢谢您：%(matter)s"),
    }[outcome]
    for person in heads(agreement):
        _tell(agreement, person, "settled", title, None, "")


def figures(agreement: Agreement) -> Figures:
    """Counted in what the desk knows of this matter since the agreement holds."""
    since = agreement.holds_at or agreement.made_at
    matter = agreement.matter
    notes = list(Note.objects.filter(matter=matter, sent_at__gte=since).select_related("person"))
    lengths = [_hours(note) for note in notes if note.answered_at]
    today = timezone.localdate()
    rows = Commitment.objects.filter(matter=matter, by__gte=timezone.localdate(since), by__lt=today)
    sides = [[c for c in rows if (c.side == "theirs") == theirs and c.state != "dropped"] for theirs in (False, True)]
    kept = [sum(_in_time(c) for c in side) for side in sides]
    return Figures(
        notes=len(notes),
        answered=len(lengths),
        hours=round(median(lengths), 1) if lengths else None,
        due=(len(sides[0]), len(sides[1])),
        kept=(kept[0], kept[1]),
    )


def _hours(note: Note) -> float:
    assert note.answered_at
    zone = ZoneInfo(note.person.time_zone)
    return working_minutes(note.sent_at, note.answered_at, zone, working_of(note.person)) / 60


def _in_time(commitment: Commitment) -> bool:
    ended, by = commitment.ended_at, commitment.by
    return commitment.state == "kept" and ended is not None and by is not None and timezone.localdate(ended) <= by


def _hold(agreement: Agreement) -> None:
    now = timezone.now()
    agreement.holds_at = now
    agreement.review_on = timezone.localdate(now) + REVIEW_AFTER
    agreement.save(update_fields=["holds_at", "review_on"])
    requester = agreement.matter.requester
    for person in (requester, *heads(agreement)):
        _tell(agreement, person, "holds", N_("沟通约定定下来了：%(matter)s"), None, "")
        _promise_review(agreement, person, agreement.review_on)


def _end(agreement: Agreement, at: datetime) -> None:
    agreement.ended_at = at
    agreement.save(update_fields=["ended_at"])
    _withdraw(agreement, "")


def _ask(agreement: Agreement, person: Person, *, is_reminder: bool) -> None:
    if _is_own(agreement, person):
        return
    with speaking_to(person):
        facts = _facts(agreement, person)
        letter = outbox.Letter(
            title=_("请您看一下两边怎么沟通：%(matter)s") % facts,
            before=[
                _("%(who)s，您好：") % facts,
                _("为了这件事两边少误会，%(requester)s拟了一份沟通约定，想请您和%(other)s都看一眼：") % facts,
                text_of(agreement),
            ],
            invite=_("就这样，还是想改哪里，在这里说一声，不用登录："),
            small=_("两位都同意才算数；不合适随时可以改。由会同代%(requester)s送出。") % facts,
        )
    due_at = None
    if is_reminder:
        day = working_day_after(person, timezone.localdate(timezone=ZoneInfo(person.time_zone)), REMIND_AFTER)
        due_at = morning_of(person, day)
    key = f"{_key(agreement)}{'remind' if is_reminder else 'ask'}:{person.pk}"
    link = _way_to(agreement, person, letter)
    outbox.put("agreement_ask", person, letter, key=key, matter=agreement.matter, link=link, due_at=due_at)


def _promise_review(agreement: Agreement, person: Person, day: date) -> None:
    with speaking_to(person):
        facts = _facts(agreement, person)
        letter = outbox.Letter(
            title=_("沟通约定用了一个月，合用吗：%(matter)s") % facts,
            before=[
                _("%(who)s，您好：") % facts,
                _("一个月前定下的沟通约定，请看看这一个月的情况：照旧、改一改，还是不用了。"),
            ],
            invite=_("在这里说一声：") if _is_own(agreement, person) else _("在这里说一声，不用登录："),
        )
    due_at = morning_of(person, day)
    key, link = f"{_key(agreement)}month:{person.pk}", _way_to(agreement, person, letter)
    outbox.put("agreement_review", person, letter, key=key, matter=agreement.matter, link=link, due_at=due_at)


def _tell(agreement: Agreement, person: Person, code: str, title: str, by: Person | None, words: str) -> None:
    with speaking_to(person):
        facts = _facts(agreement, person) | {"name": by.name if by else ""}
        letter = outbox.Letter(title=_(title) % facts, before=[_("%(who)s，您好：") % facts])
        letter["before"] += [words] if words else []
        if agreement.holds_at and not agreement.ended_at:
            letter["before"].append(text_of(agreement))
        letter["invite"] = _("在这里看：") if _is_own(agreement, person) else _("在这里看，不用登录：")
    key = f"{_key(agreement)}news:{code}:{person.pk}:{timezone.now().isoformat()}"
    link = _way_to(agreement, person, letter)
    outbox.put("agreement_news", person, letter, key=key, matter=agreement.matter, link=link)


def _way_to(agreement: Agreement, person: Person, letter: outbox.Letter) -> Link | None:
    """The requester is led to their page, anybody else by a link of their own."""
    if _is_own(agreement, person):
        letter["page"] = f"/matters/{agreement.matter_id}/coordinate"
        return None
    return links.issue("agreement", person, agreement=agreement, days=_LINK_DAYS)


def _is_own(agreement: Agreement, person: Person) -> bool:
    return person.pk == agreement.matter.requester_id


def spoken_of(agreement: Agreement) -> dict[str, str]:
    """The agreement's parts by name, for a sentence."""
    return {name: getattr(agreement, name) for name in PARTS}


def text_of(agreement: Agreement) -> str:
    """The agreement in a few lines, in the language that is active."""
    said = _facts(agreement, agreement.leader)
    lines = [
        _("%(our_side)s联系人：%(ours)s") if agreement.ours else "",
        _("%(their_side)s联系人：%(theirs)s") if agreement.theirs else "",
        _("用什么：%(channel)s") if agreement.channel else "",
        _("多久答复：%(within)s") if agreement.within else "",
    ]
    told = [line % said for line in lines if line]
    return "\n".join([*told, *(line for line in agreement.where.splitlines() if line.strip())])


def _facts(agreement: Agreement, person: Person) -> dict[str, str]:
    other = agreement.head if person.pk == agreement.leader_id else agreement.leader
    return {
        "matter": agreement.matter.title,
        "who": person.address,
        "other": other.address,
        "requester": agreement.matter.requester.name,
        **dict(zip(("our_side", "their_side"), sides(agreement), strict=True)),
        **spoken_of(agreement),
    }


def sides(agreement: Agreement) -> tuple[str, str]:
    """The two departments as they are called, ours first."""
    requester = agreement.matter.requester
    ours = requester.department.name if requester.department else requester.name
    brief = agreement.decision.version.brief if agreement.decision else {}
    theirs = str((brief.get("other_department") or {}).get("name") or "")
    return ours, theirs or (agreement.head.department.name if agreement.head.department else agreement.head.name)


def _withdraw(agreement: Agreement, begin: str) -> None:
    rows = Outbox.objects.filter(key__startswith=f"{_key(agreement)}{begin}", state__in=("waiting", "failed"))
    rows.exclude(kind="agreement_news").update(state="withdrawn")


def _key(agreement: Agreement) -> str:
    return f"agreement:{agreement.pk}:"
