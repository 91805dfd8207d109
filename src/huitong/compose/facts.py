"""What a brief gives to say, in the brief's language: slots for single facts, lists of slots for the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from huitong.compose.items import (
    Item,
    commitment_items,
    effort_items,
    line_items,
    precedent_items,
    with_deed,
)
from huitong.compose.language import clauses, count, drop_start, full_width, sentence, trim
from huitong.compose.options import head_at, head_of, number_of, option_item
from huitong.compose.pattern import Fact
from huitong.compose.setting import Setting, setting_of, word_set
from huitong.compose.weight import by_weight
from huitong.method import Brief, Language, chinese_number

_HAN_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}")


@dataclass(frozen=True)
class Facts:
    """`slots` and `lists` by name, lists in the order in which they are told; `paths` of all that a text could tell."""

    language: Language
    slots: Item
    lists: dict[str, list[Item]]
    paths: tuple[str, ...]
    setting: Setting
    weighed: Mapping[str, list[int]]  # the places of a list's items, weightiest first

    def but(self, *, lists: dict[str, list[Item]] | None = None, **slots: str) -> "Facts":
        """The same with other lists and more slots, for a text that leaves nothing of the brief out."""
        more = {name: Fact(text) for name, text in slots.items() if text}
        return replace(self, slots=self.slots | more, lists=self.lists | (lists or {}), paths=())

    def only(self, names: Iterable[str]) -> "Facts":
        """With these slots and no others."""
        return replace(self, slots={name: self.slots[name] for name in names if name in self.slots})

    def weightiest(self, name: str) -> list[Item]:
        """The one item of a list that says most; none of an empty list."""
        return [self.lists[name][n] for n in self.weighed[name][:1]]

    def has(self, name: str) -> bool:
        return bool(self.slots.get(name) or self.lists.get(name))


def facts_of(brief: Brief, more_days: Iterable[date] = ()) -> Facts:
    """Everything that the brief gives to say. What it doesn't give is no slot and an empty list."""
    say = setting_of(brief, more_days)
    lists = {
        "situation": line_items(say, "situation", _without_greeting(say, brief, brief.situation)),
        "importance": line_items(say, "importance", _without_greeting(say, brief, brief.importance)),
        "benefit": line_items(say, "benefit", brief.benefit, without=say.words["afterwards"]),
        "followup": [with_deed(say, item) for item in line_items(say, "followup", brief.followup)],
        "efforts": effort_items(say, brief),
        "options": [option_item(say, brief, o, i) for i, o in enumerate(brief.options)],
        "precedents": precedent_items(say, brief),
        "commitments": commitment_items(say, brief),
    }
    lists["followup_deeds"] = [item for item in lists["followup"] if "does" in item]
    lists["followup_things"] = [item for item in lists["followup"] if "does" not in item]
    chosen = lists["options"][min(brief.preferred or 0, len(brief.options) - 1)] if brief.options else {}
    lists["options"] = [o for o in lists["options"] if o]
    lists["preferred"] = [o for o in lists["options"] if o is chosen] or lists["options"][:1]
    lists["gains"] = [o for o in lists["options"] if "benefit" in o]
    lists["ways"] = lists["options"]
    if brief.preferred is not None and {"deed", "does"} <= chosen.keys():  # its deed has been asked for before
        asked = chosen["does"].paths <= chosen["deed"].paths
        way = {name: fact for name, fact in chosen.items() if name != "does" or not asked}
        lists["ways"] = [way if option is chosen else option for option in lists["options"]]
    lists["others"] = [o for o in lists["options"] if o not in lists["preferred"]]
    slots = _single(say, brief)
    if len(lists["options"]) > 1:
        slots["several"] = Fact(_how_many(say, len(lists["options"])))
        slots["number_of_options"] = Fact(number_of(say, len(lists["options"]) - 1))
        slots["replies"] = Fact(_replies(say, [o["number"].text for o in lists["options"]]))
        if brief.preferred is not None and lists["preferred"]:
            slots["preference"] = lists["preferred"][0]["ordinal"]
        else:
            slots["undecided"] = slots["several"]
    elif (act := chosen.get("act")) and count(act.text, say.words["unit"]) <= say.words["short_act"]:
        slots["sole_act"] = act
    if any(_talks(say, option, slots) for option in lists["options"]):
        slots["talks_with"] = slots["counterpart"]
    told = {p for f in slots.values() for p in f.paths} | {
        p for items in lists.values() for item in items for f in item.values() for p in f.paths
    }
    weighed = {"situation": by_weight(say, brief)}
    return Facts(brief.lang, slots, lists, tuple(p for p in _order(brief) if p in told), say, weighed)


