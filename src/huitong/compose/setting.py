"""How a brief's language writes what it holds: dates, names, verbs, what stands inside a sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from huitong.compose.language import full_width, is_american, lower_first, spaced_scripts, trim, usual_year
from huitong.compose.pattern import Fact, Slots, first
from huitong.compose.template import phrases, words
from huitong.method import Brief, Language

_WHEN: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
_RELATIVE: Final = re.compile(
    r"( (?:that|which|who|whose|where) )((?:(?:the|an?|our|your|their|my|his|her|its) )?[\w’'-]+ )?", re.IGNORECASE
)
_CAPITALISED: Final = re.compile(r"(?<=[a-z0-9,;] )[A-Z][\w’']*")
# "12-28 开机" is a day; "9-11 人", "8-15 号楼" are none.
_COUNTED: Final = "人名位个個件台天日号號月年周週次箱桶吨噸元万萬层層楼樓室页頁条條家户戶点點时時米"
_NUMERIC_DAY: Final = re.compile(
    r"(?<![\dA-Za-z.号號-])(?:(\d{4})-)?(0?[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\dA-Za-z-])"
    rf"(?(1)|(?= ?(?:前|起|凌晨|早|上午|中午|下午|晚|\d{{1,2}}[:：]\d)| [\u3400-\u9fff](?<![{_COUNTED}])))"
    r"(?: (?=[\u3400-\u9fff]))?"
)
# "12.3 前装回", "排到 12.3": a day by what stands beside it, if the brief gives that day elsewhere.
_SHORT_DAY: Final = re.compile(
    r"(?:(?<=[到至于於在])|(?<=[到至于於在] )"
    r"|(?<![\d.A-Za-z-])(?=[\d./]{3,5} ?[前后後起之能要早上下晚发發开開交装裝完提轮輪可]))"
    rf"(1[0-2]|[1-9])[./]([12]\d|3[01]|0?[1-9])(?![\d.-]| ?[{_COUNTED}A-Za-z%％])(?: (?=[\u3400-\u9fff]))?"
)


@dataclass(frozen=True)
class Setting:
    """How this brief's language writes what it holds: its dates, names and verbs."""

    language: Language
    year: int | None
    names: frozenset[str] = frozenset()
    days: frozenset[tuple[int, int]] = frozenset()  # month and day of those that the brief gives as dates
    american: bool = False

    @property
    def spaced(self) -> bool:
        return self.language is not Language.EN

    @property
    def words(self) -> dict[str, Any]:
        return words(self.language)

    def day(self, day: date) -> str:
        """12 October; 10 月 12 日; with the year where it isn't the usual one."""
        return self._date(day.year, day.month, day.day)

    def deadline(self, day: date) -> str:
        """A day with its weekday: Monday 12 October; 10 月 12 日（周一）."""
        return self._date(day.year, day.month, day.day, kind="deadline", weekday=self.words["weekdays"][day.weekday()])

    def when(self, text: str) -> str:
        """A precedent's time: 2026-03 as March or 3 月, anything else as it was written."""
        found = _WHEN.fullmatch(text)
        if not found or not 1 <= int(found[2] or 1) <= 12 or not 1 <= int(found[3] or 1) <= 31:
            return self.inside(text)
        return self._date(int(found[1]), int(found[2] or 0), int(found[3] or 0), kind="when")

    def _date(self, year: int | None, month: int, day: int, kind: str = "date", weekday: str = "") -> str:
        name = ("day" if day else "month") if month else "year"
        shown = "" if month and year == self.year else str(year)
        months = self.words["months"]
        kind = f"{kind}_american" if self.american else kind
        slots = {"year": Fact(shown), "month": Fact(months[month - 1] if month else ""), "day": Fact(str(day))}
        slots["weekday"] = Fact(weekday)
        return self.say(kind, name, slots=slots).text

    def say(self, *path: str, slots: Slots) -> Fact:
        return first(phrases(self.language, *path), slots, spaced=self.spaced) or Fact("")

    def inside(self, text: str) -> str:
        """As it reads in the middle of a sentence."""
        if self.spaced:
            return text
        first = text.split(" ", 1)[0]
        # These are lowered even before a name: "Ask Ingrid" -> "ask Ingrid", "The X-ray door" -> "the X-ray door".
        small = first.lower() in word_set(self.language, "small") and not first[1:2].isupper()
        plain = small or (self.is_verb(text) and first not in self.names)
        return text[:1].lower() + text[1:] if plain else lower_first(text, self.names)

    def thing(self, name: str) -> str:
        """A matter's name in the middle of a sentence; in English with the article that it lacks."""
        name = self.inside(name)
        first = name.split(" ", 1)[0]
        bare = not self.spaced and re.fullmatch(r"[a-z’'-]+", first) and " " in name
        known = self._is_mass(name.split()) or first in word_set(self.language, "no_article") or first.endswith("ing")
        return f"the {name}" if bare and not known else name

    def _is_mass(self, name: list[str]) -> bool:
        """Whether it is named by something that is not counted: "read access to the table", not "access injunction"."""
        mass = next((n for n, word in enumerate(name[:2]) if word in word_set(self.language, "mass")), None)
        return mass is not None and (len(name) == mass + 1 or name[mass + 1] in word_set(self.language, "of_it"))

    def line(self, value: str) -> str:
        """A field that is a sentence or clause, ready to stand in one of ours."""
        return spaced_scripts(full_width(self._dated(trim(value)))) if self.spaced else trim(value)

    def _dated(self, text: str) -> str:
        """A Chinese line whose days are written 2027-02-11, 12-28 or as a day that is known, 12.3, with these said."""

        def day(found: re.Match[str]) -> str:
            return self._date(int(found[1]) if found[1] else self.year, int(found[2]), int(found[3]))

        def known(found: re.Match[str]) -> str:
            month, day = int(found[1]), int(found[2])
            return self._date(self.year, month, day) if (month, day) in self.days else found[0]

        return _SHORT_DAY.sub(known, _NUMERIC_DAY.sub(day, text))

    def unasked(self, text: str) -> str:
        """A Chinese deed without the plea before it: "请安排两人", but not "请法务部安排两人"."""
        deed = text.removeprefix(self.words["please"])
        if deed == text or re.match(self.words["body"], deed):
            return text
        # A verb of one character may begin a name: 请办公室….
        verb = deed[:2] in word_set(self.language, "verbs") and self.is_verb(deed)
        return deed if verb or deed.startswith(tuple(self.words["deed_starts"])) else text

    def name(self, value: str) -> str:
        """What something is called: as it was written but for the spaces around it and half-width punctuation."""
        return spaced_scripts(full_width(trim(value))) if self.spaced else trim(value)

    def is_clause(self, text: str) -> bool:
        """Whether the text is a sentence of its own: in English something that begins with its subject."""
        if self.spaced:
            return any(mark in text for mark in self.words["clause_marks"])
        first = re.split(r"[\s’',]", text, maxsplit=1)[0]
        subject = first.lower() in word_set(self.language, "subjects") or first in self.names or first[:1].isdigit()
        if not subject:
            return False
        # "A date that the trial can rely on" is no sentence.
        elsewhere = {end for m in _RELATIVE.finditer(text) for end in (m.end(1), m.end(2))}
        # "2 reviewers out, the queue is long": a number begins a sentence only if its own clause has the verb.
        end = len(re.split(r"[,;:] ", text, maxsplit=1)[0]) if first[:1].isdigit() else len(text)
        return any(m.start() not in elsewhere for m in _finite(self.language).finditer(text, len(first), end))

    def has_verb(self, text: str) -> bool:
        """Whether a name for something is a sentence: "The mowers are in the shop", "Letters show the wrong date"."""
        return not self.spaced and bool(
            _finite(self.language).search(text, text.find(" ") if " " in text else len(text))
        )

    def timed_deed(self, text: str) -> tuple[str, str] | None:
        """When, and what is done then ("安装当天下午腾出通道"); None where the text doesn't begin with a time."""
        found = re.match(self.words["occasion"], text) if self.words["occasion"] else None
        rest = text[found.end() :].lstrip("，") if found else ""
        return (found[0], rest) if found and self.is_verb(rest) else None

    def is_order(self, text: str) -> bool:
        """Whether a wish begins with its verb, if with one that is a noun elsewhere too ("ship batch 4471")."""
        first, second, *_ = [*text.lower().split()[:2], "", ""]
        both = first in word_set(self.language, "nouns_too") and second not in word_set(self.language, "of_it")
        both = both and not self.is_done(text)
        return self.is_verb(text) or (
            both and not self.spaced and not text.lower().startswith(tuple(self.words["not_verbs"]))
        )

    def is_done(self, text: str) -> bool:
        """Whether a wish names a thing and what is done with it: "order signed", "purchase of a lamp"."""
        first, second, *_ = [*text.lower().split()[:2], "", ""]
        done = second.endswith("ed") or second in self.words["past"] or second in ("done", "of")
        return done and first not in word_set(self.language, "no_article")

    def is_third_person(self, text: str) -> bool:
        """Whether the text begins with what somebody or something does: "keeps the date", "saves a trip"."""
        if self.spaced or " " not in text:
            return False
        first, second, *_ = [*text.lower().split()[:2], ""]
        if second in word_set(self.language, "modal"):  # "works can start", "trucks are free"
            return False
        stems = {first.removesuffix("s"), first.removesuffix("es")} - {first}
        return not stems.isdisjoint(word_set(self.language, "verbs") | word_set(self.language, "finite_maybe"))

    def deed(self, text: str) -> str:
        """What someone does, inside a sentence: its first word is a verb whatever it looks like."""
        first = text.split(" ", 1)[0]
        own = self.spaced or first in self.names or not re.fullmatch(r"[A-Z][a-z’'-]*,?", first)
        return text if own else text[:1].lower() + text[1:]

    def is_verb(self, text: str) -> bool:
        """Whether the text begins with a verb of the kind that one does ("召开…", "agree on …")."""
        if text.lower().startswith(tuple(self.words["not_verbs"])):
            return False
        if self.spaced:
            described = "的" in text[1:5] and text[:1] not in self.words["coverbs"]  # 补货的采购单
            return not described and not word_set(self.language, "verbs").isdisjoint((text[:1], text[:2]))
        first, second, *_ = [*text.split()[:2], "", ""]
        verb = first.lower().rstrip(",")
        if second == "of":  # "Purchase of a lamp"
            return False
        if verb not in word_set(self.language, "nouns_too"):
            return verb in word_set(self.language, "verbs")
        follows = second.lower() in word_set(self.language, "objects") or second[:1].isupper() or second[:1].isdigit()
        return follows or (verb in word_set(self.language, "verbs_with") and second in ("with", "to", "about"))


