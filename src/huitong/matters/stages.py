"""The stages of a matter and the actions that lead from one to another. One table, one function."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from huitong.matters.errors import NotNow
from huitong.records.models import Matter


class Stage(StrEnum):
    PREPARING = "preparing"
    COMPOSING = "composing"
    TIMING = "timing"
    DELIVERING = "delivering"  # a moment is set; nothing has reached the leader yet
    AWAITING = "awaiting"  # with the leader
    ANSWERING = "answering"  # the leader asked something; with the requester
    DECLINED = "declined"  # the leader said no; with the requester
    COORDINATING = "coordinating"
    FOLLOWING_UP = "following_up"
    CLOSED = "closed"


class Action(StrEnum):
    PREPARE = "prepare"
    COMPOSE = "compose"
    CHOOSE_MOMENT = "choose_moment"
    SCHEDULE = "schedule"
    TAKE_BACK = "take_back"
    DELIVER = "deliver"
    REVISE = "revise"
    AGREE = "agree"  # also: agreed with changes
    ASK = "ask"
    POSTPONE = "postpone"
    DECLINE = "decline"
    CONFIRM = "confirm"  # the leader confirms what the requester wrote down
    UNDO = "undo"
    ANSWER = "answer"
    COORDINATE = "coordinate"
    FOLLOW_UP = "follow_up"
    REPORT = "report"
    ASK_AGAIN = "ask_again"  # another request about the same matter
    CLOSE = "close"
    REOPEN = "reopen"  # with a yes; the next four where the matter was otherwise
    REOPEN_UNSENT = "reopen_unsent"
    REOPEN_UNANSWERED = "reopen_unanswered"
    REOPEN_QUESTION = "reopen_question"
    REOPEN_DECLINED = "reopen_declined"


S, A = Stage, Action

TRANSITIONS: Final[dict[tuple[Stage, Action], Stage]] = {
    #  from              action            to
    (S.PREPARING, A.PREPARE): S.PREPARING,
    (S.PREPARING, A.COMPOSE): S.COMPOSING,
    (S.PREPARING, A.CHOOSE_MOMENT): S.TIMING,
    (S.PREPARING, A.SCHEDULE): S.DELIVERING,
    (S.PREPARING, A.CLOSE): S.CLOSED,
    (S.COMPOSING, A.PREPARE): S.COMPOSING,
    (S.COMPOSING, A.COMPOSE): S.COMPOSING,
    (S.COMPOSING, A.CHOOSE_MOMENT): S.TIMING,
    (S.COMPOSING, A.SCHEDULE): S.DELIVERING,
    (S.COMPOSING, A.CLOSE): S.CLOSED,
    (S.TIMING, A.PREPARE): S.TIMING,
    (S.TIMING, A.COMPOSE): S.TIMING,
    (S.TIMING, A.CHOOSE_MOMENT): S.TIMING,
    (S.TIMING, A.SCHEDULE): S.DELIVERING,
    (S.TIMING, A.CLOSE): S.CLOSED,
    (S.DELIVERING, A.PREPARE): S.DELIVERING,
    (S.DELIVERING, A.COMPOSE): S.DELIVERING,
    (S.DELIVERING, A.REVISE): S.DELIVERING,
    (S.DELIVERING, A.SCHEDULE): S.DELIVERING,
    (S.DELIVERING, A.TAKE_BACK): S.TIMING,
    (S.DELIVERING, A.DELIVER): S.AWAITING,
    (S.AWAITING, A.PREPARE): S.AWAITING,
    (S.AWAITING, A.COMPOSE): S.AWAITING,
    (S.AWAITING, A.REVISE): S.AWAITING,
    (S.AWAITING, A.AGREE): S.COORDINATING,
    (S.AWAITING, A.ASK): S.ANSWERING,
    (S.AWAITING, A.POSTPONE): S.AWAITING,
    (S.AWAITING, A.DECLINE): S.DECLINED,
    (S.AWAITING, A.UNDO): S.AWAITING,
    (S.AWAITING, A.CLOSE): S.CLOSED,
    (S.ANSWERING, A.PREPARE): S.ANSWERING,
    (S.ANSWERING, A.COMPOSE): S.ANSWERING,
    (S.ANSWERING, A.REVISE): S.ANSWERING,
    (S.ANSWERING, A.ANSWER): S.AWAITING,
    (S.ANSWERING, A.AGREE): S.COORDINATING,
    (S.ANSWERING, A.ASK): S.ANSWERING,
    (S.ANSWERING, A.POSTPONE): S.AWAITING,
    (S.ANSWERING, A.DECLINE): S.DECLINED,
    (S.ANSWERING, A.UNDO): S.AWAITING,
    (S.ANSWERING, A.CLOSE): S.CLOSED,
    (S.DECLINED, A.UNDO): S.AWAITING,
    (S.DECLINED, A.CONFIRM): S.DECLINED,
    (S.DECLINED, A.REPORT): S.DECLINED,
    (S.DECLINED, A.ASK_AGAIN): S.PREPARING,
    (S.DECLINED, A.CLOSE): S.CLOSED,
    (S.COORDINATING, A.UNDO): S.AWAITING,
    (S.COORDINATING, A.CONFIRM): S.COORDINATING,
    (S.COORDINATING, A.COORDINATE): S.COORDINATING,
    (S.COORDINATING, A.FOLLOW_UP): S.FOLLOWING_UP,
    (S.COORDINATING, A.REPORT): S.COORDINATING,
    (S.COORDINATING, A.ASK_AGAIN): S.PREPARING,
    (S.COORDINATING, A.CLOSE): S.CLOSED,
    (S.FOLLOWING_UP, A.CONFIRM): S.FOLLOWING_UP,
    (S.FOLLOWING_UP, A.COORDINATE): S.FOLLOWING_UP,
    (S.FOLLOWING_UP, A.FOLLOW_UP): S.FOLLOWING_UP,
    (S.FOLLOWING_UP, A.REPORT): S.FOLLOWING_UP,
    (S.FOLLOWING_UP, A.ASK_AGAIN): S.PREPARING,
    (S.FOLLOWING_UP, A.CLOSE): S.CLOSED,
    (S.CLOSED, A.REPORT): S.CLOSED,
    (S.CLOSED, A.REOPEN): S.FOLLOWING_UP,
    (S.CLOSED, A.REOPEN_UNSENT): S.PREPARING,
    (S.CLOSED, A.REOPEN_UNANSWERED): S.AWAITING,
    (S.CLOSED, A.REOPEN_QUESTION): S.ANSWERING,
    (S.CLOSED, A.REOPEN_DECLINED): S.DECLINED,
}


def can(matter: Matter, action: Action) -> bool:
    return (Stage(matter.stage), action) in TRANSITIONS


def move(matter: Matter, action: Action, *, at: datetime) -> None:
    """Move the locked matter as the table says. Raises NotNow if its stage does not know the action."""
    target = TRANSITIONS.get((Stage(matter.stage), action))
    if target is None:
        raise NotNow(f"{action} is not possible while {matter.stage}")
    if target != matter.stage:
        matter.stage, matter.stage_since = target.value, at
        matter.save(update_fields=["stage", "stage_since"])
