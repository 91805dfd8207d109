"""Better wording for a fault, or the question whose answer is missing.

A wording keeps the facts of the words it stands for and is no fault itself; where there is none, there is no wording.
"""

import re
from functools import lru_cache
from typing import Final

from huitong.method.words import Element, Fault, Language
from huitong.review.page import HIDDEN, Page, Place
from huitong.review.rules import Rewrite, Rule, rules
from huitong.review.script import fold

Reworded = tuple[Place, str | None, str]

FACTS: Final = {
    "zh": re.compile(
        r"\d[\d,.:]{0,14}|(?:周|星期|礼拜)[一二三四五六日天末]|[今明后昨前]天|[今明]晚|[本这下上]周|[本这下上]个?月|月底|年底"
        r"|(?!一个(?!月))[一二两三四五六七八九十百千]{1,4}(?:个|天|周|次|单|人|家|台|件|份|批|月|日|号|点|年)|[a-z]{2,30}"
        r"|[\u4e00-\u9fff]{1,3}(?<![我本该各两全])(?:部|科|处|室|局|厂|公司|集团|中心|车间|经理|主任|[处科局院部]长|总(?!裁)|工(?!作))"
    ),
    "en": re.compile(
        r"\d[\d,.:]{0,14}|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:today|tomorrow|tonight|week|month)\b"
        r"|\b(?:january|february|march|april|june|july|august|september|october|november|december|noon)\b"
        r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|once|twice)\b"
    ),
}
_NAME: Final = re.compile(r"(?<=[a-z,;] )(?!I\b)[A-Z][\w'-]{1,30}")
_BY_DAY: Final = {
    "zh": re.compile(
        r"((?:\d{4} ?年 ?)?\d{1,2} ?月 ?(?:\d{1,2} ?[日号]|底|初)|\d{1,2} ?[日号]"
        r"|[本下这]?(?:周|星期|礼拜)[一二三四五六日]|月底|年底)"
        r"(?:（[^（）\n]{1,6}）)?(?:之?前|以前)"
    ),
    "en": re.compile(
        r"\b(?:by|before) ((?:\d{1,2} )?(?:january|february|march|april|may|june|july|august|september|october|november"
        r"|december)(?: \d{1,2})?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|the \d{1,2}(?:st|nd|rd|th))\b"
    ),
}
_LEAVE_OUT: Final = {
    Language.ZH: "删去，只留事实。",
    Language.ZH_HANT: "刪去，只留事實。",
    Language.EN: "Leave this out; keep the facts.",
}
_DEADLINE: Final = "{deadline}"
_SENTENCE_ENDS: Final = "。！？.!?\n"
_JOINTS: Final = "，、；：,;: \t"


def reworded(page: Page, rule: Rule, place: Place) -> Reworded:
    """The place to be replaced, what with (None: no honest wording, "": nothing), and what to tell the writer."""
    start, end = page.sentence(*place)  # and its full stop, which an order turned into a question changes
    for rewrite in rule.rewrites:
        for match in rewrite.match.finditer(page.own, start, end + 1):
            if match.start() < place[1] and place[0] < match.end():
                if rewrite.ask:
                    return place, None, rewrite.ask
                if found := _applied(page, rule, rewrite, match, place):
                    return *found, found[1] or _LEAVE_OUT[page.language]
    return place, None, rule.offer


def _applied(page: Page, rule: Rule, rewrite: Rewrite, match: re.Match[str], place: Place) -> tuple[Place, str] | None:
    start, end = min(match.start(), place[0]), max(match.end(), place[1])
    if rewrite.to:
        wording = _worded(page, rewrite.to, match)
        new = None if wording is None else page.text[start : match.start()] + wording + page.text[match.end() : end]
        where: Place = (start, end)
    else:
        where, new = _removed(page, match.span())
    if new is None or not _keeps_facts(page, where, new) or _faulty(new, page.language):
        return None
    if _still_there(page, rule, where, new):
        return None
    return where, _like_sentence(new, page, where[0])


def _worded(page: Page, to: str, match: re.Match[str]) -> str | None:
    def group(reference: re.Match[str]) -> str:
        span = match.span(int(reference[1]))
        words = page.text[slice(*span)] if span[0] >= 0 else ""
        moved_inside = span[0] == match.start() and reference.start() > 0
        return words[:1].lower() + words[1:] if moved_inside else words

    wording = re.sub(r"\\(\d)", group, to)
    if _DEADLINE not in wording:
        return wording
    day = _one_day(page.folded, _kind(page.language))
    return wording.replace(_DEADLINE, page.text[slice(*day)]) if day else None


@lru_cache(maxsize=8)  # asked once for every “soon” of a text
def _one_day(folded: str, kind: str) -> Place | None:
    days = {m[1]: m.span(1) for m in _BY_DAY[kind].finditer(folded)}
    return next(iter(days.values())) if len(days) == 1 else None


def _removed(page: Page, place: Place) -> tuple[Place, str]:
    """What goes with removed words so that the sentence around them still stands: the comma, or the full stop."""
    text, (start, end) = page.text, place
    before = start
    while before and text[before - 1] in _JOINTS:
        before -= 1
    after = end
    while after < len(text) and text[after] in _JOINTS:
        after += 1
    begins = before == 0 or text[before - 1] in _SENTENCE_ENDS
    ends = after == len(text) or text[after] in _SENTENCE_ENDS
    if not begins:
        return (before, after if ends else end), ""
    if ends:
        while after < len(text) and text[after] in "。！？.!?":
            after += 1
        while after < len(text) and text[after] == " ":
            after += 1
        return (before if after == len(text) or text[after] == "\n" else start, after), ""
    # What is left begins the sentence: an English word needs its capital.
    word = re.match(r"[a-z][\w']{0,30}", text[after : after + 31])
    if word and page.language is Language.EN:
        return (start, after + len(word[0])), word[0].capitalize()
    return (start, after), ""


def _keeps_facts(page: Page, place: Place, new: str) -> bool:
    facts = FACTS[_kind(page.language)]
    had = [m.span() for m in facts.finditer(page.own, *place)]
    had += [m.span() for m in _NAME.finditer(page.text, *place)] if page.language is Language.EN else []
    return all(page.text[slice(*span)] in new for span in had) and HIDDEN not in page.own[slice(*place)]


@lru_cache(maxsize=1024)  # most wordings are the rules' own words
def _faulty(new: str, language: Language) -> bool:
    page = Page.of(new, language)
    every = rules(language)
    return any(
        r.cues and r.cues.search(page.own) and not (r.unless and r.unless.search(page.own))
        for r in map(every.__getitem__, Fault)
    )


def _still_there(page: Page, rule: Rule, where: Place, new: str) -> bool:
    """Whether the wording and the words around it are the same fault again."""
    first, last = page.clause(*where)
    head = page.own[min(first, where[0]) : where[0]]
    clause = head + fold(new, page.language) + page.own[where[1] : max(last, where[1])]
    return _cued_within(page.language, rule.code, clause, len(head), len(head) + len(new))


@lru_cache(maxsize=1024)  # whoever types is reviewed again and again
def _cued_within(language: Language, code: Element | Fault, clause: str, begin: int, end: int) -> bool:
    rule = rules(language)[code]
    if rule.cues is None or (rule.unless and rule.unless.search(clause)):
        return False
    return any(m.start() < end and begin < m.end() for m in rule.cues.finditer(clause))


def _like_sentence(new: str, page: Page, start: int) -> str:
    return new[:1].upper() + new[1:] if page.text[start : start + 1].isupper() else new


def _kind(language: Language) -> str:
    return "en" if language is Language.EN else "zh"
