"""What a brief gives to say, in the brief's language: slots for single facts, lists of slots for the rest."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from huitong.compose.language import drop_start, sentence, trim, upper_first
from huitong.compose.pattern import Fact
from huitong.compose.setting import Setting, setting_of, word_set
from huitong.method import Brief, Language, Option, chinese_number

_HAN_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}")

Item = dict[str, Fact]


@dataclass(frozen=True)
class Facts:
    """`slots` and `lists` by name, lists in the order in which they are told; `paths` of all that a text could tell."""

    language: Language
    slots: Item
    lists: dict[str, list[Item]]
    paths: tuple[str, ...]
    setting: Setting

    def but(self, *, lists: dict[str, list[Item]] | None = None, **slots: str) -> "Facts":
        """The same with other lists and more slots, for a text that leaves nothing of the brief out."""
        more = {name: Fact(text) for name, text in slots.items() if text}
        return replace(self, slots=self.slots | more, lists=self.lists | (lists or {}), paths=())

    def only(self, names: Iterable[str]) -> "Facts":
        """With these slots and no others."""
        return replace(self, slots={name: self.slots[name] for name in names if name in self.slots})

    def has(self, name: str) -> bool:
        return bool(self.slots.get(name) or self.lists.get(name))


def facts_of(brief: Brief, more_days: Iterable[date] = ()) -> Facts:
    """Everything that the brief gives to say. What it doesn't give is no slot and an empty list."""
    say = setting_of(brief, more_days)
    lists = {
        "situation": _lines(say, "situation", brief.situation),
        "importance": _lines(say, "importance", brief.importance),
        "benefit": _lines(say, "benefit", brief.benefit),
        "followup": [_with_deed(say, item) for item in _lines(say, "followup", brief.followup)],
        "efforts": _efforts(say, brief),
        "options": [option_item(say, brief, o, i) for i, o in enumerate(brief.options)],
        "precedents": _precedents(say, brief),
        "commitments": commitment_items(say, brief),
    }
    lists["followup_deeds"] = [item for item in lists["followup"] if "does" in item]
    lists["followup_things"] = [item for item in lists["followup"] if "does" not in item]
    chosen = lists["options"][min(brief.preferred or 0, len(brief.options) - 1)] if brief.options else {}
    lists["options"] = [o for o in lists["options"] if o]
    lists["preferred"] = [o for o in lists["options"] if o is chosen] or lists["options"][:1]
    lists["others"] = [o for o in lists["options"] if o not in lists["preferred"]]
    slots = _single(say, brief)
    if len(lists["options"]) > 1:
        slots["several"] = Fact(_how_many(say, len(lists["options"])))
        slots["replies"] = Fact(_replies(say, [o["number"].text for o in lists["options"]]))
    told = {p for f in slots.values() for p in f.paths} | {
        p for items in lists.values() for item in items for f in item.values() for p in f.paths
    }
    return Facts(brief.lang, slots, lists, tuple(p for p in _order(brief) if p in told), say)


def _single(say: Setting, brief: Brief) -> Item:
    other, requester, leader = brief.other_department, brief.requester, brief.leader
    head = trim(drop_start(other.head, [other.name]))
    matter = say.name(brief.matter)
    ready = say.words["matter"]
    stops = any(mark in matter for mark in ready["quote_if"])
    clause = not {*ready["clause_if"]}.isdisjoint(matter.lower().split())
    quoted = ready["quoted"].format(matter=matter) if stops or clause else say.thing(matter)
    slots = {
        "matter": Fact(quoted, frozenset({"matter"})),
        "matter_title": Fact(matter, frozenset({"matter"})),
        "requester": Fact(trim(requester.name)),
        "department": Fact(trim(requester.department)),
        "requester_title": Fact(trim(requester.title)),
        "leader": Fact(trim(leader.name)),
        "leader_title": Fact(trim(leader.title)),
        "other": Fact(trim(other.name)),
        "head": Fact(head),
        "contact": Fact(trim(drop_start(other.contact, [other.name]))),
        "purpose": _purpose(say, brief),
        "improvement": Fact(say.line(brief.improvement), frozenset({"improvement"}), long=True),
        "improvement_inside": Fact(say.inside(say.line(brief.improvement)), frozenset({"improvement"}), long=True),
        "me": Fact(say.words["me"]),
    }
    purpose = slots["purpose"]
    slots["purpose_inside"] = Fact(say.inside(purpose.text), purpose.paths, long=True)
    if not say.spaced and purpose.text.split(" ", 1)[0].lower() in word_set(say.language, "questions"):
        slots["purpose_question"] = Fact(sentence(purpose.text.rstrip("?!")), purpose.paths, long=True)
    if say.is_verb(purpose.text):
        slots["purpose_verb"] = Fact(say.inside(purpose.text), purpose.paths, long=True)
    if not matter.endswith(tuple(ready["thing_ends"])):
        slots["loose_matter"] = slots["matter"]
    slots["thing"] = say.say("matter", "thing", slots=slots)
    if clause and not stops:
        slots["matter_clause"] = Fact(say.inside(matter), frozenset({"matter"}))
        slots["Matter_clause"] = Fact(sentence(matter), frozenset({"matter"}))
    if brief.deadline:
        slots["deadline"] = Fact(say.day(brief.deadline), frozenset({"deadline"}))
        slots["deadline_day"] = Fact(say.deadline(brief.deadline), frozenset({"deadline"}))
    slots["counterpart"] = say.say("counterpart", slots=slots)
    slots["address"] = Fact(address(say, brief))
    if not re.search(r"\s", slots["address"].text):
        slots["first_name"] = slots["address"]
    return {name: fact for name, fact in slots.items() if fact.text}


