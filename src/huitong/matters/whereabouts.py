"""With whom a matter is, since when, whether our message was accepted there, and what comes next and when.

One function for every page that says so: the home page, the list, the matter's own. It tells of a decision only once
it is in force; before that, only that there is one and when its words come. From silence it never concludes a yes.
"""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.coordination.attendance import proposal, standing
from huitong.coordination.commitments import UNSETTLED
from huitong.delivery.outbox import Reason
from huitong.directory.wording import day_text
from huitong.matters.facts import Facts, gather
from huitong.matters.request import CHAT, MAIL, PERSON, goes_at
from huitong.matters.said import (
    COUNTERPART,
    LEADER,
    ME,
    NOBODY,
    Whereabouts,
    by_deadline,
    due_label,
    joined,
    next_due,
    of_department,
    out_of_office,
    placed,
    said_day,
    said_moment,
    shortened,
    side_name,
)
from huitong.matters.stages import Stage
from huitong.matters.understood import is_to_say
from huitong.matters.verdicts import Verdict, verdict_text
from huitong.records.models import Attendee, Commitment, Decision, Matter, Note, Outbox, Person

OURS, THEIRS = "ours", "theirs"


def whereabouts(matter: Matter, reader: Person | None = None) -> Whereabouts:
    """Where this matter is, told to `reader` (default: its requester) in the language that is active."""
    return whereabouts_of([matter], reader)[matter.pk]


def whereabouts_of(matters: Iterable[Matter], reader: Person | None = None) -> dict[int, Whereabouts]:
    """The same for many matters at once, by their number; the number of queries does not grow with them."""
    return {pk: _tell(facts) for pk, facts in gather(matters, reader).items()}


def _tell(f: Facts) -> Whereabouts:
    decided = f.decision
    if decided and decided.effective_at > f.now:
        # The ten minutes belong to the leader: no word of it before they are over.
        comes = _("原话%(when)s送到") % {"when": said_moment(decided.effective_at)}
        line = _("%(leader)s已经答复") % {"leader": f.leader}
        return placed(f, "decided_not_yet", LEADER, f.leader, decided.decided_at, line, comes, label=f.leader)
    match Stage(f.matter.stage):
        case Stage.PREPARING | Stage.COMPOSING | Stage.TIMING:
            return _unsent(f)
        case Stage.DELIVERING:
            return _delivering(f)
        case Stage.AWAITING:
            return _awaiting(f)
        case Stage.ANSWERING:
            return _question(f)
        case Stage.DECLINED:
            return _declined(f)
        case Stage.COORDINATING | Stage.FOLLOWING_UP:
            return _under_way(f)
        case Stage.CLOSED:
            return _closed(f)


def _unsent(f: Facts) -> Whereabouts:
    passed = f.deadline is not None and f.deadline < f.today
    due = by_deadline(f)
    match Stage(f.matter.stage):
        case Stage.PREPARING:
            label, line, page, action = _("准备中"), _("还在准备，什么都没有送出"), "prepare", _("接着准备")
        case Stage.COMPOSING:
            label, line, page, action = _("成文中"), _("正在成文，还没有送出"), "write", _("接着写")
        case _:
            label, line, page, action = _("待送出"), _("写好了，还没定何时送"), "time", _("择时送达")
    since = f.matter.stage_since
    return placed(f, "unsent", ME, "", since, line, due, late=passed, page=page, action=action, label=label)


