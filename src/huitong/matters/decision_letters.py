"""The letters that follow an answer: to the requester, the leader's receipt, and the question whether it was so."""

from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import moment_text, speaking_to
from huitong.matters.verdicts import MAIL, Verdict, verdict_text
from huitong.records.models import Decision


def tell_requester(decision: Decision) -> None:
    matter, requester = decision.request.matter, decision.request.matter.requester
    with speaking_to(requester):
        facts = {"leader": decision.by.address, "matter": matter.title, "verdict": verdict_text(decision)}
        page = f"/matters/{matter.pk}/answer" if decision.verdict == Verdict.ASK else f"/matters/{matter.pk}"
        before = [_("%(leader)s的批示：%(verdict)s。") % facts]
        if decision.words:
            before.append(decision.words)
        if decision.by_name:
            before.append(_("由%(name)s代为批示。") % {"name": decision.by_name})
        letter = outbox.Letter(
            title=_("%(leader)s批示了：%(matter)s") % facts, before=before, invite=_("在这里接着办："), page=page
        )
        if decision.verdict == Verdict.ASK:
            letter["asks"] = True
    key = f"decision:{decision.pk}:requester"
    outbox.put("decision", requester, letter, key=key, matter=matter, due_at=decision.effective_at)


def send_receipt(decision: Decision) -> None:
    matter, leader = decision.request.matter, decision.by
    with speaking_to(leader):
        facts = {
            "verdict": verdict_text(decision),
            "matter": matter.title,
            "time": moment_text(decision.effective_at, relative=False),
            "version": decision.version.number,
            "leader": leader.address,
            "name": decision.by_name,
        }
        before = [_("%(leader)s，您好：") % facts, _("记下了您对“%(matter)s”的批示：%(verdict)s。") % facts]
        if decision.words:
            before.append(decision.words)
        before.append(_("%(time)s 以前可以撤回，在那之前什么都不会发出。") % facts)
        who = _("记录：%(leader)s，经链接，第 %(version)s 版。")
        if decision.how == MAIL:
            who = _("记录：%(leader)s，经邮件，第 %(version)s 版。")
        elif decision.by_name:
            who = _("记录：%(name)s代%(leader)s，经链接，第 %(version)s 版。")
        letter = outbox.Letter(
            title=_("回执：%(verdict)s") % facts,
            before=before,
            invite=_("要撤回，或马上发出，请点这里："),
            small=who % facts + _("如果不是您批的，请在这里撤回，并告诉请示人。"),
        )
    link = links.issue("decide", leader, request=decision.request)
    outbox.put("receipt", leader, letter, key=f"decision:{decision.pk}:receipt", matter=matter, link=link)


def ask_to_confirm(decision: Decision) -> None:
    matter, leader = decision.request.matter, decision.by
    with speaking_to(leader):
        facts = {
            "name": matter.requester.name,
            "matter": matter.title,
            "verdict": verdict_text(decision),
            "leader": leader.address,
        }
        before = [
            _("%(leader)s，您好：") % facts,
            _("%(name)s记下了您对“%(matter)s”的意见：%(verdict)s。") % facts,
            *([decision.words] if decision.words else []),
        ]
        letter = outbox.Letter(
            title=_("请您过目：%(matter)s") % facts,
            before=before,
            invite=_("记得对不对，请在这里点一下；不点也不耽误："),
        )
    link = links.issue("decide", leader, request=decision.request)
    outbox.put("confirm", leader, letter, key=f"decision:{decision.pk}:confirm", matter=matter, link=link)
