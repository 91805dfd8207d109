"""What the lists of a brief give to say, item by item: lines, efforts, precedents, commitments; options: options.py."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from huitong.compose.language import drop_start, sentence, trim, upper_first
from huitong.compose.pattern import Fact
from huitong.compose.setting import Setting, word_set
from huitong.method import Brief, Effort

Item = dict[str, Fact]


def line_items(say: Setting, name: str, lines: Sequence[str], *, without: Sequence[str] = ()) -> list[Item]:
    """The lines of a list: `item` as a sentence, `item_inside` behind words that say what is in `without` already."""
    items = []
    for index, line in enumerate(lines):
        text, path = say.line(line), frozenset({f"{name}[{index}]"})
        item = text if say.spaced else sentence(text)
        inside = say.inside(drop_start(text, without))
        items.append({"item": Fact(item, path, long=True), "item_inside": Fact(inside, path, long=True)})
    return items


def with_deed(say: Setting, item: Item) -> Item:
    """A line of what is to come, with the deed that can follow "I’ll" if it is one."""
    told = item["item_inside"]
    deed = drop_start(told.text, say.words["followup_starts"])
    if say.is_verb(deed) or re.match(say.words["does_you"], deed):
        return item | {"does": replace(told, text=say.inside(deed))}
    if re.match(say.words["later_if"], told.text):  # "After clearing I report"
        return item | {"told": item["item"]}
    told = replace(told, text=told.text.replace(" to you ", " ", 1))
    if say.spaced or (say.is_clause(told.text) and not told.text.startswith(("a ", "an "))):
        return item | {"told": item["item"]}
    kind, often = ("sent" if re.match(say.words["sent_if"], told.text) else "thing"), None
    if again := re.fullmatch(say.words["often"], told.text):
        often, told = replace(told, text=again[1]), replace(told, text=again[2])
    slots = {"thing": replace(told, text=say.thing(told.text))} | ({"often": often} if often else {})
    return item | {"told": say.say("followup", kind, slots=slots)}


def effort_items(say: Setting, brief: Brief) -> list[Item]:
    """Efforts in the order of their dates, those without one first: the latest that is known comes last.

    `how` it was tried; then what came of it, as the words allow: `answer` is a clause of its own, `predicate` what the
    person asked did, `statement` or `quote` what they said, `silence` that nothing came. `asked` goes before these.
    """
    efforts = sorted(enumerate(brief.efforts), key=lambda pair: pair[1].date or date.min)
    return [item for index, effort in efforts if (item := _effort(say, brief, effort, f"efforts[{index}]"))]


def _effort(say: Setting, brief: Brief, effort: Effort, path: str) -> Item:
    slots: Item = {}
    if effort.date:
        slots["date"] = Fact(say.day(effort.date), frozenset({f"{path}.date"}))
    channel, other = say.name(effort.channel), say.name(effort.with_)
    if channel:
        slots["channel"] = Fact(channel, frozenset({f"{path}.channel"}))
    if other:
        slots["with"] = Fact(other, frozenset({f"{path}.with"}))
    kind = next((k for k, like in say.words["channels"].items() if _like(channel, like)), "other")
    kind = kind if channel else "none"
    how, asked = say.say("effort", kind, slots=slots), say.say("asked", kind, slots=slots)
    if channel:
        how, asked = (replace(said, paths=said.paths | slots["channel"].paths) for said in (how, asked))
    line = drop_start(say.line(effort.result), [f"{other}：", f"{other}: ", f"{other} "] if other else [])
    if say.spaced and other:
        line = drop_start(line, [other])
    path_of_result = frozenset({f"{path}.result"})
    result = Fact(line if say.spaced else say.inside(line), path_of_result, long=True)
    item = dict(slots)
    if line:
        stated = line.startswith(tuple(say.words["statements"]))
        reply = line if stated else drop_start(line, say.words["said"])
        item["reply"] = Fact(say.inside(reply), long=True)
        item["Reply"] = Fact(reply if say.spaced else sentence(reply))
    if line and how.text:
        item |= {"how": how, "result": result, "asked": asked}
        item |= _outcome(say, line, result, known=bool(other))
        whole, short = item.pop("whole", None), item.pop("short", None)
        if told := whole or short:
            by = say.say("told", kind, slots=slots)
            said = say.say("telling", "whole" if whole else "short", slots={"told": by, "result": told})
            item["told"] = Fact(sentence(said.text), said.paths | how.paths, long=True)
    elif line:
        told = replace(result, text=line if say.spaced else sentence(line))
        people = (brief.other_department.contact, brief.other_department.head, *say.words["they"])
        if say.spaced and line.startswith(tuple(filter(None, people))):
            item |= {"asked": say.say("asked", "none", slots=slots), "answer": told}
        item["alone"] = told
    else:
        item["alone"] = how
    return {k: f for k, f in item.items() if f.text}


def _outcome(say: Setting, line: str, result: Fact, *, known: bool) -> Item:
    """How a result can be told, as its words allow. `known`: who was asked is named."""
    stated = line.startswith(tuple(say.words["statements"]))
    own = line.lower().startswith(tuple(say.words["predicates"])) and not stated
    if own and not say.spaced:
        line = _as_one(say, line)
        result = replace(result, text=say.inside(line))
    if line.lower().startswith(tuple(say.words["states"])):
        line, own = re.sub(r"; (?=\w+s )", " and ", f"{say.words['be']} {say.inside(line)}"), True
        result = replace(result, text=line)
    if say.spaced:
        if line.startswith(tuple(say.words["they"])):
            return {"answer": result}
        if stated:
            return {"statement": replace(result, text=f"，{line}" if line.startswith(say.words["say"]) else line)}
        said = drop_start(line, say.words["said_so"])
        kind = "predicate" if own and said == line else "statement"
        return {kind: replace(result, text=said if kind == "statement" else line)}
    if say.is_clause(line):
        if line.startswith(tuple(say.words["they"])):
            return _spoken(say, line, result) if known else {"answer": result}
        # "Said that we have no slots": whose "we" that is, a colon leaves open.
        theirs = known and not re.search(say.words["own_words"], line)
        return {"whole": replace(result, text=say.inside(line))} if theirs else {}
    if line.lower().startswith(tuple(say.words["silence"])):
        quiet = line.lower() in say.words["quiet"]
        return {"silence": replace(result, text=say.words["yet"].format(result.text)) if quiet else result}
    if own:
        rest = drop_start(result.text, say.words["said_so"])
        told = {"was_told": replace(result, text=rest)} if rest != result.text else {}
        return ({"predicate": result} if known else {}) | told or {"quote": result}
    return {"short": result} if known else {"quote": result}


def _as_one(say: Setting, line: str) -> str:
    """Two English notes of what somebody does as one: "can't say a day. Thinks it's 4 hours"."""
    first, stop, second = line.partition(". ")
    follows = bool(stop) and second.lower().startswith(tuple(say.words["predicates"]))
    return f"{first} and {second[:1].lower()}{second[1:]}" if follows else line


def _spoken(say: Setting, line: str, result: Fact) -> Item:
    """What somebody whom the result calls he, she or they said, as what the person named before did."""
    rest = drop_start(line, say.words["persons"])
    if rest == line:
        return {"answer": result}
    said = rest if rest.startswith(tuple(say.words["said_it"])) else f"said {say.inside(line)}"
    return {"predicate": replace(result, text=said)}


def _like(channel: str, like: str) -> bool:
    lowered = channel.lower()
    return any(w in lowered for w in like.split())


def precedent_items(say: Setting, brief: Brief) -> list[Item]:
    items: list[Item] = []
    for index, precedent in enumerate(brief.precedents):
        path = f"precedents[{index}]"
        what, result = say.line(precedent.what), say.line(precedent.result)
        what = drop_start(what, say.words["when_again"]) if precedent.when else what
        slots = {
            "when": Fact(say.when(trim(precedent.when)), frozenset({f"{path}.when"})),
            "what": Fact(say.inside(what), frozenset({f"{path}.what"})),
            "result": Fact(say.inside(result), frozenset({f"{path}.result"})),
        }
        kind = "precedent_alike" if not say.spaced and _is_named(say, what) else "precedent"
        said = say.say(kind, slots={k: f for k, f in slots.items() if f.text})
        if said.text:
            # "Last June their move was late too" says itself that it has happened before.
            alike = items or any(mark in said.text for mark in say.words["alike"])
            led = said if alike else say.say("precedent_led", slots={"said": said})
            upper = {"Said": Fact(upper_first(said.text), said.paths), "led": Fact(upper_first(led.text), said.paths)}
            items.append({"said": said} | upper)
    return items


def _is_named(say: Setting, what: str) -> bool:
    """Whether an English precedent is only named ("smoke machines in the Armoury"), not told."""
    did = any(word.endswith("ed") or word in say.words["past"] for word in what.split()[1:4])
    told = did or say.is_clause(what) or say.has_verb(what)
    return bool(what) and not told and "same" not in what


def _made(say: Setting, what: Fact) -> Item:
    """What our side will have ready, if the words name a thing; in English what it will do if they end in -ing."""
    if say.spaced:
        timed = re.match(say.words["timed_if"], what.text)
        kind = "sorted" if re.match(say.words["sorted_if"], what.text) else "made"
        return {"timed": what} if timed else {} if say.is_clause(what.text) else {kind: what}
    first, second, *_ = [*what.text.split(), "", ""]
    if first.endswith("ing") and second == "of":
        return {"doing": what}
    # "Route plan with 5 cabs": the last word before the first of these says what it is.
    named = re.split(rf" (?:{'|'.join(say.words['of_it'].split())}) |,", what.text.lower(), maxsplit=1)[0].split()
    known = {first.lower().strip(","), *named[-1:]} & word_set(say.language, "made_starts")
    known |= set(re.findall(r"[a-z]+", what.text.lower())) & word_set(say.language, "made_ends")
    return {"made": replace(what, text=say.thing(what.text))} if known or first[:1].isdigit() else {}


def commitment_items(say: Setting, brief: Brief, *, by_name: bool = False) -> list[Item]:
    """What our side will do, as clauses. `by_name`: the requester is named too, for readers who aren't their leader."""
    items = []
    for index, commitment in enumerate(brief.commitments):
        path = f"commitments[{index}]"
        line = say.line(commitment.what)
        what = drop_start(line, say.words["commitment_starts"])
        slots = {"what": Fact(say.inside(what), frozenset({f"{path}.what"}))}
        sentence_already = say.has_verb(what)  # "Team will follow one pickup point"
        if timed := say.timed_deed(what):
            slots |= {"when": replace(slots["what"], text=timed[0]), "deed": replace(slots["what"], text=timed[1])}
        elif what and (say.is_verb(what) or what != line):
            slots["does"] = replace(slots["what"], text=say.deed(what))
        elif what and not sentence_already:
            slots |= _made(say, slots["what"])
        if not by_name and not sentence_already:
            slots["part"] = Fact(say.words["part"])
        if commitment.by and say.day(commitment.by) not in what:
            slots["by"] = Fact(say.day(commitment.by), frozenset({f"{path}.by"}))
        who = frozenset({f"{path}.who"})
        own = commitment.who and (
            commitment.who == brief.requester.name
            or commitment.who in brief.requester.name.split()
            or commitment.who.lower() in say.words["myself"]
        )
        if own and not by_name:
            slots["me"] = Fact(say.words["me"], who)
        elif commitment.who:
            slots["who"] = Fact(trim(commitment.who), who)
        said = say.say("commitment", slots={k: f for k, f in slots.items() if f.text})
        if said.text:
            items.append({"said": said, "Said": Fact(upper_first(said.text), said.paths)})
    return items
