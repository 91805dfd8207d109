"""A standing meeting: one invitation for the whole series, an agenda that fills itself, an end (RFC 5545, RFC 5546).

Every sitting is a row from the beginning, and so is each letter of it in the outbox; what a letter says is looked up
right before it is sent. So nothing has to be remembered between two sittings, and dissolving it is taking rows back.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination import invitations
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import morning_of, working_day_before, works_on
from huitong.directory.wording import day_text, moment_text, speaking_to
from huitong.records.models import Decision, Matter, Outbox, Person, Series, SeriesGuest, Sitting

WEEK, FORTNIGHT, MONTH = "week", "fortnight", "month"
EVERY: Final = {WEEK: 7, FORTNIGHT: 14, MONTH: 0}
LONGEST: Final = timedelta(days=190)
MOST_GUESTS: Final = 12
HOLIDAY, CALLED_OFF = "holiday", "called_off"
GOES_ON, ENOUGH = "goes_on", "enough"
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LINK_DAYS: Final = 200


def current(matter: Matter) -> Series | None:
    """The series that goes on; None if there is none, or its last sitting is over."""
    series = matter.series.select_related("matter__requester", "decision__by").filter(ended_at=None).first()
    return series if series and timezone.localdate() <= series.until else None


def coming(series: Series) -> Sitting | None:
    return series.sittings.filter(off="", start__gt=timezone.now()).order_by("start").first()


def last_begun(series: Series) -> Sitting | None:
    return series.sittings.filter(off="", start__lte=timezone.now()).order_by("-start").first()


def days_of(first: date, every: str, until: date) -> Iterator[date]:
    """The days of a series; of a monthly one the same weekday of the month, where the month has it."""
    nth, day = (first.day - 1) // 7, first
    while day <= until:
        yield day
        if every != MONTH:
            day += timedelta(days=EVERY[every])
            continue
        year, month = day.year, day.month
        for _month in range(12):  # not every month has a fifth Friday
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            begins = date(year, month, 1)
            day = begins + timedelta(days=(first.weekday() - begins.weekday()) % 7 + 7 * nth)
            if day.month == month:
                break


def start(
    matter: Matter,
    decision: Decision,
    *,
    title: str,
    first: datetime,
    every: str,
    minutes: int,
    place: str,
    until: date,
    review_on: date,
    people: Iterable[Person],
) -> Series:
    """Set the series, invite everybody, and promise the letters of all its sittings."""
    requester = matter.requester
    series = Series.objects.create(
        matter=matter,
        decision=decision,
        title=title,
        start=first,
        zone=requester.time_zone,
        every=every,
        minutes=minutes,
        place=place,
        until=until,
        review_on=review_on,
        uid=invitations.new_uid(),
        made_at=timezone.now(),
    )
    guests = [SeriesGuest(series=series, person=person) for person in dict.fromkeys(people)]
    SeriesGuest.objects.bulk_create(guests)
    zone = ZoneInfo(series.zone)
    clock = first.astimezone(zone)
    Sitting.objects.bulk_create(
        Sitting(
            series=series,
            start=datetime.combine(day, clock.time(), tzinfo=zone),
            off="" if works_on(requester, day) else HOLIDAY,
        )
        for day in days_of(clock.date(), every, until)
    )
    _invite(series)
    for sitting in series.sittings.filter(off=""):
        _promise_agenda(sitting)
    for guest in series.guests.select_related("person"):
        _promise_review(series, guest.person)
    return series


def call_off(sitting: Sitting) -> None:
    """This sitting is not held; everybody's calendar is told."""
    sitting.off = CALLED_OFF
    sitting.save(update_fields=["off"])
    series = sitting.series
    series.sequence += 1
    series.save(update_fields=["sequence"])
    Outbox.objects.filter(key__startswith=f"sitting:{sitting.pk}:", state="waiting").update(state="withdrawn")
    _invite(series, without=sitting)


