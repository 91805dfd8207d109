"""What a leader can answer, whether an answer is whole, and how it is put in words."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.directory.wording import day_text, number_text
from huitong.matters.errors import Incomplete
from huitong.records.models import Decision, Version

# How an answer came.
LINK, ACCOUNT, TOLD, MAIL = "link", "account", "told", "mail"


class Verdict(StrEnum):
    AGREE = "agree"
    CHANGE = "change"
    ASK = "ask"
    LATER = "later"
    NO = "no"


FINAL: Final = (Verdict.AGREE, Verdict.CHANGE, Verdict.NO)
MAX_WORDS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What the leader chose. `option` counts from 0; `version` is the number that their page showed."""

    verdict: Verdict
    version: int
    option: int | None = None
    words: str = ""
    later_until: date | None = None

    @property
    def mark(self) -> str:
        return f"{self.verdict}:{self.option}:{self.later_until}"


def check(choice: Choice, version: Version) -> None:
    """Raises Incomplete if the choice lacks something, or its words can't be kept byte for byte."""
    options = len(version.options)
    if "\x00" in choice.words:
        raise Incomplete("words", _("这段话里有一个看不见的控制字符，存不下。请删掉重写那一处。"))
    if len(choice.words) > MAX_WORDS:
        raise Incomplete("words", _("请控制在 %(limit)s 字以内，您的话会一字不改地转达。") % {"limit": MAX_WORDS})
    if choice.option is not None and not 0 <= choice.option < options:
        raise Incomplete("option", _("请选一个方案。"))
    if choice.verdict == Verdict.AGREE and options and choice.option is None:
        raise Incomplete("option", _("请选一个方案。"))
    if choice.verdict == Verdict.ASK and not choice.words.strip():
        raise Incomplete("words", _("请写下要问的话。"))
    if choice.verdict == Verdict.CHANGE and not choice.words.strip():
        raise Incomplete("words", _("请写下怎样调整。"))
    if choice.verdict == Verdict.LATER:
        if choice.later_until is None:
            raise Incomplete("later_until", _("请选一个日子，到时再请您定。"))
        if not timezone.localdate() < choice.later_until <= timezone.localdate() + timedelta(days=366):
            raise Incomplete("later_until", _("请选明天以后、一年以内的日子。"))


def is_the_same(decision: Decision, choice: Choice) -> bool:
    """Whether this choice is what the leader has answered already, to the same version and in the same words."""
    return decision.how != TOLD and choice == Choice(
        verdict=Verdict(decision.verdict),
        version=decision.version.number,
        option=decision.option,
        words=decision.words,
        later_until=decision.later_until,
    )


def verdict_text(decision: Decision) -> str:
    """The choice in words, as a title would say it: 按方案二“…”办."""
    option = decision.version.options[decision.option] if decision.option is not None else None
    return choice_text(Verdict(decision.verdict), option, decision.option, decision.later_until)


def choice_text(
    verdict: Verdict, option: dict[str, object] | None, number: int | None, later_until: date | None
) -> str:
    if verdict == Verdict.AGREE:
        if option is None:
            return _("同意")
        return _("同意方案%(number)s：%(title)s") % {"number": number_text((number or 0) + 1), "title": option["title"]}
    if verdict == Verdict.CHANGE:
        if option is None:
            return _("同意，有调整")
        facts = {"number": number_text((number or 0) + 1), "title": option["title"]}
        return _("同意方案%(number)s（%(title)s），有调整") % facts
    if verdict == Verdict.ASK:
        return _("先问一句")
    if verdict == Verdict.LATER:
        day = day_text(later_until, weekday=True) if later_until else ""
        return _("稍后再定，%(day)s再看") % {"day": day}
    return _("暂不同意")
