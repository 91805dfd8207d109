"""Polishing: a language model offers a rewriting of the requester's own text; the judge admits or refuses it.

Nothing here changes a text but `accept` and `take_back`, which the requester presses. docs/polish.md tells it all.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery.completion import Messages, Server, Trouble, complete
from huitong.matters.brief import brief_of
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.holds import is_held
from huitong.matters.prepare import mark
from huitong.matters.review_settings import review_house
from huitong.matters.stages import Action, can
from huitong.matters.write import save_text, text_of
from huitong.method import CHANNEL_LENGTHS, Channel, Language
from huitong.records.models import Decision, Matter, Person, PolishSettings, Rewriting
from huitong.review import review
from huitong.review.fidelity import judge

AN_HOUR: Final = 10  # askings a person
AT_ONCE: Final = 3  # askings of the whole desk, which has eight threads for everything
LONGEST: Final = 8_000  # characters; the answer has to fit into completion.ANSWER_BYTES
OVERDUE: Final = 10  # seconds after the time limit; whatever is still open then has died with its process
SHORTEST_WORDS: Final = 4  # of a leader; shorter ones (同意) are anybody's

ACCEPTED, KEPT, UNDONE = "accepted", "kept", "undone"
LOST: Final = "lost"  # beside completion.Trouble
_TEXTS: Final = tomllib.loads(files("huitong.matters").joinpath("polish.toml").read_text(encoding="utf-8"))


def server() -> Server | None:
    """The model that this installation has set. Raises ImproperlyConfigured for settings that can't be used."""
    if not settings.POLISH_URL:
        return None
    try:
        return Server.from_settings(settings.POLISH_URL, settings.POLISH_MODEL, settings.POLISH_KEY)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


def is_on(person: Person) -> bool:
    """Whether this person's house has switched it on. Without a model there is no switch."""
    return PolishSettings.objects.filter(is_sample=person.is_sample, on=True).exists()


def server_for(person: Person) -> Server | None:
    """The model that may be asked for this person's texts: one is set, and the house wants it."""
    found = server()
    return found if found and is_on(person) else None


def switch(by: Person, *, on: bool) -> None:
    """Switch it on or off for the house; what is set stays. Raises NotAllowed unless `by` is an organiser."""
    if not by.is_organiser or server() is None:
        raise NotAllowed
    PolishSettings.objects.update_or_create(is_sample=by.is_sample, defaults={"on": on})


@dataclass(frozen=True, slots=True)
class Asking:
    """What is sent for one text. `masks` are words of the leader in it, which stay at home: in their place ⟦1⟧, ⟦2⟧."""

    text: str
    messages: Messages
    masks: tuple[str, ...]


def asking(matter: Matter, channel: Channel) -> Asking:
    """All that a model would be given about this text: how to polish, and the text between marks."""
    text = text_of(matter, channel).text.strip()
    language = Language(matter.language)
    masks = tuple(words for words in _words_of_leaders(matter) if words in text)
    sent = text
    for number, words in enumerate(masks, start=1):
        sent = sent.replace(words, _mask(number))
    ready = _TEXTS[language]
    # Nobody can write the end mark into a text, since it is made from the whole of it.
    around = f"[[{hashlib.sha256(sent.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}]]"
    lines = [ready["ask"].strip().format(mark=around)]
    limits, size = CHANNEL_LENGTHS[channel], review(text, channel=channel, language=language).length.size
    if limits and size <= (limit := limits[language is Language.EN]):
        lines.append(ready["limit"].format(limit=limit))
    if masks:
        lines.append(ready["masks"])
    return Asking(
        text,
        (
            {"role": "system", "content": "\n".join(lines)},
            {"role": "user", "content": f"{around}\n{sent}\n{around}"},
        ),
        masks,
    )


def _mask(number: int) -> str:
    return f"⟦{number}⟧"


def _words_of_leaders(matter: Matter) -> Iterator[str]:
    """What leaders have answered in this matter, longest first: whole, and line by line."""
    said = Decision.objects.filter(request__matter=matter, effective_at__lte=timezone.now()).values_list(
        "words", flat=True
    )
    found = {w.strip() for words in said for w in (words, *words.splitlines())}
    yield from sorted((w for w in found if len(w) >= SHORTEST_WORDS), key=len, reverse=True)


def has_seen(person: Person, at: Server) -> bool:
    """Whether this person has seen what is sent to this very address, and sent it."""
    return Rewriting.objects.filter(person=person, address=at.address).exists()


def latest(matter: Matter, channel: Channel) -> Rewriting | None:
    return Rewriting.objects.filter(matter=matter, channel=channel).order_by("-id").first()


