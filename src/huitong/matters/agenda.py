"""What wants someone, in order, and what is with others: the home page's two lists."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import escalations, reminders
from huitong.coordination.commitments import OPEN, PROPOSED, UNSETTLED, offers_for
from huitong.directory import access
from huitong.matters.said import Whereabouts, due_label, said_day, said_moment
from huitong.matters.stages import Stage
from huitong.matters.whereabouts import whereabouts_of
from huitong.records.models import (
    Answer,
    Commitment,
    CommitmentOffer,
    CommitmentReminder,
    Escalation,
    Matter,
    Note,
    Outbox,
    Person,
    Request,
)

# A moment passes, a question holds the leader up; then what came back, what is due, what is to be carried on.
_ORDER: Final = (
    "decide",
    "note_to_answer",
    "promise_asked",
    "promise_offer",
    "moment",
    "question",
    "declined",
    "came_back",
    "promise_due",
    "promise_ready",
    "promise_stuck",
    "in_force",
    "note_answered",
    "meeting_answered",
    "unanswered",
    "unsent",
    "arranged",
    "to_close",
    "promise",
)
MOST: Final = 100  # matters looked at; the page links to the list of all


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `page` and `number` are where its title leads ("" nowhere), `action_page` where its button does."""

    code: str
    label: str
    title: str
    line: str
    place: str
    since: datetime
    late: bool = False
    page: str = ""
    number: int = 0
    action: str = ""
    action_page: str = ""

    def __post_init__(self) -> None:
        # A moment set into a sentence brings its own room, which is none at the ends.
        object.__setattr__(self, "place", self.place.strip())


@dataclass(frozen=True, slots=True)
class Agenda:
    """`mine` wants the reader, most urgent first; `theirs` is with others. `has_matters`: they have opened one."""

    mine: list[Item]
    theirs: list[Item]
    has_matters: bool


def agenda(person: Person) -> Agenda:
    """Everything that waits for `person` or that they wait for, in a number of queries that does not grow."""
    own = access.matters_of(person)
    matters = list(own.exclude(stage=Stage.CLOSED).order_by("-stage_since", "-id")[:MOST])
    where = whereabouts_of(matters, person)
    letters = list(came_back(person))
    told = {row.matter_id for row in letters}
    promises = list(_promises(person))
    due = [p for p in promises if _is_due(p) and _is_own(p, person)]
    told_promises = {p.pk for p in due} | {w.promise for w in where.values()}
    rows = [_of_matter(m, where[m.pk]) for m in matters if not _told_below(where[m.pk], m, told, due)]
    mine = [item for item, w in rows if w.wants_me]
    theirs = [item for item, w in rows if not w.wants_me]
    mine += [_of_letter(row) for row in letters]
    mine += [_of_own_promise(p, person) for p in due]
    mine += [_of_asked(p) for p in promises if p.state == PROPOSED and p.owner_id == person.pk]
    mine += [_of_offer(o) for o in offers_for(person)[:MOST]]
    ready = list(escalations.ready_for(person)[:MOST])
    mine += [_of_ready(e) for e in ready]
    known = {e.commitment_id for e in ready}
    mine += [_of_stuck(r) for r in reminders.asked_now(person)[:MOST] if r.commitment_id not in known]
    mine += [_of_request(r) for r in _to_decide(person)]
    mine += [_of_note(n) for n in _to_answer(person)]
    theirs += [_of_their_promise(p) for p in promises if p.pk not in told_promises and not _is_own(p, person)]
    return Agenda(
        mine=sorted(mine, key=lambda i: (_ORDER.index(i.code), i.since)),
        theirs=sorted(theirs, key=lambda i: (not i.late, i.since)),
        has_matters=bool(matters) or own.exists(),
    )


