"""Every text that has a template: its facts on a sample with what it may not lose, and itself for a preview."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from huitong.compose.agenda import agenda, agenda_facts
from huitong.compose.answer import answer, answer_facts
from huitong.compose.check.needs import (
    Need,
    also_in_subject,
    common,
    deadline,
    fact,
    holds,
    matter,
    of_channel,
    other,
    promises,
    subject_line,
    verbatim,
    writer,
)
from huitong.compose.check.samples import Said
from huitong.compose.escalation import Stuck, escalation, escalation_facts, warning, warning_facts
from huitong.compose.facts import Facts, facts_of
from huitong.compose.headline import headline_facts, headline_room, leader_headline
from huitong.compose.minutes import HeldMeeting, minutes, minutes_facts
from huitong.compose.note import note
from huitong.compose.outward import outward_facts
from huitong.compose.progress import Progress, progress_facts, report_back
from huitong.compose.questions import likely_questions, question_facts
from huitong.compose.refusal import after_no, refusal_facts
from huitong.compose.reminder import MAX_REMINDERS, reminder, reminder_facts
from huitong.compose.request import Composed, compose, room_of
from huitong.compose.talk import talk_facts, talk_room, talking_points
from huitong.compose.template import House
from huitong.compose.thanks import Helper, thanks, thanks_facts
from huitong.method import Brief, Channel, Language, Style

MINUTES: Final = 30  # of the sample's meeting
DAYS: Final = 12  # that the sample's matter took


@dataclass(frozen=True, slots=True)
class Case:
    facts: Facts
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """`cases`: the text as the engine fits it on a brief; `shown`: as it is read, in each of its forms."""

    cases: Callable[[Brief, Said], Iterator[Case]]
    room: Callable[[Language, Style], int | None]
    shown: Callable[[Brief, Said, House, Style, int], list[Composed | str]]


# --- the cases of each text ---


def _request(channel: Channel) -> Text:
    def shown(brief: Brief, _: Said, house: House, style: Style, variant: int) -> list[Composed | str]:
        return [compose(brief, channel=channel, style=style, variant=variant, house=house)]

    return Text(
        lambda brief, _: iter([Case(facts_of(brief), tuple(of_channel(channel, brief)))]),
        lambda language, style: room_of(channel, language, style),
        shown,
    )


def _note(brief: Brief, said: Said) -> Iterator[Case]:
    facts = outward_facts(brief)
    department = also_in_subject(other(facts))
    needs = (*matter(facts), *department, *deadline(facts), *promises(brief), *writer(facts))
    yield Case(facts, (subject_line(), *needs))


def _agenda(brief: Brief, said: Said) -> Iterator[Case]:
    facts = agenda_facts(brief)
    yield Case(facts, (*matter(facts), *deadline(facts), *promises(brief)))


def _talk(brief: Brief, said: Said) -> Iterator[Case]:
    facts = talk_facts(brief, None, said.words)
    words = verbatim("领导的原话（放在最前）", "the leader’s own words, first", said.words, before=brief.matter)
    yield Case(facts, (words, *matter(facts), *deadline(facts)))


def _answer(brief: Brief, said: Said) -> Iterator[Case]:
    facts = answer_facts(brief, said.question, said.answer)
    question = verbatim("领导的原话", "the leader’s own words", said.question)
    told = verbatim("答复", "the answer", said.answer)
    yield Case(facts, (subject_line(), question, told, *also_in_subject(matter(facts))))


def _after_no(brief: Brief, said: Said) -> Iterator[Case]:
    facts = refusal_facts(brief, said.words)
    words = verbatim("领导的原话", "the leader’s own words", said.words)
    yield Case(facts, (subject_line(), words, *matter(facts)))


def _reminder(brief: Brief, said: Said) -> Iterator[Case]:
    for number in range(1, MAX_REMINDERS + 1):
        facts = reminder_facts(brief, number)
        yield Case(facts, (subject_line(), *common(facts)))


def _headline(brief: Brief, said: Said) -> Iterator[Case]:
    facts = headline_facts(brief)
    why = [holds("最要紧的影响或事实", "the strongest effect or fact", *lines) for lines in _why(brief)]
    yield Case(facts, (*also_in_subject([*writer(facts), *common(facts)]), *why))


def _why(brief: Brief) -> Iterator[tuple[str, ...]]:
    if lines := brief.importance[:1] or tuple(i["item"].text for i in facts_of(brief).weightiest("situation")):
        yield lines


def _questions(brief: Brief, said: Said) -> Iterator[Case]:
    facts = question_facts(brief)
    needs = [holds("对方最近怎么说", "what they said last", item["Reply"].text) for item in facts.lists["latest"]]
    needs += [holds("最要紧的影响", "the strongest effect", line) for line in brief.importance[:1]]
    needs += [holds("要领导花的时间", "how long it takes the leader", i["time"].text) for i in facts.lists["timed"]]
    yield Case(facts, tuple(needs))


def _progress(said: Said, *, closed: bool) -> Progress:
    still = () if closed else ((said.open, said.owner, said.open_by),)
    happened = ((said.happened_day, said.happened),)
    return Progress(said.words, said.decision, happened, (said.kept,), still, said.outcome if closed else "")


def _report_back(brief: Brief, said: Said) -> Iterator[Case]:
    for closed in (False, True):
        facts = progress_facts(brief, _progress(said, closed=closed))
        say = facts.setting
        needs = [
            subject_line(),
            verbatim("领导的原话（放在最前）", "the leader’s own words, first", said.words, before=brief.matter),
            *matter(facts),
            holds("办了什么", "what happened", say.line(said.happened)),
            holds("办好了的承诺", "what was kept", say.line(said.kept)),
        ]
        if closed:
            needs.append(holds("结果", "the outcome", say.line(said.outcome)))
        else:
            needs.append(holds("还在办的事", "what is still open", say.line(said.open)))
            needs.append(holds("谁在办", "who does it", said.owner))
            needs.append(holds("何时办好", "by when", say.day(said.open_by)))
        yield Case(facts, tuple(needs))


def _thanks(brief: Brief, said: Said) -> Iterator[Case]:
    facts = thanks_facts(brief, Helper(said.helper, "", said.did), said.outcome, DAYS)
    did = facts.slots.get("did") or facts.slots["doing"]
    needs = [holds("谢的是谁", "who is thanked", said.helper), holds("对方做了什么", "what they did", did.text)]
    outcome = fact(facts, "结果", "the outcome", "outcome")
    yield Case(facts, (subject_line(), *needs, *matter(facts), *outcome, *writer(facts)))


def _held(said: Said) -> HeldMeeting:
    start = datetime.combine(said.happened_day, time(15, 0))
    promised = ((said.open, said.owner, said.open_by),)
    return HeldMeeting(start, MINUTES, "", (said.owner,), (said.happened,), promised)


def _minutes(brief: Brief, said: Said) -> Iterator[Case]:
    facts = minutes_facts(brief, _held(said))
    say = facts.setting
    needs = [
        holds("会上定了什么", "what was decided", say.line(said.happened)),
        holds("答应了什么", "what was promised", say.line(said.open)),
        holds("谁来办", "who does it", said.owner),
        holds("何时办好", "by when", say.day(said.open_by)),
    ]
    yield Case(facts, (subject_line(), *also_in_subject(matter(facts)), *needs))


def _stuck(said: Said) -> Stuck:
    return Stuck(said.open, said.owner, said.open_by, (said.kept,), said.words, said.happened_day)


def _warning(brief: Brief, said: Said) -> Iterator[Case]:
    facts = warning_facts(brief, _stuck(said))
    needs = _agreed(facts, said)
    yield Case(facts, (subject_line(), *needs, *matter(facts), *writer(facts)))


def _escalation(brief: Brief, said: Said) -> Iterator[Case]:
    facts = escalation_facts(brief, _stuck(said))
    needs = [*_agreed(facts, said), holds("办好了的承诺", "what was kept", facts.setting.line(said.kept))]
    needs += [holds(f"方案“{o.title}”", f"the option “{o.title}”", o.title) for o in brief.options]
    yield Case(facts, (subject_line(), *needs, *matter(facts)))


def _agreed(facts: Facts, said: Said) -> list[Need]:
    say = facts.setting
    return [
        holds("答应的事", "what was promised", say.line(said.open)),
        holds("谁答应的", "who promised it", said.owner),
        holds("答应的日子", "by when", say.day(said.open_by)),
    ]


def _unbounded(language: Language, style: Style) -> None:
    return None


TEXTS: Final[dict[str, Text]] = {channel.value: _request(channel) for channel in Channel} | {
    "headline": Text(
        _headline,
        lambda language, _: headline_room(language),
        lambda brief, said, house, *_: [f"{(made := leader_headline(brief, house=house)).title}\n{made.why}"],
    ),
    "questions": Text(
        _questions,
        _unbounded,
        lambda brief, said, house, *_: [
            f"{q.question}\n{q.answer or '……'}" for q in likely_questions(brief, house=house)
        ],
    ),
    "answer": Text(
        _answer,
        _unbounded,
        lambda brief, said, house, *_: [answer(brief, said.question, said.answer, house=house)],
    ),
    "reminder": Text(
        _reminder,
        _unbounded,
        lambda brief, said, house, *_: [reminder(brief, n + 1, house=house) for n in range(MAX_REMINDERS)],
    ),
    "after_no": Text(_after_no, _unbounded, lambda brief, said, house, *_: [after_no(brief, said.words, house=house)]),
    "note": Text(_note, _unbounded, lambda brief, said, house, *_: [note(brief, house=house)]),
    "talk": Text(
        _talk,
        lambda language, _: talk_room(language),
        lambda brief, said, house, *_: ["\n".join(talking_points(brief, None, said.words, house=house).points)],
    ),
    "agenda": Text(
        _agenda,
        _unbounded,
        lambda brief, said, house, *_: [
            "\n".join(f"{p.minutes}′  {p.text}" for p in agenda(brief, MINUTES, house=house).points)
        ],
    ),
    "minutes": Text(_minutes, _unbounded, lambda brief, said, house, *_: [minutes(brief, _held(said), house=house)]),
    "report_back": Text(
        _report_back,
        _unbounded,
        lambda brief, said, house, *_: [
            report_back(brief, _progress(said, closed=closed), house=house) for closed in (False, True)
        ],
    ),
    "warning": Text(_warning, _unbounded, lambda brief, said, house, *_: [warning(brief, _stuck(said), house=house)]),
    "escalation": Text(
        _escalation, _unbounded, lambda brief, said, house, *_: [escalation(brief, _stuck(said), house=house)]
    ),
    "thanks": Text(
        _thanks,
        _unbounded,
        lambda brief, said, house, *_: [
            thanks(brief, Helper(said.helper, "", said.did), said.outcome, DAYS, house=house)
        ],
    ),
}