def dissolve(series: Series) -> None:
    """The series ends: what is still to come is cancelled in everybody's calendar, and no letter of it goes out."""
    series.ended_at = timezone.now()
    series.sequence += 1
    series.save(update_fields=["ended_at", "sequence"])
    for sitting in series.sittings.filter(start__gt=series.ended_at):
        Outbox.objects.filter(key__startswith=f"sitting:{sitting.pk}:", state="waiting").update(state="withdrawn")
    Outbox.objects.filter(key__startswith=f"series:{series.pk}:", state="waiting").update(state="withdrawn")
    _invite(series)


def goes_on(series: Series) -> None:
    series.reviewed_at = timezone.now()
    series.save(update_fields=["reviewed_at"])


def is_to_review(series: Series) -> bool:
    return series.ended_at is None and series.reviewed_at is None and series.review_on <= timezone.localdate()


# --- the agenda ---


def agenda(series: Series) -> list[str]:
    """What there is to talk about, a line each: both sides' commitments by date, notes without an answer, what the
    last sitting decided. What our side keeps to itself is not on it. In the active language."""
    matter, lines = series.matter, []
    last = last_begun(series)
    if last and last.decided:
        lines += [_("上次定的：%(what)s") % {"what": line} for line in last.decided.splitlines()]
    rows = matter.commitments.filter(state="open").order_by("by", "pk")
    for row in rows:
        if row.side != "theirs" and not row.shared:
            continue
        facts = {"owner": row.owner_name, "what": row.what, "day": day_text(row.by, relative=False) if row.by else ""}
        lines.append((_("%(owner)s：%(what)s（%(day)s前）") if row.by else _("%(owner)s：%(what)s")) % facts)
    for note in matter.notes.filter(answered_at=None).order_by("sent_at"):
        day = day_text(timezone.localdate(note.sent_at), relative=False)
        lines.append(_("%(day)s给%(name)s的说明") % {"day": day, "name": note.person.name})
    return lines


def _promise_agenda(sitting: Sitting) -> None:
    series = sitting.series
    for guest in series.guests.select_related("person"):
        person = guest.person
        if not person.email:
            continue
        day = working_day_before(person, timezone.localdate(sitting.start, ZoneInfo(person.time_zone)))
        due_at = morning_of(person, day)
        if due_at > timezone.now():
            key = f"sitting:{sitting.pk}:{person.pk}"
            outbox.put("sitting_agenda", person, outbox.Letter(title=""), key=key, matter=series.matter, due_at=due_at)


@outbox.before_sent("sitting_agenda")
def _fill(row: Outbox) -> bool:
    """The agenda as it is now. With nothing on it the requester alone is asked whether the series is still needed."""
    number = row.key.split(":")[1]
    sitting = Sitting.objects.select_related("series__matter__requester").filter(pk=number).first()
    if sitting is None or sitting.off or sitting.series.ended_at or sitting.series.matter.closed_at:
        return False
    series, person = sitting.series, row.person
    own = person.pk == series.matter.requester_id
    with speaking_to(person):
        items = agenda(series)
        if not items and not own:
            return False
        facts = {"title": series.title, "when": moment_text(sitting.start, weekday=True), "who": person.address}
        before = [_("%(who)s，您好：") % facts]
        if items:
            letter = outbox.Letter(title=_("%(title)s：%(when)s的议程") % facts, before=before)
            letter["before"].append("\n".join(f"· {item}" for item in items))
        else:
            letter = outbox.Letter(title=_("%(title)s：没有要议的了，还开吗") % facts, before=before)
            letter["before"].append(_("%(when)s的例会眼下没有要议的事。不用再开，点一下就停，会通知大家。") % facts)
        if own:
            letter["invite"], letter["page"] = _("在这里："), f"/matters/{series.matter_id}/coordinate"
    row.payload = dict(letter)
    return True


# --- the invitation and the question whether it goes on ---


def invitation(series: Series, organiser: Person, *, without: Sitting | None = None) -> str:
    """The iCalendar text: REQUEST with the rule; CANCEL of one sitting; CANCEL of all once the series has ended."""
    zone = ZoneInfo(series.zone)
    begins = (without.start if without else series.start).astimezone(zone)
    is_off = series.ended_at is not None or without is not None
    event = invitations.event_of(series, organiser, start=begins, is_off=is_off)
    if without:
        event.add("recurrence-id", begins)
    else:
        event.add("rrule", _rule(series, zone))
        off = [each.start.astimezone(zone) for each in series.sittings.exclude(off="").order_by("start")]
        if off:
            event.add("exdate", off)
    for guest in series.guests.select_related("person"):
        if guest.person.email:
            invitations.add_guest(event, guest.person, role="REQ-PARTICIPANT", rsvp="FALSE")
    return invitations.text_of(event)


