"""How words are fitted together: trimming, clause ends, dates, counting. Knows scripts, not wording (that is data)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import reduce
from typing import Final

_TRAILING: Final = " \t。．.;；,，、:：…"
_LEADING: Final = " \t。，；：、,;:"
_ABBREVIATION: Final = re.compile(r"(?:\b[A-Za-z]\.){2,}$|\b(?:Inc|Ltd|Co|Corp|etc|Jr|Sr|No|St)\.$")
_ENDED: Final = re.compile(r"[。.!?！？…][”’」』\"')）]?$")
_CLAUSE_END: Final = re.compile(r"[，；。！？]|[,;!?](?=\s|[^\x00-\x7f])|(?<=[^\W\d_]{4})\.(?=\s)|\s[—–-]+(?=\s)")
# A clause that waits for the next, a list's first names: they say nothing without what follows.
_DEPENDENT: Final = re.compile(
    r"\s*(?:(?:if|because|since|although|though|while|when|once|unless)\b"
    r"|因(?!此)|由于|由於|虽|雖|如(?!期|约|約|下|实|實|上)|若|要是|只要|尽管|儘管|为了|為了|除了)",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(
    r", (?!(?:so|which|who|because|if|when|while|then|we|they|it|he|she)\b)"
    r"[\w’'-]+(?: [\w’'-]+){0,3}(?:, [\w’'-]+(?: [\w’'-]+){0,3})*,? (?:and|or) "
)
# What follows says when, or that not, the beginning holds: to leave it out would say something else.
_CONDITION: Final = re.compile(
    r"\s*(?:(?:if|unless|but|until|except|provided|as long as|without|only|although|though|not|yet)\b"
    r"|但|不过|不過|除非|除了|前提|只要|如果|要是|若|可是|只是|只能|须|需|要)",
    re.IGNORECASE,
)
_OPENING: Final = "（(「『“《【[{<"
_CLOSING: Final = "）)」』”》】]}>"
_STRONG: Final = "。！？"
_FEW: Final = 3
_FAR: Final = 600  # no channel that shortens has room for a beginning that is longer


def trim(value: str) -> str:
    """A field as one line without the stops and commas around it; a field of nothing but stops is left as it is."""
    line = " ".join(value.split())
    inner = line.lstrip(_LEADING)
    return inner if _ABBREVIATION.search(inner) else inner.rstrip(_TRAILING) or line


_HAN: Final = r"[\u3400-\u9fff”’》」』）]"
_HALF: Final = re.compile(rf"(?<={_HAN})\s?([,;:]|[!?]+) ?|([,;:!?]) ?(?=[\u3400-\u9fff“‘《「『])")
_BRACKETS: Final = re.compile(r"\s?\(([^()]*[\u3400-\u9fff][^()]*)\)")
# Before a figure a comma that groups no thousands: "1:11,4 月", "(OB-12),12/8".
_BETWEEN: Final = re.compile(r"(?<=[\dA-Za-z)%]),(?=\d|[A-Za-z]\w* ?[\u3400-\u9fff])(?!\d{3}(?!\d))")
_FULL: Final = str.maketrans(",;:!?", "，；：！？")


def full_width(text: str) -> str:
    """A Chinese line with the half-width punctuation beside its characters set full-width; numbers and codes stay."""
    text = _BETWEEN.sub("，", _BRACKETS.sub(r"（\1）", text))
    return _HALF.sub(lambda found: (found[1] or found[2]).translate(_FULL), text)


_SEAM: Final = re.compile(r"(?<=[\u3400-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[\u3400-\u9fff])")


def spaced_scripts(text: str) -> str:
    """Chinese with a space between its characters and Latin letters or figures, everywhere alike."""
    return _SEAM.sub(" ", text)


_ASIDE: Final = re.compile(r"\s?[（(][^（()）]*[）)]\s?(?=[\u3400-\u9fff，。；\w])|\s[（(][^（()）]*[）)]")


_CODE: Final = re.compile(r"[A-Za-z]+[-_ ]?\d+[-_\d]|\d+-\d+-\d|[A-Za-z]\d{3}")


def without_asides(text: str, *, codes: bool = False) -> str:
    """The text without what stands in brackets (`codes`: only if it is a code); as it is if nothing would remain."""
    if "(" not in text and "（" not in text:
        return text

    def without(found: re.Match[str]) -> str:
        if codes and not _CODE.search(found[0]):
            return found[0]
        after = text[found.end() : found.end() + 1]
        return " " if after.isascii() and after.isalnum() else ""

    return _ASIDE.sub(without, text).strip() or text


_DAY: Final = re.compile(r"([月到至] ?\d{1,2} ?)日(?:([到至、和] ?\d{1,2} ?)日)?")
_WEEKDAY: Final = re.compile(r"（([周週].|星期.)）")
_CLOCK: Final = re.compile(r"(?<![\d:：比例按])(\d|[01]\d|2[0-4])[:：]([0-5]\d)(?![\d:：])(\s(?=[\u3400-\u9fff]))?")


def aloud(text: str, ready: dict[str, str]) -> str:
    """Times and days as they are said (`ready`: how the language says an hour, half past, minutes, the day of a month;
    nothing: as they are).

    A weekday in brackets is said without them: 9 月 25 号周五.
    """

    def said(found: re.Match[str]) -> str:
        hour, minute = found[1].lstrip("0") or "0", found[2]
        kind = {"00": "hour", "30": "half"}.get(minute, "minute")
        return ready[kind].format(hour=hour, minute=minute) + (found[3] or "" if kind == "minute" else "")

    def day(found: re.Match[str]) -> str:
        return "".join(f"{part}{ready['day']}" for part in found.groups() if part)

    return _CLOCK.sub(said, _DAY.sub(day, _WEEKDAY.sub(r"\1", text))) if ready else text


def drop_start(text: str, starts: Iterable[str]) -> str:
    """The text without the first of `starts` that it begins with, unless nothing would remain."""
    for start in starts:
        if text.lower().startswith(start.lower()) and len(text) > len(start):
            return text[len(start) :].lstrip(" ，,：:")
    return text


def lower_first(text: str, names: frozenset[str]) -> str:
    """The text as it reads inside an English sentence: no capital but for names (`names`: words never lowered)."""
    first, _, rest = text.partition(" ")
    is_name = (
        re.sub(r"[’']s?$|[,;:]$", "", first) in names
        or not re.fullmatch(r"[A-Z][a-z]+(?:[-’'][a-z]+)*[,:]?|A", first)
        or first.startswith(("I'", "I’"))
    )
    if is_name or re.match(r"[A-Z][a-z]", rest):
        return text
    return text[0].lower() + text[1:]


def sentence(text: str) -> str:
    """The text as it begins an English sentence; a word with capitals of its own (iPhone) or a code stays."""
    return upper_first(text) if re.match(r"[a-z’']+(?![\w.@/-])", text) else text


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def cut(text: str, room: int, unit: str) -> str:
    """The longest beginning of the text, at most `room` long, that ends where a clause ends.

    The first clause if even that is longer; the whole text if it has no inner clause end. Never inside a number, a
    name, brackets or quotes.
    """
    if count(text, unit) <= room:
        return text
    best, clause = "", 0
    for found in _CLAUSE_END.finditer(text, 0, _FAR):
        head = text[: found.start()].rstrip(_TRAILING)
        begins, clause = clause, found.end()
        if not head or _in_number(text, found.start()) or not _balanced(head) or _CONDITION.match(text, found.end()):
            continue
        if _DEPENDENT.match(text, begins) or _LISTED.match(text, found.start()):
            continue
        if best and count(head, unit) > room:
            break
        best = head
    return best or text


def _in_number(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()


def _balanced(text: str) -> bool:
    pairs = zip(_OPENING, _CLOSING, strict=True)
    return text.count('"') % 2 == 0 and all(text.count(a) <= text.count(b) for a, b in pairs)


def count(text: str, unit: str) -> int:
    """Length in `unit`: "words", or "characters" without white space."""
    return len(text.split()) if unit == "words" else sum(map(len, text.split()))


def ends(text: str) -> bool:
    """Whether the text already ends as a sentence does."""
    return bool(_ENDED.search(text))


def join_seam(left: str, right: str, *, spaced: bool) -> str:
    """Two pieces of one sentence, one a person's words: no doubled stop; Chinese and Latin spaced if `spaced`."""
    if not left or not right:
        return left + right
    if (right[0] == "。" or (right[0] == "." and not right[1:2].isalnum())) and ends(left):
        return left + right[1:]
    if right[0] in "，；、：,;:":
        return left.rstrip("!?！？。") + right
    a, b = left[-1], right[0]
    if not (a.isalnum() and b.isalnum()):
        return left + right
    one_word = not _han(a) and not _han(b)  # or 3 and 12 would make 312
    two_scripts = spaced and _han(a) != _han(b) and _word(a) and _word(b)
    return f"{left} {right}" if one_word or two_scripts else left + right


