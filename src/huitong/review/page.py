"""A text made ready for the rules: folded, others' words hidden, cut into clauses and sentences."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import sub
from typing import Final

from huitong.method.words import Language
from huitong.review.script import fold

Place = tuple[int, int]

# Stands for every character that is not the writer's own; no cue holds it.
HIDDEN: Final = "\ue000"

_QUOTED_MAIL: Final = re.compile(
    r"^[ \t]{0,8}(?:-{2,10} ?(?:original message|forwarded message|原始邮件|原邮件|转发邮件|转发的邮件) ?-{0,10}"
    r"|(?:发件人|寄件人|寄件者|from)[ \t]{0,4}[：:][^\n]{1,200}\n"
    r"(?:发送时间|发件时间|日期|时间|收件人|寄件日期|sent|date|to)[ \t]{0,4}[：:]"
    r"|on [^\n]{5,200} wrote:|在 ?\d{4}[^\n]{5,120}写道：|-- ?$)",
    re.MULTILINE,
)
_ONLY_HEADS: Final = re.compile(r"\s*+(?:[^\n：:，。,.!?]{1,60}(?:[：:][^\n]{0,200})?\n\s*+){0,4}")
_QUOTED_LINE: Final = re.compile(r"^[ \t]{0,8}>[^\n]{0,2000}", re.MULTILINE)
_SPOKEN_BY_OTHERS: Final = {
    "zh": re.compile(r"《[^《》\n]{1,60}》|“[^“”\n]{1,200}”"),
    "en": re.compile(r"\"[^\"\n]{1,300}\""),
}
# What counts something: "9 月" is no item of a list.
_UNITS: Final = "月日号点时分年季周天个台次人份家位间元万千百亿件条页套批单户辆层楼公吨米克度岁倍成"
# One look at the sign passes most places of a text at once.
_CLAUSE_END: Final = {
    "zh": re.compile(
        r"(?=[，：。！？；\n.…— \t～~\u2600-\u27bf\U0001f300-\U0001faff\ufe0f])(?:"
        r"(?:(?<!\d)，|，(?!\d)|(?<!\d)：|：(?!\d)|[。！？；\n]|\.{3,6}|…|——|(?<=[\u3400-\u9fff])\.(?!\d))+"
        r"|(?<=[\u3400-\u9fff])[ \t]++(?=[\u3400-\u9fff]|\d{1,2}(?:[、)）]|[.．](?!\d)|[ \t]++(?!"
        rf"[{_UNITS}])[\u3400-\u9fff]))"
        r"|[～~]++ *+|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]++ *+)"
    ),
    "en": re.compile(
        r"(?=[,.:;!?\n…— \u2600-\u27bf\U0001f300-\U0001faff\ufe0f])"
        r"(?:,(?!\d)|[.:](?=\s|$)|[;!?\n]|\.{3,6}|…|—| -{1,2} |[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f])+"
    ),
}
_SENTENCE_END: Final = {
    "zh": re.compile(r"[。！？\n]+"),
    "en": re.compile(r"(?:(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bmrs)\.(?=\s|$)|[!?\n])+"),
}
# A line that only says who writes to whom, or when.
_ADDRESS_LINE: Final = re.compile(
    r"[ \t]{0,8}(?:to|from|cc|date|致|呈|主送|抄送|收件人|发件人|日期)[ \t]{0,4}[:：]", re.IGNORECASE
)
# Where a speaker draws breath, in a stretch that was written down without any mark.
_BREATH: Final = re.compile(r" (?=(?:and|but|so|because|or|which|if|um|uh) )")
_LONG_BREATH: Final = 120
_SHORT_BREATH: Final = 30
_LONGEST_CLAUSE: Final = 400
_LONGEST_SENTENCE: Final = 600
_TRIM: Final = ' \t\n，。！？；：、,.;:!?~～-·"”’)）'


@dataclass(frozen=True, slots=True)
class Page:
    """`folded` is what elements are looked for in, `own` what faults are: there, others' words are hidden too."""

    text: str
    language: Language
    folded: str
    own: str
    _clauses: tuple[int, ...]
    _sentences: tuple[int, ...]

    @classmethod
    def of(cls, text: str, language: Language, names: tuple[str, ...] = ()) -> "Page":
        """Make a text ready. Everything keeps its place: folded and own are as long as the text.

        `names` are names of the house, which say nothing of their own, whatever words are in them.
        """
        kind = "en" if language is Language.EN else "zh"
        folded = _without_quoted_mail(fold(text, language))
        own = _SPOKEN_BY_OTHERS[kind].sub(lambda m: HIDDEN * len(m[0]), folded)
        if names:
            own = _without_names(own, _by_first_character(names, language))
        clauses = _starts(_CLAUSE_END[kind], folded, _LONGEST_CLAUSE)
        return cls(
            text,
            language,
            folded,
            own,
            tuple(_breaths(folded, clauses)) if kind == "en" else clauses,
            _starts(_SENTENCE_END[kind], folded, _LONGEST_SENTENCE),
        )

    def clause(self, start: int, end: int) -> Place:
        """The clause or clauses that hold this place, without outer punctuation."""
        return self.trimmed(_around(self._clauses, start, end))

    def sentence(self, start: int, end: int) -> Place:
        """The sentence or sentences that hold this place, without outer punctuation."""
        return self.trimmed(_around(self._sentences, start, end))

    def in_address_line(self, place: Place) -> bool:
        """Whether the place is in a memo's line such as "To: …" or "致：…": names, which accuse nobody."""
        return bool(_ADDRESS_LINE.match(self.folded, self.folded.rfind("\n", 0, place[0]) + 1))

    def clauses(self) -> list[Place]:
        """Every clause that says something, in order."""
        return self._all(self._clauses)

    def sentences(self) -> list[Place]:
        """Every sentence that says something, in order."""
        return self._all(self._sentences)

    def _all(self, starts: tuple[int, ...]) -> list[Place]:
        places = (self.trimmed(p) for p in pairwise(starts))
        return [(start, end) for start, end in places if start < end and self.folded[start] != HIDDEN]

    def trimmed(self, place: Place) -> Place:
        """The place without outer white space and punctuation."""
        start, end = place
        while end > start and self.folded[end - 1] in _TRIM:
            end -= 1
        while start < end and self.folded[start] in _TRIM:
            start += 1
        return start, end


