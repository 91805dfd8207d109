"""The two taps by which a leader says how today is, as their pages show them."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.matters import mood
from huitong.matters.errors import Incomplete, NotDone
from huitong.matters.moving import set_for
from huitong.records.models import Person

ACTIONS: Final = (mood.BAD_DAY, mood.TEN_MINUTES, "mood_undo")


@dataclass(frozen=True, slots=True)
class Shown:
    """`said` is what stands of today ("" nothing), `waiting` whether anything is set for them, `address` the form's."""

    address: str
    said: str
    waiting: bool


def shown(person: Person, address: str) -> Shown | None:
    """None for somebody whom nobody has ever asked."""
    if not mood.has_been_asked(person):
        return None
    now = timezone.now()
    said = mood.standing(person, now)
    return Shown(address, said.kind if said else "", set_for(person, start=now).exists())


def summary(do: str) -> str:
    """What the tap would do, in a sentence."""
    return {
        mood.BAD_DAY: _("今天不太方便：定好今天送来的往后挪"),
        mood.TEN_MINUTES: _("现在有十分钟：先送来一件"),
        "mood_undo": _("撤回刚才说的，照原来的时间"),
    }[do]


def act(request: HttpRequest, person: Person, do: str, by_name: str = "") -> None:
    """Do it and say so. Raises NotDone; nobody says it in the leader's place."""
    if by_name:
        raise Incomplete("by_name", _("这要由本人说。"))
    now = timezone.now()
    if do == mood.BAD_DAY:
        moved = len(mood.bad_day(person, now).moves)
        text = _("好。今天的 %(n)s 件往后挪了。") % {"n": moved} if moved else _("好。今天没有要挪的，也不再排新的。")
    elif do == mood.TEN_MINUTES:
        try:
            asked = mood.ten_minutes(person, now)
        except NotDone:
            messages.info(request, _("眼下没有定好要送来的。"))
            return
        facts = {"name": asked.matter.requester.name, "matter": asked.matter.title}
        if asked.way == "mail":
            text = _("%(name)s的“%(matter)s”马上送到。") % facts
        else:
            text = _("已经请%(name)s现在就来说“%(matter)s”。") % facts
    else:
        mood.undo(person, now)
        text = _("撤回了。")
    messages.success(request, text)