def _rule(series: Series, zone: ZoneInfo) -> dict[str, object]:
    first = series.start.astimezone(zone)
    end = datetime.combine(series.until, time(23, 59, 59), tzinfo=zone).astimezone(ZoneInfo("UTC"))
    if series.every == MONTH:
        return {"freq": "MONTHLY", "byday": f"{(first.day - 1) // 7 + 1}{_DAYS[first.weekday()]}", "until": end}
    return {"freq": "WEEKLY", "interval": EVERY[series.every] // 7, "until": end}


def _invite(series: Series, *, without: Sitting | None = None) -> None:
    text = invitation(series, series.matter.requester, without=without)
    for guest in series.guests.select_related("person"):
        person = guest.person
        if not person.email:
            continue
        with speaking_to(person):
            letter = outbox.Letter(**_letter(series, person, without), calendar=text)
        key = f"invitation:{series.pk}:{series.sequence}:{person.pk}:series"
        outbox.put("invitation", person, letter, key=key, matter=series.matter)


def _letter(series: Series, person: Person, without: Sitting | None) -> outbox.Letter:
    zone = ZoneInfo(person.time_zone)
    facts = {"title": series.title, "who": person.address, "minutes": series.minutes, "place": series.place}
    facts["first"] = moment_text(series.start, weekday=True)
    before = [_("%(who)s，您好：") % facts]
    if series.ended_at:
        return outbox.Letter(
            title=_("例会停了：%(title)s") % facts, before=[*before, _("以后不再开了，日历里的也取消了。谢谢您。")]
        )
    if without:
        facts["when"] = moment_text(without.start, weekday=True)
        return outbox.Letter(
            title=_("这次不开：%(title)s") % facts, before=[*before, _("%(when)s这一次不开。") % facts]
        )
    before.append(rhythm(series) + _("从%(first)s起，每次约 %(minutes)s 分钟。") % facts)
    before.append(_("到%(day)s为止。") % {"day": day_text(series.until, relative=False)})
    off = [day_text(timezone.localdate(each.start, zone), relative=False) for each in series.sittings.exclude(off="")]
    if off:
        before.append(_("遇放假不开：%(days)s。") % {"days": _("、").join(off)})
    if series.place:
        before.append(_("地点：%(place)s") % facts)
    before.append(_("每次的议程前一个工作日发给您；没有要议的就不开。"))
    return outbox.Letter(title=_("例会邀请：%(title)s") % facts, before=before)


def rhythm(series: Series) -> str:
    return {WEEK: _("每周一次，"), FORTNIGHT: _("两周一次，"), MONTH: _("每月一次，")}[series.every]


def _promise_review(series: Series, person: Person) -> None:
    if not person.email:
        return
    own = person.pk == series.matter.requester_id
    with speaking_to(person):
        facts = {"title": series.title, "who": person.address}
        letter = outbox.Letter(
            title=_("例会还要开下去吗：%(title)s") % facts,
            before=[_("%(who)s，您好：") % facts, _("例会开了一段时间，想请您看看还要不要开下去。")],
            invite=_("在这里：") if own else _("在这里说一声，不用登录："),
        )
        if own:
            letter["page"] = f"/matters/{series.matter_id}/coordinate"
    link = None if own else links.issue("series", person, series=series, days=_LINK_DAYS)
    key = f"series:{series.pk}:review:{person.pk}"
    due_at = morning_of(person, series.review_on)
    outbox.put("series_review", person, letter, key=key, matter=series.matter, link=link, due_at=due_at)


@outbox.before_sent("series_review")
def _still_to_review(row: Outbox) -> bool:
    series = Series.objects.filter(pk=row.key.split(":")[1]).first()
    return series is not None and series.ended_at is None and series.reviewed_at is None
