"""A hedge beside the figure it hedges is no fault; without one it is."""

import re
from typing import Final

from huitong.method.words import Fault, Language
from huitong.review.engine import Reading, faulty
from huitong.review.page import Page, Place

_FIGURE: Final = re.compile(
    r"\d ?(?:年|月|日|号|天|周|点|时|分|次|趟|封|个|家|份|批|单|人|户|件|台|元|万|亿|%|％|遍|回|页|条|吨|米|小时|/)"
    r"|[一二两三四五六七八九十百半]{1,4}(?:个)?(?:天|周|次|趟|封|小时|分钟|家|份|批|单|户|件|台|成|万|月|日|号|点)"
    r"|(?:周|星期|礼拜)[一二三四五六日天]|今天|明天|后天|今晚|明早|月底|年底|本周|下周"
)
_FIGURE_EN: Final = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|twice|half)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\btoday\b|\btomorrow\b|\btonight\b"
    r"|\bend of (?:the )?(?:day|week|month|year)\b"
)
# "… several times, on 3 and 9 May": the dates that follow belong to it.
_DATES_FOLLOW: Final = re.compile(r"[，,] ?(?:on|at|since|in|分别是|分别在) ?[^，。,.;\n]{0,20}\d[^，。,.;\n]{0,20}")
_URGENT: Final = re.compile(r"尽快|尽早|早点|早日|as soon as possible|\basap\b|\bsoon\b|\bquickly\b")


def check(read: Reading) -> list[Place]:
    """The vague words that no figure or date stands beside."""
    figure = _FIGURE_EN if read.page.language is Language.EN else _FIGURE
    return [p for p in faulty(read, Fault.VAGUE) if not figure.search(read.page.folded, *_beside(read.page, p))]


def _beside(page: Page, place: Place) -> Place:
    # "Soon" is answered by a date anywhere in the sentence, "many" only by its own clause.
    if _URGENT.search(page.folded, *place):
        return page.sentence(*place)
    start, end = page.clause(*place)
    dates = _DATES_FOLLOW.match(page.folded, end)
    return start, dates.end() if dates else end
