"""Which fact of a brief says most about why the leader is needed now (method: brevity; figures in docs/compose.md).

People tell what happened in its order: first what they asked for, then what came of it. What a leader has to see is
where it stands, and what is about to happen.
"""

import re
from datetime import date
from typing import Any, Final, NamedTuple

from huitong.compose.setting import Setting, word_set
from huitong.method import Brief, OtherDepartment

_FEW: Final = 3
_TWICE: Final = 2
_SOON: Final = 60  # days
_USUAL: Final = {True: 40, False: 90}  # characters in a Chinese line, in an English one
_KNOWN_BY: Final = 2  # characters by which a Chinese name is known
_HEAD: Final = {True: 10, False: 30}  # how far into a line its subject stands


class Signs(NamedTuple):
    """What tells how weighty a line is, each as a number."""

    ahead: float  # it names a day within two months behind the deadline
    earlier: float  # its latest day is earlier than another line's
    stands: float  # words of how it stands ("still", "排到"), up to three
    comes: float  # words of what is about to happen ("until", "到期"), up to two
    theirs: float  # what the other side says or does
    behind: float  # it isn't the first of three or more: what began it is told first
    length: float  # beside a line of usual length, up to 2
    leans: float  # says nothing without the line before it ("of these", "其中")


# Fitted to what others chose, and rounded: `python -m tools.weigh`.
WEIGHTS: Final = Signs(0.85, -1.15, 0.65, 0.6, 1.0, 1.05, 1.85, -0.6)


def by_weight(say: Setting, brief: Brief) -> list[int]:
    """The places of the brief's facts (`situation`), weightiest first."""
    weights = [sum(w * s for w, s in zip(WEIGHTS, signs, strict=True)) for signs in signs_of(say, brief)]
    return sorted(range(len(weights)), key=lambda n: (-weights[n], n))


def signs_of(say: Setting, brief: Brief) -> list[Signs]:
    """The signs of each of the brief's facts."""
    lines, ready = [line.lower() for line in brief.situation], say.words["weight"]
    days = [_days_after(ready, line, brief.deadline) for line in lines]
    before = [max((day for day in found if day < 0), default=None) for found in days]
    latest = max((day for day in before if day is not None), default=None)
    names = _names(say, brief.other_department)
    return [
        Signs(
            ahead=any(0 < day <= _SOON for day in days[n]),
            earlier=before[n] is not None and before[n] != latest,
            stands=min(_FEW, len(re.findall(ready["stands"], line))),
            comes=min(_TWICE, len(re.findall(ready["comes"], line))),
            theirs=_is_theirs(say, line, names),
            behind=n > 0 and len(lines) >= _FEW,
            length=min(_TWICE, len(line) / _USUAL[say.spaced]),
            leans=bool(re.match(ready["leans"], line)),
        )
        for n, line in enumerate(lines)
    ]


def _names(say: Setting, other: OtherDepartment) -> list[str]:
    """What the other department and its people are known by."""
    called = [name.lower() for name in (other.name, other.contact, other.head) if name]
    if say.spaced:
        return [name[:_KNOWN_BY] for name in called]
    small = word_set(say.language, "small")
    return [word for name in called for word in name.split() if len(word) > _KNOWN_BY and word not in small]


def _is_theirs(say: Setting, line: str, names: list[str]) -> bool:
    ready = say.words["weight"]
    if re.match(ready["ours"], line):
        return False
    ends = (at + len(name) for name in names if (at := line.find(name, 0, _HEAD[say.spaced])) >= 0)
    return any(re.match(ready["says"], line[end:]) for end in ends) or bool(re.match(ready["theirs"], line))


def _days_after(ready: dict[str, Any], line: str, deadline: date | None) -> list[int]:
    """By how many days each day that the line names is behind the deadline; without its year the nearest one."""
    if deadline is None:
        return []
    found = []
    for met in re.finditer(ready["named_day"], line):
        parts = {name: text for name, text in met.groupdict().items() if text}
        month = ready["month_numbers"].get(parts.get("name", "")[:3]) or parts.get("month")
        day = next((text for name, text in parts.items() if name.startswith("day")), None)
        years = (int(parts["year"]),) if "year" in parts else (deadline.year - 1, deadline.year, deadline.year + 1)
        dates = [d for year in years if (d := _date(year, int(month or 0), int(day or 0)))]
        found += [min(((d - deadline).days for d in dates), key=abs)] if dates else []
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
