"""The vocabulary of the method: elements, faults, channels, languages, the brief and how to read one."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from huitong.method.errors import BriefError, CorpusError, HouseError, HuitongError, Problem, UnreadableText
from huitong.method.words import (
    CHANNEL_LENGTHS,
    CHANNEL_NEEDS,
    HELP_NAMES,
    Channel,
    Element,
    Fault,
    Help,
    Language,
    Length,
    Style,
    chinese_number,
    element_name,
    fault_name,
    help_name,
)

if TYPE_CHECKING:
    from huitong.method.brief import (
        Brief,
        Commitment,
        Effort,
        Leader,
        Option,
        OtherDepartment,
        Precedent,
        Requester,
        load_brief,
    )

# The brief needs pydantic, which takes longer to import than a review takes to run.
_BRIEF = (
    "Brief",
    "Commitment",
    "Effort",
    "Leader",
    "Option",
    "OtherDepartment",
    "Precedent",
    "Requester",
    "load_brief",
)

__all__ = [
    "CHANNEL_LENGTHS",
    "CHANNEL_NEEDS",
    "HELP_NAMES",
    "Brief",
    "BriefError",
    "Channel",
    "Commitment",
    "CorpusError",
    "Effort",
    "Element",
    "Fault",
    "Help",
    "HouseError",
    "HuitongError",
    "Language",
    "Leader",
    "Length",
    "Option",
    "OtherDepartment",
    "Precedent",
    "Problem",
    "Requester",
    "Style",
    "UnreadableText",
    "chinese_number",
    "element_name",
    "fault_name",
    "help_name",
    "load_brief",
]


def __getattr__(name: str) -> Any:
    if name not in _BRIEF:
        raise AttributeError(f"module 'huitong.method' has no attribute {name!r}")
    return getattr(import_module("huitong.method.brief"), name)
