"""The kinds of help: the six of the method, and those that a house's organisers name, each carried out by its steps."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from huitong.coordination.kinds import kind_of
from huitong.directory.wording import spoken
from huitong.matters.errors import Incomplete, NotAllowed
from huitong.method import Help, help_name
from huitong.records.models import HelpKind, Person

LONGEST_NAME: Final = 40
MOST_KINDS: Final = 30
MOST_STEPS: Final = 8
MOST_CUES: Final = 30
_OWN: Final = "house:"  # what the value of a house's kind begins with
_STEP: Final = re.compile(r"(我方|對方|对方|ours|theirs)[\s,，:：]+(\d{1,3})[\s,，:：]+(\S.*)", re.IGNORECASE)


def kinds_of(person: Person) -> list[HelpKind]:
    """The further kinds of this person's house."""
    return list(HelpKind.objects.filter(is_sample=person.is_sample).order_by("name"))


def choices(person: Person) -> list[tuple[str, str]]:
    """All kinds that an option can be of: value and name, in the active language."""
    own = [(f"{_OWN}{kind.pk}", name_of(kind)) for kind in kinds_of(person)]
    return [(kind.value, help_name(kind, spoken())) for kind in Help] + own


def name_of(kind: HelpKind) -> str:
    return kind.name_en if spoken() == "en" else kind.name


def of_option(value: str, title: str, what_leader_does: str, own: Sequence[HelpKind]) -> dict[str, Any]:
    """What a version keeps of an option's kind: the one that was picked, else the one that its words speak of.

    A house's kind, one of `own`, is kept with its names and steps; it is guidance that brings its own.
    """
    picked = next((kind for kind in own if value == f"{_OWN}{kind.pk}"), None)
    if picked is None and value not in list(Help):
        picked = next((kind for kind in own if _speaks_of(kind, f"{title} {what_leader_does}")), None)
    if picked:
        named = {"zh": picked.name, "en": picked.name_en}
        return {"kind": Help.GUIDANCE.value, "house_kind": named, "steps": picked.steps}
    return {"kind": value if value in list(Help) else kind_of(title, what_leader_does).value}


def called(option: dict[str, Any] | None, kind: Help) -> str:
    """The name of an option's kind, in the active language."""
    named = (option or {}).get("house_kind")
    return str(named["en" if spoken() == "en" else "zh"]) if named else help_name(kind, spoken())


def save_kind(by: Person, kind: HelpKind | None, *, name: str, name_en: str, cues: str, steps: str) -> HelpKind:
    """Change this kind, or add one. `cues` are a line each; `steps` too: "ours 3 Write the specification".

    Raises NotAllowed unless `by` is an organiser, Incomplete with the field, and the line where there are several.
    """
    if not by.is_organiser or (kind and kind.is_sample != by.is_sample):
        raise NotAllowed
    name, name_en = " ".join(name.split()), " ".join(name_en.split())
    for field, text in (("name", name), ("name_en", name_en)):
        if not text:
            raise Incomplete(field, _("请写名称。"))
        if len(text) > LONGEST_NAME:
            raise Incomplete(field, _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST_NAME})
    words = list(dict.fromkeys(line.strip() for line in cues.splitlines() if line.strip()))
    if len(words) > MOST_CUES or any(not 2 <= len(word) <= LONGEST_NAME for word in words):
        raise Incomplete("cues", _("最多 %(most)s 行，一行 2 到 40 个字。") % {"most": MOST_CUES})
    told = read_steps(steps)
    with transaction.atomic():
        rows = HelpKind.objects.select_for_update().filter(is_sample=by.is_sample)
        others = [row for row in rows if kind is None or row.pk != kind.pk]
        if any(row.name == name for row in others):
            raise Incomplete("name", _("已经有这一类了。"))
        if kind is None and len(others) >= MOST_KINDS:
            raise Incomplete("name", _("最多 %(most)s 类。") % {"most": MOST_KINDS})
        kept = {"name": name, "name_en": name_en, "cues": "\n".join(words), "steps": told, "is_sample": by.is_sample}
        return HelpKind.objects.update_or_create(pk=kind.pk if kind else None, defaults=kept)[0]


def delete_kind(by: Person, kind: HelpKind) -> None:
    """Matters that use it keep what they have of it."""
    if not by.is_organiser or kind.is_sample != by.is_sample:
        raise NotAllowed
    kind.delete()


def read_steps(text: str) -> list[dict[str, Any]]:
    """Steps as typed, a line each: whose side, working days after the decision, what. Raises Incomplete with a line."""
    told = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise Incomplete("steps", _("请至少写一步。"))
    if len(lines) > MOST_STEPS:
        raise Incomplete("steps", _("最多 %(most)s 步。") % {"most": MOST_STEPS})
    for number, line in lines:
        found = _STEP.fullmatch(line)
        if found is None or not 1 <= int(found[2]) <= 120 or len(found[3]) > 200:
            raise Incomplete("steps", _("第 %(n)s 行没有读懂。请写成：我方 3 写好规格") % {"n": number})
        side = "ours" if found[1].lower() in ("我方", "ours") else "theirs"
        told.append({"what": found[3].strip(), "side": side, "days": int(found[2])})
    return told


def steps_text(kind: HelpKind) -> str:
    """The steps as they are typed, in the active language."""
    sides = {"ours": "ours", "theirs": "theirs"} if spoken() == "en" else {"ours": "我方", "theirs": "对方"}
    return "\n".join(f"{sides[step['side']]} {step['days']} {step['what']}" for step in kind.steps)


def _speaks_of(kind: HelpKind, text: str) -> bool:
    return any(cue.lower() in text.lower() for cue in kind.cues.splitlines())
