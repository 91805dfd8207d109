"""Three or more requests beside the matter: only counting shows it. The last one is underlined."""

import re
from itertools import pairwise
from typing import Final

from huitong.review.engine import Reading
from huitong.review.model.features import kind_of
from huitong.review.page import Page, Place

_ASIDE: Final = {
    "zh": re.compile(r"另外|另请|另有|另|还有(?!\d)|顺便|再就是|再有|对了|此外|以及|再帮|也帮"),
    "en": re.compile(
        r"\b(?:also|and another thing|another thing|by the way|btw|while (?:we're|you're|i'm) (?:at it|here)"
        r"|plus|oh and|one more thing|separately|on top of that)\b"
    ),
}
# What people ask for besides the matter: pay, seat, leave, training, parking ...
_OTHER_MATTERS: Final = {
    "zh": re.compile(
        r"工位|薪|工资|补贴|津贴|报销|核销|年假|调休|请假|休假|空调|冷气|加班费|便当|盒饭|停车|车位|培训|的课|权限|签名"
        r"|打印机|椅子|电脑|显示器|团建|聚餐|餐补|食堂|年会|联欢|职称|评优|名额"
        r"|转正|实习生|招人|招个|编制|年审|狗|窗帘|饮水机|咖啡|门禁|宿舍|绩效"
        r"|奖金|血压计|软件|软体|更表|手机|话费|差旅|推荐信|表妹|孩子|外甥|侄|工服|制服|茶水|微波炉"
        r"|冰箱|座位|办公室|体检|打车|油卡|续租|升职|晋升|调岗"
    ),
    "en": re.compile(
        r"\b(?:pay|raise|salary|bonus|overtime|expenses?|reimburse\w{0,4}|holiday|leave|vacation|parking|seat|desk|chair|laptop|monitor"
        r"|printer|aircon|air conditioning|training|course|conference|badge"
        r"|promotion|title|intern|headcount|lunch|canteen|coffee"
        r"|team (?:event|day|lunch)|christmas|party|phone|uniforms?|fridge|microwave|locker"
        r"|licen[cs]es?|reference|nephew|niece|cousin)\b"
    ),
}
_NUMBERED: Final = re.compile(r"(?:(?<=[\s：:；;。.])|^)[1-9](?:[.、)）,，．] ?| )(?=[^\d\s])", re.MULTILINE)
_ITEM_END: Final = re.compile(r"[；;。？！\n]|(?<!\d)、|(?<=[a-z)])[,.?](?=\s|$)|等项")
_MANY: Final = 3
_SHORTEST: Final = 2
_LIKELY: Final = 0.6


def check(read: Reading) -> list[Place]:
    """The last of three or more other matters, or nothing."""
    asides = [clause for clause, chance in zip(read.clauses, read.chances[:, -1], strict=True) if chance >= _LIKELY]
    counted = _counted(read.page)
    return counted or ([asides[-1]] if len(asides) >= _MANY else [])


def _counted(page: Page) -> list[Place]:
    kind = kind_of(page.language)
    matters = _OTHER_MATTERS[kind]
    if len({m[0] for m in matters.finditer(page.own)}) < _MANY - 1:
        return []
    marks = [m.span() for m in _ASIDE[kind].finditer(page.own) if _begins(page, m.start())]
    numbered = [m.span() for m in _NUMBERED.finditer(page.own)]
    for begins, enough in ((marks, _MANY - 1), (numbered, _MANY)):
        items = _items(page, begins)
        about = [{m[0] for m in matters.finditer(page.own, *i)} for i in items]
        if len(items) >= _MANY and sum(map(bool, about)) >= enough and len(set().union(*about)) >= enough:
            return [items[-1]]
    return []


def _begins(page: Page, start: int) -> bool:
    return page.clause(start, start + 1)[0] == start or page.own[start - 1] == "、"


def _items(page: Page, marks: list[Place]) -> list[Place]:
    # What stands behind each mark, to the end of its sentence: one thing or a list of them.
    items: list[Place] = []
    for mark, following in pairwise([*marks, (len(page.own), 0)]):
        end = min(page.sentence(*mark)[1], following[0])
        cuts = [mark, *(m.span() for m in _ITEM_END.finditer(page.own, mark[1], end)), (end, end)]
        places = (page.trimmed((a[1], b[0])) for a, b in pairwise(cuts) if a[1] < b[0])
        items += [(start, stop) for start, stop in places if stop - start > _SHORTEST]
    return items
