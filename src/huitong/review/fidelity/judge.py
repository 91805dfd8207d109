"""Whether a rewriting may stand in place of a text: it says the same, no more and no less, and no worse.

The judge trusts nothing that it is given. Where it cannot tell, it refuses: the text that is there is good already.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from huitong.method.words import Channel, Language, element_name, fault_name
from huitong.review.engine import review
from huitong.review.fidelity.claims import claims, denials
from huitong.review.fidelity.content import Clause, Unit, clauses
from huitong.review.fidelity.facts import NAME, Fact, begins_sentence, facts
from huitong.review.fidelity.reasons import Reason, reason
from huitong.review.fidelity.words import CHATTER, ENGLISH_STARTS
from huitong.review.house import NO_HOUSE, House
from huitong.review.script import other_script

if TYPE_CHECKING:
    from huitong.method import Brief

# Of the original's length, where the channel says nothing.
LONGEST, SHORTEST = 1.4, 0.6
# A clause's own words: how many must be found in the other text.
KEPT, KNOWN = 0.4, 0.4
_FEW: Final = 3


def judge(
    original: str,
    proposed: str,
    *,
    language: Language,
    channel: Channel,
    brief: "Brief | None" = None,
    house: House = NO_HOUSE,
    verbatim: Sequence[str] = (),
) -> tuple[Reason, ...]:
    """Why `proposed` may not stand in place of `original`; nothing if it may.

    `brief` and `house` tell which names there are. `verbatim` are words that may not change where they occur.
    """
    original, proposed = original.replace("\r\n", "\n").strip(), proposed.replace("\r\n", "\n").strip()
    if not proposed:
        return (reason("empty"),)
    if proposed == original:
        return (reason("same"),)
    if len(proposed) > 3 * len(original) + 200:
        return (reason("too_long", [f"{len(proposed)} > {len(original)}"]),)
    before, after = (_said_once(f) for f in _facts_of_both(original, proposed, language, _names(brief, house)))
    differ = list(_facts(before, after))
    parts, new_parts = clauses(original, language, before), clauses(proposed, language, after)
    found = [
        *_form(original, proposed, language),
        *differ,
        *(_sentence_starts(original, proposed) if language is Language.EN else ()),
        *_claims(original, proposed, language),
        *_denials(denials(original, language), denials(proposed, language), parts, new_parts),
        *_words(original, proposed, verbatim),
        *_content(parts, new_parts),
        *(() if differ else _moved(parts, new_parts)),
        *_exchanged(parts, new_parts),
        *_review(original, proposed, language, channel, house),
    ]
    return tuple(dict.fromkeys(found))


def _names(brief: "Brief | None", house: House) -> list[str]:
    """The names that the brief and the house know, and the words that a leader will look for: matter, options."""
    if brief is None:
        return list(house.names)
    leader, other = brief.leader, brief.other_department
    people = [brief.requester.name, brief.requester.department, leader.name, leader.form_of_address]
    people += [
        other.name,
        other.contact,
        other.head,
        *(c.who for c in brief.commitments),
        *(e.with_ for e in brief.efforts),
    ]
    return [n.strip() for n in (*people, brief.matter, *(o.title for o in brief.options), *house.names) if n.strip()]


def _facts_of_both(original: str, proposed: str, language: Language, names: list[str]) -> tuple[list[Fact], list[Fact]]:
    """The facts of both texts, each read with the names that were seen in the other."""
    seen = [f.text for text in (original, proposed) for f in facts(text, language, names) if f.kind == NAME]
    known = [*names, *dict.fromkeys(seen)]
    return facts(original, language, known), facts(proposed, language, known)


def _facts(old: list[Fact], new: list[Fact]) -> Iterator[Reason]:
    left, right = [(f.kind, f.key) for f in old], [(f.kind, f.key) for f in new]
    if left == right:
        return
    lost, added = Counter(left) - Counter(right), Counter(right) - Counter(left)
    for kind in dict.fromkeys(f.kind for f in (*old, *new)):
        if gone := [f.said for f in old if f.kind == kind and lost[kind, f.key]]:
            yield reason(f"{kind}_lost", gone)
        if come := [f.said for f in new if f.kind == kind and added[kind, f.key]]:
            yield reason(f"{kind}_new", come)
    if not lost and not added:
        steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        yield reason("order", [f.said for tag, i, j, _, _ in steps if tag != "equal" for f in old[i:j]])


def _said_once(found: list[Fact]) -> list[Fact]:
    """The facts without a name that was the last one named already: "they" may stand for it, nothing is mixed up."""
    kept: list[Fact] = []
    last = ""
    for fact in found:
        if fact.kind != NAME or fact.key != last:
            kept.append(fact)
        last = fact.key if fact.kind == NAME else last
    return kept


def _sentence_starts(original: str, proposed: str) -> Iterator[Reason]:
    """A word that begins a sentence may be a name; whatever it is, the other text must hold it."""
    for text, other, code in ((original, proposed, "name_lost"), (proposed, original, "name_new")):
        words = {w.lower() for w in re.findall(r"[A-Za-z]+", other)}
        starts = (m[0] for m in re.finditer(r"\b[A-Z][a-z]+", text) if begins_sentence(text, m.start()))
        if strange := [w for w in starts if w.lower() not in words | ENGLISH_STARTS]:
            yield reason(code, strange)


def _claims(original: str, proposed: str, language: Language) -> Iterator[Reason]:
    before, after = claims(original, language), claims(proposed, language)
    if gone := [w for group, words in before.items() if group not in after for w in words]:
        yield reason("claim_lost", gone)
    if come := [w for group, words in after.items() if len(words) > len(before.get(group, ())) for w in words]:
        yield reason("claim_new", [w for w in come if w not in original] or come)


def _words(original: str, proposed: str, verbatim: Iterable[str]) -> Iterator[Reason]:
    if changed := [w for w in verbatim if w and original.count(w) != proposed.count(w)]:
        yield reason("kept_words", changed)
    if "你" in proposed and "你" not in original:
        yield reason("familiar")


# --- the form ---

_PLAIN: Final = {
    "zh": set("，。、；：！？（）…—·\n "),
    "en": set(".,;:!?()'’-–— \n…"),
}
_MARKED_LINE: Final = re.compile(
    r"^[ \t]*(?:[-*+•·>#]+[ \t]|#{1,6}|```|~~~|\d{1,2}[.)、][ \t]*)|\*\*|__|^[-=_*]{3,}$", re.M
)


def _form(original: str, proposed: str, language: Language) -> Iterator[Reason]:
    known = set(original)
    kind = "en" if language is Language.EN else "zh"

    def usual(c: str) -> bool:
        return c in known or c in _PLAIN[kind] or (c.isascii() and c.isalnum()) or "\u3400" <= c <= "\u9fff"

    if strange := [c for c in dict.fromkeys(proposed) if not usual(c)]:
        yield reason("sign", [c if c.isprintable() and not c.isspace() else f"U+{ord(c):04X}" for c in strange])
    if foreign := other_script(proposed, language) - known:
        yield reason("language", sorted(foreign))
    marks = Counter(m[0].strip() for m in _MARKED_LINE.finditer(proposed))
    if marks := marks - Counter(m[0].strip() for m in _MARKED_LINE.finditer(original)):
        yield reason("form", marks)
    said = [m[0] for m in CHATTER.finditer(proposed) if m[0].lower() not in original.lower()]
    if said:
        yield reason("chatter", said)
    if len(proposed) > LONGEST * len(original) + 20:
        yield reason("too_long", [f"{len(proposed)} > {len(original)}"])
    if len(proposed) < SHORTEST * len(original):
        yield reason("too_short", [f"{len(proposed)} < {len(original)}"])


# --- what the clauses say ---


def _content(before: list[Clause], after: list[Clause]) -> Iterator[Reason]:
    old, new = ({u for c in side for u in c.words} for side in (before, after))
    if gone := [c.text for c in before if not c.is_courtesy and _share(c, new) < KEPT]:
        yield reason("clause_lost", gone)
    if come := [c.text for c in after if not c.is_courtesy and _share(c, old) < KNOWN]:
        yield reason("clause_new", come)


def _moved(before: list[Clause], after: list[Clause]) -> Iterator[Reason]:
    """Words that the text says once and that now stand elsewhere: 比价 3 天，付款 5 天 the other way round."""
    once = Counter(u.text for c in before for u in c.units)
    now: dict[str, list[tuple[Clause, Unit]]] = {}
    for clause in after:
        for unit in clause.units:
            now.setdefault(unit.text, []).append((clause, unit))
    moved = [
        home.text
        for home in before
        for unit in home.units
        if once[unit.text] == 1
        and unit.text in now
        and not any(_stays(unit, home, where, clause, before) for clause, where in now[unit.text])
    ]
    if moved:
        yield reason("moved", moved)


def _exchanged(before: list[Clause], after: list[Clause]) -> Iterator[Reason]:
    """Clauses in which somebody else does what was said: I for you, they for us."""
    told = []
    for clause in after:
        home = max(before, key=clause.likeness, default=clause)
        if home.likeness(clause) and home.doers - clause.doers and clause.doers - home.doers:
            told.append(home.text)
    if told:
        yield reason("doer", told)


def _denials(old: list[int], new: list[int], before: list[Clause], after: list[Clause]) -> Iterator[Reason]:
    """Each denial must stand in the clause in which it stood; neither more nor fewer."""

    def stays(was: int, now: int) -> bool:
        home, clause = (next(c for c in side if at < c.end) for side, at in ((before, was), (after, now)))
        return home.likeness(clause) == max(c.likeness(clause) for c in before)

    if len(old) != len(new) or not all(map(stays, old, new)):
        yield reason("denial")


def _stays(unit: Unit, home: Clause, where: Unit, clause: Clause, before: list[Clause]) -> bool:
    """Whether a word of `home` still stands there in this clause: beside the same facts and its own words."""
    if home.last - home.first > 1 and where.facts_before != unit.facts_before:
        return False
    apart = int(home.first < home.last and clause.first < clause.last)  # without a fact of its own it may touch
    if min(home.last, clause.last) < max(home.first, clause.first) + apart:
        return False
    ours = len(home.words & clause.words)
    return ours == max(len(c.words & clause.words) for c in before) or 2 * ours >= len(home.words)


def _share(clause: Clause, words: set[str]) -> float:
    """Of the clause's own words, how many are among these; too few words tell nothing."""
    return len(clause.words & words) / len(clause.words) if len(clause.words) >= _FEW else 1.0


# --- what the review says ---


def _review(original: str, proposed: str, language: Language, channel: Channel, house: House) -> Iterator[Reason]:
    before, after = (review(t, channel=channel, language=language, house=house) for t in (original, proposed))
    # Words that still stand as they did carry what they carried, whatever the review now makes of their neighbours.
    carried = {e: [span.text for span in spans] for e, spans in before.elements.items()}
    if gone := [e for e, told in carried.items() if e not in after.elements and not all(t in proposed for t in told)]:
        yield reason("element", [element_name(e, language) for e in gone])
    if worse := Counter(f.code for f in after.faults) - Counter(f.code for f in before.faults):
        shown = [f for f in after.faults if f.code in worse]
        yield reason("fault", [f"{fault_name(f.code, language)} “{f.text}”" for f in shown])
    limit = after.length.limit
    if limit and after.length.size > max(limit, before.length.size):
        yield reason("too_long", [f"{after.length.size} > {limit}"])
