"""Bring the request to the leader: set the moment, take it back, revise it, hand it over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import MAX_REMINDERS, House, reminder
from huitong.delivery import digest, outbox
from huitong.directory import links
from huitong.directory.hours import working_day_after, working_day_before
from huitong.directory.wording import day_text, spaced, speaking_to
from huitong.matters import cards, limits
from huitong.matters.brief import answers_of, brief_of, options_of
from huitong.matters.deadlines import MORNING, deadline_of, warn_in_time
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.kinds import kinds_of, of_option
from huitong.matters.moments import is_taken, minutes_for
from huitong.matters.named import named
from huitong.matters.stages import Action, Stage, move
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock, record
from huitong.matters.write import text_of
from huitong.method import Brief, Channel
from huitong.records.models import Draft, Matter, Outbox, Person, Request, Version

MAIL, PERSON, CHAT = "mail", "person", "chat"
WAYS: Final = {MAIL: Channel.EMAIL, PERSON: Channel.SPOKEN, CHAT: Channel.CHAT}
REMINDER: Final = "reminder"  # its draft's name


def current_request(matter: Matter) -> Request | None:
    """The request that is open: set, or with the leader, or answered; None before and after."""
    return matter.requests.select_related("leader", "matter__requester").filter(ended_at=None).first()


def latest_version(request: Request) -> Version:
    return request.versions.order_by("-number")[0]


def schedule(
    matter: Matter,
    by: Person,
    *,
    way: str,
    deliver_at: datetime,
    channel: Channel | None = None,
    reasons: Iterable[str] = (),
) -> Request:
    """Set (or set anew) the moment and the way. `channel` is the text that goes out, by default the way's own.

    `reasons` are those of a moment that was suggested. Raises Incomplete if the leader's address or a required name is
    missing, or the moment lies in the past, or one's own moment breaks the leader's limits and another would not.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    if way not in WAYS:
        raise Incomplete("way", _("请选一种送达方式。"))
    now = timezone.now()
    if deliver_at < now - timedelta(minutes=2):
        raise Incomplete("at", _("这个时刻已经过去了，请选以后的。"))
    if deliver_at > now + timedelta(days=366):
        raise Incomplete("at", _("太远了，请选一年以内的日子。"))
    with transaction.atomic():
        matter = lock(matter)
        brief = brief_of(matter)
        leader = _leader(matter, brief)
        if way == MAIL and not leader.email:
            raise Incomplete("leader.email", _("还没有领导的邮箱。补上邮箱，或改为当面说、发聊天。"))
        request = current_request(matter)
        if request and request.delivered_at:
            raise NotNow("the request is already with the leader")
        first = request is None
        if request is None:
            number = matter.requests.count() + 1
            request = Request(matter=matter, number=number)
        else:
            recall(matter)
        request.leader, request.way, request.deliver_at = leader, way, max(deliver_at, now)
        if not reasons and (way == MAIL or deliver_at > now):  # who stands before the leader already knows better
            reasons = limits.excused(matter, leader, request.deliver_at, asked=None if first else request, now=now)
        request.reasons, request.answer_by = list(reasons), deadline_of(matter)
        request.save()
        version = _freeze(request, channel or WAYS[way], brief)
        request.minutes = minutes_for(version.text)
        request.stays = is_taken(leader, request.deliver_at, request.minutes)
        request.save(update_fields=["minutes", "stays"])
        move(matter, Action.SCHEDULE, at=now)
        warn_in_time(matter)
        kind = "scheduled" if first else "rescheduled"
        record(matter, kind, by, way=way, deliver_at=request.deliver_at.isoformat(), leader=leader.address)
        promise(request, version)
    return request


def goes_at(request: Request) -> datetime:
    """When the request goes, as things are now: at the moment that was set, or with what else they get at once."""
    if request.way != MAIL:
        return request.deliver_at
    return digest.expected(request.leader, "request", request.deliver_at, request.answer_by)