def search(person: Person, words: str) -> QuerySet[Matter]:
    """One's own matters that hold every word in their title, their outcome, or the names of those asked."""
    rows = access.matters_of(person)
    if not words.strip():
        return rows
    # JSON text is kept escaped by some databases, so the few names are looked through here.
    named = Answer.objects.filter(matter__requester=person, question__in=("other_department.name", "leader.name"))
    names = list(named.values_list("matter_id", "value"))
    for word in words.split():
        found = [pk for pk, name in names if word.casefold() in str(name).casefold()]
        rows = rows.filter(Q(title__icontains=word) | Q(outcome__icontains=word) | Q(pk__in=found))
    return rows


def came_back(person: Person) -> QuerySet[Outbox]:
    """Letters of this person's matters that were refused, unless another of the kind has been written since."""
    newer = Outbox.objects.filter(
        matter=OuterRef("matter"), kind=OuterRef("kind"), person=OuterRef("person"), id__gt=OuterRef("id")
    ).exclude(state="withdrawn")
    failed = Outbox.objects.filter(matter__requester=person, state="failed")
    return failed.exclude(Exists(newer)).select_related("matter", "person").order_by("-id")[:MOST]


def _promises(person: Person) -> QuerySet[Commitment]:
    """The open promises of one's own matters, and one's own in others'; none of a decision not yet in force."""
    rows = Commitment.objects.filter(
        Q(matter__requester=person) | Q(owner=person), matter__closed_at=None, state__in=UNSETTLED
    )
    rows = rows.exclude(decision__effective_at__gt=timezone.now())
    return rows.select_related("matter__requester", "owner").order_by("by", "id")[:MOST]


def _to_decide(person: Person) -> QuerySet[Request]:
    """Requests that have reached this leader, and that wait for their answer."""
    waiting = access.requests_to(person).filter(matter__stage=Stage.AWAITING)
    # What was put off to a day comes again on that day.
    waiting = waiting.exclude(later_until__gt=timezone.localdate())
    return waiting.order_by("answer_by", "delivered_at")[:MOST]


def _to_answer(person: Person) -> QuerySet[Note]:
    return access.notes_to(person).filter(answer="", matter__closed_at=None).order_by("sent_at")[:MOST]


def _told_below(w: Whereabouts, matter: Matter, came_back: set[int | None], due: list[Commitment]) -> bool:
    """Whether the matter's line would only repeat a row that a letter or a promise has of its own."""
    return (w.code == "came_back" and matter.pk in came_back) or w.promise in {p.pk for p in due}


def _is_due(promise: Commitment) -> bool:
    return promise.state == OPEN and promise.by is not None and promise.by <= timezone.localdate()


def _is_own(promise: Commitment, person: Person) -> bool:
    if promise.owner_id:
        return promise.owner_id == person.pk
    return promise.side == "ours" and promise.matter.requester_id == person.pk


def _of_matter(matter: Matter, w: Whereabouts) -> tuple[Item, Whereabouts]:
    code = w.code if w.code in _ORDER else "promise"
    line = w.line if not w.next else _("%(line)s；%(next)s") % {"line": w.line, "next": w.next}
    title = matter.title or _("还没有名字的事项")
    item = Item(code, w.label, title, line, w.place, w.since, w.late, "matter", matter.pk, w.action, w.action_page)
    return item, w


def _of_letter(row: Outbox) -> Item:
    assert row.matter is not None
    line = _("给%(who)s的邮件没有送到：%(why)s") % {"who": row.person.address, "why": row.last_error}
    place = _("自%(when)s起") % {"when": said_moment(row.due_at)}
    action = _("改好再送")
    label = _("没有送到")
    return Item(
        "came_back", label, row.matter.title, line, place, row.due_at, True, "matter", row.matter.pk, action, "matter"
    )


def _of_own_promise(p: Commitment, person: Person) -> Item:
    assert p.by is not None
    label, late = due_label(p.by, timezone.localdate()), p.by < timezone.localdate()
    place = _("%(day)s答应的") % {"day": said_day(timezone.localtime(p.made_at).date())}
    if p.matter.requester_id != person.pk:
        # Whoever promised something in another's matter sees what they promised, not the matter.
        place = _("答应%(name)s的") % {"name": p.matter.requester.name}
        return _own("promise_due", label, p.what, "", place, p.made_at, p.pk, late=late)
    line = _("你答应%(day)s前：%(what)s") % {"day": said_day(p.by), "what": p.what}
    action = _("办好或改期")
    return Item(
        "promise_due", label, p.matter.title, line, place, p.made_at, late, "matter", p.matter_id, action, "matter"
    )


