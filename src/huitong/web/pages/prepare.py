"""The questions, one group at a time; what is typed is kept as it is typed, and never overwritten unasked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huitong.directory.wording import day_text
from huitong.matters import kinds
from huitong.matters import prepare as actions
from huitong.matters.brief import answers_of
from huitong.matters.close import precedents_for
from huitong.matters.errors import NotDone
from huitong.matters.prepare import mark
from huitong.matters.problems import problems_of
from huitong.matters.questions import GROUPS, MAX_LENGTH, MAX_ROWS, Field, Group, Question, new_row_id
from huitong.matters.request import current_request
from huitong.matters.stages import Action, can
from huitong.method import Language
from huitong.method.words import element_name
from huitong.records.models import Matter
from huitong.web.desk import DeskRequest, life, why_not
from huitong.web.kept import Typed, kept_as_json, typed_in

REQUIRED: Final = ("matter", "leader.name", "other_department.name")
LANGUAGES: Final = ((Language.ZH, "简体中文"), (Language.ZH_HANT, "繁體中文"), (Language.EN, "English"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as the page shows it. `was` is the mark of the text that it began from.

    `confirm` is what the text was read from, to be confirmed.
    `stored` is set where the text was changed elsewhere too: `text` is what was typed here, `now` the mark of `stored`.
    """

    name: str
    label: str | Promise
    widget: str
    wide: bool
    required: bool
    text: str
    was: str
    problem: str = ""
    confirm: str = ""
    stored: str | None = None
    now: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its cells; a log's are in `rows`, of which the last is blank."""

    question: Question
    element: str
    cells: list[Cell]
    rows: list[tuple[str, list[Cell]]]

    @property
    def alone(self) -> Cell | None:
        """The only cell of a question that needs no more: its label is the question itself."""
        return self.cells[0] if len(self.cells) == 1 else None


def prepare(request: DeskRequest, matter: int, group: str = GROUPS[0].key) -> HttpResponse:
    """POST keeps the fields that come with their mark; `do` says what else: next, row:LOG, remove:LOG.ROW, restore,
    precedent:MATTER, language, mine:FIELD or stored:FIELD. `Accept: application/json` is typing being kept."""
    row = request.matter
    shown = next((g for g in GROUPS if g.key == group), None)
    if shown is None:
        raise Http404
    if request.method != "POST":
        return _page(request, row, shown)
    action = request.POST.get("do", "")
    typed = typed_in(request.POST, action)
    try:
        saved = actions.save_answers(row, request.person, typed)
        _confirm(request, row, saved.kept, shown if action == "next" else None)
        if not saved.conflicts:
            place = _do(request, row, shown, action)
    except NotDone as error:
        if request.accepts("text/html"):
            return _page(request, row, shown, typed, typed, refused=why_not(error), status=409)
        return JsonResponse({"refused": why_not(error)}, status=409)
    row.refresh_from_db()
    if not request.accepts("text/html"):
        return kept_as_json(typed, saved, longest=MAX_LENGTH, problems=_problems(row, typed))
    if saved.conflicts:
        return _page(request, row, shown, typed, saved.conflicts, status=409)
    return redirect(place)


def confirm_key(row: Matter) -> str:
    return f"confirm:{row.pk}"


def _confirm(request: DeskRequest, row: Matter, kept: Iterable[str], passed: Group | None) -> None:
    """What was typed anew, or left as it is by going on to the next group, needs no confirming any more."""
    asked = request.session.get(confirm_key(row))
    if not asked:
        return
    names = {f.key for q in passed.questions for f in q.fields} if passed else set()
    logs = {q.key for q in passed.questions if q.log} if passed else set()
    left = {n: w for n, w in asked.items() if n not in (*kept, *names) and n.partition(".")[0] not in logs}
    if left != asked:
        request.session[confirm_key(row)] = left


def _do(request: DeskRequest, row: Matter, group: Group, action: str) -> str:
    """Do what the button said, once everything typed is kept. Returns the address to go to."""
    here = reverse("prepare", args=[row.pk, group.key])
    verb, _colon, what = action.partition(":")
    kept = f"removed:{row.pk}"
    if verb == "next":
        number = GROUPS.index(group) + 1
        if number == len(GROUPS):
            return reverse("write", kwargs={"matter": row.pk, "channel": "email"})
        return reverse("prepare", args=[row.pk, GROUPS[number].key])
    if verb == "row":
        return f"{here}#{what}"
    if verb == "remove":
        log, _dot, row_id = what.partition(".")
        rows = [r["id"] for r in answers_of(row).get(log) or []]
        removed = actions.remove_row(row, request.person, log, row_id)
        if removed:
            request.session[kept] = {"log": log, "row": removed, "at": rows.index(row_id)}
        return f"{here}#{log}"
    if verb == "restore" and kept in request.session:
        removed = request.session.pop(kept)
        actions.add_row(row, request.person, removed["log"], removed["row"], at=removed["at"])
        return f"{here}#{removed['log']}"
    if verb == "precedent":
        for past, _score in precedents_for(row):
            if str(past.pk) == what:
                actions.add_row(row, request.person, "precedents", _as_precedent(row, past))
                messages.success(request, _("已写进先例，在“办法”那一组，还可以改。"))
    if verb == "language" and request.POST.get("language") in [code for code, _name in LANGUAGES]:
        actions.set_language(row, request.person, request.POST["language"])
    return here


def _as_precedent(row: Matter, past: Matter) -> dict[str, str]:
    closed = timezone.localtime(past.closed_at)
    if row.language == Language.EN:
        when = f"{closed:%B %Y}"
        took = f" ({past.days} days)" if past.days is not None else ""
    else:
        when = f"{closed.year} 年 {closed.month} 月"
        took = f"（{past.days} 天）" if past.days is not None else ""
    return {"when": when, "what": past.title, "result": f"{past.outcome}{took}"}