def _without_greeting(say: Setting, brief: Brief, lines: Iterable[str]) -> list[str]:
    """The lines without the leader's name and a few words before the fact: the text greets by itself."""
    leader = brief.leader
    called = [name for name in (leader.form_of_address, leader.name, leader.title) if name]
    out = []
    for line in lines:
        bare = re.sub(say.words["hello"], "", line, count=1)
        name = next((name for name in called if bare.startswith(name)), "")
        met = re.match(say.words["greeting"], bare[len(name) :]) if name else None
        told = bare[len(name) + met.end() :] if met else line
        while (rest := drop_start(told, say.words["lead_ins"])) != told:
            told = rest
        out.append(told if told.strip() else line)
    return out


def _talks(say: Setting, option: Item, slots: Item) -> bool:
    """Whether the leader is to talk with the other side, and not only to allow or sign something."""
    label, does = (option[slot].text if slot in option else "" for slot in ("label", "does"))
    head, other = (slots[slot].text if slot in slots else "" for slot in ("head", "other"))
    if head_at(say, label, head) >= 0 or (head and head in does):
        return True
    return say.spaced and other in label and bool(re.match(say.words["contact"], label))


def _single(say: Setting, brief: Brief) -> Item:
    other, requester, leader = brief.other_department, brief.requester, brief.leader
    slots = {
        "requester": Fact(trim(requester.name)),
        "department": Fact(trim(requester.department)),
        "requester_title": Fact(trim(requester.title)),
        "leader": Fact(trim(leader.name)),
        "leader_title": Fact(trim(leader.title)),
        "other": Fact(trim(other.name)),
        "head": Fact(head_of(brief)),
        "contact": Fact(trim(drop_start(other.contact, [other.name]))),
        "improvement": Fact(say.line(brief.improvement), frozenset({"improvement"}), long=True),
        "improvement_inside": Fact(say.inside(say.line(brief.improvement)), frozenset({"improvement"}), long=True),
        "me": Fact(say.words["me"]),
    }
    if not say.spaced:
        named = slots["other"].text.split()
        of_it = {word.lower() for word in (*named[-1:], *(named[:1] if named[1:2] == ["of"] else ()))}
        place = named[:1] not in (["The"], ["the"]) and of_it & word_set(say.language, "the_of")
        slots["the_other"] = Fact(f"the {slots['other'].text}") if place else slots["other"]
    slots["improvement_told"] = _improvement(say, slots)
    slots |= _matter(say, brief) | _purpose(say, brief)
    if brief.deadline:
        slots["deadline"] = Fact(say.day(brief.deadline), frozenset({"deadline"}))
        slots["deadline_day"] = Fact(say.deadline(brief.deadline), frozenset({"deadline"}))
        slots |= _goal(say, slots)
        if "due" in slots:
            slots["due_before"] = say.say("before", "day", slots={"day": slots["due"]})
    if "due" not in slots:
        slots["free_goal"] = slots["goal"]  # no day has to be told beside it
    slots["counterpart"] = say.say("counterpart", slots=slots)
    slots["address"] = Fact(address(say, brief))
    if not re.search(r"\s", slots["address"].text):
        slots["first_name"] = slots["address"]
    return {name: fact for name, fact in slots.items() if fact.text}


def _improvement(say: Setting, slots: Item) -> Fact:
    line, inside = slots["improvement"], slots["improvement_inside"]
    # "客服以后先看表单", "for the next plots I will …": who does it stands there already.
    stands = line.text.startswith(tuple(say.words["improvement_starts"])) or re.match(
        say.words["improvement_if"], line.text
    )
    kind = "stands" if stands else "verb" if say.is_verb(line.text) else "thing"
    return say.say("improvement", kind, slots={"line": line, "inside": inside} if line.text else {})


