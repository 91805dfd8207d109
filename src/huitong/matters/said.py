"""How it is said where a matter is: the value that the pages show, and what is set into its sentences."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.directory.wording import day_text, moment_text
from huitong.matters.facts import Facts
from huitong.records.models import Commitment, Person

_STOPS: Final = ("。", "！", "？", ".", "!", "?")

ME, LEADER, COUNTERPART, NOBODY = "me", "leader", "counterpart", "nobody"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`with_whom` is me (the requester), leader, counterpart or nobody; `who` names them.

    `line` says how it stands, `next` what comes and when; `place` with whom and since when. `label` is a few words for
    the margin, `action` the button that leads to `action_page`. `late`: past a day that was set. `code` names the case.
    """

    code: str
    with_whom: str
    who: str
    since: datetime
    line: str
    next: str = ""
    late: bool = False
    action_page: str = "matter"
    action: str = ""
    label: str = ""
    place: str = ""
    promise: int | None = None  # the commitment that the line tells of

    @property
    def wants_me(self) -> bool:
        return self.with_whom == ME or self.code == "unanswered"

    @property
    def sentence(self) -> str:
        """The whole of it, as the matter's page says it under the title."""
        chinese = _chinese()
        mark, end = ("；", "。") if chinese else (". ", ".")
        text = ""
        for part in (self.place, self.line, self.next):
            # People's words may bring a full stop of their own.
            if text and part:
                text += mark if not text.endswith(_STOPS) else "" if chinese else " "
            text += part if chinese else part[:1].upper() + part[1:]
        return text if text.rstrip('”’"').endswith(_STOPS) else text + end


def placed(
    f: Facts,
    code: str,
    with_whom: str,
    who: str,
    since: datetime,
    line: str,
    after: str = "",
    *,
    late: bool = False,
    page: str = "matter",
    action: str = "",
    label: str = "",
    promise: int | None = None,
) -> Whereabouts:
    """The whereabouts of these facts, their place said to the facts' reader."""
    place = ""
    if with_whom != NOBODY:
        facts = {"who": who, "when": said_moment(since)}
        reader_has_it = f.reader is None or f.reader.pk == f.matter.requester_id
        if with_whom == ME and reader_has_it:
            place = _("在你处，自%(when)s起") % facts
        elif with_whom == ME:
            place = _("在%(who)s处，自%(when)s起") % (facts | {"who": f.matter.requester.name})
        elif with_whom == LEADER and f.reader and f.request and f.reader.pk == f.request.leader_id:
            place = _("在您处，自%(when)s起") % facts
        else:
            place = _("在%(who)s处，自%(when)s起") % facts
    # What is set into a sentence brings its own room, which is none at the ends.
    line, after, place = line.strip(), after.strip(), place.strip()
    return Whereabouts(code, with_whom, who, since, line, after, late, page, action, label, place, promise)


def said_moment(value: datetime) -> str:
    """The moment with the room that it needs inside a Chinese sentence: 自今天 16:20 起, 自 12 月 1 日起."""
    return _spaced_in(moment_text(value))


def said_day(value: date) -> str:
    """The same for a day."""
    return _spaced_in(day_text(value))


def _spaced_in(text: str) -> str:
    """Room between Chinese and figures where the text is set into a sentence; 今天 needs none."""
    if not _chinese():
        return text
    return f"{' ' if text[:1].isdigit() else ''}{text}{' ' if text[-1:].isdigit() else ''}"


def due_label(day: date | None, today: date) -> str:
    """A promise's day in two or three words: 逾期 2 天, 今天到期, 明天到期."""
    if day is None:
        return ""
    if day < today:
        count = (today - day).days
        return ngettext("逾期 %(count)s 天", "逾期 %(count)s 天", count) % {"count": count}
    if day == today:
        return _("今天到期")
    if day == today + timedelta(days=1):
        return _("明天到期")
    return _("%(day)s到期") % {"day": day_text(day)}


def by_deadline(f: Facts) -> str:
    """By when it has to be decided, "" if nobody has said."""
    if f.deadline is None:
        return ""
    if f.deadline < f.today:
        return _("最晚%(day)s要定，已经过了") % {"day": said_day(f.deadline)}
    return _("最晚%(day)s要定") % {"day": said_day(f.deadline)}


def next_due(promises: list[Commitment]) -> str:
    """What of these is due first, and when."""
    first = next((p for p in promises if p.by), None)
    if first is None or first.by is None:
        return ""
    facts = {"day": said_day(first.by), "what": shortened(first.what, 20)}
    return _("%(day)s到期：%(what)s") % facts


def out_of_office(f: Facts, person_id: int) -> str:
    """What their mailbox answered by itself, behind how it stands."""
    words = f.away.get(person_id)
    return _("（对方自动回复：“%(words)s”）") % {"words": shortened(" ".join(words.split()))} if words else ""


def side_name(f: Facts, person: Person) -> str:
    """The department that this person stands for, or their own name if none is known."""
    return (
        (person.department.name if person.department else "") or f.answers.get("other_department.name") or person.name
    )


def of_department(f: Facts, person: Person) -> str:
    """The person with their department before the name, where the language says it so."""
    side = side_name(f, person)
    return person.name if not _chinese() or side in person.name or side == person.name else f"{side}{person.name}"


def shortened(words: str, limit: int = 40) -> str:
    """People's words on one line, cut off with … if they are longer."""
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def joined(parts: list[str]) -> str:
    return ("，" if _chinese() else ", ").join(parts)


def _chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")
