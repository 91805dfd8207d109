"""What the options of a brief give to say: what each is called, what the leader is asked to do, what comes of it."""

import re
from dataclasses import replace
from typing import Final

from huitong.compose.items import Item
from huitong.compose.language import drop_start, join_seam, trim
from huitong.compose.pattern import Fact
from huitong.compose.setting import Setting, word_set
from huitong.method import Brief, Option, chinese_number

_LITTLE: Final = 2  # characters by which a deed that repeats its name may be longer
_NEWS: Final = 0.5  # share of its pairs of characters by which a name says more than the deed


def option_item(say: Setting, brief: Brief, option: Option, index: int) -> Item:
    """An option's slots; none for one that says nothing.

    `label` is what it is called by: its title, else what the leader does, else what is good about it. `act` is a label
    that can follow "想请您" or "Could you" (`whole_act` if nothing was left out for that), `plain` one that can't.
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
    told = said.get("what_leader_does", "")
    time = ""
    if option.minutes:
        time = say.words["minute" if option.minutes == 1 else "minutes"].format(option.minutes)
        # "Host a 30-minute meeting (30 minutes)": once is enough.
        told = re.sub(say.words["minutes_again"].format(option.minutes), "", told)
        time = "" if re.search(rf"(?<!\d){re.escape(time)}", f"{label} {told}") else time
    item = {
        "number": Fact(number_of(say, index)),
        "ordinal": Fact(ordinal_of(say, index)),
        "label": Fact(label, label_path, long=long),
        "does": Fact(say.inside(told), frozenset({f"{path}.what_leader_does"}), long=True),
        "benefit": Fact(say.inside(said.get("benefit", "")), frozenset({f"{path}.benefit"}), long=True),
    }
    deed = drop_start(label, [p for p in (brief.leader.form_of_address, brief.leader.title) if p and say.spaced])
    if say.is_verb(deed) or (key == "what_leader_does" and say.spaced):
        item["act"] = Fact(_act(say, say.line(deed) if deed != label else deed), label_path, long=long)
        if not say.spaced or label in item["act"].text:
            item["whole_act"] = item["act"]
    elif met := re.fullmatch(say.words["a_word"], label):
        item["act"] = item["whole_act"] = Fact(f"have a {met[1][:1].lower()}{met[1][1:]}", label_path, long=long)
    else:
        item["plain"] = item["label"]
    item |= _deed(say, item)
    if "deed" not in item:
        item["label_only"] = replace(item["label"], text=say.thing(label))
    if time:
        item["time"] = Fact(time, frozenset({f"{path}.minutes"}))
    if brief.preferred == index and len(brief.options) > 1:
        item["leaning"] = Fact(say.words["leaning"])
        item["leaning_aside"] = Fact(say.words["leaning_aside"])
    item["aside"] = say.say("option_aside", slots=item)
    if say.spaced:
        item |= _with_other(say, brief, item)
    item |= _gain(say, item["benefit"], favoured=brief.preferred in (None, index))
    return {k: f for k, f in item.items() if f.text}


def _gain(say: Setting, benefit: Fact, *, favoured: bool) -> Item:
    """What is good about an option, after the option: "so the lift could run", "That keeps the date", "no extra work".

    `means` says it in a sentence of its own; what begins with "why" is left out where another option is leaned to.
    """
    clause = not say.spaced and say.is_clause(benefit.text)
    kind = "so" if clause else "which" if say.is_third_person(benefit.text) else "gain"
    told = next((k for k in ("best", "able") if re.match(say.words["gains"][k], benefit.text)), kind)
    means = say.say("means", told, slots={"benefit": benefit} if benefit.text else {})
    if kind == "which" or re.fullmatch(say.words["bare_gain"], benefit.text):  # "最快" alone hangs in the air
        benefit = means
    return {kind: benefit, "means": means} | ({"why": benefit, f"why_{kind}": benefit} if favoured else {})


def _deed(say: Setting, item: Item) -> Item:
    """`deed`: what the leader is asked to do, as one phrase, `gist` the half of it that says more; `step` what its name
    says of it, if that is to go before.

    The name of an option often says it in two words, and what the leader does says it whole, or only how ("签字").
    """
    label, act = item["label"].text, item.get("act")
    does = replace(item["does"], text=_beyond_talk(say, item["does"].text))
    # "Do both" says nothing without the other options, "talk to them" nothing that a name with a deed doesn't say.
    refers = re.search(say.words["refers"], does.text) or (act and re.fullmatch(say.words["only_talk"], does.text))
    if refers or not does.text or re.match(say.words["no_deed"], does.text):
        return {"deed": act, "sole": act} if act else {}
    first, _, rest = does.text.partition("。" if say.spaced else ". ")
    if first and rest and not first.endswith(tuple(say.words["titles"])):  # a question has one sentence
        does = Fact(first, long=True)
    asked = replace(does, text=_act(say, does.text) if say.spaced else say.deed(does.text))
    if act is None:
        return {"deed": asked}
    return _chinese_deed(say, label, act, does, asked) if say.spaced else _english_deed(say, label, act, asked)


def _chinese_deed(say: Setting, label: str, act: Fact, does: Fact, asked: Fact) -> Item:
    met = re.match(say.words["contact"], label)
    # "装修方案比选", "办公室调换" only look like deeds.
    firm = label[:2] in word_set(say.language, "verbs") or label[:1] in say.words["firm"] + say.words["coverbs"]
    alone = {"deed": asked, "gist": asked if met or not firm else act}
    if label[:2] in does.text and len(does.text) <= len(label) + _LITTLE:  # "签核换机申请": "在系统上签核"
        return alone | {"sole": act}
    if (met and met[1][-2:] in does.text) or (not met and (not firm or _says_little(say, label, does.text))):
        return alone
    text = join_seam(join_seam(act.text, "，", spaced=True), does.text, spaced=True)
    return alone | {"deed": Fact(text, act.paths | does.paths, long=True), "step": act, "then": does}


def _english_deed(say: Setting, label: str, act: Fact, asked: Fact) -> Item:
    verb = act.text.split(" ", 1)[0].lower()
    whom = re.match(r"(\S+) (?:him|her|them)\b", asked.text)
    if whom and whom[1] == verb:  # "Ring Ada": "ring her on the 25th"
        return {"deed": Fact(act.text + asked.text[whom.end() :], act.paths | asked.paths, long=True), "gist": act}
    meets = verb in say.words["contact"].split()
    alone = {"deed": asked, "gist": asked if meets else act}
    both = act.paths | asked.paths
    if asked.text.startswith("about "):
        return {"deed": Fact(f"{act.text} {asked.text}", both, long=True), "gist": act}
    met = re.fullmatch(say.words["met"], label)
    if met and meets and (same := re.match(say.words["asks"].format(re.escape(met[1])), asked.text)):
        # "Call Gwen" and "ask Gwen for a retrieval": her name is said once.
        then = replace(asked, text=say.words["asks_it"][same[1]] + asked.text[same.end() :])
        return alone | {"step": act, "then": then}
    if not meets or _names(asked.text) & _names(label):
        return alone
    text = f"{act.text} {say.words['and']} {asked.text}"
    return alone | {"deed": Fact(text, both, long=True), "step": act, "then": asked}


def _beyond_talk(say: Setting, does: str) -> str:
    """What is wanted of a talk, without the talk: "One phone call asking for a date" -> "ask for a date"."""
    met = re.match(say.words["a_talk"], does)
    rest = does[met.end() :] if met else does
    first, _, more = rest.partition(" ")
    return f"{say.words['asked_by'].get(first, first)} {more}".strip() if met else rest


def _says_little(say: Setting, label: str, does: str) -> bool:
    """Whether a Chinese name ("召开协调会", "减少用量") says nothing beside what the leader does."""
    pairs = {label[n : n + 2] for n in range(len(label) - 1)}
    new = sum(pair not in does for pair in pairs)
    return bool(re.fullmatch(say.words["a_meeting"], label)) or new < _NEWS * len(pairs)


def _with_other(say: Setting, brief: Brief, item: Item) -> Item:
    """`named_deed`: the deed with the other department's name before its head's; `with_other` if it lacks that name."""
    other, deed = trim(brief.other_department.name), item.get("deed", item["label"])
    if other in deed.text:
        return {"named_deed": deed} if "deed" in item else {}
    apart = {"with_other": say.say("with_other", slots={"other": Fact(other)})}
    at = head_at(say, deed.text, head_of(brief)) if "deed" in item else -1
    if at < 0:
        return apart
    named = join_seam(join_seam(deed.text[:at], other, spaced=True), deed.text[at:], spaced=True)
    return apart | {"named_deed": replace(deed, text=named)}


def head_of(brief: Brief) -> str:
    """The name of the other department's head, without the department's."""
    return trim(drop_start(brief.other_department.head, [brief.other_department.name]))


def head_at(say: Setting, text: str, head: str) -> int:
    """Where a text names the head, or -1. "与王经理通个电话" means the head 王示范."""
    if not head:
        return -1
    if head in text:
        return text.find(head)
    met = re.match(say.words["contact"], text) if say.spaced else None
    return met.start(1) if met and met[1].startswith(head[:1]) else -1


def _names(text: str) -> set[str]:
    return {word.strip(",.;:’'s") for word in text.split()[1:] if word[:1].isupper()}


def _act(say: Setting, text: str) -> str:
    text = say.unasked(drop_start(text, say.words["does_starts"]))
    before = next((b for start, b in say.words["before_act"].items() if text.startswith(start)), "")
    return before + say.inside(text)


def number_of(say: Setting, index: int) -> str:
    return chinese_number(index + 1) if say.spaced else str(index + 1)


def ordinal_of(say: Setting, index: int) -> str:
    named = say.words["ordinals"]
    return str(named[index]) if 0 <= index < len(named) else number_of(say, index)