def _matter(say: Setting, brief: Brief) -> Item:
    """What the matter is called: `matter` in a sentence, `thing` and `topic` at its head.

    In English it is either a `matter_clause`, a sentence, or a `matter_name`. `settled` is what is done with it: a
    trouble is solved, a question settled.
    """
    ready = say.words["matter"]
    path = frozenset({"matter"})
    matter = say.name(brief.matter)
    said = re.sub(r"(?<=\d)[:.,](?=\d)", "", matter)  # 7:30 is no stop
    plea = matter.startswith(tuple(ready["plea_if"]))
    stops = any(mark in said for mark in ready["quote_if"]) or (plea and not say.spaced)
    clause = not stops and say.has_verb(matter)
    quoted = ready["quoted"].format(matter=matter) if stops or clause else say.thing(matter)
    slots = {"matter": Fact(quoted, path), "matter_title": Fact(matter, path)}
    if not matter.endswith(tuple(ready["thing_ends"])):
        slots["loose_matter"] = slots["matter"]
    slots["thing"] = say.say("matter", "thing", slots=slots)
    trouble = any(mark in matter for mark in ready["trouble_if"])
    slots |= {name: Fact(ready[name][trouble]) for name in ("settled", "settle_it", "talk")}
    if say.spaced:
        told = full_width(matter) if stops and not any(mark in said for mark in ready["sentence_if"]) else quoted
        named = trouble or told != quoted or any(mark in matter for mark in ready["topic_if"])
        bare = not stops and (named or "loose_matter" not in slots)
        slots["topic"] = Fact(told, path) if bare or told != quoted else say.say("matter", "topic", slots=slots)
        if plea and not stops:
            kind = "plea" if say.unasked(matter) == matter else "quoted_plea"
            slots["topic"] = say.say("matter", kind, slots=slots)
        return slots
    if stops:
        return slots | {"matter_name": slots["matter"]}
    kind = "deed" if say.is_verb(matter) else "lack" if matter.split(" ", 1)[0].lower() in ready["lack_if"] else ""
    told = say.deed(matter) if kind == "deed" else say.inside(matter)
    if clause or kind:
        whole = Fact(told, path) if clause else say.say("matter", kind, slots={"matter": Fact(told, path)})
        slots |= {
            "matter_clause": whole,
            "Matter_clause": replace(whole, text=sentence(matter if clause else whole.text)),
        }
    else:
        slots["matter_name"] = slots["matter"]
    return slots


def _purpose(say: Setting, brief: Brief) -> Item:
    """What is hoped for: `purpose` after "we hope", `goal` as it is told to the leader."""
    path = frozenset({"purpose"})
    whole = say.line(brief.purpose)
    whole = re.sub(say.words["soon"], "", whole) or whole  # the day says how soon, and without a day it says nothing
    text = drop_start(whole, say.words["purpose_starts"])
    please = say.words["please"]
    named = f"{brief.other_department.name} {brief.other_department.head} {brief.other_department.contact}"
    if please and text.startswith(please) and text[len(please) :][:2] in named:
        text = text.removeprefix(please)
    text = say.unasked(text)
    for wished, told in say.words["wishes"]:
        text = re.sub(wished, told, text)
    slots = {"purpose": Fact(text, path, long=True), "purpose_inside": Fact(say.inside(text), path, long=True)}
    slots["goal"] = slots["purpose"]
    if say.spaced or not text:
        return slots
    if text.split(" ", 1)[0].lower() in word_set(say.language, "questions"):
        slots["purpose_question"] = Fact(sentence(text.rstrip("?!")), path, long=True)
        slots["goal"] = Fact("")
    else:
        ordered = text != whole and whole.lower().startswith(tuple(say.words["polite"]))
        kind = "verb" if ordered or say.is_order(text) else "clause" if say.is_clause(text) else "thing"
        kind = "thing" if kind == "clause" and re.match(say.words["wanted"], whole) else kind
        inside = slots["purpose_inside"]
        required = kind == "thing" and re.match(say.words["required"], inside.text)
        if kind == "thing" and (required or say.is_done(inside.text)):
            inside = replace(inside, text=say.thing(inside.text))
        for name in ("goal", "hope"):
            slots[name] = replace(say.say(name, kind, slots={"purpose": inside}), long=True)
        if required:
            slots["goal"] = replace(inside, text=sentence(inside.text))
        elif whole.startswith(tuple(say.words["goal_starts"])):
            slots["goal"] = Fact(whole, path, long=True)
    return slots


