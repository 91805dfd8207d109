"""Each channel's text: composed, or edited by hand; nothing edited is overwritten unasked."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from huitong.compose import WORDINGS, Composed, House, compose
from huitong.matters.brief import brief_of
from huitong.matters.errors import NotAllowed
from huitong.matters.holds import lock_unless_held
from huitong.matters.prepare import mark
from huitong.matters.stages import Action, move
from huitong.matters.templates import house_of
from huitong.matters.timeline import lock
from huitong.method import Brief, Channel, Style
from huitong.records.models import Draft, Matter, Person


@dataclass(frozen=True, slots=True)
class Text:
    """A channel's text as it would go out. `outdated`: the composed text has changed since it was edited."""

    channel: Channel
    subject: str
    text: str
    composed_subject: str
    composed: str
    edited: bool
    outdated: bool
    left_out: tuple[str, ...]


def text_of(matter: Matter, channel: Channel, brief: Brief | None = None, house: House | None = None) -> Text:
    """The edited text if there is one, else the composed. Raises BriefError while a required name is missing.

    `brief` and `house` are read where they are not given.
    """
    made = composed_text(matter, channel, brief or brief_of(matter), house_of(matter) if house is None else house)
    draft = Draft.objects.filter(matter=matter, channel=channel).first()
    return Text(
        channel=channel,
        subject=draft.subject if draft else made.subject,
        text=draft.text if draft else made.body,
        composed_subject=made.subject,
        composed=made.body,
        edited=draft is not None,
        outdated=draft is not None and draft.composed != made.body,
        left_out=made.left_out,
    )


def composed_text(matter: Matter, channel: Channel, brief: Brief, house: House) -> Composed:
    """What the engine makes of the brief, in the style and wording chosen for this matter."""
    return compose(brief, channel=channel, style=matter.style, variant=matter.variant, house=house)


def choose_wording(matter: Matter, by: Person, style: Style | None = None) -> None:
    """Compose this matter's texts in another style or, without one, in the next wording. Edited texts stay."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        matter = lock_unless_held(matter)
        move(matter, Action.COMPOSE, at=timezone.now())
        matter.style = style or matter.style
        matter.variant = 0 if style else (matter.variant + 1) % WORDINGS
        matter.save(update_fields=["style", "variant"])


def save_text(
    matter: Matter, by: Person, channel: Channel, *, subject: str, text: str, was: str, was_subject: str | None = None
) -> str | None:
    """Keep an edited text. `was` and `was_subject` are the marks of text and subject when the page was made.

    Returns None when it is kept; the stored text when that, or the subject, has changed elsewhere in the meantime, and
    nothing is kept. Without `was_subject` the subject is not compared.
    """
    if matter.requester_id != by.pk:
        raise NotAllowed
    text = text.replace("\r\n", "\n").replace("\x00", "")[:100_000]
    subject = " ".join(subject.split())[:300]
    with transaction.atomic():
        matter = lock_unless_held(matter)
        now_stored = text_of(matter, channel)
        if clashes(now_stored.subject, now_stored.text, subject=subject, text=text, was=was, was_subject=was_subject):
            return now_stored.text
        if (text, subject) == (now_stored.text, now_stored.subject):
            return None
        if (text, subject) == (now_stored.composed, now_stored.composed_subject):
            Draft.objects.filter(matter=matter, channel=channel).delete()
            return None
        move(matter, Action.COMPOSE, at=timezone.now())
        keep_draft(matter, channel, subject=subject, text=text, composed=now_stored.composed)
    return None


def clashes(
    stored_subject: str, stored_text: str, *, subject: str, text: str, was: str, was_subject: str | None
) -> bool:
    """Whether what is stored is neither what the page began with (`was`, `was_subject`: marks) nor what is kept now."""
    if mark(stored_text) not in (was, mark(text)):
        return True
    return was_subject is not None and mark(stored_subject) not in (was_subject, mark(subject))


def keep_draft(matter: Matter, name: str, *, subject: str, text: str, composed: str) -> None:
    """Keep a text as it was edited; `composed` is what it was first edited from."""
    kept = {"subject": subject, "text": text, "saved_at": timezone.now()}
    Draft.objects.update_or_create(
        matter=matter, channel=name, defaults=kept, create_defaults=kept | {"composed": composed}
    )


def use_composed(matter: Matter, by: Person, channel: Channel) -> Draft | None:
    """Go back to the composed text. Returns the edited one, so that `restore` can undo it."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        draft = Draft.objects.filter(matter=lock(matter), channel=channel).first()
        if draft:
            Draft.objects.filter(pk=draft.pk).delete()
    return draft


def keep_edited(matter: Matter, by: Person, channel: Channel) -> None:
    """The requester has seen that the composed text changed and keeps their own."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    with transaction.atomic():
        made = text_of(lock(matter), channel)
        Draft.objects.filter(matter=matter, channel=channel).update(composed=made.composed)