def _without_quoted_mail(text: str) -> str:
    # A memo's own head stands at the top, with nothing but other heads above it.
    begins = (m for m in _QUOTED_MAIL.finditer(text) if not _ONLY_HEADS.fullmatch(text, 0, m.start()))
    if begin := next(begins, None):
        text = text[: begin.start()] + HIDDEN * (len(text) - begin.start())
    return _QUOTED_LINE.sub(lambda m: HIDDEN * len(m[0]), text) if ">" in text else text


@lru_cache(maxsize=64)
def _by_first_character(names: tuple[str, ...], language: Language) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted({fold(n.strip(), language) for n in names if n.strip()}, key=len, reverse=True):
        found.setdefault(name[0], []).append(name)
    return found


def _without_names(text: str, names: dict[str, list[str]]) -> str:
    pieces: list[str] = []
    done = at = 0
    while at < len(text):
        name = next((n for n in names.get(text[at], ()) if text.startswith(n, at) and _whole(text, at, n)), "")
        if name:
            pieces += [text[done:at], HIDDEN * len(name)]
            done = at + len(name)
        at = max(at + 1, done)
    return "".join(pieces) + text[done:]


def _whole(text: str, at: int, name: str) -> bool:
    # A Latin name is a word of its own; Chinese has no marks between words.
    end = at + len(name)
    before = name[0].isascii() and name[0].isalnum() and at and text[at - 1].isascii() and text[at - 1].isalnum()
    after = (
        name[-1].isascii() and name[-1].isalnum() and text[end : end + 1].isascii() and text[end : end + 1].isalnum()
    )
    return not (before or after)


def _starts(ends: re.Pattern[str], text: str, longest: int) -> tuple[int, ...]:
    starts = (0, *[m.end() for m in ends.finditer(text)])
    if starts[-1] < len(text) or len(starts) == 1:
        starts = (*starts, len(text))
    if max(map(sub, starts[1:], starts)) <= longest:
        return starts
    # What nobody writes in one breath is cut, so that the cost stays in proportion to the length.
    return (*(cut for before, after in pairwise(starts) for cut in range(before, after, longest)), len(text))


def _breaths(text: str, starts: tuple[int, ...]) -> Iterator[int]:
    """The starts, and more of them in what is too long to be one clause."""
    for start, end in pairwise(starts):
        yield start
        last = start
        for breath in _BREATH.finditer(text, start, end) if end - start > _LONG_BREATH else ():
            if breath.end() - last >= _SHORT_BREATH and end - breath.end() >= _SHORT_BREATH:
                last = breath.end()
                yield last
    yield starts[-1]


def _around(starts: tuple[int, ...], start: int, end: int) -> Place:
    first = max(bisect_right(starts, start) - 1, 0)
    last = max(bisect_right(starts, max(start, end - 1)), 1)
    return starts[first], starts[min(last, len(starts) - 1)]