def _goal(say: Setting, slots: Item) -> Item:
    """The goal with the weekday at its date if that is the deadline, then `dated`; else the deadline apart, `due`."""
    name = "purpose_question" if "purpose_question" in slots else "goal"
    goal, day, long_day = slots[name], slots["deadline"].text, slots["deadline_day"]
    before, found, after = goal.text.partition(day)
    if say.spaced and not found and say.words["before_mark"] not in goal.text and say.is_verb(goal.text):
        # "定下场地" alone would be followed by "最晚 5 月 29 日定下来".
        told = replace(say.say("before", "goal", slots={"day": long_day, "goal": goal}), long=True)
        return {name: told, "dated_goal": told, "dated": slots["deadline"]}
    if not found or len(clauses(before)) > 1 or after[:1].isdigit() or before[-1:].isdigit():
        return {"due": long_day}
    known = after.startswith(("（", ",", " (")) or (not say.spaced and not before.endswith("by "))
    text = goal.text if known else before + long_day.text + after
    told = replace(goal, text=text, paths=goal.paths | long_day.paths)
    asked = replace(told, text=f"{text}?") if name == "purpose_question" else told
    return {name: told, "dated_goal": asked, "dated": slots["deadline"]}


def address(say: Setting, brief: Brief) -> str:
    """How the leader is addressed: as the brief says, else by surname and title, by title, or as the language does."""
    leader = brief.leader
    if leader.form_of_address:
        return trim(leader.form_of_address)
    name, titles = trim(leader.name), say.words["titles"]
    if not say.spaced:
        first, _, rest = name.removeprefix("The ").partition(" ")
        plain = rest.isalpha() and first.isalpha() and first not in titles and name[:4] != "The "
        return first if plain else name.removeprefix("The ")
    if len(name) > 1 and name.endswith(tuple(titles)):
        return name
    suffix = next((t for t in titles if leader.title.endswith(t)), "")
    if suffix and _HAN_NAME.fullmatch(name):
        surname = name[:2] if name[:2] in say.words["double_surnames"] else name[:1]
        return surname + suffix
    return trim(leader.title) or str(say.words["leader"])


def _how_many(say: Setting, number: int) -> str:
    named = say.words["how_many"]
    return (
        named[number - 2]
        if number - 2 < len(named)
        else chinese_number(number)
        if say.spaced
        else str(say.words["many"])
    )


def _replies(say: Setting, numbers: list[str]) -> str:
    """What may be answered: “一”“二”或“三”. By word, so that it can't be taken for a figure."""
    ready = say.words["replies"]
    if len(numbers) > ready["most"]:
        return str(ready["many"])
    named = ready["numbers"]
    quoted = [ready["quoted"].format(named[int(n) - 1] if n.isdigit() and int(n) <= len(named) else n) for n in numbers]
    return str(ready["between"].join(quoted[:-1]) + ready["last"] + quoted[-1])


def _order(brief: Brief) -> Iterator[str]:
    """The brief's paths in its own order (people aside: who they are is no news to the reader)."""
    for name in ("matter", "purpose", "situation", "importance", "deadline", "benefit"):
        value = getattr(brief, name)
        yield from (f"{name}[{i}]" for i in range(len(value))) if isinstance(value, tuple) else (name,)
    for name, keys in _PARTS.items():
        yield from (f"{name}[{i}].{key}" for i in range(len(getattr(brief, name))) for key in keys)
    yield from (f"followup[{i}]" for i in range(len(brief.followup)))
    yield "improvement"


_PARTS: Final = {
    "efforts": ("date", "channel", "with", "result"),
    "options": ("title", "what_leader_does", "minutes", "benefit"),
    "precedents": ("when", "what", "result"),
    "commitments": ("what", "who", "by"),
}
