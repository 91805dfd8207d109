"""The sentence for each event of a matter's timeline. A kind without a sentence fails tests/web/test_timeline.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from huitong.delivery import transports
from huitong.directory.wording import day_text, moment_text, spoken
from huitong.records.models import Event

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. `turn` marks the leader's answers; `words` are somebody's own, shown as they are."""

    at: datetime
    text: str
    words: str
    turn: bool


def _way(data: Data) -> str:
    return {"mail": _("发邮件"), "person": _("当面说"), "chat": _("发聊天")}.get(data.get("way", ""), "")


def _moment(value: str) -> str:
    return moment_text(datetime.fromisoformat(value)) if value else ""


def _day(value: str) -> str:
    return day_text(date.fromisoformat(value), relative=False) if value else ""


def _scheduled(data: Data) -> str:
    facts = {"leader": data["leader"], "when": _moment(data["deliver_at"]), "way": _way(data)}
    return _("定在%(when)s请示%(leader)s（%(way)s）。") % facts


def _rescheduled(data: Data) -> str:
    return _("改到%(when)s（%(way)s）。") % {"when": _moment(data["deliver_at"]), "way": _way(data)}


def _moved(data: Data) -> str:
    facts = {"leader": data["leader"], "when": _moment(data["deliver_at"])}
    if data.get("why") == "calendar":
        return _("%(leader)s的日历有变，改到%(when)s。") % facts
    return _("时间改到%(when)s。") % facts


def _delivered(data: Data) -> str:
    facts = {"leader": data["leader"], "version": data.get("version", 1)}
    if data.get("way") == "person":
        return _("当面请示了%(leader)s。") % facts
    if data.get("way") == "chat":
        return _("把请示发给了%(leader)s。") % facts
    return _reached(facts | {"transport": data.get("transport", "mail")})


def _reached(data: Data) -> str:
    if (transport := data.get("transport", "mail")) == transports.MAIL:
        return _("请示第 %(version)s 版送达%(leader)s的邮箱。") % data
    text = _("请示第 %(version)s 版送达%(leader)s的%(service)s。")
    return text % (data | {"service": transports.called(transport, spoken())})


def _decided(data: Data) -> str:
    verdicts = {
        "agree": _("%(leader)s同意“%(option)s”") if data.get("option") else _("%(leader)s同意了"),
        "change": _("%(leader)s同意，有调整"),
        "ask": _("%(leader)s先问一句"),
        "later": _("%(leader)s稍后再定"),
        "no": _("%(leader)s暂不同意"),
    }
    hows = {"link": _("经链接"), "account": _("登录后批示"), "mail": _("经邮件"), "told": _("由请示人记下，待领导确认")}
    text = verdicts[data["verdict"]] % data + _("（%(how)s，第 %(version)s 版）") % {
        "how": hows[data["how"]],
        "version": data["version"],
    }
    if data.get("by_name"):
        text += _("，由%(name)s代办") % {"name": data["by_name"]}
    return text + _("。")


def _confirmed(data: Data) -> str:
    if data.get("by_name"):
        return _("%(name)s代%(leader)s确认了记下的意见。") % {"name": data["by_name"], "leader": data["leader"]}
    return _("%(leader)s确认了记下的意见。") % data


def _note_answered(data: Data) -> str:
    return {
        "yes": _("%(who)s答复：可以。"),
        "date": _("%(who)s答复：可以，但要换到%(day)s。"),
        "hard": _("%(who)s答复：眼下有难处。"),
    }[data["answer"]] % {"who": data["who"], "day": _day(data.get("day", ""))}


def _talked(data: Data) -> str:
    return {
        "agreed": _("%(leader)s与对方谈妥了。"),
        "partly": _("%(leader)s与对方谈成一部分。"),
        "not_yet": _("%(leader)s与对方谈过，还没谈成。"),
    }[data["outcome"]] % data


def _meeting(text: str) -> Callable[[Data], str]:
    return lambda data: _(text) % {"when": _moment(data["start"]), "minutes": data["minutes"]}


