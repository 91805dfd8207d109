"""A greeting stands at the beginning: the same title further down is somebody else's name."""

import re
from typing import Final

from huitong.method.words import Element, Language
from huitong.review.page import Page, Place

_HEADER: Final = re.compile(
    r"[ \t]{0,8}(?:主题|主旨|标题|题目|日期|时间|抄送|发件人|收件人|附件|编号|提交对象|subject|date|cc|from|re)"
    r"[ \t]{0,4}[:：]"
)
_SALUTATION: Final = re.compile(
    r"[ \t]{0,8}(?!说明|内容|事由|背景|概况|摘要)([^\n，。！？；：,.;:!?0-9（）]{1,14})[：:，,][ \t]{0,8}$"
)
_LINES: Final = 4
_CLAUSES: Final = 3
_REACH: Final = 240


def check(page: Page, cued: dict[Element, list[Place]]) -> list[Place]:
    """The greetings of the opening, or the line that only calls somebody."""
    opening = _opening(page)
    places = [p for p in cued[Element.GREETING] if p[0] in opening]
    return places or _salutation_line(page)


def _lines(page: Page) -> list[tuple[int, str]]:
    start, lines = 0, []
    for line in page.folded[: 2 * _REACH].split("\n"):
        if line.strip() and not _HEADER.match(line):
            lines.append((start, line))
        start += len(line) + 1
    return lines[:_LINES]


def _opening(page: Page) -> set[int]:
    clauses = [c for c in page.clauses() if c[0] < 2 * _REACH]
    opening: set[int] = set()
    for first, line in _lines(page):
        inside = [start for start, _ in clauses if first <= start < first + len(line)]
        opening.update(inside[:_CLAUSES])
    return opening


def _salutation_line(page: Page) -> list[Place]:
    if page.language is Language.EN:
        return []
    for start, line in _lines(page):
        if found := _SALUTATION.match(line):
            return [(start + found.start(1), start + found.end(1))]
    return []
