"""The neutral note to the other department, and its answer."""

from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import day_text, speaking_to
from huitong.records.models import Matter, Note, Person

ANSWERS = ("yes", "date", "hard")


def send(matter: Matter, person: Person, *, subject: str, text: str) -> Note:
    """Send the note, as the requester left it, with a link by which it is answered. `person` has an address."""
    note = Note.objects.create(matter=matter, person=person, subject=subject, text=text, sent_at=timezone.now())
    link = links.issue("answer", person, note=note, days=60)
    with speaking_to(person):
        made = letter(matter, subject=subject, text=text)
    outbox.put("note", person, made, key=f"note:{note.pk}", matter=matter, link=link)
    return note


def letter(matter: Matter, *, subject: str, text: str) -> outbox.Letter:
    """The mail of a note, in the language that is active."""
    by_mail = _("也可以直接回信。") if settings.REPLY_ADDRESS else ""
    small = by_mail + _("由会同代%(name)s送出。打开链接不会通知任何人，也不会作出任何答复。")
    return outbox.Letter(
        title=subject,
        before=outbox.paragraphs(text),
        invite=_("您看怎样合适，请在这里答复，不用登录："),
        small=small % {"name": matter.requester.name},
    )


def answer(note: Note, *, answer: str, day: date | None, who: str, words: str, by_name: str) -> None:
    """Write down the counterpart's answer (yes, date or hard) and tell the requester. A later one replaces it."""
    note.answer, note.day, note.who, note.words = answer, day, who, words
    note.answered_by, note.answered_at = by_name, timezone.now()
    note.save()
    requester = note.matter.requester
    with speaking_to(requester):
        said = {"yes": _("可以"), "date": _("可以，但要换个日子"), "hard": _("眼下有难处")}[answer]
        facts = {"name": note.person.name, "said": said, "matter": note.matter.title}
        before = [_("%(name)s答复：%(said)s。") % facts]
        if day:
            before.append(_("方便的日期：%(day)s。") % {"day": day_text(day, relative=False)})
        if who:
            before.append(_("经办人：%(who)s。") % {"who": who})
        if words:
            before.append(words)
        letter = outbox.Letter(
            title=_("%(name)s答复了：%(matter)s") % facts,
            before=before,
            invite=_("在这里看："),
            page=f"/matters/{note.matter_id}",
        )
    stamp = note.answered_at.isoformat()
    outbox.put("note_answer", requester, letter, key=f"note_answer:{note.pk}:{stamp}", matter=note.matter)
