"""What a text may not lose, and how one sees that it is told."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from huitong.compose.facts import Facts, facts_of
from huitong.compose.fit import Fitted
from huitong.compose.language import cut
from huitong.method import Brief, Channel, Element, Language
from huitong.method.words import element_name

Told = Callable[[Fitted, str], bool]  # whether a fitted text, with its subject, tells something


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that a text may not lose, and how one sees that it is told."""

    zh: str
    en: str
    told: Told


def _plain(text: str) -> str:
    squeezed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    return re.sub(r"(?<=\d)[号號]", "日", squeezed)  # as a day is said aloud


def holds(zh: str, en: str, *any_of: str) -> Need:
    """Any of these words, whatever their spaces, capitals and widths."""
    wanted = [_plain(text) for text in any_of if text]
    return Need(zh, en, lambda fitted, subject: any(w in _plain(fitted.body) for w in wanted))


def also_in_subject(needs: Iterable[Need]) -> Iterator[Need]:
    """The same, told in the subject line or in the body."""
    yield from (replace(need, told=_in_either(need.told)) for need in needs)


def _in_either(told: Told) -> Told:
    return lambda fitted, subject: told(fitted, subject) or told(replace(fitted, body=subject), subject)


def subject_line() -> Need:
    return Need("主题", "its subject", lambda fitted, subject: bool(subject.strip()))


def verbatim(zh: str, en: str, words: str, *, before: str = "") -> Need:
    """The words byte for byte; with `before`, earlier in the body than that."""

    def told(fitted: Fitted, subject: str) -> bool:
        at, other = fitted.body.find(words), fitted.body.find(before) if before else -1
        return at >= 0 and (other < 0 or at < other)

    return Need(zh, en, told)


def fact(facts: Facts, zh: str, en: str, *names: str) -> Iterator[Need]:
    """The fact, in any of its forms, if there is one."""
    forms = [facts.slots[name].text for name in names if name in facts.slots]
    if forms:
        yield holds(zh, en, *forms)


def matter(facts: Facts) -> Iterator[Need]:
    yield from fact(facts, "事项", "the matter", "matter_title", "matter", "thing", "topic")


def other(facts: Facts) -> Iterator[Need]:
    yield from fact(facts, "对方部门", "the other department", "other")


def deadline(facts: Facts) -> Iterator[Need]:
    yield from fact(facts, "期限", "the deadline", "deadline", "deadline_day")


def common(facts: Facts) -> Iterator[Need]:
    yield from (*matter(facts), *other(facts), *deadline(facts))


def _ask(brief: Brief) -> Iterator[Need]:
    """What the leader is asked to do: the preferred option; without one, something that is asked with whom in its words
    or for this case alone. That one is asked for help at all is not enough.
    """
    zh, en = "请领导做什么", "what the leader is asked to do"
    if option := brief.preferred_option:
        words = holds(zh, en, option.title, option.what_leader_does)
        paths = {f"options[{brief.preferred or 0}].{key}" for key in ("title", "what_leader_does")}
        yield Need(zh, en, lambda f, subject: bool(paths & f.told) or words.told(f, subject))
        return
    whom = brief.other_department.head or brief.other_department.name
    asking = {Element.ASK, Element.PROPOSAL}
    yield Need(
        zh, en, lambda f, _: any(s.part.element in asking and (s.part.unless or whom in s.text) for s in f.segments)
    )


def of_channel(channel: Channel, brief: Brief) -> Iterator[Need]:
    facts = facts_of(brief)
    yield from common(facts)
    yield from _ask(brief)
    if channel in (Channel.EMAIL, Channel.REPORT):
        yield subject_line()
    if channel is Channel.EMAIL:
        strong = [item["item"].text for item in (*facts.lists["situation"][:1], *facts.weightiest("situation"))]
        cut_short = [cut(line, 1, facts.setting.words["unit"]) for line in strong]
        yield from (holds("最要紧的事实", "the strongest fact", *strong, *cut_short) for _ in strong[:1])
        yield from (holds("最要紧的影响", "the strongest effect", line) for line in brief.importance[:1])
        yield from (holds("最近一次努力", "the latest effort", e.result) for e in brief.efforts[-1:])
        for option, item in zip(brief.options, facts.lists["options"], strict=True):
            zh, en = f"方案“{option.title}”", f"the option “{option.title}”"
            single = (option.what_leader_does,) if len(brief.options) == 1 else ()
            yield holds(zh, en, option.title, *single)
            if "time" in item:
                yield holds(f"{zh}要用的时间", f"the time of {en}", item["time"].text)
    if channel is Channel.REPORT:
        for path in facts.paths:
            zh, en = _named(path)
            yield Need(zh, en, _path(path))


def _path(path: str) -> Told:
    return lambda fitted, _: path in fitted.told


_ROOTS: Final = {
    "importance": Element.IMPORTANCE,
    "situation": Element.SITUATION,
    "purpose": Element.PURPOSE,
    "benefit": Element.BENEFIT,
    "followup": Element.FOLLOWUP,
    "efforts": Element.EFFORT,
    "options": Element.PROPOSAL,
    "precedents": Element.PRECEDENT,
    "commitments": Element.COOPERATION,
    "improvement": Element.IMPROVEMENT,
}


def _named(path: str) -> tuple[str, str]:
    root = re.split(r"[.\[]", path, maxsplit=1)[0]
    if root not in _ROOTS:
        return {"matter": ("事项", "the matter"), "deadline": ("期限", "the deadline")}[root]
    zh, en = (element_name(_ROOTS[root], language) for language in (Language.ZH, Language.EN))
    inner = re.sub(r"\[\d+\]", "", path)
    return (zh, en.lower()) if inner == root else (f"{zh}（{inner}）", f"{en.lower()} ({inner})")


def writer(facts: Facts) -> Iterator[Need]:
    yield from fact(facts, "谁写的", "who writes", "requester")


def promises(brief: Brief) -> Iterator[Need]:
    yield from (holds("我方的承诺", "what our side will do", c.what) for c in brief.commitments[:1])
