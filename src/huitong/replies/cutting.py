"""What a person newly wrote: without what is quoted, signed, or put there by servers. The patterns are
rules/cutting.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from huitong.replies.mail import Mail

RULES: Final[dict[str, Any]] = tomllib.loads(
    (files("huitong.replies") / "rules" / "cutting.toml").read_text(encoding="utf-8")
)
MAX_LINES: Final = 2_000
MAX_LINE: Final = 600  # characters of a line that is looked at for marks
SIGNATURE_LINES: Final = 8


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_QUOTED_FROM: Final = _any(RULES["quoted_from"])
_QUOTED_HEAD: Final = _any(RULES["quoted_head"])
_SIGNED_FROM: Final = _any(RULES["signed_from"])
_NOTICE_FROM: Final = _any(RULES["notice_from"])
_BANNER: Final = _any(RULES["banner"])
_BREAKABLE: Final = re.compile(
    r"(on|am|le)\b|[在于於]|[^<>]{1,80}<[^<>\s]+@", re.IGNORECASE
)  # how a broken line begins
_SPACES: Final = re.compile(r"[ \t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Written:
    """What was newly written. `sure`: there was one reading of it, and nothing was left out unread."""

    text: str
    sure: bool


def newly_written(mail: Mail, names: Sequence[str] = ()) -> Written:
    """The person's own words. `names` are what they sign with: from such a line on, near the end, it is a signature.

    A mail with two alternatives that say different things has two readings: the plain one is told, as not sure.
    """
    texts = [cut(text, names) for text in (mail.plain, mail.html) if text is not None]
    filled = [text for text in texts if text]
    text = filled[0] if filled else ""
    same = len({re.sub(r"\s+", "", each) for each in texts}) <= 1
    return Written(text, same and mail.whole)


def cut(text: str, names: Sequence[str] = ()) -> str:
    """The lines of `text` that are the writer's own."""
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")[:MAX_LINES]]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at][:MAX_LINE]
        if line.startswith(">"):
            at += 1
        elif _SIGNED_FROM.fullmatch(line) and line:
            # A phone's line stands above what it quotes; below that somebody may have written on.
            at = _after_quote(lines, at + 1)
        elif lead := _leads_to_quote(lines, at):
            at = _after_quote(lines, at + lead)
        elif _NOTICE_FROM.fullmatch(line) and (not kept or not kept[-1]):
            break
        else:
            if not (_BANNER.fullmatch(line) and line and not any(kept)):
                kept.append(lines[at])
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_unsigned(kept, names)).strip())


def _leads_to_quote(lines: list[str], at: int) -> int:
    """How many lines here introduce what is quoted; 0 if they don't."""
    for count in (1, 2, 3):
        together = lines[at : at + count]
        broken = all(line and line[0] != ">" for line in together) and _BREAKABLE.match(lines[at])
        if lines[at] and (count == 1 or broken) and _QUOTED_FROM.fullmatch(" ".join(together)[:MAX_LINE]):
            return count
    head = [line for line in lines[at : at + 4] if _QUOTED_HEAD.fullmatch(line[:MAX_LINE])]
    return 1 if len(head) >= 2 and _QUOTED_HEAD.fullmatch(lines[at][:MAX_LINE]) else 0


def _after_quote(lines: list[str], at: int) -> int:
    """Where the writer may go on: below lines with ">", if such follow; else nowhere."""
    while at < len(lines) and (not lines[at] or _leads_to_quote(lines, at) == 1):
        at += 1
    if at >= len(lines) or not lines[at].startswith(">"):
        return len(lines)
    while at < len(lines) and (lines[at].startswith(">") or not lines[at]):
        at += 1
    return at


def _unsigned(lines: list[str], names: Sequence[str]) -> list[str]:
    """Without the block at the end that begins with the writer's own name."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    known = {re.sub(r"\W+", "", name).lower() for name in names if name.strip()}
    for at in range(max(1, len(lines) - SIGNATURE_LINES), len(lines)):
        if re.sub(r"\W+", "", lines[at]).lower() in known:
            return lines[:at]
    return lines