def take_back(matter: Matter, by: Person) -> None:
    """Take the request back before it is sent. Raises NotNow once it is out, or just being sent."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        if request is None or request.delivered_at:
            raise NotNow("it is already with the leader")
        recall(matter)
        request.ended_at = timezone.now()
        request.save(update_fields=["ended_at"])
        move(matter, Action.TAKE_BACK, at=request.ended_at)
        warn_in_time(matter)
        record(matter, "taken_back", by)


def revise(matter: Matter, by: Person) -> Version:
    """What is prepared and written now becomes the version that the leader answers; answers to the older are refused.

    A letter that waits is replaced; a leader who has the older one by mail is sent the new one.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    now = timezone.now()
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        if request is None:
            raise NotNow("nothing is set yet")
        move(matter, Action.REVISE, at=now)
        if request.delivered_at:
            outbox.withdraw(matter, "request")
        else:
            recall(matter)
        request.answer_by = deadline_of(matter)
        request.save(update_fields=["answer_by"])
        version = _freeze(request, Channel(latest_version(request).channel), brief_of(matter))
        record(matter, "revised", by, at=now, version=version.number)
        if request.delivered_at and matter.stage == Stage.AWAITING:
            outbox.withdraw(matter, "remind_leader")
            remind_leader(request)  # what it says has changed, and by when
        cards.change(request)
        if request.way == MAIL or not request.delivered_at:
            promise(request, version)
    return version


def is_outdated(request: Request, house: House | None = None) -> bool:
    """Whether what is written now differs from the version that the leader has or will get."""
    version = latest_version(request)
    text = text_of(request.matter, Channel(version.channel), house=house)
    options = _options(request.matter)
    return (text.subject, text.text, options) != (version.subject, version.text, version.options)


def hand_over(matter: Matter, by: Person) -> None:
    """The requester has said it or sent it themselves; the matter is with the leader now."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        if request is None or request.way == MAIL:
            raise NotNow("the mail goes out by itself")
        _deliver(request, by)


@outbox.after_sent("request")
def delivered_by_mail(row: Outbox) -> None:
    """The mail server has taken the request; runs in the transaction that settles the row."""
    if row.link is None or row.link.request is None:
        return
    request = row.link.request
    request.matter = lock(request.matter)
    _deliver(request, None, transport=row.transport)


def _deliver(request: Request, by: Person | None, *, transport: str = "mail") -> None:
    now, matter = timezone.now(), request.matter
    outbox.withdraw(matter, "remind_deliver")
    version = latest_version(request).number
    facts = {"leader": request.leader.address, "version": version, "transport": transport}
    if request.delivered_at is None:
        request.delivered_at = now
        request.save(update_fields=["delivered_at"])
        move(matter, Action.DELIVER, at=now)
        record(matter, "delivered", by, at=now, way=request.way, **facts)
        remind_leader(request)
    else:
        record(matter, "delivered_again", by, at=now, **facts)


def remind_leader(request: Request) -> None:
    """At most two gentle reminders to a leader who was asked by mail: after two working days, and before the deadline.

    Called again whenever the leader is waited for anew: those sent since the leader last said something count. Who was
    asked otherwise, and put it off to a day, is asked again by the requester, who is reminded that morning.
    """
    leader, now = request.leader, timezone.now()
    if not leader.email or request.way != MAIL:
        if request.later_until and request.way != MAIL:
            zone = ZoneInfo(request.matter.requester.time_zone)
            _send_requester(request, datetime.combine(request.later_until, MORNING, tzinfo=zone))
        return
    zone = ZoneInfo(leader.time_zone)
    first = working_day_after(leader, timezone.localtime(now, zone).date(), 2)
    days = [request.later_until] if request.later_until else [first]
    if request.answer_by:
        last = working_day_before(leader, request.answer_by)
        # Who said "not before that day" is not asked before it.
        days = [d for d in days if request.later_until or d < request.answer_by] + [last]
    mornings = (datetime.combine(day, MORNING, tzinfo=zone) for day in sorted(set(days)) if day >= days[0])
    due = [morning for morning in mornings if morning > now]
    turn = Outbox.objects.filter(key__startswith=_reminders(request)).count()
    said = reminded(request)
    for number, due_at in enumerate(due[: MAX_REMINDERS - said], start=said + 1):
        subject, text = reminder_text(request, number, edited=number == said + 1)
        letter = reminder_letter(request, subject=subject, text=text)
        link = links.issue("decide", leader, request=request)
        key = f"{_reminders(request)}{turn}:{number}"
        outbox.put("remind_leader", leader, letter, key=key, matter=request.matter, link=link, due_at=due_at)


def _reminders(request: Request) -> str:
    return f"remind_leader:{request.pk}:"


def reminded(request: Request) -> int:
    """How many reminders the leader has had since they last said something: by mail, or by the requester's own hand."""
    answers = request.decisions.filter(undone_at=None).order_by("-decided_at")
    heard = next((d.decided_at for d in answers[:1]), request.delivered_at)
    if heard is None:
        return 0
    sent = Outbox.objects.filter(key__startswith=_reminders(request), state="sent", sent_at__gte=heard)
    by_hand = request.matter.events.filter(kind="reminded", at__gte=heard)
    return min(sent.count() + by_hand.count(), MAX_REMINDERS)