def _meeting_answered(data: Data) -> str:
    said = {"accepted": _("%(who)s能来开会"), "tentative": _("%(who)s还说不定能不能来"), "declined": _("%(who)s来不了")}
    text = said[data["answer"]] % data
    if data.get("start"):
        text = _("%(who)s想把会议改到%(when)s") % {"who": data["who"], "when": _moment(data["start"])}
    if data.get("old"):
        text += _("（答的是原来的时间）")
    if data.get("by_name"):
        text += _("，由%(name)s代为答复") % {"name": data["by_name"]}
    return text + _("。")


def _promise_moved(data: Data) -> str:
    facts = data | {"after": _day(data["after"]), "before": _day(data.get("before", ""))}
    return _("%(owner)s把“%(what)s”改到%(after)s。") % facts


def _promise_date_offered(data: Data) -> str:
    facts = data | {"after": _day(data["after"]), "before": _day(data.get("before", ""))}
    return _("%(who)s想把“%(what)s”改到%(after)s，等对方点头。") % facts


def _mail_failed(data: Data) -> str:
    return _("给%(person)s的邮件没有送到：%(error)s") % {
        "person": data.get("person", ""),
        "error": data.get("error", ""),
    }


def _plain(text: str) -> Callable[[Data], str]:
    return lambda data: _(text) % data


# gettext_noop: the texts below are looked up when they are shown.
def N_(text: str) -> str:
    return text


