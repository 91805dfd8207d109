"""Open a matter and keep what is answered, as it is typed."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from huitong.matters.brief import answers_of
from huitong.matters.deadlines import warn_in_time
from huitong.matters.errors import NotAllowed
from huitong.matters.holds import lock_unless_held
from huitong.matters.pasted import Pasted
from huitong.matters.questions import LOGS, MAX_LENGTH, MAX_ROWS, SIMPLE, new_row_id
from huitong.matters.stages import Action, Stage, move
from huitong.matters.timeline import record
from huitong.records.models import Answer, Matter, Person

# People are copied to a new matter, and facts, line by line; a line with a date or an amount is not.
PEOPLE: Final = (
    "leader.name",
    "leader.form_of_address",
    "leader.title",
    "leader.email",
    "other_department.name",
    "other_department.contact",
    "other_department.head",
    "other_department.email",
)
FACTS: Final = ("purpose", "situation", "importance", "benefit", "improvement", "followup")
_FIGURE: Final = re.compile(
    r"\d|[〇零一二两三四五六七八九十百千万亿半几]+(年|个?月|周|星期|天|日|号|点|小时|分钟|元|块|万|次|人|个|份|台|张|家|成|倍)"
    r"|(周|星期|礼拜)[一二三四五六日天]|今天|明天|昨天|今年|去年|明年"
    r"|\b(jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\bmay\b(?! (be|not|have|need))"
    r"|\b(mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(today|tomorrow|yesterday)\b"
    r"|\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Saved:
    """What became of a save: `kept` fields with their new text, `conflicts` with what is stored instead."""

    kept: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)


def mark(text: str) -> str:
    """A short digest of a field's text, by which a later save sees whether the field was changed, and from what."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()[:12]


def open_matter(
    requester: Person, *, title: str = "", begin_from: Matter | None = None, pasted: Pasted | None = None
) -> Matter:
    """A new matter. With `begin_from` people and facts are copied from one of the requester's own earlier matters;
    with `pasted` it begins with what a chat or a mail said, which goes before both."""
    if begin_from and begin_from.requester_id != requester.pk:
        raise NotAllowed
    now = timezone.now()
    with transaction.atomic():
        matter = Matter.objects.create(
            requester=requester,
            title=title,
            language=requester.language,
            opened_at=now,
            stage_since=now,
            begun_from=begin_from,
            is_sample=requester.is_sample,
        )
        answers: dict[str, Any] = {"matter": title} if title else {}
        if begin_from:
            matter.language = begin_from.language
            matter.save(update_fields=["language"])
            earlier = answers_of(begin_from)
            answers |= {key: earlier[key] for key in PEOPLE if earlier.get(key)}
            answers |= {key: _without_figures(str(earlier[key])) for key in FACTS if earlier.get(key)}
            answers["options"] = [
                {"id": new_row_id()} | {k: row[k] for k in ("title", "kind", "what_leader_does") if row.get(k)}
                for row in earlier.get("options") or []
                if not _FIGURE.search(f"{row.get('title', '')} {row.get('what_leader_does', '')}")
            ]
        elif requester.leader:
            leader = requester.leader
            answers |= {
                "leader.name": leader.name,
                "leader.form_of_address": leader.form_of_address,
                "leader.title": leader.title,
                "leader.email": leader.email,
            }
        if pasted:
            matter.language = pasted.language
            matter.save(update_fields=["language"])
            answers |= pasted.answers | ({"matter": title} if title else {})
        Answer.objects.bulk_create(
            Answer(matter=matter, question=k, value=v, saved_at=now) for k, v in answers.items() if v
        )
        record(matter, "opened", requester, at=now)
        warn_in_time(matter)
    return matter


def _without_figures(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not _FIGURE.search(line))


