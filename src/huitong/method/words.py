"""The method's words as enumerations, their names in both languages, and what each channel's text has room for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The language of a text and of its facts."""

    ZH = "zh"
    ZH_HANT = "zh-Hant"
    EN = "en"

    @property
    def html(self) -> str:
        """Its tag in pages and letters (BCP 47)."""
        return "zh-Hans" if self is Language.ZH else self.value


class Channel(StrEnum):
    """The form of a text. (What carries it is a transport.)"""

    SPOKEN = "spoken"
    CHAT = "chat"
    EMAIL = "email"
    REPORT = "report"


class Style(StrEnum):
    """How a request sounds: as colleagues speak, as public bodies write, or with nothing but what is needed."""

    PLAIN = "plain"
    FORMAL = "formal"
    BRIEF = "brief"


class Element(StrEnum):
    """The fifteen elements of a good request, in the order in which they are asked."""

    GREETING = "greeting"
    PURPOSE = "purpose"
    SITUATION = "situation"
    IMPORTANCE = "importance"
    BENEFIT = "benefit"
    EFFORT = "effort"
    PROPOSAL = "proposal"
    CHOICE = "choice"
    ASK = "ask"
    PRECEDENT = "precedent"
    COOPERATION = "cooperation"
    IMPROVEMENT = "improvement"
    FOLLOWUP = "followup"
    DEFERENCE = "deference"
    GRATITUDE = "gratitude"


class Fault(StrEnum):
    """The eight faults of manner."""

    BLAME = "blame"
    COMPLAINT = "complaint"
    COMMAND = "command"
    VAGUE = "vague"
    EXAGGERATION = "exaggeration"
    ULTIMATUM = "ultimatum"
    PLACEHOLDER = "placeholder"
    OVERLOAD = "overload"


class Help(StrEnum):
    """What a leader can do for a matter (method: options 协助方式)."""

    MEETING = "meeting"
    TALK = "talk"
    RESOURCE = "resource"
    STANDING = "standing"
    AGREEMENT = "agreement"
    GUIDANCE = "guidance"


_ELEMENT_NAMES: Final = {
    Element.GREETING: ("称呼问候", "稱呼問候", "Greeting"),
    Element.PURPOSE: ("目的", "目的", "Purpose"),
    Element.SITUATION: ("现状", "現狀", "Situation"),
    Element.IMPORTANCE: ("重要性", "重要性", "Importance"),
    Element.BENEFIT: ("好处", "好處", "Benefit"),
    Element.EFFORT: ("已做努力", "已做努力", "What was tried"),
    Element.PROPOSAL: ("方案", "方案", "Proposal"),
    Element.CHOICE: ("选择", "選擇", "Choice"),
    Element.ASK: ("请求", "請求", "Ask"),
    Element.PRECEDENT: ("先例", "先例", "Precedent"),
    Element.COOPERATION: ("配合承诺", "配合承諾", "Our part"),
    Element.IMPROVEMENT: ("自我改进", "自我改進", "My own improvement"),
    Element.FOLLOWUP: ("后续计划", "後續計畫", "What follows"),
    Element.DEFERENCE: ("尊重意见", "尊重意見", "Respect for their view"),
    Element.GRATITUDE: ("感谢", "感謝", "Thanks"),
}

_FAULT_NAMES: Final = {
    Fault.BLAME: ("指责", "指責", "Blame"),
    Fault.COMPLAINT: ("抱怨", "抱怨", "Complaint"),
    Fault.COMMAND: ("命令口吻", "命令口吻", "Order"),
    Fault.VAGUE: ("含糊", "含糊", "Vague"),
    Fault.EXAGGERATION: ("夸大", "誇大", "Exaggeration"),
    Fault.ULTIMATUM: ("威胁", "威脅", "Threat"),
    Fault.PLACEHOLDER: ("占位符", "佔位符", "Unfilled blank"),
    Fault.OVERLOAD: ("过载", "過載", "Too many requests"),
}

HELP_NAMES: Final = {
    Help.MEETING: ("主持会议", "主持會議", "Host a meeting"),
    Help.TALK: ("与对方领导沟通", "與對方主管溝通", "Speak with their head"),
    Help.RESOURCE: ("协调资源", "協調資源", "Lend a resource"),
    Help.STANDING: ("定期协调会", "定期協調會", "A standing meeting"),
    Help.AGREEMENT: ("约定沟通方式", "約定溝通方式", "Agree how to work together"),
    Help.GUIDANCE: ("指点", "指點", "Guidance"),
}

_COLUMN: Final = {Language.ZH: 0, Language.ZH_HANT: 1, Language.EN: 2}


def element_name(code: Element | str, language: Language | str) -> str:
    return _ELEMENT_NAMES[Element(code)][_COLUMN[Language(language)]]


def fault_name(code: Fault | str, language: Language | str) -> str:
    return _FAULT_NAMES[Fault(code)][_COLUMN[Language(language)]]


def help_name(code: Help | str, language: Language | str) -> str:
    return HELP_NAMES[Help(code)][_COLUMN[Language(language)]]


_NUMERALS: Final = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1 to 99 as 一 to 九十九; larger ones in digits."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[ones] if ones or not tens else "")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is. `unit` is "characters" (white space not counted) or "words"; `limit` None means unbounded."""

    size: int
    limit: int | None
    unit: str


# (characters of Chinese, words of English); a report is bounded in pages, not here. Method: brevity, 2.2.
CHANNEL_LENGTHS: Final[dict[Channel, tuple[int, int] | None]] = {
    Channel.SPOKEN: (270, 150),
    Channel.CHAT: (200, 120),
    Channel.EMAIL: (400, 200),
    Channel.REPORT: None,
}

_SHORT: Final = (Element.GREETING, Element.SITUATION, Element.IMPORTANCE, Element.ASK)
_LETTER: Final = (
    Element.GREETING,
    Element.PURPOSE,
    Element.SITUATION,
    Element.IMPORTANCE,
    Element.EFFORT,
    Element.PROPOSAL,
    Element.ASK,
    Element.COOPERATION,
    Element.FOLLOWUP,
    Element.GRATITUDE,
)

# What a text of this channel should not go without; the rest is welcome where there is room.
CHANNEL_NEEDS: Final[dict[Channel, tuple[Element, ...]]] = {
    Channel.SPOKEN: (*_SHORT[:1], Element.PURPOSE, *_SHORT[1:3], Element.EFFORT, Element.ASK, Element.COOPERATION),
    Channel.CHAT: _SHORT,
    Channel.EMAIL: _LETTER,
    Channel.REPORT: tuple(Element),
}