@cache
def _finite(language: Language) -> re.Pattern[str]:
    """A word that only a sentence has, or one that may be a noun but for what follows it."""
    ready = words(language)
    sure, maybe, after = ("|".join(ready[name].split()) for name in ("finite", "finite_maybe", "finite_before"))
    return re.compile(rf"(?<![\w’'-])(?:(?:{sure})(?![\w’'-])|(?:{maybe})\s+(?:{after})(?![\w’'-]))")


@cache
def word_set(language: Language, name: str) -> frozenset[str]:
    return frozenset(words(language)[name].split())


def setting_of(brief: Brief, more_days: Iterable[date] = ()) -> Setting:
    """How to write this brief; `more_days` are other dates that its text will hold."""
    days = [brief.deadline, *(e.date for e in brief.efforts), *(c.by for c in brief.commitments), *more_days]
    names: frozenset[str] = frozenset()
    american = False
    if brief.lang is Language.EN:
        said = "\n".join(_texts(brief))
        american = is_american(said)
        people = [brief.requester.name, brief.leader.name, *brief.other_department.model_dump().values()]
        people += [e.with_ for e in brief.efforts] + [c.who for c in brief.commitments]
        names = frozenset(" ".join(people).split()) | frozenset(_CAPITALISED.findall(said))
        names |= frozenset(words(brief.lang)["months"] + words(brief.lang)["weekdays"] + words(brief.lang)["feasts"])
    known = [d for d in days if d]
    short = frozenset((d.month, d.day) for d in known)
    return Setting(brief.lang, usual_year(known, brief.deadline), names, short, american)


def _texts(brief: Brief) -> Iterator[str]:
    yield from (brief.matter, brief.purpose, brief.improvement, *brief.situation, *brief.importance, *brief.benefit)
    yield from (*brief.followup, *(e.result for e in brief.efforts))
    for option in brief.options:
        yield from (option.title, option.what_leader_does, option.benefit)
    for precedent in brief.precedents:
        yield from (precedent.what, precedent.result)
    yield from (c.what for c in brief.commitments)