def _own(
    code: str, label: str, title: str, line: str, place: str, since: datetime, number: int, *, late: bool = False
) -> Item:
    """A row that leads to one commitment's own page."""
    page = "commitments"
    return Item(code, label, title, line, place, since, late, page, number, _("去说一声"), page)


def _of_asked(p: Commitment) -> Item:
    line = _("%(name)s想请您办") % {"name": p.matter.requester.name}
    if p.by:
        line = _("%(name)s想请您%(day)s前办好") % {"name": p.matter.requester.name, "day": said_day(p.by)}
    return _own("promise_asked", _("等您点头"), p.what, line, "", p.made_at, p.pk)


def _of_offer(o: CommitmentOffer) -> Item:
    facts = {"name": o.by.name, "day": said_day(o.day) if o.day else ""}
    line = _("%(name)s想改到%(day)s") % facts if o.day else _("%(name)s说由您来办更合适") % facts
    return _own("promise_offer", _("等您点头"), o.commitment.what, line, "", o.at, o.commitment_id)


def _of_stuck(r: CommitmentReminder) -> Item:
    c = r.commitment
    line = _("“%(what)s”提醒过%(who)s，还没有回音") % {"what": c.what, "who": c.owner_name}
    action = _("看看怎么办")
    return Item(
        "promise_stuck",
        _("没有回音"),
        c.matter.title,
        line,
        "",
        r.due_at,
        False,
        "matter",
        c.matter_id,
        action,
        "matter",
    )


def _of_ready(e: Escalation) -> Item:
    c = e.commitment
    line = _("“%(what)s”告诉过%(who)s要再请示，还没有回音") % {"what": c.what, "who": c.owner_name}
    label, action = _("可以请示"), _("看看怎么办")
    return Item(
        "promise_ready", label, c.matter.title, line, "", e.ready_at, False, "matter", c.matter_id, action, "matter"
    )


def _of_their_promise(p: Commitment) -> Item:
    label, late = due_label(p.by, timezone.localdate()), p.state == OPEN and _is_late(p.by)
    who = p.owner_name
    line = _("%(who)s答应：%(what)s") if p.state == OPEN else _("请%(who)s办，等本人点头：%(what)s")
    line = line % {"who": who, "what": p.what}
    place = _("在%(who)s处，自%(when)s起") % {
        "who": who,
        "when": said_day(timezone.localtime(p.made_at).date()),
    }
    return Item("promise", label or who, p.matter.title, line, place, p.made_at, late, "matter", p.matter_id)


def _of_request(r: Request) -> Item:
    assert r.delivered_at is not None
    facts = {"name": r.matter.requester.name, "day": said_day(r.answer_by) if r.answer_by else ""}
    line = _("%(name)s请您批示，最晚%(day)s要定") % facts if r.answer_by else _("%(name)s请您批示") % facts
    place = _("在您处，自%(when)s起") % {"when": said_moment(r.delivered_at)}
    late = _is_late(r.answer_by)
    label = _("未答复") if late else _("请您批示")
    return Item(
        "decide", label, r.matter.title, line, place, r.delivered_at, late, "decide", r.pk, _("去批示"), "decide"
    )


def _of_note(n: Note) -> Item:
    line = _("%(name)s想与您商量") % {"name": n.matter.requester.name}
    place = _("在您处，自%(when)s起") % {"when": said_moment(n.sent_at)}
    label = _("请您答复")
    return Item("note_to_answer", label, n.subject, line, place, n.sent_at, False, "note", n.pk, _("去答复"), "note")


def _is_late(day: date | None) -> bool:
    return day is not None and day < timezone.localdate()
