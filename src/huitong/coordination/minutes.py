"""The letters of a meeting's minutes: the draft to all for correction, the host's news, and each one's paper."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.coordination.commitment_letters import link_days
from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.hours import working_day_after, working_of
from huitong.directory.wording import day_text, moment_text, speaking_to
from huitong.records.models import Minutes, MinutesCorrection, MinutesItem, Outbox, Person

_LINK_DAYS = 60


def last_moment(people: Iterable[Person]) -> datetime:
    """The end of everybody's next working day."""
    return max(map(_last_moment_of, people))


def _last_moment_of(person: Person) -> datetime:
    zone = ZoneInfo(person.time_zone)
    return datetime.combine(
        working_day_after(person, timezone.localdate(timezone=zone)), working_of(person).end, tzinfo=zone
    )


def own_lines(items: Iterable[MinutesItem]) -> list[str]:
    """Somebody's own items, a line each, in the active language."""
    return [_("· %(what)s（%(day)s前）") % {"what": i.what, "day": day_text(i.by, relative=False)} for i in items]


def send_draft(minutes: Minutes, person: Person, *, text: str) -> Outbox:
    """Ask one who was invited whether it is right, with their own commitments first."""
    requester, until = minutes.meeting.matter.requester, minutes.until
    assert until is not None
    with speaking_to(person):
        facts = {
            "title": minutes.meeting.title,
            "who": person.address,
            "name": requester.name,
            "when": moment_text(until, weekday=True, relative=False),
        }
        before = [
            _("%(who)s，您好：") % facts,
            _("会开完了。%(name)s把会议纪要整理了出来，定稿之前先请您看一下。") % facts,
        ]
        if own := own_lines(minutes.items.filter(owner=person).order_by("pk")):
            before += [_("记在您名下的："), "\n".join(own)]
        letter = outbox.Letter(
            title=_("请看一下会议纪要的草稿：%(title)s") % facts,
            before=[*before, *outbox.paragraphs(text)],
            invite=_("对不对，请在 %(when)s 之前说一声，不用登录：") % facts,
            small=_("到时没有更正，纪要就定稿。记在您名下的事，您点头才算答应。打开链接不会通知任何人。"),
        )
    link = links.issue("minutes", person, meeting=minutes.meeting, days=_LINK_DAYS)
    key = f"minutes_draft:{minutes.pk}:{person.pk}"
    return outbox.put("minutes_draft", person, letter, key=key, matter=minutes.meeting.matter, link=link)


def tell_of_correction(correction: MinutesCorrection) -> None:
    """The host hears what somebody says is not so."""
    meeting = correction.minutes.meeting
    requester = meeting.matter.requester
    with speaking_to(requester):
        facts = {"name": correction.person.name, "title": meeting.title}
        letter = outbox.Letter(
            title=_("%(name)s想更正纪要：%(title)s") % facts,
            before=[_("%(name)s看了草稿，说这一处不准：") % facts, correction_text(correction)],
            invite=_("改不改，点一下就行："),
            page=f"/matters/{meeting.matter_id}/minutes",
        )
    outbox.put("minutes_answer", requester, letter, key=f"minutes_answer:{correction.pk}", matter=meeting.matter)


def correction_text(correction: MinutesCorrection) -> str:
    """What is to stand there, in the active language."""
    if correction.item is None or correction.by is None:
        return correction.words
    return _("改为：%(what)s（%(day)s前）") % {
        "what": correction.what,
        "day": day_text(correction.by, relative=False),
    }


def watch_the_end(minutes: Minutes) -> None:
    """Promise to look at it when its time is up; see matters/minutes.py."""
    requester = minutes.meeting.matter.requester
    with speaking_to(requester):
        letter = outbox.Letter(
            title=_("纪要的更正时间到了：%(title)s") % {"title": minutes.meeting.title},
            before=[_("还有更正等你定改不改；定完，纪要就发给大家。")],
            invite=_("在这里定："),
            page=f"/matters/{minutes.meeting.matter_id}/minutes",
        )
    key = f"minutes_due:{minutes.pk}"
    row = outbox.put("minutes_due", requester, letter, key=key, matter=minutes.meeting.matter, due_at=minutes.until)
    if row.state == "withdrawn":  # also of a requester without an address it must count in the end
        row.state = "waiting"
        row.save(update_fields=["state"])


def stop_watching(minutes: Minutes) -> None:
    Outbox.objects.filter(key=f"minutes_due:{minutes.pk}", state__in=("waiting", "failed")).update(state="withdrawn")


def withdraw_drafts(minutes: Minutes) -> None:
    """Whoever has not got the draft yet gets the final minutes alone."""
    drafts = Outbox.objects.filter(key__startswith=f"minutes_draft:{minutes.pk}:", state__in=("waiting", "failed"))
    drafts.update(state="withdrawn")


def send_paper(minutes: Minutes, person: Person, *, subject: str, text: str) -> Outbox:
    """The minutes as they count, one letter to each; what is in the receiver's name is a link away."""
    meeting = minutes.meeting
    requester = meeting.matter.requester
    own = list(minutes.items.filter(owner=person).select_related("commitment").order_by("pk"))
    waiting = any(item.commitment and item.commitment.state == "proposed" for item in own)
    with speaking_to(person):
        before = [_("%(who)s，您好：") % {"who": person.address}, _("会议纪要定稿了，请您留存。")]
        if own:
            before += [_("记在您名下的："), "\n".join(own_lines(own))]
        letter = outbox.Letter(title=subject, before=[*before, *outbox.paragraphs(text)])
        if waiting:
            letter["invite"] = _("能办、要换日子、该由别人办，请在这里说一声，不用登录：")
            letter["small"] = _("您没有点头之前，不算您答应过。打开链接不会通知任何人。")
        elif own and person != requester:
            letter["invite"] = _("办好了、要换日子、该由别人办，到时在这里说一声，不用登录：")
    link = None
    if "invite" in letter:  # it opens no more than it must
        one = own[0].commitment if len(own) == 1 else None
        days = link_days(max(item.by for item in own))
        link = links.issue("commitment" if one else "commitments", person, commitment=one, days=days)
    key = f"minutes:{meeting.pk}:final:{person.pk}"
    return outbox.put("minutes", person, letter, key=key, matter=meeting.matter, link=link)
