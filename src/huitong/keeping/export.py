"""One matter or one person as a ZIP of JSON and documents, for whom it concerns.

What is in it of other people is what the one it is for could see in the desk: a matter is told as to its requester, a
request as to the leader whom it reached, a note as to the counterpart who got it. Links, tokens and passwords are not.
"""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

import huitong
from huitong.directory import access
from huitong.directory.hours import row_of, working_of
from huitong.directory.wording import speaking_to
from huitong.documents import ReportError, write_report
from huitong.keeping.backup import writing
from huitong.keeping.errors import Refused
from huitong.matters.brief import answers_of, brief_of
from huitong.matters.decide import TOLD
from huitong.matters.evidence import evidence_of
from huitong.matters.learning import learned_of
from huitong.matters.texts import MAKERS, text_of
from huitong.matters.understood import understanding_of
from huitong.method import BriefError, Channel
from huitong.records.models import (
    Attendee,
    Calendar,
    Consultation,
    Decision,
    Device,
    Draft,
    Feed,
    Feedback,
    LookBack,
    Matter,
    Meeting,
    Minutes,
    MinutesCorrection,
    Mood,
    Outbox,
    Person,
    Phrase,
    Request,
    View,
    Welcome,
)

Data = dict[str, Any]
_WORDS: Final = ("title", "before", "rows", "invite", "after", "small", "calendar")  # of a letter, without its links


def export_matter(number: int, file: Path, *, force: bool = False) -> int:
    """Write this matter as its requester sees it. Returns how many files are in the ZIP. Raises Refused."""
    requester = Person.objects.filter(matters=number).first()
    matter = access.matter_for("matter", requester, number) if requester else None
    if matter is None:
        raise Refused(f"There is no matter {number}.")
    return _write(file, {"matter": number}, _of_matter(matter), force=force)


def export_person(email: str, file: Path, *, force: bool = False) -> int:
    """Write what the desk holds of whoever has this address. Returns how many files are in the ZIP. Raises Refused."""
    people = list(Person.objects.filter(email__iexact=email).select_related("department", "user").order_by("pk"))
    if not email or not people:
        raise Refused(f'There is nobody with the address "{email}".')
    return _write(file, {"person": email}, _of_people(people), force=force)


def _write(file: Path, about: Data, members: Iterator[tuple[str, bytes]], *, force: bool) -> int:
    if file.exists() and not force:
        raise Refused(f"{file} is there already. Choose another name, or say --force.")
    head = {"format": "huitong export", "version": huitong.__version__, "made_at": timezone.now()} | about
    with writing(file, force=force) as (_, opened):
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export.json", _json(head))
            for name, content in members:
                archive.writestr(name, content)
            count = len(archive.namelist())
        opened.flush()
    return count


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain).encode("utf-8", "surrogatepass")


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in an export.")


# --- a matter, as its requester sees it ---


def _of_matter(matter: Matter) -> Iterator[tuple[str, bytes]]:
    folder = f"matters/{matter.pk}"
    with speaking_to(matter.requester):
        yield f"{folder}/matter.json", _json(_matter(matter))
        for each in evidence_of(matter):
            if each.text:
                yield f"{folder}/evidence/{each.pk}.txt", each.text.encode("utf-8", "surrogatepass")
            for page in each.pages.order_by("number").iterator(chunk_size=1):
                yield f"{folder}/evidence/{each.pk}-{page.number}.jpg", bytes(page.picture)
        for name in _texts(matter):
            if text := text_of(matter, name):
                content = f"{text.subject}\n\n{text.text}" if text.subject else text.text
                yield f"{folder}/texts/{name}.txt", content.encode("utf-8", "surrogatepass")
        try:
            yield f"{folder}/report.docx", write_report(brief_of(matter), day=timezone.localdate(), format="docx")
        except (BriefError, ReportError):
            return  # what is missing or can't be set is said in the desk; the answers are in matter.json


