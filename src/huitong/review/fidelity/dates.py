"""The days and times that a text names, however they are written: 10 月 12 日 and 2026-10-12, Friday and Fri."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from huitong.review.fidelity import numbers

_N: Final = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_ISO: Final = r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
_CLOCK: Final = r"(?<!\d)(?P<hour>\d{1,2}) ?[:：] ?(?P<minute>\d{2})(?!\d)"
_CHINESE_DAY: Final = re.compile(
    rf"{_ISO}|(?:(?P<y2>\d{{4}}|[〇零一二三四五六七八九]{{4}}) ?年 ?)?"
    rf"(?P<m2>{_N}) ?月(?:份)? ?(?P<d2>{_N}) ?[日号](?!楼|店|线|仓|机|库)"
    rf"|(?P<y3>\d{{4}}) ?年(?: ?(?P<m3>{_N}) ?月(?:份)?)?|(?<![个两几])(?P<m4>{_N}) ?月(?!份?额)(?:份)?|{_CLOCK}"
    rf"|(?P<hour2>{_N}) ?点(?!子|儿|评|出|名|头)"
    r"(?: ?(?P<minute2>半|一刻|三刻|\d{1,2} ?分|[一二三四五六七八九十]{1,3}分|整|钟))?"
    r"|(?P<week>[本这上下]*(?:周|星期|礼拜)[一二三四五六日天末])"
    r"|(?P<word>大?[前后][天日年]|[今明昨当次][天日年晚早](?!确|显|白)|[本上下这当][个]?(?:月|周|季度|星期|礼拜)|本季"
    r"|上半[年月]|下半[年月]|[月年季周](?:底|初|末|中(?!心|国))|季度末|年终|年末|节[前后]|国庆|春节|中秋|元旦|清明|端午"
    r"|五一|十一(?!月|[天个])|双十一|圣诞|复活节|寒假|暑假|上旬|中旬|下旬|上午|下午|中午|早上|晚上|凌晨|傍晚|今晚|即日|当天)"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_PERIOD: Final = r"(?:day|week|month|quarter|year)"
_ENGLISH_DAY: Final = re.compile(
    rf"{_ISO}|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m2>{_MONTH})(?:,? (?P<y2>\d{{4}})\b)?"
    rf"|\b(?P<m3>{_MONTH})\.? (?:the )?(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>\d{{4}})\b)?"
    rf"|\b(?P<m4>(?!may\b){_MONTH}|(?-i:May)(?= \d|[,.;)]|$))(?: (?P<y4>\d{{4}})\b)?|{_CLOCK}(?P<half> ?[ap]\.?m\b)?"
    r"|\b(?P<hour2>\d{1,2}) ?(?P<half2>[ap]\.?m\b|o[’']clock)"
    r"|\b(?P<week>(?:(?:next|last|this|coming|every|each) )?"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b)"
    rf"|\b(?P<word>today|tomorrow|yesterday|tonight|(?:next|last|this|coming) (?:{_PERIOD}|spring|summer|autumn|winter)"
    rf"|weekends?|(?:week|month|year)-?end|end of (?:the )?{_PERIOD}|easter|christmas|morning|afternoon|evening|noon"
    r"|midnight|midday|monthly|weekly|daily|yearly|annual(?:ly)?|quarterly|fortnight(?:ly)?)\b",
    re.IGNORECASE,
)


def chinese_days(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a day or time stands in a folded Chinese text, with its key."""
    for m in _CHINESE_DAY.finditer(text):
        yield *m.span(), _key(m, _chinese_part)


def english_days(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a day or time stands in a folded English text, with its key."""
    for m in _ENGLISH_DAY.finditer(text):
        yield *m.span(), _key(m, _english_part)


def _chinese_part(part: str) -> str:
    part = part.strip().removesuffix("分").strip()
    return {"半": "30", "一刻": "15", "三刻": "45", "整": "0", "钟": "0"}.get(part) or (
        part.lstrip("0") or "0" if part.isdecimal() else numbers.han(part)
    )


def _english_part(part: str) -> str:
    part = part.strip().lower()
    return part.lstrip("0") or "0" if part.isdecimal() else str(_MONTHS.index(part[:3]) + 1)


def _key(m: re.Match[str], part: Callable[[str], str]) -> str:
    said = {k.rstrip("234"): v for k, v in m.groupdict().items() if v}
    if word := said.get("week") or said.get("word"):
        word = re.sub(r"星期|礼拜", "周", word.lower()).replace("周天", "周日")
        short = re.sub(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*", r"\1", word)
        return " ".join(short.replace("-", " ").replace(" the ", " ").split())
    if "hour" in said:
        half = re.sub(r"[^ap]", "", said.get("half", "").lower().replace("clock", ""))
        return f"{part(said['hour'])}:{part(said.get('minute', '0')).zfill(2)}{half}"
    return "-".join(part(said[k]) if k in said else "" for k in "ymd")