SENTENCES: Final[dict[str, Callable[[Data], str]]] = {
    "opened": _plain(N_("开始准备。")),
    "scheduled": _scheduled,
    "rescheduled": _rescheduled,
    "moved": _moved,
    "taken_back": _plain(N_("收回，没有送出。")),
    "revised": _plain(N_("改成第 %(version)s 版。")),
    "delivered": _delivered,
    "delivered_again": _reached,
    "decided": _decided,
    "consulted": _plain(N_("%(leader)s在征求别人的意见。")),
    "consulted_answered": _plain(N_("%(leader)s征求的意见有了答复。")),
    "view_asked": _plain(N_("请%(to)s说说那边的情况。")),
    "view_given": _plain(N_("%(name)s说了那边的情况：")),
    "undone": _plain(N_("%(leader)s撤回了批示。")),
    "confirmed": _confirmed,
    "answered": _plain(N_("答复了领导的提问。")),
    "note_sent": _plain(N_("给%(to)s的说明已发出。")),
    "note_answered": _note_answered,
    "meeting_called": _meeting(N_("会议定在%(when)s，%(minutes)s 分钟，邀请已发出。")),
    "meeting_moved": _meeting(N_("会议改到%(when)s，%(minutes)s 分钟。")),
    "meeting_answered": _meeting_answered,
    "meeting_held": _plain(N_("开过会了，会上定下：")),
    "minutes_sent": _plain(N_("会议纪要发给了%(to)s。")),
    "evidence_added": _plain(N_("添了一份材料：%(name)s。")),
    "evidence_removed": _plain(N_("移走了一份材料：%(name)s。")),
    "minutes_drafted": _plain(N_("纪要草稿发给了%(to)s，请大家更正。")),
    "minutes_corrected": _plain(N_("%(who)s更正了纪要：")),
    "points_sent": _plain(N_("新的通话要点发给了%(to)s。")),
    "reminded": _plain(N_("委婉提醒了%(to)s一次。")),
    "meeting_cancelled": _plain(N_("会议取消。")),
    "talked": _talked,
    "promised": lambda d: _("%(owner)s承诺%(day)s前：%(what)s。") % (d | {"day": _day(d.get("by_day", ""))}),
    "promise_proposed": lambda d: (
        _("请%(owner)s%(day)s前办：%(what)s，等本人点头。") % (d | {"day": _day(d.get("by_day", ""))})
    ),
    "promise_accepted": _plain(N_("%(owner)s答应了：%(what)s。")),
    "promise_date_offered": _promise_date_offered,
    "promise_not_moved": _plain(N_("“%(what)s”的日子不改。")),
    "promise_hand_offered": _plain(N_("%(who)s想把“%(what)s”交给%(to)s，等本人点头。")),
    "promise_handed": _plain(N_("“%(what)s”由%(before)s交给了%(to)s。")),
    "promise_not_handed": _plain(N_("%(to)s没有接“%(what)s”，仍由%(owner)s办。")),
    "promise_offer_withdrawn": _plain(N_("关于“%(what)s”的提议收回了。")),
    "promise_undone": _plain(N_("关于“%(what)s”，刚才那一下收回了。")),
    "promise_dropped": _plain(N_("不再等“%(what)s”。")),
    "promise_spoken": _plain(N_("为“%(what)s”又同%(owner)s说了一声。")),
    "understood": lambda d: (
        _("照领导的意思，这样理解（%(day)s前）：") % {"day": _day(d["day"])}
        if d.get("day")
        else _("照领导的意思，这样理解：")
    ),
    "corrected": _plain(N_("%(leader)s说意思不是这样：")),
    "escalation_warned": _plain(N_("告诉了%(owner)s，“%(what)s”打算再请示领导。")),
    "escalation_withdrawn": _plain(N_("%(owner)s答复了“%(what)s”，不用再请示领导。")),
    "escalated": _plain(N_("为“%(what)s”再请示一次。")),
    "promise_kept": _plain(N_("%(owner)s办好了：%(what)s。")),
    "promise_moved": _promise_moved,
    "promise_broken": _plain(N_("%(owner)s办不成：%(what)s。")),
    "promise_reopened": _plain(N_("%(owner)s的“%(what)s”重新打开。")),
    "series_called": lambda d: (
        _("例会从%(start)s开到%(until)s，邀请已发出。")
        % {"start": moment_text(datetime.fromisoformat(d["start"])), "until": _day(d["until"])}
    ),
    "sitting_called_off": lambda d: (
        _("%(start)s的例会不开。") % {"start": moment_text(datetime.fromisoformat(d["start"]))}
    ),
    "series_dissolved": _plain(N_("例会停了。")),
    "series_goes_on": _plain(N_("例会接着开。")),
    "series_answered": lambda d: (
        {
            "goes_on": _("%(name)s说例会接着开。"),
            "enough": _("%(name)s说例会可以停了。"),
        }[d["answer"]]
        % d
    ),
    "agreement_proposed": _plain(N_("沟通约定第 %(version)s 版送给领导和%(to)s看了。")),
    "agreement_agreed": _plain(N_("%(name)s同意了沟通约定。")),
    "agreement_to_change": _plain(N_("%(name)s想改沟通约定：")),
    "agreement_holds": _plain(N_("沟通约定定下来了。")),
    "agreement_reviewed": _plain(N_("%(name)s看了沟通约定合不合用：")),
    "agreement_settled": lambda d: {
        "keeps": _("沟通约定看过了，照旧。"),
        "change": _("沟通约定看过了，要改一改。"),
        "ends": _("沟通约定看过了，不用了。"),
    }[d["outcome"]],
    "follow_up": _plain(N_("安排妥当，开始跟进。")),
    "progress": _plain(N_("进展")),
    "reported": _plain(N_("向%(to)s汇报。")),
    "closed": lambda d: _("办结，用了 %(days)s 天。") % d,
    "looked_back": _plain(N_("一个月后回看：")),
    "reopened": _plain(N_("重新打开。")),
    "asked_again": _plain(N_("再请示一次。")),
    "thanked": _plain(N_("向%(to)s道谢。")),
    "mail_failed": _mail_failed,
    "auto_replied": _plain(N_("%(who)s自动回复：")),
    "replied": _plain(N_("%(who)s回了信：")),
    "reply_to_confirm": _plain(N_("%(who)s回了信，意思已请对方确认，确认后才算数。")),
    "calendar_answered": _plain(N_("%(who)s用日历答复了会议，请看一下。")),
}


def line_of(event: Event) -> Line:
    """The sentence for this event, in the reader's language. `event.person` is loaded."""
    data = event.data | {"who": event.person.name if event.person else ""}
    sentence = SENTENCES.get(event.kind)
    text = sentence(data) if sentence else event.kind
    words = str(event.data.get("words") or event.data.get("outcome" if event.kind == "closed" else "") or "")
    return Line(event.at, text, words, event.kind in ("decided", "confirmed", "corrected"))
