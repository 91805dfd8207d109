"""Answers by mail: from a mail's bytes to what a person newly wrote, and what they mean by it. Nothing here decides.

`read_mail` takes a mail apart within bounds, `kind_of` says whether a person wrote it, `origin.is_proven` whether
they are who
they say, `newly_written` cuts what is quoted and signed, `understand` says what the rest means.
"""

from huitong.replies.cutting import Written, newly_written
from huitong.replies.kind import Bounce, Kind, bounce_of, kind_of
from huitong.replies.mail import MAX_BYTES, Attachment, Mail, read_mail
from huitong.replies.meaning import Asks, Meaning, Sense, understand
from huitong.replies.origin import is_proven

__all__ = [
    "MAX_BYTES",
    "Asks",
    "Attachment",
    "Bounce",
    "Kind",
    "Mail",
    "Meaning",
    "Sense",
    "Written",
    "bounce_of",
    "is_proven",
    "kind_of",
    "newly_written",
    "read_mail",
    "understand",
]