def save_answers(matter: Matter, by: Person, typed: dict[str, tuple[str, str]]) -> Saved:
    """Keep what was typed. `typed` maps a field to (its text now, the mark of its text when the page was made).

    A field is a path (`purpose`) or log.row.column (`efforts.k3x9.date`). One that the page did not change is left,
    whatever is stored by now; one that changed on both sides is not overwritten but comes back as a conflict.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    result, now = Saved(), timezone.now()
    with transaction.atomic():
        matter = lock_unless_held(matter)
        stored = answers_of(matter)
        changed: dict[str, Any] = {}
        for name, (text, was) in typed.items():
            text = text.replace("\r\n", "\n").replace("\x00", "")[:MAX_LENGTH]
            before = _stored(stored, name)
            if before is None or mark(text) == was:
                continue
            if mark(before) not in (was, mark(text)):
                result.conflicts[name] = before
                continue
            question = _put(stored, name, text)
            if question:
                changed[question] = stored[question]
                result.kept[name] = text
        if changed:
            move(matter, Action.PREPARE, at=now)
            _write(matter, changed)
    return result


def remove_row(matter: Matter, by: Person, log: str, row_id: str) -> dict[str, str] | None:
    """Take a row out of a log. Returns it, so that it can be put back with `restore_row`."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock_unless_held(matter)
        rows = answers_of(matter).get(log) or []
        row = next((r for r in rows if r["id"] == row_id), None)
        if log in LOGS and row:
            move(matter, Action.PREPARE, at=timezone.now())
            _write(matter, {log: [r for r in rows if r is not row]})
    return row


def add_row(matter: Matter, by: Person, log: str, row: dict[str, str], *, at: int | None = None) -> None:
    """Put a row into a log: a precedent found, or one that had been removed."""
    if matter.requester_id != by.pk or log not in LOGS:
        raise NotAllowed
    columns = {f.key for f in LOGS[log].fields}
    clean = {"id": row.get("id") or new_row_id()} | {k: str(v)[:MAX_LENGTH] for k, v in row.items() if k in columns}
    with transaction.atomic():
        matter = lock_unless_held(matter)
        rows = answers_of(matter).get(log) or []
        if len(rows) < MAX_ROWS and all(r["id"] != clean["id"] for r in rows):
            move(matter, Action.PREPARE, at=timezone.now())
            rows.insert(len(rows) if at is None else at, clean)
            _write(matter, {log: rows})


def set_language(matter: Matter, by: Person, language: str) -> None:
    """The language in which this matter's texts are written."""
    if matter.requester_id != by.pk or matter.stage == Stage.CLOSED:
        raise NotAllowed
    Matter.objects.filter(pk=matter.pk).update(language=language)


def _stored(answers: dict[str, Any], name: str) -> str | None:
    """The stored text of a field; "" if it has none yet; None if there is no such field."""
    if name in SIMPLE:
        return str(answers.get(name) or "")
    log, _, rest = name.partition(".")
    row_id, _, column = rest.partition(".")
    if log not in LOGS or column not in {f.key for f in LOGS[log].fields} or not row_id.isalnum() or len(row_id) > 16:
        return None
    row = next((r for r in answers.get(log) or [] if r["id"] == row_id), {})
    return str(row.get(column) or "")


def _put(answers: dict[str, Any], name: str, text: str) -> str:
    """Set the field in `answers`. Returns the question to be written, "" if the log is full."""
    if name in SIMPLE:
        answers[name] = text
        return name
    log, row_id, column = name.split(".")
    rows = answers.setdefault(log, [])
    row = next((r for r in rows if r["id"] == row_id), None)
    if row is None:
        if len(rows) >= MAX_ROWS:
            return ""
        row = {"id": row_id}
        rows.append(row)
    row[column] = text
    return log


def _write(matter: Matter, changed: dict[str, Any]) -> None:
    now = timezone.now()
    for question, value in changed.items():
        Answer.objects.update_or_create(matter=matter, question=question, defaults={"value": value, "saved_at": now})
    if {"deadline", "options", "leader.name", "leader.email"} & changed.keys():
        warn_in_time(matter)
    if "matter" in changed:
        Matter.objects.filter(pk=matter.pk).update(title=str(changed["matter"]).strip().replace("\n", " ")[:300])
