from huitong.records.models.coordination import Attendee, Commitment, CommitmentMove, Meeting, Note, Talk
from huitong.records.models.delivery import Link, Outbox
from huitong.records.models.matters import (
    Answer,
    Consultation,
    Decision,
    Dismissed,
    Draft,
    Event,
    Matter,
    Request,
    Version,
)
from huitong.records.models.operation import Heartbeat
from huitong.records.models.people import (
    Busy,
    ChatAddress,
    Department,
    Device,
    HouseTemplate,
    Person,
    Phrase,
    ReviewSettings,
    User,
)
from huitong.records.models.polish import PolishSettings, Rewriting
from huitong.records.models.replies import Mailbox, Reply

__all__ = [
    "Answer",
    "Attendee",
    "Busy",
    "ChatAddress",
    "Commitment",
    "CommitmentMove",
    "Consultation",
    "Decision",
    "Department",
    "Device",
    "Dismissed",
    "Draft",
    "Event",
    "Heartbeat",
    "HouseTemplate",
    "Link",
    "Mailbox",
    "Matter",
    "Meeting",
    "Note",
    "Outbox",
    "Person",
    "Phrase",
    "PolishSettings",
    "Reply",
    "Request",
    "ReviewSettings",
    "Rewriting",
    "Talk",
    "User",
    "Version",
]
