from huitong.records.models.coordination import Attendee, Commitment, CommitmentMove, Meeting, Note, Talk
from huitong.records.models.delivery import Link, Outbox
from huitong.records.models.matters import Answer, Decision, Dismissed, Draft, Event, Matter, Request, Version
from huitong.records.models.operation import Heartbeat
from huitong.records.models.people import (
    Busy,
    ChatAddress,
    Department,
    Device,
    Feed,
    HouseTemplate,
    Person,
    Phrase,
    ReviewSettings,
    User,
)
from huitong.records.models.polish import PolishSettings, Rewriting

__all__ = [
    "Answer",
    "Attendee",
    "Busy",
    "ChatAddress",
    "Commitment",
    "CommitmentMove",
    "Decision",
    "Department",
    "Device",
    "Dismissed",
    "Draft",
    "Event",
    "Feed",
    "Heartbeat",
    "HouseTemplate",
    "Link",
    "Matter",
    "Meeting",
    "Note",
    "Outbox",
    "Person",
    "Phrase",
    "PolishSettings",
    "Request",
    "ReviewSettings",
    "Rewriting",
    "Talk",
    "User",
    "Version",
]