def _delivering(f: Facts) -> Whereabouts:
    request = f.request
    if request is None:
        return _unsent(f)
    since = f.matter.stage_since
    letter = f.letter("request")
    at = goes_at(request) if request.deliver_at > f.now else request.deliver_at
    if letter and letter.reason == Reason.DIGEST:
        at = letter.due_at
    facts = {"leader": f.leader, "when": said_moment(at)}
    if request.way == MAIL and letter and letter.state == "failed":
        return _came_back(f, letter, f.leader)
    if request.way == MAIL:
        if at > f.now:
            line = _("邮件定在%(when)s送给%(leader)s") % facts
            return placed(
                f, "set", NOBODY, "", since, line, _("在那以前可以改，也可以收回"), page="time", label=_("已定时")
            )
        line, after = _("邮件正在送给%(leader)s") % facts, _("送到了会记在这里")
        if letter and letter.due_at > f.now and (letter.tries or letter.reason == Reason.QUIET):
            retry = {"when": said_moment(letter.due_at)}
            after = (
                _("对方这时免打扰，%(when)s送到") % retry if not letter.tries else _("还没送成，%(when)s再试") % retry
            )
        return placed(f, "on_its_way", NOBODY, "", since, line, after, page="time", label=_("正在送"))
    if request.deliver_at > f.now:
        line = _("定在%(when)s当面跟%(leader)s说") % facts
        if request.way == CHAT:
            line = _("定在%(when)s给%(leader)s发消息") % facts
        return placed(f, "set", NOBODY, "", since, line, _("到时候提醒你"), page="time", label=_("已定时"))
    line = _("现在可以当面跟%(leader)s说") % facts if request.way == PERSON else _("现在可以给%(leader)s发消息") % facts
    after = _("说完，写下领导怎么说")
    return placed(
        f, "moment", ME, "", request.deliver_at, line, after, page="speak", action=_("打开讲话卡"), label=_("是时候了")
    )


def _awaiting(f: Facts) -> Whereabouts:
    request = f.request
    if request is None or request.delivered_at is None:
        return _unsent(f)
    since = max(f.matter.stage_since, request.delivered_at)
    letter = f.letter("request", "answer")
    if letter and letter.state == "failed":
        return _came_back(f, letter, f.leader)
    line = {PERSON: _("已当面说过，等批示"), CHAT: _("消息已发，等批示")}.get(request.way, _("邮件已送达，等批示"))
    if letter and letter.state == "waiting":
        line = _("新的一版正在送，等批示") if letter.kind == "request" else _("答复正在送，等批示")
    elif letter and letter.kind == "answer":
        line = _("答复已送达，等批示")
    if f.decision and f.decision.verdict == Verdict.LATER and request.later_until:
        since = f.decision.effective_at
        line = _("%(leader)s要%(day)s再定") % {"leader": f.leader, "day": said_day(request.later_until)}
    if f.deadline and f.deadline < f.today:
        due = _("最晚%(day)s要定，已经过了") % {"day": said_day(f.deadline)}
        # Silence is no yes: what is late is said, and that there is no answer.
        return placed(
            f,
            "unanswered",
            LEADER,
            f.leader,
            since,
            _("未答复"),
            due,
            late=True,
            action=_("看看怎么办"),
            label=_("未答复"),
        )
    reminders = [r.due_at for r in f.letters if r.kind == "remind_leader" and r.state == "waiting" and r.due_at > f.now]
    parts = [_("%(when)s再提醒一次") % {"when": said_moment(min(reminders))}] if reminders else []
    if due := by_deadline(f):
        parts.append(due)
    line += out_of_office(f, request.leader_id)
    return placed(f, "awaiting", LEADER, f.leader, since, line, joined(parts), label=f.leader)


def _question(f: Facts) -> Whereabouts:
    asked = f.decision
    since = asked.effective_at if asked else f.matter.stage_since
    words = shortened(asked.words) if asked else ""
    line = _("%(leader)s问：“%(words)s”") % {"leader": f.leader, "words": words}
    late = f.deadline is not None and f.deadline < f.today
    return placed(
        f,
        "question",
        ME,
        "",
        since,
        line,
        by_deadline(f),
        late=late,
        page="answer",
        action=_("去答复"),
        label=_("待答复"),
    )


def _declined(f: Facts) -> Whereabouts:
    since = f.decision.effective_at if f.decision else f.matter.stage_since
    facts = {"leader": f.leader, "words": shortened(f.decision.words) if f.decision else ""}
    line = _("%(leader)s暂不同意：“%(words)s”") % facts if facts["words"] else _("%(leader)s暂不同意") % facts
    after = _("可以照领导的意见另想办法，再请示一次，或办结")
    return placed(f, "declined", ME, "", since, line, after, action=_("看看怎么办"), label=_("暂不同意"))


