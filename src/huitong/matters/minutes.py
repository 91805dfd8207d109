"""A meeting's minutes: written while it goes on; when it is over, the draft goes to all who were invited."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huitong.compose import Composed, HeldMeeting, minutes
from huitong.coordination import minutes as letters
from huitong.directory.wording import TO_DJANGO
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.minutes_lines import MOST, Line, names_of, read_lines
from huitong.matters.prepare import Saved, mark
from huitong.matters.stages import Action
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.matters.understood import plan_of
from huitong.records.models import Attendee, Matter, Meeting, Minutes, MinutesItem, Person

EARLY: Final = timedelta(minutes=15)  # before a meeting its page can be opened
LONGEST: Final = 20_000  # characters of one field
MOST_POINTS: Final = 20
CAME, ABSENT, STAND_IN = "came", "absent", "stand_in"
PROMISES, OTHER = "promises", "point.other"
_NUMBER: Final = re.compile(r"^\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[.、．)）]\s*")


# --- writing ---


def meeting_of(matter: Matter) -> Meeting | None:
    """The meeting whose minutes are to be written: it is about to begin, goes on, or was the last one."""
    soon = timezone.now() + EARLY
    return matter.meetings.filter(cancelled_at=None, start__lte=soon).order_by("-start", "-pk").first()


def minutes_of(meeting: Meeting) -> Minutes:
    """What is written of it so far; a new row, not kept yet, if nothing is."""
    found = Minutes.objects.filter(meeting=meeting).first() or Minutes(points=points_of(meeting.agenda))
    found.meeting = meeting
    return found


def points_of(agenda: str) -> list[str]:
    """The points of an agenda, without their numbers."""
    return [_NUMBER.sub("", line).strip() for line in agenda.splitlines() if line.strip()][:MOST_POINTS]


def guests_of(meeting: Meeting) -> list[Attendee]:
    return list(meeting.attendees.select_related("person__department").order_by("pk"))


def fields_of(written: Minutes) -> list[str]:
    """Every field of its page."""
    ids = Attendee.objects.filter(meeting=written.meeting).values_list("pk", flat=True)
    of_people = [f"{name}.{pk}" for pk in ids for name in ("came", "name")]
    return [*of_people, *(f"point.{n}" for n in range(len(written.points))), OTHER, PROMISES]


def save(meeting: Meeting, by: Person, typed: Mapping[str, tuple[str, str]]) -> Saved:
    """Keep what was typed: {field: (its text now, the mark of what it began from)}, as prepare.save_answers does.

    Of who came the last tap holds.
    """
    result = Saved()
    with _writing(meeting, by) as written:
        known = set(fields_of(written))
        for name, (text, was) in typed.items():
            text = text.replace("\r\n", "\n").replace("\x00", "")[:LONGEST]
            if name not in known or mark(text) == was:
                continue
            before = str(written.texts.get(name) or "")
            if not name.startswith("came.") and mark(before) not in (was, mark(text)):
                result.conflicts[name] = before
                continue
            written.texts[name] = text
            result.kept[name] = text
        if result.kept:
            written.saved_at = timezone.now()
            written.save()
    return result


def all_came(meeting: Meeting, by: Person) -> None:
    """Whoever is not marked yet was there."""
    with _writing(meeting, by) as written:
        for guest in guests_of(meeting):
            written.texts[f"came.{guest.pk}"] = written.texts.get(f"came.{guest.pk}") or CAME
        written.saved_at = timezone.now()
        written.save()


@contextmanager
def _writing(meeting: Meeting, by: Person) -> Iterator[Minutes]:
    """What is written, on the locked matter. Raises NotAllowed, and NotNow once it is out."""
    if meeting.matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        meeting.matter = lock(meeting.matter)
        written = minutes_of(meeting)
        check_going_on(written)
        if written.sent_at:
            raise NotNow("the draft is out")
        yield written


def check_going_on(written: Minutes) -> None:
    """Raises NotNow unless the decision that called the meeting stands."""
    matter = written.meeting.matter
    if matter.closed_at or is_held(matter) or decision_in_force(matter) is None or written.meeting.cancelled_at:
        raise NotNow("no decision is in force, or the matter is closed")


def lines_of(written: Minutes, typed: Mapping[str, str] | None = None) -> list[Line]:
    """The commitments as they are understood; `typed` ({field: text}) goes before what is kept."""
    texts = {**written.texts, **(typed or {})}
    guests = guests_of(written.meeting)
    names = names_of((g.person, [str(texts.get(f"name.{g.pk}") or "")]) for g in guests)
    zone = ZoneInfo(written.meeting.matter.requester.time_zone)
    today = timezone.localtime(written.meeting.start, zone).date()
    return read_lines(str(texts.get(PROMISES) or ""), names, today=today)


# --- the meeting is over ---


def finish(meeting: Meeting, by: Person) -> Minutes:
    """The meeting is over: everybody invited gets the draft, to say what is not right.

    Raises Incomplete for the field in which something is missing.
    """
    if meeting.matter.requester_id != by.pk:
        raise NotAllowed
    with acting(meeting.matter, by, Action.COORDINATE) as matter:
        meeting.matter = matter
        written = minutes_of(meeting)
        check_going_on(written)
        if written.sent_at:
            raise NotNow("the draft is out")
        guests = guests_of(meeting)
        written.present = _present(written, guests)
        lines = _understood(written)
        written.decided = "\n".join(_decided(written)) or _only_commitments(matter, bool(lines))
        written.sent_at = written.saved_at = timezone.now()
        written.until = letters.last_moment(guest.person for guest in guests)
        written.save()
        for line in lines:
            assert line.owner is not None
            assert line.by is not None
            own = line.owner.pk == by.pk  # the host has said it by writing it down
            accepted = written.sent_at if own else None
            MinutesItem.objects.create(
                minutes=written, owner=line.owner, what=line.what, by=line.by, accepted_at=accepted
            )
        text = composed(written).body
        told = [g.person for g in guests if g.person.email and g.person_id != by.pk]
        for person in told:
            letters.send_draft(written, person, text=text)
        letters.watch_the_end(written)
        record(matter, "minutes_drafted", by, to=_("、").join(p.name for p in told)[:300])
    return written


def _present(written: Minutes, guests: list[Attendee]) -> list[str]:
    """Who was there, as the minutes name them."""
    names, english = [], written.meeting.matter.language == "en"
    for guest in guests:
        came = written.texts.get(f"came.{guest.pk}")
        name, department = guest.person.name, guest.person.department
        if came == STAND_IN:
            stand_in = " ".join(str(written.texts.get(f"name.{guest.pk}") or "").split())[:100]
            if not stand_in:
                raise Incomplete(f"name.{guest.pk}", _("%(name)s由谁代，请写上姓名。") % {"name": name})
            names.append(f"{stand_in} (for {name})" if english else f"{stand_in}（代{name}）")
        elif came == CAME:
            brackets = "{} ({})" if english else "{}（{}）"
            names.append(brackets.format(name, department.name) if department else name)
        elif came != ABSENT:
            raise Incomplete(f"came.{guest.pk}", _("%(name)s到没到，还没有记。") % {"name": name})
    return names


def _understood(written: Minutes) -> list[Line]:
    lines = lines_of(written)
    if len(lines) > MOST:
        raise Incomplete(PROMISES, _("最多记 %(most)s 项承诺。") % {"most": MOST})
    for line in lines:
        if line.why:
            raise Incomplete(PROMISES, _("第 %(n)s 行：%(why)s") % {"n": line.number, "why": line.why})
    return lines


def _decided(written: Minutes) -> list[str]:
    fields = [*(f"point.{n}" for n in range(len(written.points))), OTHER]
    rows = (line.strip() for name in fields for line in str(written.texts.get(name) or "").splitlines())
    return [line for line in rows if line]


def _only_commitments(matter: Matter, any_: bool) -> str:
    if not any_:
        raise Incomplete(OTHER, _("请写下会上定了什么，或谁答应做什么。"))
    with translation.override(TO_DJANGO.get(matter.language)):
        return _("各自照下面的分工和期限办")


def composed(written: Minutes) -> Composed:
    """The minutes as a text, with what was corrected by now. Raises NotNow without a decision in force."""
    meeting = written.meeting
    decision = decision_in_force(meeting.matter)
    if decision is None:
        raise NotNow("no decision is in force")
    items = written.items.select_related("owner").order_by("pk")
    held = HeldMeeting(
        start=timezone.localtime(meeting.start, ZoneInfo(meeting.matter.requester.time_zone)),
        minutes=meeting.minutes,
        place=meeting.place,
        present=tuple(written.present),
        decided=tuple(decided_of(written)),
        promised=tuple((item.what, item.owner.name, item.by) for item in items),
    )
    return minutes(plan_of(decision).brief, held, house=house_of(meeting.matter))


def decided_of(written: Minutes) -> list[str]:
    """What was decided, a line each; what was corrected in words, and by whom, stands after it."""
    taken = written.corrections.filter(taken=True, item=None).select_related("person").order_by("settled_at", "pk")
    with translation.override(TO_DJANGO.get(written.meeting.matter.language)):
        added = [_("%(name)s更正：%(words)s") % {"name": c.person.name, "words": c.words} for c in taken]
    return [*written.decided.splitlines(), *(" ".join(line.split()) for line in added)]
