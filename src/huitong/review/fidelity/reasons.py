"""Why a rewriting is not accepted, in words that its reader understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TEXTS: Final = {
    "empty": ("没有给出文字。", "It gave no text."),
    "same": ("和原稿一样，没有改动。", "It is the same as your draft."),
    "number_lost": ("少了数目：{what}。", "A figure is gone: {what}."),
    "number_new": ("多出数目：{what}。", "There is a new figure: {what}."),
    "day_lost": ("少了日期或时间：{what}。", "A date or time is gone: {what}."),
    "day_new": ("多出日期或时间：{what}。", "There is a new date or time: {what}."),
    "name_lost": ("少了名字或名称：{what}。", "A name is gone: {what}."),
    "name_new": ("多出名字或名称：{what}。", "There is a new name: {what}."),
    "code_lost": ("少了编号或网址：{what}。", "A code or address is gone: {what}."),
    "code_new": ("多出编号或网址：{what}。", "There is a new code or address: {what}."),
    "quote_lost": ("引号里的话变了：{what}。", "Quoted words changed: {what}."),
    "quote_new": ("多出引号里的话：{what}。", "There are new words in quotes: {what}."),
    "order": (
        "数目、日期和名字的先后变了，容易张冠李戴：{what}。",
        "Figures, dates and names stand in another order, so they may be mixed up: {what}.",
    ),
    "moved": (
        "这句里的词挪到了别处，容易张冠李戴：{what}。",
        "Words of this stand elsewhere now, so things may be mixed up: {what}.",
    ),
    "denial": (
        "“不、没、未”一类的字多了、少了或换了地方，意思可能反了。",
        "It denies more than your draft, less, or something else, so the meaning may be reversed.",
    ),
    "doer": ("做事的人变了：{what}。", "Somebody else does it now: {what}."),
    "claim_lost": ("少了说明情形的话：{what}。", "What was said about the state of things is gone: {what}."),
    "claim_new": ("多出说明情形的话：{what}。", "It says more about the state of things: {what}."),
    "clause_lost": ("这句的意思没有了：{what}。", "What this says is gone: {what}."),
    "clause_new": ("多出原稿没有的话：{what}。", "This is not in your draft: {what}."),
    "kept_words": ("这几个字该一字不动：{what}。", "These words must stay as they are: {what}."),
    "element": ("少了该有的内容：{what}。", "A part of a good request is gone: {what}."),
    "fault": ("新出现了毛病：{what}。", "A new fault of manner: {what}."),
    "too_long": ("超过了这种文稿的篇幅：{what}。", "It is longer than this channel has room for: {what}."),
    "too_short": ("短得太多：{what}。", "It is much shorter: {what}."),
    "language": ("换了语言或繁简：{what}。", "It is in another language or script: {what}."),
    "sign": (
        "有原稿里没有的符号或看不见的字符：{what}。",
        "There are signs or invisible characters that your draft does not have: {what}.",
    ),
    "form": ("带了标题、列表一类的排版记号：{what}。", "It has marks of layout, such as headings or lists: {what}."),
    "chatter": ("夹着写给你的话：{what}。", "It talks to you around the text: {what}."),
    "familiar": ("把“您”写成了“你”。", "It uses the familiar form of address."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rewriting is refused: a code of this table and the words that it is about, shortened for reading."""

    code: str
    what: tuple[str, ...] = ()

    def message(self, language: str) -> str:
        """The reason in Chinese or English ("zh…" or "en…")."""
        chinese, english = _TEXTS[self.code]
        if language.startswith("en"):
            return english.format(what=", ".join(self.what))
        return chinese.format(what="、".join(self.what))


_MOST, _LONGEST = 5, 40


def reason(code: str, what: Iterable[str] = ()) -> Reason:
    """The reason with what it is about made fit to show: few, short, and nothing invisible or unprintable."""
    shown = []
    for words in dict.fromkeys(what):
        line = " ".join("".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in words).split())
        shown.append(line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…")
    return Reason(code, tuple(shown[:_MOST]))