def _problems(row: Matter, typed: Typed) -> dict[str, str]:
    """What cannot be used of the fields that came; "" for those that can."""
    problems, language = problems_of(row), _language()
    return {name: problems[name].message(language) if name in problems else "" for name in typed}


def _page(
    request: DeskRequest,
    row: Matter,
    group: Group,
    typed: Typed | None = None,
    keep: dict[str, Any] | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of what is stored; the fields named in `keep` show what was typed instead."""
    answers, problems = answers_of(row), problems_of(row)
    typed = {name: typed[name] for name in keep or {} if typed and name in typed}
    asked = [_ask(q, answers, typed, refused == "") for q in group.questions]
    language = _language()
    confirm = request.session.get(confirm_key(row), {})
    asked = [_told(a, {n: p.message(language) for n, p in problems.items()}, confirm) for a in asked]
    last = max((a.saved_at for a in row.answers.all()), default=None)
    current = current_request(row)
    removed = request.session.get(f"removed:{row.pk}")
    number = GROUPS.index(group)
    context = {
        "matter": row,
        "life": life(row, page="prepare"),
        "group": group,
        "groups": [(g, _answered(g, answers)) for g in GROUPS],
        "following": GROUPS[number + 1] if number + 1 < len(GROUPS) else None,
        "asked": asked,
        "open": can(row, Action.PREPARE),
        "sent": current is not None,
        "leader": answers.get("leader.form_of_address") or answers.get("leader.name"),
        "saved_at": last,
        "refused": refused,
        "conflict": any(c.stored is not None for a in asked for c in _cells(a)),
        "removed": removed if removed and removed["log"] in [q.key for q in group.questions] else None,
        "similar": _similar(row, answers),
        "other": _other_department(answers),
        "languages": LANGUAGES,
        "kinds": kinds.choices(row.requester),
        "longest": MAX_LENGTH,
    }
    return render(request, "prepare.html", context, status=status)


def _ask(question: Question, answers: dict[str, Any], typed: Typed, conflict: bool) -> Asked:
    element = element_name(question.element, _language()) if question.element else ""
    if not question.log:
        cells = [_cell(f, f.key, str(answers.get(f.key) or ""), typed, conflict) for f in question.fields]
        return Asked(question, element, cells, [])
    stored = {r["id"]: r for r in answers.get(question.key) or []}
    rows: dict[str, dict[str, Any]] = dict(stored)
    for name, (text, _was) in typed.items():
        # A row that was typed but could not be kept stays on the page.
        if text and name.startswith(f"{question.key}."):
            rows.setdefault(name.split(".")[1], {})
    if len(rows) < MAX_ROWS:
        rows[new_row_id()] = {}
    shown = []
    for row_id, row in rows.items():
        names = [(f, f"{question.key}.{row_id}.{f.key}") for f in question.fields]
        cells = [_cell(f, name, str(row.get(f.key) or ""), typed, conflict) for f, name in names]
        shown.append((row_id if row_id in stored else "", cells))
    return Asked(question, element, [], shown)


def _cell(field: Field, name: str, stored: str, typed: Typed, conflict: bool) -> Cell:
    text, was = typed.get(name, (stored, mark(stored)))
    cell = Cell(name, field.label, _widget(field, text), field.wide, name in REQUIRED, text, was)
    return replace(cell, stored=stored, now=mark(stored)) if conflict and name in typed else cell


def _widget(field: Field, text: str) -> str:
    """A browser's date field would show, and then send, nothing for what is no date: such text stays text."""
    if field.widget != "date" or not text:
        return field.widget
    try:
        return "date" if date.fromisoformat(text).isoformat() == text else "text"
    except ValueError:
        return "text"


def _told(asked: Asked, problems: dict[str, str], confirm: dict[str, str]) -> Asked:
    def told(cells: list[Cell]) -> list[Cell]:
        return [replace(c, problem=problems.get(c.name, ""), confirm=confirm.get(c.name, "")) for c in cells]

    return replace(asked, cells=told(asked.cells), rows=[(i, told(cells)) for i, cells in asked.rows])


def _cells(asked: Asked) -> list[Cell]:
    return asked.cells + [c for _id, cells in asked.rows for c in cells]


def _answered(group: Group, answers: dict[str, Any]) -> bool:
    """Whether every question of the group has some answer."""
    return all(any(answers.get(key) for key in [q.key, *(f.key for f in q.fields)]) for q in group.questions)


def _similar(row: Matter, answers: dict[str, Any]) -> list[tuple[Matter, bool]]:
    """Earlier matters that are like this one, and whether each is among the precedents already."""
    told = {str(r.get("what") or "") for r in answers.get("precedents") or []}
    return [(past, past.title in told) for past, _score in precedents_for(row)]


def _other_department(answers: dict[str, Any]) -> dict[str, str]:
    """The other department as it is known so far, and when it was last spoken with."""
    names = ("name", "contact", "head", "email")
    known = {n: str(answers.get(f"other_department.{n}") or "").strip() for n in names}
    efforts = [r for r in answers.get("efforts") or [] if r.get("date")]
    latest = max(efforts, key=lambda r: str(r["date"]), default=None)
    if latest:
        try:
            day = day_text(date.fromisoformat(latest["date"]))
        except ValueError:
            day = latest["date"]
        known["last"] = _("，").join(x for x in (day, latest.get("channel")) if x)
    return known


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


urlpatterns = [
    path("matters/<int:matter>/prepare", prepare, name="prepare"),
    path("matters/<int:matter>/prepare/<slug:group>", prepare, name="prepare"),
]