def next_reminder(request: Request) -> Outbox | None:
    """The reminder by mail that goes out next."""
    waiting = Outbox.objects.filter(key__startswith=_reminders(request), state="waiting")
    return waiting.order_by("due_at").first()


def reminder_text(request: Request, number: int, *, edited: bool) -> tuple[str, str]:
    """Subject and text of a reminder: as the requester has edited it, if they have and it is asked for."""
    draft = Draft.objects.filter(matter=request.matter, channel=REMINDER).first() if edited else None
    brief = Brief.model_validate(latest_version(request).brief)
    made = reminder(brief, number, house=house_of(request.matter))
    return (draft.subject, draft.text) if draft else (made.subject, made.body)


def reminder_letter(request: Request, *, subject: str, text: str) -> outbox.Letter:
    """The mail of a reminder, in the leader's language."""
    leader = request.leader
    return outbox.Letter(
        title=subject, before=outbox.paragraphs(text), invite=_invite(leader), small=_small(request, leader)
    )


def put_into_letter(request: Request) -> None:
    """The reminder that goes out next says what the requester has written by now."""
    row = next_reminder(request)
    if row is None or (row.lease_until and row.lease_until > timezone.now()):
        return
    subject, text = reminder_text(request, reminded(request) + 1, edited=True)
    row.payload = dict(reminder_letter(request, subject=subject, text=text))
    row.save(update_fields=["payload"])


@outbox.after_sent("remind_leader")
def begin_reminder_anew(row: Outbox) -> None:
    """What was edited has gone out; the next reminder has its own words."""
    Draft.objects.filter(matter=row.matter, channel=REMINDER).delete()