def _under_way(f: Facts) -> Whereabouts:
    """After the yes: what is due first, then who owes a word, then what is promised."""
    unanswered = [n for n in f.notes if not n.answer]
    for note in unanswered:
        letter = f.letter("note", person_id=note.person_id)
        if letter and letter.state == "failed":
            return _came_back(f, letter, of_department(f, note.person))
    open_ones = [p for p in f.promises if p.state in UNSETTLED]
    due = [p for p in open_ones if p.state == "open" and _is_mine(f, p) and p.by and p.by <= f.today]
    if f.decision and is_to_say(f.decision):
        return _in_force(f, f.decision)
    if due:
        return _promised(f, due[0])
    if not f.notes and not f.meetings and f.decision and f.matter.stage == Stage.COORDINATING:
        return _in_force(f, f.decision)
    if unanswered:
        note = unanswered[0]
        who = of_department(f, note.person)
        letter = f.letter("note", person_id=note.person_id)
        sent = letter is None or letter.state == "sent"
        line = (_("说明已送达，等对方答复") if sent else _("说明正在送出")) + out_of_office(f, note.person_id)
        return placed(
            f, "note", COUNTERPART, who, note.sent_at, line, next_due(open_ones), label=side_name(f, note.person)
        )
    if answered := _to_settle(f):
        said = _("可以，但要换个日子") if answered.answer == "date" else _("眼下有难处")
        facts = {"who": of_department(f, answered.person), "said": said}
        since = answered.answered_at or answered.sent_at
        line = _("%(who)s答复：%(said)s") % facts
        return placed(
            f, "note_answered", ME, "", since, line, page="coordinate", action=_("接着协调"), label=_("对方答复")
        )
    if guest := _wants_another_time(f):
        facts = {"who": of_department(f, guest.person)}
        line = _("%(who)s想换个时间开会") % facts if guest.proposed_start else _("%(who)s不能来开会") % facts
        since = guest.answered_at or f.matter.stage_since
        return placed(
            f,
            "meeting_answered",
            ME,
            "",
            since,
            line,
            page="coordinate",
            action=_("看怎么定"),
            label=_("会议邀请的答复"),
        )
    talk = next((t for t in f.talks if not t.held_at), None)
    if talk and f.decision:
        line = _("等%(leader)s与对方负责人谈") % {"leader": f.leader}
        due_next = next_due(open_ones)
        return placed(
            f, "talk", LEADER, f.leader, f.decision.effective_at, line, due_next, page="coordinate", label=f.leader
        )
    if f.meetings and f.meetings[0].start > f.now:
        meeting = f.meetings[0]
        line = _("定在%(when)s开会") % {"when": said_moment(meeting.start)}
        since = f.matter.stage_since
        return placed(f, "meeting", NOBODY, "", since, line, next_due(open_ones), page="coordinate", label=_("会议"))
    if open_ones:
        return _promised(f, open_ones[0])
    if f.matter.stage == Stage.COORDINATING:
        line = _("说明和会议都有了，还没有记下谁答应了什么")
        return placed(
            f, "arranged", ME, "", f.matter.stage_since, line, page="coordinate", action=_("接着协调"), label=_("协调")
        )
    ended = [p.ended_at for p in f.promises if p.ended_at]
    since = max([f.matter.stage_since, *ended])
    line = _("答应的事都有了着落") if ended else _("没有还在等的事")
    after = _("写下结果，道谢，办结")
    return placed(f, "to_close", ME, "", since, line, after, page="close", action=_("去办结"), label=_("可以办结"))


def _wants_another_time(f: Facts) -> Attendee | None:
    """Who was invited to the meeting to come, must come, and proposes another time or can't."""
    for meeting in f.meetings[:1]:
        for guest in meeting.attendees.all() if meeting.start > f.now else ():
            declines = guest.required and standing(meeting, guest) == "declined"
            if declines or proposal(meeting, guest):
                return guest
    return None