def _purpose(say: Setting, brief: Brief) -> Fact:
    text = drop_start(say.line(brief.purpose), say.words["purpose_starts"])
    return Fact(text, frozenset({"purpose"}), long=True)


def address(say: Setting, brief: Brief) -> str:
    """How the leader is addressed: as the brief says, else by surname and title, by title, or as the language does."""
    leader = brief.leader
    if leader.form_of_address:
        return trim(leader.form_of_address)
    if not say.spaced:
        return trim(leader.name)
    suffix = next((t for t in say.words["titles"] if leader.title.endswith(t)), "")
    if suffix and _HAN_NAME.fullmatch(leader.name):
        surname = leader.name[:2] if leader.name[:2] in say.words["double_surnames"] else leader.name[:1]
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


def number_of(say: Setting, index: int) -> str:
    return chinese_number(index + 1) if say.spaced else str(index + 1)


def _replies(say: Setting, numbers: list[str]) -> str:
    """What may be answered: “一”“二”或“三”. By word, so that it can't be taken for a figure."""
    ready = say.words["replies"]
    if len(numbers) > ready["most"]:
        return str(ready["many"])
    named = ready["numbers"]
    quoted = [ready["quoted"].format(named[int(n) - 1] if n.isdigit() and int(n) <= len(named) else n) for n in numbers]
    return str(ready["between"].join(quoted[:-1]) + ready["last"] + quoted[-1])


def _lines(say: Setting, name: str, lines: Sequence[str]) -> list[Item]:
    items = []
    for index, line in enumerate(lines):
        text, path = say.line(line), frozenset({f"{name}[{index}]"})
        item = text if say.spaced else sentence(text)
        items.append({"item": Fact(item, path, long=True), "item_inside": Fact(say.inside(text), path, long=True)})
    return items


def _with_deed(say: Setting, item: Item) -> Item:
    """A line of what is to come, with the deed that can follow "I’ll" if it is one."""
    told = item["item_inside"]
    deed = drop_start(told.text, say.words["followup_starts"])
    return item | {"does": replace(told, text=say.inside(deed))} if say.is_verb(deed) else item


def _efforts(say: Setting, brief: Brief) -> list[Item]:
    """Efforts in the order of their dates, those without one first: the latest that is known comes last."""
    efforts = sorted(enumerate(brief.efforts), key=lambda pair: pair[1].date or date.min)
    items = []
    for index, effort in efforts:
        path = f"efforts[{index}]"
        slots: Item = {}
        if effort.date:
            slots["date"] = Fact(say.day(effort.date), frozenset({f"{path}.date"}))
        channel, other = say.name(effort.channel), say.name(effort.with_)
        if channel:
            slots["channel"] = Fact(channel, frozenset({f"{path}.channel"}))
        if other:
            slots["with"] = Fact(other, frozenset({f"{path}.with"}))
        result = say.line(effort.result)
        kind = next((k for k, like in say.words["channels"].items() if _like(channel, like)), "other")
        item = {"how": say.say("effort", kind if channel else "none", slots=slots)}
        item["result"] = Fact(result if say.spaced else say.inside(result), frozenset({f"{path}.result"}), long=True)
        item |= slots
        if slots.get("channel"):
            item["how"] = Fact(item["how"].text, item["how"].paths | slots["channel"].paths)
        if result.startswith(tuple(say.words["answers"])):
            item["answer"] = item.pop("result")
        if not result or not item["how"].text:
            told = result and Fact(result if say.spaced else sentence(result), frozenset({f"{path}.result"}), long=True)
            item = slots | {"alone": told or item["how"]}
        if result:
            reply = drop_start(result, say.words["said"])
            item["reply"] = Fact(say.inside(reply), long=True)
            item["Reply"] = Fact(reply if say.spaced else sentence(reply))
        items.append({k: f for k, f in item.items() if f.text})
    return [i for i in items if i]


