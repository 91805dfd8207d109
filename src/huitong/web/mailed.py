"""An answer that came by mail, on the page that confirms it: its words, what was understood, and the fields filled
with it.
"""

from dataclasses import dataclass

from django.http import QueryDict

from huitong.matters import reply_letters, reply_rows
from huitong.records.models import Commitment, Note, Reply, Request, Version
from huitong.replies import Asks, Meaning, understand
from huitong.web.confirm import Reader


@dataclass(frozen=True, slots=True)
class Mailed:
    """`understood` is "" where nothing was. `whole`: one tap can record it. `own`: it came from the reader's
    address.
    """

    reply: Reply
    understood: str
    whole: bool
    own: bool

    @property
    def meaning(self) -> Meaning:
        return Meaning(self.reply.meaning or "unclear")

    @property
    def option(self) -> int | None:
        """The option that was meant, counted from 1."""
        return None if self.reply.option is None else self.reply.option + 1


def to_request(reader: Reader, request: Request, version: Version) -> Mailed | None:
    """What the leader has answered by mail to this request and not confirmed yet."""
    reply = reply_rows.waiting(reader.person, request=request)
    if reply is None:
        return None
    same = reply.version == version.number
    if not same:
        reply.option = None  # the options may be others by now
    whole = {
        Meaning.AGREE: reply.option is not None or not version.options,
        Meaning.CHANGE: reply.option is not None or not version.options,
        Meaning.LATER: reply.day is not None,
        Meaning.ASK: True,
        Meaning.NO: True,
    }.get(Meaning(reply.meaning or "unclear"), False)
    return _mailed(reader, reply, whole=whole and same, version=version)


def to_note(reader: Reader, note: Note) -> Mailed | None:
    reply = reply_rows.waiting(reader.person, note=note)
    return _mailed(reader, reply) if reply else None


def to_promise(reader: Reader, promise: Commitment) -> Mailed | None:
    reply = reply_rows.waiting(reader.person, commitment=promise)
    return _mailed(reader, reply) if reply else None


def filled(mailed: Mailed, **fields: str) -> QueryDict:
    """The fields of a form as if the reader had typed what they wrote by mail."""
    typed = QueryDict(mutable=True)
    typed.update({name: value for name, value in fields.items() if value})
    if not understand(mailed.reply.text, Asks.LEADER, options=99).exact:  # a number says nothing that the field has not
        typed["words"] = mailed.reply.text
    return typed


def day_of(mailed: Mailed) -> str:
    return mailed.reply.day.isoformat() if mailed.reply.day else ""


def _mailed(reader: Reader, reply: Reply, *, whole: bool = False, version: Version | None = None) -> Mailed:
    understood = reply_letters.understood_text(reply, version)
    return Mailed(reply, understood, whole, own=reply.sender == reader.person.email.lower())
