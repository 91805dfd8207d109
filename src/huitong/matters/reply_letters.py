"""What goes out after an answer by mail: what was understood, to be confirmed; or the words, to who asked."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import day_text, speaking_to
from huitong.matters.verdicts import Verdict, choice_text
from huitong.records.models import Link, Matter, Reply, Version
from huitong.replies import Meaning

SHOWN: int = 600  # characters of the words that a mail repeats


def understood_text(reply: Reply, version: Version | None = None) -> str:
    """What was understood, in words; "" where nothing was."""
    day = day_text(reply.day, weekday=True, relative=False) if reply.day else ""
    match Meaning(reply.meaning or "unclear"):
        case Meaning.AGREE | Meaning.CHANGE | Meaning.ASK | Meaning.NO as meaning:
            known = version is not None and reply.option is not None and reply.option < len(version.options)
            option = version.options[reply.option] if version and known and reply.option is not None else None
            return choice_text(Verdict(meaning.value), option, reply.option if known else None, None)
        case Meaning.LATER:
            return choice_text(Verdict.LATER, None, None, reply.day) if reply.day else _("稍后再定")
        case Meaning.YES:
            return _("可以，照此办理")
        case Meaning.DATE:
            return _("可以，但要换到%(day)s") % {"day": day} if day else _("可以，但要换个日子")
        case Meaning.HARD:
            return _("眼下有难处")
        case Meaning.KEPT:
            return _("办好了")
        case Meaning.MOVED:
            return _("改期，%(day)s前") % {"day": day} if day else _("还需要几天")
        case Meaning.BROKEN:
            return _("办不成了")
        case _:
            return ""


def ask_to_confirm(reply: Reply, *, reason: str = "", version: Version | None = None) -> None:
    """Write back to the person whose answer it is: so it was understood, confirm or change it. Goes to their own
    address.
    """
    person, matter = reply.person, reply.matter
    assert person is not None
    assert matter is not None
    with speaking_to(person):
        facts = {"who": person.address, "matter": matter.title, "sender": reply.sender, "name": matter.requester.name}
        understood = understood_text(reply, version)
        before = [_("%(who)s，您好：") % facts]
        own = reply.sender == person.email.lower()
        before.append(_("收到您的回信：") if own else _("收到一封从 %(sender)s 来的回信：") % facts)
        if reply.text:
            before.append(reply.text[:SHOWN] + ("……" if len(reply.text) > SHOWN else ""))
        if understood:
            before.append(_("我们的理解是：%(said)s。") % {"said": understood})
        else:
            before.append(_("我们没有把握明白您的意思。"))
        before += [reason] if reason else []
        before.append(_("还没有记下，也还没有转给%(name)s。请您点开确认，或改一下，确认后才算数。") % facts)
        if attached := attachments_text(reply):
            before.append(attached)
        letter = outbox.Letter(
            title=_("请确认您的回信：%(matter)s") % facts, before=before, invite=_("在这里确认，不用登录：")
        )
    link = _link(reply)
    outbox.put("reply_confirm", person, letter, key=f"reply:{reply.pk}", matter=matter, link=link)
    reply.asked_at = timezone.now()


def attachments_text(reply: Reply) -> str:
    """How many files came along, and which; "" if none did."""
    if not reply.attachments:
        return ""
    names = _("、").join(f"{name} ({max(1, size // 1000)} KB)" for name, size in reply.attachments[:5])
    count = len(reply.attachments)
    text = ngettext("附件 %(count)s 个没有留存：%(names)s。", "附件 %(count)s 个没有留存：%(names)s。", count)
    return text % {"count": count, "names": names}


def pass_on(reply: Reply) -> None:
    """To who asked: what came, in its own words. It is no answer that anything follows from."""
    matter, person = reply.matter, reply.person
    assert matter is not None
    assert person is not None
    requester = matter.requester
    with speaking_to(requester):
        facts = {"who": person.address, "matter": matter.title, "sender": reply.sender}
        before = [_("%(who)s回了信：") % facts]
        if reply.sender != person.email.lower():
            before = [_("给%(who)s的信，有人从 %(sender)s 回了：") % facts]
        before.append(reply.text[:5000] or _("（没有正文）"))
        before += [text] if (text := attachments_text(reply)) else []
        letter = outbox.Letter(
            title=_("%(who)s回信：%(matter)s") % facts,
            before=before,
            invite=_("在这里看这件事："),
            page=f"/matters/{matter.pk}",
        )
    outbox.put("reply_words", requester, letter, key=f"reply:{reply.pk}", matter=matter)


def show_draft(reply: Reply, matter: Matter) -> None:
    """To the requester: their answer to the leader's question was put into the page, and is not sent yet."""
    requester = matter.requester
    with speaking_to(requester):
        letter = outbox.Letter(
            title=_("您的答复还没有送出：%(matter)s") % {"matter": matter.title},
            before=[_("您的回信放进了答复里。看一眼，点一下就送出。"), *filter(None, [attachments_text(reply)])],
            invite=_("在这里看："),
            page=f"/matters/{matter.pk}/answer",
        )
    outbox.put("reply_words", requester, letter, key=f"reply:{reply.pk}", matter=matter)
    reply.asked_at = timezone.now()


def _link(reply: Reply) -> Link:
    person = reply.person
    assert person is not None
    if reply.request:
        return links.issue("decide", person, request=reply.request)
    if reply.note:
        return links.issue("answer", person, note=reply.note, days=60)
    return links.issue("commitment", person, commitment=reply.commitment)
