"""The ways of naming a day in Chinese."""

import re
from datetime import date, timedelta
from typing import Final

from huitong.review.extract.calendar_days import (
    Way,
    calendar,
    coming,
    coming_day,
    first_of,
    friday_of,
    last_of,
    month_end,
    on_that_day,
    unknown,
)

_NUMBER: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "廿": 2}
_WEEKDAYS: Final = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    words = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = words.partition("十")
    if ten:
        return 10 * (_NUMBER.get(tens, 1)) + (_NUMBER.get(ones, 0) if ones else 0)
    return int("".join(str(_NUMBER.get(c, 0)) for c in words) or 0)


def _full(match: re.Match[str], _today: date) -> tuple[date | None, bool]:
    return calendar(*(_number(part) for part in match.groups()[:3])), True


def _month_day(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return coming(today, _number(match[1]), _number(match[2])), True


def _month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    """A month or a part of it: its last day, or its first where nothing says that all of it is meant."""
    month, part = _number(match[1]), match[2]
    if part in ("底", "末", "尾", "内", "下"):
        return last_of(today, month), False
    if part:
        return coming(today, month, {"初": 1, "上": 10}.get(part, 15)), False
    return first_of(today, month), False


def _weekday(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=_WEEKDAYS[match["day"]])
    which = match["week"] or ""
    weeks = which.count("下") - which.count("上")
    if not which and day < today:
        weeks = 1
    return day + timedelta(weeks=weeks), True


def _week(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return friday_of(today, match[0].count("下")), False


_NEAR_DAYS: Final = {"今": 0, "明": 1, "听": 1, "后": 2, "大后": 3, "当": 0}


def _near(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today + timedelta(days=_NEAR_DAYS[match[1]]), True


def _within(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    count = 1 if match[1] in ("半", "一") else _number(match[1])
    unit = {"天": 1, "日": 1, "周": 7, "星": 7, "礼": 7, "个": 30, "月": 30}[match[2][0]]
    return today + timedelta(days=min(count, 400) * unit), False


def _hours(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    return today + timedelta(days=_number(match[1]) // 24), False


def _day_of_month(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    which, day = match[1] or "", _number(match[2])
    if which:
        end = month_end(today, which.count("下"))
        return calendar(end.year, end.month, day), True
    return coming_day(today, day), True


def _end_of(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    words = match[0]
    if "年" in words:
        return date(today.year + ("明" in words), 12, 31), False
    if "季" in words:
        return month_end(today, -(today.month % -3)), False
    end = month_end(today, words.count("下月") + words.count("下个月"))
    if middle := re.search(r"上旬|中旬|月中", words):
        return end.replace(day=10 if middle[0] == "上旬" else 15), False
    return end, False


_N = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?|[一二三四五六七八九])"
_CLOCK = r"(?: ?(?:[01]?\d|2[0-4])[:：点时][0-5]?\d?半?分?|[一二三四五六七八九十两]{1,3}[点时](?:半|一刻|三刻)?钟?)"
_PART = r"(?:一早|早上|上午|中午|下午|傍晚|晚上|夜里|凌晨|晚间|早|晚|上半天|下班|收工|午)"
_HOUR = rf"(?:{_PART}?{_CLOCK}?)"
_LUNAR = r"(?:(?:腊月|正月|冬月)(?:初[一二三四五六七八九十]|[廿二]?十[一二三四五六七八九]?)?|初[一二三四五六七八九十]|月望|望日|朔日|除夕)"
_FEAST = (
    r"(?:开学|放假|放学|国庆|春节|过年|中秋|元旦|清明|五一|六一|七一|八一|十一|端午|重阳|元宵|寒假|暑假|高考|中考|期末|期中|开业|开园|开幕|开馆"
    r"|校庆|年会|汛期|入冬|入夏|入秋|供暖季?|年|节|双十一|双十二|双11|双12|评审|验收|盘点|交房|首演|开机|节后|年后|旺季"
    r"|立春|雨水|惊蛰|春分|谷雨|立夏|小满|芒种|夏至|小暑|大暑|立秋|处暑|白露|秋分|寒露|霜降|立冬|小雪|大雪|冬至|小寒|大寒)"
)
_SOLAR = r"(?:立春|惊蛰|春分|谷雨|立夏|小满|芒种|夏至|立秋|处暑|白露|秋分|寒露|霜降|立冬|冬至|重阳|端午|中秋|元旦|春节|清明|除夕|双十一|双十二|圣诞)"
# "…前" and its like tell a time; 目前, 面前 and an earlier time do not.
_BEFORE = r"(?:之前|以前|前(?![面后台端期往者任天日景部头脚置锋沿程途提年台来线排情辈几两三去面一])|前头)"
DAYS_ZH: Final[tuple[Way, ...]] = tuple(
    (kind, re.compile(pattern), read)
    for kind, pattern, read in (
        ("full", r"(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})(?: ?[日号])?", _full),
        ("date", rf"({_N}) ?月 ?({_N})(?: ?[日号])?(?![个\d])" + _HOUR, _month_day),
        ("month", rf"(?<![\d个])({_N}) ?月(?!的?大)(?:份)?(?:(底|末|尾|初|中|上|下|内)旬?)?", _month),
        ("date", r"(?<![\d./])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/%])", _month_day),
        ("weekday", r"(?P<week>(?:下|本|这|这个|下个|上个|上){0,3})(?:周|星期|礼拜)(?P<day>[一二三四五六日天])" + _HOUR, _weekday),
        ("near", r"(大后|[今明后当听])(?:天|日|晚|早|晨|朝|儿个?|儿)" + _HOUR, _near),
        (
            "day",
            rf"((?:下|本|这)个?月)?({_N}|\d{{1,2}}) ?[号日](?![楼机线院店厅库仓门段车桥塔泵厂栋井炉船舱棚馆柜台令称码报志])"
            + _HOUR,
            _day_of_month,
        ),
        ("end", r"(?:下个?|本|这个?)?月(?:底|末|尾|中(?!旬)|中旬)|(?:下个?|本|这个?)月(?:内|上旬|下旬)?|(?<!\d)月内|[上中下]旬|(?:本|今|明)?年(?:底|末|内)(?!余)|季(?:度)?末", _end_of),
        ("week", r"(?:下下|下个?|本|这个?)(?:周|星期|礼拜)(?:内|末|里|底)?|周末", _week),
        ("within", r"(半|\d{1,3}|[一二两三四五六七八九十]{1,3})(天|日|周|星期|礼拜|个月|个星期|个礼拜)(?:之?内|以内)", _within),
        ("within", r"(\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?:小时|钟头)(?:之?内|以内)", _hours),
        ("week", r"这[一两几]天", _week),
        ("event", rf"{_LUNAR}(?:{_BEFORE})?|(?:{_FEAST}){_BEFORE}|{_SOLAR}|第[一二三四五六]周", unknown),
        ("hour", rf"{_PART}?{_CLOCK}|(?:下班|收工|天黑|天亮|散会|交班|中午|午饭|晚饭|打烊){_BEFORE}", on_that_day),
        ("event", rf"(?![一二两三四五六七八九十几半多数]+个?(?:天|日|周|月|年|星期|小时))[\u4e00-\u9fff]{{2,6}}?{_BEFORE}|[\u4e00-\u9fff]{{2,4}}(?:那天|那日|当天|首日)", unknown),
    )
)  # fmt: skip
