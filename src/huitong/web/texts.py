"""A text on a page: what its sheet shows, where its page is, how it leaves as a file. Its template is _text.html."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy

from huitong.documents import media_type, write_text
from huitong.matters import texts
from huitong.matters.errors import NotDone
from huitong.matters.prepare import mark
from huitong.matters.texts import LifeText, Outgoing
from huitong.method import Channel, Language
from huitong.records.models import Matter, Person
from huitong.web.difference import Piece, difference

NAMES: Final = {
    "note": gettext_lazy("给对方的说明"),
    "talk": gettext_lazy("通话要点"),
    "agenda": gettext_lazy("会议议程"),
    "minutes": gettext_lazy("会议纪要"),
    "progress": gettext_lazy("进展汇报"),
    "answer": gettext_lazy("答复"),
    "declined": gettext_lazy("道谢，说下一步"),
    "reminder": gettext_lazy("委婉提醒"),
    texts.THANKS: gettext_lazy("道谢"),
} | dict.fromkeys(map(str, Channel), gettext_lazy("请示"))
# Where a text stands among other things; the others have a page of their own.
PLACES: Final = {
    "note": ("coordinate", "note"),
    "talk": ("coordinate", "talk"),
    "agenda": ("coordinate", "meeting"),
    "progress": ("report", ""),
    "answer": ("answer", ""),
    texts.THANKS: ("close", ""),
}
WITH_SUBJECT: Final = ("note", "minutes", "progress", "declined", "reminder", texts.THANKS)
ROWS: Final = {"talk": 6, "agenda": 6, "answer": 5, texts.THANKS: 7}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as its page shows it. `other` is what was stored meanwhile, where the typed text clashes with that."""

    name: str
    url: str
    subject: str
    text: str
    was: str
    was_subject: str
    edited: bool
    saved_at: datetime | None
    has_subject: bool
    language: str
    rows: int
    formats: tuple[str, ...]
    changes: Sequence[Piece]
    other: LifeText | None = None
    refused: str = ""

    @property
    def other_marks(self) -> str:
        return f"{mark(self.other.text)}.{mark(self.other.subject)}" if self.other else ""


def kind_of(name: str) -> str:
    return name.partition("-")[0]


def sheet(matter: Matter, name: str, typed: QueryDict | None = None, made: texts.Made | None = None) -> Sheet | None:
    """The sheet of a text that the matter has now; with what was just typed, where that is not kept."""
    found = texts.text_of(matter, name, made)
    if found is None:
        return None
    shown = Sheet(
        name=name,
        url=reverse("text", args=[matter.pk, name]),
        subject=found.subject,
        text=found.text,
        was=mark(found.text),
        was_subject=mark(found.subject),
        edited=found.edited,
        saved_at=found.saved_at,
        has_subject=kind_of(name) in WITH_SUBJECT,
        language=Language(matter.language).html,
        rows=ROWS.get(kind_of(name), 12),
        formats=("docx", "pdf") if kind_of(name) in texts.DOCUMENTS else ("txt",),
        changes=difference(found.text, found.composed) if found.outdated else (),
    )
    return shown if typed is None else with_typed(shown, typed)


def with_typed(shown: Sheet, typed: QueryDict) -> Sheet:
    """The same sheet with what was sent in its fields: a page made anew loses nothing of it."""
    return replace(
        shown,
        subject=typed.get("subject", shown.subject),
        text=typed.get("text", shown.text).replace("\r\n", "\n"),
        was=typed.get("was", shown.was),
        was_subject=typed.get("was_subject", shown.was_subject),
    )


def keep(matter: Matter, person: Person, name: str, typed: QueryDict) -> LifeText | None:
    """Keep what was typed. Returns what is stored instead, if that was changed elsewhere. Raises NotDone."""
    stored = texts.text_of(matter, name)
    was, was_subject = typed.get("was"), typed.get("was_subject")
    if "mine" in typed:  # they have seen what is stored, and say so
        was, _dot, was_subject = typed["mine"].partition(".")
    return texts.save_text(
        matter,
        person,
        name,
        subject=typed.get("subject"),
        text=typed.get("text", stored.text if stored else ""),
        was=was or (mark(stored.text) if stored else ""),
        was_subject=was_subject,
    )


def keep_if_possible(matter: Matter, person: Person, name: str, typed: QueryDict) -> None:
    """What is just being sent is kept first, so that it is there whatever becomes of the sending."""
    try:
        keep(matter, person, name, typed)
    except NotDone:
        return  # the page that says why shows what was typed


def place_of(matter: Matter, name: str) -> str:
    """The address of the page on which a text is edited."""
    if name in list(Channel):
        return reverse("write", args=[matter.pk, name])
    if kind_of(name) not in PLACES:
        return reverse("text", args=[matter.pk, name])
    page, anchor = PLACES[kind_of(name)]
    asks = "?meeting=1" if name == "agenda" else ""
    return reverse(page, args=[matter.pk]) + asks + (f"#{anchor}" if anchor else "")


def as_file(matter: Matter, found: LifeText, out: Outgoing | None, format: str) -> HttpResponse:
    """The text as it would go out, as a file to keep: plain, or set as a document. Raises ReportError."""
    if format == "txt":
        # The answer's letter quotes the question; of the others the letter is the text.
        quoted = out.letter if out and found.name == "answer" else None
        subject, body = (quoted["title"], "\n\n".join(quoted["before"])) if quoted else (found.subject, found.text)
        written = ("\n\n".join(part for part in (subject, body) if part) + "\n").encode()
        kind = "text/plain; charset=utf-8"
    else:
        written, kind = as_document(matter, found, format), media_type(format)
    response = HttpResponse(written, content_type=kind)
    name = f"{matter.title} {NAMES[kind_of(found.name)]}"[:80].strip().replace("/", "／")
    response.headers["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{format}"))
    return response


def as_document(matter: Matter, found: LifeText, format: str) -> bytes:
    requester = matter.requester
    department = requester.department.name if requester.department else ""
    return write_text(
        found.text,
        title=found.subject or matter.title,
        language=Language(matter.language),
        day=timezone.localdate(),
        format=format,
        signed_by=(department, requester.name),
    )