def _han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character > "\U00020000"


def _word(character: str) -> bool:
    return _han(character) or (character.isalnum() and unicodedata.east_asian_width(character) in "NaA")


def join_items(items: list[str], between: str, end: str) -> str:
    """Clauses as prose, joined and closed; with "；" a new sentence after three, or after one with stops of its own."""
    if not between.startswith("；"):
        pieces = [p for item in items for p in (between, item)][1:] + [end]
        return reduce(lambda left, right: join_seam(left, right, spaced=False), pieces)
    text, since = "", 0
    for item in items:
        if text:
            full = since >= _FEW or any(s in item or s in text.rsplit("；", 1)[-1] for s in _STRONG)
            text = join_seam(text, end[:1] if full else between, spaced=False)
            since = 0 if full else since
        text += item
        since += 1
    return join_seam(text, end, spaced=False)


_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_STEMS: Final = "organ|author|final|priorit|recogn|summar|real|special|standard|util"
_AMERICAN: Final = re.compile(
    rf"\b{_MONTH} \d{{1,2}}\b(?!:)|\b(?:{_STEMS})iz\w+|\b(?:color|center|labor|favor|behavior|gray)(?:s|ed)?\b"
)
_BRITISH: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|\b(?:{_STEMS})is\w+"
    r"|\b(?:colour|centre|labour|favour|behaviour|grey)(?:s|ed)?\b"
)


def is_american(text: str) -> bool:
    """Whether dates and spelling are American more often than British; British where nothing tells."""
    return len(_AMERICAN.findall(text)) > len(_BRITISH.findall(text))


def usual_year(days: Iterable[date], deadline: date | None) -> int | None:
    """The year that goes without saying: the commonest of the dates; of several, the deadline's or the latest."""
    years = Counter(d.year for d in days)
    if not years:
        return None
    return max(years, key=lambda y: (years[y], deadline is not None and y == deadline.year, y))


def clauses(text: str) -> list[str]:
    """The text in clauses, each with the stop that ends it."""
    out, at = [], 0
    for found in _CLAUSE_END.finditer(text):
        piece = text[at : found.end()]
        if not _in_number(text, found.start()) and _balanced(piece):
            out.append(piece.strip())
            at = found.end()
    return [piece for piece in (*out, text[at:].strip()) if piece]