def polish(matter: Matter, by: Person, channel: Channel, *, after: int) -> Rewriting:
    """Ask for a rewriting and judge it. `after` is the latest one that the page knew of, 0 for none.

    Pressed twice, it sends once: what is there since is given back. Takes at most POLISH_SECONDS, outside of any
    transaction. Raises NotAllowed, NotNow, or Incomplete when it may not be asked just now.
    """
    at = server_for(by)
    if at is None or matter.requester_id != by.pk:
        raise NotAllowed
    if not can(matter, Action.COMPOSE) or is_held(matter):
        raise NotNow("the text can no longer be changed")
    asked = asking(matter, channel)
    with transaction.atomic():
        known = latest(matter, channel)
        if known and known.pk != after:
            return known
        row = _begin(matter, by, channel, at, asked)
    row.trouble = Trouble.FAILED  # unless what follows says otherwise
    try:
        answer = complete(at, asked.messages, seconds=settings.POLISH_SECONDS)
        row.trouble = answer if isinstance(answer, Trouble) else ""
        if not row.trouble:
            _judge(row, by, channel, asked, str(answer))
    finally:
        row.answered_at = timezone.now()
        row.save(update_fields=["answered_at", "text", "reasons", "trouble"])
    return row


def _begin(matter: Matter, by: Person, channel: Channel, at: Server, asked: Asking) -> Rewriting:
    now = timezone.now()
    dead = now - timedelta(seconds=settings.POLISH_SECONDS + OVERDUE)
    under_way = Rewriting.objects.filter(answered_at=None)
    under_way.filter(asked_at__lt=dead).update(answered_at=now, trouble=LOST)
    recent = Rewriting.objects.filter(person=by, asked_at__gt=now - timedelta(hours=1)).order_by("asked_at")
    if len(asked.text) > LONGEST:
        raise Incomplete("polish", _("文稿太长了，超过 %(most)s 字，没有送去润色。") % {"most": LONGEST})
    if recent.count() >= AN_HOUR:
        wait = recent[0].asked_at + timedelta(hours=1) - now
        minutes = max(1, round(wait.total_seconds() / 60))
        raise Incomplete(
            "polish",
            _("一小时最多润色 %(most)s 次。请过 %(minutes)s 分钟再试。") % {"most": AN_HOUR, "minutes": minutes},
        )
    if under_way.count() >= AT_ONCE:
        raise Incomplete("polish", _("正在润色的人多，请过半分钟再试。"))
    if under_way.filter(person=by).exists():
        raise Incomplete("polish", _("你还有一篇正在润色，请等它好了再送这一篇。"))
    # What earlier ones said is needed no more; that they were asked for stays.
    Rewriting.objects.filter(matter=matter, channel=channel).update(before="", text="", reasons=[])
    try:
        with transaction.atomic():
            return Rewriting.objects.create(
                person=by, matter=matter, channel=channel, address=at.address, asked_at=now, before=asked.text
            )
    except IntegrityError:  # PostgreSQL lets two come this far at once
        raise Incomplete("polish", _("你还有一篇正在润色，请等它好了再送这一篇。")) from None


def _judge(row: Rewriting, by: Person, channel: Channel, asked: Asking, answer: str) -> None:
    text = answer.replace("\r\n", "\n").strip()
    for number, words in enumerate(asked.masks, start=1):
        text = text.replace(_mask(number), words)
    brief = brief_of(row.matter)
    found = judge(
        asked.text,
        text,
        language=brief.lang,
        channel=channel,
        brief=brief,
        house=review_house(by),
        verbatim=asked.masks,
    )
    row.reasons = [[r.code, list(r.what)] for r in found]
    row.text = "" if found else text


def accept(row: Rewriting, by: Person) -> bool:
    """Put the offered text in place of the one that it was made from. False, and nothing done, if that has changed."""
    return _replace(row, by, row.before, row.text, ACCEPTED)


def take_back(row: Rewriting, by: Person) -> bool:
    """Undo `accept`. False, and nothing done, if the text has been edited since."""
    return _replace(row, by, row.text, row.before, UNDONE)


def _replace(row: Rewriting, by: Person, old: str, new: str, outcome: str) -> bool:
    if row.person_id != by.pk:
        raise NotAllowed
    channel = Channel(row.channel)
    with transaction.atomic():
        stored = text_of(row.matter, channel)
        if not old or not new or stored.text.strip() != old:
            return False
        if save_text(row.matter, by, channel, subject=stored.subject, text=new, was=mark(stored.text)) is not None:
            return False
        row.outcome = outcome
        row.save(update_fields=["outcome"])
    return True


def keep(row: Rewriting, by: Person) -> None:
    """The requester has seen what is offered and keeps their own text."""
    if row.person_id != by.pk:
        raise NotAllowed
    row.outcome, row.before, row.text = KEPT, "", ""
    row.save(update_fields=["outcome", "before", "text"])
