"""What stands inside an element: who was spoken to and how, which ways there are, how many minutes, who signed.

Each pattern is for {English?: pattern} over the folded text.
"""

import re
from collections.abc import Mapping
from typing import Final

from huitong.method.words import Language
from huitong.review.page import Page, Place

Patterns = Mapping[bool, re.Pattern[str]]

_TITLE: Final = r"(?:总监|总工|总助|总|经理|主任|主管|科长|处长|部长|局长|院长|段长|厂长|校长|书记|组长|班长|队长|站长|所长|馆长|店长|课长|襄理|协理|专员|老师|师傅|工|姐|哥|处|科|局|副处|副总)"
_TO: Final = r"(?:跟|与|和|同|找|约|问|给|请|向|为)(?:了)?(?:他们|对方|那边|那头)?(?:的)?"

CONTACT: Final[Patterns] = {
    False: re.compile(
        _TO
        + r"(?:[\u4e00-\u9fffa-z]{1,6}(?:部|科|处|室|局|中心|组|队)(?:那边)?的?)?((?:小|老|阿)[\u4e00-\u9fff]{1,2}|[\u4e00-\u9fff]"
        + _TITLE
        + r"|[a-z]{2,12})(?=[谈聊说讲对见碰沟核通确吃当坐一两三过了，。\s面])"
    ),
    True: re.compile(
        r"\b(?:with|to|asked|phoned|called|rang|emailed|messaged|met|pinged|saw|chased) ((?:dr|mr|ms|mrs)\.? [a-z]{2,20}|[a-z]{3,15})(?= (?:twice|once|again|on|in|about|from|last|this|yesterday|and|at|three|two)\b|[,.;]|$)"
    ),
}
HEAD: Final[Patterns] = {
    False: re.compile(
        _TO
        + r"(?:[\u4e00-\u9fffa-z]{1,8}(?:部|科|处|室|局|厂|段|所|中心|组|队|公司|车间)(?:那边)?的?)?((?!领导|负责|分管|两位|双方)[\u4e00-\u9fff]{1,2}"
        + _TITLE
        + r")"
    ),
    True: re.compile(r"\b(?:with|to|call|ask|phone|ring|ping|at) ((?:dr|mr|ms|mrs)\.? [a-z]{2,20})\b"),
}
CHANNELS: Final[Patterns] = {
    False: re.compile(r"当面|面谈|面对面|电话|邮件|微信|群里|工单|发函|去函|登门|上门|开会|钉钉|飞书|line|email"),
    True: re.compile(
        r"\b(?:in person|face to face|phoned?|call(?:ed)?|rang|e-?mail(?:ed|s)?|messaged?|slack|teams|tickets?|met|meeting|letter|chat)\b"
    ),
}
MINUTES: Final[Patterns] = {
    False: re.compile(r"(\d{1,3}|[一二三四五]?十[五]?|半|一)(?:来)?(?:个)?(分钟|小时|钟头|刻钟)"),
    True: re.compile(
        r"\b(\d{1,3}|half an|an|one|two|five|ten|fifteen|twenty|thirty|forty-five)[ -](minutes?|mins?|hours?)\b"
    ),
}
WHEN: Final[Patterns] = {
    False: re.compile(
        r"(?:\d{4} ?年(?: ?\d{1,2} ?月)?|今年|去年|前年|大前年|上个?月|上季度|上次|上回|上一?届|上学期|\d{1,2} ?月(?:份)?)(?:[\d一二三四五六七八九十]{1,2} ?月(?:份)?|底|初|年初|年底|春天|夏天|秋天|冬天)?"
    ),
    True: re.compile(
        r"\b(?:last (?:year|month|spring|summer|autumn|winter|fall|time|week|term)|in (?:20\d\d|january|february|march|april|may|june|july|august|september|october|november|december)|two years ago|a year ago)\b"
    ),
}
ALTERNATIVE: Final[Patterns] = {
    False: re.compile(
        r"(?:方案|选项|办法|路子)[一二三四甲乙丙abc\d][是：:、，]?|(?:^|(?<=[：:。；;，,\s]))(?:[（(]?[一二三四][)）是来、：，]|[①②③④]|[1-4][)）.、]|[abc][.、：:)）])"
        r"|第[一二三四](?:种|个|条|套|是|，)|一种(?:是)?|另一种(?:是)?|一条(?:是)?|另一条(?:是)?|(?:要么|或者|或是|抑或|还是|再不然|不然就|不然|要不然|要不|亦可|也可以|也可|一係|备选是?|或(?!许|需|将|多|少))"
    ),
    True: re.compile(
        r"\b(?:option|plan|way|route) (?:[abc]|one|two|three|\d)[:.,]?|(?:^|(?<=[\s:;,(]))(?:[1-4][.)]|\(?[abc1-4]\)|[abc][.:])(?=\s)"
        r"|\beither\b|\bor\b(?! (?:so|less|more))|\balternatively\b|\bthe other (?:is|would be)?|\bone (?:is|would be)\b|\bfirst(?:ly)?,|\bsecond(?:ly)?,"
    ),
}  # fmt: skip

_COUNTS: Final = {
    "半": 30, "half an": 30, "一": 60, "an": 60, "one": 60, "two": 120, "five": 5, "ten": 10, "fifteen": 15,
    "twenty": 20, "thirty": 30, "forty-five": 45, "十": 10, "十五": 15, "二十": 20, "三十": 30, "四十": 40,
    "四十五": 45, "五十": 50,
}  # fmt: skip
_SIGNED: Final = {
    False: re.compile(r"(?:此致|敬礼|祝好|顺颂商祺|谢谢|谢啦|以上)?[\u4e00-\u9fff]{2,4}"),
    True: re.compile(r"[A-Z][\w'’-]{1,20}(?: [A-Z][\w'’-]{1,20}){0,2}"),
}
_MOST_MINUTES: Final = 1440


def minutes_in(match: re.Match[str]) -> int:
    """The minutes of a MINUTES match."""
    count, unit = match[1], match[2]
    if unit == "刻钟":
        return 15
    hours = unit.startswith(("小时", "钟头", "hour"))
    if count.isdecimal():
        return max(1, min(int(count) * (60 if hours else 1), _MOST_MINUTES))
    minutes = _COUNTS.get(count, 30)
    return minutes // 60 if count in ("一", "an", "one", "two") and not hours else minutes


def signature(page: Page) -> Place | None:
    """The last line of a letter, if it is nothing but a name."""
    lines = page.text.rstrip().split("\n")
    last = lines[-1].strip()
    if len(lines) < 3 or not _SIGNED[page.language is Language.EN].fullmatch(last):
        return None
    start = page.text.rstrip().rfind(last)
    return start, start + len(last)