def _texts(matter: Matter) -> list[str]:
    drafts = Draft.objects.filter(matter=matter).values_list("channel", flat=True)
    return list(dict.fromkeys([*(channel.value for channel in Channel), *MAKERS, *sorted(drafts)]))


def _matter(matter: Matter) -> Data:
    told = _told(matter)
    hidden = Decision.objects.filter(request__matter=matter).exclude(pk__in=told.values("pk"))
    follows = Q(decision=None) | Q(decision__in=told)
    moments = set(hidden.values_list("decided_at", flat=True))
    requests = matter.requests.select_related("leader").order_by("number")
    events = matter.events.select_related("person").order_by("at", "id")
    return {
        **_fields(matter, "id title language style stage opened_at stage_since outcome settled days closed_at"),
        "requester": _name(matter.requester),
        "answers": answers_of(matter),
        "drafts": [_fields(d, "channel subject text saved_at") for d in matter.drafts.order_by("channel")],
        "put_aside": [_fields(d, "channel findings elements") for d in matter.dismissed.order_by("channel")],
        "requests": [_request(each, told.filter(request=each), brief=True) for each in requests],
        "evidence": [_fields(e, "id name kind audience left_out added_at") for e in evidence_of(matter)],
        "notes": [_note(note) for note in matter.notes.select_related("person__department").order_by("pk")],
        "views": [
            {"by": _name(each.person)} | _fields(each, "asked_at text given_by given_at")
            for each in View.objects.filter(request__matter=matter).select_related("person").order_by("pk")
        ],
        "meetings": [
            {
                **_fields(each, "title start minutes place agenda decided cancelled_at"),
                "attendees": [_attendee(a) for a in each.attendees.select_related("person__department")],
                "minutes": _minutes(each),
            }
            for each in matter.meetings.filter(follows).order_by("pk")
        ],
        "talks": [
            _fields(talk, "points outcome words held_at") for talk in matter.talks.filter(follows).order_by("pk")
        ],
        "commitments": [_commitment(each) for each in matter.commitments.filter(follows).order_by("pk")],
        "agreements": [_agreement(each) for each in matter.agreements.order_by("number")],
        "series": [_series(each) for each in matter.series.order_by("pk")],
        "feedback": _feedback(Feedback.objects.filter(matter=matter, person=matter.requester)),
        "look_back": [_fields(each, "due_on items words given_at") for each in LookBack.objects.filter(matter=matter)],
        "timeline": [
            {**_fields(e, "at kind data"), "person": _name(e.person)}
            for e in events
            if not (e.kind == "decided" and e.at in moments)
        ],
        # Of letters to others the requester sees what became of them, not the letter; of what waits nothing, since it
        # may tell of an answer that is taken back.
        "letters": [
            _letter(row, whole=row.person_id == matter.requester_id)
            for row in _letters(matter.outbox)
            if row.state in ("sent", "failed")
        ],
    }


def _minutes(meeting: Meeting) -> Data | None:
    written = Minutes.objects.filter(meeting=meeting).first()
    if written is None:
        return None
    items = written.items.select_related("owner").order_by("pk")
    corrections = written.corrections.select_related("person").order_by("pk")
    return {
        **_fields(written, "points texts saved_at present decided sent_at until counted_at"),
        "right": [_name(person) for person in written.right.order_by("pk")],
        "items": [{**_fields(item, "what by accepted_at"), "owner": _name(item.owner)} for item in items],
        "corrections": [
            {**_fields(c, "what by words by_name at taken settled_at"), "person": _name(c.person)} for c in corrections
        ],
    }


def _told(matter: Matter) -> QuerySet[Decision]:
    """The answers that the requester was told: not what the leader may still take back, or did in time."""
    answers = Decision.objects.filter(request__matter=matter)
    slips = Q(undone_at__isnull=False) | Q(superseded_at__lt=F("effective_at")) | Q(effective_at__gt=timezone.now())
    return answers.exclude(~Q(how=TOLD) & slips).select_related("by", "version").order_by("pk")


