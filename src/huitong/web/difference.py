"""What changed between two versions of a request, in whole clauses, for people to read."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from huitong.records.models import Version

# After a clause's end; a full stop or comma within a figure ends none.
_CLAUSES: Final = re.compile(r"(?<=[，。；：！？、;!?\n])|(?<=[,.:]\s)")
_MOST: Final = 2_000  # clauses; beyond that the comparison would take seconds


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `kind` is same, old (only in the older version) or new."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The newer text with what was taken out of the older one, in reading order."""
    old, new = _CLAUSES.split(before), _CLAUSES.split(after)
    if max(len(old), len(new)) > _MOST:
        old, new = before.splitlines(keepends=True)[:_MOST], after.splitlines(keepends=True)[:_MOST]
    pieces = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(Piece("same", "".join(new[j1:j2])))
            continue
        pieces += [Piece("old", "".join(old[i1:i2])), Piece("new", "".join(new[j1:j2]))]
    return [p for p in pieces if p.text]


def between(before: Version, after: Version) -> list[list[Piece]]:
    """The difference of the texts, and of the options if they differ."""
    result = [difference(before.text.replace("\r\n", "\n"), after.text.replace("\r\n", "\n"))]
    options = _options(before), _options(after)
    if options[0] != options[1]:
        result.append(difference(*options))
    return result


def _options(version: Version) -> str:
    lines = []
    for option in version.options:
        minutes = f" {option['minutes']}′" if option.get("minutes") else ""
        rest = "，".join(str(option[k]) for k in ("what_leader_does", "benefit") if option.get(k))
        lines.append(f"{option['title']}{minutes}：{rest}\n" if rest else f"{option['title']}{minutes}\n")
    return "".join(lines)