def _in_force(f: Facts, decision: Decision) -> Whereabouts:
    words = shortened(decision.words)
    line = _("%(leader)s批示：%(verdict)s") % {"leader": f.leader, "verdict": verdict_text(decision)}
    if words:
        line = _("%(leader)s批示：“%(words)s”") % {"leader": f.leader, "words": words}
    after, page, action = _("告诉对方，定下谁做什么"), "coordinate", _("去协调")
    if is_to_say(decision):
        after, page, action = _("与请示的不同，先写下你怎么理解"), "matter", _("去确认")
    since = decision.effective_at
    return placed(f, "in_force", ME, "", since, line, after, page=page, action=action, label=_("已批示"))


def _promised(f: Facts, promise: Commitment) -> Whereabouts:
    """The open promise that is due first decides with whom the matter is."""
    mine = _is_mine(f, promise)
    late = promise.state == "open" and promise.by is not None and promise.by < f.today
    theirs_to_read = f.reader is not None and f.reader.pk != f.matter.requester_id
    if mine and theirs_to_read:
        line = _("%(who)s答应%(day)s前：%(what)s") if promise.by else _("%(who)s答应：%(what)s")
        with_whom, who = ME, promise.owner_name
    elif mine:
        line = _("你答应%(day)s前：%(what)s") if promise.by else _("你答应：%(what)s")
        with_whom, who = ME, ""
    elif promise.state == "proposed":
        line, with_whom, who = _("等%(who)s点头：%(what)s"), COUNTERPART, promise.owner_name
    else:
        line = _("等%(who)s%(day)s前：%(what)s") if promise.by else _("等%(who)s：%(what)s")
        with_whom = LEADER if promise.side == LEADER else COUNTERPART
        who = promise.owner.address if promise.owner and promise.side == LEADER else promise.owner_name
    facts = {"day": said_day(promise.by) if promise.by else "", "what": shortened(promise.what), "who": who}
    label = due_label(promise.by, f.today)
    if not mine and not late:
        label = f.answers.get("other_department.name") if promise.side == THEIRS else who
    return placed(
        f,
        "promise",
        with_whom,
        who,
        promise.made_at,
        line % facts,
        late=late,
        action=_("办好或改期") if mine else "",
        label=label or who,
        promise=promise.pk,
    )


def _closed(f: Facts) -> Whereabouts:
    since = f.matter.closed_at or f.matter.stage_since
    line = f.matter.outcome
    days = f.matter.days
    after = ngettext("用了 %(count)s 天", "用了 %(count)s 天", days) % {"count": days} if days is not None else ""
    label = _("已办结") if f.matter.settled else _("未办成")
    place = _("%(label)s，%(when)s") % {"label": label, "when": day_text(timezone.localtime(since).date())}
    return Whereabouts("closed", NOBODY, "", since, line, after, label=label, place=place)


def _came_back(f: Facts, letter: Outbox, who: str) -> Whereabouts:
    line = _("给%(who)s的邮件没有送到") % {"who": who}
    return placed(
        f,
        "came_back",
        ME,
        "",
        letter.due_at,
        line,
        _("核对邮箱地址，再送一次"),
        late=True,
        action=_("改好再送"),
        label=_("没有送到"),
    )


def _is_mine(f: Facts, promise: Commitment) -> bool:
    return promise.owner_id == f.matter.requester_id if promise.owner_id else promise.side == OURS


def _to_settle(f: Facts) -> Note | None:
    """The last answer that was no plain yes, if nothing was arranged after it."""
    hard = [n for n in f.notes if n.answer in ("date", "hard")]
    note = hard[-1] if hard else None
    at = note.answered_at if note else None
    if note is None or at is None:
        return None
    later = [n.sent_at for n in f.notes] + [p.made_at for p in f.promises]
    return None if any(moment > at for moment in later) else note