def _request(request: Request, decisions: QuerySet[Decision], *, brief: bool) -> Data:
    shown = "number channel subject text options created_at" + (" brief" if brief else "")
    known = "number way deliver_at delivered_at answer_by later_until ended_at" + (" reasons" if brief else "")
    return {
        **_fields(request, known),
        "leader": _name(request.leader),
        "versions": [_fields(version, shown) for version in request.versions.order_by("number")],
        "decisions": [
            {
                **_fields(d, "verdict option words later_until by_name how decided_at confirmed_at answer answered_at"),
                "by": _name(d.by),
                "version": d.version.number,
                "understood": _understanding(d),
            }
            for d in decisions
        ],
    }


def _understanding(decision: Decision) -> Data | None:
    said = understanding_of(decision)
    return _fields(said, "title kind day said_at correction corrected_by corrected_at") if said else None


# --- a person ---


def _of_people(people: list[Person]) -> Iterator[tuple[str, bytes]]:
    yield "person.json", _json([_person(person) for person in people])
    for person in people:
        for matter in access.matters_of(person).order_by("pk"):
            seen = access.matter_for("matter", person, matter.pk)
            if seen:
                yield from _of_matter(seen)


def _person(person: Person) -> Data:
    user = person.user
    reached = Request.objects.filter(leader=person, delivered_at__isnull=False).select_related("leader", "matter")
    return {
        **_fields(person, "name title form_of_address email language time_zone is_organiser created_at"),
        "department": person.department.name if person.department else "",
        "account": _fields(user, "email is_active last_login") if user else None,
        "phrases": list(Phrase.objects.filter(person=person).values_list("text", flat=True)),
        "calendars": [_calendar(calendar) for calendar in person.calendars.order_by("pk")],
        "hours": _hours(person),
        "browsers_known_since": list(Device.objects.filter(person=person).values_list("created_at", flat=True)),
        "matters": list(access.matters_of(person).order_by("pk").values_list("pk", flat=True)),
        "asked": [
            {
                "matter": request.matter.title,
                **_request(request, request.decisions.filter(by=person).select_related("by", "version"), brief=False),
            }
            for request in reached.order_by("pk")
        ],
        "consultations": [
            {"to": _name(each.person), "leader": _name(each.request.leader)}
            | _fields(each, "question asked_at withdrawn_at answer answered_by answered_at")
            for each in Consultation.objects.filter(Q(person=person) | Q(request__leader=person))
            .select_related("person__department", "request__leader__department")
            .order_by("pk")
        ],
        "notes": [_note(note) for note in access.notes_to(person).order_by("pk")],
        "feedback": _feedback(Feedback.objects.filter(person=person).exclude(matter__requester=person)),
        "commitments": [_commitment(each) for each in access.commitments_of(person).order_by("pk")],
        "meetings": [
            _fields(a.meeting, "title start minutes place agenda cancelled_at") | _attendee(a)
            for a in Attendee.objects.filter(person=person).select_related("meeting", "person").order_by("pk")
        ],
        "corrections_of_minutes": [
            {"meeting": c.minutes.meeting.title} | _fields(c, "what by words by_name at taken")
            for c in MinutesCorrection.objects.filter(person=person).select_related("minutes__meeting").order_by("pk")
        ],
        "calendar_address_since": list(Feed.objects.filter(person=person).values_list("created_at", flat=True)),
        "letters": [_letter(row, whole=True) for row in _letters(person.outbox).filter(state="sent")],
        "mails": [
            _fields(reply, "taken_at outcome text attachments meaning option day")
            for reply in person.replies.filter(sender=person.email.lower()).order_by("pk")
        ],
        "links": [_fields(link, "purpose created_at expires_at revoked_at") for link in person.links.order_by("pk")],
    }