def _like(channel: str, like: str) -> bool:
    lowered = channel.lower()
    return any(w in lowered for w in like.split())


def option_item(say: Setting, brief: Brief, option: Option, index: int) -> Item:
    """An option's slots; none for one that says nothing.

    `label` is what it is called by: its title, else what the leader does, else what is good about it. `act` is a label
    that can follow "想请您" or "Could you", `plain` one that can't; `also` is a deed that can follow "and".
    """
    path = f"options[{index}]"
    said = {
        "title": say.name(option.title),
        "what_leader_does": drop_start(say.line(option.what_leader_does), say.words["does_starts"]),
        "benefit": say.line(option.benefit),
    }
    key = next((k for k, text in said.items() if text), None)
    if key is None:
        return {}
    label = said.pop(key)
    label_path, long = frozenset({f"{path}.{key}"}), key != "title"
    item = {
        "number": Fact(number_of(say, index)),
        "label": Fact(label, label_path, long=long),
        "does": Fact(say.inside(said.get("what_leader_does", "")), frozenset({f"{path}.what_leader_does"}), long=True),
        "benefit": Fact(say.inside(said.get("benefit", "")), frozenset({f"{path}.benefit"}), long=True),
    }
    if say.is_verb(label) or (key == "what_leader_does" and say.spaced):
        item["act"] = Fact(_act(say, label), label_path, long=long)
    else:
        item["plain"] = item["label"]
    if say.is_verb(item["does"].text):
        item["also"] = item["does"]
        if "act" not in item:
            item["does_act"] = Fact(_act(say, item["does"].text), item["does"].paths, long=True)
    if option.minutes:
        time = say.words["minute" if option.minutes == 1 else "minutes"].format(option.minutes)
        item["time"] = Fact(time, frozenset({f"{path}.minutes"}))
    if brief.preferred == index and len(brief.options) > 1:
        item["leaning"] = Fact(say.words["leaning"])
    return {k: f for k, f in item.items() if f.text}


def _act(say: Setting, text: str) -> str:
    before = next((b for start, b in say.words["before_act"].items() if text.startswith(start)), "")
    return before + say.inside(drop_start(text, say.words["does_starts"]))


def _precedents(say: Setting, brief: Brief) -> list[Item]:
    items = []
    for index, precedent in enumerate(brief.precedents):
        path = f"precedents[{index}]"
        what, result = say.line(precedent.what), say.line(precedent.result)
        slots = {
            "when": Fact(say.when(trim(precedent.when)), frozenset({f"{path}.when"})),
            "what": Fact(say.inside(what), frozenset({f"{path}.what"})),
            "result": Fact(say.inside(result), frozenset({f"{path}.result"})),
        }
        said = say.say("precedent", slots={k: f for k, f in slots.items() if f.text})
        if said.text:
            items.append({"said": said, "Said": Fact(upper_first(said.text), said.paths)})
    return items


def commitment_items(say: Setting, brief: Brief, *, by_name: bool = False) -> list[Item]:
    """What our side will do, as clauses. `by_name`: the requester is named too, for readers who aren't their leader."""
    items = []
    for index, commitment in enumerate(brief.commitments):
        path = f"commitments[{index}]"
        what = drop_start(say.line(commitment.what), say.words["commitment_starts"])
        slots = {"what": Fact(say.inside(what), frozenset({f"{path}.what"}))}
        if what and say.is_verb(what):
            slots["does"] = slots["what"]
        if commitment.by:
            slots["by"] = Fact(say.day(commitment.by), frozenset({f"{path}.by"}))
        who = frozenset({f"{path}.who"})
        if commitment.who and commitment.who == brief.requester.name and not by_name:
            slots["me"] = Fact(say.words["me"], who)
        elif commitment.who:
            slots["who"] = Fact(trim(commitment.who), who)
        said = say.say("commitment", slots={k: f for k, f in slots.items() if f.text})
        if said.text:
            items.append({"said": said, "Said": Fact(upper_first(said.text), said.paths)})
    return items


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