def remind_by_hand(matter: Matter, by: Person) -> None:
    """The requester has reminded the leader themselves. Raises NotNow for a third time, or where mail does it."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        awaited = matter.stage == Stage.AWAITING and not is_held(matter)
        if request is None or request.way == MAIL or not awaited or reminded(request) >= MAX_REMINDERS:
            raise NotNow("no reminder is due")
        Draft.objects.filter(matter=matter, channel=REMINDER).delete()
        record(matter, "reminded", by, to=request.leader.address)


def request_letter(leader: Person | None, *, subject: str, text: str, small: str = "") -> outbox.Letter:
    """The mail that brings the request."""
    invite = _invite(leader) if leader else _("请在这里批示，不用登录：")
    return outbox.Letter(title=subject, before=outbox.paragraphs(text), invite=invite, small=small)


def recall(matter: Matter) -> None:
    """Withdraw what waits to go out. Raises NotNow if it is being sent at this moment."""
    waiting = Outbox.objects.filter(matter=matter, kind__in=("request", "remind_deliver"), state="waiting")
    now = timezone.now()
    if waiting.filter(lease_until__gt=now).exists() or outbox.going(waiting, now).exists():
        raise NotNow("it is being sent at this moment")
    outbox.withdraw(matter, "request", "remind_deliver")


def _leader(matter: Matter, brief: Brief) -> Person:
    email = str(answers_of(matter).get("leader.email") or "").strip()
    return named(
        brief.leader.name,
        by=matter.requester,
        field="leader.name",
        email=email,
        form_of_address=brief.leader.form_of_address,
        title=brief.leader.title,
    )


def _options(matter: Matter) -> list[dict[str, object]]:
    """The options as a version keeps them: those of the brief, with the kind of help that each asks for."""
    kinds = [row.get("kind") for row in options_of(answers_of(matter))]
    options, own = brief_of(matter).options, kinds_of(matter.requester)
    return [
        option.model_dump(mode="json") | of_option(str(kind or ""), option.title, option.what_leader_does, own)
        for option, kind in zip(options, kinds, strict=False)
    ]


def _freeze(request: Request, channel: Channel, brief: Brief) -> Version:
    text = text_of(request.matter, channel, brief)
    return Version.objects.create(
        request=request,
        number=request.versions.count() + 1,
        brief=brief.model_dump(mode="json", by_alias=True),
        options=_options(request.matter),
        channel=channel.value,
        subject=text.subject,
        text=text.text,
        created_at=timezone.now(),
    )


def promise(request: Request, version: Version) -> None:
    """The outbox row for the moment: the mail itself, or a reminder to the requester to go and say it."""
    matter, leader = request.matter, request.leader
    if request.way == MAIL:
        link = links.issue("decide", leader, request=request, days=90)
        letter = request_letter(
            leader, subject=version.subject or matter.title, text=version.text, small=_small(request, leader)
        )
        due = timezone.now() if request.delivered_at else request.deliver_at
        outbox.put("request", leader, letter, key=_key(request, version), matter=matter, link=link, due_at=due)
        return
    _send_requester(request, request.deliver_at)


def _key(request: Request, version: Version) -> str:
    begin = f"request:{request.pk}:{version.number}:"
    return f"{begin}{Outbox.objects.filter(key__startswith=begin).count()}"


def _send_requester(request: Request, due_at: datetime) -> None:
    """Remind the requester at this moment to go and say it, or to send it."""
    matter, leader = request.matter, request.leader
    with speaking_to(matter.requester):
        facts = {"leader": leader.address, "matter": matter.title}
        how = _("现在适合当面找%(leader)s。") if request.way == PERSON else _("现在适合给%(leader)s发消息。")
        letter = outbox.Letter(
            title=_("是时候了：%(matter)s") % facts,
            before=[how % facts, *(str(r) for r in request.reasons)],
            invite=_("讲话卡和要发的话都在这里，说完写下领导怎么说："),
            page=f"/matters/{matter.pk}/speak",
        )
    key = _key(request, latest_version(request))
    outbox.put("remind_deliver", matter.requester, letter, key=key, matter=matter, due_at=due_at)


def _invite(leader: Person) -> str:
    with speaking_to(leader):
        return _("请在这里批示，不用登录：")


def _small(request: Request, leader: Person) -> str:
    version = latest_version(request).number
    with speaking_to(leader):
        facts = {"leader": leader.address, "name": request.matter.requester.name, "version": version}
        text = _("链接只供%(leader)s本人批示。打开它不会作出任何决定，也不会记作已读。") % facts
        text += _("由会同代%(name)s送出，第 %(version)s 版。") % facts
        if settings.REPLY_ADDRESS and latest_version(request).options:
            text = _("也可以直接回信：照哪个方案办，只写它的号，如“1”。") + text
        if request.answer_by:
            day = day_text(request.answer_by, relative=False)
            text = spaced(_("最晚%(day)s要定。") % {"day": day}) + text
        return text


def is_unanswered(request: Request) -> bool:
    """Past its deadline without an answer that stands. Silence is never a yes."""
    if request.delivered_at is None or request.answer_by is None or request.answer_by >= timezone.localdate():
        return False
    return request.matter.stage in (Stage.AWAITING, Stage.ANSWERING)
