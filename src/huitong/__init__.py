"""Huitong 会同: ask your leader for help with another department, well, and carry the matter through.

The engines' whole face. Everything here is plain Python, reads no file but its own data and sends nothing anywhere.
Names are loaded on first use, so that importing the package costs nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huitong.compose import Composed, compose
    from huitong.documents import ReportError, write_report
    from huitong.method import (
        Brief,
        BriefError,
        Channel,
        CorpusError,
        Element,
        Fault,
        HouseError,
        HuitongError,
        Language,
        UnreadableText,
        load_brief,
    )
    from huitong.review import Extract, House, Review, advice, extract, load_house, review
    from huitong.timing import CalendarError, Guest, MeetingTime, Moment, find_meeting, rank_moments, read_calendar

__version__ = "0.1.0"

_HOME = {
    "Brief": "method",
    "BriefError": "method",
    "CalendarError": "timing",
    "Channel": "method",
    "Composed": "compose",
    "CorpusError": "method",
    "Element": "method",
    "Extract": "review",
    "Fault": "method",
    "Guest": "timing",
    "House": "review",
    "HouseError": "method",
    "HuitongError": "method",
    "Language": "method",
    "MeetingTime": "timing",
    "Moment": "timing",
    "ReportError": "documents",
    "Review": "review",
    "UnreadableText": "method",
    "advice": "review",
    "compose": "compose",
    "extract": "review",
    "find_meeting": "timing",
    "load_brief": "method",
    "load_house": "review",
    "rank_moments": "timing",
    "read_calendar": "timing",
    "review": "review",
    "write_report": "documents",
}

__all__ = [
    "Brief",
    "BriefError",
    "CalendarError",
    "Channel",
    "Composed",
    "CorpusError",
    "Element",
    "Extract",
    "Fault",
    "Guest",
    "House",
    "HouseError",
    "HuitongError",
    "Language",
    "MeetingTime",
    "Moment",
    "ReportError",
    "Review",
    "UnreadableText",
    "advice",
    "compose",
    "extract",
    "find_meeting",
    "load_brief",
    "load_house",
    "rank_moments",
    "read_calendar",
    "review",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'huitong' has no attribute {name!r}")
    value = getattr(import_module(f"huitong.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])


class _Face(ModuleType):
    """`huitong.review` and `huitong.compose` are functions, also after their rooms of the same name were imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