def _calendar(calendar: Calendar) -> Data:
    """All that is kept of it but the secrets it is fetched with."""
    busy = [_fields(b, "start end soft whole_day") for b in calendar.busy.order_by("start", "pk")]
    return _fields(calendar, "kind name counts soft_is_busy added_at taken_at notes") | {"busy": busy}


def _hours(person: Person) -> Data:
    """When they want to be asked, and what was learned of their answers: theirs alone."""
    row = row_of(person)
    learned = learned_of(person, working_of(person))
    set_by_them = "work_from noon_from noon_until work_until notice gap a_day report_days leave_first leave_last"
    welcomes = Welcome.objects.filter(person=person).order_by("pk")
    return {
        **_fields(row, set_by_them + " learns forgotten_at"),
        "welcome": [_fields(w, "weekday start end longest") for w in welcomes],
        "said_of_today": [_fields(m, "kind day at undone_at") for m in Mood.objects.filter(person=person)],
        "learned": {"weekdays": learned.weekdays, "hours": learned.hours, "answers": learned.answers}
        if learned
        else None,
    }


# --- what both are made of ---


def _fields(row: object, names: str) -> Data:
    return {name: getattr(row, name) for name in names.split()}


def _name(person: Person | None) -> str:
    return person.name if person else ""


def _feedback(rows: QuerySet[Feedback]) -> list[Data]:
    """What somebody said themselves; what others picked is theirs."""
    shown = "settled working words shared given_by given_at"
    given = rows.exclude(given_at=None).select_related("matter").order_by("pk")
    return [{"matter": each.matter.title} | _fields(each, shown) for each in given]


def _agreement(agreement: Any) -> Data:
    told = _fields(agreement, "number ours theirs channel within where made_at holds_at review_on outcome ended_at")
    said = [
        {"by": _name(each.person)} | _fields(each, "is_review answer words by_name at")
        for each in agreement.answers.select_related("person").order_by("pk")
    ]
    return told | {"heads": [_name(agreement.leader), _name(agreement.head)], "answers": said}


def _series(series: Any) -> Data:
    told = _fields(series, "title start every minutes place until review_on reviewed_at ended_at")
    guests = [
        {"name": _name(each.person)} | _fields(each, "answer words answered_by answered_at")
        for each in series.guests.select_related("person").order_by("pk")
    ]
    sittings = [_fields(each, "start off decided") for each in series.sittings.order_by("start")]
    return told | {"guests": guests, "sittings": sittings}


def _note(note: Any) -> Data:
    told = _fields(note, "subject text sent_at answer day who words answered_by answered_at")
    return {"to": _name(note.person)} | told


def _attendee(attendee: Any) -> Data:
    known = "required answer answered_at answered_sequence answered_by words proposed_start proposed_minutes"
    return {"name": _name(attendee.person)} | _fields(attendee, known)


def _commitment(commitment: Any) -> Data:
    moves = [_fields(move, "before after reason by_name at") for move in commitment.moves.order_by("pk")]
    offers = [
        _fields(offer, "day before reason at answered_at agreed words")
        | {"by": _name(offer.by), "to": _name(offer.person)}
        for offer in commitment.offers.select_related("by", "person").order_by("pk")
    ]
    told = _fields(commitment, "side owner_name what done_when by until state words made_at accepted_at ended_at")
    return told | {"moved": moves, "offers": offers}


def _letters(rows: Any) -> QuerySet[Outbox]:
    letters: QuerySet[Outbox] = rows.select_related("person").order_by("pk")
    return letters


def _letter(row: Outbox, *, whole: bool) -> Data:
    told = {"to": _name(row.person)} | _fields(row, "kind transport state due_at sent_at tries")
    if whole:
        told["letter"] = {name: row.payload[name] for name in _WORDS if row.payload.get(name)}
    return told
