"""From a brief to words that a person would be glad to send. docs/compose.md tells how to change or add wording."""

from huitong.compose.agenda import Agenda, AgendaPoint, agenda
from huitong.compose.answer import answer
from huitong.compose.card import CardLine, SpeakingCard, speaking_card
from huitong.compose.escalation import Stuck, escalation, warning
from huitong.compose.headline import Headline, leader_headline
from huitong.compose.minutes import HeldMeeting, decided_in_short, minutes
from huitong.compose.note import note
from huitong.compose.progress import Progress, report_back
from huitong.compose.questions import LikelyQuestion, likely_questions
from huitong.compose.refusal import after_no
from huitong.compose.reminder import MAX_REMINDERS, reminder
from huitong.compose.request import Composed, compose
from huitong.compose.talk import TalkingPoints, talking_points
from huitong.compose.template import PACKAGED, WORDINGS, House
from huitong.compose.thanks import Deed, Helper, thanks

__all__ = [
    "MAX_REMINDERS",
    "PACKAGED",
    "WORDINGS",
    "Agenda",
    "AgendaPoint",
    "CardLine",
    "Composed",
    "Deed",
    "Headline",
    "HeldMeeting",
    "Helper",
    "House",
    "LikelyQuestion",
    "Progress",
    "SpeakingCard",
    "Stuck",
    "TalkingPoints",
    "after_no",
    "agenda",
    "answer",
    "compose",
    "decided_in_short",
    "escalation",
    "leader_headline",
    "likely_questions",
    "minutes",
    "note",
    "reminder",
    "report_back",
    "speaking_card",
    "talking_points",
    "thanks",
    "warning",
]
