"""Three or more requests beside the matter: only counting shows it. The last one is underlined."""

import re
from itertools import pairwise
from typing import Final

from huitong.method.words import Fault, Language
from huitong.review.page import Page, Place

_MANY: Final = 3
_SHORTEST: Final = 2
_EDGE: Final = " \t\n，。；;、？！?!：:.,\ue000"
_ASIDE: Final = {
    "zh": re.compile(r"另外|另请|另有|另|还有(?!\d)|顺便|再就是|再有|对了|此外|以及|再帮|也帮"),
    "en": re.compile(
        r"\b(?:also|and another thing|another thing|by the way|btw|while (?:we're|you're|i'm) (?:at it|here)|plus|oh and"
        r"|one more thing|separately|on top of that)\b"
    ),
}
# What people ask for besides the matter: pay, seat, leave, training, parking ...
_OTHER_MATTERS: Final = {
    "zh": re.compile(
        r"工位|薪|工资|补贴|津贴|报销|核销|年假|调休|请假|休假|空调|冷气|加班费|便当|盒饭|停车|车位|培训|的课|权限|签名|打印机"
        r"|椅子|电脑|显示器|团建|聚餐|餐补|食堂|年会|联欢|职称|评优|名额|转正|实习生|招人|招个|编制|年审|狗|窗帘|饮水机|咖啡|门禁|宿舍|绩效"
        r"|奖金|血压计|软件|软体|更表|手机|话费|差旅|推荐信|表妹|孩子|外甥|侄|工服|制服|茶水|微波炉|冰箱"
        r"|座位|办公室|体检|打车|油卡|续租|升职|晋升|调岗"
    ),
    "en": re.compile(
        r"\b(?:pay|raise|salary|bonus|overtime|expenses?|reimburse\w{0,4}|holiday|leave|vacation|parking|seat|desk|chair|laptop|monitor"
        r"|printer|aircon|air conditioning|training|course|conference|badge|promotion|title|intern|headcount|lunch|canteen|coffee"
        r"|team (?:event|day|lunch)|christmas|party|phone|uniforms?|fridge|microwave|locker|licen[cs]es?|reference|nephew|niece|cousin)\b"
    ),
}
_NUMBERED: Final = re.compile(r"(?:(?<=[\s：:；;。.])|^)[1-9](?:[.、)）,，．] ?| )(?=[^\d\s])", re.MULTILINE)
_ITEM_END: Final = re.compile(r"[；;。\n]|(?<!\d)、|(?<=[a-z)])[,.](?=\s|$)|等项")


def check(page: Page, cued: dict[Fault, list[Place]]) -> list[Place]:
    """The last of three or more other matters, or nothing."""
    kind = "en" if page.language is Language.EN else "zh"
    matters = _OTHER_MATTERS[kind]
    found = list(matters.finditer(page.own))
    if len(found) < _MANY - 1:
        return []
    asides = [m.span() for m in _ASIDE[kind].finditer(page.own) if page.clause(*m.span())[0] == m.start()]
    numbered = [m.span() for m in _NUMBERED.finditer(page.own)]
    if len(numbered) <= _MANY:
        numbered = []
    if not asides and not numbered:
        return []
    items = _items(page.own, sorted(asides + numbered))
    asked = [i for i in items if matters.search(page.own, *i)]
    if len(items) < _MANY or len(asked) < _MANY - 1:
        return []
    return [items[-1] if numbered else asked[-1]]


def _items(text: str, marks: list[Place]) -> list[Place]:
    # What stands between the marks and the stops, from the first mark on.
    stops = [m.span() for m in _ITEM_END.finditer(text, marks[0][1])]
    cuts = sorted({*marks, *stops, (len(text), len(text))})
    pieces = (_trimmed(text, a[1], b[0]) for a, b in pairwise(cuts))
    return [(start, end) for start, end in pieces if end - start > _SHORTEST]


def _trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    return start, end
